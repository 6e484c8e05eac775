from odoo.tests import tagged

from .common import PromCase


@tagged("post_install", "-at_install")
class TestOrderUnknownProduct(PromCase):
    """Products of the shop that Odoo does not know, in a store that creates them."""

    def setUp(self):
        super().setUp()
        self.store.unknown_product_policy = "create"

    def test_product_is_created_once_and_mapped(self):
        self._sync("products")
        self.env["merchant.mapping"].search([("store_id", "=", self.store.id)]).unlink()
        self.env["product.product"].union(*self.products.values()).action_archive()
        raw = self.sim.add_order("several_lines")
        self.sim.add_order("pending", products=raw["products"], price=raw["price"])
        self._sync()
        sales = self.env["sale.order"].search([("merchant_store_id", "=", self.store.id)])
        first, second = (sale.order_line.product_id for sale in sales)
        self.assertEqual(first, second)
        # The same product may stand on two lines.
        names = {str(row["id"]): row["name_multilang"]["uk"] for row in raw["products"]}
        self.assertEqual(sorted(first.mapped("name")), sorted(names.values()))
        for identifier, name in names.items():
            self.assertEqual(self._get_listing(identifier).product_id.name, name)

    def test_product_removed_from_prom_is_not_created(self):
        before = self.env["product.product"].search_count([])
        order = self._import("removed_product")
        self.assertTrue(order._has_placeholder())
        self.assertEqual(self.env["product.product"].search_count([]), before)
        self.assertEqual(self._get_issues("order_unknown_product").res_id, order.id)
