"""Pages by `limit` and `last_id`, and the date filters (api.md 2 and 3)."""

from .text import NEVER, BadParameterError, date_filter


def page_limit(request, options):
    """Return the page size of a request.

    :param Request request: the request.
    :param Options options: switches.
    :rtype: int
    :raises BadParameterError: for a size that is not allowed.
    """
    limit = request.integer("limit", minimum=1)
    if limit is None:
        return options.default_limit
    if limit > options.max_limit and options.limit_over_max == "error":
        raise BadParameterError("bad_parameter", name="limit")
    return min(limit, options.max_limit)


def sort_direction(request):
    """Return `asc` or `desc`.

    :rtype: str
    """
    direction = request.query.get("sort_dir") or "desc"
    if direction not in ("asc", "desc"):
        raise BadParameterError("bad_parameter", name="sort_dir")
    return direction


def cut_page(table, request, options, wanted, direction="desc"):
    """Return one page of a table.

    :param Table table: records by id.
    :param Request request: gives `limit` and `last_id`.
    :param Options options: switches.
    :param wanted: function(record) -> bool.
    :param str direction: `desc` (newest first) or `asc`.
    :rtype: list
    """
    limit, last_id = page_limit(request, options), request.integer("last_id")
    inclusive = options.last_id_inclusive
    if direction == "asc":
        rows = table.ascending(last_id, inclusive, options.asc_last_id == "not_above")
    else:
        rows = table.descending(last_id, inclusive)
    page = []
    for _key, row in rows:
        if wanted(row):
            page.append(row)
            if len(page) == limit:
                break
    return page


def date_ranges(request, fields):
    """Return a function that applies the date filters of a request.

    Dates are compared as text: stored ones are ISO 8601 in UTC.

    :param Request request: the request.
    :param fields: (query prefix, record field) pairs; `_from` and `_to` are appended.
    :return: function(record) -> bool, or None when nothing can match.
    :raises BadParameterError: for a value that is no date.
    """
    checks = []
    for prefix, field in fields:
        start = date_filter(f"{prefix}_from", request.query.get(f"{prefix}_from"))
        end = date_filter(f"{prefix}_to", request.query.get(f"{prefix}_to"))
        if NEVER in (start, end):
            return None
        if start or end:
            checks.append((field, start or "", end or NEVER))

    def matches(record):
        for field, start, end in checks:
            value = record.get(field) if isinstance(record, dict) else None
            if isinstance(value, str) and not start <= value[:26] <= end:
                return False
        return True

    return matches
