"""Tries every fault on a call; runs inside Odoo, with real transactions and real HTTP."""

import logging
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass

from tests.load import cells, truth
from tests.load.common import describe_product
from tests.load.inside import make_store
from tests.load.scenarios import SCENARIOS, long_ago
from tests.prom_simulator import PromSimulator
from tests.prom_simulator.poison import spoilt

PRODUCTS = 12
# Enough for what takes several turns: a pause, a look, the rest.
ROUNDS = 5
CRONS = ("sync_orders", "operations", "sync_products", "listings")


@dataclass(eq=False)
class Shop:
    """A simulated shop with its store."""

    sim: PromSimulator
    store: object
    old_order: int = 0
    #: Imports of the price list before this cell, and the one that a person settled.
    asked: int = 0
    settled: object = None


def run(env, names, is_complete):
    """Try the faults that can happen to calls.

    :param list names: of the calls
    :param bool is_complete: all faults
    :return: for each cell a dict with ``title``, ``told``, ``problems`` and more
    :rtype: list[dict]
    """
    make = cells.make_cells if is_complete else cells.choose_cells
    calls = [call for call in cells.CALLS if call.name in names]
    with ExitStack() as stack:
        trial = Trial(env, stack)
        return [trial.try_cell(cell) for call in calls for cell in make(call)]


