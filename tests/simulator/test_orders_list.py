"""Paging, filters, dates and languages of /orders/list (api.md 2, 3 and 6)."""

from datetime import datetime, timedelta, timezone

import pytest

from .conftest import Api

MOMENT = "%Y-%m-%dT%H:%M:%S"


def ids(rows):
    return [row["id"] for row in rows]


def test_default_page_has_20_orders_and_the_largest_100(make_sim):
    api = Api(make_sim(orders=130))
    assert len(api.get("/orders/list")["orders"]) == 20
    assert len(api.get("/orders/list", limit=100)["orders"]) == 100
    assert len(api.get("/orders/list", limit=500)["orders"]) == 100


def test_limits_are_switches(make_sim):
    api = Api(make_sim(default_limit=7, max_limit=10, limit_over_max="error"))
    assert len(api.get("/orders/list")["orders"]) == 7
    assert "limit" in api.get("/orders/list", limit=11)["error"]


def test_last_id_returns_the_boundary_again(api):
    first = ids(api.get("/orders/list", limit=5)["orders"])
    second = ids(api.get("/orders/list", limit=5, last_id=first[-1])["orders"])
    assert second[0] == first[-1]


def test_last_id_may_exclude_the_boundary(make_sim):
    api = Api(make_sim(last_id_inclusive=False))
    first = ids(api.get("/orders/list", limit=5)["orders"])
    second = ids(api.get("/orders/list", limit=5, last_id=first[-1])["orders"])
    assert second[0] < first[-1]
    assert len(api.walk("/orders/list", "orders", limit=7)) == 40


def test_last_page_holds_only_the_boundary(api, sim):
    oldest = next(iter(sim.state.orders))
    assert ids(api.get("/orders/list", last_id=oldest)["orders"]) == [oldest]
    assert api.get("/orders/list", last_id=oldest - 1)["orders"] == []


def test_sort_dir_asc_starts_with_the_oldest(api, sim):
    rows = ids(api.get("/orders/list", sort_dir="asc", limit=3)["orders"])
    assert rows == list(sim.state.orders)[:3]
    following = ids(api.get("/orders/list", sort_dir="asc", limit=3, last_id=rows[-1])["orders"])
    assert following == list(sim.state.orders)[2:5]


def test_sort_dir_asc_may_keep_the_ids_not_above_last_id(make_sim):
    sim = make_sim(asc_last_id="not_above")
    order_ids = list(sim.state.orders)
    rows = Api(sim).get("/orders/list", sort_dir="asc", last_id=order_ids[4])["orders"]
    assert ids(rows) == order_ids[:5]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": "many"},
        {"last_id": "x"},
        {"sort_dir": "up"},
        {"status": "shipped"},
        {"status": "accepted"},
        {"date_from": "yesterday"},
        {"date_from": "23.11.2026"},
    ],
)
def test_wrong_parameter_answers_200_with_error(api, query):
    data = api.get("/orders/list", **query)
    assert list(data) == ["error"]


@pytest.mark.parametrize("name", ["date_from", "date_to", "last_modified_from", "last_modified_to"])
@pytest.mark.parametrize("tail", [".174Z", "Z", ".5", "+00:00", "+03:00"])
def test_fraction_or_zone_empties_the_answer_silently(api, name, tail):
    assert api.get("/orders/list", **{name: "2015-04-28T12:50:34" + tail}) == {"orders": []}


def test_date_filters_cut_the_period(api, sim):
    rows = api.get("/orders/list", limit=100)["orders"]
    middle = rows[20]["date_created"][:19]
    later = ids(api.get("/orders/list", limit=100, date_from=middle)["orders"])
    earlier = ids(api.get("/orders/list", limit=100, date_to=middle)["orders"])
    assert sorted(later + earlier) == sorted(ids(rows))
    assert rows[0]["id"] in later
    assert rows[-1]["id"] in earlier


