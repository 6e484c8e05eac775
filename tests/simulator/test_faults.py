"""Every fault does what it says, as often as it says (api.md 5)."""

import contextlib
import json
import socket
import time
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import pytest
import requests

from tests.prom_simulator.faults import FAULTS

from .conftest import TIMEOUT, Api

LIST = "/orders/list"
BROKEN = requests.exceptions.ConnectionError


def pending(sim, count=1):
    return [sim.add_order(kind="pending")["id"] for _ in range(count)]


def receive(api, ids):
    return api.call("POST", "/orders/set_status", json={"ids": ids, "status": "received"})


def raw_get(sim, path):
    """Send a request over a plain socket and return every byte that comes back."""
    with socket.create_connection(("127.0.0.1", sim.port), TIMEOUT) as connection:
        head = f"GET /api/v1{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {sim.token}\r\n\r\n"
        connection.sendall(head.encode())
        data = b""
        while part := connection.recv(65536):
            data += part
        return data


def test_latency_delays_the_answer(sim, api):
    sim.faults.add("latency", seconds=0.15)
    start = time.monotonic()
    assert len(api.get(LIST)["orders"]) == 20
    assert time.monotonic() - start >= 0.15


def test_latency_of_one_call_does_not_delay_another(sim, api):
    sim.faults.add("latency", path="/products/*", seconds=0.5)
    start = time.monotonic()
    api.get(LIST)
    assert time.monotonic() - start < 0.4


def test_429_comes_without_retry_after(sim, loose):
    sim.faults.add("too_many_requests")
    answer = loose.call("GET", LIST)
    assert answer.status_code == 429
    assert "Retry-After" not in answer.headers
    assert loose.call("GET", LIST).status_code == 200


def test_429_comes_with_seconds_or_a_date(sim, loose):
    sim.faults.add("too_many_requests", retry_after=7)
    assert loose.call("GET", LIST).headers["Retry-After"] == "7"
    sim.faults.add("too_many_requests", retry_after=60, http_date=True)
    moment = parsedate_to_datetime(loose.call("GET", LIST).headers["Retry-After"])
    assert 55 < (moment - sim.clock.now()).total_seconds() <= 60


@pytest.mark.parametrize("status", [500, 502, 503])
def test_server_error_is_an_html_page(sim, loose, status):
    sim.faults.add("server_error", status=status)
    answer = loose.call("GET", LIST)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("applied", [False, True])
def test_failed_write_is_applied_only_when_asked(sim, loose, applied):
    (key,) = pending(sim)
    sim.faults.add("server_error", applied=applied)
    assert receive(loose, [key]).status_code == 502
    assert (sim.state.orders[key]["status"] == "received") is applied
    assert len(sim.writes()) == int(applied)


def test_refused_connection_gets_no_answer(sim, loose):
    sim.faults.add("refuse")
    with pytest.raises(BROKEN):
        loose.call("GET", LIST)
    assert sim.requests() == []
    assert loose.call("GET", LIST).status_code == 200


def test_kept_connection_is_refused_too(sim, loose):
    loose.call("GET", LIST)
    sim.faults.add("refuse", path=LIST)
    with pytest.raises(BROKEN):
        loose.call("GET", LIST)
    assert loose.call("GET", LIST).status_code == 200


def test_refusal_waits_for_its_turn(sim, loose):
    sim.faults.add("refuse", after=2)
    for _ in range(2):
        assert loose.call("GET", LIST).status_code == 200
    with pytest.raises(BROKEN):
        loose.call("GET", LIST)
    assert loose.call("GET", LIST).status_code == 200


@pytest.mark.parametrize("where", ["headers", "body"])
def test_reset_breaks_the_answer(sim, loose, where):
    sim.faults.add("reset", at=where)
    with pytest.raises((BROKEN, requests.exceptions.ChunkedEncodingError)):
        loose.call("GET", LIST)
    sim.faults.add("reset", at=where)
    with pytest.raises(ConnectionResetError):
        raw_get(sim, LIST)
    assert sim.requests()[0].status is None


@pytest.mark.parametrize("applied", [True, False])
def test_write_may_be_applied_although_the_connection_breaks(sim, loose, applied):
    (key,) = pending(sim)
    sim.faults.add("reset", applied=applied)
    with pytest.raises(BROKEN):
        receive(loose, [key])
    assert (sim.state.orders[key]["status"] == "received") is applied