class Trial:
    """Two shops, of which the first one has bad luck."""

    def __init__(self, env, stack):
        self.env = env
        self.errors = stack.enter_context(ErrorsInLog())
        options = {"min_interval": 0, "timeout": cells.PATIENCE, "sleep": lambda seconds: None}
        type(env["merchant.adapter.prom"])._prom_client_options = options
        env["merchant.store"].search([]).active = False
        self.unlucky, self.lucky = (self._open_shop(stack, number) for number in range(2))
        self._changed = 0
        self._make_equal()

    def _open_shop(self, stack, number):
        sim = PromSimulator(
            seed=f"{time.time()}-{number}",
            token=f"token-of-the-matrix-{number}",
            orders=0,
            products=0,
            import_early_success=0,
            import_partial=0,
        )
        for product in range(PRODUCTS):
            sim.add_product(**describe_product(product))
        # A group less is a page less.
        for key in [*sim.state.groups][2:]:
            del sim.state.groups[key]
        # One of those was never listed; a new one may get its number.
        sim.state.unlisted_groups.intersection_update([*sim.state.groups, sim.state.root_group_id])
        stack.enter_context(sim)
        shop = {"name": f"Shop {number}", "url": sim.url, "token": sim.token}
        feed = self.env["product.data.feed"].search([], limit=1)
        store = make_store(self.env, shop, self.env.company, feed)
        store.confirm_orders = True
        moment = long_ago()
        order = sim.add_order("received", date_created=moment, date_modified=moment)
        return Shop(sim, store, order["id"])

    def _make_equal(self):
        """Read everything and send what differs, so that each cell begins where both agree."""
        if not self.unlucky.store.feed_id.generated_at:
            self.unlucky.store.feed_id._generate_guarded()
        for shop in self._shops:
            shop.store.action_sync()
        self.run_cron("sync_base")
        for _round in range(2):
            self._run(CRONS)
        for shop in self._shops:
            if found := self._find_differences(shop):
                raise AssertionError(f"{shop.store.name} is not equal at the start: {found}")
        self.env["merchant.issue"].search([("state", "=", "open")])._close("resolved")

    @property
    def _shops(self):
        return (self.unlucky, self.lucky)

    # === WHAT SCENARIOS USE === #

    def about(self, shop):
        """Return the arguments of the functions of `truth`."""
        return self._odoo, shop.sim, shop.store.id

    def _odoo(self, model, method, *args):
        return getattr(self.env[model], method)(*args)

    def get_order(self, shop, key):
        """Return an order as Odoo knows it."""
        domain = [("store_id", "=", shop.store.id), ("external_id", "=", str(key))]
        return self.env["merchant.order"].search(domain)

    def get_listing(self, shop, key):
        """Return a listing."""
        domain = [("store_id", "=", shop.store.id), ("external_id", "=", str(key))]
        return self.env["merchant.listing"].search(domain)

    def next_listings(self, shop, count):
        """Return listings of products, others at each cell."""
        domain = [("store_id", "=", shop.store.id), ("product_id", "!=", False)]
        listings = self.env["merchant.listing"].search(domain, order="id")
        first = self._changed % (len(listings) - count)
        return listings[first : first + count]

    def run_cron(self, name):
        """Let a scheduled action work, as the scheduler does."""
        # What it is to see must be in the database.
        self.env.cr.commit()
        module = "garazd_product_feed" if name == "generate" else "garazd_merchant_center"
        self.env.ref(f"{module}.cron_{name}").method_direct_trigger()
        self.env.cr.commit()
        self.env.invalidate_all()

    def _run(self, names):
        for name in names:
            self.run_cron(name)
        self.let_time_pass()

    def let_time_pass(self):
        """Let every pause be over; leases stay, a worker that lives gives them back."""
        self.env.flush_all()
        for statement in (
            "UPDATE merchant_sync_run SET next_attempt = NULL WHERE finished_at IS NULL",
            "UPDATE merchant_operation SET next_attempt = NULL WHERE state = 'pending'",
            "UPDATE merchant_listing SET push_next_attempt = NULL",
            "UPDATE merchant_store SET sending_paused_until = NULL",
            """
            UPDATE merchant_feed_import
               SET next_read_at = now() AT TIME ZONE 'UTC',
                   last_changed_at = last_changed_at - INTERVAL '1 hour'
             WHERE state = 'running'
            """,
        ):
            self.env.cr.execute(statement)
        self.env.cr.commit()
        self.env.invalidate_all()

    # === A CELL === #

    def try_cell(self, cell):
        """Let the fault happen, let it be over, and look at both sides.

        :rtype: dict
        """
        started = time.monotonic()
        self.errors.clear()
        self._changed += 1
        scenario = SCENARIOS[cell.call.name](self)
        self.unlucky.settled = None
        before = self._get_issues()
        for shop in self._shops:
            shop.sim.options.max_limit = 2
            shop.sim.world.journal.clear()
            scenario.stimulate(shop)
        spoilt_record = self._arm(cell)
        for name in scenario.crons:
            self.run_cron(name)
        unnoticed = scenario.is_done(self.unlucky)
        issues = self._get_issues() - before
        told = sorted(set(issues.mapped("title")))
        problems = []
        if not scenario.is_done(self.lucky):
            problems.append("the other shop had to wait")
        if not (unnoticed or told or cell.fault.is_invisible):
            problems.append("nobody was told")
        self._disarm(cell, spoilt_record)
        rounds = self._converge(cell, scenario, before)
        problems += self._judge(scenario, before)
        for message in self.errors:
            problems.append(f"in the log: {message}")
        sys.stderr.write(f"{cell.title}: {problems or 'fine'}\n")
        return {
            "call": cell.call.name,
            "fault": cell.fault.title,
            "title": cell.title,
            "lasts": cell.lasts,
            "unnoticed": unnoticed,
            "told": told,
            "rounds": rounds,
            "asked_person": self.unlucky.settled is not None or scenario.asked_person,
            "problems": problems,
            "seconds": time.monotonic() - started,
        }

    def _arm(self, cell):
        """Order the fault; return the record that was spoilt in the shop."""
        sim, times = self.unlucky.sim, None if cell.lasts else 1
        if cell.fault.name == "refused":
            sim.stop()
        elif cell.poison and cell.call.is_paged and cell.call.records in ("orders", "products"):
            good = sim.add_order() if cell.call.records == "orders" else sim.add_product()
            getattr(sim.state, cell.call.records)[good["id"]] = spoilt(good, cell.poison)
            return good
        else:
            path, method = cell.call.path, cell.call.method
            sim.faults.add(cell.fault.name, path, method, times=times, **cell.args)
        return None

    def _disarm(self, cell, spoilt_record):
        sim = self.unlucky.sim
        sim.start()
        for shop in self._shops:
            shop.sim.faults.clear()
            shop.sim.options.max_limit = 100
        if spoilt_record:
            # Somebody corrects it in the cabinet.
            key = spoilt_record["id"]
            getattr(sim.state, cell.call.records)[key] = spoilt_record
            touch = sim.touch if cell.call.records == "orders" else sim.touch_product
            touch(key)

    def _converge(self, cell, scenario, before):
        """Let the scheduled actions work until both sides are equal; return how often."""
        for number in range(1, ROUNDS + 1):
            self.let_time_pass()
            scenario.act_for_person(self.unlucky)
            if cell.fault.is_invisible or cell.poison == "missing_id":
                # Once a day the orders of the last month are read again.
                self.run_cron("sync_base")
            self._run(scenario.settle)
            if not self._judge(scenario, before):
                return number
        return ROUNDS

    def _judge(self, scenario, before):
        """Return in words what is not as it should be."""
        problems = []
        if not scenario.is_done(self.unlucky):
            problems.append("it did not arrive")
        for shop in self._shops:
            problems += self._find_differences(shop)
            problems += truth.find_doubles(*self.about(shop))
            problems += truth.find_unpaid(*self.about(shop))
            problems += scenario.find_doubles(shop)
        for issue in (self._get_issues() - before).filtered(lambda issue: issue.state == "open"):
            problems.append(f"still open: {issue.display_name}")
        return problems

    def _find_differences(self, shop):
        return [*truth.find_differences(*self.about(shop))]

    def _get_issues(self):
        stores = self.unlucky.store + self.lucky.store
        return self.env["merchant.issue"].search([("store_id", "in", stores.ids)])


class ErrorsInLog(logging.Handler):
    """Collects what an engineer would find in the log."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.messages = []

    def __enter__(self):
        logging.getLogger().addHandler(self)
        return self.messages

    def __exit__(self, *_exc_info):
        logging.getLogger().removeHandler(self)

    def emit(self, record):
        self.messages.append(record.getMessage().splitlines()[0])
