"""The generated orders: every kind is there and totals add up (api.md 4 and 6)."""

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from tests.prom_simulator import PromSimulator
from tests.prom_simulator.order_kinds import TRAITS
from tests.prom_simulator.text import DEFAULT_MONEY_FORMS, MONEY_FORMS, money_text

from .money import read_money

NOW = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def shop():
    return PromSimulator(seed=3, orders=25, products=60, now=NOW)


def order_of(shop, kind):
    return shop.state.orders[shop.orders_of(kind)[0]]


@pytest.mark.parametrize("seed", [1, 2, 77])
def test_25_orders_hold_every_kind(seed):
    shop = PromSimulator(seed=seed, orders=25)
    assert [kind for kind in TRAITS if not shop.orders_of(kind)] == []


@pytest.mark.parametrize("kind", TRAITS)
def test_each_kind_can_be_ordered(sim, api, kind):
    order = sim.add_order(kind=kind)
    assert api.get("/orders/list", limit=1)["orders"][0]["id"] == order["id"]


def test_kinds_combine(sim):
    order = sim.add_order(kind="evopay_paid+door+other_recipient", email="a@example.com")
    assert order["payment_data"]["status"] == "paid"
    assert order["delivery_provider_data"]["recipient_address"]["building_number"]
    assert order["delivery_recipient"]["last_name"]
    assert order["email"] == "a@example.com"
    with pytest.raises(ValueError, match="unknown order kind"):
        sim.add_order(kind="teleport")


def test_same_seed_gives_the_same_data():
    first, second, other = (PromSimulator(seed=seed, now=NOW) for seed in (5, 5, 6))
    for name in ("orders", "products", "groups", "clients"):
        assert first.state.snapshot(name) == second.state.snapshot(name)
    assert first.state.snapshot("orders") != other.state.snapshot("orders")


def test_dates_lie_within_20_days_before_now(shop):
    for order in shop.state.orders.values():
        text = order["date_created"]
        moment = datetime.fromisoformat(text if "+" in text else text + "+00:00")
        assert NOW - timedelta(days=20) <= moment <= NOW + timedelta(seconds=60)
        assert order["date_modified"] >= text


def test_newer_orders_have_higher_ids(shop):
    created = [order["date_created"][:26] for order in shop.state.orders.values()]
    assert created == sorted(created)
    assert all(300_000_000 < key < 999_999_999 for key in shop.state.orders)


@pytest.mark.parametrize("seed", [1, 4])
def test_lines_add_up_to_the_price(seed):
    shop = PromSimulator(seed=seed, orders=120)
    for order in shop.state.orders.values():
        total = Decimal()
        for line in order["products"]:
            amount = read_money(line["total_price"])
            exact = read_money(line["price"]) * Decimal(str(line["quantity"]))
            assert abs(amount - exact) <= Decimal("0.005")
            total += amount
        discount = read_money(order["special_offer_discount"] or "0")
        assert read_money(order["price"]) == total - discount
        cost = Decimal(str(order["delivery_cost"]))
        if order["id"] in shop.orders_of("delivery_not_charged"):
            assert cost
            cost = 0
        assert read_money(order["full_price"]) == read_money(order["price"]) + cost


@pytest.mark.parametrize("relation", ["price_after", "price_before"])
@pytest.mark.parametrize("kind", ["promo_code", "special_offer"])
def test_relation_of_the_special_offer_is_a_switch(relation, kind):
    shop = PromSimulator(special_offer_relation=relation)
    order = shop.add_order(kind=kind)
    total = sum(read_money(line["total_price"]) for line in order["products"])
    after = read_money(order["price_with_special_offer"])
    assert total - read_money(order["special_offer_discount"]) == after
    assert read_money(order["price"]) == (after if relation == "price_after" else total)
    assert bool(order["special_offer_promocode"]) is (kind == "promo_code")