def test_cut_json_fits_its_length(sim, loose):
    whole = loose.call("GET", LIST)
    sim.faults.add("cut_json")
    answer = loose.call("GET", LIST)
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert whole.content.startswith(answer.content)
    with pytest.raises(ValueError):
        json.loads(answer.content)


def test_premature_close_breaks_the_body(sim, loose):
    sim.faults.add("cut_json", mode="premature", keep=0.2)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        loose.call("GET", LIST)
    sim.faults.add("cut_json", mode="premature", keep=0.2)
    head, _, body = raw_get(sim, LIST).partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split()[0])
    assert 0 < len(body) < length


def test_html_with_200(sim, loose):
    sim.faults.add("html_200")
    answer = loose.call("GET", LIST)
    assert answer.status_code == 200
    assert answer.text.startswith("<!DOCTYPE html>")


def test_wrong_content_type_carries_right_json(sim, loose):
    sim.faults.add("content_type", value="text/plain")
    answer = loose.call("GET", LIST)
    assert answer.headers["Content-Type"] == "text/plain"
    assert len(answer.json()["orders"]) == 20


def test_empty_body_comes_with_200(sim, loose):
    sim.faults.add("empty_body")
    answer = loose.call("GET", LIST)
    assert (answer.status_code, answer.content) == (200, b"")


def test_answer_of_an_applied_write_is_lost(sim, loose):
    (key,) = pending(sim)
    sim.faults.add("answer_lost", path="/orders/set_status", method="POST")
    with pytest.raises(BROKEN):
        receive(loose, [key])
    assert sim.state.orders[key]["status"] == "received"
    assert sim.requests("/orders/set_status")[0].status is None
    assert receive(loose, [key]).json() == {"processed_ids": []}


@pytest.mark.parametrize("applied", [False, True])
def test_every_nth_id_is_left_out_silently(sim, api, applied):
    keys = pending(sim, 4)
    sim.faults.add("partial_processed", every=2, applied=applied)
    assert receive(api, keys).json() == {"processed_ids": [keys[0], keys[2]]}
    statuses = [sim.state.orders[key]["status"] for key in keys]
    left = "received" if applied else "pending"
    assert statuses == ["received", left, "received", left]


def test_partial_batch_works_for_products_too(sim, api):
    keys = sim.products_of("plain")[:3]
    sim.faults.add("partial_processed", every=3)
    data = api.post("/products/edit", [{"id": key, "price": 5} for key in keys])
    assert data == {"processed_ids": keys[:2], "errors": {}}
    assert sim.state.products[keys[2]]["price"] != 5


def test_partial_batch_leaves_a_reading_alone(sim, api):
    whole = api.get(LIST)
    sim.faults.add("partial_processed", times=None)
    assert api.get(LIST) == whole


def test_truncated_list_drops_records_silently(sim, api):
    whole = api.get(LIST)["orders"]
    sim.faults.add("truncated_list", drop=3)
    assert api.get(LIST)["orders"] == whole[:-3]
    assert api.get(LIST)["orders"] == whole


@pytest.mark.parametrize(("path", "name"), [(LIST, "orders"), ("/products/list", "products")])
def test_page_shift_adds_records_between_pages(sim, api, path, name):
    before = len(getattr(sim.state, name))
    sim.faults.add("page_shift", count=2, times=None)
    first = api.get(path, limit=10)[name]
    assert len(getattr(sim.state, name)) == before
    api.get(path, limit=10, last_id=first[-1]["id"])
    assert len(getattr(sim.state, name)) == before + 2
    assert api.get(path, limit=1)[name][0]["id"] > first[0]["id"]


@pytest.mark.parametrize(("path", "name"), [(LIST, "orders"), ("/products/list", "products")])
def test_page_shift_changes_records_between_pages(sim, api, path, name):
    oldest = next(iter(getattr(sim.state, name).values()))
    before = oldest["date_modified"]
    sim.faults.add("page_shift", change="touch")
    first = api.get(path, limit=10)[name]
    api.get(path, limit=10, last_id=first[-1]["id"])
    assert oldest["date_modified"] > before


def test_token_expires_in_the_middle(sim, api):
    sim.faults.add("token_expired", after=1, times=None)
    assert api.call("GET", LIST).status_code == 200
    assert api.call("GET", LIST).status_code == 401
    assert api.call("GET", LIST).status_code == 401


