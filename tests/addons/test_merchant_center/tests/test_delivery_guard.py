from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..api.market import Overloaded
from .status_common import StatusCase


@tagged("post_install", "-at_install")
class TestDeliveryGuard(StatusCase):
    """Goods do not leave unnoticed for an order that was cancelled on the marketplace."""

    def _confirm_and_let_the_buyer_cancel(self, order_id="1", *lines):
        sale = self._confirm(order_id, *lines)
        self._run_cron("operations")
        # Only the status: what else Odoo does with such an order is not the point here.
        sale.merchant_order_id.status_id = self._status("cancelled")
        return sale

    def _validate(self, pickings):
        """Press Validate on the form."""
        pickings.move_ids.picked = True
        return pickings.with_context(merchant_asks=True).button_validate()

    def _open(self, action, user=None):
        self.assertEqual(action["res_model"], "merchant.delivery.confirm")
        wizards = self.env["merchant.delivery.confirm"].with_user(user or self.env.user)
        return wizards.with_context(**action["context"]).browse(action["res_id"])

    def test_validation_is_stopped_and_may_go_on_knowingly(self):
        picking = self._confirm_and_let_the_buyer_cancel().picking_ids
        picking = picking.with_user(self.storekeeper)
        wizard = self._open(self._validate(picking), self.storekeeper)
        self.assertEqual(picking.state, "assigned")
        self.assertRegex(wizard.message, r"Order 1 of Demo Shop is cancelled .*read on \d")
        wizard.action_deliver()
        self.assertEqual(picking.state, "done")
        self.assertFalse(self._send())

    def test_warehouse_sees_the_order_and_that_it_was_cancelled(self):
        picking = self._confirm("900222", quiet=True, note="Call before 6 pm").picking_ids
        picking = picking.with_user(self.storekeeper)
        found = picking.search([("merchant_reference", "ilike", "900222")])
        self.assertEqual(found, picking)
        self.assertRecordValues(
            picking,
            [
                {
                    "merchant_reference": "Demo Shop 900222",
                    "merchant_do_not_call": True,
                    "merchant_buyer_note": "Call before 6 pm",
                    "merchant_is_cancelled": False,
                }
            ],
        )
        picking.sudo().merchant_order_id.status_id = self._status("cancelled")
        self.assertTrue(picking.merchant_is_cancelled)

    def test_delivery_of_a_placeholder_says_what_the_buyer_ordered(self):
        picking = self._confirm("3", self._line("Z9", title="Red cup")).picking_ids
        storekeeper = picking.with_user(self.storekeeper)
        self.assertEqual(storekeeper.move_ids.description_picking, "Red cup")

    def test_question_about_the_backorder_still_comes(self):
        sale = self._confirm_and_let_the_buyer_cancel("1", self._line(quantity="3"))
        picking = sale.picking_ids
        picking.move_ids.quantity = 1
        action = self._open(self._validate(picking)).action_deliver()
        self.assertEqual(action["res_model"], "stock.backorder.confirmation")
        Form(self.env[action["res_model"]].with_context(**action["context"])).save().process()
        self.assertEqual(picking.state, "done")

    def test_other_deliveries_of_the_selection_go_on_together(self):
        good = self._confirm("2").picking_ids
        cancelled = self._confirm_and_let_the_buyer_cancel().picking_ids
        wizard = self._open(self._validate(cancelled + good))
        self.assertIn("Order 1 ", wizard.message)
        self.assertNotIn("Order 2 ", wizard.message)
        self.assertEqual(good.state, "assigned")
        wizard.action_deliver()
        self.assertEqual((cancelled + good).mapped("state"), ["done", "done"])

    def test_orders_of_several_stores_are_named_together(self):
        market = self._open_market("other")
        other = self._make_store(name="Other", api_token="other", mode="production")
        self._order("7", market=market)
        self._sync(store=other)
        sale = self._get_order("7", other).sale_order_id
        sale.action_confirm()
        sale.merchant_order_id.status_id = other.status_ids.filtered(
            lambda status: status.external_id == "new"
        ).copy({"external_id": "gone", "kind": "cancelled"})
        pickings = self._confirm_and_let_the_buyer_cancel().picking_ids + sale.picking_ids
        wizard = self._open(self._validate(pickings))
        self.assertIn("Order 1 of Demo Shop", wizard.message)
        self.assertIn("Order 7 of Other", wizard.message)
        wizard.action_deliver()
        self.assertEqual(pickings.mapped("state"), ["done", "done"])

    def test_cancelled_order_that_shares_a_delivery_is_noticed(self):
        delivery = self._confirm("2").picking_ids
        cancelled = self._confirm_and_let_the_buyer_cancel().picking_ids
        cancelled.move_ids.picking_id = delivery
        self.assertTrue(delivery.merchant_is_cancelled)
        self.assertIn("Order 1 ", self._open(self._validate(delivery)).message)

    def test_stranger_is_asked_about_no_delivery_he_may_not_read(self):
        picking = self._confirm_and_let_the_buyer_cancel().picking_ids
        stranger = self._make_user("stranger", "base.group_user", self.company)
        wizards = self.env["merchant.delivery.confirm"].with_user(stranger)
        with self.assertRaises(AccessError):
            wizards.create({"picking_ids": [(6, 0, picking.ids)]})

    def test_order_that_is_alive_is_not_stopped(self):
        picking = self._confirm().picking_ids
        self.assertIs(self._validate(picking), True)
        self.assertEqual(picking.state, "done")

    def test_address_that_nobody_checked_is_asked_about(self):
        sale = self._confirm("1", parcel={"kind": "unknown"})
        picking = sale.picking_ids.with_user(self.storekeeper)
        wizard = self._open(self._validate(picking), self.storekeeper)
        self.assertFalse(wizard.is_cancelled)
        self.assertIn("not clear whether", wizard.message)
        self.assertEqual(picking.state, "assigned")
        wizard.action_deliver()
        self.assertEqual(picking.state, "done")
        # The parcel is on its way: it is high time.
        self.assertIn("not clear whether", picking.merchant_delivery_doubts)
        picking.action_merchant_delivery_checked()
        self.assertFalse(picking.merchant_delivery_doubts)

    def test_list_of_deliveries_is_stopped_by_cancelled_orders_alone(self):
        unclear = self._confirm("1", parcel={"kind": "unknown"}).picking_ids
        cancelled = self._confirm_and_let_the_buyer_cancel("2").picking_ids
        (unclear + cancelled).move_ids.picked = True
        self.assertIn("Order 2 ", self._open((unclear + cancelled).button_validate()).message)
        self.assertIs(unclear.button_validate(), True)
        self.assertEqual(unclear.state, "done")

    def test_address_that_is_checked_is_not_asked_about_and_leaves_a_trace(self):
        sale = self._confirm("1", parcel={"kind": "unknown"})
        picking = sale.picking_ids
        for _time in range(2):
            picking.with_user(self.storekeeper).action_merchant_delivery_checked()
        self.env.flush_all()
        for record in (sale, picking):
            told = record.message_ids.filtered(lambda m: "not clear whether" in m.body)
            self.assertEqual(told.author_id, self.storekeeper.partner_id)
            self.assertEqual(len(told), 1)
        self._validate(picking)
        self.assertEqual(picking.state, "done")

    def test_steps_inside_the_warehouse_are_not_stopped(self):
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)])
        warehouse.delivery_steps = "pick_ship"
        sale = self._confirm_and_let_the_buyer_cancel()
        pick = sale.picking_ids
        self._validate(pick)
        self.assertEqual(pick.state, "done")
        ship = sale.picking_ids - pick
        self._open(self._validate(ship))
        self.assertEqual(ship.state, "assigned")

    # === A FRESH STATUS === #

    def _let_time_pass(self, order, **delta):
        order.read_at = fields.Datetime.now() - timedelta(**delta)

    def _woken(self):
        cron = self.env.ref("garazd_merchant_center.cron_sync_orders")
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])

    def test_order_is_read_again_when_its_delivery_is_ready(self):
        sale = self._import_sale()
        order = sale.merchant_order_id
        self._let_time_pass(order, hours=2)
        woken = self._woken()
        sale.with_user(self.salesman).action_confirm()
        self.assertTrue(order.refresh_requested)
        self.assertEqual(self._woken(), woken + 1)
        # The market does not list it as changed: it is asked for.
        self.market.orders[0]["status"] = "cancelled"
        self._run_cron("sync_orders")
        self.assertEqual(order.status_id.kind, "cancelled")
        self.assertFalse(order.refresh_requested)
        self.assertGreater(order.read_at, fields.Datetime.now() - timedelta(minutes=5))

    def test_order_is_asked_for_once_an_hour(self):
        sale = self._confirm()
        order, picking = sale.merchant_order_id, sale.picking_ids
        self.assertFalse(order.refresh_requested, "it was read just now")
        for minutes, expected in ((30, False), (90, True)):
            self._let_time_pass(order, minutes=minutes)
            picking.do_unreserve()
            picking.action_assign()
            self.assertIs(order.refresh_requested, expected)
        woken = self._woken()
        picking.do_unreserve()
        picking.action_assign()
        self.assertEqual(self._woken(), woken)

    def test_delivery_that_gets_ready_leaves_a_pause_of_the_market_as_it_is(self):
        sale = self._import_sale()
        order = sale.merchant_order_id
        self._let_time_pass(order, hours=2)
        self.market.fail("orders", Overloaded(seconds=3600))
        run = self._sync()
        pause = run.next_attempt
        sale.with_user(self.salesman).action_confirm()
        self.assertTrue(order.refresh_requested)
        self.assertTrue(pause)
        self.assertEqual(run.next_attempt, pause)

    def test_goods_that_are_missing_ask_for_nothing(self):
        self._make_product("B1", is_storable=True)
        sale = self._import_sale("1", self._line(sku="B1"))
        self._let_time_pass(sale.merchant_order_id, hours=2)
        sale.action_confirm()
        self.assertEqual(sale.picking_ids.state, "confirmed")
        self.assertFalse(sale.merchant_order_id.refresh_requested)

    def test_unchanged_order_is_not_written(self):
        order = self._import_order()
        self._let_time_pass(order, hours=2)
        read_at = order.read_at
        self._sync()
        self.assertEqual(order.read_at, read_at)
        order.with_user(self.user).action_refresh()
        self._run_cron("sync_orders")
        self.assertGreater(order.read_at, read_at)
