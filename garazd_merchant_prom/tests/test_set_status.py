from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..api import const
from .common import PromCase

PATH = "/orders/set_status"


@tagged("post_install", "-at_install")
class TestSetStatus(PromCase):
    """The one change that is made on Prom: the status after import."""

    already_read = ("base",)

    def setUp(self):
        super().setUp()
        self.store.set_status_id = self._status("received")

    def _import_and_wait(self, number=1, **changes):
        """Import orders in Production; the change waits to be sent."""
        self.store.action_set_production()
        orders = [self.sim.add_order("pending", **changes) for _number in range(number)]
        self._sync()
        self.sim.world.journal.clear()
        self.assertEqual(self._operations().mapped("state"), ["pending"] * number)
        return [order["id"] for order in orders]

    def _send(self):
        self._operations().next_attempt = False
        self._run_cron("operations")
        return self._operations()

    def _assert_sent(self, requests, writes):
        self.assertEqual(len(self.sim.requests(PATH)), requests)
        self.assertEqual(len(self.sim.writes()), writes)

    def _shown(self, order_id):
        return self.sim.state.orders[order_id]["status"]

    # === TEST ENVIRONMENT === #

    def test_test_mode_shows_the_exact_request_and_sends_nothing(self):
        order = self._import()
        operation = self._send()
        self.assertEqual(operation.state, "withheld")
        expected = {"ids": [int(order.external_id)], "status": "received"}
        self.assertEqual(operation.request, {"method": "POST", "path": PATH, "body": expected})
        self.assertEqual(self.store.withheld_count, 1)
        self._assert_sent(requests=0, writes=0)

    def test_withheld_change_is_sent_on_demand_in_production_only(self):
        order = self._import()
        self.store.action_set_production()
        self.assertEqual(self._send().state, "withheld")
        self._operations().with_user(self.admin).action_retry()
        self.assertEqual(self._send().state, "done")
        self.assertEqual(self._shown(int(order.external_id)), "received")

    def test_store_taken_back_to_test_sends_nothing(self):
        self._import_and_wait()
        self.store.action_set_test()
        self.assertEqual(self._send().state, "withheld")
        self._assert_sent(requests=0, writes=0)

    # === PRODUCTION === #

    def test_change_is_sent_once(self):
        [order_id] = self._import_and_wait()
        operation = self._send()
        self.assertRecordValues(operation, [{"state": "done", "attempts": 1}])
        self.assertEqual(operation.response["processed_ids"], [order_id])
        self.assertEqual(self._shown(order_id), "received")
        self._sync()
        self._send()
        self._assert_sent(requests=1, writes=1)

    def test_change_is_seen_with_the_next_reading(self):
        [order_id] = self._import_and_wait()
        self._send()
        self._sync()
        self.assertEqual(self._get_order(order_id).status_id.external_id, "received")
        self.assertEqual(len(self._operations()), 1)

    def test_many_orders_go_in_one_request(self):
        ids = self._import_and_wait(3)
        self.assertEqual(self._send().mapped("state"), ["done"] * 3)
        [request] = self.sim.requests(PATH)
        self.assertEqual(sorted(request.body["ids"]), sorted(ids))

    def test_status_of_the_shop_goes_by_its_number(self):
        self.store.set_status_id = self._status("custom-137204")
        [order_id] = self._import_and_wait()
        self.assertEqual(self._send().state, "done")
        self.assertEqual(self._shown(order_id), "custom-137204")
        [request] = self.sim.requests(PATH)
        self.assertEqual(request.body, {"ids": [order_id], "custom_status_id": 137204})

    # === WHAT PROM MAY ANSWER === #

    def test_refused_status_is_told(self):
        self.sim.options.settable_statuses = ()
        [order_id] = self._import_and_wait()
        operation = self._send()
        self.assertEqual(operation.state, "failed")
        refusal = self.sim.requests(PATH)[0]
        self.assertEqual(refusal.status, 200, "a refusal looks like a success")
        issue = self._get_issues("operation_failed")
        self.assertIn(str(order_id), issue.detail)
        self.assertIn(operation.error, issue.detail)
        self.assertEqual(issue.action_open_record()["res_id"], operation.id)
        # A person retries it when the cause is gone.
        self.sim.options.settable_statuses = ("received",)
        issue.with_user(self.user).action_retry()
        self.assertEqual(self._send().state, "done")
        self.assertEqual(issue.state, "resolved")

    def test_order_left_out_is_sent_again(self):
        ids = self._import_and_wait(2)
        self.sim.faults.add("partial_processed", PATH)
        states = self._send().mapped("state")
        self.assertEqual(sorted(states), ["done", "pending"])
        self.assertEqual(self._send().mapped("state"), ["done", "done"])
        self.assertEqual({self._shown(order_id) for order_id in ids}, {"received"})
        self._assert_sent(requests=2, writes=2)

    def test_order_done_but_not_named_is_settled_by_looking(self):
        self._import_and_wait(2)
        self.sim.faults.add("partial_processed", PATH, applied=True)
        self.assertEqual(self._send().mapped("state"), ["done", "done"])
        self._assert_sent(requests=1, writes=2)

    def test_lost_answer_is_settled_by_looking(self):
        faults = {
            "lost": ("answer_lost", {}),
            "reset": ("reset", {}),
            "empty": ("empty_body", {}),
            "broken": ("server_error", {"applied": True}),
            "page": ("html_200", {"applied": True}),
        }
        for name, (fault, details) in faults.items():
            with self.subTest(name):
                self._operations().unlink()
                [order_id] = self._import_and_wait()
                self.sim.faults.add(fault, PATH, **details)
                self.assertEqual(self._send().state, "done")
                self.assertEqual(self._shown(order_id), "received")
                self._assert_sent(requests=1, writes=1)
        self.assertFalse(self._get_issues())

    def test_call_that_was_not_carried_out_is_sent_again(self):
        [order_id] = self._import_and_wait()
        self.sim.faults.add("server_error", PATH)
        operation = self._send()
        self.assertEqual(operation.state, "pending")
        self.assertIn("HTTP 502", operation.error)
        self.assertEqual(self._shown(order_id), "pending")
        self.assertEqual(self._send().state, "done")
        self._assert_sent(requests=2, writes=1)

    def test_too_many_requests_are_repeated_at_once(self):
        """Such an answer proves that nothing was done."""
        self._import_and_wait()
        self.sim.faults.add("too_many_requests", PATH)
        self.assertRecordValues(self._send(), [{"state": "done", "attempts": 1}])
        self._assert_sent(requests=2, writes=1)

    def test_pause_that_prom_asks_for_is_kept(self):
        self._import_and_wait()
        self.sim.faults.add("too_many_requests", PATH, retry_after=600)
        operation = self._send()
        self.assertEqual(operation.state, "pending")
        self.assertIn("HTTP 429", operation.error)
        wait = operation.next_attempt - fields.Datetime.now()
        self.assertAlmostEqual(wait.total_seconds(), 600, delta=60)
        self.assertEqual(self._send().state, "done")

    def test_doubt_that_cannot_be_settled_waits(self):
        [order_id] = self._import_and_wait()
        self.sim.faults.add("answer_lost", PATH)
        self.sim.faults.add("server_error", f"/orders/{order_id}", times=9)
        operation = self._send()
        self.assertEqual(operation.state, "pending")
        self.assertNotIn("marketplace_unreachable", operation.error)
        self.assertEqual(len(self._get_issues("marketplace_unreachable")), 1)
        self.sim.faults.clear()
        # It is looked up before it would be sent again.
        self.assertEqual(self._send().state, "done")
        self._assert_sent(requests=1, writes=1)
        self.assertFalse(self._get_issues())

    def test_doubt_does_not_undo_what_somebody_did_meanwhile(self):
        [order_id] = self._import_and_wait()
        self.sim.faults.add("answer_lost", PATH)
        self.sim.faults.add("server_error", f"/orders/{order_id}", times=9)
        self._send()
        self.sim.faults.clear()
        # In the cabinet, where setting the status once more would take it back.
        self.sim.touch(order_id, status="custom-137204")
        self.assertEqual(self._send().state, "done")
        self.assertEqual(self._shown(order_id), "custom-137204")

    def test_prom_that_is_down_costs_few_calls_however_much_waits(self):
        self._import_and_wait(12)
        self.sim.faults.add("server_error", times=None)
        operations = self._send()
        self.assertEqual(set(operations.mapped("state")), {"pending"})
        self.assertEqual(set(operations.mapped("attempts")), {1})
        # One call to change, and one, repeated, to look.
        self.assertEqual(len(self.sim.requests()), 1 + const.MAX_ATTEMPTS)
        self.sim.faults.clear()
        self.assertEqual(set(self._send().mapped("state")), {"done"})
        self.assertEqual(len(self.sim.writes()), 12)

    def test_slow_prom_gets_its_turn_another_time(self):
        self._import_and_wait(4)
        self.sim.faults.add("partial_processed", PATH, every=1, applied=True)
        adapter = type(self.env["merchant.adapter.prom"])
        with patch.object(adapter, "_prom_status_patience", 0):
            operations = self._send()
        self.assertEqual(set(operations.mapped("is_uncertain")), {True})
        self._assert_sent(requests=1, writes=4)
        self.assertEqual(set(self._send().mapped("state")), {"done"})
        self._assert_sent(requests=1, writes=4)

    def test_token_rejected_in_the_middle_keeps_what_was_confirmed(self):
        ids = self._import_and_wait(2)
        other = self._operations()[1]
        other.payload = {"status": "custom-137204"}
        self.sim.faults.add("token_expired", PATH, after=1)
        operations = self._send()
        self.assertEqual(operations.mapped("state"), ["done", "pending"])
        self.assertEqual(other.attempts, 0)
        self.assertEqual(self.store.state, "attention")
        self.store.action_check_connection()
        self.assertEqual(self._send().mapped("state"), ["done", "done"])
        self.assertEqual({self._shown(i) for i in ids}, {"received", "custom-137204"})

    def test_rejected_token_stops_the_store(self):
        self._import_and_wait()
        self.sim.tokens.revoke(self.token)
        self.assertEqual(self._send().state, "pending")
        self.assertEqual(self.store.state, "attention")
        self._send()
        self.assertEqual(len(self.sim.requests(PATH)), 1)
        self.sim.tokens.add(self.token)
        self.store.action_check_connection()
        self.assertEqual(self._send().state, "done")

    # === WHAT HAPPENED MEANWHILE === #

    def test_order_that_is_further_already_is_done(self):
        [order_id] = self._import_and_wait()
        self.sim.touch(order_id, status="delivered")
        self.assertEqual(self._send().state, "done")
        self.assertEqual(self._shown(order_id), "delivered")
        self._assert_sent(requests=1, writes=0)

    def test_order_that_was_cancelled_is_told(self):
        [order_id] = self._import_and_wait()
        self.sim.touch(order_id, status="canceled")
        self.assertEqual(self._send().state, "failed")
        self.assertEqual(len(self._get_issues("operation_failed")), 1)
        self.assertEqual(self._shown(order_id), "canceled")

    def test_order_that_is_further_on_import_is_left_alone(self):
        self.store.action_set_production()
        for kind in ("received", "custom_status", "paid", "delivered", "canceled_by_buyer"):
            self.sim.add_order(kind)
        self._sync()
        self.assertFalse(self._operations())
