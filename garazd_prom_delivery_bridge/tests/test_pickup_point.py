from odoo.tests import tagged

from .common import NOVA_POSHTA, DeliveryCase


@tagged("post_install", "-at_install")
class TestPickupPoint(DeliveryCase):
    """Branches and parcel lockers, as Odoo knows pickup points."""

    def setUp(self):
        super().setUp()
        self.store.carrier_id = self.carrier

    def _use_locations(self):
        """Let the carrier work with pickup points, as a carrier's module does."""
        carriers = type(self.env["delivery.carrier"])
        self.addCleanup(delattr, carriers, "fixed_use_locations")
        carriers.fixed_use_locations = True

    def test_contact_with_the_address_of_a_branch_is_a_pickup_point(self):
        for kind in ("np_branch", "np_locker", "np_point", "ukrposhta"):
            with self.subTest(kind):
                self.assertTrue(self._sell(kind).partner_shipping_id.is_pickup_location)
        for kind in ("door", "courier", "pickup"):
            with self.subTest(kind):
                self.assertFalse(self._sell(kind).partner_shipping_id.is_pickup_location)

    def test_customer_himself_is_never_a_pickup_point(self):
        self.store.create_delivery_address = False
        sale = self._sell("np_branch")
        self.assertEqual(sale.partner_shipping_id, sale.partner_id)
        self.assertFalse(sale.partner_id.is_pickup_location)

    def test_same_branch_is_the_same_contact(self):
        first = self._sell("np_branch")
        same = {key: self._raw(first.merchant_order_id)[key]
                for key in ("client", "client_id", "phone", "email", "delivery_recipient",
                            "delivery_address", "delivery_provider_data")}  # fmt: skip
        again = self._sell("np_branch", **same)
        self.assertEqual(again.partner_shipping_id, first.partner_shipping_id)

    def test_carrier_without_pickup_points_gets_none(self):
        self.assertFalse(self._sell("np_branch").pickup_location_data)

    def test_carrier_with_pickup_points_finds_the_branch_on_the_order(self):
        self._use_locations()
        order = self._import("np_locker")
        point = order.sale_order_id.pickup_location_data
        self.assertEqual(point["id"], order.delivery_branch_ref)
        self.assertEqual(point["city"], order.delivery_city)
        self.assertIn("Поштомат", point["street"])
        self.assertEqual(point["country_code"], "UA")
        self.assertFalse(self._sell("door").pickup_location_data)

    def test_delivery_to_a_pickup_point_keeps_the_name_of_the_recipient(self):
        self._use_locations()
        sale = self._sell("np_branch+other_recipient")
        recipient = sale.partner_shipping_id
        sale.action_confirm()
        address = sale.picking_ids.partner_id
        self.assertTrue(address.is_pickup_location)
        self.assertEqual((address.name, address.phone), (recipient.name, recipient.phone))
        self.assertNotEqual(address.name, sale.partner_id.name)

    def _move(self, order, kind):
        """Let the buyer choose another place, that of an order of some kind."""
        other = self._raw(self._import(kind))
        self.sim.touch(
            int(order.external_id),
            delivery_address=other["delivery_address"],
            delivery_provider_data=other["delivery_provider_data"],
        )
        self._sync()

    def test_quotation_goes_to_the_branch_that_was_chosen_last(self):
        self._use_locations()
        sale = self._sell("np_branch")
        order = sale.merchant_order_id
        before = order.delivery_branch_ref
        self._move(order, "np_locker")
        self.assertNotEqual(order.delivery_branch_ref, before)
        self.assertEqual(sale.pickup_location_data["id"], order.delivery_branch_ref)
        self.assertTrue(sale.partner_shipping_id.is_pickup_location)
        sale.action_confirm()
        self.assertIn("Поштомат", sale.picking_ids.partner_id.street)

    def test_order_that_goes_to_a_door_now_has_no_branch(self):
        self._use_locations()
        sale = self._sell("np_branch")
        self._move(sale.merchant_order_id, "door")
        self.assertEqual(sale.merchant_order_id.delivery_kind, "door")
        self.assertFalse(sale.pickup_location_data)
        sale.action_confirm()
        self.assertFalse(sale.picking_ids.partner_id.is_pickup_location)

    def test_confirmed_order_takes_the_branch_with_the_changes(self):
        self._use_locations()
        sale = self._sell("np_branch")
        order = sale.merchant_order_id
        sale.action_confirm()
        before = sale.pickup_location_data
        self._move(order, "np_locker")
        self.assertEqual(sale.pickup_location_data, before)
        order.action_apply_changes()
        self.assertEqual(sale.pickup_location_data["id"], order.delivery_branch_ref)
        self.assertIn("Поштомат", sale.picking_ids.partner_id.street)

    def test_order_that_gets_its_carrier_later_gets_the_branch_with_it(self):
        self._use_locations()
        self.store.carrier_id = False
        sale = self._sell("np_branch")
        self.assertFalse(sale.pickup_location_data)
        self._method(NOVA_POSHTA).carrier_id = self.carrier
        point = sale.pickup_location_data
        self.assertEqual(point["id"], sale.merchant_order_id.delivery_branch_ref)
        self.assertEqual(point["street"], sale.partner_shipping_id.street)

    def test_buyer_who_is_erased_leaves_no_pickup_point(self):
        self._use_locations()
        sale = self._sell("np_branch")
        self.assertTrue(sale.pickup_location_data)
        sale.partner_id.sudo()._erase_merchant_buyer()
        self.assertFalse(sale.pickup_location_data)
        self.assertFalse(sale.merchant_order_id.delivery_branch_ref)
