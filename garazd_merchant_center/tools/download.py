"""Reads a file from an address that somebody else wrote down. No database needed.

Such an address may lead anywhere, also into the network the server stands in. So a connection is
closed before a byte is sent unless it leads to a public address of the Internet, whatever its name
pretends, and the request carries nothing by which anybody could be recognized.
"""

import socket
import threading
import zlib
from contextlib import contextmanager, suppress
from ipaddress import ip_address, ip_network
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

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
    with _Wait(PATIENCE) as wait, _open_session(trusted_host, wait) as session:
        for _step in range(MAX_REDIRECTS + 1):
            _check_address(url)
            content, following = _ask(session, url, max_bytes, wait)
            if following is None:
                return content
            url = following
    raise DownloadFailed("address", "too many redirects")


def _check_address(url):
    try:
        parts = urlsplit(url.strip())
    except ValueError as error:
        raise DownloadFailed("address", url[:200]) from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise DownloadFailed("address", url[:200])


class _Session(requests.Session):
    """Leaves redirects to the caller: `requests` reads all of their bodies into memory.

    It does so even when it is told not to follow them.
    """

    def get_redirect_target(self, resp):
        """Override of `requests` to find nothing to follow."""


@contextmanager
def _open_session(trusted_host, wait):
    with _Session() as session:
        # No proxy, which could be asked for anything, and nobody's passwords.
        session.trust_env = False
        session.headers.update({"User-Agent": "Odoo", "Accept-Encoding": "identity"})
        for prefix in ("http://", "https://"):
            session.mount(prefix, _GuardedAdapter(trusted_host, wait))
        yield session


def _ask(session, url, max_bytes, wait):
    """Return what is answered, or where it leads to."""
    try:
        with session.get(url, timeout=TIMEOUT, stream=True) as response:
            if response.is_redirect:
                return None, _get_target(response, url)
            _check_status(response)
            return _read(response, max_bytes, wait), None
    except (requests.Timeout, requests.ConnectionError) as error:
        raise DownloadFailed("network", type(error).__name__, is_passing=True) from error
    except ValueError as error:
        # Also the names of hosts that cannot be, which `requests` does not know as such.
        raise DownloadFailed("address", url[:200]) from error
    except (requests.RequestException, HTTPError, OSError, zlib.error) as error:
        raise DownloadFailed("network", type(error).__name__, is_passing=True) from error


def _get_target(response, url):
    """Return where a redirect leads to; headers are bytes, addresses in them often UTF-8."""
    target = response.headers["Location"].encode("latin-1", "replace").decode("utf-8", "replace")
    return urljoin(url, target)


def _check_status(response):
    status = response.status_code
    if status != 200:
        raise DownloadFailed("status", str(status), is_passing=status == 429 or status >= 500)


def _read(response, max_bytes, wait):
    """Return the body: bounded in size and time, whatever its headers say.

    It is unpacked by hand: what is packed may be a thousand times larger, and packed again.
    """
    packing = response.headers.get("Content-Encoding", "identity").strip().lower()
    if packing not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise DownloadFailed("network", f"Content-Encoding: {packing[:50]}")
    # 32: with whichever of the two headers there is.
    unpack = None if packing in ("", "identity") else zlib.decompressobj(zlib.MAX_WBITS | 32)
    content = bytearray()
    while block := response.raw.read(CHUNK, decode_content=False):
        room = max_bytes + 1 - len(content)
        content += unpack.decompress(block, room) if unpack else block
        if len(content) > max_bytes:
            raise DownloadFailed("large", f"> {max_bytes // 1024 // 1024} MB")
    if wait.is_over:
        # What was cut off looks as if it had come to its end.
        raise DownloadFailed("network", "Timeout", is_passing=True)
    return bytes(content)


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


class _Wait:
    """Shuts connections when the time is up.

    The time-out of a socket begins anew with each byte, so who sends one now and then could keep
    us for days.
    """

    def __init__(self, seconds):
        self.is_over = False
        self._lock = threading.Lock()
        self._ends = []
        self._timer = threading.Timer(seconds, self._give_up)
        self._timer.daemon = True

    def __enter__(self):
        self._timer.start()
        return self

    def __exit__(self, *details):
        self._timer.cancel()
        with self._lock:
            for end in self._ends:
                end.close()
            self._ends = []

    def watch(self, sock):
        """Shut this connection too, also when encryption takes its socket over."""
        with self._lock:
            self._ends.append(socket.fromfd(sock.fileno(), sock.family, sock.type))
        if self.is_over:
            self._give_up()

    def _give_up(self):
        with self._lock:
            self.is_over = True
            for end in self._ends:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)


class _Guard:
    """Part of a connection that lets nothing be sent to a private address."""

    trusted_host = None
    wait = None

    def _new_conn(self):
        sock = super()._new_conn()
        if self.host != self.trusted_host and not is_public(sock.getpeername()[0]):
            sock.close()
            raise DownloadFailed("private", self.host)
        self.wait.watch(sock)
        return sock


class _GuardedAdapter(HTTPAdapter):
    """Connects with guarded connections only."""

    def __init__(self, trusted_host, wait):
        self._traits = {"trusted_host": trusted_host, "wait": wait}
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": self._guard(HTTPConnectionPool),
            "https": self._guard(HTTPSConnectionPool),
        }

    def _guard(self, pool):
        connection = type("GuardedConnection", (_Guard, pool.ConnectionCls), self._traits)
        return type("GuardedPool", (pool,), {"ConnectionCls": connection})
