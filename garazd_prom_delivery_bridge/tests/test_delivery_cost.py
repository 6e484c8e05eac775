from odoo import Command
from odoo.tests import tagged

from odoo.addons.garazd_merchant_prom.tests.common import money

from .common import PICKUP, DeliveryCase


@tagged("post_install", "-at_install")
class TestDeliveryCost(DeliveryCase):
    """The line of the delivery: what the buyer pays for it in the order."""

    def setUp(self):
        super().setUp()
        self.store.write({"carrier_id": self.carrier.id, "add_shipping": True})

    def _line(self, sale):
        return sale.order_line.filtered("is_delivery")

    def _assert_total(self, sale, key="full_price"):
        expected = money(sale.merchant_order_id.payload[key])
        self.assertEqual(f"{sale.amount_total:.2f}", f"{expected:.2f}")

    def test_cost_of_prom_stands_on_its_own_line(self):
        for relation in ("price_after", "price_before"):
            self.sim.options.special_offer_relation = relation
            with self.subTest(relation):
                sale = self._sell("several_lines+promo_code+delivery_cost")
                cost = sale.merchant_order_id.payload["delivery_cost"]
                line = {"price_total": cost, "product_id": self.carrier.product_id.id}
                self.assertRecordValues(self._line(sale), [line])
                self._assert_total(sale)

    def test_cost_without_add_shipping_is_no_line(self):
        self.store.add_shipping = False
        sale = self._sell("delivery_cost")
        self.assertFalse(self._line(sale))
        self.assertEqual(sale.carrier_id, self.carrier)
        self._assert_total(sale, "price")

    def test_cost_that_is_not_part_of_the_order_is_not_charged(self):
        sale = self._sell("delivery_not_charged")
        self.assertTrue(sale.merchant_delivery_cost)
        self.assertEqual(self._line(sale).price_total, 0)
        self.assertIn("Not part of the order", self._line(sale).name)
        self._assert_total(sale)

    def test_promotion_pays(self):
        sale = self._sell("delivery_cost+free_delivery")
        self.assertEqual(self._line(sale).price_total, 0)
        self.assertIn("promotion", self._line(sale).name)
        self._assert_total(sale, "price")
        self._assert_goods(sale)

    def test_buyer_pays_a_part(self):
        raw = self.sim.add_order("plain", delivery_cost=70)
        raw["full_price"] = f"{money(raw['price']) + 25:.2f} грн"
        self._sync()
        sale = self._get_order(raw["id"]).sale_order_id
        self.assertEqual(sale.merchant_delivery_payer, "shared")
        self.assertEqual(self._line(sale).price_total, 25)
        self._assert_total(sale)

    def test_cost_serves_where_prom_does_not_tell_the_sum(self):
        sale = self._sell("plain", full_price=None, delivery_cost=92.5)
        self.assertEqual(self._line(sale).price_total, 92.5)

    def test_cost_includes_the_taxes(self):
        tax = self._make_tax(20, included=False)
        self.carrier.product_id.taxes_id = [Command.set(tax.ids)]
        sale = self._sell("plain", full_price=None, delivery_cost=120)
        line = self._line(sale)
        self.assertEqual((line.price_subtotal, line.price_total), (100, 120))

    def test_unknown_cost_is_none(self):
        for cost in (0, None):
            with self.subTest(cost=cost):
                sale = self._sell("plain", delivery_cost=cost)
                self.assertEqual(self._line(sale).price_total, 0)
                self._assert_goods(sale)

    def test_price_and_rules_of_the_carrier_do_not_matter(self):
        self.carrier.write({"free_over": True, "amount": 1, "margin": 0.5})
        self.assertGreater(self._line(self._sell("delivery_cost")).price_total, 0)
        self.carrier.write({"free_over": False, "invoice_policy": "real"})
        sale = self._sell("delivery_cost")
        self._assert_total(sale)
        sale.action_confirm()
        picking = sale.picking_ids
        picking.carrier_price = 500
        picking._add_delivery_cost_to_so()
        self._assert_total(sale)

    def test_reading_again_adds_no_second_line(self):
        sale = self._sell("delivery_cost")
        self.sim.touch(int(sale.client_order_ref), status="received")
        self._sync()
        self.assertEqual(len(self._line(sale)), 1)

    def test_quotation_follows_another_cost(self):
        sale = self._sell("delivery_cost")
        payload = sale.merchant_order_id.payload
        full = f"{money(payload['price']) + 200:.2f} грн"
        self.sim.touch(int(sale.client_order_ref), delivery_cost=200, full_price=full)
        self._sync()
        self.assertEqual(self._line(sale).mapped("price_total"), [200])
        self.assertEqual(sale.carrier_id, self.carrier)
        self._assert_total(sale)

    def test_confirmed_order_asks_about_another_cost(self):
        picking = self._ship("delivery_cost")
        order = picking.merchant_order_id
        before = self._line(picking.sale_id).price_total
        full = f"{money(order.payload['price']) + 200:.2f} грн"
        self.sim.touch(int(order.external_id), delivery_cost=200, full_price=full)
        self._sync()
        self.assertEqual(self._line(picking.sale_id).price_total, before)
        self.assertEqual(order.change_ids.mapped("kind"), ["delivery_charge"])
        order.action_apply_changes()
        self.assertEqual(self._line(picking.sale_id).mapped("price_total"), [200])

    def test_order_that_the_buyer_fetches_now_has_no_delivery_to_pay(self):
        for state in ("draft", "sale"):
            with self.subTest(state):
                sale = self._sell("delivery_cost")
                order = sale.merchant_order_id
                if state == "sale":
                    sale.action_confirm()
                option = {"id": int(PICKUP), "name": "Самовивіз", "shipping_service": None}
                self.sim.touch(
                    int(order.external_id),
                    delivery_option=option,
                    delivery_provider_data=None,
                    delivery_address="Самовивіз",
                    delivery_cost=0,
                    full_price=order.payload["price"],
                )
                self._sync()
                self.assertEqual(order.delivery_kind, "pickup")
                if state == "sale":
                    order.action_apply_changes()
                self.assertFalse(self._line(sale))
                self.assertFalse(sale.carrier_id)
                self.assertFalse(sale.picking_ids.carrier_id)
                self._assert_total(sale, "price")
