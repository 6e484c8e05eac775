"""Orders as typed values."""

import dataclasses
import json
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from prom_api import errors
from prom_api.schema import Commission, Money, Option, Order, OrderLine

from tests.prom_simulator import PromSimulator
from tests.prom_simulator.order_kinds import TRAITS
from tests.prom_simulator.poison import ORDER_POISONS

SAMPLES = Path(__file__).parents[1] / "samples"

LINE = {"id": 5, "name": "Плед", "quantity": 2, "price": "100 грн", "total_price": "200 грн"}


def order(**fields):
    return Order.from_json({"id": 7, "status": "pending", **fields})


def line(**fields):
    return OrderLine.from_json({**LINE, **fields})


def failed_path(read, *args, **fields):
    with pytest.raises(errors.SchemaError) as caught:
        read(*args, **fields)
    assert isinstance(caught.value, ValueError)
    assert caught.value.path in str(caught.value)
    return caught.value.path


@pytest.fixture(scope="module")
def shop():
    """Generated orders; the simulator is asked in Python, no server runs."""
    return PromSimulator(seed=3, orders=5, products=30)


@pytest.fixture(scope="module")
def sample():
    path = SAMPLES / "order_np_w2w_evopay_paid_delivered.json"
    return json.loads(path.read_text(encoding="utf-8"))["order"]


def made(shop, kind):
    return Order.from_json(shop.order_json(shop.add_order(kind=kind)["id"], "uk"))


# Whole orders


def test_a_live_order_is_read(sample):
    read = Order.from_json({**sample, "id": 123456789})
    assert read.date_created == datetime(2025, 1, 23, 16, 16, 39, 53131, timezone.utc)
    assert read.status == "delivered"
    assert read.buyer.full_name == "ANON_LAST ANON_FIRST"
    assert (read.buyer.id, read.buyer.phone) == ("280429035", "+380000000001")
    assert read.recipient is None
    assert read.delivery_option == Option(
        id="14869279", name="Нова Пошта", extra={"shipping_service": None}
    )
    assert read.delivery_data.recipient_warehouse_id == "7a2dbd93-f7e5-11e9-9c59-005056b24375"
    assert read.delivery_data.address.city_name == "с. Доброводи (Черкаська обл.)"
    assert read.delivery_cost == Money(amount=Decimal(105))
    assert (read.payment_data.type, read.payment_data.status) == ("evopay", "paid")
    assert read.payment_option is None
    assert read.commission == Commission(amount=Decimal("2.86"))
    assert (read.price, read.full_price, read.lines) == (None, None, ())
    assert read.promotion is None
    assert read.extra == {}


def test_a_live_order_without_an_id_is_refused(sample):
    assert failed_path(Order.from_json, sample) == "id"


@pytest.mark.parametrize("kind", sorted(TRAITS))
def test_every_kind_of_order_is_read(shop, kind):
    read = made(shop, kind)
    assert read.goods_total.amount == sum(item.total_price.amount for item in read.lines)
    assert read.currencies in ({"UAH"}, frozenset())


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("no_lines_null", None),
        ("no_lines_empty", None),
        ("unknown_status", None),
        ("unreadable_money", "price"),
        ("null_money", None),
        ("missing_id", "id"),
        ("null_id", "id"),
        ("lines_without_name", None),
        ("wrong_types", "date_created"),
        ("zero_quantity", "products[0].quantity"),
        ("huge_note", None),
        ("bad_date", "date_created"),
        ("totals_differ", None),
        ("not_an_object", ""),
    ],
)
def test_a_broken_order_names_the_broken_field(shop, kind, path):
    data = shop.state.orders[shop.poison(kind)]
    if path is None:
        Order.from_json(data)
    else:
        assert failed_path(Order.from_json, data) == path


def test_every_broken_order_of_the_simulator_is_tried():
    assert len(ORDER_POISONS) == 14


def test_an_order_of_nothing_but_its_id_and_status_is_an_order():
    read = order()
    assert (read.id, read.lines, read.recipient) == ("7", (), None)
    assert not read.buyer
    assert (read.goods_total, read.currencies) == (Money(amount=Decimal(0)), frozenset())


@pytest.mark.parametrize("missing", ["id", "status"])
def test_the_two_mandatory_fields_are_missed(missing):
    data = {"id": 7, "status": "pending"}
    del data[missing]
    assert failed_path(Order.from_json, data) == missing


@pytest.mark.parametrize("value", [True, 1.5, "", 0, -3, "x", 2**63, [7], {}])
def test_an_order_needs_a_real_identifier(value):
    assert failed_path(order, id=value) == "id"


def test_an_order_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        order().status = "paid"


def test_unknown_fields_are_kept():
    read = order(brand_new={"a": [1]}, products=[{**LINE, "image": "x"}])
    assert read.extra == {"brand_new": {"a": [1]}}
    assert read.lines[0].extra == {"image": "x"}


