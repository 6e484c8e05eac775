from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.garazd_merchant_prom.tests.common import PromCase, money

NOVA_POSHTA, UKRPOSHTA = "14869279", "14869280"


@tagged("post_install", "-at_install")
class TestDelivery(PromCase):
    """The delivery method of Prom's orders on sales orders and transfers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carrier = cls._make_carrier("Nova Poshta")
        cls.other_carrier = cls._make_carrier("Ukrposhta")

    @classmethod
    def _make_carrier(cls, name, **changes):
        product = cls.env["product.product"].create(
            {"name": name, "type": "service", "taxes_id": [Command.clear()]}
        )
        vals = {
            "name": name,
            "product_id": product.id,
            "fixed_price": 999,
            "company_id": cls.company.id,
        }
        return cls.env["delivery.carrier"].create(vals | changes)

    def _method(self, external_id):
        self._sync("base")
        return self.env["merchant.delivery.method"].search(
            [("store_id", "=", self.store.id), ("external_id", "=", external_id)]
        )

    def _sell(self, kind="pending", **changes):
        order = self._import(kind, **changes)
        self.assertEqual(order.state, "imported", order.error)
        return order.sale_order_id

    def _assert_goods(self, sale):
        """The goods cost what Prom says, whatever the delivery costs."""
        goods = sale.order_line.filtered(lambda line: not line.is_delivery)
        total = sum(goods.mapped("price_total"))
        price = money(sale.merchant_order_id.payload["price"])
        self.assertEqual(f"{total:.2f}", f"{price:.2f}")

    # === WHICH CARRIER === #

    def test_nothing_happens_without_a_carrier(self):
        self.store.add_shipping = True
        sale = self._sell("delivery_cost")
        self.assertFalse(sale.carrier_id)
        self.assertFalse(sale.order_line.filtered("is_delivery"))
        self._assert_goods(sale)

    def test_carrier_of_the_store_is_the_default(self):
        self.store.carrier_id = self.carrier
        sale = self._sell()
        self.assertEqual(sale.carrier_id, self.carrier)
        self.assertFalse(sale.order_line.filtered("is_delivery"))
        self._assert_goods(sale)

    def test_carrier_of_the_method_goes_first(self):
        self.store.carrier_id = self.carrier
        self._method(UKRPOSHTA).carrier_id = self.other_carrier
        self.assertEqual(self._sell("ukrposhta").carrier_id, self.other_carrier)
        self.assertEqual(self._sell("np_branch").carrier_id, self.carrier)

    def test_method_alone_will_do(self):
        self._method(NOVA_POSHTA).carrier_id = self.carrier
        self.assertEqual(self._sell("np_locker").carrier_id, self.carrier)
        self.assertFalse(self._sell("meest").carrier_id)

    def test_order_without_a_delivery_method(self):
        self.store.carrier_id = self.carrier
        self.assertEqual(self._sell("no_delivery_option").carrier_id, self.carrier)

    def test_carrier_of_another_company_is_refused(self):
        foreign = self._make_carrier("Foreign", company_id=self.other_company.id)
        with self.assertRaisesRegex(UserError, "company"):
            self.store.carrier_id = foreign

    # === THE COST === #

    def test_cost_of_prom_stands_on_its_own_line(self):
        self.store.write({"carrier_id": self.carrier.id, "add_shipping": True})
        order = self.sim.add_order("several_lines+promo_code+delivery_cost")
        self._sync()
        sale = self._get_order(order["id"]).sale_order_id
        line = sale.order_line.filtered("is_delivery")
        self.assertRecordValues(
            line,
            [
                {
                    "price_total": order["delivery_cost"],
                    "product_id": self.carrier.product_id.id,
                }
            ],
        )
        self._assert_goods(sale)
        self.assertEqual(f"{sale.amount_total:.2f}", f"{money(order['full_price']):.2f}")

    def test_cost_includes_the_taxes(self):
        tax = self._make_tax(20, included=False)
        self.carrier.product_id.taxes_id = [Command.set(tax.ids)]
        self.store.write({"carrier_id": self.carrier.id, "add_shipping": True})
        line = self._sell("plain", delivery_cost=120).order_line.filtered("is_delivery")
        self.assertEqual((line.price_subtotal, line.price_total), (100, 120))

    def test_unknown_cost_is_none(self):
        self.store.write({"carrier_id": self.carrier.id, "add_shipping": True})
        for cost in (0, None):
            with self.subTest(cost=cost):
                sale = self._sell("plain", delivery_cost=cost)
                line = sale.order_line.filtered("is_delivery")
                self.assertEqual(line.price_total, 0)
                self._assert_goods(sale)

    # === WHAT COMES AFTER === #

    def test_cancelled_order(self):
        self.store.write({"carrier_id": self.carrier.id, "add_shipping": True})
        sale = self._sell("canceled_by_buyer+delivery_cost")
        self.assertEqual(sale.state, "cancel")
        self.assertEqual(sale.carrier_id, self.carrier)

    def test_transfer_gets_the_carrier_and_the_order(self):
        self.env["product.product"].search([]).filtered(
            lambda product: product.type == "consu"
        ).is_storable = True
        self.store.carrier_id = self.carrier
        sale = self._sell("plain")
        sale.action_confirm()
        self.assertEqual(sale.picking_ids.carrier_id, self.carrier)
        self.assertEqual(sale.picking_ids.merchant_order_id, sale.merchant_order_id)

    def test_reading_again_adds_no_second_line(self):
        self.store.write({"carrier_id": self.carrier.id, "add_shipping": True})
        sale = self._sell("delivery_cost")
        self.sim.touch(int(sale.client_order_ref), status="received")
        self._sync()
        self.assertEqual(len(sale.order_line.filtered("is_delivery")), 1)