def test_orders_carry_every_money_form(shop):
    texts = [order["full_price"] + "|" + line["price"] for order in shop.state.orders.values()
             for line in order["products"]]  # fmt: skip
    assert any("\u00a0грн" in text for text in texts)
    assert any(" грн" in text for text in texts)
    assert any("\u202fгрн" in text for text in texts)
    assert any("грн" not in text for text in texts)


@pytest.mark.parametrize("form", MONEY_FORMS)
def test_money_text_reads_back(form):
    for amount in ("0.00", "5.00", "12.50", "999.99", "1234.50", "1234567.00", "-40.10"):
        assert read_money(money_text(Decimal(amount), form)) == Decimal(amount)


def test_tenge_is_not_part_of_the_default_data():
    assert "tenge" not in DEFAULT_MONEY_FORMS


@pytest.mark.parametrize("kind", ["evopay_paid", "evopay_unpaid", "evopay_refunded",
                                  "evopay_paid_out", "evopay_expired"])  # fmt: skip
def test_prom_payment_shows_in_payment_data(shop, kind):
    payment = order_of(shop, kind)["payment_data"]
    assert payment["type"] == "evopay"
    assert payment["status"] == kind.removeprefix("evopay_")
    assert payment["status_modified"].endswith("+00:00")


def test_instalments_carry_their_commission(shop):
    payment = order_of(shop, "rpay_parts")["payment_data"]
    assert payment["type"] == "rpay_parts"
    assert payment["rpay_parts"]["commission"] == 6.5
    assert payment["rpay_parts"]["commission_amount"] > 0


@pytest.mark.parametrize("kind", ["cash_on_delivery", "cash_on_delivery_ru", "bank_transfer"])
def test_other_payments_have_no_payment_data(shop, kind):
    order = order_of(shop, kind)
    assert order["payment_data"] is None
    assert order["payment_option"]["name"]


def test_buyer_and_company_cancel_with_different_initiators(shop):
    assert order_of(shop, "canceled_by_buyer")["cancellation"]["initiator"] == "user"
    assert order_of(shop, "canceled_by_company")["cancellation"]["initiator"] == "company"


def test_other_recipient_differs_from_the_buyer(shop):
    order = order_of(shop, "other_recipient")
    assert order["delivery_recipient"]["phone"] != order["phone"]


def test_recipient_may_be_empty_null_or_without_phone(shop):
    assert order_of(shop, "recipient_empty")["delivery_recipient"] == {}
    assert order_of(shop, "recipient_null")["delivery_recipient"] is None
    assert order_of(shop, "recipient_without_phone")["delivery_recipient"]["phone"] is None


def test_contacts_may_be_missing(shop):
    assert order_of(shop, "no_email")["email"] is None
    assert order_of(shop, "empty_patronymic")["client_second_name"] == ""
    assert order_of(shop, "null_patronymic")["client_second_name"] is None
    assert "client" not in order_of(shop, "client_missing")
    assert order_of(shop, "client_id_null")["client_id"] is None


def test_phones_come_in_every_spelling(shop):
    phones = {kind: order_of(shop, f"phone_{kind}")["phone"]
              for kind in ("no_plus", "local", "pretty", "spaces", "eighty")}  # fmt: skip
    assert phones["no_plus"].startswith("380")
    assert phones["local"].startswith("0")
    assert phones["pretty"].startswith("+38 (0")
    assert " " in phones["spaces"]
    assert phones["eighty"].startswith("80")
    for text in phones.values():
        assert sum(char.isdigit() for char in text) in (10, 11, 12)


def test_locker_and_branch_differ_in_the_address_only(shop):
    locker, branch = order_of(shop, "np_locker"), order_of(shop, "np_branch")
    assert "Поштомат" in locker["delivery_address"]
    assert "Відділення" in branch["delivery_address"]
    for order in (locker, branch):
        data = order["delivery_provider_data"]
        assert data["type"] == "W2W"
        assert data["recipient_warehouse_id"] == data["recipient_address"]["warehouse_id"]


def test_door_delivery_has_a_building_and_no_warehouse(shop):
    data = order_of(shop, "door")["delivery_provider_data"]
    assert data["type"] == "W2D"
    assert data["recipient_address"]["building_number"]
    assert data["recipient_address"]["warehouse_id"] is None


