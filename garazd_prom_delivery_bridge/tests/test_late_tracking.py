from freezegun import freeze_time
from lxml import etree

from odoo.tests import tagged

from .common import NUMBER, DeliveryCase

# 17:00 in Kyiv is 15:00 UTC in winter.
MORNING, BEFORE, AFTER = "2026-11-20 07:00:00", "2026-11-20 14:30:00", "2026-11-20 15:30:00"
EARLY, LATE = "2026-11-20T06:00:00+00:00", "2026-11-20T15:10:00+00:00"
YESTERDAY = "2026-11-19T10:00:00+00:00"


@tagged("post_install", "-at_install")
class TestLateTracking(DeliveryCase):
    """Orders whose tracking number Prom should know by a certain hour."""

    already_read = ("base",)

    def setUp(self):
        super().setUp()
        self.store.action_set_production()
        self.company.partner_id.tz = "Europe/Kyiv"
        self.store.user_id = self.user
        self.store.tracking_warned_on = False

    def _order(self, kind="np_branch", date_created=EARLY, **changes):
        return self._import(kind, date_created=date_created, **changes)

    def _late(self, moment=AFTER):
        with freeze_time(moment):
            return self.env["merchant.order"].search(
                [("store_id", "=", self.store.id), ("is_late", "=", True)]
            )

    def _warn(self, moment=AFTER):
        """Run the scheduled action and return the activities of the store."""
        cron = self.env.ref("garazd_prom_delivery_bridge.cron_late_tracking")
        with freeze_time(moment), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        return self.store.activity_ids

    # === WHICH ORDERS === #

    def test_order_is_late_after_the_hour_and_not_before(self):
        order = self._order()
        self.assertFalse(self._late(MORNING))
        self.assertFalse(self._late(BEFORE))
        self.assertEqual(self._late(AFTER), order)
        with freeze_time(AFTER):
            order.invalidate_recordset(["is_late"])
            self.assertTrue(order.is_late)
            self.assertEqual(self.store.late_count, 1)

    def test_next_step_is_told_to_those_who_can_take_it(self):
        order = self._order()

        def advice(user):
            with freeze_time(AFTER):
                order.invalidate_recordset(["is_late", "late_advice"])
                return order.with_user(user).late_advice

        self.assertIn("Confirm the sales order first", advice(self.user))
        order.sale_order_id.action_confirm()
        picking = order.sale_order_id.picking_ids
        self.assertIn("Ask somebody who may open deliveries", advice(self.user))
        self.assertIn(picking.name, advice(self.user))
        self.user.group_ids += self.env.ref("stock.group_stock_user")
        self.assertEqual(advice(self.user), f"Enter it on the delivery {picking.name}.")
        picking.carrier_tracking_ref = NUMBER
        self._send()
        self.assertFalse(advice(self.user))

    def test_list_of_orders_at_risk_shows_what_matters(self):
        order = self._order("np_branch+ps_promotion")
        with freeze_time(AFTER):
            action = self.store.with_user(self.user).action_open_late_orders()
        view = next(view for view, kind in action["views"] if kind == "list")
        arch = etree.fromstring(
            self.env["merchant.order"].with_user(self.user).get_view(view, "list")["arch"]
        )
        for name in ("delivery_method_id", "delivery_promotion", "tracking_due_at"):
            self.assertEqual(arch.xpath(f"//field[@name='{name}']/@optional"), ["show"], name)
        self.assertEqual(str(order.tracking_due_at), "2026-11-20 15:00:00")

    def test_number_of_an_order_of_the_evening_is_due_the_next_day(self):
        order = self._order(date_created=LATE)
        self.assertEqual(str(order.tracking_due_at), "2026-11-21 15:00:00")

    def test_hour_is_that_of_the_company(self):
        order = self._order()
        self.company.partner_id.tz = "Asia/Tokyo"
        self.assertEqual(self._late("2026-11-20 08:30:00"), order)
        self.store.tracking_deadline = 18.5
        self.assertFalse(self._late("2026-11-20 09:15:00"))
        self.assertEqual(self._late("2026-11-20 09:45:00"), order)

    def test_order_of_the_evening_is_due_the_next_day(self):
        order = self._order(date_created=LATE)
        self.assertFalse(self._late(AFTER))
        self.assertEqual(self._late("2026-11-21 15:30:00"), order)

    def test_order_of_yesterday_stays_late_in_the_morning(self):
        order = self._order(date_created=YESTERDAY)
        self.assertEqual(self._late(MORNING), order)

    def test_forgotten_orders_are_no_longer_late(self):
        self._order(date_created="2026-11-01T10:00:00+00:00")
        self.assertFalse(self._late())

    def test_only_what_a_carrier_brings_or_a_promotion_wants(self):
        wanted = self._order("meest") + self._order("courier+ps_promotion")
        self._order("courier")
        self._order("pickup")
        self._order("no_delivery_option")
        self.assertEqual(self._late(), wanted)

    def test_promotion_that_is_lost_cannot_be_saved_any_more(self):
        order = self._order("courier+ps_promotion")
        self.assertEqual(self._late(), order)
        self.sim.touch(int(order.external_id), ps_promotion=None)
        self._sync()
        self.assertFalse(self._late())

    def test_only_what_can_be_sent_now(self):
        wanted = self._order("evopay_paid") + self._order("cash_on_delivery")
        for kind in ("evopay_unpaid", "delivered", "canceled_by_buyer", "draft", "with_waybill"):
            self._order(kind)
        cancelled = self._order("cash_on_delivery")
        cancelled.sale_order_id._action_cancel()
        self.assertEqual(self._late(), wanted)

    def test_number_settles_it_when_prom_has_it(self):
        order = self._order()
        order.sale_order_id.action_confirm()
        order.sale_order_id.picking_ids.carrier_tracking_ref = NUMBER
        self.assertEqual(self._late(), order, "it is not sent yet")
        self._send()
        self.assertFalse(self._late())

    def test_number_that_prom_does_not_show_settles_it_too(self):
        self.sim.options.declaration_shown = False
        order = self._order("meest")
        order.sale_order_id.action_confirm()
        order.sale_order_id.picking_ids.carrier_tracking_ref = NUMBER
        self._send()
        self._send()
        self._read_all_again()
        self.assertFalse(self._late())

    def test_sales_orders_and_deliveries_are_found_too(self):
        order = self._order()
        order.sale_order_id.action_confirm()
        other = self._ship("pickup", date_created=EARLY)
        late = [("merchant_is_late", "=", True)]
        with freeze_time(AFTER):
            pickings = order.sale_order_id.picking_ids
            self.assertEqual(self.env["sale.order"].search(late), order.sale_order_id)
            self.assertEqual(
                self.env["stock.picking"].with_user(self.storekeeper).search(late), pickings
            )
            self.assertNotIn(other, self.env["stock.picking"].search(late))
            negative = self.env["merchant.order"].search([("is_late", "=", False)])
            self.assertNotIn(order, negative)

    def test_each_store_has_its_own_hour(self):
        other = self._make_store(name="Other", tracking_deadline=10)
        order = self._order()
        # Both stores read the same shop.
        same = self._get_order(order.external_id, other)
        with freeze_time(BEFORE):
            self.assertEqual(order.search([("is_late", "=", True)]), same)

    # === TELLING === #

    def test_one_activity_a_day_tells_how_many(self):
        self._order()
        self._order("meest")
        self.assertFalse(self._warn(BEFORE).filtered(lambda a: a.date_deadline.day == 20))
        [activity] = self._warn(AFTER)
        self.assertEqual(activity.user_id, self.user)
        self.assertIn("2", activity.summary)
        self._order()
        self.assertEqual(self._warn("2026-11-20 16:30:00"), activity)
        self.assertIn("2", activity.summary)

    def test_activity_of_yesterday_makes_room_for_that_of_today(self):
        self._order()
        [first] = self._warn(AFTER)
        [second] = self._warn("2026-11-21 15:30:00")
        self.assertFalse(first.exists())
        self.assertEqual(str(second.date_deadline), "2026-11-21")

    def test_activity_goes_when_nothing_is_late_any_more(self):
        order = self._order()
        self.assertTrue(self._warn(AFTER))
        order.waybill_sent = NUMBER
        self.assertFalse(self._warn("2026-11-21 15:30:00"))

    def test_nobody_is_told_where_nothing_is_sent(self):
        self._order()
        self.store.warn_late_tracking = False
        self.assertFalse(self._warn())
        self.store.warn_late_tracking = True
        self.store.action_set_test()
        self.assertFalse(self._warn())

    def test_person_who_may_not_see_the_store_is_passed_over(self):
        self._order()
        self.store.tracking_user_id = self.admin
        self.assertEqual(self._warn().user_id, self.admin)
        self.store.write({"tracking_user_id": self.storekeeper.id, "tracking_warned_on": False})
        self.assertEqual(self._warn().user_id, self.user)

    def test_counter_opens_the_orders(self):
        order = self._order()
        with freeze_time(AFTER):
            self.assertEqual(self.store.with_user(self.user).late_count, 1, "without sales rights")
        action = self.store.with_user(self.user).action_open_late_orders()
        self.assertEqual(action["context"], {"search_default_late": 1})
        with freeze_time(AFTER):
            found = self.env["merchant.order"].search([*action["domain"], ("is_late", "=", True)])
        self.assertEqual(found, order)

    def test_winter_and_summer_have_the_same_hour(self):
        with freeze_time("2026-07-20 14:30:00"):
            self.assertEqual(str(self.store._get_last_deadline()), "2026-07-20 14:00:00")
        with freeze_time("2026-12-20 14:30:00"):
            self.assertEqual(str(self.store._get_last_deadline()), "2026-12-19 15:00:00")

    def test_type_of_the_activity_that_is_gone_keeps_nothing_from_being_uninstalled(self):
        self.env.ref("garazd_prom_delivery_bridge.mail_activity_late_tracking").unlink()
        self.store._forget_all_late_tracking()
        self._order()
        self._warn()
