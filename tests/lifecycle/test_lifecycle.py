"""From installing over a company's data to removing everything again.

The life is lived once, in the order in which people live it; the tests look at what was written
down on the way.
"""

import contextlib
import json
import re
import subprocess
import urllib.request
from dataclasses import dataclass, field

import pytest

from tests.lifecycle.snapshot import DANGLING, STRUCTURE, TECHNICAL, compare, find_dangling, take
from tools import databases
from tools.console import Failure
from tools.demo import TOKEN, populate
from tools.logcheck import read_log
from tools.odoo import free_port, odoo_server, prepare, prom_simulator
from tools.paths import LOGS
from tools.rpc import Client

DATABASE = "test_lifecycle"
# Dependents first.
MODULES = (
    "garazd_prom_delivery_bridge",
    "garazd_merchant_prom",
    "garazd_merchant_center",
    "garazd_product_feed",
)
SETTINGS = LOGS / "lifecycle-settings.json"


@dataclass
class Life:
    """What was found on the way."""

    old: dict = field(default_factory=dict)
    installed: dict = field(default_factory=dict)
    updated: list = field(default_factory=list)
    settings: list = field(default_factory=list)
    leftovers: dict = field(default_factory=dict)
    dangling: dict = field(default_factory=dict)
    unusable: dict = field(default_factory=dict)
    new: dict = field(default_factory=dict)
    problems: dict = field(default_factory=dict)
    pages: dict = field(default_factory=dict)


