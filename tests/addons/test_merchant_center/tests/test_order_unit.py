from odoo.tests import tagged

from .common import DemoCase


@tagged("post_install", "-at_install")
class TestOrderUnit(DemoCase):
    """Quantities are in the unit that the marketplace names."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gram = cls.env.ref("uom.product_uom_gram")
        cls.kilogram = cls.env.ref("uom.product_uom_kgm")
        cls.piece = cls.env.ref("uom.product_uom_unit")

    def _import_half_a_kilogram(self, sku="A1"):
        line = self._line(sku, quantity="0.5", unit="kg", total="40.00")
        return self._import_order("1", line).sale_order_id

    def test_product_in_another_unit_of_the_same_kind_leaves_the_right_quantity(self):
        self._make_product("A1", uom_id=self.gram.id)
        sale = self._import_half_a_kilogram()
        line = sale.order_line
        self.assertEqual((line.product_uom_id, line.product_uom_qty), (self.kilogram, 0.5))
        self.assertEqual((line.price_unit, sale.amount_total), (80, 40))
        sale.action_confirm()
        self.assertEqual(sale.picking_ids.move_ids.product_qty, 500)

    def test_unit_of_another_kind_is_left_to_the_product(self):
        """What is sold by weight may be counted in Odoo: nobody can say how."""
        self._make_product("A1")
        line = self._import_half_a_kilogram().order_line
        self.assertEqual((line.product_uom_id, line.product_uom_qty), (self.piece, 0.5))

    def test_unit_nobody_knows_is_left_to_the_product(self):
        self._make_product("A1", uom_id=self.gram.id)
        order = self._import_order("1", self._line(quantity="5", unit="bucket"))
        self.assertEqual(order.sale_order_id.order_line.product_uom_id, self.gram)

    def test_created_product_is_counted_as_it_is_sold(self):
        self.store.unknown_product_policy = "create"
        line = self._import_half_a_kilogram().order_line
        self.assertEqual(line.product_id.uom_id, self.kilogram)
        self.assertEqual((line.product_uom_id, line.product_uom_qty), (self.kilogram, 0.5))

    def test_product_that_takes_the_place_of_the_placeholder_keeps_the_quantity(self):
        sale = self._import_half_a_kilogram("NEW")
        self._make_product("NEW", uom_id=self.gram.id)
        sale.merchant_order_id.action_retry()
        line = sale.order_line
        self.assertEqual((line.product_uom_id, line.product_uom_qty), (self.kilogram, 0.5))
        self.assertEqual(sale.amount_total, 40)

    def test_quotation_follows_in_the_same_unit(self):
        self._make_product("A1", uom_id=self.gram.id)
        sale = self._import_half_a_kilogram()
        self.market.orders[0]["lines"][0] |= {"quantity": "0.75", "total": "60.00"}
        self.market.orders[0]["total"] = "60.00"
        self._sync()
        line = sale.order_line
        self.assertEqual((line.product_uom_id, line.product_uom_qty), (self.kilogram, 0.75))
        self.assertEqual(sale.amount_total, 60)
