"""Tokens, sections and the HTML pages of refusals (api.md 1 and 5)."""

from datetime import timedelta

import pytest
import requests

from tests.prom_simulator import PromSimulator

from .conftest import TIMEOUT, Api


@pytest.mark.parametrize(
    "header",
    [None, "Bearer wrong", "Basic prom-simulator-token", "prom-simulator-token", "Bearer "],
)
def test_bad_token_answers_401_html(sim, header):
    headers = {"Authorization": header} if header else {}
    answer = requests.get(sim.url + "/orders/list", headers=headers, timeout=TIMEOUT)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text.startswith("<!DOCTYPE html>")


def test_token_without_orders_gets_401_on_orders_only(make_sim):
    sim = make_sim(scopes=("products", "groups"))
    api = Api(sim)
    assert api.call("GET", "/orders/list").status_code == 401
    assert api.call("GET", "/products/list").status_code == 200
    assert api.call("POST", "/delivery/save_declaration_id", json={}).status_code == 401


def test_second_token_has_its_own_sections(sim):
    sim.tokens.add("orders-only", scopes=["orders"])
    api = Api(sim, token="orders-only")
    assert api.call("GET", "/orders/list").status_code == 200
    assert api.call("GET", "/products/list").status_code == 401


def test_token_expires_at_its_date(sim):
    sim.tokens.add("short", expires=sim.clock.now() + timedelta(hours=1))
    api = Api(sim, token="short")
    assert api.call("GET", "/orders/list").status_code == 200
    sim.clock.advance(3601)
    assert api.call("GET", "/orders/list").status_code == 401


def test_expired_and_revoked_tokens_are_refused(sim, api):
    sim.tokens.expire(sim.token)
    assert api.call("GET", "/orders/list").status_code == 401
    sim.reset()
    assert api.call("GET", "/orders/list").status_code == 200
    sim.tokens.revoke(sim.token)
    assert api.call("GET", "/orders/list").status_code == 401


def test_unknown_section_is_a_programming_error(sim):
    with pytest.raises(ValueError, match="unknown sections"):
        sim.tokens.add("x", scopes=["stock"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/orders/status"),
        ("POST", "/orders/attach_receipt"),
        ("POST", "/products/edit_prices"),
        ("POST", "/products/create"),
        ("POST", "/orders/310/set_delivery"),
        ("GET", "/nonsense"),
        ("GET", "/products/999"),
        ("GET", "/products/" + "9" * 30),
        ("GET", "/products/by_external_id/none"),
        ("GET", "/clients/1"),
        ("GET", "/messages/1"),
        ("GET", "/orders/1"),
        ("GET", "/products/translation/1"),
        ("GET", "/products/import/status/000000000000000000000000"),
    ],
)
def test_unknown_path_or_object_answers_404_html(api, method, path):
    answer = api.call(method, path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/orders/set_status", "POST"),
        ("PATCH", "/orders/set_status", "POST"),
        ("DELETE", "/products/1980000001", "GET"),
        ("POST", "/orders/list", "GET"),
        ("POST", "/products/translation", "PUT"),
    ],
)
def test_wrong_method_answers_405_html(api, method, path, allowed):
    answer = api.call(method, path)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == allowed


def test_path_outside_the_api_answers_404_html(sim):
    answer = requests.get(sim.origin + "/api/v2/orders/list", timeout=TIMEOUT)
    assert answer.status_code == 404


def test_unknown_order_may_answer_200_with_error(make_sim):
    api = Api(make_sim(unknown_order="error"), language="uk")
    assert api.get("/orders/1") == {"error": "Замовлення не знайдено"}


def test_unknown_option_is_a_programming_error():
    with pytest.raises(TypeError):
        PromSimulator(colour="red")
    with pytest.raises(ValueError, match="unknown_order"):
        PromSimulator(unknown_order="500")
