"""Files that Prom gives away under an address."""

import logging
import threading
import time
import zlib
from contextlib import contextmanager
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from ..const import MAX_RETRY_AFTER
from ..patience import Patience
from .errors import FileNotGiven, FileUnreadable
from .markup import is_page
from .table import MAX_FILE

#: Where the cabinet is.
ORIGIN = "https://my.prom.ua"
#: Read without a login by many integrations; nobody promises that it answers.
CATEGORY_PATHS = ("/cabinet/export_categories/xls", "/cabinet/export_categories/xml")
#: The hosts that are asked; the key in a link is nobody else's business.
HOSTS = ("prom.ua", "my.prom.ua")
#: Seconds without a byte, and for the whole file.
TIMEOUT = 20
PATIENCE = 120
#: Seconds; no pause that is asked for is longer.
MAX_PAUSE = MAX_RETRY_AFTER
REDIRECTS = 3
BLOCK = 16 * 1024
#: Prom is busy, not unwilling.
PASSING = (408, 425, 429, 500, 502, 503, 504)
GONE = (404, 410)


def get_place(address):
    """Return scheme, host and port of an address, None where it has none.

    :rtype: tuple[str, str, int] | None
    """
    try:
        parts = urlsplit(address)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname and port else None


def is_address(address, others=()):
    """Tell whether an address is one of Prom's, to be asked over a safe connection.

    :param others: addresses where Prom is too, for example a sister portal's
    :rtype: bool
    """
    places = {("https", host, 443) for host in HOSTS} | {get_place(other) for other in others}
    place = get_place(address)
    return place is not None and place in places


def fetch(address, others=(), patience=PATIENCE, clock=time.monotonic):
    """Return the file that Prom gives at an address.

    No error names the address, and no log either: it may have a key to the cabinet in it.

    :param str address: one that :func:`is_address` knows
    :param others: see :func:`is_address`; it is not led anywhere else
    :param float patience: seconds for all of it
    :rtype: bytes
    :raises FileNotGiven: it may answer later
    :raises FileUnreadable: it gives no file, or one that is too large
    """
    end = clock() + patience
    for _step in range(REDIRECTS + 1):
        if not is_address(address, others):
            raise FileUnreadable("moved")
        content, following = _ask(address, end - clock(), lambda: clock() > end)
        if following is None:
            return _check(content)
        try:
            address = urljoin(address, following)
        except ValueError:
            break
    raise FileUnreadable("moved")


def _ask(address, seconds, is_over):
    """Return what is answered, or where it leads to."""
    problem = "nothing"
    patience = Patience()
    headers = {"Accept-Encoding": "identity"}
    try:
        with (
            _kept_out_of_the_log(),
            patience.lasting(seconds) as wait,
            patience.make_session() as session,
            session.get(
                address, timeout=TIMEOUT, allow_redirects=False, stream=True, headers=headers
            ) as answer,
        ):
            if answer.is_redirect:
                return None, answer.headers["Location"]
            _check_status(answer)
            return _read(answer, lambda: wait.is_over or is_over()), None
    except (requests.RequestException, HTTPError, OSError) as error:
        problem = type(error).__name__
    # Outside of the handler, so that nothing leads back to the error with the address in it.
    raise FileNotGiven(problem)


def _check_status(answer):
    status = answer.status_code
    if status in PASSING:
        pause = answer.headers.get("Retry-After", "")
        raise FileNotGiven(
            f"HTTP {status}", min(float(pause), MAX_PAUSE) if pause.isdecimal() else None
        )
    if status in GONE:
        raise FileUnreadable("not_found")
    if status != requests.codes.ok:
        raise FileUnreadable("refused")


def _read(answer, is_over):
    """Return the body, unpacked by hand: what is packed may be a thousand times larger."""
    packing = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if packing not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise FileUnreadable("broken")
    # 32: with whichever of the two headers there is.
    unpack = None if packing in ("", "identity") else zlib.decompressobj(zlib.MAX_WBITS | 32)
    content = bytearray()
    while block := answer.raw.read(BLOCK):
        if is_over():
            break
        room = MAX_FILE + 1 - len(content)
        try:
            content += unpack.decompress(block, room) if unpack else block
        except zlib.error:
            raise FileUnreadable("broken") from None
        if len(content) > MAX_FILE:
            raise FileUnreadable("too_large")
    if is_over():
        # What was cut off looks as if it had come to its end.
        raise FileNotGiven("too slow")
    _check_length(answer, content, packing)
    return bytes(content)


def _check_length(answer, content, packing):
    length = answer.headers.get("Content-Length", "")
    if packing in ("", "identity") and length.isdecimal() and int(length) != len(content):
        raise FileNotGiven("the connection broke off")


def _check(content):
    if is_page(content):
        raise FileUnreadable("page")
    return content


@contextmanager
def _kept_out_of_the_log():
    """Keep the lines of this thread out of urllib3's debug log: they name the address."""
    thread = threading.get_ident()

    def is_anothers(record):
        return record.thread != thread

    logger = logging.getLogger("urllib3.connectionpool")
    logger.addFilter(is_anothers)
    try:
        yield
    finally:
        logger.removeFilter(is_anothers)
