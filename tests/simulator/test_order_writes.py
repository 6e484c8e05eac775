"""set_status, refund, attach_receipt, save_declaration_id (api.md 7 and 8)."""

import pytest

from .conftest import Api

OTHER = {"cancellation_reason": "another", "cancellation_text": "текст"}


def set_status(api, ids, **data):
    return api.post("/orders/set_status", {"ids": ids, **data})


@pytest.mark.parametrize("status", ["received", "paid", "delivered"])
def test_pending_order_moves_on(sim, api, status):
    order = sim.add_order(kind="pending")
    before = order["date_modified"]
    assert set_status(api, [order["id"]], status=status) == {"processed_ids": [order["id"]]}
    shown = api.get(f"/orders/{order['id']}")["order"]
    assert shown["status"] == status
    assert shown["date_modified"] > before
    assert [write.changes["status"] for write in sim.writes("order")] == [status]


@pytest.mark.parametrize(
    "status", ["pending", "draft", "accepted", "declined", "sent", 5, None, ""]
)
def test_status_that_cannot_be_set_answers_200_with_error(sim, api, status):
    order = sim.add_order(kind="received")
    data = set_status(api, [order["id"]], status=status)
    assert list(data) == ["error"]
    if isinstance(status, str):
        assert data["error"] == "This status value is not allowed"
    assert sim.writes() == []


def test_settable_set_is_a_switch(make_sim):
    sim = make_sim(settable_statuses=("received", "pending"))
    order = sim.add_order(kind="draft")
    assert set_status(Api(sim), [order["id"]], status="pending")["processed_ids"]


@pytest.mark.parametrize(("kind", "status"), [
    ("received", "received"), ("paid", "received"), ("delivered", "received"),
    ("delivered", "delivered"), ("canceled_by_buyer", "canceled"),
])  # fmt: skip
def test_same_or_later_state_is_left_out_without_error(sim, api, kind, status):
    order = sim.add_order(kind=kind)
    before = dict(order)
    reason = OTHER if status == "canceled" else {}
    assert set_status(api, [order["id"]], status=status, **reason) == {"processed_ids": []}
    assert order == before


def test_canceled_needs_a_reason(sim, api):
    order = sim.add_order(kind="received")
    assert "error" in set_status(api, [order["id"]], status="canceled")
    assert "error" in set_status(
        api, [order["id"]], status="canceled", cancellation_reason="out_of_stock"
    )
    assert order["status"] == "received"


@pytest.mark.parametrize("reason", ["price_changed", "not_enough_fields", "another"])
def test_some_reasons_need_a_text(sim, api, reason):
    order = sim.add_order(kind="received")
    call = {"status": "canceled", "cancellation_reason": reason}
    assert "error" in set_status(api, [order["id"]], **call)
    assert "error" in set_status(api, [order["id"]], **call, cancellation_text=" ")
    assert set_status(api, [order["id"]], **call, cancellation_text="бо так")["processed_ids"]
    assert order["cancellation"] == {"title": "бо так", "initiator": "company"}


@pytest.mark.parametrize("reason", ["not_available", "buyers_request", "duplicate",
                                    "invalid_phone_number", "less_than_minimal_price"])  # fmt: skip
def test_other_reasons_need_no_text(sim, api, reason):
    order = sim.add_order(kind="paid")
    set_status(api, [order["id"]], status="canceled", cancellation_reason=reason)
    assert order["status"] == "canceled"
    assert order["cancellation"]["title"]


def test_reason_goes_with_canceled_only(sim, api):
    order = sim.add_order(kind="pending")
    assert "error" in set_status(api, [order["id"]], status="received", **OTHER)


def test_custom_status_id_is_the_number_of_the_code(sim, api):
    order = sim.add_order(kind="received")
    number = next(iter(sim.state.custom_statuses))
    assert set_status(api, [order["id"]], custom_status_id=number)["processed_ids"]
    assert order["status"] == f"custom-{number}"
    shown = Api(sim, "uk").get(f"/orders/{order['id']}")["order"]
    assert shown["status_name"] == sim.state.custom_statuses[number][0]
    assert set_status(api, [order["id"]], custom_status_id=number) == {"processed_ids": []}
    assert "error" in set_status(api, [order["id"]], custom_status_id=1)


def test_paid_order_to_a_custom_status_is_a_switch(sim, api):
    number = next(iter(sim.state.custom_statuses))
    order = sim.add_order(kind="paid")
    sim.options.custom_after_paid = False
    assert set_status(api, [order["id"]], custom_status_id=number) == {"processed_ids": []}
    sim.options.custom_after_paid = True
    assert set_status(api, [order["id"]], custom_status_id=number)["processed_ids"]


def test_refused_orders_have_errors_of_all_three_kinds(sim, api):
    good = sim.add_order(kind="received")["id"]
    closed = sim.add_order(kind="canceled_by_buyer")["id"]
    done = sim.add_order(kind="delivered")["id"]
    data = set_status(api, [good, 1, closed], status="delivered")
    assert data["processed_ids"] == [good]
    assert isinstance(data["errors"]["1"], str)
    assert isinstance(data["errors"][str(closed)], list)
    data = set_status(api, [done], status="canceled", cancellation_reason="duplicate")
    assert data["processed_ids"] == []
    assert isinstance(data["errors"][str(done)], dict)


