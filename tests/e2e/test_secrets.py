"""A store lives through good and bad days with everything logged; then everything is searched.

The tokens stand in one column and nowhere else, and the log names nobody. A neutralized copy of the
database, with all its work waiting, sends nothing at all.
"""

import base64
import contextlib
import json
import re
import subprocess
import time
import urllib.request
from dataclasses import dataclass

import pytest

from tests.e2e.conftest import Shop, quick_scheduler
from tests.e2e.test_first_store import wait_for
from tests.e2e.test_orders import call_simulator, get_stores, take_order
from tools import databases
from tools.console import Failure
from tools.demo import populate, wait_for_orders
from tools.odoo import Environment, free_port, odoo_server, prepare, prom_simulator
from tools.paths import LOGS
from tools.rpc import Client

pytestmark = pytest.mark.long

DATABASE = "test_e2e_secrets"
COPY = "test_e2e_neutral"
TOKEN = "tok3n-b7d2f8a94c6e1053-of-the-shop"
WRONG_TOKEN = "tok3n-00ff11ee22dd33cc-that-is-wrong"
NEW_TOKEN = "tok3n-5a6b7c8d9e0f1234-of-next-year"
SECRETS = (TOKEN, WRONG_TOKEN, NEW_TOKEN)
LOG = LOGS / "e2e-secrets.log"
# 128 bits in base64.
MIN_TOKEN = 22
#: What goes wrong, and what is done meanwhile.
FAULTS = (
    ({"name": "server_error", "path": "/orders/list"}, "orders"),
    ({"name": "too_many_requests", "path": "/orders/list", "retry_after": 1}, "orders"),
    ({"name": "html_200", "path": "/orders/list"}, "orders"),
    ({"name": "cut_json", "path": "/orders/list"}, "orders"),
    ({"name": "reset", "path": "/orders/list"}, "orders"),
    ({"name": "token_expired", "path": "/products/list", "times": 2}, "products"),
)
MODELS = ("merchant.", "product.data.feed")


@dataclass
class Life:
    """What is left of a shop: its database, its log, the marketplace, and people of its orders."""

    environment: Environment
    log: str
    simulator: str
    people: list
    exports: str


@pytest.fixture(scope="module")
def life():
    """A store that was connected, read, sent, failed and was mended; Odoo is stopped now."""
    environment = prepare(durable=False)
    databases.copy(environment, databases.suite_template(environment), DATABASE)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with prom_simulator(free_port(), TOKEN, log=LOGS / "e2e-secrets-simulator.log") as api_url:
        populate(environment, DATABASE, api_url, url, with_store=False, token=TOKEN)
        with (
            odoo_server(environment, DATABASE, port, log=LOG, options=["--log-level=debug"]),
            quick_scheduler(environment, DATABASE),
        ):
            shop = Shop(url, Client(url, DATABASE, "admin", "admin"), api_url, TOKEN)
            connect(shop)
            work(shop)
            fail(shop)
            leave_work(shop)
            exports = export_everything(shop)
        call_simulator(shop, "faults", method="DELETE")
        people = find_people(shop)
        yield Life(environment, LOG.read_text(errors="replace"), api_url, people, exports)


def add_store(shop, token, **changes):
    vals = {"marketplace": "prom", "name": "Калина на Prom", "api_token": token}
    feed = shop.rpc("product.data.feed", "search", [])[0]
    vals |= {"api_url": shop.simulator, "feed_id": feed, **changes}
    wizard = shop.rpc("merchant.store.add", "create", vals)
    return shop.rpc("merchant.store.add", "action_add", wizard)


def connect(shop):
    """Give the wrong token, one that is forgotten half-way, and the right one."""
    with pytest.raises(Failure):
        add_store(shop, WRONG_TOKEN)
    with pytest.raises(Failure):
        # PostgreSQL refuses the row, and says which one.
        add_store(shop, WRONG_TOKEN, name=False)
    add_store(shop, TOKEN)
    store = get_stores(shop)
    settings = {"debug": True, "notify_by": "message", "notify_severity": "info"}
    shop.rpc("merchant.store", "write", store, settings)
    wait_for_orders(shop.rpc)


