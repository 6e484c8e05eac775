"""Whatever file comes, the readers answer with what it says or with a reason."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prom_api.catalogue.attributes import read_attributes
from prom_api.catalogue.categories import Category, read_categories
from prom_api.catalogue.errors import FileUnreadable
from prom_api.catalogue.markup import is_page

from .portal_files import LIST, TREE, make_csv, make_workbook, make_xls, make_xlsx
from .strategies import PROPERTY

SAMPLE = Path(__file__).parents[1] / "samples" / "attributes_category_814.xml"
CODES = {"empty", "too_large", "kind", "broken", "page", "no_ids", "no_rows"}
REASONS = {"no_id", "no_name", "repeated"}
FILES = {
    "xls": make_xls(LIST),
    "xlsx": make_xlsx(LIST),
    "csv": make_csv(LIST),
    "workbook": make_workbook(12),
    "xml": TREE,
    "attributes": SAMPLE.read_bytes(),
}
#: Names as sellers and marketplaces write them; a number is no name.
NAMES = st.text(st.characters(codec="cp1251", categories=["L"]), min_size=1, max_size=12).filter(
    lambda name: not name.isnumeric()
)


def check(read, content):
    """Read a file and check what is said of it, whatever that is."""
    try:
        found = read(content)
    except FileUnreadable as error:
        assert error.code in CODES
        return None
    assert {why for _row, why, _text in found.skipped} <= REASONS
    return found


@st.composite
def spoilt(draw):
    """Return one of the files with a part cut, repeated or overwritten."""
    content = bytearray(draw(st.sampled_from(list(FILES.values()))))
    for _change in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, max(len(content) - 1, 0)))
        end = min(len(content), start + draw(st.integers(0, 40)))
        match draw(st.sampled_from(("cut", "overwrite", "repeat"))):
            case "cut":
                del content[start:end]
            case "overwrite":
                content[start:end] = draw(st.binary(max_size=40))
            case "repeat":
                content[start:start] = content[start:end]
    return bytes(content)


@PROPERTY
@given(st.binary(max_size=400))
@pytest.mark.parametrize("read", [read_categories, read_attributes])
def test_any_bytes_are_read_or_refused(read, content):
    check(read, content)


@PROPERTY
@given(spoilt())
def test_spoilt_files_are_read_or_refused(content):
    found = check(read_categories, content)
    for category in found.categories if found else ():
        assert isinstance(category, Category)
        assert category.external_id.isdecimal()
        assert all(category.path)
        assert category.names
    check(read_attributes, content)


@st.composite
def trees(draw):
    """Return rows of a list in which every category has a name of its own beside its siblings."""
    rows, paths = [], [()]
    for number in range(draw(st.integers(1, 25))):
        above = draw(st.sampled_from([path for path in paths if len(path) < 4]))
        path = (*above, draw(NAMES))
        if path in paths:
            continue
        paths.append(path)
        rows.append((path, 10 + number))
    return rows


@PROPERTY
@given(trees())
def test_a_list_comes_out_as_it_went_in(tree):
    rows = [LIST[0]]
    rows += [(*path, *[None] * (4 - len(path)), None, number) for path, number in tree]
    expected = {str(number): path for path, number in tree}
    parents = {
        str(number): next((str(n) for p, n in tree if p == path[:-1]), None)
        for path, number in tree
    }
    for content in (make_xls(rows), make_xlsx(rows), make_csv(rows)):
        found = check(read_categories, content)
        assert {c.external_id: c.path for c in found.categories} == expected
        assert {c.external_id: c.parent_id for c in found.categories} == parents
        assert not found.skipped


@PROPERTY
@given(trees(), st.lists(st.sampled_from(["", "x", "-5", "0", "1.5", "12 34"]), max_size=5))
def test_a_bad_row_changes_nothing_about_the_others(tree, bad):
    rows = [(*path, *[None] * (4 - len(path)), None, number) for path, number in tree]
    spoilt_rows = [("Зайва", None, None, None, None, text) for text in bad if text or tree]
    found = check(read_categories, make_csv([LIST[0], *rows, *spoilt_rows]))
    if found is None:
        # So many bad ones that no column looks as if it had numbers.
        assert len(bad) * 2 > len(tree)
        return
    assert {c.external_id for c in found.categories} == {str(number) for _path, number in tree}
    assert len(found.skipped) == len(spoilt_rows)


@PROPERTY
@given(st.binary(max_size=60))
def test_what_is_a_page_is_told_without_parsing(content):
    assert is_page(b"<!DOCTYPE html>" + content)
    assert not is_page(b"<categories>" + content)