class Database:
    """A database and Odoo's command line on it."""

    def __init__(self, environment, life):
        self.environment = environment
        self._life = life

    def psql(self, query):
        return self.environment.server.psql(query, database=DATABASE)

    def snapshot(self):
        return take(self.psql, STRUCTURE | TECHNICAL)

    def run(self, title, *arguments):
        """Run Odoo, and keep what its log should not have."""
        log = LOGS / f"lifecycle-{title}.log"
        command = self.environment.command(*arguments)
        with log.open("w") as output:
            done = subprocess.run(
                command,
                env=self.environment.variables,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        problems = ["\n".join(entry) for entry in read_log(log.read_text()).problems]
        if done.returncode or problems:
            self._life.problems[title] = problems or [f"status {done.returncode}, see {log}"]

    def inside(self, function, *arguments):
        """Call a function of `inside` in Odoo's shell.

        :raises Failure: it raises
        """
        call = ", ".join(["env", *map(repr, map(str, arguments))])
        done = subprocess.run(
            self.environment.command("shell", "-d", DATABASE, "--no-http", "--log-level=warn"),
            input=f"from tests.lifecycle.inside import {function}\n{function}({call})\n",
            env=self.environment.variables,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or "Traceback" in done.stderr:
            raise Failure(f"{function}: {done.stderr[-3000:]}")

    def read_settings(self):
        self.inside("read_settings", SETTINGS)
        return json.loads(SETTINGS.read_text())

    def own_names(self, module):
        """Return the tables and columns that only this module has made."""
        fields = self.psql(
            f"""
            SELECT DISTINCT replace(f.model, '.', '_') || '.' || f.name
              FROM ir_model_data d JOIN ir_model_fields f ON f.id = d.res_id
             WHERE d.model = 'ir.model.fields' AND d.module = '{module}'
               AND NOT EXISTS (
                   SELECT FROM ir_model_data o WHERE o.model = d.model AND o.res_id = d.res_id
                      AND o.module != d.module)
            """
        )
        return set(fields.splitlines())

    def columns(self):
        query = (
            "SELECT table_name || '.' || column_name FROM information_schema.columns "
            "WHERE table_schema = 'public'"
        )
        return set(self.psql(query).splitlines())


@pytest.fixture(scope="module")
def life():
    """Live the whole life."""
    life = Life()
    database = Database(prepare(durable=False), life)
    databases.copy(
        database.environment, databases.template(database.environment, "delivery"), DATABASE
    )
    database.inside("make_old_data")
    life.old = database.snapshot()
    database.run(
        "install", "-d", DATABASE, "-i", "garazd_merchant_prom", "--stop-after-init", "--no-http"
    )
    fill(database)
    life.installed = database.snapshot()
    life.settings.append(database.read_settings())
    for number in (1, 2):
        options = ["-u", ",".join(MODULES), "--stop-after-init", "--no-http"]
        database.run(f"update-{number}", "-d", DATABASE, *options)
        life.updated.append(database.snapshot())
        life.settings.append(database.read_settings())
    for module in MODULES:
        names = database.own_names(module) & database.columns()
        assert names or module == "garazd_merchant_prom", module
        database.run(f"uninstall-{module}", "module", "uninstall", "-d", DATABASE, module)
        life.leftovers[module] = sorted(names & database.columns())
        life.dangling[module] = find_dangling(database.psql)
        use(database, life, module)
    life.new = database.snapshot()
    return life


def fill(database):
    """Connect a store, read it, and change settings."""
    port = free_port()
    log = LOGS / "lifecycle-simulator.log"
    with prom_simulator(port, TOKEN, log=log) as api_url:
        populate(database.environment, DATABASE, api_url, "http://127.0.0.1:8069")
        database.inside("live")
    database.inside("change_settings")


def use(database, life, module):
    """Do what people do in Odoo, and keep what cannot be done.

    The first and the last time the pages are loaded with everything in them.
    """
    port = free_port()
    log = LOGS / f"lifecycle-use-{module}.log"
    server = odoo_server(
        database.environment, DATABASE, port, log=log, options=["--max-cron-threads=0"]
    )
    failures = []
    with server as url:
        rpc = Client(url, DATABASE, "admin", "admin")
        for what, do in {
            "the menus": lambda: rpc("ir.ui.menu", "load_menus", False),
            "the views": lambda: load_views(rpc),
            "a sales order": lambda: confirm_order(rpc),
        }.items():
            try:
                do()
            except (Failure, AssertionError) as error:
                failures.append(f"{what}: {error}")
        if module == MODULES[-1]:
            life.pages = load_pages(url, rpc)
    problems = read_log(log.read_text()).problems
    life.unusable[module] = failures + ["\n".join(entry) for entry in problems]


def load_views(rpc):
    """Load the views of what the suite has extended."""
    for model in ("sale.order", "product.template", "product.product", "res.partner"):
        rpc(model, "get_views", [[False, "form"], [False, "list"], [False, "search"]])
    for model in ("stock.picking", "account.payment", "product.category", "res.company"):
        rpc(model, "get_views", [[False, "form"], [False, "list"]])


def confirm_order(rpc):
    """Confirm one of the orders that were there before, deliver and invoice it."""
    domain = [("state", "=", "draft"), ("partner_id.name", "=", "Old Customer")]
    order = rpc("sale.order", "search", domain, limit=1)
    rpc("sale.order", "action_confirm", order)
    [facts] = rpc("sale.order", "read", order, ["state", "picking_ids"])
    assert facts["state"] == "sale"
    rpc("stock.picking", "button_validate", facts["picking_ids"])
    # Also those that came from the marketplace are ordinary sales orders now.
    rpc("sale.order", "read", rpc("sale.order", "search", []))
    rpc("product.product", "read", rpc("product.product", "search", []))
    rpc("res.partner", "read", rpc("res.partner", "search", []))


def load_pages(url, rpc):
    """Return the status of the web client's page and of all that it loads."""
    page = open_url(rpc, f"{url}/odoo")
    statuses = {"/odoo": page.status}
    assets = set(re.findall(r'"(/web/assets/[^"]+\.(?:js|css))"', page.read().decode()))
    assert len(assets) > 1
    for asset in assets:
        with contextlib.closing(open_url(rpc, url + asset)) as answer:
            content = answer.read().decode()
            is_broken = "Some modules could not be started" in content or "garazd" in content
            statuses[asset] = "broken" if is_broken else answer.status
    return statuses


def open_url(rpc, url):
    return rpc._opener.open(urllib.request.Request(url), timeout=300)  # its session


def test_installing_over_data_says_nothing_bad(life):
    assert "install" not in life.problems, life.problems["install"]


def test_updating_twice_changes_nothing(life):
    for number, updated in enumerate(life.updated, 1):
        assert f"update-{number}" not in life.problems, life.problems[f"update-{number}"]
        assert compare(life.installed, updated) == {}


def test_settings_survive_updates(life):
    first, *others = life.settings
    assert first["store"][0]["payload_days"] == 99
    assert first["cron"] == [45, False]
    assert first["orders"]
    for settings in others:
        assert settings == first


@pytest.mark.parametrize("module", MODULES)
def test_a_module_can_be_removed_and_odoo_goes_on(life, module):
    assert f"uninstall-{module}" not in life.problems, life.problems[f"uninstall-{module}"]
    assert life.leftovers[module] == []
    assert life.dangling[module] == {}
    assert life.unusable[module] == []


def test_the_web_client_loads_after_everything_was_removed(life):
    assert set(life.pages.values()) == {200}, life.pages


def test_the_suite_is_installed_in_between(life):
    """Otherwise the comparison below would compare nothing with nothing."""
    changes = compare(life.old, life.installed)
    assert set(changes) >= {"tables", "columns", "menus", "scheduled actions", "selections"}


def test_nothing_is_left_when_everything_was_removed(life):
    assert compare(life.old, life.new) == {}
    assert set(DANGLING) and set(life.dangling) == set(MODULES)
