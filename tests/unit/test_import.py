"""Imports of a price list: asking, refusals, the report."""

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from prom_api import const, errors
from prom_api.schema_import import ImportStatus, parse_import_id

from tests.prom_simulator.feed_import import KNOWN_FIELDS, MISSING_CHOICES

from .strategies import JSON, PROPERTY

URL = "https://shop.example.com/feed.xml"
FINAL = {
    "status": "PARTIAL",
    "total": 3,
    "created": 1,
    "updated": "1",
    "not_changed": 0,
    "not_in_fle": 4,
    "with_errors_count": 1,
    "errors": [
        {"validation": [{"offer": "A1", "message": "no price"}]},
        {"download_images": [{"offer": "A2", "url": "https://x/1.png", "code": 2004}]},
    ],
}


def test_settings_are_those_that_the_simulator_knows():
    assert set(KNOWN_FIELDS) >= const.IMPORT_FIELDS
    assert const.MISSING_CHOICES == MISSING_CHOICES


def test_import_is_asked_for_and_followed_through_its_lies(sim, client):
    key = client.products_import_url(URL, updated_fields=["price"])
    assert len(key) == 24
    assert sim.state.imports[key].settings == {
        "url": URL,
        "updated_fields": ["price"],
        "force_update": False,
        "only_available": False,
        "mark_missing_product_as": "none",
    }
    assert sim.state.imports[key].finished.wait(10)
    early, later, final = (client.import_status(key) for _ in range(3))
    assert (early.status, early.counters["total"]) == ("SUCCESS", 0)
    assert (later.status, later.counters["total"]) == ("PARTIAL", 0)
    assert final.counters["not_changed"] == final.counters["total"] > 0
    assert not final.problems


def test_daily_limit_is_a_refusal_in_words(sim, client):
    sim.options.import_daily_limit = 0
    with pytest.raises(errors.RequestRejected, match="ліміт"):
        client.products_import_url(URL, updated_fields=["price"])


@pytest.mark.parametrize("settings", [
    {"updated_fields": []},
    {"updated_fields": ["colour"]},
    {"updated_fields": ["price"], "mark_missing_product_as": "gone"},
])  # fmt: skip
def test_unknown_settings_are_never_sent(sim, client, settings):
    with pytest.raises(ValueError, match="."):
        client.products_import_url(URL, **settings)
    assert not sim.state.imports


def test_client_that_only_reads_shows_the_request(sim, make_client):
    with pytest.raises(errors.WriteRefused) as refused:
        make_client(sim.url, read_only=True).products_import_url(URL, updated_fields=["price"])
    assert refused.value.request.body["url"] == URL
    assert not sim.state.imports


def test_import_of_nobody_is_not_found(client):
    with pytest.raises(errors.NotFound):
        client.import_status("0" * 24)


@pytest.mark.parametrize(("answer", "error"), [
    ('{"status": "error", "message": "hangs"}', errors.RequestRejected),
    ('{"message": "the limit is reached"}', errors.RequestRejected),
    ('{"status": "success", "message": "the limit is reached"}', errors.RequestRejected),
    ('{"errors": {"url": "bad"}}', errors.RequestRejected),
    ('{"status": "success", "message": ""}', errors.AnswerUnreadable),
    ('{"id": [1], "status": "success"}', errors.AnswerUnreadable),
    ('{"id": null}', errors.AnswerUnreadable),
    ("{}", errors.AnswerUnreadable),
    ("<html>", errors.AnswerUnreadable),
])  # fmt: skip
def test_answer_without_an_identifier_is_refused_or_doubtful(odd, odd_client, answer, error):
    odd.say(answer)
    with pytest.raises(error):
        odd_client.products_import_url(URL, updated_fields=["price"])
    assert len(odd.requests) == 1


@pytest.mark.parametrize("answer", [
    '{"status": "error", "message": "no such import"}',
    '{"status": "Error", "message": "no such import"}',
    '{"error": "no such import"}',
    '{"errors": {"error": "no such import"}}',
])  # fmt: skip
def test_question_about_an_import_can_be_refused(odd, odd_client, answer):
    odd.say(answer)
    with pytest.raises(errors.RequestRejected, match="no such import"):
        odd_client.import_status("5f" * 12)


@pytest.mark.parametrize("word", ["fatal", " Fatal ", "FATAL"])
def test_fatal_end_is_no_refusal_though_it_names_an_error(odd, odd_client, word):
    odd.say(f'{{"status": "{word}", "error": "the file is empty"}}')
    status = odd_client.import_status("5f" * 12)
    assert (status.status, status.message) == (const.IMPORT_FATAL, "the file is empty")


