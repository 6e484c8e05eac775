"""Changing products: what is sent, what counts as done, what a discount leaves of a price."""

from datetime import date
from decimal import Decimal

import pytest
from prom_api import const, errors
from prom_api.client import PromClient, Request
from prom_api.reader import Reader
from prom_api.schema_parts import Discount

PATH = "/products/edit"


def ids_of(sim, number):
    """Return ids of products that take any change."""
    rows = sim.state.products.values()
    return [str(row["id"]) for row in rows if not row["is_variation"]][:number]


def row_of(sim, product_id):
    return sim.state.products[int(product_id)]


def test_a_read_only_client_shows_the_request_and_sends_nothing(sim, make_client, exchanges):
    client = make_client(sim.url, read_only=True)
    with pytest.raises(errors.WriteRefused) as caught:
        client.products_edit([{"id": "12", "price": 9.5}])
    body = [{"id": 12, "price": 9.5}]
    assert caught.value.request == Request(method="POST", path=PATH, body=body)
    assert not exchanges
    assert not sim.requests()


def test_values_are_changed_and_confirmed_product_by_product(sim, client):
    first, second = ids_of(sim, 2)
    verdict = client.products_edit(
        [
            {"id": first, "price": 77.5, "discount": {"value": 7.5, "type": "amount"}},
            {"id": second, "quantity_in_stock": 3, "presence": const.PRESENCE_AVAILABLE},
        ]
    )
    assert verdict.confirmed == {first, second}
    assert row_of(sim, first)["discount"] == {"value": 7.5, "type": "amount"}
    assert row_of(sim, second)["quantity_in_stock"] == 3
    client.products_edit([{"id": first, "discount": None}])
    assert row_of(sim, first)["discount"] is None


def test_the_body_is_a_bare_array_with_numbers_for_ids(sim, client):
    [product_id] = ids_of(sim, 1)
    items = [{"id": product_id, "price": 5}]
    client.products_edit(items)
    assert sim.requests(PATH)[-1].body == [{"id": int(product_id), "price": 5}]
    assert items == [{"id": product_id, "price": 5}]


@pytest.mark.parametrize("count", [0, const.EDIT_LIMIT + 1])
def test_a_change_is_about_one_to_a_hundred_products(count):
    with pytest.raises(ValueError, match="products"):
        PromClient.products_edit_request([{"id": n, "price": 1} for n in range(1, count + 1)])


@pytest.mark.parametrize("name", ["quantity", "sku", "external_id"])
def test_a_field_that_prom_would_ignore_is_a_programming_error(name):
    with pytest.raises(ValueError, match=name):
        PromClient.products_edit_request([{"id": "1", name: 1}])


@pytest.mark.parametrize("product_id", ["", "A1", None, True, -1])
def test_an_id_of_the_seller_is_no_id_of_prom(product_id):
    with pytest.raises(ValueError, match="."):
        PromClient.products_edit_request([{"id": product_id, "price": 1}])


def test_a_refused_product_does_not_spoil_the_others(sim, client):
    good, bad = ids_of(sim, 2)
    verdict = client.products_edit([{"id": good, "price": 5}, {"id": bad, "price": 0}])
    assert verdict.confirmed == {good}
    assert set(verdict.errors) == {bad}
    assert verdict.errors[bad].startswith("price: ")


def test_the_refusal_of_a_single_product_is_a_verdict_and_not_an_exception(sim, client):
    verdict = client.products_edit([{"id": "1", "price": 5}])
    assert not verdict.confirmed
    assert set(verdict.errors) == {"1"}


def test_products_that_nothing_is_said_about_are_neither_confirmed_nor_refused(sim, client):
    asked = ids_of(sim, 4)
    sim.faults.add("partial_processed", PATH, every=2)
    verdict = client.products_edit([{"id": one, "price": 5} for one in asked])
    assert verdict.unconfirmed(asked) == (asked[1], asked[3])
    assert not verdict.errors


def test_a_batch_that_is_too_large_for_prom_is_rejected_as_a_whole(sim, client):
    sim.options.max_edit_items = 2
    with pytest.raises(errors.RequestRejected):
        client.products_edit([{"id": one, "price": 5} for one in ids_of(sim, 3)])
    assert not sim.writes("product")


@pytest.mark.parametrize("fault", ["answer_lost", "empty_body", "reset"])
def test_a_change_whose_answer_got_lost_is_not_sent_twice(sim, client, fault):
    sim.faults.add(fault, PATH)
    with pytest.raises(errors.PromError):
        client.products_edit([{"id": ids_of(sim, 1)[0], "price": 5}])
    assert len(sim.requests(PATH)) == 1


# === DISCOUNTS === #


def read_discount(data):
    return Discount.read(Reader({"discount": data}))


@pytest.mark.parametrize("data", [None, {}, {"value": 0, "type": "amount"}, {"type": "percent"}])
def test_nothing_taken_off_is_no_discount(data):
    assert read_discount(data) is None


@pytest.mark.parametrize(
    ("discount", "rest"),
    [
        ({"value": 15, "type": "percent"}, "170"),
        ({"value": 15, "type": "amount"}, "185"),
        ({"value": 15}, "185"),
        ({"value": "12.5", "type": "percent"}, "175"),
        ({"value": 33.333, "type": "percent"}, "133.33"),
        ({"value": 200, "type": "amount"}, "200"),
        ({"value": 100, "type": "percent"}, "200"),
        ({"value": 15, "type": "amount", "date_start": "02.03.2026"}, "200"),
        ({"value": 15, "type": "amount", "date_start": "01.03.2026"}, "185"),
        ({"value": 15, "type": "amount", "date_end": "28.02.2026"}, "200"),
        ({"value": 15, "type": "amount", "date_end": "01.03.2026"}, "185"),
        ({"value": 15, "type": "amount", "date_end": "2026-02-28T00:00:00"}, "200"),
        ({"value": 15, "type": "amount", "date_start": "", "date_end": None}, "185"),
        ({"value": 15, "type": "amount", "date_end": "some day"}, "185"),
    ],
)
def test_what_the_buyer_pays(discount, rest):
    applied = read_discount(discount).apply(Decimal(200), date(2026, 3, 1))
    assert applied == Decimal(rest)
