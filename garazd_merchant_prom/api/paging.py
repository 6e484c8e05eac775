"""Walking through a list page by page, from a cursor that survives a restart.

Prom gives ids in descending order and takes `last_id`: only ids not above it. Whether the record
with that very id comes again is not settled, so it is asked for and dropped. The end is a page
without anything new; a merely short page is not.
"""

import logging

from . import const, text

_logger = logging.getLogger(__name__)


def fetch_page(fetch, cursor=None, *, limit=const.PAGE_LIMIT):
    """Read one page.

    A record without a readable id is given out once; at the end of a page it waits for the next
    page, which begins with it. Records that changed places meanwhile may come twice.

    :param fetch: function with the keywords last_id and limit that returns a list of records
    :param dict cursor: what the previous page returned, None for the first page
    :param int limit: size of a page, 2 or more: one record of it may be a known one
    :return: the records, and the cursor of the next page: a JSON object, None at the end
    :rtype: tuple[list, dict | None]
    """
    if limit < 2:
        raise ValueError("a page must hold at least two records")
    last_id = text.parse_id(cursor["last_id"]) if cursor else None
    page = fetch(last_id=last_id, limit=limit)
    ids = [record_id(record) for record in page]
    fresh = [number for number in ids if number is not None and str(number) != last_id]
    records = [
        record
        for record, number in zip(page, ids, strict=True)
        if number is None or str(number) != last_id
    ]
    smallest = min(fresh, default=None)
    if smallest is None or (last_id is not None and smallest >= int(last_id)):
        if fresh:
            _logger.warning("the list does not go on below id %s", last_id)
        return records, None
    while records and record_id(records[-1]) is None:
        records.pop()
    return records, {"last_id": str(smallest)}


def iter_pages(fetch, cursor=None, *, limit=const.PAGE_LIMIT):
    """Yield the pages of a list until its end; for scripts.

    :param fetch: see :func:`fetch_page`
    :param dict cursor: where to begin
    :param int limit: size of a page
    """
    while True:
        records, cursor = fetch_page(fetch, cursor, limit=limit)
        if records:
            yield records
        if cursor is None:
            return


def record_id(record):
    """Return the id of a raw record, None when it is missing or unreadable.

    :rtype: int | None
    """
    try:
        return int(text.parse_id(record.get("id"))) if isinstance(record, dict) else None
    except ValueError:
        return None
