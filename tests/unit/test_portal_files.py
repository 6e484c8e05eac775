"""The files in which Prom publishes its categories and attributes, read without Odoo."""

from pathlib import Path

import pytest
from prom_api.catalogue import table
from prom_api.catalogue.attributes import read_attributes
from prom_api.catalogue.categories import read_categories
from prom_api.catalogue.errors import FileUnreadable
from prom_api.catalogue.language import guess_language

from tests.prom_simulator.bombs import bomb

from .portal_files import LIST, TREE, make_csv, make_workbook, make_xls, make_xlsx, pack

SAMPLE = Path(__file__).parents[1] / "samples" / "attributes_category_814.xml"
BILLION = (
    b'<!DOCTYPE a [<!ENTITY a "lol">'
    + b"".join(
        b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in b"bcdefghi"
    )
    + b"]>"
)


def get_code(read, content):
    with pytest.raises(FileUnreadable) as caught:
        read(content)
    return caught.value.code


@pytest.mark.parametrize(
    "content",
    [
        make_xls(LIST),
        make_xlsx(LIST),
        make_xlsx(LIST[1:]),
        make_xls(LIST[1:]),
        make_csv(LIST),
        make_csv(LIST, "cp1251"),
        make_csv(LIST, "utf-16", "\t"),
        make_csv([(*row[:4], row[5]) for row in LIST], delimiter=","),
        # The sister portal has two rows of headers.
        make_xls([("Каталог",), *LIST]),
    ],
    ids=[
        "XLS",
        "XLSX",
        "XLSX without headers",
        "XLS without headers",
        "CSV",
        "CSV of Excel",
        "CSV with tabs",
        "other columns",
        "two headers",
    ],
)
def test_every_form_of_the_list_says_the_same(content):
    found = read_categories(content)
    assert [(c.external_id, c.names, c.parent_id) for c in found.categories] == [
        ("35", {"uk_UA": "Одяг"}, None),
        ("355", {"uk_UA": "Футболки"}, "35"),
        ("35506", {"uk_UA": "Чоловічі футболки"}, "355"),
        ("70306", {"uk_UA": "Шафи серверні"}, None),
    ]
    assert not found.skipped


def test_a_russian_list_has_russian_names():
    rows = [("Уровень 1", "Уровень 2", "Идентификатор"), ("Продукты", None, 20)]
    found = read_categories(make_xls([*rows, ("Продукты", "Сыр", 2005)]))
    assert [c.names for c in found.categories] == [{"ru_RU": "Продукты"}, {"ru_RU": "Сыр"}]


@pytest.mark.parametrize(
    ("names", "lang"),
    [
        (["Одяг", "Меблі"], "uk_UA"),
        (["Одежда", "Рубашки мужские", "Брюки ы"], "ru_RU"),
        (["Посуд"], ""),
        (["LEGO", "Nike"], ""),
        (["Меблі", "Рубашки мужскиы"], ""),
        ([], ""),
    ],
)
def test_the_language_is_that_of_the_whole_list_or_not_known(names, lang):
    assert guess_language(names) == lang


def test_a_tree_has_an_artificial_root():
    found = read_categories(TREE)
    assert {c.external_id: (c.path, c.parent_id) for c in found.categories} == {
        "35": (("Одяг",), None),
        "35506": (("Одяг", "Чоловічі футболки"), "35"),
        "29": (("Товари, загальне",), None),
    }
    assert found.skipped == [(6, "no_id", "x | Зламана")]
    by_id = {c.external_id: c for c in found.categories}
    assert by_id["29"].names == {"uk_UA": "Товари, загальне", "ru_RU": "Товары, общее"}
    assert by_id["35"].names == {"uk_UA": "Одяг"}


def test_a_tree_may_be_written_in_two_bytes():
    wide = TREE.decode().replace("utf-8", "utf-16").encode("utf-16")
    assert read_categories(wide) == read_categories(TREE)


def test_the_commission_workbook_has_the_normal_rate():
    found = read_categories(make_workbook())
    assert found.has_rates
    assert len(found.categories) == 40
    assert {float(c.rate) for c in found.categories} == {18.88}
    assert found.categories[3].path == ("Одяг", "Категорія 3")


