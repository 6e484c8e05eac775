"""What the network and the server do on a bad day, every fault of the simulator."""

import pytest
from prom_api import errors, paging

from tests.prom_simulator.faults import FAULTS

LIST = "/orders/list"
SET_STATUS = "/orders/set_status"

#: (fault, its arguments): one bad answer that a read survives without telling anybody.
SURVIVED_BY_READS = [
    ("too_many_requests", {}),
    ("too_many_requests", {"retry_after": 3}),
    ("server_error", {"status": 500}),
    ("server_error", {"status": 503}),
    ("refuse", {}),
    ("reset", {"at": "headers"}),
    ("reset", {"at": "body"}),
    ("cut_json", {"mode": "length"}),
    ("cut_json", {"mode": "premature"}),
    ("html_200", {}),
    ("empty_body", {}),
    ("answer_lost", {}),
]
#: (fault, its arguments, error): the write is sent once and its outcome is unknown.
UNKNOWN_TO_WRITES = [
    ("server_error", {"status": 502}, errors.ServerFailed),
    ("server_error", {"status": 500, "applied": True}, errors.ServerFailed),
    ("refuse", {}, errors.ConnectionFailed),
    ("reset", {"at": "headers"}, errors.ConnectionFailed),
    ("reset", {"at": "body"}, errors.ConnectionFailed),
    ("cut_json", {"mode": "length"}, errors.AnswerUnreadable),
    # Older releases of requests do not notice the missing end, the decoder does.
    ("cut_json", {"mode": "premature"}, (errors.ConnectionFailed, errors.AnswerUnreadable)),
    ("html_200", {}, errors.AnswerUnreadable),
    ("html_200", {"applied": True}, errors.AnswerUnreadable),
    ("empty_body", {}, errors.AnswerUnreadable),
    ("answer_lost", {}, errors.ConnectionFailed),
]
#: Of files; see test_portal_fetch.py.
OF_FILES = {"redirect", "bomb"}
#: Faults with a test of their own for reads, for writes, or meaningless there.
OWN_TEST_READS = {
    "latency",
    "content_type",
    "partial_processed",
    "truncated_list",
    "page_shift",
    "token_expired",
    "clock_skew",
    "poison_record",
} | OF_FILES
OWN_TEST_WRITES = {
    "latency",
    "too_many_requests",
    "content_type",
    "partial_processed",
    "token_expired",
    "clock_skew",
} | {"truncated_list", "page_shift", "poison_record", *OF_FILES}


def walk(client, limit=7):
    def fetch(last_id, limit):
        return client.orders_list(last_id=last_id, limit=limit)

    return [record for page in paging.iter_pages(fetch, limit=limit) for record in page]


def receive(client, *order_ids):
    return client.orders_set_status(order_ids, "received")


@pytest.fixture
def pending_id(sim):
    return str(sim.add_order(kind="pending")["id"])


def attempts(sim):
    return len(sim.requests(SET_STATUS, "POST"))


def test_every_fault_is_covered():
    assert {name for name, _args in SURVIVED_BY_READS} | OWN_TEST_READS == set(FAULTS)
    assert {name for name, *_rest in UNKNOWN_TO_WRITES} | OWN_TEST_WRITES == set(FAULTS)


# Reads


@pytest.mark.parametrize(("name", "args"), SURVIVED_BY_READS)
def test_a_read_is_repeated_after_a_passing_fault(sim, client, exchanges, name, args):
    fault = sim.faults.add(name, path=LIST, after=1, **args)
    assert len(walk(client)) == len(sim.state.orders)
    assert fault.hits == 1
    assert max(exchange.attempt for exchange in exchanges) == 2


@pytest.mark.parametrize(
    ("name", "args", "error"),
    [
        ("too_many_requests", {}, errors.RateLimited),
        ("server_error", {"status": 503}, errors.ServerFailed),
        ("reset", {}, errors.ConnectionFailed),
        ("html_200", {}, errors.AnswerUnreadable),
    ],
)
def test_a_read_gives_up_after_some_attempts(sim, client, exchanges, name, args, error):
    sim.faults.add(name, times=None, **args)
    with pytest.raises(error) as caught:
        client.orders_list()
    assert caught.value.endpoint == "GET /orders/list"
    assert [exchange.attempt for exchange in exchanges] == [1, 2, 3, 4, 5]
    assert all(exchange.error for exchange in exchanges)


def test_a_read_that_times_out_is_repeated(sim, make_client, exchanges):
    sim.faults.add("latency", seconds=0.9)
    assert make_client(sim.url, timeout=0.4).orders_list()
    assert [exchange.status for exchange in exchanges] == [None, 200]


