from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..api.market import Overloaded
from .common import DemoCase


@tagged("post_install", "-at_install")
class TestSetStatus(DemoCase):
    """The one change that a thin base makes: the status after import."""

    def _prepare(self):
        super()._prepare()
        self._make_product("A1")
        self.store.set_status_id = self._status("accepted")
        self.market.requests.clear()

    def _import_in_production(self, **changes):
        self.store.action_set_production()
        order = self._import_order("1", **changes)
        self._run_cron("operations")
        return order

    def _asked(self):
        return [name for name, _arguments in self.market.requests if name == "set_status"]

    def test_test_mode_shows_the_exact_request_and_sends_nothing(self):
        order = self._import_order("1")
        self._run_cron("operations")
        operation = self._operations()
        self.assertRecordValues(
            operation,
            [{"state": "withheld", "res_model": "merchant.order", "res_id": order.id}],
        )
        self.assertEqual(
            operation.request,
            {
                "method": "POST",
                "path": "/orders/set_status",
                "body": {"order": "1", "status": "accepted"},
            },
        )
        self.assertIn('"path": "/orders/set_status"', operation.exchange_text)
        self.assertFalse(self._asked())
        self.assertEqual(self.market.orders[0]["status"], "new")
        self.assertEqual(self.store.withheld_count, 1)

    def test_production_sends_it(self):
        self._import_in_production()
        self.assertEqual(self.market.orders[0]["status"], "accepted")
        self.assertRecordValues(self._operations(), [{"state": "done", "attempts": 1}])
        self.assertEqual(self._operations().response["done"], ["1"])

    def test_refusal_is_told(self):
        self.market.refusals["1"] = "the buyer changed his mind"
        self._import_in_production()
        operation = self._operations()
        self.assertEqual(operation.state, "failed")
        issue = self._get_issues("operation_failed")
        self.assertIn("the buyer changed his mind", issue.detail)
        self.assertIn("Set the status of an order: 1", issue.detail)
        self.assertEqual(issue.action_open_record()["res_id"], operation.id)

    def test_passing_fault_is_tried_again_later(self):
        self.market.fail("set_status", Overloaded("busy"))
        self._import_in_production()
        operation = self._operations()
        self.assertEqual((operation.state, operation.attempts), ("pending", 1))
        self.assertGreater(operation.next_attempt, fields.Datetime.now())
        self._run_cron("operations")
        self.assertEqual(operation.attempts, 1)
        operation.next_attempt = fields.Datetime.now() - timedelta(seconds=1)
        self._run_cron("operations")
        self.assertEqual(operation.state, "done")

    def test_marketplace_says_when_to_come_back(self):
        self.market.fail("set_status", Overloaded("busy", seconds=900))
        self._import_in_production()
        wait = self._operations().next_attempt - fields.Datetime.now()
        self.assertAlmostEqual(wait.total_seconds(), 900, delta=30)

    def test_lost_answer_is_settled_by_looking(self):
        self.market.lost_answers.add("1")
        self._import_in_production()
        self.assertEqual(self._operations().state, "done")
        self.assertEqual(len(self._asked()), 1)

    def test_lost_answer_that_cannot_be_settled_is_tried_again(self):
        self.market.fail("order", Overloaded("busy"))
        self.market.lost_answers.add("1")
        self._import_in_production()
        self.assertEqual(self._operations().state, "pending")

    def test_order_is_never_pushed_back(self):
        for status in ("accepted", "paid", "delivered", "cancelled"):
            with self.subTest(status):
                self._import_order(status, status=status)
        self.assertFalse(self._operations())

    def test_order_read_again_is_not_set_again(self):
        self._import_in_production()
        self._sync()
        self._run_cron("operations")
        self.assertEqual(len(self._asked()), 1)

    def test_held_order_sets_nothing(self):
        self._import_in_production(total="much")
        self.assertFalse(self._operations())
