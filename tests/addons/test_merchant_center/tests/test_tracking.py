from odoo.tests import tagged

from ..api.market import Overloaded
from .status_common import StatusCase

WHERE = {"provider": "nova_poshta", "kind": "branch", "city": "Kyiv", "branch_number": "5"}


@tagged("post_install", "-at_install")
class TestTracking(StatusCase):
    """The number of a parcel, on its way to the marketplace."""

    def _prepare(self):
        super()._prepare()
        self.order = self._import_order("1", parcel=dict(WHERE))

    def _tracking(self):
        return self._operations(kind="tracking")

    def _shown(self):
        return self.market.orders[0]["parcel"].get("waybill")

    def _sent(self):
        """Send what waits, and return which requests the market got, in order."""
        self.market.requests.clear()
        self._operations().next_attempt = False
        self._run_cron("operations")
        return [name for name, _arguments in self.market.requests]

    def test_number_is_sent_and_noted(self):
        self.order._push_tracking("N1")
        self.assertEqual(self._tracking().new_status, "N1")
        self._sent()
        self.assertEqual((self._shown(), self._tracking().state), ("N1", "done"))
        self.assertEqual((self.order.waybill_number, self.order.waybill_sent), ("N1", "N1"))

    def test_number_that_is_there_is_not_sent_again(self):
        self.order._push_tracking("N1")
        self.order._push_tracking("N1")
        self.assertEqual(len(self._tracking()), 1)
        self._sent()
        self.order._push_tracking("N1")
        self.assertEqual(len(self._tracking()), 1)

    def test_number_of_the_marketplace_is_not_sent_back(self):
        order = self._import_order("2", parcel=WHERE | {"waybill": "N7"})
        order._push_tracking("N7")
        self.assertFalse(self._tracking())

    def test_later_number_replaces_one_that_waits(self):
        self.order._push_tracking("N1")
        self.order._push_tracking("N2")
        self.assertEqual(self._tracking().mapped("state"), ["cancelled", "pending"])
        self._sent()
        self.assertEqual(self._shown(), "N2")

    def test_number_that_is_shown_calls_back_another(self):
        self.order._push_tracking("N1")
        self._sent()
        self.order._push_tracking("N2")
        self.order._push_tracking("N1")
        self.assertEqual(self._tracking().mapped("state"), ["done", "cancelled"])

    def test_numbers_go_before_everything_else(self):
        other = self._import_order("2")
        (other + self.order).sale_order_id.action_confirm()
        self.order._push_tracking("N1")
        self.assertEqual(self._sent()[0], "set_tracking")

    def test_status_that_pauses_does_not_hold_the_number_up(self):
        self.order.sale_order_id.action_confirm()
        self.market.fail("set_status", Overloaded("too many", seconds=3000))
        self._run_cron("operations")
        self.assertEqual(self._operations().state, "pending")
        self.order._push_tracking("N1")
        self._run_cron("operations")
        self.assertEqual(self._tracking().state, "done")

    def test_numbers_about_one_order_keep_their_turn(self):
        self.order._push_tracking("N1")
        self.market.fail("set_tracking", Overloaded("too many", seconds=3000))
        self._run_cron("operations")
        self.assertEqual(self._tracking().state, "pending")
        self.assertFalse(self.order.waybill_sent)

    def test_test_environment_shows_the_request_and_sends_nothing(self):
        self.store.action_set_test()
        self.order._push_tracking("N1")
        operation = self._tracking()
        self.assertEqual(operation.state, "withheld")
        body = {"order": "1", "number": "N1"}
        expected = {"method": "POST", "path": "/orders/set_tracking", "body": body}
        self.assertEqual(operation.request, expected)
        self.assertNotIn("set_tracking", self._sent())
        self.assertFalse(self.order.waybill_sent)

    def test_refused_number_is_an_issue(self):
        self.market.refusals["1"] = "no such parcel"
        self.order._push_tracking("N1")
        self._sent()
        self.assertEqual(self._tracking().state, "failed")
        self.assertIn("no such parcel", self._get_issues("operation_failed").detail)

    def test_marketplace_that_takes_none_is_told_none(self):
        self._import_order("2", parcel=WHERE | {"provider": None})._push_tracking("N1")
        self.assertFalse(self._tracking())

    def test_archived_store_is_told_nothing(self):
        self.store.active = False
        self.order._push_tracking("N1")
        self.assertFalse(self._tracking())
