"""Where an order's parcel goes, who carries it and who pays: data, method and words together."""

from decimal import Decimal

import pytest
from hypothesis import given
from prom_api import errors
from prom_api.delivery import read_charge, read_delivery
from prom_api.schema import Order, Promotion

from tests.prom_simulator import PromSimulator
from tests.unit.strategies import JSON, PROPERTY

BRANCH = "Київ, Відділення №5: вул. Миру, 1"
LOCKER = "Київ, Поштомат №20123: вул. Миру, 1"
DOOR = "Київ, вул. Миру, буд. 1, кв. 7"


@pytest.fixture(scope="module")
def shop():
    return PromSimulator(seed=3, orders=0, products=30)


def order(**fields):
    return Order.from_json({"id": 7, "status": "pending", **fields})


def read(address="", method=None, data=None, method_type=None):
    option = {"id": 1, "name": method} if method else None
    fields = {"delivery_address": address, "delivery_option": option}
    return read_delivery(order(**fields, delivery_provider_data=data), method_type)


def made(shop, kind, **changes):
    row = shop.order_json(shop.add_order(kind=kind, **changes)["id"], "uk")
    return read_delivery(Order.from_json(row))


# Every carrier and shape


@pytest.mark.parametrize(
    ("kind", "provider", "destination"),
    [
        ("np_branch", "nova_poshta", "branch"),
        ("np_locker", "nova_poshta", "locker"),
        ("np_point", "nova_poshta", "branch"),
        ("door", "nova_poshta", "door"),
        ("ukrposhta", "ukrposhta", "branch"),
        ("justin", "justin", "branch"),
        ("delivery_auto", "delivery_auto", "branch"),
        ("meest", "meest", "branch"),
        ("rozetka", "rozetka", "branch"),
        ("courier", None, "door"),
        ("pickup", None, "pickup"),
        ("no_delivery_option", None, "unknown"),
    ],
)
@pytest.mark.parametrize("shape", ["plain", "provider_data_null", "no_recipient_address"])
def test_each_carrier_is_known_with_and_without_its_data(shop, kind, provider, destination, shape):
    found = made(shop, f"{kind}+{shape}")
    assert (found.provider, found.kind) == (provider, destination)
    assert not found.is_contradictory


def test_branch_of_nova_poshta_has_its_reference_and_its_number(shop):
    row = shop.add_order(kind="np_branch")
    found = made(shop, "np_branch", **{key: row[key] for key in row if "delivery" in key})
    where = row["delivery_provider_data"]["recipient_address"]
    assert found.branch_id == where["warehouse_id"]
    assert found.city_id == where["city_id"]
    assert found.city == where["city_name"]
    assert f"№{found.branch_number} " in row["delivery_address"]


def test_warehouse_of_the_address_serves_where_the_other_is_missing(shop):
    data = shop.add_order(kind="np_branch")["delivery_provider_data"]
    found = read(BRANCH, data={**data, "recipient_warehouse_id": None, "type": None})
    assert (found.kind, found.branch_id) == ("branch", data["recipient_warehouse_id"])


def test_door_delivery_has_the_parts_of_the_data(shop):
    row = shop.add_order(kind="door")
    where = row["delivery_provider_data"]["recipient_address"]
    found = made(shop, "door", **{key: row[key] for key in row if "delivery" in key})
    assert found.branch_id is None
    assert (found.street, found.building, found.apartment, found.street_id) == (
        where["street_name"], where["building_number"], where["apartment_number"],
        where["street_id"],
    )  # fmt: skip


def test_door_delivery_without_the_data_has_the_words():
    found = read(DOOR, "Нова Пошта")
    assert (found.kind, found.city, found.street, found.building, found.apartment) == (
        "door", "Київ", "вул. Миру", "1", "7",
    )  # fmt: skip


def test_branch_of_the_post_is_its_postcode(shop):
    found = made(shop, "ukrposhta")
    assert found.branch_id == found.postcode
    assert len(found.postcode) == 5
    words = read("Укрпошта, відділення 61001, Харків")
    assert (words.branch_id, words.postcode) == ("61001", "61001")


@pytest.mark.parametrize("code", ["meest", "mist_express", "rozetka_delivery", "pigeon"])
def test_code_of_the_data_is_kept_as_it_is(code):
    assert read(BRANCH, "Нова Пошта", {"provider": code}).provider == code


# What goes before what


@pytest.mark.parametrize("type_", ["W2W", "D2W"])
def test_only_words_tell_a_locker_from_a_branch(type_):
    data = {"provider": "nova_poshta", "type": type_, "recipient_warehouse_id": "ref"}
    assert read(BRANCH, data=data).kind == "branch"
    assert read(LOCKER, data=data).kind == "locker"
    assert read("Київ, вул. Миру, 1", data=data).kind == "branch"
    assert read("", "Нова Пошта (поштомат)", data).kind == "locker"


@pytest.mark.parametrize("type_", ["W2D", "D2D"])
def test_door_of_the_data_against_a_branch_of_the_words_is_a_contradiction(type_):
    data = {"provider": "nova_poshta", "type": type_}
    assert read(DOOR, data=data).is_contradictory is False
    found = read(BRANCH, data=data)
    assert (found.kind, found.is_contradictory) == ("door", True)


