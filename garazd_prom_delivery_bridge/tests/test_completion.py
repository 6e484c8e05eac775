from odoo.tests import tagged

from ..models import stock_picking
from .common import NUMBER, DeliveryCase


@tagged("post_install", "-at_install")
class TestCompletion(DeliveryCase):
    """When Prom hears that an order is completed."""

    already_read = ("base",)

    def setUp(self):
        super().setUp()
        self.store.write({"completed_when": "received", "push_confirmed": False})
        self.store.action_set_production()

    def _statuses(self):
        """Send what waits, and return the statuses that Prom got."""
        self._send()
        return [request.body["status"] for request in self.sim.requests("/orders/set_status")]

    def _install_carrier(self):
        """Let a carrier's module say in a note where a parcel is."""
        pickings = type(self.env["stock.picking"])

        def is_received(picking):
            return "received" in (picking.note or "")

        self.patch(pickings, "_get_carrier_state_fields", lambda picking: ("note",))
        self.patch(pickings, "_is_received_by_buyer", is_received)

    def test_shipment_completes_the_order_at_first(self):
        self.store.completed_when = "shipped"
        self._validate(self._ship())
        self.assertEqual(self._statuses(), ["delivered"])

    def test_carrier_completes_the_order(self):
        self._install_carrier()
        picking = self._ship()
        self._validate(picking)
        self.assertFalse(self._statuses())
        picking.note = "on its way"
        self.assertFalse(self._statuses())
        picking.with_user(self.storekeeper).note = "received"
        self.assertEqual(self._statuses(), ["delivered"])
        picking.note = "received, again"
        self.assertFalse(self._statuses())

    def test_state_of_oca_s_module_completes_the_order(self):
        """Any field stands in for that of OCA's `delivery_state`, which is not installed here."""
        self.assertEqual(stock_picking.OCA_STATE, "delivery_state")
        self.patch(stock_picking, "OCA_STATE", "origin")
        picking = self._ship()
        self._validate(picking)
        picking.origin = "in_transit"
        self.assertFalse(self._statuses())
        picking.origin = "customer_delivered"
        self.assertEqual(self._statuses(), ["delivered"])

    def test_all_parcels_have_to_be_handed_over(self):
        self._install_carrier()
        first = self._ship("np_branch+several_lines")
        first.move_ids[1:].quantity = 0
        self._validate(first)
        second = first.sale_id.picking_ids - first
        first.note = "received"
        self.assertFalse(self._statuses())
        self._validate(second)
        self.assertFalse(self._statuses())
        second.note = "received"
        self.assertEqual(self._statuses(), ["delivered"])

    def test_prom_itself_may_hear_it_from_the_carrier(self):
        picking = self._ship()
        self._validate(picking)
        self._make_waybill(picking.merchant_order_id, NUMBER, status="on_the_way")
        self.assertFalse(self._statuses())
        self._make_waybill(picking.merchant_order_id, NUMBER, status="delivered")
        self.assertEqual(self._statuses(), ["delivered"])

    def test_prom_speaks_for_one_of_several_parcels(self):
        first = self._ship("np_branch+several_lines")
        first.move_ids[1:].quantity = 0
        self._validate(first)
        second = first.sale_id.picking_ids - first
        self._validate(second)
        first.carrier_tracking_ref = NUMBER
        self._send()
        self._make_waybill(first.merchant_order_id, NUMBER, status="delivered")
        self.assertFalse(self._statuses())
        # One parcel with the goods of both.
        second.carrier_tracking_ref = NUMBER
        self._make_waybill(first.merchant_order_id, NUMBER, status="received")
        self.assertEqual(self._statuses(), ["delivered"])

    def test_word_that_nobody_knows_completes_nothing(self):
        picking = self._ship()
        self._validate(picking)
        self._make_waybill(picking.merchant_order_id, NUMBER, status="delivering_soon")
        self.assertFalse(self._statuses())

    def test_switched_off_sends_nothing(self):
        self._install_carrier()
        self.store.push_delivered = False
        picking = self._ship()
        self._validate(picking)
        picking.note = "received"
        self.assertFalse(self._statuses())
