"""Odd answers, made by hand because no server in its right mind sends them."""

import gzip
import json

import pytest
from prom_api import const, errors, schema

ORDER = {"id": 7, "status": "pending"}


def order(client):
    return client.order("7")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        '"text"',
        "12",
        '{"order": {"id": 7}',
        "<html>maintenance</html>",
        pytest.param("[" * 5000 + "]" * 5000, id="deep"),
        pytest.param('{"order":' * 300 + "1" + "}" * 300, id="nested"),
        "\x00",
    ],
)
def test_anything_but_a_json_object_is_unreadable(odd, odd_client, body):
    odd.say(body)
    with pytest.raises(errors.AnswerUnreadable) as caught:
        order(odd_client)
    assert caught.value.status == 200


@pytest.mark.parametrize("body", ['{"orders": null}', '{"orders": {}}', "{}", '{"order": []}'])
def test_an_answer_without_its_list_is_no_empty_list(odd, odd_client, body):
    odd.say(body)
    with pytest.raises(errors.AnswerUnreadable, match="no orders"):
        odd_client.orders_list()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_the_answer_is_utf_8_with_or_without_a_mark(odd, odd_client, encoding):
    text = json.dumps({"order": {**ORDER, "client_notes": "Їжак"}}, ensure_ascii=False)
    odd.say(text.encode(encoding), Content_Type="application/json; charset=windows-1251")
    assert order(odd_client)["client_notes"] == "Їжак"


def test_numbers_that_json_does_not_have_spoil_one_record_and_not_the_page(odd, odd_client):
    odd.say(
        '{"orders": [{"id": 8, "status": "paid", "price": NaN}, {"id": 7, "status": "paid"},'
        ' {"id": 6, "status": "paid", "price": 1e999, "x": -Infinity},'
        f' {{"id": 5, "status": "paid", "price": {"9" * 5000}}}]}}'
    )
    records = odd_client.orders_list()
    json.dumps(records, allow_nan=False)
    assert schema.Order.from_json(records[1]).id == "7"
    for record in (records[0], *records[2:]):
        with pytest.raises(errors.SchemaError) as caught:
            schema.Order.from_json(record)
        assert caught.value.path == "price"


def test_what_postgresql_cannot_store_is_removed(odd, odd_client):
    odd.say('{"order": {"id": 7, "note\\u0000": ["a\\u0000b", "\\ud83d\\ude00", "\\ud83dx"]}}')
    assert order(odd_client) == {"id": 7, "note": ["ab", "😀", "x"]}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 304])
def test_a_redirect_is_not_followed_and_explained(odd, odd_client, make_client, status):
    odd.say("", status, Location="http://localhost:9/elsewhere")
    with pytest.raises(errors.AnswerUnreadable, match="redirect") as caught:
        order(odd_client)
    assert caught.value.status == status
    assert len(odd.requests) == 1


@pytest.mark.parametrize("location", ["http://[", "gopher://x", "//", "\u0430", "http://a:b/"])
def test_a_redirect_to_nonsense_is_our_error_too(odd, odd_client, location):
    odd.say("", 302, Location=location.encode().decode("latin-1"))
    with pytest.raises(errors.PromError):
        order(odd_client)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_told_apart_by_the_http_status(odd, odd_client, status):
    odd.say('{"order": {}}', status)
    with pytest.raises(errors.TokenRejected):
        order(odd_client)


def test_404_is_not_found_even_with_json(odd, odd_client):
    odd.say('{"error": "Order not found"}', 404)
    with pytest.raises(errors.NotFound):
        order(odd_client)


@pytest.mark.parametrize("status", [400, 405, 409, 413, 422])
def test_any_other_4xx_is_a_refusal_with_its_messages(odd, odd_client, status):
    odd.say('{"errors": {"status": ["a", "b"]}}', status)
    with pytest.raises(errors.RequestRejected, match="status: a, b") as caught:
        odd_client.orders_set_status(["7"], "paid")
    assert caught.value.items == {"status": "a, b"}
    assert caught.value.status == status


def test_a_4xx_without_json_is_a_refusal_without_messages(odd, odd_client):
    odd.say("<h1>Not allowed</h1>", 405)
    with pytest.raises(errors.RequestRejected, match="HTTP 405") as caught:
        order(odd_client)
    assert caught.value.items == {}
    assert "Not allowed" in caught.value.excerpt


def test_an_answer_that_is_too_large_is_cut_off_once(odd, odd_client, monkeypatch):
    monkeypatch.setattr(const, "MAX_ANSWER", 100_000)
    body = gzip.compress(json.dumps({"order": {"x": "a" * 3_000_000}}).encode())
    odd.say(body, Content_Encoding="gzip")
    with pytest.raises(errors.AnswerUnreadable, match="too large") as caught:
        order(odd_client)
    assert caught.value.endpoint == "GET /orders/7"
    assert len(odd.requests) == 1


def test_a_broken_compression_is_a_failed_connection(odd, odd_client):
    odd.say(b"\x1f\x8bnot gzip at all", Content_Encoding="gzip")
    with pytest.raises(errors.ConnectionFailed):
        order(odd_client)


def test_an_answer_that_never_ends_is_given_up(odd, make_client):
    moments = iter(range(0, 100_000, 40))
    odd.say(json.dumps({"order": {"x": "a" * 100_000}}))
    with pytest.raises(errors.ConnectionFailed, match="ReadTimeout"):
        order(make_client(odd.url, clock=lambda: next(moments)))


def test_an_excerpt_is_short_and_on_one_line(odd, odd_client):
    odd.say("<html>\n" + "много текста\n" * 1000, 500)
    with pytest.raises(errors.ServerFailed) as caught:
        odd_client.orders_set_status(["7"], "paid")
    assert len(caught.value.excerpt) <= const.ERROR_EXCERPT
    assert "\n" not in caught.value.excerpt


def test_the_text_of_an_error_holds_nothing_of_the_order(odd, odd_client):
    odd.say('{"order": {"phone": "+380501112233", "email": "o@example.com"')
    with pytest.raises(errors.AnswerUnreadable) as caught:
        order(odd_client)
    assert "380501112233" not in str(caught.value)
    assert "380501112233" in caught.value.excerpt


def test_every_attempt_is_told_to_the_journal(sim, client, exchanges):
    sim.faults.add("server_error", status=502)
    client.orders_list(limit=3)
    first, second = exchanges
    assert (first.method, first.path, first.params) == ("GET", "/orders/list", {"limit": 3})
    assert (first.status, first.attempt, second.status, second.attempt) == (502, 1, 200, 2)
    assert first.error == "GET /orders/list: HTTP 502"
    assert second.error is None
    assert second.answer.startswith('{"orders": [')
    assert len(second.answer) <= const.EXCHANGE_EXCERPT


def test_the_journal_learns_what_was_sent(sim, client, exchanges):
    order_id = sim.add_order(kind="pending")["id"]
    client.orders_set_status([order_id], "received")
    assert exchanges[0].body == {"ids": [order_id], "status": "received"}


def test_an_exchange_shows_no_personal_data_by_accident(sim, client, exchanges):
    client.orders_list()
    assert "phone" in exchanges[0].answer
    assert "phone" not in repr(exchanges[0])


def test_a_client_needs_no_journal(sim, make_client):
    assert make_client(sim.url, on_exchange=None).orders_list()


def test_a_refused_connection_is_told_to_the_journal(sim, client, exchanges):
    sim.stop()
    with pytest.raises(errors.ConnectionFailed):
        client.orders_list()
    assert {exchange.status for exchange in exchanges} == {None}
    assert "ConnectionError" in exchanges[0].error
