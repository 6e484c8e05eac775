"""Kills Odoo in the middle of its work, again and again, and looks at what is left."""

import contextlib
import os
import random
import re
import signal
import time
import urllib.error
import urllib.request
from collections import Counter
from xml.etree import ElementTree

from tools.console import Failure, say, step
from tools.logcheck import SERVER_ALLOWED, read_log

from . import truth
from .rig import running_rig

PRODUCTS = 300
ORDERS = 24
PRICES = 60
SOME = 5
# Seconds from the first sign of the work within which the process is killed.
WINDOW = 1.5
# Seconds that the shop takes to answer, so that there is something to be interrupted.
SLOWNESS = 1.0
# A job that died three times in a row before it had done anything is put off by Odoo itself, until
# its interval is over or somebody asks for it.
ALLOWED = (*SERVER_ALLOWED, re.compile(r"ir_cron: Job '.*' \(\d+\) timed out"))
# A lease of five minutes, pauses after faults, and the work itself.
PATIENCE = 900
# Seconds after which somebody who sees no orders presses the button again.
LULL = 60


def run(kills, *, waits_for_leases, products=PRODUCTS, seed=1):
    """Kill Odoo so many times and let it come to an end.

    :param int kills: how often; each work has its turn
    :param bool waits_for_leases: wait until the leases of the dead run out, as people have to
    :param int products: that the shop sells; fewer are read sooner
    :return: figures by name, and in words what is wrong
    :rtype: tuple[dict, list[str]]
    """
    with running_rig("kills", shops=[0], products=products) as rig:
        trial = Trial(rig, products, random.Random(seed))
        with step("Reading the shop for the first time"), trial.server() as odoo:
            trial.begin(odoo)
        works = [trial.import_orders, trial.send_statuses, trial.send_prices, trial.write_feed]
        for number in range(kills):
            work = works[number % len(works)]
            with step(f"Kill {number + 1} of {kills}: {work.__name__}"):
                trial.kill(work)
        with step("Coming to an end"), trial.server() as odoo:
            if not waits_for_leases:
                trial.end_leases()
            trial.settle(odoo)
        trial.read_logs()
        return trial.get_figures(), trial.problems


