"""Files that Prom gives away under an address."""

import time
from urllib.parse import urlsplit

import requests

from .table import MAX_FILE

#: Read without a login by many integrations; nobody promises that it answers.
CATEGORY_ADDRESS = "https://my.prom.ua/cabinet/export_categories/xls"
#: The only hosts that are asked; the key in a link is nobody else's business.
HOSTS = ("prom.ua", "my.prom.ua")
TIMEOUT = 20
#: Seconds for the whole file: somebody may be waiting.
PATIENCE = 60
CHUNK = 8192


def is_address(address):
    """Tell whether an address is one of Prom's, to be asked over a safe connection.

    :rtype: bool
    """
    try:
        parts = urlsplit(address)
        place = (parts.scheme, parts.hostname, parts.port or 443)
    except ValueError:
        return False
    return place in {("https", host, 443) for host in HOSTS}


def fetch(address):
    """Return what Prom answers at an address, or None where it does not answer well.

    Errors are not told: they name the address, which may have a key to the cabinet in it.

    :param str address: one that :func:`is_address` knows
    :rtype: bytes | None
    """
    try:
        with requests.get(address, timeout=TIMEOUT, allow_redirects=False, stream=True) as answer:
            return _read(answer) if answer.status_code == requests.codes.ok else None
    except (requests.RequestException, OSError):
        return None


def _read(answer):
    """Return the body of an answer, None when it does not fit or was packed more than once.

    It is unpacked in small pieces: a few kilobytes can unpack to gigabytes.
    """
    if "," in answer.headers.get("Content-Encoding", ""):
        return None
    content, deadline = bytearray(), time.monotonic() + PATIENCE
    for chunk in answer.iter_content(CHUNK):
        content += chunk
        if len(content) > MAX_FILE or time.monotonic() > deadline:
            return None
    return bytes(content)