# Status


@pytest.mark.parametrize(
    ("told", "status", "custom"),
    [
        ("canceled", "canceled", None),
        ("cancelled", "canceled", None),
        ("custom-137204", "custom-137204", "137204"),
        ("custom-", "custom-", None),
        ("custom-0", "custom-0", None),
        ("teleported", "teleported", None),
    ],
)
def test_a_status_is_kept_and_its_spelling_settled(told, status, custom):
    read = order(status=told)
    assert (read.status, read.custom_status_id) == (status, custom)


def test_who_cancelled_is_told(shop):
    by_buyer = made(shop, "canceled_by_buyer").cancellation
    by_company = made(shop, "canceled_by_company").cancellation
    assert (by_buyer.by_buyer, by_company.by_buyer) == (True, False)
    assert by_company.title
    assert made(shop, "pending").cancellation is None


# People


def test_the_buyer_is_read_from_the_older_fields_where_the_object_is_missing():
    read = order(
        client_id=11,
        client_first_name="Олена",
        client_second_name="",
        client_last_name="Коваль",
        phone="067 123 45 67",
    ).buyer
    assert (read.id, read.full_name, read.middle_name) == ("11", "Коваль Олена", None)
    assert (read.phone, read.phone_raw) == ("+380671234567", "067 123 45 67")


def test_the_buyer_s_object_is_completed_from_the_older_fields():
    client = {"id": 12, "first_name": "Олена", "last_name": None, "phone": "0501112233", "x": 1}
    read = order(client=client, client_last_name="Коваль", client_second_name="Іванівна").buyer
    assert (read.id, read.full_name) == ("12", "Коваль Олена Іванівна")
    assert (read.phone, read.phone_raw) == ("+380501112233", "0501112233")
    assert read.extra == {"x": 1}


def test_an_unreadable_phone_is_kept_as_it_was_written():
    read = order(phone="зателефонуйте сестрі").buyer
    assert (read.phone, read.phone_raw) == (None, "зателефонуйте сестрі")


def test_a_phone_that_came_as_a_number_is_a_phone():
    assert order(phone=380501112233).buyer.phone == "+380501112233"


@pytest.mark.parametrize(
    "recipient",
    [None, {}, [], "", {"first_name": None, "phone": None}, {"first_name": "", "last_name": " "}],
)
def test_an_empty_recipient_is_nobody(recipient):
    assert order(delivery_recipient=recipient).recipient is None


def test_the_recipient_may_be_somebody_else(shop):
    read = made(shop, "other_recipient")
    assert read.recipient.full_name != read.buyer.full_name
    assert made(shop, "recipient_without_phone").recipient.phone is None


@pytest.mark.parametrize(
    "kind",
    ["phone_no_plus", "phone_local", "phone_pretty", "phone_spaces", "phone_eighty", "plain"],
)
def test_the_buyer_s_phone_is_one_number_in_every_spelling(shop, kind):
    assert made(shop, kind).buyer.phone.startswith("+380")


# Money and payment


def test_the_currency_comes_from_the_suffix():
    read = order(price="1 234,50 грн", products=[{**LINE, "price": "100 ₸", "total_price": None}])
    assert read.price == Money(amount=Decimal("1234.50"), currency="UAH")
    assert read.currencies == {"UAH", "KZT"}


@pytest.mark.parametrize(
    "field",
    ["price", "full_price", "delivery_cost", "price_with_special_offer"],
)
@pytest.mark.parametrize("value", ["за домовленістю", "1,234 грн", True, [], float("inf")])
def test_money_that_cannot_be_read_is_never_zero(field, value):
    assert failed_path(order, **{field: value}) == field


@pytest.mark.parametrize("field", ["price", "full_price", "delivery_cost"])
def test_a_price_is_not_negative(field):
    assert failed_path(order, **{field: "-1 грн"}) == field
    assert getattr(order(**{field: 0}), field).amount == 0


def test_a_promotion_is_read(shop):
    read = made(shop, "promo_code")
    assert read.special_offer_promocode
    assert read.price_with_special_offer.amount < read.goods_total.amount
    assert read.special_offer_discount


@pytest.mark.parametrize(
    ("told", "utm"),
    [
        (
            {"source": "google", "medium": "cpc", "campaign": ""},
            {"source": "google", "medium": "cpc"},
        ),
        ({"source": "", "medium": "", "campaign": ""}, {}),
        ({"source": ["x"]}, {}),
        ("google", {}),
        (None, {}),
    ],
)
def test_a_broken_utm_stops_no_order(told, utm):
    assert order(utm=told).utm == utm


def test_instalments_tell_their_commission(shop):
    data = made(shop, "rpay_parts").payment_data
    assert data.type == "rpay_parts"
    assert data.commission_percent > 0
    assert data.commission_amount > 0


