"""Imports and their status (api.md 11).

An accepted import runs in a thread of its own, as the feed may be served by the very program
that waits for the answer. Feeds are read from 127.0.0.1 and localhost only, and only with
`Options.import_fetch`; without it an accepted link changes nothing.
"""

import hashlib
import http.client
import json
import threading
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

from .exchange import NotFoundError
from .feed import FeedError, read_feed
from .feed_import import COUNTERS, KNOWN_FIELDS, MISSING_CHOICES, FeedImport
from .routing import Route
from .text import BadParameterError

_LOCAL_HOSTS = ("127.0.0.1", "localhost")
_ZEROS = {**dict.fromkeys(COUNTERS, 0), "errors": []}
_FETCH_TIMEOUT = 20


class Import:
    """An accepted import; `result` is its final status, None while it runs."""

    def __init__(self, settings):
        self.settings = settings
        self.polls = 0
        self.result = None
        self.finished = threading.Event()

    def finish(self, result):
        """Keep the final status."""
        self.result = result
        self.finished.set()


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None


def import_url(world, request):
    """POST /products/import_url."""
    settings = request.json_object()
    url = settings.get("url")
    parts = urlsplit(url) if isinstance(url, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return _refused(request, "import_url")
    return _accept(world, request, settings, None)


def import_file(world, request):
    """POST /products/import_file: parts `file` and `data`."""
    form = request.form()
    if not form.get("file", (None, b""))[1]:
        return _refused(request, "import_file")
    try:
        settings = json.loads(form.get("data", (None, b"{}"))[1] or b"{}")
    except ValueError:
        raise BadParameterError("bad_json") from None
    if not isinstance(settings, dict):
        raise BadParameterError("bad_json")
    return _accept(world, request, settings, form["file"][1])


def _refused(request, key, **values):
    """Return a refusal: no `id` (api.md 5)."""
    return {"status": "error", "message": request.text(key, **values)}


def _accept(world, request, settings, content):
    problem = _settings_problem(settings)
    if problem:
        return _refused(request, "bad_parameter", name=problem)
    state, limit = world.state, world.options.import_daily_limit
    if limit is not None and len(state.imports) >= limit:
        return _refused(request, "import_limit")
    key = hashlib.sha256(f"{world.seed}/{len(state.imports)}".encode()).hexdigest()[:24]
    job = state.imports[key] = Import(settings)
    world.wrote(request, "import", key, settings)
    threading.Thread(
        target=_run, args=(world, job, content, request.path), name="prom-import", daemon=True
    ).start()
    return {"id": key, "status": "success", "message": ""}


def _settings_problem(settings):
    fields = settings.get("updated_fields")
    if fields is not None and (
        not isinstance(fields, list) or any(name not in KNOWN_FIELDS for name in fields)
    ):
        return "updated_fields"
    if settings.get("mark_missing_product_as", "none") not in MISSING_CHOICES:
        return "mark_missing_product_as"
    for name in ("force_update", "only_available"):
        if not isinstance(settings.get(name, False), bool):
            return name
    return None


def _run(world, job, content, path):
    """Carry out an import and keep its result."""
    result = _fatal("import", "interrupted")
    try:
        if content is None and not world.options.import_fetch:
            result = _unread(world)
        else:
            if content is None:
                content = fetch_local(job.settings["url"])
            result = apply_feed(world, content, job.settings, path)
    except (OSError, http.client.HTTPException) as error:
        result = _fatal("download", str(error))
    finally:
        job.finish(result)


def _unread(world):
    """Return the status of a link nobody read: everything is as it was."""
    count = sum(
        1
        for row in list(world.state.products.values())
        if isinstance(row, dict) and row.get("external_id") is not None
    )
    return {**_ZEROS, "status": "SUCCESS", "not_changed": count, "total": count}


def _fatal(stage, text):
    return {**_ZEROS, "status": "FATAL", "errors": [{stage: [{"message": text}]}]}


def fetch_local(url):
    """Read a feed or a picture of this machine.

    :param str url: its address.
    :rtype: bytes
    :raises OSError: when it cannot be read or lies on another machine.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or parts.hostname not in _LOCAL_HOSTS:
        raise OSError(f"{parts.hostname} is not this machine")
    with build_opener(_NoRedirect).open(url, timeout=_FETCH_TIMEOUT) as answer:
        return answer.read()


def apply_feed(world, content, settings, path="/products/import_file"):
    """Apply the content of a feed.

    :param World world: the shop.
    :param bytes content: the file.
    :param dict settings: ImportSettings.
    :param str path: call noted in the journal.
    :return: the final import status.
    :rtype: dict
    """
    try:
        feed = read_feed(content)
    except FeedError as error:
        return _fatal("validation", str(error))
    dead = set()
    if world.options.import_fetch:
        for url in {url for offer in feed.offers for url in offer.pictures}:
            if urlsplit(url).hostname not in _LOCAL_HOSTS:
                continue
            try:
                fetch_local(url)
            except (OSError, http.client.HTTPException):
                dead.add(url)
    return FeedImport(world, feed, settings, dead, path).run()


def import_status(world, _request, key):
    """GET /products/import/status/{id}: the first answers lie."""
    job = world.state.imports.get(key)
    if job is None:
        raise NotFoundError
    options = world.options
    job.polls += 1
    if job.polls <= options.import_early_success:
        return {"status": "SUCCESS", **_ZEROS}
    if job.polls <= options.import_early_success + options.import_partial or job.result is None:
        return {"status": "PARTIAL", **_ZEROS}
    return job.result


ROUTES = (
    Route("POST", "/products/import_url", "products", import_url),
    Route("POST", "/products/import_file", "products", import_file),
    Route("GET", "/products/import/status/{text}", "products", import_status),
)