def work(shop):
    """Do what a shop does in Production: statuses, prices, quantities, the price list."""
    [store] = get_stores(shop)
    shop.rpc("merchant.store", "action_set_production", [store])
    settings = {"push_prices": True, "push_stock": True, "max_price_percent": 10_000}
    shop.rpc("merchant.store", "write", [store], settings)
    take_order(shop)
    done = [("kind", "=", "order_status"), ("state", "=", "done")]
    wait_for(lambda: shop.rpc("merchant.operation", "search_count", done))
    raise_price(shop)
    sent = [("kind", "=", "listing_values"), ("state", "=", "done")]
    wait_for(lambda: shop.rpc("merchant.operation", "search_count", sent))
    ask_for_import(shop, store)
    running = [("is_sent", "=", False), ("external_id", "!=", False)]
    wait_for(lambda: shop.rpc("merchant.feed.import", "search_count", running))


def raise_price(shop):
    listings = [("product_id", "!=", False), ("desired_price", ">", 1)]
    wait_for(lambda: shop.rpc("merchant.listing", "search_count", listings))
    found = shop.rpc("merchant.listing", "search_read", listings, ["product_id", "desired_price"])
    price = {"list_price": found[0]["desired_price"] + 7}
    shop.rpc("product.product", "write", [found[0]["product_id"][0]], price)


def ask_for_import(shop, store):
    vals = {"store_id": store, "duplicates_confirmed": True}
    wizard = shop.rpc("merchant.feed.import.start", "create", vals)
    shop.rpc("merchant.feed.import.start", "action_start", wizard)


def fail(shop):
    """Meet every fault, errors nobody expected, and a token that ends."""
    [store] = get_stores(shop)
    call_simulator(shop, "orders", {"poison": "not_an_object"})
    call_simulator(shop, "orders", {"kind": "pending", "price": "багато"})
    for fault, kind in FAULTS:
        with meeting(shop, fault):
            shop.rpc("merchant.store", f"action_sync_{kind}", [store])
    with meeting(shop, {"name": "answer_lost", "path": "/orders/set_status"}):
        take_order(shop)
    run_crons(shop, "issues")
    with pytest.raises(Failure):
        # The row that PostgreSQL refuses has the token in it.
        shop.rpc("merchant.store", "write", [store], {"max_price_percent": -1})
    with pytest.raises(Failure):
        shop.rpc("merchant.store", "write", [store], {"api_token": NEW_TOKEN, "sequence": "x"})
    shop.rpc("merchant.store", "write", [store], {"api_token": NEW_TOKEN})
    with pytest.raises(Failure):
        shop.rpc("merchant.store", "action_check_connection", [store])
    shop.rpc("merchant.store", "action_sync", [store])
    attention = [("state", "=", "attention")]
    wait_for(lambda: shop.rpc("merchant.store", "search_count", attention))
    run_crons(shop, "issues")
    shop.rpc("merchant.store", "write", [store], {"api_token": TOKEN})
    shop.rpc("merchant.store", "action_check_connection", [store])


@contextlib.contextmanager
def meeting(shop, fault):
    """Order a fault and wait until it has happened."""
    call_simulator(shop, "faults", fault)
    yield
    wait_for(lambda: call_simulator(shop, "faults")["faults"][0]["hits"])
    call_simulator(shop, "faults", method="DELETE")


def run_crons(shop, *names):
    """Run scheduled actions now; one that is running already is waited for by nobody."""
    for name in names:
        rows = shop.rpc("ir.model.data", "search_read", [("name", "=", f"cron_{name}")], ["res_id"])
        with contextlib.suppress(Failure):
            shop.rpc("ir.cron", "method_direct_trigger", [rows[0]["res_id"]])


def leave_work(shop):
    """Leave everything that could be sent or read waiting, in Production."""
    [store] = get_stores(shop)
    call_simulator(shop, "faults", {"name": "server_error", "times": None})
    take_order(shop)
    raise_price(shop)
    under_way = [("state", "in", ("waiting", "running"))]
    if not shop.rpc("merchant.feed.import", "search_count", under_way):
        ask_for_import(shop, store)
    for kind in ("", "_orders", "_products", "_base"):
        shop.rpc("merchant.store", f"action_sync{kind}", [store])
    waiting = [("state", "=", "pending")]
    wait_for(lambda: shop.rpc("merchant.operation", "search_count", waiting))
    changes = [("push_state", "=", "waiting")]
    wait_for(lambda: shop.rpc("merchant.listing", "search_count", changes))


