from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..api.market import Overloaded
from .common import DemoCase


@tagged("post_install", "-at_install")
class TestOperation(DemoCase):
    """The outbox: what is written down is sent once, in order, and only in Production."""

    def _prepare(self):
        super()._prepare()
        self._make_product("A1")
        self.store.action_set_production()

    def _enqueue(self, order, status="accepted"):
        return self.env["merchant.operation"]._enqueue(
            self.store, "order_status", order, {"status": status}
        )

    def _sent(self):
        return [
            (args["order_ids"][0], args["status"])
            for name, args in self.market.requests
            if name == "set_status"
        ]

    def test_rollback_leaves_nothing(self):
        order = self._import_order("1")
        triggers = self.env["ir.cron.trigger"].search_count([])

        class Oops(Exception):
            pass

        with self.assertRaises(Oops), self.env.cr.savepoint():
            self._enqueue(order)
            raise Oops
        self.assertFalse(self._operations())
        self.assertEqual(self.env["ir.cron.trigger"].search_count([]), triggers)

    def test_commit_wakes_the_sender(self):
        order = self._import_order("1")
        cron = self.env.ref("garazd_merchant_center.cron_operations")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([("cron_id", "=", cron.id)])
        self._enqueue(order)
        self.assertEqual(triggers.search_count([("cron_id", "=", cron.id)]), before + 1)

    def test_later_change_replaces_the_earlier(self):
        order = self._import_order("1")
        first = self._enqueue(order)
        second = self._enqueue(order, "paid")
        self.assertEqual((first.state, first.error), ("cancelled", "Replaced by a later change"))
        self._run_cron("operations")
        self.assertEqual(second.state, "done")
        self.assertEqual(self._sent(), [("1", "paid")])

    def test_record_waits_for_its_oldest_operation(self):
        order = self._import_order("1")
        older = self._enqueue(order)
        later = older.copy()
        older.next_attempt = fields.Datetime.now() + timedelta(hours=1)
        self._run_cron("operations")
        self.assertEqual((older + later).mapped("state"), ["pending", "pending"])
        older.next_attempt = False
        self._run_cron("operations")
        self.assertEqual((older + later).mapped("state"), ["done", "done"])

    def test_leased_operation_is_left_to_its_worker(self):
        operation = self._enqueue(self._import_order("1"))
        operation.leased_until = fields.Datetime.now() + timedelta(minutes=1)
        self._run_cron("operations")
        self.assertFalse(self._sent())
        operation.leased_until = fields.Datetime.now() - timedelta(minutes=1)
        self._run_cron("operations")
        self.assertEqual(operation.state, "done")

    def test_lease_of_a_clock_that_was_put_back_holds_nothing(self):
        operation = self._enqueue(self._import_order("1"))
        operation.leased_until = fields.Datetime.now() + timedelta(days=3650)
        self._run_cron("operations")
        self.assertEqual(operation.state, "done")

    def test_switching_to_test_withholds_what_waits(self):
        operation = self._enqueue(self._import_order("1"))
        self.store.with_user(self.admin).action_set_test()
        self.assertEqual(operation.state, "withheld")
        self.assertTrue(operation.request)
        self._run_cron("operations")
        self.store.action_set_production()
        self._run_cron("operations")
        self.assertFalse(self._sent())
        self.assertEqual(operation.state, "withheld")

    def test_sender_withholds_in_test_mode(self):
        operation = self._enqueue(self._import_order("1"))
        self.store.mode = "test"
        self._run_cron("operations")
        self.assertEqual(operation.state, "withheld")
        self.assertFalse(self._sent())

    def test_withheld_is_sent_by_an_administrator_in_production_only(self):
        operation = self._enqueue(self._import_order("1"))
        self.store.action_set_test()
        with self.assertRaisesRegex(UserError, "nothing is sent"):
            operation.with_user(self.admin).action_retry()
        self.store.action_set_production()
        with self.assertRaises(AccessError):
            operation.with_user(self.user).action_retry()
        operation.with_user(self.admin).action_retry()
        self._run_cron("operations")
        self.assertEqual(self._sent(), [("1", "accepted")])

    def test_operation_that_was_given_up_is_sent_by_an_administrator_only(self):
        """Else a user could cancel what Test mode withheld, and send that."""
        operation = self._enqueue(self._import_order("1"))
        operation.with_user(self.user).action_cancel()
        with self.assertRaises(AccessError):
            operation.with_user(self.user).action_retry()
        self.assertEqual(operation.state, "cancelled")
        operation.with_user(self.admin).action_retry()
        self.assertEqual(operation.state, "pending")

    def test_cancelled_operation_is_not_sent(self):
        operation = self._enqueue(self._import_order("1"))
        operation.with_user(self.user).action_cancel()
        self._run_cron("operations")
        self.assertFalse(self._sent())
        self.assertIn("merchant_user", operation.error)

    def test_operation_cancelled_on_its_way_tells_what_became_of_it(self):
        operation = self._enqueue(self._import_order("1"))
        ready = operation._take_batch()._prepare_to_send()
        outcomes, error = ready._send()
        operation.action_cancel()
        ready._note(outcomes, error)
        self.assertEqual(operation.state, "done")
        operation.action_cancel()
        self.assertEqual(operation.state, "done")

    def test_operation_without_a_request_fails_alone(self):
        first, second = self._import_order("1"), self._import_order("2")
        bad, good = self._enqueue(first), self._enqueue(second)
        first.sudo().unlink()
        self._run_cron("operations")
        self.assertEqual((bad.state, good.state), ("failed", "done"))
        self.assertIn("deleted in Odoo", self._get_issues("operation_failed").detail)

    def test_operation_the_adapter_says_nothing_about_is_tried_again(self):
        operation = self._enqueue(self._import_order("1"))
        operation._note({}, None)
        self.assertEqual((operation.state, operation.attempts), ("pending", 1))
        self.assertTrue(operation.next_attempt)

    def test_unexpected_error_is_tried_again(self):
        operation = self._enqueue(self._import_order("1"))
        self.market.fail("set_status", ZeroDivisionError("boom"))
        with mute_logger("odoo.addons.garazd_merchant_center.models.merchant_operation_sender"):
            self._run_cron("operations")
        self.assertEqual((operation.state, operation.error), ("pending", "boom"))
        operation.action_retry()
        self._run_cron("operations")
        self.assertEqual(operation.state, "done")

    def test_store_that_needs_attention_waits_as_a_whole(self):
        operation = self._enqueue(self._import_order("1"))
        self.market.close()
        self._run_cron("operations")
        self.assertEqual((self.store.state, operation.attempts), ("attention", 1))
        operation.next_attempt = False
        self._run_cron("operations")
        self.assertEqual(operation.attempts, 1)
        self._open_market(self.token).orders = self.market.orders
        self.store.action_check_connection()
        self._run_cron("operations")
        self.assertEqual(operation.state, "done")

    def test_archived_store_sends_nothing(self):
        operation = self._enqueue(self._import_order("1"))
        self.store.active = False
        self._run_cron("operations")
        self.assertEqual((operation.state, self._sent()), ("pending", []))

    def test_many_operations_go_in_batches(self):
        orders = [self._import_order(str(number)) for number in range(3)]
        for order in orders:
            self._enqueue(order)
        self._run_cron("operations")
        self.assertEqual(self._sent(), [(str(n), "accepted") for n in range(3)])
        self.assertEqual(set(self._operations().mapped("state")), {"done"})

    def test_operation_is_given_up_after_its_last_attempt(self):
        operation = self._enqueue(self._import_order("1"))
        operation.attempts = 11
        self.market.fail("set_status", Overloaded(), times=99)
        self._run_cron("operations")
        self.assertEqual(operation.state, "failed")
        issue = self._get_issues("operation_failed")
        self.assertEqual(issue._get_record(), operation)
        self.market.faults.clear()
        issue.with_user(self.user).action_retry()
        self._run_cron("operations")
        self.assertEqual((operation.state, issue.state), ("done", "resolved"))
