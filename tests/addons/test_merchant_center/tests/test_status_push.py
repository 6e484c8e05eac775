from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from ..api.market import Overloaded
from .status_common import SALESMAN, StatusCase


@tagged("post_install", "-at_install")
class TestStatusPush(StatusCase):
    """What the marketplace is told when a sales order goes its way."""

    def test_confirmed_order_is_accepted(self):
        self._confirm()
        self.assertEqual(self._sent_statuses(), ["accepted"])
        self.assertEqual(self.market.orders[0]["status"], "accepted")

    def test_delivered_order_is_completed(self):
        sale = self._confirm()
        self._deliver(sale.picking_ids)
        self.assertEqual(self._sent_statuses(), ["delivered"])

    def test_sales_order_shows_at_once_what_the_marketplace_has_confirmed(self):
        sale = self._confirm()
        order = sale.merchant_order_id
        self.assertIn("New", sale.merchant_status)
        self._send()
        self.assertEqual(order.status_id, self._status("accepted"))
        self.assertIn("Accepted", sale.merchant_status)
        # What is read afterwards has the last word, also where it says what was read before.
        self.market.orders[0].update(status="new", changed="2026-03-01T12:00:00+02:00")
        self._sync()
        self.assertEqual(order.status_id, self._status("new"))

    def test_confirmed_status_never_hides_one_that_is_further(self):
        sale = self._confirm()
        order = sale.merchant_order_id
        self.market.orders[0].update(status="paid", changed="2026-03-01T12:00:00+02:00")
        operation = self._operations()
        self._sync()
        operation._finish("done")
        self.assertEqual(order.status_id, self._status("paid"))

    def test_statuses_go_one_after_another(self):
        sale = self._confirm()
        self.assertEqual(self._sent_statuses(), ["accepted"])
        self._deliver(sale.picking_ids)
        self.assertEqual(self._sent_statuses(), ["delivered"])
        self._sync()
        self.assertEqual(sale.merchant_order_id.status_id.kind, "done")

    def test_people_without_the_merchant_center_tell_the_marketplace_too(self):
        sale = self._import_sale()
        sale.with_user(self.salesman).action_confirm()
        self.assertEqual(self._sent_statuses(), ["accepted"])
        self._deliver(sale.picking_ids.with_user(self.storekeeper))
        self.assertEqual(self._sent_statuses(), ["delivered"])
        other = self._import_sale("2")
        other.with_user(self.salesman)._action_cancel()
        self.assertEqual(self._sent_statuses(), ["cancelled"])

    def test_user_of_the_merchant_center_sees_what_he_sent(self):
        user = self._make_user(
            "merchant_seller", f"{SALESMAN},garazd_merchant_center.group_user", self.company
        )
        self._import_sale().with_user(user).action_confirm()
        operation = self._operations().with_user(user)
        self.assertEqual((operation.record_name, operation.state), ("1", "pending"))

    def test_test_mode_withholds_every_event(self):
        self.store.action_set_test()
        sale = self._confirm()
        [accepted] = self._operations()
        body = {"order": "1", "status": "accepted"}
        self.assertEqual((accepted.state, accepted.request["body"]), ("withheld", body))
        self._deliver(sale.picking_ids)
        completed = self._operations() - accepted
        self.assertEqual(completed.request["body"], {"order": "1", "status": "delivered"})
        self._confirm("2")._action_cancel()
        cancelled = self._operations()[-1]
        body = {"order": "2", "status": "cancelled", "reason": "sold_out"}
        self.assertEqual((cancelled.state, cancelled.request["body"]), ("withheld", body))
        self.assertFalse(self._send())

    # === SETTINGS === #

    def test_event_that_is_switched_off_sends_nothing(self):
        self.store.write(
            {"push_confirmed": False, "push_delivered": False, "push_cancelled": False}
        )
        self._deliver(self._confirm().picking_ids)
        self.assertIs(self._confirm("2").action_cancel(), True)
        self.assertFalse(self._operations())

    def test_each_event_has_its_switch(self):
        self.store.push_confirmed = False
        sale = self._confirm()
        self.assertFalse(self._operations())
        self._deliver(sale.picking_ids)
        self.assertEqual(self._sent_statuses(), ["delivered"])

    def test_own_statuses_of_the_shop_are_targets(self):
        own = self._add_own_statuses("new1", "work", "sent", "gone")
        self.store.write(
            {
                "set_status_id": own["new1"].id,
                "confirmed_status_id": own["work"].id,
                "delivered_status_id": own["sent"].id,
                "cancelled_status_id": own["gone"].id,
            }
        )
        sale = self._import_sale()
        self.assertEqual(self._sent_statuses(), ["new1"])
        sale.action_confirm()
        self.assertEqual(self._sent_statuses(), ["work"])
        self._sync()
        self._deliver(sale.picking_ids)
        self.assertEqual(self._sent_statuses(), ["sent"])
        other = self._confirm("2")
        self.assertIs(other.action_cancel(), True, "no reason goes with an own status")
        [request] = self._send()
        self.assertEqual((request["status"], len(request)), ("gone", 2))

    def test_own_status_after_import_gives_way_to_accepted(self):
        self.store.set_status_id = self._add_own_statuses("new1")["new1"]
        self._confirm()
        self.assertEqual(self._sent_statuses(), ["accepted"])

    def test_own_status_for_sent_goods_is_not_taken_back(self):
        own = self._add_own_statuses("sent")["sent"]
        self.store.delivered_status_id = own
        sale = self._import_sale(status="sent")
        sale.action_confirm()
        self.assertFalse(self._operations())

    def test_own_status_that_somebody_chose_by_hand_stays(self):
        self._add_own_statuses("packed")
        self._confirm(status="packed")
        self.assertFalse(self._operations())

    def test_statuses_that_were_not_read_yet_are_known_all_the_same(self):
        sale = self._import_sale()
        self.store.status_ids.filtered(lambda s: s.kind == "accepted").unlink()
        sale.action_confirm()
        self.assertEqual(self._sent_statuses(), ["accepted"])

    def test_status_of_another_store_is_refused(self):
        other = self._make_store(name="Other", api_token="other")
        status = self.env["merchant.order.status"].create(
            {"store_id": other.id, "external_id": "x", "name": "X"}
        )
        for event in ("confirmed", "delivered", "cancelled"):
            with self.assertRaisesRegex(ValidationError, "another store"):
                self.store[f"{event}_status_id"] = status

    def test_administrator_sets_it_on_the_form(self):
        own = self._add_own_statuses("sent")["sent"]
        with Form(self.store.with_user(self.admin)) as form:
            form.push_confirmed = False
            form.delivered_status_id = own
        self.assertFalse(self.store.push_confirmed)

    def _add_own_statuses(self, *codes):
        self.market.statuses += [{"id": code, "title": code.title()} for code in codes]
        self._sync("base")
        statuses = self.store.status_ids.filtered(lambda s: s.external_id in codes)
        statuses.kind = "custom"
        return {status.external_id: status for status in statuses}

    # === WHAT IS NOT SENT === #

    def test_order_that_has_come_further_is_left_alone(self):
        for number, status in enumerate(("accepted", "paid", "delivered", "cancelled")):
            sale = self._import_sale(str(number), status=status)
            if status == "cancelled":
                self.assertEqual(sale.state, "cancel")
                sale.action_draft()
            sale.action_confirm()
        self.assertFalse(self._operations())

    def test_completed_order_is_not_completed_again(self):
        sale = self._confirm(status="delivered")
        self._deliver(sale.picking_ids)
        self.assertFalse(self._operations())

    def test_cancellation_by_the_buyer_is_not_sent_back(self):
        sale = self._confirm()
        self._send()
        self.market.orders[0] |= {"status": "cancelled", "changed": "2026-03-02T10:00:00+02:00"}
        self._sync()
        if sale.state != "cancel":
            self.assertIs(sale.action_cancel(), True)
        self._import_sale("2", status="cancelled")
        self.assertEqual(self._states(), [("accepted", "done")])

    def _make_sale(self):
        """Return a quotation that no marketplace knows of."""
        product = self.env["product.product"].search([("default_code", "=", "A1")])
        return self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Walk-in"}).id,
                "company_id": self.company.id,
                "order_line": [(0, 0, {"product_id": product.id})],
            }
        )

    def test_order_of_another_kind_sends_nothing(self):
        sale = self._make_sale()
        sale.action_confirm()
        self._deliver(sale.picking_ids)
        self.assertFalse(self.env["merchant.operation"].search([]))

    def test_archived_store_is_told_nothing(self):
        sale = self._import_sale()
        self.store.active = False
        sale.action_confirm()
        self.assertFalse(self._operations())

    # === DELIVERIES === #

    def test_backorder_that_waits_keeps_the_order_open(self):
        sale = self._confirm("1", self._line(quantity="3"))
        self._send()
        self._deliver(sale.picking_ids, quantity=1)
        self.assertFalse(self._send())
        self._deliver(sale.picking_ids.filtered(lambda p: p.state != "done"))
        self.assertEqual(self._sent_statuses(), ["delivered"])

    def test_part_that_is_given_up_completes_the_order(self):
        sale = self._confirm("1", self._line(quantity="3"))
        self._deliver(sale.picking_ids, quantity=1, backorder=False)
        self.assertEqual(self._sent_statuses(), ["delivered"])

    def test_backorder_that_is_cancelled_completes_the_order(self):
        sale = self._confirm("1", self._line(quantity="3"))
        self._deliver(sale.picking_ids, quantity=1)
        self._send()
        sale.picking_ids.filtered(lambda p: p.state != "done").action_cancel()
        self.assertEqual(self._sent_statuses(), ["delivered"])

    def test_part_that_the_sales_order_gives_up_completes_the_order(self):
        sale = self._confirm("1", self._line(total="200.00", quantity="2"))
        self._deliver(sale.picking_ids, quantity=1)
        self.assertEqual(self._sent_statuses(), ["accepted"])
        sale.order_line.product_uom_qty = 1
        self.assertEqual(self._sent_statuses(), ["delivered"])

    def test_delivery_that_is_cancelled_completes_nothing(self):
        sale = self._confirm()
        self._send()
        sale.picking_ids.action_cancel()
        self.assertFalse(self._send())

    def test_return_says_nothing(self):
        sale = self._confirm()
        self.store.push_delivered = False
        self._deliver(sale.picking_ids)
        self._send()
        self.store.push_delivered = True
        delivery = sale.picking_ids
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=delivery.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        self._deliver(back)
        self.assertEqual((back.sale_id, back.state), (sale, "done"))
        self.assertFalse(self._send())

    def test_only_the_step_to_the_customer_counts(self):
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)])
        warehouse.delivery_steps = "pick_pack_ship"
        sale = self._confirm()
        self._send()
        for _step in ("pick", "pack"):
            self._deliver(sale.picking_ids.filtered(lambda p: p.state == "assigned"))
            self.assertFalse(self._send())
        self._deliver(sale.picking_ids.filtered(lambda p: p.state == "assigned"))
        self.assertEqual(self._sent_statuses(), ["delivered"])

    def test_part_that_is_still_in_the_warehouse_keeps_the_order_open(self):
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)])
        warehouse.delivery_steps = "pick_ship"
        sale = self._confirm("1", self._line(quantity="3"))
        self._send()
        self._deliver(sale.picking_ids, quantity=1)
        ship = sale.picking_ids.filtered(lambda p: p.location_dest_id.usage == "customer")
        self._deliver(ship)
        self.assertEqual((ship.state, self._send()), ("done", []))

    def test_goods_that_are_still_to_be_ordered_keep_the_order_open(self):
        """As with dropshipping: no transfer exists before the purchase is confirmed."""
        self._make_product("B1")
        sale = self._confirm("1", self._line(), self._line("B1"))
        dropped = sale.order_line[1]
        dropped.move_ids._action_cancel()
        dropped.move_ids.unlink()
        self._send()
        self._deliver(sale.picking_ids)
        self.assertFalse(self._send())
        self._deliver(self._make_dropship(dropped))
        self.assertEqual(self._sent_statuses(), ["delivered"])

    def _make_dropship(self, line):
        """Return a transfer from the vendor to the buyer."""
        places = {
            "location_id": self.env.ref("stock.stock_location_suppliers").id,
            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
        }
        move = {
            "product_id": line.product_id.id,
            "product_uom": line.product_uom_id.id,
            "product_uom_qty": line.product_uom_qty,
            "sale_line_id": line.id,
            "company_id": line.company_id.id,
            **places,
        }
        kind = line.order_id.warehouse_id.in_type_id
        picking = self.env["stock.picking"].create(
            {"picking_type_id": kind.id, "move_ids": [(0, 0, move)], **places}
        )
        picking.action_confirm()
        return picking

    def test_one_delivery_of_two_orders_completes_both(self):
        walk_in = self._make_sale()
        walk_in.action_confirm()
        sales = self._confirm("1") + self._confirm("2")
        delivery = walk_in.picking_ids
        sales.picking_ids.move_ids.picking_id = delivery
        self._send()
        self._deliver(delivery)
        self.assertEqual(self._sent_statuses(), ["delivered", "delivered"])

    def test_services_complete_nothing(self):
        self._make_product("S1", type="service")
        sale = self._confirm("1", self._line(sku="S1"))
        self.assertEqual(self._sent_statuses(), ["accepted"])
        self.assertFalse(sale.picking_ids)

    # === ONE EVENT AFTER ANOTHER === #

    def test_later_event_takes_the_place_of_the_earlier(self):
        sale = self._confirm()
        self._deliver(sale.picking_ids)
        self.assertEqual(self._states(), [("accepted", "cancelled"), ("delivered", "pending")])
        self.assertEqual(self._operations()[0].error, "Replaced by a later change")

    def test_earlier_event_never_takes_the_place_of_a_later(self):
        sale = self._confirm()
        self._deliver(sale.picking_ids)
        for state in ("pending", "failed", "withheld"):
            self._operations()[-1].state = state
            sale.merchant_order_id._push_event("confirmed")
        self.assertEqual(self._states(), [("accepted", "cancelled"), ("delivered", "withheld")])

    def test_event_that_was_sent_is_known_before_the_order_is_read_again(self):
        sale = self._confirm()
        self._deliver(sale.picking_ids)
        self._send()
        sale.merchant_order_id._push_event("confirmed")
        sale.merchant_order_id._push_event("delivered")
        self.assertFalse(self._send())

    def test_same_event_waits_once(self):
        order = self._confirm().merchant_order_id
        order._push_event("confirmed")
        self.assertEqual(self._states(), [("accepted", "pending")])

    def test_event_that_failed_is_sent_with_the_next(self):
        order = self._confirm().merchant_order_id
        operation = self._operations()
        operation.attempts = 99
        self.market.fail("set_status", Overloaded())
        self._send()
        self.assertTrue(self._get_issues("operation_failed"))
        order._push_event("confirmed")
        self.assertEqual(operation.state, "cancelled")
        self.assertFalse(self._get_issues("operation_failed"))
        self.assertEqual(self._sent_statuses(), ["accepted"])

    def test_what_test_mode_withheld_does_not_stop_production(self):
        self.store.action_set_test()
        order = self._confirm().merchant_order_id
        self.store.action_set_production()
        order._push_event("confirmed")
        self.assertEqual(self._states(), [("accepted", "cancelled"), ("accepted", "pending")])

    def test_order_cancelled_before_it_was_accepted_is_only_cancelled(self):
        self._confirm()._action_cancel()
        self.assertEqual(self._operations()[0].error, "The sales order was cancelled")
        self.assertEqual(self._sent_statuses(), ["cancelled"])

    def test_switched_off_cancellation_still_stops_what_waits(self):
        self.store.push_cancelled = False
        self._confirm()._action_cancel()
        self.assertEqual(self._states(), [("accepted", "cancelled")])

    def test_cancellation_is_taken_back_while_it_waits(self):
        sale = self._import_sale()
        sale._action_cancel()
        sale.action_draft()
        self.assertEqual(self._operations().error, "The sales order is no longer cancelled")
        sale.action_confirm()
        self.assertEqual(self._sent_statuses(), ["accepted"])

    def test_order_confirmed_after_its_cancellation_was_sent_says_nothing(self):
        sale = self._import_sale()
        sale._action_cancel()
        self.assertEqual(self._sent_statuses(), ["cancelled"])
        sale.action_draft()
        sale.action_confirm()
        self.assertFalse(self._send())
        self._sync()
        self._deliver(sale.picking_ids.with_context(skip_merchant_questions=True))
        self.assertFalse(self._send())

    def test_what_the_marketplace_has_by_now_does_not_wait_any_more(self):
        self._confirm()
        self._operations().next_attempt = fields.Datetime.now() + timedelta(hours=1)
        self.market.orders[0] |= {"status": "paid", "changed": "2026-03-02T10:00:00+02:00"}
        self._sync()
        operation = self._operations()
        self.assertEqual(operation.state, "cancelled")
        self.assertIn("paid", operation.error.lower())

    def test_what_the_marketplace_has_not_yet_goes_on_waiting(self):
        self._confirm()
        self.market.orders[0] |= {"note": "Hello", "changed": "2026-03-02T10:00:00+02:00"}
        self._sync()
        self.assertEqual(self._operations().state, "pending")

    # === SEVERAL STORES === #

    def test_each_store_has_its_own_settings(self):
        other_market = self._open_market("other")
        other = self._make_store(
            name="Other", api_token="other", mode="production", push_confirmed=False
        )
        first = self._import_sale()
        self._order("1", market=other_market)
        self._sync(store=other)
        second = self._get_order("1", other).sale_order_id
        (first + second).action_confirm()
        self._deliver((first + second).picking_ids)
        self._run_cron("operations")
        asked = [args["status"] for name, args in other_market.requests if name == "set_status"]
        self.assertEqual(asked, ["delivered"])
        self.assertEqual(self.market.orders[0]["status"], "delivered")

    def test_orders_without_a_marketplace_cost_nothing(self):
        sale = self._make_sale()
        sale.action_confirm()
        self.env.flush_all()
        with self.assertQueryCount(0):
            sale.sudo().merchant_order_id._push_event("confirmed")
            sale._ask_cancel_reason()
            sale.picking_ids._push_deliveries()
            sale.picking_ids._refresh_merchant_orders()
