"""The portal's sections as files of the cabinet (categories.md)."""

import xml.etree.ElementTree as ET

import pytest
import requests
import xlrd

from tests.prom_simulator import PromSimulator
from tests.prom_simulator.xls import make_xls

from .conftest import TIMEOUT

XLS = "/cabinet/export_categories/xls"
XML = "/cabinet/export_categories/xml"


@pytest.fixture
def sim():
    with PromSimulator(seed=1, orders=0, products=20) as simulator:
        yield simulator


def get(sim, path, **options):
    return requests.get(sim.origin + path, timeout=TIMEOUT, allow_redirects=False, **options)


def read_sheet(sim):
    content = get(sim, XLS).content
    (sheet,) = xlrd.open_workbook(file_contents=content).sheets()
    return [sheet.row_values(number) for number in range(sheet.nrows)]


def test_the_list_is_an_old_workbook_with_paths_and_numbers(sim):
    header, *rows = read_sheet(sim)
    assert header[5] == "Ідентифікатор"
    assert len(rows) == 60
    assert rows[2] == [
        "Інструмент",
        "Електроінструменти",
        "",
        "",
        "https://prom.ua/ua/c161304",
        161304,
    ]
    numbers = [row[5] for row in rows]
    assert len(set(numbers)) == len(numbers)


def test_the_list_is_in_the_language_of_the_cabinet(sim):
    sim.options.sections_language = "ru"
    header, *rows = read_sheet(sim)
    assert header[5] == "Идентификатор"
    assert rows[2][1] == "Электроинструменты"
    sim.options.sections_header = False
    assert read_sheet(sim)[2][1] == "Электроинструменты"


def test_the_tree_has_an_artificial_root_and_captions_in_lower_case(sim):
    (top,) = ET.fromstring(get(sim, XML, headers={"Accept": "application/xml"}).content)
    assert top.get("caption") == "Каталог"
    by_id = {element.get("id"): element for element in top.iter("category")}
    assert by_id["161304"].get("caption") == "електроінструменти"
    assert by_id["161304"] in list(by_id["1613"])
    assert {str(section.id) for section in sim.sections} <= set(by_id)


def test_every_section_of_a_product_is_there(sim):
    known = {section.id for section in sim.sections}
    assert {row["category"]["id"] for row in sim.state.products.values()} <= known


@pytest.mark.parametrize("count", [10, 60, 5000])
def test_there_are_as_many_sections_as_asked_for(count):
    sim = PromSimulator(seed=2, orders=0, products=0, sections=count)
    sections = sim.sections
    assert len(sections) == max(count, 23)
    assert len({section.id for section in sections}) == len(sections)
    paths = {section.paths["uk"] for section in sections}
    assert len(paths) == len(sections)
    assert max(map(len, paths)) <= 4


def test_the_same_seed_gives_the_same_files():
    first, second = (PromSimulator(seed=3, orders=0, products=0, sections=300) for _n in "12")
    assert first.sections == second.sections


def test_attributes_need_the_secret_of_the_company(sim):
    link = sim.attribute_link(814).removeprefix(sim.origin)
    category = ET.fromstring(get(sim, link).content).find("category")
    assert (category.get("id"), category.get("nameUK")) == ("814", "Пігменти")
    types = {attribute.get("type") for attribute in category.findall("attribute")}
    assert types == {"singleselect", "multiselect", "real", "integer", "bool", "free"}
    answer = get(sim, link[:-1])
    assert answer.headers["Content-Type"].startswith("text/html")
    assert get(sim, link.replace("814", "999")).status_code == 404


def test_the_addresses_may_want_a_login(sim):
    sim.options.sections_public = False
    for path in (XLS, XML):
        answer = get(sim, path)
        assert (answer.status_code, answer.text[:9]) == (200, "<!DOCTYPE")


def test_other_addresses_and_methods_are_refused(sim):
    assert get(sim, "/cabinet/other").status_code == 404
    assert requests.post(sim.origin + XLS, timeout=TIMEOUT).status_code == 405


def test_files_have_faults_of_their_own(sim):
    sim.faults.add("redirect", path=XLS, to="/elsewhere")
    answer = get(sim, XLS)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/elsewhere")
    for kind, size in (("huge", 40_000_000), ("gzip", 0), ("zip", 0), ("entities", 0)):
        sim.faults.add("bomb", path=XLS, kind=kind)
        answer = get(sim, XLS, stream=True)
        length = int(answer.headers["Content-Length"])
        assert length > size if size else length < 200_000
    assert get(sim, XLS).content.startswith(b"\xd0\xcf\x11\xe0")
    assert [exchange.path for exchange in sim.requests("/cabinet/*")] == [XLS] * 6


def test_a_workbook_too_large_for_its_writer_is_refused():
    with pytest.raises(ValueError, match="too large"):
        make_xls([["x" * 4000] for _row in range(1000)])