def export_everything(shop):
    """Return what the administrator gets from exporting and reading all of ours."""
    texts = []
    models = shop.rpc("ir.model", "search_read", [("transient", "=", False)], ["model"])
    for name in (row["model"] for row in models if row["model"].startswith(MODELS)):
        try:
            fields = shop.rpc(name, "fields_get", [], ["exportable", "type"])
            ids = shop.rpc(name, "search", [], limit=50)
        except Failure:
            continue  # an abstract model
        columns = [key for key, facts in fields.items() if facts.get("exportable", True)]
        # Rows of reports have no external identifier.
        columns.remove("id")
        texts.append(json.dumps(shop.rpc(name, "export_data", ids, columns), ensure_ascii=False))
        if name != "merchant.store":
            texts.append(json.dumps(shop.rpc(name, "read", ids), ensure_ascii=False))
    with pytest.raises(Failure):
        shop.rpc("merchant.store", "export_data", get_stores(shop), ["api_token"])
    return "\n".join(texts)


def find_people(shop):
    """Return what tells the people of the orders: phones, e-mails, addresses and notes."""
    request = urllib.request.Request(
        f"{shop.simulator}/orders/list?limit=100", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        orders = [row for row in json.load(answer)["orders"] if isinstance(row, dict)]
    found = set()
    for order in orders:
        recipient = order.get("delivery_recipient") or {}
        names = ("phone", "email", "delivery_address", "client_notes")
        found |= {order.get(name) for name in names} | {recipient.get("phone")}
    return sorted(text for text in found if text and len(text) > 5)


def dump(environment, database):
    """Return all rows of a database as text."""
    command = ["pg_dump", "--data-only", "--no-owner", database]
    done = subprocess.run(command, env=environment.variables, capture_output=True, check=True)
    return done.stdout.decode(errors="replace")


def find_cells(text, forms):
    """Yield table, column and text of every cell of a dump that has a secret in it.

    What is binary is looked at as bytes.
    """
    table, columns = None, []
    for line in text.splitlines():
        if found := re.match(r"COPY public\.(\S+) \((.*)\) FROM stdin;", line):
            table, columns = found[1], [name.strip('"') for name in found[2].split(", ")]
        elif any(form in line for form in forms):
            for column, cell in zip(columns, line.split("\t"), strict=True):
                if any(form in cell for form in forms):
                    yield table, column, cell[:200]


#: How a secret may be written down.
FORMS = [
    form
    for secret in SECRETS
    for form in (
        secret,
        secret.encode().hex(),
        base64.b64encode(secret.encode()).decode().rstrip("=")[:-2],
    )
]


def test_the_tokens_stand_in_one_column_of_the_database(life):
    text = dump(life.environment, DATABASE)
    assert "COPY public.mail_message" in text
    assert "COPY public.merchant_operation" in text
    found = list(find_cells(text, FORMS))
    assert [(table, column) for table, column, _cell in found] == [("merchant_store", "api_token")]


def test_no_file_has_a_token_in_it(life):
    files = [path for path in (life.environment.data / "filestore" / DATABASE).rglob("*")]
    files = [path for path in files if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        assert not [form for form in FORMS if form.encode() in content], path


def test_exports_and_reading_give_no_token(life):
    assert "Калина на Prom" in life.exports
    assert not [form for form in FORMS if form in life.exports]


def test_the_log_has_no_token_whatever_happened(life):
    for proof in (
        "GET /orders/list",
        "POST /orders/set_status",
        "POST /products/edit",
        "HTTP 502",
        "HTTP 429",
        "HTTP 401",
        "no complete answer",
        "not a JSON object",
        "violates not-null constraint",
        "violates check constraint",
        "call merchant.store.add().create(",
        "'api_token': '***'",
    ):
        assert proof in life.log, f"{proof!r} was never logged, so nothing is shown"
    lines = [line[:300] for line in life.log.splitlines() if any(form in line for form in FORMS)]
    assert not lines


def test_the_log_names_nobody(life):
    assert len(life.people) > 40
    found = [
        text
        for text in life.people
        # As it is, and as JSON writes it.
        if text in life.log or json.dumps(text)[1:-1] in life.log
    ]
    assert not found


def test_kept_requests_name_nobody_and_have_no_token(life):
    rows = life.environment.server.psql(
        "SELECT row_to_json(e)::text FROM merchant_exchange e", database=DATABASE
    )
    for proof in ("/orders/list", "/orders/set_status", "HTTP 401", "delivery_address"):
        assert proof in rows, f"{proof!r} was never kept, so nothing is shown"
    assert not [form for form in FORMS if form in rows]
    # As it is, and as JSON in JSON writes it.
    texts = {form for text in life.people for form in (text, json.dumps(text)[1:-1])}
    assert not [text for text in texts if text in rows]
    assert not [text for text in texts if json.dumps(text)[1:-1] in rows]


def count_requests(life):
    shop = Shop("", None, life.simulator)
    return len(call_simulator(shop, "journal")["requests"])


def let_scheduled_actions_run(environment, database, which):
    """Switch scheduled actions on, all at once, and wait until each of ours has run.

    :param str which: condition for `ir_cron`
    """
    psql = environment.server.psql
    ours = "SELECT res_id FROM ir_model_data WHERE model = 'ir.cron' AND module LIKE 'garazd_%'"
    psql("UPDATE ir_cron SET active = FALSE, lastcall = NULL", database=database)
    psql(
        f"UPDATE ir_cron SET active = TRUE, nextcall = '2020-01-01', failure_count = 0 "
        f"WHERE {which}",
        database=database,
    )
    left = f"SELECT count(*) FROM ir_cron WHERE active AND lastcall IS NULL AND id IN ({ours})"
    log = LOGS / f"e2e-{database}.log"
    with (
        odoo_server(environment, database, free_port(), log=log),
        quick_scheduler(environment, database),
    ):
        end = time.monotonic() + 240
        while int(psql(left, database=database)):
            assert time.monotonic() < end, f"not every action has run; see {log}"
            time.sleep(1)


def get_links(psql, database):
    """Return the tokens of the price lists, of links that are gone, too."""
    query = "SELECT access_token, previous_token FROM product_data_feed"
    rows = psql(query, database=database).splitlines()
    return {token for row in rows for token in row.split("|") if token}


def test_a_neutralized_copy_sends_nothing(life):
    environment = life.environment
    databases.copy(environment, DATABASE, COPY)
    psql = environment.server.psql
    waiting = (
        "SELECT count(*) FROM merchant_operation WHERE state = 'pending' "
        "UNION ALL SELECT count(*) FROM merchant_sync_run WHERE state IN ('pending', 'running') "
        "UNION ALL SELECT count(*) FROM merchant_feed_import WHERE state IN ('waiting', 'running') "
        "UNION ALL SELECT count(*) FROM merchant_listing WHERE push_state = 'waiting' "
        "UNION ALL SELECT count(*) FROM merchant_store "
        "WHERE mode = 'production' AND debug_until > NOW()"
    )
    assert all(map(int, psql(waiting, database=COPY).split())), "everything is waiting"
    command = environment.command("neutralize", "-d", COPY)
    subprocess.run(command, env=environment.variables, check=True, capture_output=True)
    active = "SELECT d.name FROM ir_cron c LEFT JOIN ir_model_data d ON d.res_id = c.id AND "
    active += "d.model = 'ir.cron' WHERE c.active"
    assert psql(active, database=COPY) == "autovacuum_job"
    assert_no_secrets(life)
    before = count_requests(life)
    # Also when somebody switches everything on that Odoo has switched off.
    let_scheduled_actions_run(environment, COPY, "TRUE")
    assert count_requests(life) == before
    stores = psql("SELECT mode, api_token, debug_until FROM merchant_store", database=COPY)
    assert stores == "test||"


def assert_no_secrets(life):
    """Nothing in the copy opens the cabinet, the interface or the price list of the live shop."""
    environment, psql = life.environment, life.environment.server.psql
    live, own = (get_links(psql, name) for name in (DATABASE, COPY))
    assert live and own and not live & own
    assert all(len(token) >= MIN_TOKEN for token in own)
    secrets = [*FORMS, *live]
    found = list(find_cells(dump(environment, COPY), secrets))
    assert found == []
    left = "SELECT count(*) FROM merchant_operation WHERE state = 'pending' "
    left += "UNION ALL SELECT count(*) FROM merchant_store WHERE mode = 'production'"
    assert psql(left, database=COPY).split() == ["0", "0"]
    # The same search finds what is there to be found.
    assert list(find_cells(dump(environment, DATABASE), secrets))


def test_the_same_copy_would_sell_if_it_were_not_neutralized(life):
    databases.copy(life.environment, DATABASE, COPY)
    before = count_requests(life)
    chosen = (
        "SELECT res_id FROM ir_model_data WHERE name IN ('cron_sync_orders', 'cron_operations')"
    )
    let_scheduled_actions_run(life.environment, COPY, f"id IN ({chosen})")
    assert count_requests(life) > before
    shop = Shop("", None, life.simulator)
    assert call_simulator(shop, "journal?path=/orders/set_status")["requests"]
