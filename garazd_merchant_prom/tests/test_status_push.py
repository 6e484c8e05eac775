from odoo.exceptions import UserError
from odoo.tests import tagged

from ..api import const as prom
from .common import PromCase

PATH = "/orders/set_status"
OWN_STATUS = "custom-137204"


@tagged("post_install", "-at_install")
class TestStatusPush(PromCase):
    """Confirming, delivering and cancelling sales orders, as Prom sees it."""

    already_read = ("base",)

    def setUp(self):
        super().setUp()
        self.store.action_set_production()

    def _import_sales(self, number=1, kind="pending", **changes):
        orders = [self.sim.add_order(kind, **changes) for _number in range(number)]
        self._sync()
        self.sim.world.journal.clear()
        return self.env["sale.order"].union(
            *(self._get_order(order["id"]).sale_order_id for order in orders)
        )

    def _send(self):
        """Send what waits, and return the bodies of the requests that Prom got."""
        self.sim.world.journal.clear()
        self._operations().next_attempt = False
        self._run_cron("operations")
        return [request.body for request in self.sim.requests(PATH)]

    def _shown(self, sales):
        ids = map(int, sales.merchant_order_id.mapped("external_id"))
        return [self.sim.state.orders[order_id]["status"] for order_id in ids]

    def _deliver(self, pickings):
        pickings.move_ids.picked = True
        return pickings.with_context(skip_backorder=True).button_validate()

    def _cancel(self, sales, reason, comment=False):
        action = sales.action_cancel()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write({"reason": reason, "comment": comment})
        wizard.action_cancel()

    def test_order_goes_its_way(self):
        sale = self._import_sales(kind="pending+several_lines")
        order_id = int(sale.merchant_order_id.external_id)
        sale.action_confirm()
        self.assertEqual(self._send(), [{"ids": [order_id], "status": "received"}])
        first = sale.picking_ids
        first.move_ids[1:].quantity = 0
        self._deliver(first)
        self.assertFalse(self._send(), "a backorder waits")
        self._deliver(sale.picking_ids - first)
        self.assertEqual(self._send(), [{"ids": [order_id], "status": "delivered"}])
        self.assertEqual(self._shown(sale), ["delivered"])
        self._sync()
        self.assertEqual(sale.merchant_order_id.status_id.kind, "done")
        self.assertEqual(set(self._operations().mapped("state")), {"done"})

    def test_each_reason_cancels(self):
        for reason in self.store._get_adapter()._get_cancel_reasons():
            with self.subTest(reason.code):
                sale = self._import_sales()
                comment = "Пояснення" if reason.needs_comment else False
                self._cancel(sale, reason.code, comment)
                [body] = self._send()
                expected = {
                    "ids": [int(sale.merchant_order_id.external_id)],
                    "status": "canceled",
                    "cancellation_reason": reason.code,
                }
                if comment:
                    expected["cancellation_text"] = comment
                self.assertEqual(body, expected)
                self.assertEqual((sale.state, self._shown(sale)), ("cancel", ["canceled"]))

    def test_comment_is_required_as_prom_says(self):
        reasons = self.store._get_adapter()._get_cancel_reasons()
        wanting = {reason.code for reason in reasons if reason.needs_comment}
        self.assertEqual(wanting, {"price_changed", "not_enough_fields", "another"})
        self.assertEqual(len(reasons), 8)
        sale = self._import_sales()
        for code in wanting:
            with self.assertRaisesRegex(UserError, "comment"):
                self._cancel(sale, code)
        self.assertEqual(sale.state, "draft")

    def test_program_that_cancels_says_out_of_stock(self):
        sale = self._import_sales()
        sale._action_cancel()
        self.assertEqual(self._send()[0]["cancellation_reason"], prom.REASON_NOT_AVAILABLE)
        self.assertEqual(self._shown(sale), ["canceled"])

    def test_test_mode_shows_the_exact_request_and_sends_nothing(self):
        self.store.action_set_test()
        sale = self._import_sales()
        self._cancel(sale, "another", "Пошкоджено")
        operation = self._operations()
        body = {
            "ids": [int(sale.merchant_order_id.external_id)],
            "status": "canceled",
            "cancellation_reason": "another",
            "cancellation_text": "Пошкоджено",
        }
        self.assertEqual(operation.request, {"method": "POST", "path": PATH, "body": body})
        self.assertEqual(operation.state, "withheld")
        self.assertFalse(self._send())

    def test_many_orders_are_cancelled_in_one_call(self):
        sales = self._import_sales(20)
        self._cancel(sales, "not_available")
        [body] = self._send()
        self.assertEqual(len(body["ids"]), 20)
        self.assertEqual(set(self._shown(sales)), {"canceled"})

    def test_different_reasons_go_apart(self):
        sales = self._import_sales(3)
        self._cancel(sales[0], "another", "One")
        self._cancel(sales[1], "another", "Two")
        self._cancel(sales[2], "duplicate")
        texts = [body.get("cancellation_text") for body in self._send()]
        self.assertEqual(texts, ["One", "Two", None])
        self.assertEqual(set(self._shown(sales)), {"canceled"})

    def test_cancellation_that_was_left_out_is_sent_again(self):
        sales = self._import_sales(2)
        self._cancel(sales, "not_available")
        self.sim.faults.add("partial_processed", PATH)
        self._send()
        self.assertEqual(sorted(self._operations().mapped("state")), ["done", "pending"])
        self.assertEqual(len(self._send()[0]["ids"]), 1)
        self.assertEqual(set(self._shown(sales)), {"canceled"})
        self.assertEqual(self._operations().mapped("state"), ["done", "done"])

    def test_lost_answer_to_a_cancellation_is_settled_by_looking(self):
        sale = self._import_sales()
        self._cancel(sale, "not_available")
        self.sim.faults.add("answer_lost", PATH)
        self.assertEqual(len(self._send()), 1)
        self.assertEqual(self._operations().state, "done")

    def test_cancellation_that_prom_refuses_is_told(self):
        sale = self._import_sales()
        self._cancel(sale, "not_available")
        self.sim.touch(int(sale.merchant_order_id.external_id), status="delivered")
        self._send()
        self.assertEqual(self._operations().state, "failed")
        self.assertTrue(self._get_issues("operation_failed"))

    def test_order_that_refuses_its_whole_call_does_not_take_others_along(self):
        for refusal in ("call", "rest"):
            with self.subTest(refusal):
                self.sim.options.batch_refusal = refusal
                sales = self._import_sales(7)
                closed = sales[3]
                self.sim.touch(int(closed.merchant_order_id.external_id), status="canceled")
                sales.action_confirm()
                self.assertLess(len(self._send()), 8)
                self.assertEqual(set(self._shown(sales - closed)), {"received"})
                operations = self._operations().filtered(
                    lambda o, orders=sales.merchant_order_id: o.res_id in orders.ids
                )
                self.assertEqual(sorted(operations.mapped("state")), ["done"] * 6 + ["failed"])
                failed = operations.filtered(lambda operation: operation.state == "failed")
                self.assertEqual(failed.res_id, closed.merchant_order_id.id)

    def test_cancellation_by_the_buyer_is_not_sent_back(self):
        sale = self._import_sales()
        order_id = int(sale.merchant_order_id.external_id)
        cancellation = {"title": "Передумав", "initiator": prom.INITIATOR_BUYER}
        self.sim.touch(order_id, status="canceled", cancellation=cancellation)
        self._sync()
        if sale.state != "cancel":
            self.assertIs(sale.action_cancel(), True)
        self._import_sales(kind="canceled_by_buyer")
        self.assertFalse(self._operations())
        self.assertEqual(self.sim.state.orders[order_id]["cancellation"], cancellation)

    def test_cancellation_on_both_sides_at_once_is_settled(self):
        sale = self._import_sales()
        self._cancel(sale, "not_available")
        self.sim.touch(int(sale.merchant_order_id.external_id), status="canceled")
        self._send()
        self.assertEqual(self._operations().state, "done")

    def test_switched_off_events_send_nothing(self):
        self.store.write(
            {"push_confirmed": False, "push_delivered": False, "push_cancelled": False}
        )
        sales = self._import_sales(2)
        sales.action_confirm()
        self._deliver(sales[0].picking_ids)
        sales[1].action_cancel()
        self.assertFalse(self._operations())

    def test_own_statuses_of_the_shop_go_by_their_number(self):
        own = self._status(OWN_STATUS)
        for event in ("confirmed", "delivered", "cancelled"):
            with self.subTest(event):
                self.store[f"{event}_status_id"] = own
                sale = self._import_sales()
                order_id = int(sale.merchant_order_id.external_id)
                if event == "cancelled":
                    sale.action_cancel()
                else:
                    sale.action_confirm()
                if event == "delivered":
                    self._send()
                    self._deliver(sale.picking_ids)
                self.assertEqual(self._send(), [{"ids": [order_id], "custom_status_id": 137204}])
                self.assertEqual(self._shown(sale), [OWN_STATUS])
                self.store[f"{event}_status_id"] = False

    def test_own_status_that_prom_leaves_out_is_not_taken_for_done(self):
        """A paid order is further than an own status, but not than the one for sent goods."""
        self.sim.options.custom_after_paid = False
        self.store.delivered_status_id = self._status(OWN_STATUS)
        sale = self._import_sales(kind="paid")
        sale.action_confirm()
        self._deliver(sale.picking_ids)
        self._send()
        self.assertEqual((self._shown(sale), self._operations().state), (["paid"], "pending"))

    def test_each_store_is_told_of_its_own_orders(self):
        other_sim = self._open_shop(type(self.sim), "other-token")
        other = self._make_store(
            name="Other", api_url=other_sim.url, api_token="other-token", mode="production"
        )
        first = self._import_sales()
        order_id = other_sim.add_order("pending")["id"]
        self._sync(store=other)
        second = self._get_order(order_id, other).sale_order_id
        (first + second).action_confirm()
        self._run_cron("operations")
        self.assertEqual(self._shown(first), ["received"])
        self.assertEqual(other_sim.state.orders[order_id]["status"], "received")
        self._cancel(first + second, "duplicate")
        self._run_cron("operations")
        self.assertEqual(self._shown(first), ["canceled"])
        self.assertEqual(other_sim.state.orders[order_id]["status"], "canceled")

    def test_cancelled_order_is_noticed_before_the_delivery(self):
        sale = self._import_sales()
        sale.merchant_order_id.read_at = False
        sale.action_confirm()
        self._send()
        self.sim.touch(int(sale.merchant_order_id.external_id), status="canceled")
        self._run_cron("sync_orders")
        if sale.state == "sale":
            action = sale.picking_ids.button_validate()
            self.assertEqual(action["res_model"], "merchant.delivery.confirm")
