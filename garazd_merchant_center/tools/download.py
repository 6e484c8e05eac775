"""Reads a file from an address that somebody else wrote down. No database needed.

Such an address may lead anywhere, also into the network the server stands in. So a connection is
closed before a byte is sent unless it leads to a public address of the Internet, whatever its name
pretends, and the request carries nothing by which anybody could be recognized.
"""

import time
from contextlib import closing
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

MAX_BYTES = 10 * 1024 * 1024
MAX_REDIRECTS = 3
# Seconds without a byte, and for the whole file.
TIMEOUT = 20
PATIENCE = 60
CHUNK = 64 * 1024
# Addresses of version 6 that stand for one of version 4, which may be private.
NAT64 = ip_network("64:ff9b::/96")


class DownloadFailed(Exception):
    """There is no file.

    :param str code: ``address``, ``private``, ``status``, ``large`` or ``network``
    :param str detail: what was found, for people
    :param bool is_passing: it may work later
    """

    def __init__(self, code, detail="", is_passing=False):
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.is_passing = is_passing


def download(url, *, trusted_host=None, max_bytes=MAX_BYTES):
    """Return the file at an address.

    :param str url: http or https
    :param str trusted_host: this one may be private
    :rtype: bytes
    :raises DownloadFailed: there is none, it is too large, or the address must not be read
    """
    parts = _split(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise DownloadFailed("address", url[:200])
    with requests.Session() as session:
        # No proxy, which could be asked for anything, and nobody's passwords.
        session.trust_env = False
        session.headers["User-Agent"] = "Odoo"
        session.max_redirects = MAX_REDIRECTS
        for prefix in ("http://", "https://"):
            session.mount(prefix, _GuardedAdapter(trusted_host))
        try:
            with closing(session.get(url, timeout=TIMEOUT, stream=True)) as response:
                _check_status(response)
                return _read(response, max_bytes)
        except (requests.TooManyRedirects, requests.exceptions.InvalidSchema) as error:
            raise DownloadFailed("address", type(error).__name__) from error
        except requests.exceptions.InvalidURL as error:
            raise DownloadFailed("address", url[:200]) from error
        except (requests.RequestException, OSError) as error:
            raise DownloadFailed("network", type(error).__name__, is_passing=True) from error


def _split(url):
    try:
        return urlsplit(url.strip())
    except ValueError as error:
        raise DownloadFailed("address", url[:200]) from error


def _check_status(response):
    status = response.status_code
    if status != 200:
        raise DownloadFailed("status", str(status), is_passing=status == 429 or status >= 500)


def _read(response, max_bytes):
    """Return the body: bounded in size and time, whatever its headers say."""
    deadline = time.monotonic() + PATIENCE
    chunks, size = [], 0
    for chunk in response.iter_content(CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > max_bytes:
            raise DownloadFailed("large", f"> {max_bytes // 1024 // 1024} MB")
        if time.monotonic() > deadline:
            raise DownloadFailed("network", "Timeout", is_passing=True)
    return b"".join(chunks)


def is_public(address):
    """Tell whether an address belongs to the Internet, not to a network of somebody's own.

    :param str address: numbers, of version 4 or 6
    :rtype: bool
    """
    ip = ip_address(address.partition("%")[0])
    if ip.version == 6:
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in NAT64:
            inner = ip_address(int(ip) & 0xFFFFFFFF)
        if inner:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


class _Guard:
    """Part of a connection that lets nothing be sent to a private address."""

    trusted_host = None

    def _new_conn(self):
        sock = super()._new_conn()
        if self.host != self.trusted_host and not is_public(sock.getpeername()[0]):
            sock.close()
            raise DownloadFailed("private", self.host)
        return sock


class _GuardedAdapter(HTTPAdapter):
    """Connects with guarded connections only."""

    def __init__(self, trusted_host):
        self._trusted_host = trusted_host
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": self._guard(HTTPConnectionPool),
            "https": self._guard(HTTPSConnectionPool),
        }

    def _guard(self, pool):
        connection = type(
            "GuardedConnection", (_Guard, pool.ConnectionCls), {"trusted_host": self._trusted_host}
        )
        return type("GuardedPool", (pool,), {"ConnectionCls": connection})
