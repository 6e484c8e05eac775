"""Files that Prom gives away under an address, over HTTP."""

import logging
import threading

import pytest
import requests
from prom_api.catalogue.errors import FileNotGiven, FileUnreadable
from prom_api.catalogue.fetch import CATEGORY_PATHS, fetch, is_address

from tests.prom_simulator import PromSimulator

XLS, XML = CATEGORY_PATHS


@pytest.fixture
def sim():
    with PromSimulator(seed=1, orders=0, products=5) as simulator:
        yield simulator


def get(sim, path=XLS, **options):
    return fetch(sim.origin + path, [sim.url], **options)


@pytest.mark.parametrize(
    ("address", "is_prom"),
    [
        ("https://my.prom.ua/cabinet/x", True),
        ("https://prom.ua/x", True),
        ("https://PROM.ua:443/x", True),
        ("http://127.0.0.1:8099/cabinet/x", True),
        ("http://127.0.0.1:8098/cabinet/x", False),
        ("http://my.prom.ua/x", False),
        ("https://evil.example/x", False),
        ("https://my.prom.ua.evil.example/x", False),
        ("https://my.prom.ua:8080/x", False),
        ("https://user@evil.example#my.prom.ua", False),
        ("https://my.prom.ua@evil.example/", False),
        ("file:///etc/passwd", False),
        ("https://[::1", False),
        ("my.prom.ua/x", False),
        ("", False),
    ],
)
def test_only_prom_is_asked(address, is_prom):
    assert is_address(address, ["http://127.0.0.1:8099/api/v1"]) is is_prom


def test_files_are_read(sim):
    assert get(sim).startswith(b"\xd0\xcf\x11\xe0")
    assert get(sim, XML).startswith(b"<?xml")


@pytest.mark.parametrize(
    ("fault", "args", "code"),
    [
        ("html_200", {}, "page"),
        ("server_error", {"status": 404}, "not_found"),
        ("server_error", {"status": 403}, "refused"),
        ("redirect", {"to": "http://evil.example/cabinet"}, "moved"),
        ("redirect", {"to": "//evil.example/cabinet"}, "moved"),
        ("redirect", {"to": "http://["}, "moved"),
        ("bomb", {"kind": "huge"}, "too_large"),
        ("bomb", {"kind": "gzip", "megabytes": 200}, "too_large"),
    ],
)
def test_what_gives_no_file_is_told(sim, fault, args, code):
    sim.faults.add(fault, path="/cabinet/*", times=None, **args)
    with pytest.raises(FileUnreadable) as caught:
        get(sim)
    assert caught.value.code == code


def test_a_redirect_within_prom_is_followed_and_a_circle_is_not(sim):
    sim.faults.add("redirect", path=XLS, to=XML)
    assert get(sim).startswith(b"<?xml")
    sim.faults.add("redirect", path=XLS, times=None, to=XLS)
    with pytest.raises(FileUnreadable) as caught:
        get(sim)
    assert caught.value.code == "moved"


@pytest.mark.parametrize(
    ("fault", "args", "seconds"),
    [
        ("too_many_requests", {"retry_after": 7}, 7),
        ("too_many_requests", {"retry_after": "9" * 400}, 86400),
        ("too_many_requests", {}, None),
        ("server_error", {"status": 503}, None),
        ("refuse", {}, None),
        ("reset", {"at": "headers"}, None),
        ("reset", {"at": "body"}, None),
        ("answer_lost", {}, None),
        ("cut_json", {"mode": "premature"}, None),
    ],
)
def test_what_may_pass_is_told_apart(sim, fault, args, seconds):
    sim.faults.add(fault, path="/cabinet/*", **args)
    with pytest.raises(FileNotGiven) as caught:
        get(sim)
    assert caught.value.seconds == seconds


def test_a_file_that_trickles_in_is_given_up(sim):
    times = iter(range(0, 10_000, 100))
    with pytest.raises(FileNotGiven):
        get(sim, patience=50, clock=lambda: next(times))


def test_an_answer_packed_in_an_unknown_way_is_refused(odd):
    odd.say(b"x", Content_Encoding="br")
    with pytest.raises(FileUnreadable) as caught:
        fetch(odd.url, [odd.url])
    assert caught.value.code == "broken"


# The link is a secret


def test_attributes_are_read_by_their_link_and_by_no_other(sim):
    link = sim.attribute_link(814)
    assert b'id="814"' in fetch(link, [sim.url])
    with pytest.raises(FileUnreadable):
        fetch(link.replace("access_token=", "access_token=x"), [sim.url])


@pytest.mark.parametrize(
    ("fault", "args"),
    [
        ("refuse", {}),
        ("reset", {"at": "body"}),
        ("answer_lost", {}),
        ("server_error", {"status": 404}),
        ("too_many_requests", {}),
        ("redirect", {"to": "http://evil.example/?access_token=abc"}),
    ],
)
def test_no_error_and_no_log_has_the_link_in_it(sim, caplog, fault, args):
    caplog.set_level(logging.DEBUG)
    link = sim.attribute_link(814)
    secret = link.rpartition("=")[2]
    assert fetch(link, [sim.url])
    sim.faults.add(fault, path="/cabinet/*", times=None, **args)
    with pytest.raises((FileNotGiven, FileUnreadable)) as caught:
        fetch(link, [sim.url])
    error, told = caught.value, []
    while error:
        told += [str(error), repr(error)]
        error = error.__cause__ or error.__context__
    told.append(caplog.text)
    assert secret not in " ".join(told)
    assert "/cabinet/" not in " ".join(told)


def test_other_threads_go_on_logging(sim, caplog):
    caplog.set_level(logging.DEBUG)
    sim.faults.add("latency", path="/cabinet/*", seconds=0.5)
    thread = threading.Thread(target=get, args=(sim,))
    thread.start()
    requests.get(f"{sim.origin}/somewhere", timeout=10)
    thread.join()
    assert "/somewhere" in caplog.text
    assert "/cabinet/" not in caplog.text
