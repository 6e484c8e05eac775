from odoo.tests import Form, tagged

from odoo.addons.garazd_merchant_prom.api.client import PromClient

from .common import NUMBER, OTHER, PATH, DeliveryCase


@tagged("post_install", "-at_install")
class TestTracking(DeliveryCase):
    """Tracking numbers between deliveries and Prom."""

    already_read = ("base",)

    def setUp(self):
        super().setUp()
        self.store.write({"carrier_id": self.carrier.id})
        self.store.action_set_production()

    # === TO PROM === #

    def test_number_that_is_typed_reaches_prom(self):
        picking = self._ship()
        with Form(picking.with_user(self.shipper)) as form:
            form.carrier_tracking_ref = NUMBER
        self.assertEqual(picking.merchant_tracking_state, "waiting")
        self.assertEqual(self._send(), [NUMBER])
        self.assertEqual(self._shown(picking.merchant_order_id), NUMBER)
        picking.invalidate_recordset()
        self.assertEqual(picking.merchant_tracking_state, "shown")

    def test_number_goes_with_the_validation_and_also_later(self):
        before, after = self._ship(), self._ship()
        before.carrier_tracking_ref = NUMBER
        self._validate(before)
        self._validate(after)
        after.carrier_tracking_ref = OTHER
        self.assertEqual(self._send(), [NUMBER, OTHER])

    def test_number_of_a_carriers_module_reaches_prom(self):
        picking = self._ship()

        def send_shipping(carrier, pickings):
            return [{"exact_price": 0, "tracking_number": NUMBER} for _picking in pickings]

        self.patch(type(self.env["delivery.carrier"]), "fixed_send_shipping", send_shipping)
        picking.picking_type_id.print_label = True
        self._validate(picking)
        self.assertEqual(picking.carrier_tracking_ref, NUMBER)
        self.assertEqual(self._send(), [NUMBER])

    def test_number_is_sent_without_its_blanks(self):
        picking = self._ship()
        picking.carrier_tracking_ref = " 20 4500 0000 0001 "
        self.assertEqual(self._send(), [NUMBER])
        self.assertEqual(picking.merchant_tracking_state, "shown")

    def test_number_goes_out_only_when_everything_else_is_saved(self):
        picking = self._ship()
        with self.env.cr.savepoint() as savepoint:
            picking.carrier_tracking_ref = NUMBER
            self.assertTrue(self._tracking())
            savepoint.rollback()
        self.assertFalse(self._tracking())

    def test_same_number_is_not_sent_again(self):
        picking = self._ship()
        picking.carrier_tracking_ref = NUMBER
        self._send()
        picking.carrier_tracking_ref = NUMBER
        picking.note = "Fragile"
        self.assertEqual(len(self._tracking()), 1)

    def test_corrected_number_replaces_the_first(self):
        self.sim.options.declaration_overwrite = True
        picking = self._ship()
        picking.carrier_tracking_ref = NUMBER
        self._send()
        picking.carrier_tracking_ref = OTHER
        self.assertEqual(self._send(), [OTHER])
        self.assertEqual(self._shown(picking.merchant_order_id), OTHER)

    def test_correction_that_prom_refuses_is_told(self):
        picking = self._ship()
        picking.carrier_tracking_ref = NUMBER
        self._send()
        picking.carrier_tracking_ref = OTHER
        self._send()
        self.assertIn(NUMBER, self._get_issues("operation_failed").detail)
        picking.invalidate_recordset()
        self.assertEqual(picking.merchant_tracking_state, "failed")
        # Somebody corrects it in the cabinet.
        self._make_waybill(picking.merchant_order_id, OTHER)
        picking.invalidate_recordset()
        self.assertEqual(picking.merchant_tracking_state, "shown")
        self.assertFalse(self._get_issues("operation_failed"))

    def test_internal_transfers_and_returns_tell_nothing(self):
        picking = self._ship()
        self._validate(picking)
        wizard = self.env["stock.return.picking"].with_context(
            active_id=picking.id, active_model="stock.picking"
        )
        wizard = wizard.create({})
        wizard.product_return_moves.quantity = 1
        returned = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        self.assertEqual(returned.merchant_order_id, picking.merchant_order_id)
        returned.carrier_tracking_ref = NUMBER
        self.assertFalse(self._tracking())

    def test_picking_and_packing_hand_the_number_on(self):
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        warehouse.delivery_steps = "pick_ship"
        pick = self._ship()
        self.assertNotEqual(pick.location_dest_id.usage, "customer")
        pick.carrier_id = self.carrier
        pick.carrier_tracking_ref = NUMBER
        self.assertFalse(self._tracking())
        self._validate(pick)
        ship = pick.sale_id.picking_ids - pick
        if ship.carrier_tracking_ref != NUMBER:
            ship.carrier_tracking_ref = NUMBER
        self.assertEqual(self._send(), [NUMBER])

    def test_number_of_prom_arrives_on_a_delivery_that_is_made_after_the_picking(self):
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        warehouse.delivery_steps = "pick_ship"
        pick = self._ship("np_branch+with_waybill")
        self.assertNotEqual(pick.location_dest_id.usage, "customer")
        self.assertFalse(pick.carrier_tracking_ref)
        self._validate(pick)
        ship = pick.sale_id.picking_ids - pick
        self.assertEqual(ship.carrier_tracking_ref, pick.merchant_order_id.waybill_number)
        self.assertFalse(self._tracking())

    def test_transfer_without_a_marketplace_tells_nothing(self):
        picking = self._ship()
        other = picking.copy({"sale_id": False, "carrier_tracking_ref": NUMBER})
        self.assertFalse(other.merchant_order_id)
        self.assertFalse(self._tracking())

    def test_switched_off_sends_nothing(self):
        self.store.push_tracking = False
        self._ship().carrier_tracking_ref = NUMBER
        self.assertFalse(self._tracking())

    def test_switching_off_calls_back_what_waits(self):
        picking = self._ship()
        picking.carrier_tracking_ref = NUMBER
        self.store.push_tracking = False
        self.assertEqual(self._tracking().state, "cancelled")
        self.assertFalse(self._send())

    def test_number_that_prom_lost_is_sent_again_by_a_person(self):
        picking = self._ship()
        order = picking.merchant_order_id
        picking.carrier_tracking_ref = NUMBER
        self._send()
        self._make_waybill(order, None)
        self.assertFalse(order.waybill_number)
        self.assertFalse(self._send(), "nobody knows yet whether it is lost")
        order.with_user(self.user).action_retry()
        self.assertEqual(self._send(), [NUMBER])
        self.assertEqual(self._shown(order), NUMBER)

    def test_test_environment_withholds_it(self):
        self.store.action_set_test()
        picking = self._ship()
        picking.carrier_tracking_ref = NUMBER
        self.assertEqual(self._tracking().request["body"]["declaration_id"], NUMBER)
        self.assertEqual(self._tracking().state, "withheld")
        self.assertEqual(picking.merchant_tracking_state, "withheld")
        self.assertFalse(self._send())

    def test_number_without_an_answer_is_told_until_it_arrives(self):
        picking = self._ship()
        self.sim.faults.add("server_error", PATH, "POST", times=None)
        picking.carrier_tracking_ref = NUMBER
        self._send()
        [issue] = self._get_issues("marketplace_unreachable")
        self.assertEqual(picking.merchant_tracking_state, "waiting")
        self.sim.faults.clear()
        self.assertEqual(self._send(), [NUMBER])
        self.assertEqual(issue.state, "resolved")
        self.assertEqual(self._shown(picking.merchant_order_id), NUMBER)

    # === SEVERAL PARCELS === #

    def _split(self):
        """Return the delivery of one line, and the backorder of the rest."""
        first = self._ship("np_branch+several_lines")
        first.move_ids[1:].quantity = 0
        self._validate(first)
        return first, first.sale_id.picking_ids - first

    def test_first_parcel_is_the_one_that_buyers_see(self):
        first, second = self._split()
        first.carrier_tracking_ref = NUMBER
        self._send()
        second.carrier_tracking_ref = OTHER
        self.assertFalse(self._send())
        self.assertEqual(self._shown(first.merchant_order_id), NUMBER)
        self.assertEqual(first.merchant_tracking_state, "shown")
        self.assertEqual(second.merchant_tracking_state, "other")
        self.assertFalse(self._get_issues())

    def test_second_parcel_serves_as_long_as_the_first_has_no_number(self):
        first, second = self._split()
        second.carrier_tracking_ref = OTHER
        self._send()
        first.carrier_tracking_ref = NUMBER
        self.assertFalse(self._send())
        self.assertEqual(self._shown(first.merchant_order_id), OTHER)

    def test_several_numbers_of_one_delivery(self):
        picking = self._ship()
        picking.carrier_tracking_ref = f"{NUMBER}, {OTHER}"
        self.assertEqual(self._send(), [NUMBER])
        picking.carrier_tracking_ref = f"{OTHER},{NUMBER}"
        self.assertFalse(self._send())

    def test_numbers_with_only_a_blank_between_them_are_several(self):
        picking = self._ship()
        picking.carrier_tracking_ref = f"{NUMBER} {OTHER}"
        self.assertEqual(self._send(), [NUMBER])

    def test_several_numbers_of_prom_are_those_of_one_delivery(self):
        picking = self._ship()
        order = picking.merchant_order_id
        for numbers in (f"{NUMBER}, {OTHER}", "20 4500 0000 0009"):
            with self.subTest(numbers):
                self._make_waybill(order, numbers)
                self.assertEqual(picking.carrier_tracking_ref, numbers)
                self.assertEqual(picking.merchant_tracking_state, "shown")
                self.assertFalse(self._tracking())
                self.assertFalse(self._get_issues())

    def test_one_parcel_of_two_orders_is_the_number_of_both(self):
        first, second = self._ship(), self._ship()
        orders = (first + second).merchant_order_id
        second.move_ids.picking_id = first
        first.carrier_tracking_ref = NUMBER
        self.assertEqual(self._send(), [NUMBER, NUMBER])
        self.assertEqual([self._shown(order) for order in orders], [NUMBER, NUMBER])
        first.invalidate_recordset()
        self.assertEqual(first.merchant_tracking_state, "shown")

    # === WITHDRAWN === #

    def test_delivery_that_is_cancelled_after_its_number_was_sent(self):
        picking = self._ship()
        picking.carrier_tracking_ref = NUMBER
        self._send()
        picking.action_cancel()
        issue = self._get_issues("tracking_withdrawn")
        self.assertIn(NUMBER, issue.detail)
        self.assertIn(picking.name, issue.detail)
        self.assertEqual(issue._get_record(), picking.merchant_order_id)

    def test_sales_order_that_is_cancelled_after_its_number_was_sent(self):
        picking = self._ship()
        picking.carrier_tracking_ref = NUMBER
        self._send()
        picking.sale_id._action_cancel()
        self.assertTrue(self._get_issues("tracking_withdrawn"))

    def test_number_that_is_taken_away_after_it_was_sent(self):
        picking = self._ship()
        picking.carrier_tracking_ref = NUMBER
        self._send()
        picking.carrier_tracking_ref = False
        self.assertTrue(self._get_issues("tracking_withdrawn"))
        picking.carrier_tracking_ref = NUMBER
        self.assertFalse(self._get_issues("tracking_withdrawn"))

    def test_number_that_was_taken_away_does_not_come_back_by_itself(self):
        picking = self._ship()
        order = picking.merchant_order_id
        picking.carrier_tracking_ref = NUMBER
        self._send()
        picking.carrier_tracking_ref = False
        self._make_waybill(order, NUMBER, status="on_the_way")
        self.assertFalse(picking.carrier_tracking_ref)
        self.assertTrue(self._get_issues("tracking_withdrawn"))
        # One that is made in the cabinet is another matter.
        self._make_waybill(order, OTHER)
        self.assertEqual(picking.carrier_tracking_ref, OTHER)
        self.assertFalse(self._get_issues("tracking_withdrawn"))

    def test_number_of_a_cancelled_delivery_is_not_that_of_the_next(self):
        picking = self._ship()
        sale = picking.sale_id
        picking.carrier_tracking_ref = NUMBER
        self._send()
        sale._action_cancel()
        sale.action_draft()
        sale.action_confirm()
        again = sale.picking_ids - picking
        self.assertTrue(again)
        self.assertFalse(again.carrier_tracking_ref)
        self.assertTrue(self._get_issues("tracking_withdrawn"))

    def test_number_that_is_taken_away_while_it_is_sent(self):
        picking = self._ship()
        picking.carrier_tracking_ref = NUMBER
        save = PromClient.save_declaration

        def take_away(client, *declaration):
            picking.carrier_tracking_ref = False
            # What somebody else has saved meanwhile.
            self.env.flush_all()
            return save(client, *declaration)

        self.patch(PromClient, "save_declaration", take_away)
        self.assertEqual(self._send(), [NUMBER])
        self.assertEqual(self._shown(picking.merchant_order_id), NUMBER)
        self.assertTrue(self._get_issues("tracking_withdrawn"))

    def test_number_that_was_not_sent_yet_is_called_back(self):
        for way in ("cancel", "clear"):
            with self.subTest(way):
                picking = self._ship()
                picking.carrier_tracking_ref = NUMBER
                if way == "cancel":
                    picking.action_cancel()
                else:
                    picking.carrier_tracking_ref = False
                self.assertFalse(self._send())
                self.assertFalse(self._get_issues("tracking_withdrawn"))

    def test_new_number_settles_a_withdrawn_one(self):
        self.sim.options.declaration_overwrite = True
        first, second = self._split()
        second.carrier_tracking_ref = NUMBER
        self._send()
        second.action_cancel()
        self.assertTrue(self._get_issues("tracking_withdrawn"))
        first.carrier_tracking_ref = OTHER
        self.assertEqual(self._send(), [OTHER])
        self.assertFalse(self._get_issues("tracking_withdrawn"))

    def test_number_of_another_parcel_takes_the_place_of_a_cancelled_one(self):
        self.sim.options.declaration_overwrite = True
        first, second = self._split()
        second.carrier_tracking_ref = NUMBER
        self._send()
        first.carrier_tracking_ref = OTHER
        second.action_cancel()
        self.assertEqual(self._send(), [OTHER])
        self.assertFalse(self._get_issues("tracking_withdrawn"))

    # === FROM PROM === #

    def test_number_of_prom_arrives_on_the_delivery_and_is_not_sent_back(self):
        picking = self._ship()
        self._make_waybill(picking.merchant_order_id, NUMBER)
        self.assertEqual(picking.carrier_tracking_ref, NUMBER)
        self.assertEqual(picking.merchant_tracking_state, "shown")
        self.assertFalse(self._tracking())

    def test_number_that_was_there_first_arrives_when_the_order_is_confirmed(self):
        sale = self._sell("np_branch+with_waybill")
        number = sale.merchant_order_id.waybill_number
        self.assertTrue(number)
        sale.action_confirm()
        self.assertEqual(sale.picking_ids.carrier_tracking_ref, number)
        self.assertFalse(self._tracking())
        self.store.confirm_orders = True
        sale = self._sell("np_branch+with_waybill")
        self.assertTrue(sale.picking_ids.carrier_tracking_ref)

    def test_number_of_prom_arrives_also_after_the_delivery(self):
        picking = self._ship()
        self._validate(picking)
        self._make_waybill(picking.merchant_order_id, NUMBER)
        self.assertEqual(picking.carrier_tracking_ref, NUMBER)

    def test_number_that_a_person_typed_is_never_overwritten(self):
        picking = self._ship()
        picking.carrier_tracking_ref = NUMBER
        self._send()
        self._make_waybill(picking.merchant_order_id, OTHER)
        self.assertEqual(picking.carrier_tracking_ref, NUMBER)
        issue = self._get_issues("tracking_differs")
        self.assertIn(NUMBER, issue.detail)
        self.assertIn(OTHER, issue.detail)
        self._make_waybill(picking.merchant_order_id, NUMBER)
        self.assertFalse(self._get_issues("tracking_differs"))

    def test_difference_can_be_settled_on_the_delivery_or_by_sending_ours_again(self):
        self.sim.options.declaration_overwrite = True
        for way in ("delivery", "retry"):
            with self.subTest(way):
                picking = self._ship()
                picking.carrier_tracking_ref = NUMBER
                self._send()
                self._make_waybill(picking.merchant_order_id, OTHER)
                issue = self._get_issues("tracking_differs")
                if way == "retry":
                    issue.action_retry()
                    self.assertEqual(self._send(), [NUMBER])
                    self.assertEqual(self._shown(picking.merchant_order_id), NUMBER)
                else:
                    picking.carrier_tracking_ref = OTHER
                    self.assertFalse(self._send())
                self.assertEqual(issue.state, "resolved")

    def test_number_that_came_from_prom_follows_prom(self):
        picking = self._ship()
        self._make_waybill(picking.merchant_order_id, NUMBER)
        self._make_waybill(picking.merchant_order_id, OTHER)
        self.assertEqual(picking.carrier_tracking_ref, OTHER)
        self.assertFalse(self._get_issues())

    def test_one_number_of_prom_is_that_of_one_parcel(self):
        first, second = self._split()
        self._make_waybill(first.merchant_order_id, NUMBER)
        self.assertEqual((first + second).mapped("carrier_tracking_ref"), [NUMBER, False])
        second.carrier_tracking_ref = OTHER
        self.assertFalse(self._tracking())
        self.assertFalse(self._get_issues())

    def test_switched_off_receives_nothing(self):
        self.store.pull_tracking = False
        picking = self._ship()
        self._make_waybill(picking.merchant_order_id, NUMBER)
        self.assertFalse(picking.carrier_tracking_ref)
        self.assertEqual(picking.merchant_order_id.waybill_number, NUMBER)
