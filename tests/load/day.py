"""A working day in minutes: buyers order, people work, prices change, all sides keep up."""

import contextlib
import random
import statistics
import threading
import time
from dataclasses import dataclass, field
from itertools import pairwise

from tools.console import say, step
from tools.logcheck import SERVER_ALLOWED, read_log

from . import truth
from .people import Buyers, Person

# What the suite promises between two calls with one token.
PACE = 0.4
# Calls are compared over so many, because each may arrive a little late.
PACE_CALLS = 10
# Seconds until both sides are equal when everybody has gone home.
PATIENCE = 1800
# What Prom says of the status of an order that is closed.
CLOSED = "закритого замовлення"


@dataclass
class Day:
    """What happened."""

    orders: int = 0
    seconds: float = 0
    settled_after: float = 0
    done: dict = field(default_factory=dict)
    #: Seconds from the order on Prom to the sales order in Odoo.
    order_delays: list = field(default_factory=list)
    #: Seconds from the price in Odoo to the price on Prom.
    price_delays: list = field(default_factory=list)
    faults: int = 0
    requests: int = 0
    problems: list = field(default_factory=list)


class Office:
    """The people, the buyers and the clocks around running servers.

    :param Rig rig: the database and the shops
    :param list servers: addresses of Odoo; people spread over them
    """

    def __init__(self, rig, servers):
        self.rig = rig
        self.servers = servers
        self.shops = rig.shops
        self.odoo = rig.connect(servers[0])
        self.day = Day()
        self._over = threading.Event()
        self._prices = []
        self._chance = random.Random(1)
        # Store and number on Prom -> when people saw the sales order first.
        self._seen = {}

    # === BEFORE AND AFTER === #

    def begin(self, patience=PATIENCE):
        """Read all shops for the first time."""
        for shop in self.shops:
            self.odoo("merchant.store", "action_sync", [shop.store_id])
        feeds = self.odoo("product.data.feed", "search", [])
        self.odoo("product.data.feed", "action_generate", feeds)
        self._wait("the first synchronization", self._is_equal, patience)

    def set_order_interval(self, minutes):
        """Read orders more often than every half hour, since the day is short."""
        [cron] = self.odoo("ir.cron", "search", [("cron_name", "like", "Order Synchronization")])
        vals = {"interval_number": minutes, "interval_type": "minutes"}
        self.odoo("ir.cron", "write", [cron], vals)

    def settle(self):
        """Wait until both sides are equal, then look at everything."""
        started = time.monotonic()
        self._wait("both sides to be equal", self._is_equal, PATIENCE)
        self.day.settled_after = time.monotonic() - started
        self._note_orders()
        self._note_prices()
        for shop in self.shops:
            about = (self.odoo, shop.sim, shop.store_id)
            for find in (
                truth.find_differences,
                truth.find_doubles,
                truth.find_halves,
                truth.find_unpaid,
            ):
                self.day.problems += [f"{shop.name}: {words}" for words in find(*about)]
            self.day.problems += find_haste(shop)
        domain = [("state", "=", "open")]
        issues = self.odoo("merchant.issue", "search_read", domain, ["display_name"])
        self.day.problems += [f"still open: {issue['display_name']}" for issue in issues]

    def read_logs(self, allowed=SERVER_ALLOWED):
        """Note what an engineer would find in the logs."""
        for log in self.rig.logs:
            for entry in read_log(log.read_text(errors="replace"), allowed).problems:
                self.day.problems.append(f"in {log.name}: {entry[0]}")

    # === WORK === #

    def work(self, *, orders, seconds, prices_every=5.0):
        """Let everybody work until all orders are made.

        :param int orders: that each shop gets
        :param float seconds: in which they come
        :param float prices_every: seconds between two changes of prices
        """
        started = time.monotonic()
        asked = [len(shop.sim.requests()) for shop in self.shops]
        buyers = [
            Buyers(shop.sim, orders, seconds, seed=number) for number, shop in enumerate(self.shops)
        ]
        store_ids = [shop.store_id for shop in self.shops]
        people = [
            Person(self.rig.connect_clerk(url, number % 2), store_ids, seed=number)
            for number, url in enumerate([*self.servers, *self.servers])
        ]
        self._over.clear()
        watching = [
            threading.Thread(target=self._watch_orders, daemon=True),
            threading.Thread(target=self._change_prices, args=(prices_every,), daemon=True),
            threading.Thread(target=self._press_sync, args=(min(seconds / 4, 15),), daemon=True),
        ]
        for thread in (*buyers, *people, *watching):
            thread.start()
        with step(f"{len(people)} people at work, {orders} orders in each of {len(buyers)} shops"):
            for thread in buyers:
                thread.join()
            self._wait_for_orders()
            # What came last is to be worked on, too.
            time.sleep(min(seconds / 2, 60))
        with step("People go home"):
            for person in people:
                person.stop()
        self._over.set()
        for thread in watching:
            thread.join(60)
        self.day.seconds += time.monotonic() - started
        self.day.orders += orders * len(self.shops)
        for person in people:
            for name, count in person.done.items():
                self.day.done[name] = self.day.done.get(name, 0) + count
            self.day.problems += person.problems
        for shop, before in zip(self.shops, asked, strict=True):
            requests = shop.sim.requests()[before:]
            self.day.requests += len(requests)
            self.day.faults += sum(bool(request.faults) for request in requests)

    def _press_sync(self, every):
        """Press Synchronize Orders on every server at once, as impatient people do."""
        clients = [self.rig.connect(url) for url in self.servers]
        while not self._over.wait(every):
            for odoo in clients:
                odoo("merchant.store", "action_sync_orders", [s.store_id for s in self.shops])

    def _wait_for_orders(self):
        def has_all():
            known = self.odoo("merchant.order", "search_count", [])
            return known >= sum(len(shop.sim.state.orders) for shop in self.shops)

        self._wait("the last orders", has_all, PATIENCE)
        time.sleep(2)

    def _watch_orders(self):
        """Note when each sales order is there for people to see."""
        odoo = self.rig.connect(self.servers[-1])
        last = 0
        while not self._over.wait(1):
            seen_at = time.time()
            rows = odoo(
                "sale.order",
                "search_read",
                [("id", ">", last), ("merchant_order_id", "!=", False)],
                ["client_order_ref", "merchant_store_id"],
                order="id",
            )
            for row in rows:
                key = (row["merchant_store_id"][0], int(row["client_order_ref"]))
                self._seen.setdefault(key, seen_at)
            # Numbers may become visible in another order than they were given.
            last = max([last, *(row["id"] - 200 for row in rows)])

    def _note_orders(self):
        """Find out how long people waited for each sales order."""
        for shop in self.shops:
            for number, order in shop.sim.state.orders.items():
                if seen_at := self._seen.get((shop.store_id, number)):
                    moment = truth.read_moment(order["date_created"]).timestamp()
                    self.day.order_delays.append(max(seen_at - moment, 0))

    def _change_prices(self, every):
        """Change the price of a few products now and then."""
        odoo = self.rig.connect(self.servers[0])
        products = odoo("product.template", "search", [("default_code", "like", "SKU-")])
        while not self._over.wait(every):
            for product in self._chance.sample(products, min(3, len(products))):
                price = self._chance.randrange(100, 4999) + 0.5
                odoo("product.template", "write", [product], {"list_price": price})
                self._prices.append((price, time.time()))

    def _note_prices(self):
        """Find out when the shops got each price; one that was overtaken never came."""
        for price, changed_at in self._prices:
            for shop in self.shops:
                for write in shop.sim.writes("product", "/products/edit"):
                    moment = write.time.timestamp()
                    if write.changes.get("price") == price and moment >= changed_at:
                        self.day.price_delays.append(moment - changed_at)
                        break

    def _is_equal(self):
        self._give_up_closed_orders()
        found = False
        for shop in self.shops:
            if next(truth.find_differences(self.odoo, shop.sim, shop.store_id), None):
                found = True
                busy = [("state", "in", ("pending", "running")), ("store_id", "=", shop.store_id)]
                if not self.odoo("merchant.sync.run", "search_count", busy):
                    # What was sent is seen with the next reading.
                    self.odoo("merchant.store", "action_sync_orders", [shop.store_id])
        return not found

    def _give_up_closed_orders(self):
        """Decide as a person does who cancelled an order while a colleague shipped it."""
        domain = [("state", "=", "failed"), ("error", "like", CLOSED)]
        if refused := self.odoo("merchant.operation", "search", domain):
            self.odoo("merchant.operation", "action_cancel", refused)

    def _wait(self, what, is_over, patience):
        end = time.monotonic() + patience
        with step(f"Waiting for {what}"):
            while not is_over():
                if time.monotonic() > end:
                    self.day.problems.append(f"waited {patience:.0f} s in vain for {what}")
                    return
                time.sleep(2)