class Trial:
    """A shop and an Odoo that does not live long."""

    def __init__(self, rig, products, chance):
        self.rig = rig
        self.shop = rig.shops[0]
        self.sim = self.shop.sim
        self.products = products
        self.chance = chance
        self.problems = []
        self.asked_at = time.monotonic()
        self.killed = Counter()
        self.interrupted = Counter()

    @contextlib.contextmanager
    def server(self):
        """Run Odoo and return an administrator of it, who can be killed with it."""
        with self.rig.server("kills") as running:
            odoo = self.rig.connect(running.url)
            odoo.process = running.process
            yield odoo

    def begin(self, odoo):
        """Read the shop, publish the price list."""
        odoo("merchant.store", "action_sync", [self.shop.store_id])
        self._request_feed(odoo)
        self._wait(lambda: self._has_feed(odoo) and self._is_equal(odoo))
        # Several pages and slow answers, so that there is much to be interrupted.
        self.sim.options.max_limit = 10
        for path in ("/orders/list", "/orders/set_status", "/products/edit"):
            self.sim.faults.add("latency", path, times=None, seconds=SLOWNESS)

    # === WORK === #

    def import_orders(self, odoo):
        """Let orders come in; half of them are paid."""
        for number in range(ORDERS):
            self.sim.add_order(("pending", "evopay_paid")[number % 2])
        odoo("merchant.store", "action_sync_orders", [self.shop.store_id])
        return lambda: self._called("/orders/list")

    def send_statuses(self, odoo):
        """Confirm quotations, which tells the shop."""
        domain = [("state", "=", "draft"), ("merchant_store_id", "=", self.shop.store_id)]

        def find_some():
            return len(odoo("sale.order", "search", domain)) >= SOME

        if not find_some():
            # The import that was interrupted goes on by itself.
            self._wait(find_some)
        odoo("sale.order", "action_confirm", odoo("sale.order", "search", domain, limit=ORDERS))
        return lambda: self._called("/orders/set_status")

    def send_prices(self, odoo):
        """Give products other prices."""
        products = odoo("product.template", "search", [("default_code", "like", "SKU-")])
        chosen = self.chance.sample(products, min(PRICES, len(products)))
        price = self.chance.randrange(100, 4000)
        odoo("product.template", "write", chosen, {"list_price": price})
        listings = odoo("merchant.listing", "search", [("product_id", "!=", False)], limit=1)
        odoo("merchant.listing", "action_push_again", listings)
        return lambda: self._called("/products/edit")

    def write_feed(self, odoo):
        """Have every offer written again."""
        self._request_feed(odoo)
        return lambda: True

    def _request_feed(self, odoo):
        feeds = odoo("product.data.feed", "search", [])
        odoo("product.data.feed", "action_generate_all", feeds)

    # === DEATH === #

    def kill(self, work):
        """Start Odoo, look at what is left, let it work and kill it."""
        with self.server() as odoo:
            self.check(odoo, work.__name__)
            self.sim.world.journal.clear_requests()
            try:
                has_begun = work(odoo)
            except Failure as failure:
                self.problems.append(f"{work.__name__}: {failure}")
                return
            end = time.monotonic() + 60
            while not has_begun() and time.monotonic() < end:
                time.sleep(0.02)
            time.sleep(self.chance.uniform(0, WINDOW))
            os.killpg(odoo.process.pid, signal.SIGKILL)
            odoo.process.wait()
        self.killed[work.__name__] += 1
        self.interrupted[work.__name__] += self._count_interrupted()[work.__name__]

    def _count_interrupted(self):
        """Return how much was under way, as the database has it."""
        [row] = self.rig.query(
            """
            SELECT (SELECT COUNT(*) FROM merchant_sync_run WHERE state = 'running')
                   AS import_orders,
                   (SELECT COUNT(*) FROM merchant_operation WHERE leased_until IS NOT NULL)
                   AS send_statuses,
                   (SELECT COUNT(*) FROM merchant_listing WHERE push_leased_until IS NOT NULL)
                   AS send_prices,
                   (SELECT COUNT(*) FROM product_data_feed WHERE full_requested) AS write_feed
            """
        )
        return row

    def end_leases(self):
        """Let the leases of the dead run out."""
        for table, column in (
            ("merchant_operation", "leased_until"),
            ("merchant_listing", "push_leased_until"),
        ):
            self.rig.environment.server.psql(
                f"UPDATE {table} SET {column} = now() AT TIME ZONE 'UTC' - INTERVAL '1 s'"
                f" WHERE {column} IS NOT NULL",
                database=self.rig.database,
            )

    # === WHAT IS LEFT === #

    def check(self, odoo, occasion):
        """Note what must never be, whatever was interrupted."""
        about = (odoo, self.sim, self.shop.store_id)
        found = [*truth.find_doubles(*about), *truth.find_halves(*about)]
        if not self._has_feed(odoo):
            found.append("the price list cannot be read")
        for words in found:
            self.problems.append(f"before {occasion}: {words}")

    def settle(self, odoo):
        """Wait until both sides are equal."""
        self.sim.faults.clear()
        self.sim.options.max_limit = 100
        started = time.monotonic()
        self._wait(lambda: self._is_equal(odoo))
        self.settled_after = time.monotonic() - started
        about = (odoo, self.sim, self.shop.store_id)
        self.problems += truth.find_differences(*about)
        self.problems += truth.find_doubles(*about)
        self.problems += truth.find_halves(*about)
        self.problems += truth.find_unpaid(*about)
        issues = odoo("merchant.issue", "search_read", [("state", "=", "open")], ["display_name"])
        self.problems += [f"still open: {issue['display_name']}" for issue in issues]

    def _is_equal(self, odoo):
        found = next(truth.find_differences(odoo, self.sim, self.shop.store_id), None)
        busy = [("state", "in", ("pending", "running")), ("store_id", "=", self.shop.store_id)]
        is_busy = odoo("merchant.sync.run", "search_count", busy)
        # What was sent is seen with the next reading, which nobody wants to wait for; nor for a
        # job that Odoo itself has put off, see `ALLOWED`.
        if found and (not is_busy or time.monotonic() > self.asked_at + LULL):
            self.asked_at = time.monotonic()
            odoo("merchant.store", "action_sync_orders", [self.shop.store_id])
        return not found

    def read_logs(self):
        """Note what an engineer would find in Odoo's logs."""
        for log in self.rig.logs:
            for entry in read_log(log.read_text(errors="replace"), ALLOWED).problems:
                self.problems.append(f"in {log.name}: {entry[0]}")

    def get_figures(self):
        """Return what happened.

        :rtype: dict
        """
        return {
            "kills": sum(self.killed.values()),
            "killed in": dict(self.killed),
            "under way": dict(self.interrupted),
            "orders": len(self.sim.state.orders),
            "statuses applied": len(self.sim.writes("order", "/orders/*")),
            "prices applied": len(self.sim.writes("product", "/products/edit")),
            "settled after": self.settled_after,
        }

    def _has_feed(self, odoo):
        """Tell whether the whole price list is at its link."""
        [feed] = odoo("product.data.feed", "search_read", [], ["url"])
        path = feed["url"].split("/product_feed/", 1)[1]
        try:
            with urllib.request.urlopen(f"{odoo.url}/product_feed/{path}", timeout=60) as answer:
                offers = ElementTree.fromstring(answer.read()).findall(".//offer")
        except (urllib.error.HTTPError, ElementTree.ParseError):
            return False
        return len(offers) == self.products

    def _called(self, path):
        return bool(self.sim.requests(path))

    def _wait(self, is_over):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if is_over():
                return
            time.sleep(1)
        say("  it takes too long")
