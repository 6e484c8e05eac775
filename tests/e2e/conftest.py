"""A real Odoo with its scheduled actions, a real simulator and a real browser."""

import contextlib
import os
import threading
from dataclasses import dataclass

import pytest
from playwright.sync_api import sync_playwright

from tools import databases
from tools.demo import TOKEN, populate, wait_for_orders
from tools.odoo import free_port, odoo_server, prepare, prom_simulator
from tools.paths import LOGS
from tools.rpc import Client

DATABASE = "test_e2e"
STORE_DATABASE = "test_store"


@dataclass(frozen=True)
class Shop:
    """What the tests talk to: Odoo's address, a client of its API and the simulator's address."""

    url: str
    rpc: Client
    simulator: str
    token: str = TOKEN


def pytest_itemcollected(item):
    """Mark the tests that share one shop; `make test` runs them beside the others."""
    if "shop_with_store" in item.fixturenames:
        item.add_marker("store")


# Odoo looks for scheduled actions once a minute; nobody waits so long here.
WAKE_SECONDS = 2


@contextlib.contextmanager
def quick_scheduler(environment, database):
    """Have Odoo look all the time for scheduled actions that are due."""
    stopped = threading.Event()

    def wake():
        while not stopped.wait(WAKE_SECONDS):
            environment.server.psql(f"NOTIFY cron_trigger, '{database}'")

    thread = threading.Thread(target=wake, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


@contextlib.contextmanager
def running_shop(*, with_store=False, database=DATABASE, durable=False):
    """Run Odoo with the demo's products and price list.

    :param bool with_store: with the demo's store, too
    """
    environment = prepare(durable=durable)
    databases.copy(environment, databases.suite_template(environment), database)
    port = free_port()
    simulator = prom_simulator(free_port(), TOKEN, log=LOGS / f"{database}-simulator.log")
    with simulator as api_url:
        url = f"http://127.0.0.1:{port}"
        populate(environment, database, api_url, url, with_store=with_store)
        with (
            odoo_server(environment, database, port, log=LOGS / f"{database}-odoo.log"),
            quick_scheduler(environment, database),
        ):
            yield Shop(url, Client(url, database, "admin", "admin"), api_url)


@contextlib.contextmanager
def running_browser():
    """Run headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "chromium"),
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shop():
    """Odoo without a store, for the whole session."""
    with running_shop() as running:
        yield running


@pytest.fixture(scope="session")
def shop_with_store():
    """Odoo with the demo's store, which has read everything, for the whole session.

    Whoever uses it says which environment the store is to be in.
    """
    with running_shop(with_store=True, database=STORE_DATABASE) as running:
        wait_for_orders(running.rpc)
        yield running


@pytest.fixture(scope="session")
def browser():
    """Chromium, for the whole session."""
    with running_browser() as running:
        yield running


@pytest.fixture
def open_page(shop, browser):
    """Log in and return a page; an error dialog or a script error fails the test."""
    errors, contexts = [], []

    def open_page(login="admin", password="admin"):
        context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-US")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        log_in(page, shop.url, login, password)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not errors, errors


def log_in(page, url, login, password):
    """Log a person in and wait for the menu bar."""
    page.goto(f"{url}/web/login")
    page.fill("#login", login)
    page.fill("#password", password)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_main_navbar")
