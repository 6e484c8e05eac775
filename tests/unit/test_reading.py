"""Reads over real HTTP, one endpoint after the other."""

from datetime import datetime, timedelta, timezone

import pytest
from prom_api import errors, paging, schema

KYIV_SUMMER = timezone(timedelta(hours=3))


def walk(list_method, limit=7, **filters):
    def fetch(last_id, limit):
        return list_method(last_id=last_id, limit=limit, **filters)

    return [record for page in paging.iter_pages(fetch, limit=limit) for record in page]


def ids_of(records):
    return [record["id"] for record in records]


@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("limit", [2, 7, 30, 100])
def test_every_order_is_read_exactly_once_whatever_last_id_means(sim, client, inclusive, limit):
    sim.options.last_id_inclusive = inclusive
    assert ids_of(walk(client.orders_list, limit)) == sorted(sim.state.orders, reverse=True)


def test_every_product_and_group_is_read(sim, client):
    assert set(ids_of(walk(client.products_list))) == set(sim.state.products)
    assert set(ids_of(walk(client.groups_list))) == (
        set(sim.state.groups) - sim.state.unlisted_groups
    )


def test_products_of_one_group_are_read(sim, client):
    group_id = next(iter(sim.state.products.values()))["group"]["id"]
    records = walk(client.products_list, group_id=str(group_id))
    assert records
    assert {record["group"]["id"] for record in records} == {group_id}


def test_an_order_is_read_by_its_id(sim, client):
    order_id = max(sim.state.orders)
    order = schema.Order.from_json(client.order(str(order_id)))
    assert order.id == str(order_id)


@pytest.mark.parametrize("order_id", ["1", 999999999])
def test_an_unknown_order_is_not_found(client, order_id):
    with pytest.raises(errors.NotFound) as caught:
        client.order(order_id)
    assert caught.value.status == 404
    assert caught.value.endpoint == f"GET /orders/{order_id}"


def test_an_unknown_order_that_prom_reports_with_200_is_a_refusal_and_not_an_absence(sim, client):
    sim.options.unknown_order = "error"
    with pytest.raises(errors.RequestRejected) as caught:
        client.order("1")
    assert caught.value.status == 200
    assert list(caught.value.items) == ["error"]


@pytest.mark.parametrize("order_id", ["../products/1", "", "1?x=1", 0, True, 1.0, None])
def test_a_path_is_made_of_identifiers_only(client, exchanges, order_id):
    with pytest.raises(ValueError, match="identifier"):
        client.order(order_id)
    assert not exchanges


def test_a_product_is_read_by_either_identifier(sim, client):
    product = sim.add_product(external_id="plain-1")
    assert client.product(product["id"])["id"] == product["id"]
    assert client.product_by_external_id("plain-1")["id"] == product["id"]


@pytest.mark.parametrize(
    "external_id", ["a/b", "a b", "100%", "ключ№1", "?x=1&y", "a#b", "%2F", "a+b", "..a", ";"]
)
def test_any_external_id_arrives_unchanged(sim, client, external_id):
    product = sim.add_product(external_id=external_id)
    assert client.product_by_external_id(external_id)["id"] == product["id"]


@pytest.mark.parametrize("external_id", ["", ".", ".."])
def test_an_external_id_that_no_address_can_carry_is_refused(client, external_id):
    with pytest.raises(ValueError, match="external id"):
        client.product_by_external_id(external_id)


def test_a_removed_product_is_not_found(sim, client):
    product = sim.add_product(external_id="gone")
    sim.remove_product(product["id"])
    with pytest.raises(errors.NotFound):
        client.product_by_external_id("gone")


def test_dictionaries_are_read(sim, client):
    payments = [schema.Option.from_json(item) for item in client.payment_options_list()]
    deliveries = [schema.Option.from_json(item) for item in client.delivery_options_list()]
    statuses = [schema.StatusOption.from_json(item) for item in client.order_status_options_list()]
    assert "Пром-оплата" in {option.name for option in payments}
    assert {option.enabled for option in deliveries} == {True, False}
    assert {f"custom-{number}" for number in sim.state.custom_statuses} < {
        status.name for status in statuses
    }


def test_labels_come_in_the_asked_language(sim, make_client):
    order_id = sim.add_order(kind="pending")["id"]
    names = [
        make_client(sim.url, language=code).order(order_id)["status_name"] for code in ("uk", "ru")
    ]
    assert names == ["Новий", "Новый"]


def test_dates_are_sent_in_utc_without_fraction_and_zone(sim, client):
    moment = datetime(2026, 7, 1, 15, 30, 45, 999999, tzinfo=KYIV_SUMMER)
    client.orders_list(
        modified_from=moment, modified_to=moment, date_from=moment, date_to=moment, status="paid"
    )
    query = sim.requests("/orders/list")[-1].query
    text = "2026-07-01T12:30:45"
    assert query == {
        "status": "paid",
        "limit": "100",
        "date_from": text,
        "date_to": text,
        "last_modified_from": text,
        "last_modified_to": text,
    }


def test_changed_orders_are_found_by_time_of_change(sim, client):
    sim.clock.advance(3600)
    changed = min(sim.state.orders)
    before = sim.clock.now() - timedelta(seconds=1)
    sim.touch(changed, client_notes="changed")
    assert ids_of(client.orders_list(modified_from=before)) == [changed]


@pytest.mark.parametrize("moment", [datetime(2026, 7, 1), "2026-07-01", 1])  # noqa: DTZ001
def test_a_time_without_a_zone_is_a_programming_error(client, moment):
    with pytest.raises(ValueError, match="time zone"):
        client.orders_list(modified_from=moment)


def test_a_refused_filter_is_reported_in_prom_s_words(client):
    with pytest.raises(errors.RequestRejected) as caught:
        client.orders_list(status="shipped")
    assert caught.value.items["error"] in str(caught.value)


@pytest.mark.parametrize(
    "kind", ["missing_id", "null_id", "not_an_object", "wrong_types", "no_lines_null"]
)
def test_a_broken_order_is_handed_over_as_it_is_and_stops_nothing(sim, client, kind):
    for _ in range(3):
        sim.poison(kind)
        sim.add_order()
    records = walk(client.orders_list, limit=3)
    good = [record for record in records if paging.record_id(record) in sim.state.orders]
    broken = [record for record in records if paging.record_id(record) not in sim.state.orders]
    expected = 3 if kind in ("missing_id", "null_id", "not_an_object") else 0
    assert len(broken) == expected
    assert len(good) == len({record["id"] for record in good}) == len(sim.state.orders) - expected


def test_an_address_may_end_with_a_slash(sim, make_client):
    assert make_client(f" {sim.url}/ ").orders_list(limit=2)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://my.prom.ua/api/v1",
        "file:///etc/passwd",
        "my.prom.ua/api/v1",
        "https://",
        "https://user:secret@my.prom.ua/api/v1",
        "https://my.prom.ua/api/v1?x=1",
        "",
    ],
)
def test_an_address_that_is_not_plain_http_is_refused(make_client, url):
    with pytest.raises(ValueError, match="address"):
        make_client(url)