def test_a_wrong_content_type_does_not_matter(sim, client):
    sim.faults.add("content_type")
    assert client.orders_list()


def test_a_rejected_token_is_reported_at_once(sim, client, exchanges):
    sim.faults.add("token_expired")
    with pytest.raises(errors.TokenRejected) as caught:
        client.orders_list()
    assert caught.value.status == 401
    assert len(exchanges) == 1


def test_a_token_without_the_orders_section_is_rejected(sim, make_client):
    sim.tokens.add("products-only-token", scopes=["products"])
    client = make_client(sim.url, token="products-only-token")
    assert client.products_list()
    with pytest.raises(errors.TokenRejected):
        client.orders_list()


def test_records_missing_at_the_end_of_a_page_come_with_the_next_one(sim, client):
    sim.faults.add("truncated_list", path=LIST, times=2, drop=2)
    assert {record["id"] for record in walk(client)} == set(sim.state.orders)


@pytest.mark.parametrize("change", ["new", "touch"])
def test_orders_that_appear_or_change_meanwhile_hide_no_others(sim, client, change):
    before = set(sim.state.orders)
    sim.faults.add("page_shift", path=LIST, times=None, change=change)
    assert before <= {record["id"] for record in walk(client)}


def test_a_foreign_record_in_a_page_costs_nobody_else_its_place(sim, client):
    sim.faults.add("poison_record", path=LIST, after=1, kind="missing_id")
    records = walk(client)
    good = [record for record in records if "id" in record]
    assert len(records) - len(good) == 1
    assert [record["id"] for record in good] == sorted(sim.state.orders, reverse=True)


def test_a_server_with_a_wrong_clock_is_read_all_the_same(sim, client):
    sim.faults.add("clock_skew", path=LIST)
    assert client.orders_list()


# Writes


@pytest.mark.parametrize(("name", "args", "error"), UNKNOWN_TO_WRITES)
def test_a_write_of_unknown_outcome_is_not_repeated(
    sim, client, exchanges, pending_id, name, args, error
):
    sim.faults.add(name, path=SET_STATUS, **args)
    with pytest.raises(error) as caught:
        receive(client, pending_id)
    assert not caught.value.repeatable
    assert caught.value.endpoint == "POST /orders/set_status"
    assert len(exchanges) == 1


def test_a_write_whose_answer_was_lost_has_happened_once(sim, client, pending_id):
    sim.faults.add("answer_lost", path=SET_STATUS)
    with pytest.raises(errors.ConnectionFailed):
        receive(client, pending_id)
    assert attempts(sim) == len(sim.writes("order")) == 1


def test_a_write_that_times_out_is_not_repeated(sim, make_client, pending_id):
    sim.faults.add("latency", seconds=0.9)
    with pytest.raises(errors.ConnectionFailed):
        receive(make_client(sim.url, timeout=0.4), pending_id)
    assert attempts(sim) == 1


def test_a_write_is_repeated_after_429(sim, client, pending_id, fake_time):
    sim.faults.add("too_many_requests", path=SET_STATUS, retry_after=2)
    assert receive(client, pending_id).confirmed == {pending_id}
    assert attempts(sim) == 2
    assert fake_time.slept == [2]


def test_a_write_is_repeated_when_no_connection_could_be_made(sim, make_client, pending_id):
    def come_back(_seconds):
        sim.start()

    client = make_client(sim.url, sleep=come_back)
    sim.stop()
    assert receive(client, pending_id).confirmed == {pending_id}
    assert attempts(sim) == 1


def test_a_write_that_never_left_says_so(sim, client, pending_id):
    sim.stop()
    with pytest.raises(errors.ConnectionFailed) as caught:
        receive(client, pending_id)
    assert caught.value.repeatable


def test_a_rejected_token_is_reported_at_once_for_writes(sim, client, pending_id):
    sim.faults.add("token_expired", path=SET_STATUS)
    with pytest.raises(errors.TokenRejected):
        receive(client, pending_id)
    assert attempts(sim) == 1


def test_orders_left_out_of_the_answer_are_unconfirmed(sim, client):
    ids = [str(sim.add_order(kind="pending")["id"]) for _ in range(4)]
    sim.faults.add("partial_processed", path=SET_STATUS, every=2)
    verdict = receive(client, *ids)
    assert verdict.confirmed == {ids[0], ids[2]}
    assert verdict.unconfirmed(ids) == (ids[1], ids[3])
    assert not verdict.errors


@pytest.mark.parametrize("name", ["content_type", "clock_skew"])
def test_a_write_is_confirmed_by_the_body_alone(sim, client, pending_id, name):
    sim.faults.add(name, path=SET_STATUS)
    assert receive(client, pending_id).confirmed == {pending_id}
