"""Walking through lists without a server."""

import json
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prom_api import paging

from .strategies import PROPERTY

MANY = 100
BROKEN = [{}, {"id": None}, {"id": "x"}, "text", None, {"id": True}, {"id": 1.5}, {"id": 2**70}]


class Shelf:
    """A list as a server would page it."""

    def __init__(self, records, inclusive=True, most=100):
        self.records = records
        self.inclusive = inclusive
        self.most = most

    def __call__(self, last_id, limit):
        start = 0
        if last_id is not None:
            ids = [paging.record_id(record) for record in self.records]
            start = ids.index(int(last_id)) + (not self.inclusive)
        return self.records[start : start + min(limit, self.most)]


def walk(fetch, limit=5, cursor=None):
    pages = list(islice(paging.iter_pages(fetch, cursor, limit=limit), MANY))
    assert len(pages) < MANY, "the walk does not end"
    return [record for page in pages for record in page]


def numbered(*ids):
    return [{"id": number} for number in ids]


@PROPERTY
@given(
    st.sets(st.integers(1, 10**9), max_size=40),
    st.booleans(),
    st.integers(2, 12),
    st.integers(2, 12),
)
def test_every_record_comes_once(ids, inclusive, limit, most):
    records = numbered(*sorted(ids, reverse=True))
    assert walk(Shelf(records, inclusive, most), limit) == records


@PROPERTY
@given(st.lists(st.one_of(st.none(), st.integers(0, len(BROKEN) - 1)), max_size=30), st.booleans())
def test_records_without_an_id_come_once_too(plan, inclusive):
    records = []
    for index, broken in enumerate(plan):
        records.append({"id": 1000 - index})
        if broken is not None:
            records.append(BROKEN[broken])
    assert walk(Shelf(records, inclusive), limit=4) == records


def test_a_walk_goes_on_from_a_stored_cursor():
    shelf = Shelf(numbered(*range(9, 0, -1)))
    first, cursor = paging.fetch_page(shelf, None, limit=4)
    assert cursor == {"last_id": "6"}
    cursor = json.loads(json.dumps(cursor))
    assert first + walk(shelf, 4, cursor) == shelf.records


def test_a_short_page_is_not_the_end():
    shelf = Shelf(numbered(*range(9, 0, -1)), most=3)
    assert walk(shelf, limit=100) == shelf.records


def test_an_empty_list_has_no_next_page():
    assert paging.fetch_page(Shelf([]), None) == ([], None)


def test_only_the_known_record_is_the_end():
    assert paging.fetch_page(Shelf(numbered(7)), {"last_id": "7"}) == ([], None)


def test_a_server_that_ignores_last_id_does_not_keep_us_for_ever(caplog):
    page = numbered(9, 8, 7)
    records = walk(lambda last_id, limit: page)
    assert {record["id"] for record in records} == {9, 8, 7}
    assert "does not go on" in caplog.text


@PROPERTY
@given(st.lists(st.lists(st.integers(1, 50), max_size=6), min_size=1, max_size=6))
def test_any_server_at_all_comes_to_an_end(pages):
    calls = []

    def fetch(last_id, limit):
        calls.append(last_id)
        assert len(calls) < MANY, "the walk does not end"
        return numbered(*pages[len(calls) % len(pages)])

    walk(fetch)
    assert len(calls) <= 52


def test_shuffled_pages_are_still_walked_to_the_end():
    pages = {None: numbered(8, 10, 9), "8": numbered(7, 8, 6), "6": numbered(6)}
    records = walk(lambda last_id, limit: pages[last_id])
    assert sorted(record["id"] for record in records) == [6, 7, 8, 9, 10]


def test_ids_as_text_are_ids():
    assert paging.fetch_page(lambda **_: [{"id": "12"}, {"id": 11}]) == (
        [{"id": "12"}, {"id": 11}],
        {"last_id": "11"},
    )


def test_a_page_of_one_could_never_get_past_the_known_record():
    with pytest.raises(ValueError, match="two records"):
        paging.fetch_page(Shelf([]), None, limit=1)


@pytest.mark.parametrize("cursor", [{"last_id": "x"}, {"last_id": None}, {"last_id": -1}])
def test_a_damaged_cursor_is_refused(cursor):
    with pytest.raises(ValueError, match="identifier"):
        paging.fetch_page(Shelf([]), cursor)
