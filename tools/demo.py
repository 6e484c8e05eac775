"""The demo: Odoo with a store that is connected to the simulator and has imported its orders."""

import contextlib
import signal
import subprocess
import time
import urllib.request
from xml.etree import ElementTree

from . import databases
from .console import Failure, say, step
from .odoo import free_port, need_port, odoo_server, prepare, prom_simulator
from .paths import LOGS, MODULES, TOOLS
from .rpc import Client

DATABASE = "demo"
TOKEN = "demo-token"
MIN_ORDERS = 25
PATIENCE = 300


def run_demo(port, *, smoke=False):
    """Set the demo up, then serve it until Ctrl-C, or check it and end.

    :param int port: of Odoo
    :param bool smoke: check, print the figures and end
    :return: the exit status
    """
    timings = []
    if smoke:
        port = free_port()
    need_port(port, "PORT")
    with step("Preparing Odoo, Python and PostgreSQL", timings):
        environment = prepare()
    LOGS.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        stack.callback(signal.signal, signal.SIGTERM, signal.getsignal(signal.SIGTERM))
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with step("Starting the Prom simulator", timings):
            simulator = stack.enter_context(
                prom_simulator(free_port(), TOKEN, log=LOGS / "simulator.log")
            )
        with step("Preparing the database", timings):
            databases.copy(environment, databases.suite_template(environment), DATABASE)
        with step("Filling it with products, a price list and a store", timings):
            populate(environment, DATABASE, simulator, f"http://127.0.0.1:{port}")
        with step("Starting Odoo", timings):
            url = stack.enter_context(
                odoo_server(environment, DATABASE, port, log=LOGS / "demo.log")
            )
        with step("Waiting for the first synchronization and the price list", timings):
            figures = wait_for_orders(Client(url, DATABASE, "admin", "admin"))
        _print_figures(url, figures, timings)
        if smoke:
            return 0 if _is_good(figures) else 1
        say("Ctrl-C stops it.")
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)
        say("\nStopping.")
    return 0


def run_suite(database, port):
    """Serve a database of the developer's own with the suite installed, until Ctrl-C."""
    need_port(port, "PORT")
    environment = prepare()
    if not databases.exists(environment, database):
        databases.copy(environment, databases.suite_template(environment), database)
    command = environment.command("-d", database, "-u", ",".join(MODULES), f"--http-port={port}")
    say(f"Odoo starts at http://127.0.0.1:{port} (login admin, password admin); Ctrl-C stops it.")
    with contextlib.suppress(KeyboardInterrupt):
        return subprocess.run(command, env=environment.variables, check=False).returncode
    return 0


def populate(environment, database, simulator, public_url, *, with_store=True):
    """Create the company, products, price list and connected store of the demo.

    :param str simulator: address of the simulator's interface
    :param str public_url: where Odoo will answer
    :param bool with_store: False leaves the store to be added by hand
    :raises Failure: the script failed
    """
    log = LOGS / "populate.log"
    with (TOOLS / "demo_populate.py").open() as script, log.open("w") as output:
        done = subprocess.run(
            environment.command("shell", "-d", database, "--no-http", "--log-level=warn"),
            stdin=script,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            env=environment.variables
            | {
                "PROM_SIMULATOR_URL": simulator,
                "PROM_SIMULATOR_TOKEN": TOKEN,
                "PUBLIC_URL": public_url,
                "WITH_STORE": "1" if with_store else "0",
            },
        )
    if done.returncode or "Traceback" in log.read_text():
        raise Failure(f"The demo data could not be created; the reason is at the end of {log}.")


def start_work(odoo):
    """Press Sync and Generate."""
    for model, button in (
        ("product.data.feed", "action_generate"),
        ("merchant.store", "action_sync"),
    ):
        odoo(model, button, odoo(model, "search", []))


def wait_for_orders(odoo):
    """Run the first synchronization and publish the price list.

    :param Client odoo: an administrator
    :return: what the store shows, by name
    :raises Failure: it takes too long
    """
    start_work(odoo)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        runs = odoo("merchant.sync.run", "search_read", [("kind", "=", "full")], ["state"])
        feeds = odoo("product.data.feed", "search_read", [], ["url", "generated_at"])
        if all(run["state"] not in ("pending", "running") for run in runs) and all(
            feed["generated_at"] for feed in feeds
        ):
            return _read_figures(odoo, runs, feeds)
        time.sleep(1)
    raise Failure(f"The demo was not ready after {PATIENCE} s; look into {LOGS / 'demo.log'}.")


def _read_figures(odoo, runs, feeds):
    store = odoo("merchant.store", "search_read", [], ["name", "state", "mode"])[0]
    kinds = odoo("merchant.order", "formatted_read_group", [], ["status_id"], ["__count"])
    with urllib.request.urlopen(feeds[0]["url"], timeout=60) as answer:
        offers = len(ElementTree.fromstring(answer.read()).findall(".//offer"))
    return {
        "store": store["name"],
        "state": store["state"],
        "mode": store["mode"],
        "synchronization": ", ".join(run["state"] for run in runs),
        "orders read": odoo("merchant.order", "search_count", []),
        "orders imported": odoo("merchant.order", "search_count", [("state", "=", "imported")]),
        "orders by status": ", ".join(
            f"{kind['status_id'][1]} {kind['__count']}" for kind in kinds if kind["status_id"]
        ),
        "sales orders": odoo("sale.order", "search_count", [("merchant_order_id", "!=", False)]),
        "listings": odoo("merchant.listing", "search_count", []),
        "listings matched": odoo("merchant.listing", "search_count", [("state", "=", "matched")]),
        "open issues": odoo("merchant.issue", "search_count", [("state", "=", "open")]),
        "feed": feeds[0]["url"],
        "feed offers": offers,
    }


def _is_good(figures):
    return (
        figures["state"] == "connected"
        and figures["orders imported"] >= MIN_ORDERS
        and figures["sales orders"] >= MIN_ORDERS
        and figures["feed offers"] > 0
    )


def _print_figures(url, figures, timings):
    say("")
    for name, value in figures.items():
        say(f"{name:<18}{value}")
    say("")
    for title, seconds in timings:
        say(f"{seconds:>7.1f} s  {title}")
    say(f"\nOdoo is at {url} - login admin, password admin - menu Merchant Center.")