@pytest.mark.parametrize("ids", [None, [], "5", ["5"], [True], [1.5], {}])
def test_wrong_ids_answer_200_with_error(api, ids):
    assert list(set_status(api, ids, status="received")) == ["error"]


def test_repeated_id_is_processed_once(sim, api):
    key = sim.add_order(kind="pending")["id"]
    assert set_status(api, [key, key], status="received") == {"processed_ids": [key]}


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b'"text"'])
def test_body_that_is_no_object_answers_200_with_error(api, body):
    assert "error" in api.call("POST", "/orders/set_status", data=body).json()


def test_refund_returns_a_held_payment(sim, api):
    key = sim.add_order(kind="evopay_paid")["id"]
    assert api.post("/orders/refund", {"ids": [key]}) == {"processed_ids": [key]}
    assert sim.state.orders[key]["payment_data"]["status"] == "refunded"
    assert api.post("/orders/refund", {"ids": [key]}) == {"processed_ids": []}


@pytest.mark.parametrize("kind", ["evopay_paid_out", "evopay_unpaid", "cash_on_delivery"])
def test_refund_without_a_held_payment_is_refused(sim, api, kind):
    key = sim.add_order(kind=kind)["id"]
    data = api.post("/orders/refund", {"ids": [key, 1]})
    assert data["processed_ids"] == []
    assert set(data["errors"]) == {str(key), "1"}


def test_receipt_is_kept_but_not_shown(sim, api):
    key = sim.add_order(kind="paid")["id"]
    before = api.get(f"/orders/{key}")
    url = "https://receipt.example.com/1"
    assert api.post(f"/orders/{key}/attach_receipt", {"receipt_url": url}) == {"receipt_url": url}
    assert api.get(f"/orders/{key}") == before
    assert sim.state.receipts == {key: url}
    assert "error" in api.post(f"/orders/{key}/attach_receipt", {})
    assert api.call("POST", "/orders/1/attach_receipt", json={}).status_code == 404


def declare(api, order_id, number="20450000000001", kind="nova_poshta"):
    data = {"order_id": order_id, "declaration_id": number, "delivery_type": kind}
    return api.post("/delivery/save_declaration_id", data)


def test_waybill_number_fills_the_order(sim, api):
    order = sim.add_order(kind="np_branch")
    before = order["date_modified"]
    assert declare(api, order["id"]) == {"status": "success"}
    assert order["delivery_provider_data"]["declaration_number"] == "20450000000001"
    assert order["delivery_provider_data"]["unified_status"] == "initial"
    assert order["date_modified"] > before


def test_second_waybill_number_is_already_added(sim):
    api = Api(sim, "en")
    order = sim.add_order(kind="np_branch+with_waybill")
    data = declare(api, order["id"])
    assert data["status"] == "error"
    assert data["message"] == "Declaration id is already added"
    assert data["errors"] == {"declaration_id": [data["message"]]}


def test_overwriting_a_waybill_is_a_switch(make_sim):
    sim = make_sim(declaration_overwrite=True)
    order = sim.add_order(kind="np_branch+with_waybill")
    assert declare(Api(sim), order["id"])["status"] == "success"


def test_a_second_number_may_be_ignored_without_an_error(make_sim):
    sim = make_sim(declaration_ignored=True)
    order = sim.add_order(kind="np_branch+with_waybill")
    before = order["delivery_provider_data"]["declaration_number"]
    assert declare(Api(sim), order["id"])["status"] == "success"
    assert order["delivery_provider_data"]["declaration_number"] == before


def test_an_accepted_number_may_not_be_shown(make_sim):
    sim = make_sim(declaration_shown=False)
    order = sim.add_order(kind="np_branch")
    assert declare(Api(sim), order["id"])["status"] == "success"
    assert order["delivery_provider_data"]["declaration_number"] is None


def test_what_success_looks_like_is_a_switch(make_sim):
    sim = make_sim(declaration_answer="empty")
    assert declare(Api(sim), sim.add_order(kind="np_branch")["id"]) == {}
    sim.options.declaration_answer = "ids"
    order_id = sim.add_order(kind="np_branch")["id"]
    assert declare(Api(sim), order_id) == {"processed_ids": [order_id]}


def test_waybill_of_a_carrier_without_integration_is_accepted(sim, api):
    order = sim.add_order(kind="meest")
    assert declare(api, order["id"], "CV123", "meest")["status"] == "success"
    assert order["delivery_provider_data"]["provider"] == "meest"


@pytest.mark.parametrize(("kind", "changes", "field"), [
    ("ukrposhta", {}, "delivery_type"),
    ("pickup", {}, "delivery_type"),
    ("np_branch", {"delivery_type": "pigeon"}, "delivery_type"),
    ("np_branch", {"declaration_id": ""}, "declaration_id"),
    ("np_branch", {"declaration_id": 2045}, "declaration_id"),
    ("np_branch", {"order_id": 1}, "order_id"),
    ("np_branch", {"order_id": "x"}, "order_id"),
    ("np_branch", {"order_id": None}, "order_id"),
])  # fmt: skip
def test_wrong_waybill_call_is_refused(sim, api, kind, changes, field):
    data = {"order_id": sim.add_order(kind=kind)["id"], "declaration_id": "2045",
            "delivery_type": "nova_poshta", **changes}  # fmt: skip
    answer = api.post("/delivery/save_declaration_id", data)
    assert answer["status"] == "error"
    assert list(answer["errors"]) == [field]
    assert sim.writes() == []