def test_cash_on_delivery_has_no_payment_data(shop):
    read = made(shop, "cash_on_delivery")
    assert read.payment_data is None
    assert read.payment_option.name


@pytest.mark.parametrize(
    ("told", "amount"),
    [
        ({"amount": "2.86"}, "2.86"),
        ({"amount": 3}, "3"),
        ({"amount": 0}, "0"),
        ({"value": 12.5, "type": 2}, "12.5"),
        ({"amount": None}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_commission_is_unknown_until_it_has_an_amount(told, amount):
    read = order(cpa_commission=told, prosale_commission=told)
    expected = None if amount is None else Decimal(amount)
    assert [fee and fee.amount for fee in (read.commission, read.prosale_commission)] == [
        expected,
        expected,
    ]


def test_the_kind_of_a_prosale_fee_is_text(shop):
    assert made(shop, "prosale_value").prosale_commission.type == "2"
    assert made(shop, "commission_refunded").commission.is_refunded is True


# Delivery


def test_delivery_without_an_integration_has_no_data(shop):
    assert made(shop, "meest").delivery_data is None
    assert made(shop, "no_delivery_option").delivery_option is None


def test_a_door_delivery_has_an_address(shop):
    data = made(shop, "door").delivery_data
    assert data.type == "W2D"
    assert data.address.building_number
    assert data.address.street_name
    assert data.recipient_warehouse_id is None


def test_a_post_office_is_named_by_its_postcode_with_leading_zeros():
    data = order(delivery_provider_data={"recipient_warehouse_id": "01001"}).delivery_data
    assert (data.recipient_warehouse_id, data.address) == ("01001", None)


# Lines


def test_a_line_of_a_removed_product_keeps_its_name(shop):
    read = made(shop, "removed_product").lines[-1]
    assert (read.id, read.sku) == (None, None)
    assert read.name


def test_what_an_order_without_lines_means_is_left_to_the_caller():
    assert order(products=None).lines == order(products=[]).lines == order().lines == ()


@pytest.mark.parametrize(
    ("quantity", "read"), [(1, "1"), (0.35, "0.35"), ("1,5", "1.5"), ("2", "2"), ("1.250", "1.25")]
)
def test_a_quantity_may_be_a_fraction_or_text(quantity, read):
    assert line(quantity=quantity).quantity == Decimal(read)


@pytest.mark.parametrize("quantity", [0, -1, None, "", "5 шт.", True, [], 1e-9, float("nan")])
def test_a_line_needs_a_positive_quantity(quantity):
    assert failed_path(line, quantity=quantity) == "quantity"


def test_a_missing_total_is_price_times_quantity_in_cents():
    read = line(price="33,33 ₴", quantity="1,5", total_price=None)
    assert read.total_price == Money(amount=Decimal("50.00"), currency="UAH")


def test_a_missing_price_is_derived_without_rounding():
    read = line(price=None, quantity=3, total_price="100 грн")
    assert (read.price.amount * 3).quantize(Decimal("0.01")) == Decimal(100)
    assert read.price.currency == "UAH"


def test_prom_s_own_total_is_believed():
    assert line(total_price="199,99 грн").total_price.amount == Decimal("199.99")


def test_a_line_without_any_price_is_refused():
    assert failed_path(line, price=None, total_price=None) == "price"
    assert line(price=0, total_price=None).total_price.amount == 0


def test_a_line_needs_a_name_or_an_id():
    assert line(name=None).name is None
    assert line(id=None).id is None
    assert line(name=None, name_multilang={"uk": "Плед"}).name == "Плед"
    assert failed_path(line, id=None, name=" ") == "name"


def test_the_path_leads_to_the_line():
    products = [LINE, LINE, {**LINE, "price": "договірна"}]
    assert failed_path(order, products=products) == "products[2].price"
    assert failed_path(order, products=[LINE, "x"]) == "products[1]"
    assert failed_path(order, products={"0": LINE}) == "products"
    assert failed_path(order, products=[{**LINE, "cpa_commission": {"amount": "x"}}]) == (
        "products[0].cpa_commission.amount"
    )


def test_numbers_given_as_sku_are_text():
    read = line(sku=12, external_id=1000000)
    assert (read.sku, read.external_id) == ("12", "1000000")


def test_the_sum_of_lines_of_two_currencies_has_none():
    products = [LINE, {**LINE, "total_price": "5 ₸"}]
    assert order(products=products).goods_total == Money(amount=Decimal(205))


def test_an_error_shows_the_value_but_no_object():
    with pytest.raises(errors.SchemaError, match="договірна"):
        order(price="договірна")
    with pytest.raises(errors.SchemaError) as caught:
        order(client_first_name={"phone": "+380501112233"})
    assert "380501112233" not in str(caught.value)
    with pytest.raises(errors.SchemaError) as caught_long:
        order(price="x" * 10_000)
    assert len(str(caught_long.value)) < 100
    assert caught.value.value == {"phone": "+380501112233"}
