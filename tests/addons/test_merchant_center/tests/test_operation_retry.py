from datetime import timedelta
from unittest.mock import patch

import psycopg2.errors

from odoo import fields
from odoo.tests import tagged

from odoo.addons.garazd_merchant_center.models import merchant_operation_sender as sender

from ..api.market import Overloaded
from .common import DemoCase


@tagged("post_install", "-at_install")
class TestOperationRetry(DemoCase):
    """The outbox on bad days: when it tries again, what it never does twice, who has to wait."""

    def _prepare(self):
        super()._prepare()
        self._make_product("A1")
        self.store.action_set_production()

    def _enqueue(self, number="1", status="accepted", store=None):
        store = store or self.store
        order = self._get_order(number, store)
        return self.env["merchant.operation"]._enqueue(
            store, "order_status", order, {"status": status}
        )

    def _import(self, *numbers):
        for number in numbers:
            self._order(number)
        self._sync()

    def _make_other_store(self):
        """Return a second store in Production with the order "9", and its market."""
        other = self._make_store(name="Other", api_token="other", mode="production")
        market = self._open_market("other")
        self._order("9", market=market)
        self._sync(store=other)
        return other, market

    def _sent(self, market=None):
        requests = (market or self.market).requests
        return [args["order_ids"][0] for name, args in requests if name == "set_status"]

    def _wait(self, record):
        return (record.next_attempt - fields.Datetime.now()).total_seconds()

    # === WHEN === #

    def test_pauses_grow_up_to_an_hour_with_full_jitter(self):
        self._import("1")
        operation = self._enqueue()
        self.market.fail("set_status", Overloaded(), times=99)
        asked = []

        def longest(low, high):
            asked.append((low, high))
            return high

        with patch.object(sender.random, "uniform", side_effect=longest):
            for _attempt in range(sender.MAX_ATTEMPTS - 1):
                operation.next_attempt = False
                self._run_cron("operations")
        self.assertEqual({low for low, _high in asked}, {1})
        limits = [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600, 3600]
        self.assertEqual([high for _low, high in asked], limits)
        self.assertAlmostEqual(self._wait(operation), 3600, delta=60)

    def test_pause_that_the_marketplace_asks_for_is_kept(self):
        self._import("1")
        operation = self._enqueue()
        self.market.fail("set_status", Overloaded(seconds=900))
        self._run_cron("operations")
        self.assertAlmostEqual(self._wait(operation), 900, delta=60)
        self._run_cron("operations")
        self.assertEqual(self._sent(), ["1"])

    def test_end_of_the_pause_wakes_the_sender(self):
        self._import("1")
        operation = self._enqueue()
        self.market.fail("set_status", Overloaded(seconds=900))
        self._run_cron("operations")
        cron = self.env.ref("garazd_merchant_center.cron_operations")
        wakings = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(operation.next_attempt, wakings.mapped("call_at"))

    def test_rest_of_the_store_waits_along_and_loses_no_attempt(self):
        self._import("1", "2")
        other, market = self._make_other_store()
        first = self._enqueue("1")
        second = self._enqueue("2")
        third = self._enqueue("9", store=other)
        self.market.fail("set_status", Overloaded(seconds=900))
        with patch.object(sender, "BATCH", 1):
            self._run_cron("operations")
        self.assertEqual(self._sent(), ["1"])
        self.assertAlmostEqual(self._wait(second), 900, delta=60)
        self.assertEqual((first.attempts, second.attempts), (1, 0))
        self.assertEqual((third.state, self._sent(market)), ("done", ["9"]))

    def test_unreachable_marketplace_is_told_once_and_settles_itself(self):
        self._import("1", "2")
        operations = self._enqueue("1") + self._enqueue("2")
        self.market.fail("set_status", Overloaded("down"), times=2)
        self._run_cron("operations")
        issue = self._get_issues("marketplace_unreachable")
        self.assertEqual(len(issue), 1)
        self.assertIn("nothing is lost", issue.detail)
        operations.next_attempt = False
        self._run_cron("operations")
        self.assertEqual(set(operations.mapped("state")), {"done"})
        self.assertEqual(issue.state, "resolved")

    # === ONCE === #

    def test_change_of_a_worker_that_died_is_looked_up_before_it_is_sent_again(self):
        self._import("1")
        operation = self._enqueue()
        operation._take_next(operation.browse())._prepare_to_send()._send()
        # The worker dies before it writes down what became of it.
        self.assertEqual((operation.state, self._sent()), ("pending", ["1"]))
        self._run_cron("operations")
        self.assertEqual(operation.state, "pending", "it may still be at work")
        operation.leased_until = fields.Datetime.now() - timedelta(seconds=1)
        self._run_cron("operations")
        self.assertEqual((operation.state, self._sent()), ("done", ["1"]))

    def test_change_of_a_worker_that_died_before_sending_is_sent(self):
        self._import("1")
        operation = self._enqueue()
        operation._take_next(operation.browse())
        operation.leased_until = fields.Datetime.now() - timedelta(seconds=1)
        self._run_cron("operations")
        self.assertEqual((operation.state, self._sent()), ("done", ["1"]))
        self.assertFalse(operation.is_uncertain)

    def test_lost_answer_is_looked_up_before_it_is_sent_again(self):
        self._import("1")
        operation = self._enqueue()
        self.market.lost_answers.add("1")
        self.market.fail("order", Overloaded())
        self._run_cron("operations")
        self.assertEqual((operation.state, operation.is_uncertain), ("pending", True))
        operation.next_attempt = False
        self._run_cron("operations")
        self.assertEqual((operation.state, self._sent()), ("done", ["1"]))

    def test_conflict_while_the_outcome_is_noted_sends_nothing_twice(self):
        self._import("1")
        operation = self._enqueue()
        operations = type(operation)
        settle = operations._settle
        conflicts = [psycopg2.errors.SerializationFailure()]

        def settle_in_the_end(operation, outcome):
            if conflicts:
                raise conflicts.pop()
            return settle(operation, outcome)

        with patch.object(operations, "_settle", settle_in_the_end):
            self._run_cron("operations")
        self.assertEqual((operation.state, operation.attempts), ("done", 1))
        self.assertEqual(self._sent(), ["1"])

    def test_operation_that_is_deleted_on_its_way_is_forgotten(self):
        self._import("1")
        ready = self._enqueue()._take_next(self._operations().browse())._prepare_to_send()
        outcomes, error = ready._send()
        ready.unlink()
        ready._note(outcomes, error)
        self.assertFalse(self._operations())

    # === WHOSE TURN === #

    def test_store_that_waited_the_longest_has_its_turn_first(self):
        self._import("1", "2", "3")
        other, _market = self._make_other_store()
        for number in ("1", "2", "3"):
            self._enqueue(number)
        last = self._enqueue("9", store=other)
        with patch.object(sender, "BATCH", 1):
            first = last._take_next(last.browse())
            self.assertEqual(first.store_id, self.store)
            first._note(first._prepare_to_send()._send()[0], None)
            self.assertEqual(last._take_next(first), last)

    def test_operations_that_others_hold_keep_no_store_waiting(self):
        self._import("1")
        other, _market = self._make_other_store()
        held = self._enqueue("1")
        free = self._enqueue("9", store=other)
        operations = type(held)
        lock = operations.try_lock_for_update

        def lock_all_but_the_held(records, **options):
            return lock(records - held, **options)

        with patch.object(operations, "try_lock_for_update", lock_all_but_the_held):
            self._run_cron("operations")
        self.assertEqual((held.state, free.state), ("pending", "done"))

    def test_action_ends_quietly_where_another_worker_has_everything_in_hand(self):
        self._import("1")
        held = self._enqueue()
        nothing = patch.object(type(held), "try_lock_for_update", lambda records: records.browse())
        with nothing, self.assertNoLogs("odoo.addons.base.models.ir_cron", "WARNING"):
            self._run_cron("operations")
        self.assertEqual(held.state, "pending")

    def test_what_there_was_no_time_for_has_lost_no_attempt(self):
        self._import("1")
        operation = self._enqueue()
        taken = operation._take_next(operation.browse())
        taken._note({operation.id: sender.Outcome(state="unsent")}, None)
        self.assertRecordValues(
            operation, [{"state": "pending", "attempts": 0, "leased_until": False}]
        )
        self._run_cron("operations")
        self.assertEqual(operation.state, "done")

    def test_what_there_was_no_time_for_goes_on_as_soon_as_others_had_their_turn(self):
        self._import("1")
        operation = self._enqueue()
        cron = self.env.ref("garazd_merchant_center.cron_operations")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        triggers.unlink()
        unsent = {operation.id: sender.Outcome(state="unsent")}
        send = type(self.env["merchant.adapter.demo"])
        with patch.object(send, "_send_operations", lambda adapter, operations: unsent):
            self._run_cron("operations")
        self.assertEqual(len(triggers.search([("cron_id", "=", cron.id)])), 1)

    # === RETENTION === #

    def test_old_operations_are_forgotten_unless_they_wait_or_an_issue_tells_about_them(self):
        self._import("1", "2", "3", "4", "5")
        names = ("done", "failed", "told", "withheld", "pending")
        kept = {}
        for number, name in enumerate(names, 1):
            kept[name] = self._enqueue(str(number))
        kept["done"]._finish("done")
        kept["failed"]._finish("failed")
        kept["told"]._settle(sender.Outcome(state="failed", message="no"))
        kept["withheld"]._withhold()
        kept["recent"] = kept["done"].copy({"state": "done"})
        old = fields.Datetime.now() - timedelta(days=61)
        ids = [operation.id for name, operation in kept.items() if name != "recent"]
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE merchant_operation SET create_date = %s, done_at = NULL WHERE id IN %s",
            [old, tuple(ids)],
        )
        self.env.invalidate_all()
        self.env["merchant.operation"]._gc_old_operations()
        left = {name for name, operation in kept.items() if operation.exists()}
        self.assertEqual(left, {"told", "pending", "recent"})