def test_date_without_time_is_accepted(api, sim):
    tomorrow = (sim.clock.now() + timedelta(days=1)).strftime("%Y-%m-%d")
    month_ago = (sim.clock.now() - timedelta(days=30)).strftime("%Y-%m-%d")
    assert api.get("/orders/list", date_from=tomorrow)["orders"] == []
    assert len(api.get("/orders/list", date_from=month_ago, limit=100)["orders"]) == 40


def test_touched_order_comes_with_last_modified_from(api, sim):
    start = (sim.clock.now() + timedelta(seconds=1)).strftime(MOMENT)
    assert api.get("/orders/list", last_modified_from=start)["orders"] == []
    sim.clock.advance(5)
    oldest = next(iter(sim.state.orders))
    before = sim.state.orders[oldest]["date_modified"]
    sim.touch(oldest, client_notes="changed")
    rows = api.get("/orders/list", last_modified_from=start)["orders"]
    assert ids(rows) == [oldest]
    assert rows[0]["client_notes"] == "changed"
    assert rows[0]["date_modified"] > before


def test_modified_filter_keeps_the_order_by_id(api, sim):
    start = (sim.clock.now() + timedelta(seconds=1)).strftime(MOMENT)
    sim.clock.advance(5)
    first, second = list(sim.state.orders)[3:5]
    sim.touch(second)
    sim.touch(first)
    rows = api.get("/orders/list", last_modified_from=start)["orders"]
    assert ids(rows) == [second, first]


def test_received_also_returns_the_shops_own_statuses(api):
    rows = api.get("/orders/list", status="received", limit=100)["orders"]
    codes = {row["status"].split("-")[0] for row in rows}
    assert codes == {"received", "custom"}


@pytest.mark.parametrize("status", ["pending", "paid", "delivered", "canceled", "draft"])
def test_status_filter_returns_only_that_status(api, status):
    rows = api.get("/orders/list", status=status, limit=100)["orders"]
    assert rows
    assert {row["status"] for row in rows} == {status}


def test_both_spellings_of_canceled_filter(api, make_sim):
    one = api.get("/orders/list", status="canceled", limit=100)
    assert api.get("/orders/list", status="cancelled", limit=100) == one
    assert "error" in Api(make_sim(cancelled_filter="error")).get(
        "/orders/list", status="cancelled"
    )


@pytest.mark.parametrize("reading", ["error", "works", "empty"])
def test_filter_by_custom_status_is_a_switch(make_sim, reading):
    sim = make_sim(custom_status_filter=reading)
    code = sim.state.orders[sim.orders_of("custom_status")[0]]["status"]
    data = Api(sim).get("/orders/list", status=code)
    if reading == "error":
        assert list(data) == ["error"]
    else:
        assert bool(data["orders"]) is (reading == "works")


def test_status_name_is_russian_without_a_language(sim, api):
    key = sim.orders_of("delivered")[0]
    names = [
        Api(sim, language).get(f"/orders/{key}")["order"]["status_name"]
        for language in (None, "uk", "ru", "en", "de")
    ]
    assert names == ["Выполнен", "Виконано", "Выполнен", "Fulfilled", "Выполнен"]


def test_error_text_follows_the_language(sim):
    texts = {Api(sim, code).get("/orders/list", limit=0)["error"] for code in ("uk", "ru", "en")}
    assert len(texts) == 3


def test_line_names_may_ignore_the_language(make_sim):
    sim = make_sim(names_by_language=False)
    key = next(iter(sim.state.orders))
    line = Api(sim, "uk").get(f"/orders/{key}")["order"]["products"][0]
    assert line["name"] == line["name_multilang"]["ru"]


def test_dates_carry_microseconds_and_offset(api):
    row = api.get("/orders/list", limit=1)["orders"][0]
    assert row["date_created"].endswith("+00:00")
    assert len(row["date_created"]) == 32
    assert datetime.fromisoformat(row["date_created"]) <= datetime.now(timezone.utc)


def test_detail_equals_the_list_item(api):
    row = api.get("/orders/list", limit=1)["orders"][0]
    assert api.get(f"/orders/{row['id']}")["order"] == row
