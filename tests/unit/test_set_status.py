"""Changing the status of orders: what is sent, what counts as done."""

import pytest
from prom_api import answers, const, errors
from prom_api.client import PromClient, Request

PATH = "/orders/set_status"


def test_a_read_only_client_shows_the_request_and_sends_nothing(sim, make_client, exchanges):
    client = make_client(sim.url, read_only=True)
    with pytest.raises(errors.WriteRefused) as caught:
        client.orders_set_status(["12", 34], "received")
    assert caught.value.request == Request(
        method="POST", path=PATH, body={"ids": [12, 34], "status": "received"}
    )
    assert not exchanges
    assert not sim.requests()


def test_a_read_only_client_reads(sim, make_client):
    assert make_client(sim.url, read_only=True).orders_list()


def test_a_request_is_described_without_a_client_and_a_token():
    request = PromClient.set_status_request(
        ["7"], "canceled", cancellation_reason="another", cancellation_text="Текст"
    )
    assert request.body == {
        "ids": [7],
        "status": "canceled",
        "cancellation_reason": "another",
        "cancellation_text": "Текст",
    }
    assert request.endpoint == "POST /orders/set_status"


def test_what_is_sent_is_what_was_described(sim, client):
    order_id = sim.add_order(kind="pending")["id"]
    options = {"cancellation_reason": "duplicate"}
    client.orders_set_status([order_id], "canceled", **options)
    described = client.set_status_request([order_id], "canceled", **options)
    assert sim.requests(PATH)[-1].body == described.body


def test_a_status_of_the_shop_goes_by_its_number(sim, client):
    order_id = str(sim.add_order(kind="received")["id"])
    number = str(next(iter(sim.state.custom_statuses)))
    assert client.orders_set_status([order_id], custom_status_id=number).confirmed == {order_id}
    assert sim.state.orders[int(order_id)]["status"] == f"custom-{number}"
    assert sim.requests(PATH)[-1].body == {
        "ids": [int(order_id)],
        "custom_status_id": int(number),
    }


@pytest.mark.parametrize(
    ("ids", "options"),
    [
        ([], {"status": "received"}),
        (["x"], {"status": "received"}),
        ([True], {"status": "received"}),
        (["1"], {}),
        (["1"], {"status": "received", "custom_status_id": "5"}),
        (["1"], {"status": "received", "cancellation_reason": "another"}),
        (["1"], {"status": "received", "cancellation_text": "x"}),
        (["1"], {"custom_status_id": "custom-5"}),
    ],
)
def test_a_call_that_makes_no_sense_is_a_programming_error(ids, options):
    with pytest.raises(ValueError, match="."):
        PromClient.set_status_request(ids, **options)


@pytest.mark.parametrize("status", [const.STATUS_PENDING, const.STATUS_DRAFT, "shipped"])
def test_a_status_that_cannot_be_set_is_rejected_in_prom_s_words(sim, client, status):
    order_id = sim.add_order(kind="received")["id"]
    with pytest.raises(errors.RequestRejected, match="This status value is not allowed") as caught:
        client.orders_set_status([order_id], status)
    assert caught.value.status == 200
    assert not sim.writes("order")


@pytest.mark.parametrize("reason", const.CANCELLATION_REASONS)
def test_each_reason_cancels(sim, client, reason):
    order_id = str(sim.add_order(kind="pending")["id"])
    text = "Пояснення" if reason in const.REASONS_WITH_TEXT else None
    verdict = client.orders_set_status(
        [order_id], "canceled", cancellation_reason=reason, cancellation_text=text
    )
    assert verdict.confirmed == {order_id}


@pytest.mark.parametrize("reason", [None, *const.REASONS_WITH_TEXT])
def test_an_incomplete_cancellation_is_rejected(sim, client, reason):
    order_id = sim.add_order(kind="pending")["id"]
    with pytest.raises(errors.RequestRejected):
        client.orders_set_status([order_id], "canceled", cancellation_reason=reason)


