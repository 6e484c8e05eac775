"""Properties that hold for any input."""

import json
from decimal import Decimal

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.prom_simulator import PromSimulator
from tests.prom_simulator.table import Table
from tests.prom_simulator.text import MONEY_FORMS, money_text

from .conftest import TIMEOUT, Api
from .money import read_money

SOME = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
FIELDS = st.sampled_from([
    "id", "ids", "status", "custom_status_id", "cancellation_reason", "cancellation_text",
    "order_id", "declaration_id", "delivery_type", "price", "prices", "discount", "presence",
    "quantity_in_stock", "name", "url", "updated_fields", "lang", "product_id", "group_id",
    "message", "room_ident", "user_id", "body", "receipt_url",
])  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["received", "canceled", "another", "uk", "available", "nova_poshta"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
WRITES = [
    "/orders/set_status", "/orders/refund", "/delivery/save_declaration_id", "/products/edit",
    "/products/edit_by_external_id", "/products/import_url", "/messages/set_status",
    "/messages/reply", "/chat/send_message", "/chat/mark_message_read",
]  # fmt: skip


@pytest.fixture(scope="module")
def shared():
    with PromSimulator(seed=8, orders=25, products=30) as sim:
        yield sim


@SOME
@given(
    st.decimals(min_value=-(10**7), max_value=10**9, places=2), st.sampled_from(list(MONEY_FORMS))
)
def test_money_text_always_reads_back(amount, form):
    assert read_money(money_text(amount, form)) == Decimal(amount)


@SOME
@given(st.integers(1, 120), st.booleans(), st.sampled_from(["/orders", "/products"]))
def test_walk_by_last_id_meets_every_record_once(shared, limit, inclusive, path):
    name = path.strip("/")
    shared.options.last_id_inclusive = inclusive
    if limit == 1 and inclusive:
        limit = 2
    rows = Api(shared).walk(path + "/list", name, limit=limit)
    assert [row["id"] for row in rows] == list(getattr(shared.state, name))[::-1]


@SOME
@given(st.lists(st.integers(0, 50)), st.integers(-1, 51), st.booleans())
def test_table_pages_like_a_sorted_list(keys, last_id, inclusive):
    table = Table()
    for key in keys:
        table[key] = key
    wanted = sorted({key for key in keys if key < last_id or (inclusive and key == last_id)})
    assert [key for key, _row in table.descending(last_id, inclusive)] == wanted[::-1]
    assert [key for key, _row in table.ascending(last_id, inclusive, below=True)] == wanted
    upper = sorted({key for key in keys if key > last_id or (inclusive and key == last_id)})
    assert [key for key, _row in table.ascending(last_id, inclusive)] == upper


@settings(SOME, max_examples=150)
@given(JSON, st.sampled_from(WRITES))
def test_any_json_body_gets_a_documented_answer(shared, body, path):
    answer = Api(shared).call(
        "POST", path, data=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 200


@SOME
@given(st.binary(max_size=60), st.sampled_from([*WRITES, "/products/import_file"]))
def test_any_bytes_get_a_documented_answer(shared, body, path):
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert Api(shared).call("POST", path, data=body, headers=headers).status_code == 200


@SOME
@given(st.dictionaries(st.sampled_from(["limit", "last_id", "status", "date_from", "sort_dir",
                                        "last_modified_to", "group_id", "search_term"]),
                       st.text(max_size=12)),
       st.sampled_from(["/orders/list", "/products/list", "/groups/list", "/clients/list",
                        "/messages/list"]))  # fmt: skip
def test_any_query_gets_a_documented_answer(shared, query, path):
    assert Api(shared).call("GET", path, params=query).status_code == 200


@SOME
@given(st.text(min_size=1, max_size=20))
def test_any_external_id_can_be_asked_for(shared, text):
    url = shared.url + "/products/by_external_id/" + requests.utils.quote(text, safe="")
    headers = {"Authorization": f"Bearer {shared.token}"}
    assert requests.get(url, headers=headers, timeout=TIMEOUT).status_code in (200, 404)