def find_haste(shop):
    """Return in words where calls of a shop came faster than promised.

    They are compared over several, because a single one may be late by itself and the next one not.
    """
    moments = [request.time for request in shop.sim.requests()]
    shortest = min(
        (
            (last - first).total_seconds()
            for first, last in zip(moments, moments[PACE_CALLS:], strict=False)
        ),
        default=None,
    )
    promised = PACE * PACE_CALLS
    # One of them may have been as late as a whole turn.
    if shortest is not None and shortest < promised - PACE:
        return [f"{shop.name}: {PACE_CALLS} calls within {shortest:.2f} s"]
    return []


def describe_pace(shop):
    """Return how close calls came: the calls, the shortest distance and the median.

    :rtype: tuple[int, float, float]
    """
    moments = [request.time for request in shop.sim.requests()]
    distances = [(after - before).total_seconds() for before, after in pairwise(moments)]
    if not distances:
        return len(moments), 0.0, 0.0
    return len(moments), min(distances), statistics.median(distances)


def describe_delays(delays):
    """Return count, median, 95th percentile and maximum as cells of a table."""
    if not delays:
        return ["0", "-", "-", "-"]
    ordered = sorted(delays)
    high = ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)]
    figures = (statistics.median(ordered), high, ordered[-1])
    return [f"{len(ordered):,}", *(f"{seconds:.1f}" for seconds in figures)]


def read_memory(process):
    """Return how much memory a process holds, in megabytes."""
    with contextlib.suppress(OSError), open(f"/proc/{process.pid}/status") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


def add_random_faults(shops, share):
    """Let a share of all calls of the shops go wrong, each in a way of its own."""
    kinds = (
        ("server_error", {"status": 502}),
        ("server_error", {"status": 500, "applied": True}),
        ("too_many_requests", {"retry_after": 1}),
        ("html_200", {}),
        ("cut_json", {"mode": "premature"}),
        ("reset", {"at": "headers"}),
        ("empty_body", {}),
        ("partial_processed", {}),
    )
    for shop in shops:
        for name, args in kinds:
            shop.sim.faults.add(name, times=None, share=share / len(kinds), **args)
    say(f"  {share:.0%} of all calls go wrong")