def test_clock_skew_moves_dates_and_the_date_header(sim, api):
    straight = api.get(LIST, limit=1)["orders"][0]
    sim.faults.add("clock_skew", seconds=-7200)
    answer = api.call("GET", LIST, params={"limit": 1})
    skewed = answer.json()["orders"][0]
    difference = datetime.fromisoformat(skewed["date_created"]) - datetime.fromisoformat(
        straight["date_created"]
    )
    assert difference.total_seconds() == -7200
    header = parsedate_to_datetime(answer.headers["Date"])
    assert abs((datetime.now(timezone.utc) - header).total_seconds() - 7200) < 5
    assert {**skewed, "date_created": 0, "date_modified": 0} == {
        **straight, "date_created": 0, "date_modified": 0}  # fmt: skip


def test_poison_record_appears_in_one_page(sim, loose):
    before = len(sim.state.orders)
    sim.faults.add("poison_record", path=LIST, kind="missing_id")
    rows = loose.get(LIST)["orders"]
    assert "id" not in rows[0]
    assert len(sim.state.orders) == before
    assert "id" in loose.get(LIST)["orders"][0]


def test_poison_record_appears_in_every_other_list_too(sim, loose):
    for path, name in (("/groups/list", "groups"), ("/payment_options/list", "payment_options")):
        sim.faults.add("poison_record", path=path, kind="empty_object")
        rows = loose.get(path)[name]
        assert rows[0] == {}
        assert rows[1:] == loose.get(path)[name]


def test_poison_record_spoils_a_single_record(sim, loose):
    order_id = sim.add_order()["id"]
    sim.faults.add("poison_record", path="/orders/*", kind="unreadable_money")
    assert not any(sign.isdigit() for sign in loose.get(f"/orders/{order_id}")["order"]["price"])
    assert any(sign.isdigit() for sign in loose.get(f"/orders/{order_id}")["order"]["price"])


def test_after_and_times_count_matching_requests(sim, loose):
    fault = sim.faults.add("server_error", path="/orders/*", method="get", times=2, after=1)
    codes = [loose.call("GET", LIST).status_code for _ in range(4)]
    loose.call("GET", "/products/list")
    assert codes == [200, 502, 502, 200]
    assert (fault.seen, fault.hits) == (4, 2)


def test_share_hits_some_requests_by_chance(sim, loose):
    fault = sim.faults.add("server_error", times=None, share=0.3)
    codes = [loose.call("GET", LIST).status_code for _ in range(60)]
    assert set(codes) == {200, 502}
    assert fault.seen == 60
    assert fault.hits == codes.count(502) < 40


def test_faults_combine(sim, loose):
    sim.faults.add("latency", seconds=0.05)
    sim.faults.add("server_error", status=503)
    start = time.monotonic()
    assert loose.call("GET", LIST).status_code == 503
    assert time.monotonic() - start >= 0.05
    assert sim.requests()[0].faults == ["latency", "server_error"]


def test_lasting_fault_ends_when_cleared(sim, loose):
    sim.faults.add("server_error", times=None)
    sim.faults.add("html_200", times=None)
    assert loose.call("GET", LIST).status_code == 502
    sim.faults.clear("server_error")
    assert loose.call("GET", LIST).headers["Content-Type"].startswith("text/html")
    sim.faults.clear()
    assert loose.call("GET", LIST).json()["orders"]


def test_wrong_fault_is_a_programming_error(sim):
    with pytest.raises(ValueError, match="unknown fault"):
        sim.faults.add("earthquake")
    with pytest.raises(ValueError, match="takes"):
        sim.faults.add("latency", minutes=1)


@pytest.mark.parametrize("name", FAULTS)
def test_after_a_fault_the_simulator_works_on(sim, loose, name):
    sim.faults.add(name, **({"seconds": 0.01} if name == "latency" else {}))
    with contextlib.suppress(requests.exceptions.RequestException):
        loose.call("GET", LIST, params={"last_id": 400_000_000})
    sim.faults.clear()
    assert Api(sim).get(LIST)["orders"]


def test_faults_hit_pictures_only_where_they_are_ordered_for_them(sim, api):
    url = api.get(f"/products/{sim.products_of('plain')[0]}")["product"]["main_image"]
    sim.faults.add("server_error", times=None)
    assert requests.get(url, timeout=TIMEOUT).status_code == 200
    sim.faults.add("server_error", path="/media/*", status=503)
    assert requests.get(url, timeout=TIMEOUT).status_code == 503
    assert requests.get(url, timeout=TIMEOUT).status_code == 200
    assert len(sim.requests("/media/*")) == 3
