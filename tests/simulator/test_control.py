"""The Python face, the control calls over HTTP and the command line."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from datetime import datetime, timezone
from pathlib import Path

import pytest
import requests

from tests.prom_simulator import PromSimulator

from .conftest import TIMEOUT, Api

ROOT = Path(__file__).resolve().parents[2]


def control(sim, method, path, data=None):
    answer = requests.request(method, f"{sim.origin}/_admin/{path}", json=data, timeout=TIMEOUT)
    return answer.json()


def test_package_needs_the_standard_library_only():
    code = (
        "import sys; before = set(sys.modules); import tests.prom_simulator.__main__; "
        "print(sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    outside = {name.strip(" '") for name in out.strip("[]\n").split(",")} - set(
        sys.stdlib_module_names
    )
    assert outside <= {"tests"}


def test_context_manager_starts_and_stops():
    with PromSimulator() as sim:
        assert sim.url.startswith("http://127.0.0.1:")
        assert sim.url.endswith("/api/v1")
        assert Api(sim).get("/orders/list")["orders"]
    with pytest.raises(requests.exceptions.ConnectionError):
        Api(sim).get("/orders/list")


def test_second_start_uses_the_same_port(sim, api):
    url = sim.url
    api.get("/orders/list")
    sim.stop()
    with pytest.raises(requests.exceptions.ConnectionError):
        api.get("/orders/list")
    sim.start()
    assert sim.url == url
    assert api.get("/orders/list")["orders"]


def test_start_and_stop_may_be_repeated(sim):
    assert sim.start() is sim
    sim.stop()
    sim.stop()


def test_connection_is_kept_alive(sim):
    connection = http.client.HTTPConnection("127.0.0.1", sim.port, timeout=TIMEOUT)
    headers = {"Authorization": f"Bearer {sim.token}"}
    ports = set()
    for _ in range(3):
        connection.request("GET", "/api/v1/orders/list", headers=headers)
        connection.getresponse().read()
        ports.add(connection.sock.getsockname()[1])
    assert len(ports) == 1
    connection.close()


def test_chunked_request_body_is_read(sim, api):
    key = sim.add_order(kind="pending")["id"]
    body = (part for part in (b'{"ids": [', str(key).encode(), b'], "status": "received"}'))
    answer = api.call("POST", "/orders/set_status", data=body)
    assert answer.json() == {"processed_ids": [key]}


def test_parallel_requests_are_served(sim):
    results = []

    def work():
        client = Api(sim)
        for _ in range(5):
            results.append(len(client.get("/orders/list", limit=100)["orders"]))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)
    assert results == [40] * 40


def test_journal_keeps_every_request(sim, api):
    api.get("/orders/list", limit=3)
    api.post("/orders/set_status", {"ids": [1], "status": "received"})
    first, second = sim.requests()
    assert (first.method, first.path, first.query, first.status) == (
        "GET", "/orders/list", {"limit": "3"}, 200)  # fmt: skip
    assert second.body == {"ids": [1], "status": "received"}
    assert first.time <= second.time
    assert sim.requests("/orders/*", "post") == [second]
    assert sim.requests(method="PUT") == []


def test_journal_notes_writes_that_were_applied(sim, api):
    key = sim.add_order(kind="pending")["id"]
    api.post("/orders/set_status", {"ids": [key, 1], "status": "received"})
    (write,) = sim.writes()
    assert (write.model, write.id, write.path) == ("order", key, "/orders/set_status")
    assert write.changes["status"] == "received"
    assert sim.writes("product") == []
    assert sim.writes(path="/orders/*") == [write]


def test_reset_brings_the_data_back(sim, api):
    before = list(sim.state.orders)
    sim.add_order(kind="plain")
    sim.faults.add("server_error", times=None)
    sim.reset()
    assert list(sim.state.orders) == before
    assert sim.requests() == []
    assert api.get("/orders/list")["orders"]


def test_now_can_be_chosen_and_moved():
    now = datetime(2026, 2, 1, 10, tzinfo=timezone.utc)
    sim = PromSimulator(now=now)
    assert max(row["date_created"] for row in sim.state.orders.values()).startswith("2026-0")
    sim.clock.advance(86400)
    assert sim.add_order(kind="plain")["date_created"].startswith("2026-02-02T10:00")
    with pytest.raises(ValueError, match="time zone"):
        PromSimulator(now=datetime(2026, 2, 1))  # noqa: DTZ001 - the mistake under test


def test_stamps_never_repeat(sim):
    stamps = [sim.clock.stamp() for _ in range(500)]
    assert len(set(stamps)) == 500
    assert stamps == sorted(stamps)


def test_order_json_is_what_the_api_shows(sim):
    key = sim.orders_of("delivered")[0]
    shown = Api(sim, "uk").get(f"/orders/{key}")["order"]
    assert sim.order_json(key, "uk") == shown
    key = sim.products_of("plain")[0]
    assert sim.product_json(key, "uk") == Api(sim, "uk").get(f"/products/{key}")["product"]


def test_control_shows_state_journal_and_kinds(sim, api):
    api.get("/orders/list")
    assert control(sim, "GET", "health")["status"] == "ok"
    state = control(sim, "GET", "state")
    assert state["counts"] == {
        "orders": 40, "products": 60, "groups": 11, "clients": len(sim.state.clients),
        "messages": 8}  # fmt: skip
    assert "commission_zero" in state["orders"][-1]["kinds"]
    journal = control(sim, "GET", "journal?path=/orders/*")
    assert journal["requests"][0]["token"] == "..." + sim.token[-4:]
    kinds = control(sim, "GET", "kinds")
    assert "evopay_paid" in kinds["orders"]
    assert "latency" in kinds["faults"]


def test_control_orders_faults(sim, loose):
    fault = {"name": "server_error", "status": 503, "path": "/orders/*"}
    assert control(sim, "POST", "faults", fault)["args"]["status"] == 503
    assert loose.call("GET", "/orders/list").status_code == 503
    assert control(sim, "GET", "faults")["faults"][0]["hits"] == 1
    control(sim, "POST", "faults", {"name": "html_200", "times": None})
    assert control(sim, "DELETE", "faults") == {"faults": []}
    assert loose.get("/orders/list")["orders"]
    assert "unknown fault" in control(sim, "POST", "faults", {"name": "x"})["error"]


def test_control_changes_orders_and_products(sim):
    order = control(sim, "POST", "orders", {"kind": "door+evopay_paid", "email": "x@example.com"})
    key = order["order"]["id"]
    assert sim.state.orders[key]["email"] == "x@example.com"
    control(sim, "POST", "orders", {"touch": key, "client_notes": "нове"})
    assert sim.state.orders[key]["client_notes"] == "нове"
    assert control(sim, "POST", "orders", {"poison": "missing_id"})["key"] in sim.state.orders
    product = control(sim, "POST", "products", {"sku": "CTRL"})["product"]["id"]
    control(sim, "POST", "products", {"touch": product, "quantity_in_stock": 2})
    assert sim.state.products[product]["quantity_in_stock"] == 2
    control(sim, "POST", "products", {"remove": product})
    assert product not in sim.state.products
    assert control(sim, "POST", "products", {"poison": "product_wrong_types"})["key"]
    assert "error" in control(sim, "POST", "orders", {"kind": "nonsense"})


def test_control_sets_options_and_resets(sim):
    assert control(sim, "POST", "options", {"default_limit": 3})["default_limit"] == 3
    assert len(Api(sim).get("/orders/list")["orders"]) == 3
    assert "error" in control(sim, "POST", "options", {"colour": 1})
    sim.add_order(kind="plain")
    control(sim, "POST", "reset")
    assert len(sim.state.orders) == 40
    assert "known" in control(sim, "GET", "nothing")


def test_control_is_neither_journalled_nor_spoilt(sim):
    sim.faults.add("server_error", times=None)
    assert control(sim, "GET", "health")["status"] == "ok"
    assert sim.requests() == []


def run_module(*args):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.prom_simulator", *args],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_module_serves_until_a_signal(number):
    process = run_module("--port", "0", "--orders", "25", "--products", "30", "--token", "abc")
    line = process.stdout.readline()
    url = line.split(" at ")[1].split()[0]
    assert line == f"Prom simulator ready at {url} token=abc\n"
    answer = requests.get(
        url + "/orders/list?limit=100", headers={"Authorization": "Bearer abc"}, timeout=TIMEOUT
    )
    assert len(answer.json()["orders"]) == 25
    process.send_signal(number)
    out, err = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, out, err) == (0, "", "")


def test_taken_port_is_one_clear_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = run_module("--port", str(port))
        out, err = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 1
    assert out == ""
    assert err == f"Cannot listen on 127.0.0.1:{port}: Address already in use.\n"


def test_large_shop_is_read_in_as_many_pages_as_it_has(make_sim):
    sim = make_sim(orders=5000, products=20_000)
    assert len(sim.state.products) == 20_000
    api = Api(sim)
    api.strict = False
    assert len(api.walk("/orders/list", "orders", limit=100)) == 5000
    # The last identifier comes once more on the next page, which therefore has one less.
    assert len(sim.requests("/orders/list")) <= 52


def test_tokens_are_allowed_and_withdrawn_over_http():
    with PromSimulator(seed=1, orders=1, products=1, token="t") as sim:

        def status(path, token):
            headers = {"Authorization": f"Bearer {token}"}
            return requests.get(sim.url + path, headers=headers, timeout=TIMEOUT).status_code

        control(sim, "POST", "tokens", {"token": "half", "scopes": ["orders"]})
        assert status("/orders/list", "half") == 200
        assert status("/products/list", "half") == 401
        control(sim, "POST", "tokens", {"expire": "half"})
        assert status("/orders/list", "half") == 401
        control(sim, "POST", "tokens", {"token": "whole"})
        assert status("/products/list", "whole") == 200
        control(sim, "POST", "tokens", {"revoke": "whole"})
        assert status("/products/list", "whole") == 401
        assert (
            "unknown sections"
            in control(sim, "POST", "tokens", {"token": "x", "scopes": ["moon"]})["error"]
        )
