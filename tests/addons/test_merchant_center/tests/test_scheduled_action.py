from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.base.models import ir_cron

from ..api.market import Overloaded
from .common import DemoCase


@tagged("post_install", "-at_install")
class TestScheduledAction(DemoCase):
    def _count_runs(self, store=None, kind="orders"):
        return self.env["merchant.sync.run"].search_count(
            [("store_id", "=", (store or self.store).id), ("kind", "=", kind)]
        )

    def _make_other_store(self, **changes):
        self._open_market("other")
        return self._make_store(name="Other", api_token="other", **changes)

    def test_every_connected_store_is_read(self):
        other = self._make_other_store()
        for kind in ("base", "products", "orders"):
            self._run_cron(f"sync_{kind}")
            self.assertEqual(self._count_runs(kind=kind), 1)
            self.assertEqual(self._count_runs(other, kind), 1)

    def test_stores_that_cannot_be_read_are_left_alone(self):
        draft = self._make_other_store(state="draft")
        tokenless = self._make_store(name="No token", api_token=False)
        archived = self._make_store(name="Archived", active=False)
        self._run_cron("sync_orders")
        for store in (draft, tokenless, archived):
            self.assertEqual(self._count_runs(store), 0, store.name)

    def test_one_turn_makes_one_run(self):
        for number in range(3):
            self._order(str(number))
        self.market.page_size = 1
        self._run_cron("sync_orders")
        self.assertEqual(self._count_runs(), 1)
        self._run_cron("sync_orders")
        self.assertEqual(self._count_runs(), 2)

    def test_waking_for_one_store_leaves_the_served_ones_alone(self):
        other = self._make_other_store()
        self._run_cron("sync_orders")
        self._sync()
        self.assertEqual((self._count_runs(), self._count_runs(other)), (2, 1))

    def test_full_synchronization_stands_for_its_parts(self):
        self.store.action_sync()
        for kind in ("products", "orders"):
            self._run_cron(f"sync_{kind}")
            self.assertEqual(self._count_runs(kind=kind), 0)

    def test_paused_store_does_not_keep_the_others_waiting(self):
        other = self._make_other_store()
        self.market.fail("orders", Overloaded())
        self._run_cron("sync_orders")
        self._run_cron("sync_orders")
        self.assertEqual((self._count_runs(), self._count_runs(other)), (1, 2))

    def test_pause_wakes_the_action_when_it_ends(self):
        self.market.fail("orders", Overloaded())
        run = self._sync()
        cron = self.env.ref("garazd_merchant_center.cron_sync_orders")
        trigger = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", cron.id), ("call_at", "=", run.next_attempt)]
        )
        self.assertEqual(len(trigger), 1)

    def test_sender_does_not_wake_itself_for_what_cannot_be_sent(self):
        self._make_product("A1")
        order = self._import_order("1")
        self.store.action_set_production()
        operation = self.env["merchant.operation"]._enqueue(
            self.store, "order_status", order, {"status": "accepted"}
        )
        self.store.state = "attention"
        operation.next_attempt = fields.Datetime.now() - timedelta(minutes=1)
        cron = self.env.ref("garazd_merchant_center.cron_operations")
        triggers = self.env["ir.cron.trigger"]
        triggers.search([("cron_id", "=", cron.id)]).unlink()
        self._run_cron("operations")
        self.assertFalse(triggers.search([("cron_id", "=", cron.id)]))

    def test_orders_go_before_statuses_before_stock_before_the_catalogue(self):
        names = ["sync_orders", "operations", "listings", "sync_products", "sync_base"]
        crons = [self.env.ref(f"garazd_merchant_center.cron_{name}") for name in names]
        priorities = [cron.priority for cron in crons]
        self.assertEqual(priorities, sorted(set(priorities)))
        self.assertGreater(self.env.ref("garazd_product_feed.cron_generate").priority, 7)

    def test_what_is_to_be_sent_waits_for_a_minute_at_most(self):
        """Nobody is woken by those who move goods, so the interval is the promise."""
        action = self.env.ref("garazd_merchant_center.cron_listings")
        self.assertTrue(action.active)
        self.assertEqual((action.interval_number, action.interval_type), (1, "minutes"))

    def test_slow_store_delays_another_by_a_page_and_no_more(self):
        self.market.page_size = 1
        for number in range(3):
            self._order(str(number))
        other = self._make_other_store()
        runs = self.env["merchant.sync.run"]
        slow, quick = (runs._get_or_start(store, "orders") for store in (self.store, other))
        with self._time_for_a_page():
            self._run_cron("sync_orders")
        # Nobody asked for single orders, so that was no turn.
        self.assertEqual((slow.created, slow.state, quick.state), (0, "running", "pending"))
        with self._time_for_a_page():
            self._run_cron("sync_orders")
        self.assertEqual((slow.created, quick.state), (1, "pending"))
        with self._time_for_a_page():
            self._run_cron("sync_orders")
        self.assertEqual((slow.created, quick.state), (1, "running"))

    def test_run_that_is_opened_meanwhile_has_its_turn_before_any_other_has_a_second_one(self):
        other = self._make_other_store()
        self._sync(store=other)
        self.market.page_size = 1
        for number in range(3):
            self._order(str(number))
        self.store.orders_read_until = False
        runs = self.env["merchant.sync.run"]
        runs._get_or_start(self.store, "orders")
        read_page = type(runs)._read_page
        turns = []

        def open_another(run, store, step):
            if step == "orders":
                if not turns:
                    runs._get_or_start(other, "orders")
                turns.append(store.id)
            return read_page(run, store, step)

        self.patch(type(runs), "_read_page", open_another)
        self._run_cron("sync_orders")
        self.assertEqual(turns[:3], [self.store.id, other.id, self.store.id])

    def test_store_with_two_runs_has_no_more_turns_than_another(self):
        """A slow store that is asked for again and again would keep the others waiting."""
        other = self._make_other_store()
        self._sync(store=other)
        self._sync()
        runs = self.env["merchant.sync.run"]
        early, late = "2026-01-01 10:00:00", "2026-01-01 10:00:01"
        quick = runs._get_or_start(other, "orders")
        slow = runs._get_or_start(self.store, "orders")
        runs.search([]).worked_at = early
        slow.write({"state": "done", "worked_at": late})
        again = runs._get_or_start(self.store, "orders")
        self.assertEqual(runs._search_open("orders").ids, [quick.id, again.id])
        quick.worked_at = late
        self.assertEqual(runs._search_open("orders", other).ids, [again.id, quick.id])

    def test_store_that_begins_anew_does_not_get_the_first_turn_again(self):
        runs = self.env["merchant.sync.run"]
        self._sync()
        other = self._make_other_store()
        again, first = (runs._get_or_start(store, "orders") for store in (self.store, other))
        self.assertEqual(runs._search_open("orders").ids, [first.id, again.id])

    def test_action_whose_time_is_up_wakes_itself_and_leaves_the_turn_to_others(self):
        self.market.page_size = 1
        for number in range(15):
            self._order(str(number))
        run = self.env["merchant.sync.run"]._get_or_start(self.store, "orders")
        cron = self.env.ref("garazd_merchant_center.cron_sync_orders")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        with self._time_for_a_page():
            self._run_cron("sync_orders")
        # Odoo calls it ten times in a row.
        self.assertEqual((run.state, run.step, run.created), ("running", "orders", 0))
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - triggers)
        self._run_cron("sync_orders")
        self.assertEqual((run.state, run.created), ("done", 15))

    def test_pressing_again_does_not_touch_a_run_that_is_under_way(self):
        """Else whoever presses often enough makes every page meet a conflict, for ever."""
        run = self.env["merchant.sync.run"]._get_or_start(self.store, "orders")
        self.env.flush_all()
        self.env.cr.execute("SELECT xmin, ctid FROM merchant_sync_run WHERE id = %s", [run.id])
        before = self.env.cr.fetchall()
        self.env.invalidate_all()
        self.store.action_sync_orders()
        self.env.flush_all()
        self.env.cr.execute("SELECT xmin, ctid FROM merchant_sync_run WHERE id = %s", [run.id])
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_orders_that_are_asked_for_while_they_are_read_are_read_once_more(self):
        """What came after the page that holds it would wait for the next interval."""
        self.market.page_size = 1
        self._order("1")
        run = self.env["merchant.sync.run"]._get_or_start(self.store, "orders")
        read_page = type(run)._read_page
        asked = []

        def ask_again(run, store, step):
            page = read_page(run, store, step)
            if step == "orders" and not asked:
                asked.append(step)
                self._order("2")
                self.market.page_size = 10
                for _press in range(2):
                    store.action_sync_orders()
            return page

        self.patch(type(run), "_read_page", ask_again)
        self._run_cron("sync_orders")
        self.assertEqual(self._count_runs(), 2)
        orders = self.env["merchant.order"].search([("store_id", "=", self.store.id)])
        self.assertEqual(sorted(orders.mapped("external_id")), ["1", "2"])

    def test_run_that_follows_another_waits_until_that_has_ended(self):
        runs = self.env["merchant.sync.run"]
        first = runs._get_or_start(self.store, "orders")
        first.state = "running"
        second = runs._get_or_start(self.store, "orders")
        self.assertEqual(runs._get_or_start(self.store, "orders"), second)
        self.assertEqual(runs._search_open("orders"), first)
        first.state = "done"
        self.assertEqual(runs._search_open("orders"), second)

    def test_catalogue_that_is_being_read_is_not_read_once_more(self):
        runs = self.env["merchant.sync.run"]
        first = runs._get_or_start(self.store, "products")
        first.state = "running"
        self.assertEqual(runs._get_or_start(self.store, "products"), first)

    @contextmanager
    def _time_for_a_page(self):
        """Let the time of a scheduled action be up as soon as it has begun."""
        runs = type(self.env["merchant.sync.run"])
        with (
            patch.object(ir_cron, "MIN_TIME_PER_JOB", 0),
            patch.object(runs, "_is_time_up", side_effect=[False, *[True] * 20]),
        ):
            yield
