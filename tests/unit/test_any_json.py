"""Whatever JSON comes, the schema answers with a value or with a SchemaError."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prom_api import errors
from prom_api.schema import Group, Option, Order, OrderLine, Person, Product, StatusOption

from tests.prom_simulator import PromSimulator

from .strategies import JSON, PROPERTY

CLASSES = [Group, Option, Order, OrderLine, Person, Product, StatusOption]

_SHOP = PromSimulator(seed=5, orders=3, products=10)
_ORDER = _SHOP.order_json(_SHOP.add_order(kind="evopay_paid+door+promo_code+prosale_value")["id"])
_PRODUCT = _SHOP.product_json(next(iter(_SHOP.state.products)))
GOOD = {Order: _ORDER, OrderLine: _ORDER["products"][0], Product: _PRODUCT}


def paths(value, path=()):
    """Return the places of a record where something can be replaced."""
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths(item, (*path, index))


def replaced(value, path, new):
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(copy[path[0]], path[1:], new)
    return copy


def read(cls, data):
    try:
        return cls.from_json(data)
    except errors.SchemaError as err:
        assert len(str(err)) < 300
        return None


@pytest.mark.parametrize("cls", CLASSES)
@PROPERTY
@given(JSON)
def test_any_json_is_read_or_refused(cls, data):
    read(cls, data)


@pytest.mark.parametrize("cls", sorted(GOOD, key=lambda cls: cls.__name__))
@PROPERTY
@given(st.data())
def test_a_good_record_with_anything_in_one_place_is_read_or_refused(cls, data):
    path = data.draw(st.sampled_from(sorted(paths(GOOD[cls]), key=repr)))
    read(cls, replaced(GOOD[cls], path, data.draw(JSON)))


@pytest.mark.parametrize("cls", sorted(GOOD, key=lambda cls: cls.__name__))
def test_every_field_but_the_mandatory_ones_may_be_null(cls):
    mandatory = {Order: {"id", "status"}, OrderLine: {"quantity"}, Product: {"id"}}[cls]
    for key in GOOD[cls]:
        value = read(cls, {**GOOD[cls], key: None})
        assert (value is None) == (key in mandatory), key
