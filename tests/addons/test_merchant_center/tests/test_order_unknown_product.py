from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import DemoCase


@tagged("post_install", "-at_install")
class TestOrderUnknownProduct(DemoCase):
    """What the store wants done with products that Odoo does not know."""

    def _prepare(self):
        super()._prepare()
        self.placeholder = self.env.ref("garazd_merchant_center.product_unknown")

    def _products(self, **domain):
        products = self.env["product.product"].with_context(active_test=False)
        return products.search([(key, "=", value) for key, value in domain.items()])

    def test_products_that_orders_need_are_not_deleted(self):
        groups = "product.group_product_manager,stock.group_stock_user"
        manager = self._make_user("manager", groups, self.company)
        for name in ("product_unknown", "product_discount"):
            product = self.env.ref(f"garazd_merchant_center.{name}").with_user(manager)
            for record in (product, product.product_tmpl_id):
                with self.assertRaisesRegex(UserError, "Archive it"):
                    record.unlink()
            product.active = False
        order = self._import_order("1", self._line("NEW"), total="90.00", discount="10.00")
        self.assertEqual(order.state, "imported", order.error)

    # === CREATE === #

    def test_product_is_created_and_mapped(self):
        tax = self._make_tax(20, included=True)
        self.company.account_sale_tax_id = tax
        self.store.unknown_product_policy = "create"
        self._product("p9", title="Cup", sku="NEW")
        self._sync("products")
        line = self._line("NEW", title="Cup", product="p9", quantity="2", total="70.00")
        sale = self._import_order("1", line).sale_order_id
        product = sale.order_line.product_id
        self.assertRecordValues(
            product,
            [
                {
                    "name": "Cup",
                    "default_code": "NEW",
                    "list_price": 35,
                    "type": "consu",
                    "is_storable": False,
                    "company_id": self.company.id,
                    "taxes_id": tax.ids,
                }
            ],
        )
        self.assertEqual(sale.amount_total, 70)
        self.assertEqual(self._get_listing("p9").product_id, product)
        self.assertFalse(self._get_issues())

    def test_created_product_is_found_by_the_next_order(self):
        self.store.unknown_product_policy = "create"
        self._order("1", self._line("NEW", product="p9"), self._line("NEW", product="p9"))
        self._order("2", self._line("OTHER", product="p9"))
        self._order("3", self._line("BY-SKU"), self._line("BY-SKU"))
        self._order("4", self._line("BY-SKU"))
        self._sync()
        sales = {number: self._get_order(number).sale_order_id for number in "1234"}
        self.assertEqual(len(sales["1"].order_line), 2)
        self.assertEqual(
            sales["1"].order_line.product_id, sales["2"].order_line.product_id.ensure_one()
        )
        self.assertEqual(
            sales["3"].order_line.product_id, sales["4"].order_line.product_id.ensure_one()
        )
        self.assertNotEqual(sales["1"].order_line.product_id, sales["3"].order_line.product_id)

    def test_created_product_lets_the_order_be_confirmed(self):
        self.store.write({"unknown_product_policy": "create", "confirm_orders": True})
        self.assertEqual(self._import_order("1", self._line("NEW")).sale_order_id.state, "sale")

    def test_reference_of_an_archived_product_is_not_given_twice(self):
        self.store.unknown_product_policy = "create"
        self._make_product("NEW", active=False)
        line = self._line("NEW", product="p9")
        product = self._import_order("1", line).sale_order_id.order_line.product_id
        self.assertFalse(product.default_code)
        again = self._import_order("2", line).sale_order_id.order_line.product_id
        self.assertEqual(again, product)

    def test_product_that_could_not_be_found_again_is_not_created(self):
        """Removed from the marketplace, or known by nothing but a reference that is taken."""
        self.store.unknown_product_policy = "create"
        self._make_product("TAKEN", active=False)
        before = self._products()
        for number, sku in (("1", None), ("2", ""), ("3", "TAKEN")):
            with self.subTest(sku):
                order = self._import_order(number, self._line(sku, title="Cup"))
                self.assertEqual(order.sale_order_id.order_line.product_id, self.placeholder)
                self.assertIn("Cup", self._get_issues("order_unknown_product")[0].detail)
        self.assertEqual(self._products(), before)

    def test_product_that_fits_several_is_not_created(self):
        self.store.unknown_product_policy = "create"
        twins = self._make_product("A1") | self._make_product("A1")
        order = self._import_order("1", self._line("A1", product="p9"))
        self.assertEqual(order.sale_order_id.order_line.product_id, self.placeholder)
        self.assertEqual(self._products(default_code="A1"), twins.sorted())

    def test_nothing_is_created_for_an_order_that_fails(self):
        self.store.unknown_product_policy = "create"
        order = self._import_order("1", self._line("NEW", product="p9"), total="99.00")
        self.assertEqual(order.state, "failed")
        self.assertFalse(self._products(default_code="NEW"))
        self.assertFalse(self.env["merchant.mapping"].search([("external_id", "=", "p9")]))

    def test_price_of_a_created_product_is_in_the_currency_of_the_company(self):
        self.store.unknown_product_policy = "create"
        self.usd.rate_ids = [
            (0, 0, {"name": "2026-01-01", "rate": 0.025, "company_id": self.company.id})
        ]
        line = self._line("NEW", total="10.00")
        sale = self._import_order("1", line, currency="USD").sale_order_id
        self.assertEqual(sale.order_line.product_id.list_price, 400)

    def test_user_creates_products_by_a_retry(self):
        self.store.unknown_product_policy = "hold"
        order = self._import_order("1", self._line("NEW", product="p9"))
        self.store.unknown_product_policy = "create"
        order.with_user(self.user).action_retry()
        self.assertEqual(order.sale_order_id.order_line.product_id.default_code, "NEW")

    # === HOLD === #

    def test_order_is_held_until_its_products_exist(self):
        self.store.unknown_product_policy = "hold"
        self._make_product("A1")
        order = self._import_order("1", self._line("NEW"), self._line())
        self.assertEqual((order.state, order.sale_order_id.id), ("failed", False))
        issue = self._get_issues("order_unknown_product")
        self.assertEqual((issue.severity, issue._get_record()), ("error", order))
        self.assertIn("Thing NEW", issue.detail)
        self.assertNotIn("Thing A1", issue.detail)
        issue.with_user(self.user).action_retry()
        self.assertEqual((order.state, issue.state), ("failed", "open"))
        product = self._make_product("NEW")
        issue.with_user(self.user).action_retry()
        self.assertIn(product, order.sale_order_id.order_line.product_id)
        self.assertFalse(self._get_issues())

    def test_another_cause_takes_the_place_of_the_unknown_product(self):
        self.store.unknown_product_policy = "hold"
        self._import_order("1", self._line("NEW"))
        self.market.orders[0]["total"] = "much"
        self._sync()
        self.assertEqual(self._get_issues().mapped("code"), ["order_unreadable"])

    def test_cancelled_order_needs_no_products(self):
        for policy in ("hold", "create"):
            self.store.unknown_product_policy = policy
            order = self._import_order(policy, self._line(policy), status="cancelled")
            self.assertEqual(order.sale_order_id.state, "cancel")
            self.assertFalse(self._products(default_code=policy))
        self.assertFalse(self._get_issues())