def test_ukrposhta_warehouse_is_a_postcode(shop):
    code = order_of(shop, "ukrposhta")["delivery_provider_data"]["recipient_warehouse_id"]
    assert len(code) == 5
    assert code.isdecimal()


@pytest.mark.parametrize("kind", ["meest", "rozetka", "pickup", "provider_data_null"])
def test_other_carriers_have_no_provider_data(shop, kind):
    order = order_of(shop, kind)
    assert order["delivery_provider_data"] is None
    assert order["delivery_option"]["name"]


def test_removed_product_keeps_only_its_name(shop):
    line = order_of(shop, "removed_product")["products"][-1]
    assert (line["id"], line["sku"], line["url"]) == (None, None, None)
    assert line["name"]


def test_lines_without_external_id_and_with_a_shared_sku(shop):
    assert order_of(shop, "no_external_id")["products"][0]["external_id"] is None
    sku = order_of(shop, "same_sku")["products"][0]["sku"]
    rows = [row for row in shop.state.products.values() if row["sku"] == sku]
    assert len(rows) == 2


def test_quantities_may_be_fractional_or_text(shop):
    weight, metre = order_of(shop, "by_weight"), order_of(shop, "by_metre")
    assert isinstance(weight["products"][-1]["quantity"], float)
    assert isinstance(metre["products"][-1]["quantity"], float)
    assert isinstance(order_of(shop, "quantity_text")["products"][0]["quantity"], str)


def test_variation_is_bought_under_its_own_id(shop):
    line = order_of(shop, "variation")["products"][0]
    assert shop.state.products[line["id"]]["is_variation"]


def test_commissions_come_in_all_forms(shop):
    assert order_of(shop, "commission_zero")["cpa_commission"]["amount"] == "0"
    assert "cpa_commission" not in order_of(shop, "commission_missing")
    assert isinstance(order_of(shop, "commission_number")["cpa_commission"]["amount"], float)
    assert order_of(shop, "commission_refunded")["cpa_commission"]["is_refunded"] is True
    assert order_of(shop, "prosale_value")["prosale_commission"]["value"] > 0
    assert order_of(shop, "prosale_amount")["prosale_commission"]["amount"] > 0
    assert order_of(shop, "prosale_amount")["prosale_commission"]["type"] == 2


def test_promotions_are_flagged(shop):
    assert order_of(shop, "free_delivery")["has_order_promo_free_delivery"] is True
    assert order_of(shop, "ps_promotion")["ps_promotion"]["conditions"]


def test_date_may_lack_its_offset(shop):
    assert len(order_of(shop, "date_without_offset")["date_created"]) == 26


def test_order_can_be_made_without_products():
    shop = PromSimulator(orders=25, products=0)
    assert all(order["products"] for order in shop.state.orders.values())


def test_clients_sum_up_their_orders(sim, api):
    rows = api.walk("/clients/list", "clients", limit=100)
    assert sum(row["orders_count"] for row in rows) == 40
    found = api.get("/clients/list", search_term=rows[0]["phones"][0])["clients"]
    assert rows[0]["id"] in [row["id"] for row in found]


def sample(name):
    path = Path(__file__).parent.parent / "samples" / name
    return json.loads(path.read_text(encoding="utf-8"))


def test_orders_have_every_field_of_a_real_order(shop):
    real = sample("order_np_w2w_evopay_paid_delivered.json")["order"]
    order = order_of(shop, "delivered")
    assert set(real) <= set(order)
    for name in ("delivery_option", "delivery_provider_data", "payment_data", "utm", "client"):
        assert set(real[name]) <= set(order[name])
    address = real["delivery_provider_data"]["recipient_address"]
    assert set(address) <= set(order["delivery_provider_data"]["recipient_address"])


def test_products_have_every_field_of_the_vendors_sample(shop):
    (vendor,) = sample("products_list_doc_sample.json")["products"]
    assert all(set(vendor) <= set(product) for product in shop.state.products.values())
