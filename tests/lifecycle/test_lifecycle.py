"""From installing over a company's data to removing everything again.

The life is lived once, in the order in which people live it; the tests look at what was written
down on the way.
"""

import contextlib
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

pytestmark = pytest.mark.long

DATABASE = "test_lifecycle"
# Dependents first.
MODULES = (
    "garazd_prom_delivery_bridge",
    "garazd_merchant_prom",
    "garazd_merchant_center",
    "garazd_product_feed",
)
# What must not change when the modules are updated.
SETTINGS = {
    "store": "SELECT payload_days, notify_severity, confirm_orders, api_token, mode, state "
    "FROM merchant_store",
    "feed": "SELECT stock_buffer, link_grace_hours, access_token, offer_count FROM "
    "product_data_feed",
    "cron": "SELECT interval_number, active FROM ir_cron JOIN ir_model_data d ON d.res_id = "
    "ir_cron.id AND d.model = 'ir.cron' AND d.name = 'cron_sync_orders'",
    "names": "SELECT name FROM mail_activity_type UNION ALL SELECT name FROM product_template",
    "orders": "SELECT id, digest, sale_order_id FROM merchant_order",
    "sales orders": "SELECT name, state, merchant_order_id FROM sale_order",
}


@dataclass
class Life:
    """What was found on the way."""

    old: dict = field(default_factory=dict)
    installed: dict = field(default_factory=dict)
    updated: list = field(default_factory=list)
    settings: list = field(default_factory=list)
    leftovers: dict = field(default_factory=dict)
    dangling: dict = field(default_factory=dict)
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

        :return: what its log should not have
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
        return ["\n".join(entry) for entry in read_log(done.stderr).problems]

    def read_settings(self):
        return take(self.psql, SETTINGS)

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
        try:
            life.problems[module] = database.inside("remove", module)
        except Failure as error:
            life.problems[module] = [str(error)]
        life.leftovers[module] = sorted(names & database.columns())
        life.dangling[module] = find_dangling(database.psql)
    life.new = database.snapshot()
    life.pages = load_pages(database)
    return life


def fill(database):
    """Connect a store, read it, and change settings."""
    port = free_port()
    log = LOGS / "lifecycle-simulator.log"
    with prom_simulator(port, TOKEN, log=log) as api_url:
        populate(database.environment, DATABASE, api_url, "http://127.0.0.1:8069")
        database.inside("live")


def load_pages(database):
    """Return the status of the web client's page and of all that it loads, over HTTP."""
    log = LOGS / "lifecycle-odoo.log"
    options = ["--max-cron-threads=0"]
    with odoo_server(database.environment, DATABASE, free_port(), log=log, options=options) as odoo:
        rpc = Client(odoo.url, DATABASE, "admin", "admin")
        page = open_url(rpc, f"{odoo.url}/odoo")
        statuses = {"/odoo": page.status}
        assets = set(re.findall(r'"(/web/assets/[^"]+\.(?:js|css))"', page.read().decode()))
        assert len(assets) > 1
        for asset in assets:
            with contextlib.closing(open_url(rpc, odoo.url + asset)) as answer:
                content = answer.read().decode()
                is_broken = "Some modules could not be started" in content or "garazd" in content
                statuses[asset] = "broken" if is_broken else answer.status
    problems = read_log(log.read_text()).problems
    assert not problems, problems
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
    assert first["store"][0].startswith("99|warning|t|")
    assert first["cron"] == ["45|f"]
    assert any("Renamed by the shop" in name for name in first["names"])
    assert first["orders"] and first["sales orders"]
    for settings in others:
        assert settings == first


@pytest.mark.parametrize("module", MODULES)
def test_a_module_can_be_removed_and_odoo_goes_on(life, module):
    assert life.problems[module] == []
    assert life.leftovers[module] == []
    assert life.dangling[module] == {}


def test_the_web_client_loads_after_everything_was_removed(life):
    assert set(life.pages.values()) == {200}, life.pages


def test_the_suite_is_installed_in_between(life):
    """Otherwise the comparison below would compare nothing with nothing."""
    changes = compare(life.old, life.installed)
    assert set(changes) >= {"tables", "columns", "menus", "scheduled actions", "selections"}


def test_nothing_is_left_when_everything_was_removed(life):
    assert compare(life.old, life.new) == {}
    assert set(DANGLING) and set(life.dangling) == set(MODULES)