def test_two_carriers_are_a_contradiction():
    assert read("Укрпошта, 01001, Київ", "Нова Пошта").is_contradictory
    assert read("Нова Пошта, Київ, відділення 5", "Нова Пошта").is_contradictory is False
    assert read("Meest відділення 5", "Доставка", {"provider": "mist_express"}).kind == "branch"
    assert not read("Meest відділення 5", data={"provider": "mist_express"}).is_contradictory


def test_type_of_the_method_serves_where_its_name_says_nothing():
    assert read(BRANCH, "Швидко", method_type="nova_poshta").provider == "nova_poshta"
    assert read(BRANCH, "Швидко", method_type="rozetka_delivery").provider == "rozetka_delivery"
    assert read(BRANCH, "Швидко", method_type="something_else").provider is None
    assert read("м. Київ, вул. Миру, 1", "Швидко", method_type="pickup").kind == "pickup"


@pytest.mark.parametrize("address", ["м. Київ, вул. Миру, 1", "Київ", ""])
def test_what_is_fetched_from_a_carrier_goes_to_its_branch(address):
    found = read(address, "Самовивіз з Нової Пошти")
    assert (found.kind, found.provider) == ("branch", "nova_poshta")


def test_address_of_the_shop_beside_a_pickup_is_no_door():
    found = read("м. Київ, вул. Соборна, 7", "Самовивіз")
    assert (found.kind, found.provider) == ("pickup", None)


@pytest.mark.parametrize("status", ["initial", "on_the_way", "what_nobody_knows", None])
def test_waybill_and_status_are_those_of_the_data(status):
    data = {"provider": "nova_poshta", "declaration_number": "2045", "unified_status": status}
    found = read(BRANCH, data=data)
    assert (found.waybill, found.status) == ("2045", status)


# Who pays


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        # price, full_price and cost agree: the buyer pays
        ({"price": "100 грн", "full_price": "170 грн", "delivery_cost": 70}, ("70", "buyer")),
        # it costs something and the order does not contain it
        ({"price": "100 грн", "full_price": "100 грн", "delivery_cost": 70}, ("0", "seller")),
        # a part of it
        ({"price": "100 грн", "full_price": "125 грн", "delivery_cost": 70}, ("25", "shared")),
        # Prom does not tell the order with the delivery
        ({"price": "100 грн", "full_price": None, "delivery_cost": 70}, ("70", "buyer")),
        ({"price": None, "full_price": None, "delivery_cost": 70}, ("70", "buyer")),
        # it does not tell the cost
        ({"price": "100 грн", "full_price": "170 грн", "delivery_cost": 0}, ("70", "buyer")),
        ({"price": "100 грн", "full_price": "170 грн", "delivery_cost": None}, ("70", "buyer")),
        ({"price": "100 грн", "full_price": "100 грн", "delivery_cost": 0}, ("0", None)),
        ({"price": "100 грн", "full_price": None, "delivery_cost": None}, ("0", None)),
        # less than the goods: nothing is charged
        ({"price": "100 грн", "full_price": "90 грн", "delivery_cost": 70}, ("0", "seller")),
    ],
)
def test_who_pays(fields, expected):
    charge, payer = read_charge(order(**fields), Decimal(100))
    assert (str(charge), payer) == expected


@pytest.mark.parametrize("full_price", ["100 грн", "170 грн", None])
def test_a_promotion_pays_whatever_the_order_costs(full_price):
    fields = {"price": "100 грн", "full_price": full_price, "delivery_cost": 70}
    read_order = order(**fields, has_order_promo_free_delivery=True)
    assert read_charge(read_order, Decimal(100)) == (0, "promotion")


@pytest.mark.parametrize("full_price", ["160 грн", "170 грн"])
def test_a_discount_is_not_taken_for_delivery(full_price):
    """Whether `price` and `full_price` are before or after a special offer is not documented."""
    fields = {"price": "100 грн", "full_price": full_price, "delivery_cost": 70}
    assert read_charge(order(**fields), Decimal(90)) == (70, "buyer")


# Promotions


def test_promotion_has_its_conditions(shop):
    row = shop.order_json(shop.add_order(kind="ps_promotion")["id"], "uk")
    promotion = Order.from_json(row).promotion
    assert promotion.name == "Дешева доставка"
    assert len(promotion.conditions) == 2
    assert order(ps_promotion=None).promotion is None
    assert order(ps_promotion={"name": "X", "conditions": None}).promotion == Promotion(name="X")
    assert order(ps_promotion={"name": "X", "conditions": "Y"}).promotion.conditions == ("Y",)
    with pytest.raises(errors.SchemaError, match="conditions"):
        order(ps_promotion={"name": "X", "conditions": [5]})


@PROPERTY
@given(JSON, JSON, JSON)
def test_whatever_prom_sends_is_read_or_refused(data, option, address):
    fields = {"delivery_provider_data": data, "delivery_option": option}
    try:
        read_order = order(**fields, delivery_address=address)
    except errors.SchemaError:
        return
    assert read_delivery(read_order).kind in ("branch", "locker", "door", "pickup", "unknown")
