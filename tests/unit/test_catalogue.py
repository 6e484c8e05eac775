"""Products, groups and dictionaries as typed values."""

import json
from decimal import Decimal

import pytest
from prom_api import errors
from prom_api.schema import Group, Money, Option, Product, StatusOption

from tests.prom_simulator import PromSimulator
from tests.prom_simulator.poison import PRODUCT_POISONS

from .test_order import SAMPLES, failed_path


@pytest.fixture
def shop():
    return PromSimulator(seed=3, orders=5, products=60)


def test_the_documented_product_is_read():
    path = SAMPLES / "products_list_doc_sample.json"
    read = Product.from_json(json.loads(path.read_text(encoding="utf-8"))["products"][0])
    assert (read.id, read.external_id, read.sku) == ("660913934", "string", "AA7775")
    assert read.price == Money(amount=Decimal(150), currency="USD")
    assert read.group.id == "2366571"
    assert (read.category.id, read.category.name) == ("35402", "Платья женские")
    assert read.quantity_in_stock == 123
    assert (read.variation_base_id, read.is_variation) == ("123123123", False)
    assert set(read.names) == {"ru", "kk"}
    assert (read.discount.type, read.discount.value) == ("percent", 15)
    assert read.discount.end.isoformat() == "2018-04-22"
    assert {"prices", "images"} < set(read.extra)


def test_every_generated_product_is_read(shop):
    for product_id in shop.state.products:
        assert Product.from_json(shop.product_json(product_id)).id == str(product_id)


def test_a_product_may_consist_of_its_id():
    read = Product.from_json({"id": "5", "price": None, "group": {"id": None}, "category": {}})
    assert (read.price, read.group, read.category, read.names) == (None, None, None, {})


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("product_missing_id", "id"),
        ("product_wrong_types", "price"),
        ("product_huge_description", None),
    ],
)
def test_a_broken_product_names_the_broken_field(shop, kind, path):
    data = shop.state.products[shop.poison(kind)]
    if path is None:
        Product.from_json(data)
    else:
        assert failed_path(Product.from_json, data) == path
    assert len(PRODUCT_POISONS) == 3


def test_a_negative_price_is_refused_and_a_negative_stock_is_not():
    assert failed_path(Product.from_json, {"id": 5, "price": -1}) == "price"
    assert Product.from_json({"id": 5, "quantity_in_stock": -1}).quantity_in_stock == -1


def test_zero_names_no_group():
    assert Product.from_json({"id": 5, "variation_group_id": 0}).variation_group_id is None


def test_a_group_is_read():
    read = Group.from_json(
        {"id": 5, "name": "Одяг", "name_multilang": {"uk": "Одяг", "ru": None}, "x": 1}
        | {"parent_group_id": 4}
    )
    assert (read.id, read.parent_group_id, read.names) == ("5", "4", {"uk": "Одяг"})
    assert read.extra == {"x": 1}
    assert failed_path(Group.from_json, {"name": "x"}) == "id"


def test_an_option_needs_an_id():
    assert Option.from_json({"id": 5, "name": "x", "comment": "y"}).description == "y"
    assert failed_path(Option.from_json, {"name": "x"}) == "id"


def test_a_status_needs_a_code_and_its_spelling_is_settled():
    assert StatusOption.from_json({"name": "cancelled", "title": "Скасовано"}).name == "canceled"
    assert failed_path(StatusOption.from_json, {"title": "x"}) == "name"


def test_texts_are_stripped_of_what_cannot_be_stored():
    assert Product.from_json({"id": 5, "name": " a\x00b\ud800 "}).name == "ab"


@pytest.mark.parametrize("value", [["a"], {"uk": "x"}, True])
def test_a_text_of_another_kind_is_refused(value):
    with pytest.raises(errors.SchemaError):
        Product.from_json({"id": 5, "name": value})
