"""Pace, waiting and giving up; nothing here really waits."""

import socket
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
import requests
from prom_api import answers, const, errors

NOW = datetime(2026, 11, 3, 10, 0, tzinfo=timezone.utc)


def test_calls_keep_the_minimum_interval(sim, make_client, fake_time):
    client = make_client(sim.url, min_interval=0.5)
    for _ in range(3):
        client.payment_options_list()
    assert fake_time.slept == [0.5, 0.5]


def test_clients_wait_for_the_turn_they_are_given(sim, make_client, fake_time):
    asked, turns = [], iter((0, 0.3, 1.5))

    def take_turn(interval):
        asked.append(interval)
        return next(turns)

    for _number in range(3):
        make_client(sim.url, min_interval=0.5, take_turn=take_turn).payment_options_list()
    assert asked == [0.5, 0.5, 0.5]
    assert fake_time.slept == [0.3, 1.5]


def test_a_pause_longer_than_the_interval_costs_nothing(sim, make_client, fake_time):
    client = make_client(sim.url, min_interval=0.5)
    client.payment_options_list()
    fake_time.now += 1
    client.payment_options_list()
    assert fake_time.slept == []


def test_waits_grow_with_full_jitter(sim, client, fake_time):
    sim.faults.add("server_error", times=None)
    for _ in range(20):
        with pytest.raises(errors.ServerFailed):
            client.payment_options_list()
    per_call = const.MAX_ATTEMPTS - 1
    assert len(fake_time.slept) == 20 * per_call
    for index in range(per_call):
        waits = fake_time.slept[index::per_call]
        assert all(0 <= wait <= const.BACKOFF * 2**index for wait in waits)
        assert max(waits) - min(waits) > const.BACKOFF * 2**index / 4


def test_retry_after_in_seconds_is_honoured(sim, client, fake_time):
    sim.faults.add("too_many_requests", retry_after=7)
    client.payment_options_list()
    assert fake_time.slept == [7]


def test_retry_after_as_a_date_is_honoured(sim, client, fake_time):
    sim.faults.add("too_many_requests", retry_after=9, http_date=True)
    client.payment_options_list()
    assert fake_time.slept == [pytest.approx(9, abs=1)]


def test_a_date_is_counted_by_the_server_s_clock_when_it_is_wrong(odd, odd_client, fake_time):
    dates = [format_datetime(NOW + timedelta(seconds=more), usegmt=True) for more in (0, 9)]
    odd.say("", 429, Date=dates[0], Retry_After=dates[1])
    odd.say('{"payment_options": []}')
    odd_client.payment_options_list()
    assert fake_time.slept == [9]


@pytest.mark.parametrize(
    ("status", "error"), [(429, errors.RateLimited), (503, errors.ServerFailed)]
)
def test_a_wait_beyond_the_budget_is_left_to_the_caller(odd, make_client, fake_time, status, error):
    odd.say("later", status, Retry_After="120")
    with pytest.raises(error) as caught:
        make_client(odd.url, budget=30).payment_options_list()
    assert caught.value.retry_after == 120
    assert fake_time.slept == []
    assert len(odd.requests) == 1


def test_the_budget_covers_all_waits_of_a_call(sim, make_client, fake_time):
    sim.faults.add("too_many_requests", times=None, retry_after=4)
    with pytest.raises(errors.RateLimited):
        make_client(sim.url, budget=10).payment_options_list()
    assert fake_time.slept == [4, 4]


def test_every_call_has_its_own_budget(sim, make_client):
    client = make_client(sim.url, budget=10)
    for _ in range(3):
        sim.faults.add("too_many_requests", times=2, retry_after=4)
        assert client.payment_options_list()


def test_without_retry_after_the_caller_learns_that_no_time_was_named(sim, client):
    sim.faults.add("too_many_requests", times=None)
    with pytest.raises(errors.RateLimited) as caught:
        client.payment_options_list()
    assert caught.value.retry_after is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 5 ", 5),
        ("9" * 40, const.MAX_RETRY_AFTER),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0),
        (format_datetime(NOW + timedelta(days=30), usegmt=True), const.MAX_RETRY_AFTER),
        ("-5", None),
        ("soon", None),
        ("1.5", None),
        ("²", None),
        ("", None),
        ("Tue, 99 Nov 2026 10:00:00 GMT", None),
    ],
)
def test_retry_after_is_understood_or_ignored(value, seconds):
    headers = {"Retry-After": value, "Date": format_datetime(NOW, usegmt=True)}
    assert answers.retry_after(headers) == seconds


def test_a_date_without_the_server_s_own_is_counted_from_now():
    until = datetime.now(timezone.utc) + timedelta(seconds=60)
    seconds = answers.retry_after({"Retry-After": format_datetime(until, usegmt=True)})
    assert 55 <= seconds <= 60


def test_no_header_means_no_time():
    assert answers.retry_after({}) is None


class FailingSession:
    """Stands in for a session where the wire cannot show or provoke what is asked."""

    def __init__(self, error):
        self.error = error
        self.calls = []

    def request(self, _method, _url, **options):
        self.calls.append(options)
        raise self.error

    def close(self):
        pass


def test_the_timeout_is_one_number_of_ten_or_more(make_client):
    session = FailingSession(ConnectionResetError("gone"))
    with pytest.raises(errors.ConnectionFailed):
        make_client("http://localhost", session=session).payment_options_list()
    timeout = session.calls[0]["timeout"]
    assert isinstance(timeout, int | float)
    assert timeout >= 10
    assert session.calls[0]["allow_redirects"] is False


@pytest.mark.parametrize(
    ("error", "attempts"),
    [
        (requests.ConnectTimeout(), const.MAX_ATTEMPTS),
        (requests.ReadTimeout(), 1),
        (requests.exceptions.SSLError(), 1),
        (requests.exceptions.ChunkedEncodingError(), 1),
        (ConnectionResetError(), 1),
    ],
)
def test_a_write_is_repeated_only_if_the_connection_was_never_made(make_client, error, attempts):
    session = FailingSession(error)
    with pytest.raises(errors.ConnectionFailed):
        make_client("http://localhost", session=session).orders_set_status(["1"], "paid")
    assert len(session.calls) == attempts


def test_an_unknown_host_means_that_nothing_was_sent(make_client, monkeypatch):
    def fail(*_args, **_kwargs):
        raise socket.gaierror("Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(errors.ConnectionFailed) as caught:
        make_client("http://prom.invalid").orders_set_status(["1"], "paid")
    assert caught.value.repeatable


def test_an_earlier_failure_of_the_caller_proves_nothing_about_a_write(make_client):
    session = FailingSession(requests.ReadTimeout())
    client = make_client("http://localhost", session=session)
    try:
        FailingSession(ConnectionRefusedError()).request("GET", "/")
    except ConnectionRefusedError:
        with pytest.raises(errors.ConnectionFailed):
            client.orders_set_status(["1"], "paid")
    assert len(session.calls) == 1
