"""The token goes to Prom and nowhere else."""

import copy
import logging
import traceback

import pytest
from prom_api import errors

from .conftest import TOKEN, OddServer

ECHO = f"<p>Bearer {TOKEN}</p>"


def everything_said_by(err):
    """Return all texts of an exception, of its causes and of the requests they carry."""
    texts = ["".join(traceback.format_exception(err))]
    while err is not None:
        texts += [str(err), repr(err), repr(err.args), repr(vars(err))]
        request = getattr(err, "request", None)
        texts.append(repr(dict(getattr(request, "headers", {}) or {})))
        err = err.__cause__ or err.__context__
    return "\n".join(texts)


FAULTS = [
    ("too_many_requests", {}),
    ("server_error", {}),
    ("reset", {}),
    ("answer_lost", {}),
    ("html_200", {}),
    ("cut_json", {"mode": "length"}),
    ("cut_json", {"mode": "premature"}),
    ("token_expired", {}),
]


@pytest.mark.parametrize(("name", "args"), FAULTS)
def test_no_error_log_or_exchange_tells_the_token(sim, client, exchanges, caplog, name, args):
    caplog.set_level(logging.DEBUG)
    sim.faults.add(name, times=None, **args)
    with pytest.raises(errors.PromError) as caught:
        client.orders_list()
    with pytest.raises(errors.PromError) as caught_writing:
        client.orders_set_status(["1"], "paid")
    said = [everything_said_by(error.value) for error in (caught, caught_writing)]
    said += [caplog.text, repr(client), *map(repr, exchanges)]
    assert TOKEN not in "\n".join(said)
    assert caplog.text
    assert all(request.token == TOKEN for request in sim.requests())


@pytest.mark.parametrize("status", [200, 400, 401, 404, 429, 500])
def test_a_server_that_echoes_the_token_does_not_leak_it(
    odd, odd_client, exchanges, caplog, status
):
    caplog.set_level(logging.DEBUG)
    odd.say(ECHO, status)
    with pytest.raises(errors.PromError) as caught:
        odd_client.orders_list()
    said = everything_said_by(caught.value) + caplog.text
    said += "".join(exchange.answer + repr(exchange) for exchange in exchanges)
    assert TOKEN not in said
    assert "***" in caught.value.excerpt


@pytest.mark.parametrize("status", [200, 422])
def test_an_echo_in_json_does_not_leak_it_either(odd, odd_client, status):
    odd.say(f'{{"error": "bad token {TOKEN}", "{TOKEN}": 1}}', status)
    with pytest.raises(errors.RequestRejected) as caught:
        odd_client.orders_list()
    assert caught.value.items == {"error": "bad token ***"}
    assert TOKEN not in everything_said_by(caught.value)


def test_an_echo_in_a_verdict_is_masked(odd, odd_client):
    odd.say(f'{{"processed_ids": [1], "debug": "{TOKEN}"}}')
    assert odd_client.orders_set_status(["1"], "paid").raw["debug"] == "***"


def test_the_token_is_not_sent_to_where_a_redirect_points(odd, odd_client):
    elsewhere = OddServer()
    elsewhere.say('{"order": {"id": 7}}')
    odd.say("", 302, Location=elsewhere.url)
    with pytest.raises(errors.AnswerUnreadable):
        odd_client.order("7")
    elsewhere.stop()
    assert not elsewhere.requests
    assert odd.requests[0][1]["Authorization"] == f"Bearer {TOKEN}"


def test_a_netrc_of_the_machine_does_not_replace_the_token(odd, odd_client, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(netrc))
    odd.say('{"order": {"id": 7}}')
    odd_client.order("7")
    assert odd.requests[0][1]["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("token", ["", None, "  ", "two words", "a\nb", "токен", "a\x00b"])
def test_a_text_that_cannot_be_a_token_is_rejected_without_showing_it(
    sim, make_client, exchanges, token
):
    with pytest.raises(errors.TokenRejected) as caught:
        make_client(sim.url, token=token).orders_list()
    assert caught.value.status is None
    assert not exchanges
    assert not (token or "").strip() or token not in everything_said_by(caught.value)


def test_a_token_too_short_to_be_a_secret_does_not_spoil_the_answers(odd, make_client):
    odd.say('{"order": {"id": 7}}')
    assert make_client(odd.url, token="order").order("7") == {"id": 7}


def test_blanks_around_a_pasted_token_do_no_harm(sim, make_client):
    assert make_client(sim.url, token=f" {TOKEN}\r\n").orders_list()


def test_what_would_be_sent_is_shown_without_any_token(make_client):
    client = make_client("http://localhost", token="", read_only=True)
    with pytest.raises(errors.WriteRefused) as caught:
        client.orders_set_status(["1"], "paid")
    assert copy.copy(caught.value.request).body == {"ids": [1], "status": "paid"}