def test_bad_rows_are_left_out_and_named():
    rows = [*LIST, ("Дім", None, None, None, None, "немає"), (None,) * 5 + (77,), LIST[1]]
    found = read_categories(make_csv([*rows, ("Сад", "", "", "", "", 1)]))
    assert [row[:2] for row in found.skipped] == [(6, "no_id"), (7, "no_name"), (8, "repeated")]
    assert found.skipped[0][2] == "Дім | немає"
    assert len(found.categories) == 5


def test_texts_that_cannot_be_stored_are_mended():
    rows = [*LIST[1:], ("Од\x01яг", "Сор\u00a0очки\x0b", None, None, None, 348)]
    found = read_categories(make_csv(rows))
    assert found.categories[-1].path == ("Одяг", "Сор очки")


def test_attributes_of_the_real_sample():
    file = read_attributes(SAMPLE.read_bytes())
    assert list(file.attributes) == ["814"]
    by_id = {attribute.external_id: attribute for attribute in file.attributes["814"]}
    assert (by_id["4846"].names["uk_UA"], by_id["4846"].type) == ("Колір", "select")
    reds = [id_ for id_, names in by_id["4846"].values if names.get("uk_UA") == "Червоний"]
    assert len(reds) == 2
    weight = by_id["9148"]
    assert (weight.type, weight.units["uk_UA"], weight.maximum) == ("real", "кг", 50)


def test_attributes_that_cannot_be_used_are_left_out():
    content = """<categories><category id="8" nameRU="Химия"><attribute id="" nameUK="а"/>
    <attribute id="1"/><attribute id="2" nameUK="б" type="new" min="x" max="1e999"/>
    <attribute id="2" nameUK="в"/></category><category id="y"/></categories>""".encode()
    file = read_attributes(content)
    assert [row[1] for row in file.skipped] == ["no_id", "no_name", "repeated", "no_id"]
    (attribute,) = file.attributes["8"]
    assert (attribute.type, attribute.minimum, attribute.maximum) == ("text", None, None)
    assert file.names == {"8": {"ru_RU": "Химия"}}


# Files that are no files


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b" ", "empty"),
        (b"", "empty"),
        (b"PK nonsense", "broken"),
        (b"\xd0\xcf\x11\xe0 nonsense", "broken"),
        (b"<categories>", "broken"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "page"),
        (b"\n<!-- x --><HTML>", "page"),
        (b"<categories></categories>", "no_rows"),
        ("привіт".encode(), "no_ids"),
        (b"\0\1\2\3\0\0", "kind"),
        (b"1;" * (table.MAX_FILE // 2 + 1), "too_large"),
    ],
)
def test_what_is_no_list_is_refused(content, code):
    assert get_code(read_categories, content) == code


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty"), (make_csv(LIST), "kind"), (b"<html>", "page"), (b"<categories/>", "no_rows")],
)
def test_what_has_no_attributes_is_refused(content, code):
    assert get_code(read_attributes, content) == code


def test_a_packed_file_that_grows_without_end_is_refused():
    assert get_code(read_categories, bomb("zip", 100).body) == "too_large"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("read", [read_categories, read_attributes])
def test_entities_are_refused_in_any_encoding(read, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>{BILLION.decode()}<a b="&i;"/>'
    assert get_code(read, text.encode(encoding)) == "broken"


def test_entities_in_a_packed_sheet_are_refused_or_not_followed():
    sheet = (
        b'<?xml version="1.0"?>' + BILLION + b'<worksheet xmlns="http://schemas.openxmlformats'
        b'.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&i;'
        b"</t></is></c></row></sheetData></worksheet>"
    )
    with pytest.raises(FileUnreadable):
        read_categories(pack(make_xlsx(LIST), xl__worksheets__sheet1=sheet))


def test_a_sheet_that_claims_to_be_huge_is_read_as_it_is():
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>A'
        b'</t></is></c><c r="B1"><v>35</v></c></row></sheetData></worksheet>'
    )
    found = read_categories(pack(make_xlsx(LIST), xl__worksheets__sheet1=sheet))
    assert [c.external_id for c in found.categories] == ["35"]


def test_a_cell_far_away_makes_no_endless_rows():
    rows = [*LIST, [None] * 250 + ["x"]]
    for content in (make_xls(rows), make_xlsx(rows)):
        assert len(read_categories(content).categories) == 4
        assert max(len(row) for rows in table.read_tables(content) for row in rows) <= 100
