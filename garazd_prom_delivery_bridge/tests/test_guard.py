from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import NUMBER, DeliveryCase

GUARD = "merchant.delivery.confirm"


@tagged("post_install", "-at_install")
class TestGuard(DeliveryCase):
    """No order is completed on Prom unnoticed while nobody knows its tracking number."""

    already_read = ("base",)

    def setUp(self):
        super().setUp()
        self.store.write({"carrier_id": self.carrier.id, "push_confirmed": False})
        self.store.action_set_production()

    def _press_validate(self, pickings):
        pickings.move_ids.picked = True
        asking = pickings.with_context(skip_backorder=True, merchant_asks=True)
        return asking.button_validate()

    def _ask(self, pickings, user=None):
        """Press Validate and return the question."""
        action = self._press_validate(pickings.with_user(user or self.shipper))
        self.assertIsInstance(action, dict, "nobody was asked")
        self.assertEqual(action["res_model"], GUARD)
        wizards = self.env[GUARD].with_user(user or self.shipper)
        return wizards.with_context(**action["context"]).browse(action["res_id"])

    def _sent_statuses(self):
        self._send()
        return [request.body["status"] for request in self.sim.requests("/orders/set_status")]

    # === A NUMBER THAT IS MISSING === #

    def test_last_delivery_without_a_number_asks_and_may_go_on_knowingly(self):
        picking = self._ship()
        wizard = self._ask(picking)
        self.assertEqual(picking.state, "assigned")
        self.assertIn(picking.merchant_order_id.number, wizard.message)
        self.assertIn("no tracking number", wizard.message)
        self.assertFalse(self._sent_statuses())
        wizard.action_deliver()
        self.assertEqual(picking.state, "done")
        self.assertEqual(self._sent_statuses(), ["delivered"])

    def test_program_that_validates_is_not_asked(self):
        picking = self._ship()
        picking.move_ids.picked = True
        self.assertIs(picking.with_context(skip_backorder=True).button_validate(), True)
        self.assertEqual(picking.state, "done")

    def test_number_may_be_entered_with_the_answer(self):
        picking = self._ship()
        wizard = self._ask(picking, self.storekeeper)
        self.assertTrue(wizard.lacks_number)
        with self.assertRaises(UserError):
            wizard.action_number()
        wizard.tracking_number = f" {NUMBER} "
        wizard.action_number()
        self.assertEqual((picking.state, picking.carrier_tracking_ref), ("done", NUMBER))
        self.assertEqual(self._send(), [NUMBER])

    def test_number_of_several_deliveries_is_asked_for_on_each_of_them(self):
        wizard = self._ask(self._ship() + self._ship())
        self.assertFalse(wizard.lacks_number)
        self.assertEqual(wizard.message.count("no tracking number"), 2)

    def test_number_that_is_there_asks_nothing(self):
        typed, made = self._ship(), self._ship("np_branch+with_waybill")
        typed.carrier_tracking_ref = NUMBER
        self.store.pull_tracking = False
        made.carrier_tracking_ref = False
        for picking in (typed, made):
            self._press_validate(picking)
            self.assertEqual(picking.state, "done")

    def test_what_needs_no_number_asks_nothing(self):
        for kind in ("pickup", "courier"):
            with self.subTest(kind):
                picking = self._ship(kind)
                self._press_validate(picking)
                self.assertEqual(picking.state, "done")

    def test_carriers_module_that_makes_the_number_itself_asks_nothing(self):
        pickings = type(self.env["stock.picking"])
        self.patch(pickings, "_gets_number_by_validation", lambda picking: True)
        picking = self._ship()
        self._press_validate(picking)
        self.assertEqual(picking.state, "done")

    def test_store_that_completes_nothing_by_the_delivery_asks_nothing(self):
        settings = (
            {"push_delivered": False},
            {"completed_when": "received"},
            {"push_tracking": False},
        )
        for changes in settings:
            with self.subTest(changes):
                self.store.write({"push_delivered": True, "completed_when": "shipped", **changes})
                picking = self._ship()
                self._press_validate(picking)
                self.assertEqual(picking.state, "done")

    def test_only_the_last_delivery_asks(self):
        first = self._ship("np_branch+several_lines")
        rest = first.copy({"move_ids": False})
        first.move_ids[1:].picking_id = rest
        self._press_validate(first)
        self.assertEqual(first.state, "done")
        self._ask(rest)
        self.assertNotEqual(rest.state, "done")

    def test_warning_stays_on_the_delivery_until_the_number_is_there(self):
        picking = self._ship()
        self.assertFalse(picking.merchant_lacks_number)
        self._validate(picking)
        self._send()
        self._sync()
        self.assertTrue(picking.with_user(self.shipper).merchant_lacks_number)
        picking.carrier_tracking_ref = NUMBER
        self.assertFalse(picking.merchant_lacks_number)

    def test_warning_does_not_disturb_what_left_long_ago(self):
        picking = self._ship()
        self._validate(picking)
        picking.date_done = fields.Datetime.now() - timedelta(days=30)
        self.assertFalse(picking.merchant_lacks_number)

    # === AN ADDRESS THAT IS NOT CLEAR === #

    def _ship_to_nowhere(self):
        picking = self._ship("np_branch", delivery_provider_data=None, delivery_address="Чудове")
        self.assertTrue(picking.merchant_order_id.needs_delivery_check)
        picking.carrier_tracking_ref = NUMBER
        return picking

    def test_address_that_nobody_checked_asks(self):
        picking = self._ship_to_nowhere()
        wizard = self._ask(picking)
        self.assertIn("Address Checked", wizard.message)
        self.assertFalse(wizard.lacks_number)
        wizard.action_deliver()
        self.assertEqual(picking.state, "done")

    def test_warning_stays_until_somebody_checked_the_address(self):
        picking = self._ship_to_nowhere()
        self._validate(picking)
        self.assertEqual(self._sent_statuses(), ["delivered"])
        self._sync()
        reader = picking.with_user(self.shipper)
        self.assertTrue(reader.merchant_delivery_doubts)
        reader.action_merchant_delivery_checked()
        self.assertFalse(reader.merchant_delivery_doubts)
