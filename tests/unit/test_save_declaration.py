"""Telling Prom the number of a waybill."""

import pytest
from prom_api import const, errors
from prom_api.client import PromClient

PATH = "/delivery/save_declaration_id"
NUMBER = "20450000000001"


def save(client, order, number=NUMBER, carrier="nova_poshta"):
    return client.save_declaration(str(order["id"]), number, carrier)


@pytest.mark.parametrize("answer", ["status", "empty", "ids"])
def test_any_answer_without_an_error_is_an_acceptance(sim, client, answer):
    sim.options.declaration_answer = answer
    order = sim.add_order(kind="np_branch")
    save(client, order)
    [request] = sim.requests(PATH)
    assert request.body == {
        "order_id": order["id"], "declaration_id": NUMBER, "delivery_type": "nova_poshta",
    }  # fmt: skip
    assert order["delivery_provider_data"]["declaration_number"] == NUMBER


@pytest.mark.parametrize("language", ["uk", "ru", "en"])
def test_number_that_is_there_already_is_told_in_words(sim, make_client, language):
    order = sim.add_order(kind="np_branch+with_waybill")
    with pytest.raises(errors.RequestRejected) as caught:
        save(make_client(sim.url, language=language), order)
    assert const.ALREADY_ADDED.search(str(caught.value))


@pytest.mark.parametrize(
    "body",
    [
        '{"status": "error", "message": "no"}',
        '{"status": "error", "errors": {"declaration_id": ["no"]}}',
        '{"error": "no"}',
        '{"errors": {"error": "no"}}',
        '{"errors": ["no"]}',
        '{"status": "error"}',
    ],
)
def test_every_form_of_a_refusal_is_one(odd, odd_client, body):
    odd.say(body)
    with pytest.raises(errors.RequestRejected) as caught:
        save(odd_client, {"id": 7})
    assert not const.ALREADY_ADDED.search(str(caught.value))


@pytest.mark.parametrize("body", ["[]", "", "ok", "<html></html>"])
def test_what_is_no_answer_proves_nothing(odd, odd_client, body):
    odd.say(body)
    with pytest.raises(errors.AnswerUnreadable):
        save(odd_client, {"id": 7})
    assert len(odd.requests) == 1


def test_wrong_carrier_is_refused(sim, client):
    with pytest.raises(errors.RequestRejected, match="delivery_type"):
        save(client, sim.add_order(kind="ukrposhta"))
    assert not sim.writes()


def test_a_lost_answer_is_not_repeated(sim, client):
    sim.faults.add("answer_lost", PATH)
    with pytest.raises(errors.ConnectionFailed):
        save(client, sim.add_order(kind="np_branch"))
    assert len(sim.requests(PATH)) == 1


def test_a_client_that_only_reads_shows_what_it_would_send(sim, make_client):
    client = make_client(sim.url, read_only=True)
    with pytest.raises(errors.WriteRefused) as caught:
        save(client, {"id": 7})
    assert caught.value.request == PromClient.save_declaration_request("7", NUMBER, "nova_poshta")
    assert not sim.requests(PATH)


@pytest.mark.parametrize("arguments", [("7", "", "meest"), ("7", NUMBER, None), ("x", "1", "m")])
def test_what_says_nothing_is_not_sent(arguments):
    with pytest.raises(ValueError, match=r"."):
        PromClient.save_declaration_request(*arguments)
