"""People are kept out of logs, and out of orders whose buyer wants to be forgotten."""

import gzip
import json

import pytest
from prom_api import errors, privacy
from prom_api.schema import Order

from tests.prom_simulator import PromSimulator

PEOPLE = {
    "client_id": 987654,
    "client_first_name": "Соломія",
    "client_second_name": "Амвросіївна",
    "client_last_name": 'О"Коннор',
    "client": {"id": 987654, "first_name": "Соломія", "phone": "+380671239876"},
    "phone": "+380671239876",
    "email": "solomiia@example.com",
    "client_notes": "Дзвонити двічі\nв домофон",
    "delivery_recipient": {
        "first_name": "Осип",
        "last_name": "Кобилянський",
        "phone": "0501239871",
    },
    "delivery_address": "Тернопіль, вул. Липова, 17",
    "cancellation": {"title": "Соломія передумала", "initiator": "user"},
    "buyer_of_tomorrow": {"passport": "Соломія 17"},
}
DELIVERY = {
    "provider": "nova_poshta",
    "type": "W2D",
    "declaration_number": "20450000000000",
    "recipient_warehouse_id": "Липова-17",
    "recipient_address": {
        "city_name": "Тернопіль",
        "street_name": "Липова",
        "building_number": "17",
    },
}
TRACES = ("Соломія", "Коннор", "671239876", "solomiia", "Дзвонити", "Кобилян", "Липова", "987654")


@pytest.fixture
def orders():
    """Orders of all kinds, with the same person in each."""
    shop = PromSimulator(seed=5, orders=60, products=40)
    changes = PEOPLE | {"delivery_provider_data": DELIVERY}
    return [shop.order_json(order_id) | changes for order_id in shop.state.orders]


def test_nobody_is_left_in_an_order_and_it_can_still_be_read(orders):
    assert len(orders) == 60
    for order in orders:
        left = privacy.redact_order(order)
        text = json.dumps(left, ensure_ascii=False)
        assert not [trace for trace in TRACES if trace in text], text
        before, after = Order.from_json(order), Order.from_json(left)
        for name in ("id", "status", "price", "full_price", "lines", "payment_data", "commission"):
            assert getattr(before, name) == getattr(after, name), name
        assert after.delivery_data.declaration_number == "20450000000000"
        assert after.cancellation.by_buyer
        assert not after.recipient


def test_what_is_no_order_leaves_nothing():
    for record in (None, [], "text", 7):
        assert privacy.redact_order(record) == {}


@pytest.mark.parametrize("cut", [None, 1000, 777, 350])
def test_people_are_masked_in_json_whole_or_cut(orders, cut):
    for order in orders:
        text = json.dumps({"orders": [order]}, ensure_ascii=False)[:cut]
        masked = privacy.mask_text(text)
        found = [trace for trace in TRACES[:-1] if trace in masked]
        # A key that nobody knows yet is not known to be about people.
        assert found in ([], ["Соломія"]), masked
        assert "buyer_of_tomorrow" in masked or not found
        assert f'"id": {order["id"]}' in masked


def test_what_is_sent_is_masked_too():
    body = {"ids": [123456789], "status": "canceled", "cancellation_text": "Соломія не відповідає"}
    masked = privacy.mask_text(json.dumps(body, ensure_ascii=False))
    assert "Соломія" not in masked
    assert "123456789" in masked


@pytest.mark.parametrize(
    "phone",
    ["+380671239876", "380671239876", "+38 (067) 123-98-76", "067 123 98 76", "(067) 123-98-76"]
    + ["8 067 1239876", "80671239876", "+48 601 234 567"],
)
def test_phones_are_masked_in_any_text(phone):
    assert privacy.mask_text(f'{{"x": "Tel. {phone}, please"}}') == '{"x": "Tel. ***, please"}'


@pytest.mark.parametrize("text", ["2026-11-07T09:46:54.747059+00:00", "1234567890", "150.00"])
def test_dates_and_identifiers_stay(text):
    assert privacy.mask_text(f'"{text}"') == f'"{text}"'


def test_an_answer_that_is_packed_twice_is_refused(odd, odd_client):
    bomb = gzip.compress(gzip.compress(b'{"orders": []}'))
    odd.say(bomb, Content_Encoding="gzip, gzip")
    with pytest.raises(errors.AnswerUnreadable, match="packed more than once"):
        odd_client.orders_list()
    odd.answers.clear()
    odd.say(gzip.compress(b'{"orders": []}'), Content_Encoding="gzip")
    assert odd_client.orders_list() == []