def test_asking_to_import_waits_as_long_as_prom_may_take(odd, make_client):
    waits = []

    class Session(requests.Session):
        def request(self, *args, **options):
            waits.append(options["timeout"])
            return super().request(*args, **options)

    odd.say('{"id": 17}')
    odd.say('{"status": "SUCCESS"}')
    client = make_client(odd.url, session=Session())
    client.products_import_url(URL, updated_fields=["price"])
    client.import_status(17)
    # Two minutes have been seen.
    assert waits[0] > 120
    assert waits[1] == const.TIMEOUT


@pytest.mark.parametrize("key", ["5f" * 12, "AB" * 12, "17", 17])
def test_both_kinds_of_identifiers_are_understood(odd, odd_client, key):
    odd.say(f'{{"id": {key if isinstance(key, int) else chr(34) + key + chr(34)}}}')
    odd.say('{"status": "SUCCESS"}')
    assert odd_client.products_import_url(URL, updated_fields=["price"]) == str(key)
    odd_client.import_status(key)
    assert odd.requests[-1][0].endswith(f"/products/import/status/{key}")


@pytest.mark.parametrize("key", ["", "../orders", "0", "zz" * 12, None, True, 1.5])
def test_other_identifiers_go_into_no_address(key):
    with pytest.raises(ValueError, match="identifier"):
        parse_import_id(key)


def test_report_names_counters_and_products():
    status = ImportStatus.from_json(FINAL)
    assert [status.counters[key] for key in ("total", "updated", "not_in_file")] == [3, 1, 4]
    assert [(p.stage, p.external_id, p.message) for p in status.problems] == [
        ("validation", "A1", "no price"),
        ("download_images", "A2", "url: https://x/1.png; code: 2004"),
    ]


@pytest.mark.parametrize("entries", [
    [{"validation": [{"external_id": "A1", "message": "bad"}]}],
    {"validation": [{"external_id": "A1", "message": "bad"}]},
    {"validation": {"offer_id": "A1", "error": "bad"}},
    [[{"validation": {"identifier": "A1", "message": ["bad"]}}]],
])  # fmt: skip
def test_report_is_read_in_every_shape(entries):
    [problem] = ImportStatus.from_json({"errors": entries}).problems
    assert (problem.stage, problem.external_id, problem.message) == ("validation", "A1", "bad")


@pytest.mark.parametrize(("entry", "messages"), [
    ({"A1": "bad"}, ["bad"]),
    ({"A1": ["bad", "worse"]}, ["bad", "worse"]),
    ({"A1": {"message": "bad"}}, ["bad"]),
    ({"A1": {"price": ["bad"]}}, ["price: bad"]),
    ([{"A1": ["bad"]}], ["bad"]),
])  # fmt: skip
def test_report_may_have_products_as_keys(entry, messages):
    problems = ImportStatus.from_json({"errors": [{"validation": entry}]}).problems
    assert [problem.message for problem in problems] == messages
    assert {problem.external_id for problem in problems} == {"A1"}


def test_report_without_a_stage_is_kept():
    [problem] = ImportStatus.from_json({"errors": ["the file is empty"]}).problems
    assert (problem.stage, problem.message) == ("other", "the file is empty")


def test_right_and_wrong_spelling_of_a_counter_are_one():
    for key in ("not_in_file", "not_in_fle"):
        assert ImportStatus.from_json({key: 2}).counters["not_in_file"] == 2


@PROPERTY
@given(JSON)
def test_any_json_is_a_status_or_an_error(data):
    if not isinstance(data, dict):
        with pytest.raises(errors.SchemaError):
            ImportStatus.from_json(data)
        return
    ImportStatus.from_json(data)


@PROPERTY
@given(st.sampled_from(sorted(FINAL)), JSON)
def test_anything_in_one_place_hides_nothing_else(key, value):
    status = ImportStatus.from_json({**FINAL, key: value})
    assert all(isinstance(number, int) and number >= 0 for number in status.counters.values())
    if key != "errors":
        assert len(status.problems) == 2
    for problem in status.problems:
        assert isinstance(problem.message, str)


@PROPERTY
@given(st.sampled_from(sorted(const.IMPORT_STAGES)), JSON)
def test_any_report_of_a_stage_is_read(stage, value):
    for problem in ImportStatus.from_json({"errors": [{stage: value}]}).problems:
        assert len(problem.message) <= 2100
