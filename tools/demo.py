"""The demo: Odoo with a store that is connected to the simulator and has imported its orders."""

import contextlib
import http.client
import subprocess
import time
import urllib.request
from xml.etree import ElementTree

from . import databases
from .console import Failure, run, say, step
from .lock import locked
from .odoo import become, free_port, need_port, odoo_server, prepare, prom_simulator
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
    busy = f"The demo runs already and has the database {DATABASE}: stop it first."
    with locked("demo", busy=busy), contextlib.ExitStack() as stack:
        with step("Starting the Prom simulator", timings):
            simulator = stack.enter_context(
                prom_simulator(free_port(), TOKEN, log=LOGS / "simulator.log")
            )
        with step("Preparing the database", timings):
            databases.copy(environment, databases.suite_template(environment), DATABASE)
        with step("Filling it with products, a price list and a store", timings):
            populate(environment, DATABASE, simulator, f"http://127.0.0.1:{port}")
        with step("Starting Odoo", timings):
            url, _process = stack.enter_context(
                odoo_server(environment, DATABASE, port, log=LOGS / "demo.log")
            )
        with step("Waiting for the first synchronization and the price list", timings):
            figures = wait_for_orders(Client(url, DATABASE, "admin", "admin"))
        _print_figures(figures, timings)
        if smoke:
            return _conclude(figures)
        say(f"\nOdoo is at {url} - login admin, password admin - menu Merchant Center.")
        say("Ctrl-C stops it.")
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)
        say("\nStopping.")
    return 0


def run_suite(database, port):
    """Become Odoo, serving a database of the developer's own with the suite up to date."""
    need_port(port, "PORT")
    environment = prepare()
    prepare_suite(environment, database)
    say(f"Odoo starts at http://127.0.0.1:{port} (login admin, password admin); Ctrl-C stops it.")
    become(environment, ["-d", database, f"--http-port={port}"])


def run_shell(database):
    """Become a Python shell on a database, which gets the suite when it does not exist."""
    environment = prepare()
    if not databases.exists(environment, database):
        prepare_suite(environment, database)
    become(environment, ["shell", "-d", database, "--no-http"])


def prepare_suite(environment, database):
    """Make the database, or install and update the suite's modules where their files changed."""
    with locked(f"database-{database}"):
        key = databases.suite_key(environment)
        if not databases.exists(environment, database):
            databases.copy(environment, databases.suite_template(environment), database)
        elif databases.note(environment, database) != key:
            modules = ",".join(MODULES)
            options = ["-i", modules, "-u", modules, "--stop-after-init", "--no-http"]
            with step(f"Updating the suite in {database}"):
                run(
                    environment.command("-d", database, *options),
                    hint="Look at the end of that file.",
                    log=LOGS / f"update-{database}.log",
                    env=environment.variables,
                )
        databases.set_note(environment, database, key)


def populate(environment, database, simulator, public_url, *, with_store=True, token=TOKEN):
    """Create the company, products, price list and connected store of the demo.

    :param str simulator: address of the simulator's interface
    :param str public_url: where Odoo will answer
    :param bool with_store: False leaves the store to be added by hand
    :param str token: of the simulator
    :raises Failure: the script failed
    """
    log = LOGS / f"populate-{database}.log"
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
                "PROM_SIMULATOR_TOKEN": token,
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
    end = time.monotonic() + PATIENCE
    shown = ""
    log = LOGS / "demo.log"
    try:
        start_work(odoo)
        while time.monotonic() < end:
            runs = odoo("merchant.sync.run", "search_read", [("kind", "=", "full")], ["state"])
            feeds = odoo("product.data.feed", "search_read", [], ["url", "generated_at"])
            progress = _progress(odoo, runs, feeds)
            if progress != shown:
                say(f"  {progress}")
                shown = progress
            if all(run["state"] not in ("pending", "running") for run in runs) and all(
                feed["generated_at"] for feed in feeds
            ):
                return _read_figures(odoo, runs, feeds)
            time.sleep(1)
    except (OSError, http.client.HTTPException) as error:
        raise Failure(f"Odoo does not answer ({error}); the reason is in {log}.") from error
    raise Failure(f"The demo was not ready after {PATIENCE} s; look into {log}.")


def _progress(odoo, runs, feeds):
    """Return in one line how far the first synchronization is."""
    store = odoo("merchant.store", "search_read", [], ["state"])[0]
    states = ", ".join(run["state"] for run in runs) or "not started"
    orders = odoo("merchant.order", "search_count", [])
    sales = odoo("sale.order", "search_count", [("merchant_order_id", "!=", False)])
    published = "published" if all(feed["generated_at"] for feed in feeds) else "waiting"
    return (
        f"store {store['state']}, synchronization {states}, {orders} orders read, "
        f"{sales} sales orders, price list {published}"
    )


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


def missing(figures):
    """Return what a smoke test expects and the figures do not show."""
    expected = {
        "the store is not connected": figures["state"] == "connected",
        f"fewer than {MIN_ORDERS} orders are imported": figures["orders imported"] >= MIN_ORDERS,
        f"there are fewer than {MIN_ORDERS} sales orders": figures["sales orders"] >= MIN_ORDERS,
        "the price list has no offers": figures["feed offers"] > 0,
    }
    return [what for what, is_fine in expected.items() if not is_fine]


def _conclude(figures):
    wrong = missing(figures)
    say(f"\nThe demo is not right: {'; '.join(wrong)}." if wrong else "\nThe demo works.")
    return 1 if wrong else 0


def _print_figures(figures, timings):
    say("")
    for name, value in figures.items():
        say(f"{name:<18}{value}")
    say("")
    for title, seconds in timings:
        say(f"{seconds:>7.1f} s  {title}")