def test_each_order_of_a_batch_gets_its_own_outcome(sim, client):
    good = str(sim.add_order(kind="pending")["id"])
    closed = str(sim.add_order(kind="canceled_by_buyer")["id"])
    already = str(sim.add_order(kind="delivered")["id"])
    verdict = client.orders_set_status([good, closed, already, "1"], "received")
    assert verdict.confirmed == {good}
    assert set(verdict.errors) == {closed, "1"}
    assert verdict.unconfirmed([good, closed, already, "1"]) == (closed, already, "1")
    assert verdict.raw["processed_ids"] == [int(good)]


def test_the_refusal_of_a_single_order_is_a_verdict_and_not_an_exception(sim, client):
    delivered = str(sim.add_order(kind="delivered")["id"])
    verdict = client.orders_set_status([delivered], "canceled", cancellation_reason="duplicate")
    assert not verdict.confirmed
    assert verdict.errors[delivered].startswith("status: ")


def judge(data, *asked):
    return answers.verdict(data, asked)


def test_only_asked_ids_are_confirmed():
    assert judge({"processed_ids": [1, 2, "3"]}, "2", "3", "4").confirmed == {"2", "3"}


@pytest.mark.parametrize("processed", [None, "12", {"1": True}, [True, None, [1], 1.0]])
def test_odd_processed_ids_confirm_nothing(processed):
    assert not judge({"processed_ids": processed}, "1").confirmed


def test_an_empty_answer_confirms_nothing_and_accuses_nobody():
    verdict = judge({}, "1", "2")
    assert (verdict.confirmed, verdict.errors) == (frozenset(), {})


def test_an_id_that_is_both_processed_and_refused_is_not_confirmed():
    verdict = judge({"processed_ids": [1], "errors": {"1": ["no"]}}, "1")
    assert (verdict.confirmed, verdict.errors) == (frozenset(), {"1": "no"})


def test_a_message_about_the_whole_call_goes_to_those_not_confirmed():
    verdict = judge({"processed_ids": [1], "error": "partly"}, "1", "2")
    assert (verdict.confirmed, verdict.errors) == ({"1"}, {"2": "partly"})


def test_a_message_about_the_whole_call_names_nobody():
    verdict = judge({"processed_ids": [1], "error": "partly", "errors": {"2": "no"}}, *"1234")
    assert (verdict.confirmed, verdict.vague) == ({"1"}, {"3", "4"})
    assert verdict.errors == {"2": "no", "3": "partly", "4": "partly"}
    assert not judge({"processed_ids": [1], "errors": {"2": "no"}}, "1", "2", "3").vague


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"error": "text"}, {"error": "text"}),
        ({"errors": {"error": "text"}}, {"error": "text"}),
        ({"error": "a", "errors": {"error": "b"}}, {"error": "a; b"}),
        ({"errors": {"1": "text"}}, {"1": "text"}),
        ({"errors": {"1": ["a", "b"]}}, {"1": "a, b"}),
        ({"errors": {"1": {"price": ["a", "b"], "name": "c"}}}, {"1": "price: a, b; name: c"}),
        ({"errors": ["a", {"id": 7, "message": "b"}]}, {"error": "a, id: 7; message: b"}),
        ({"errors": "text"}, {"error": "text"}),
        ({"errors": {"1": None, "2": [], "3": ""}}, {}),
        ({"error": None, "errors": {}}, {}),
        ({"error": ""}, {}),
        ({"status": "error", "message": "Chat is disabled"}, {"error": "Chat is disabled"}),
        ({"status": "error"}, {"error": "error"}),
        ({"status": "success"}, {}),
    ],
)
def test_every_shape_of_an_error_becomes_readable_text(answer, expected):
    assert answers.rejections(answer) == expected


def test_a_message_is_one_line_of_bounded_length():
    message = answers.flatten(["a\n b" * 5000, {"x": [[["deep"]]]}])
    assert "\n" not in message
    assert len(message) <= 1000
