from odoo.tests import tagged

from .common import DemoCase


@tagged("post_install", "-at_install")
class TestOrderAmount(DemoCase):
    """The sales order costs what the buyer pays, to the last kopeck."""

    def _taxed(self, tax, code="A1"):
        return self._make_product(code, taxes_id=[(6, 0, tax.ids)])

    def test_without_tax(self):
        self._make_product("A1")
        lines = [self._line(quantity="3", total="100.00"), self._line(total="0.01")]
        sale = self._import_order("1", *lines).sale_order_id
        self.assertEqual(sale.amount_total, 100.01)
        self.assertEqual(sale.order_line.mapped("price_total"), [100, 0.01])

    def test_with_a_tax_in_the_price(self):
        tax = self._make_tax(20, included=True)
        self._taxed(tax)
        sale = self._import_order("1", self._line(total="120.00")).sale_order_id
        self.assertEqual(sale.order_line.tax_ids, tax)
        self.assertEqual((sale.amount_untaxed, sale.amount_total), (100, 120))

    def test_with_a_tax_on_top_the_same_tax_is_included(self):
        tax = self._make_tax(20, included=False)
        self._taxed(tax)
        first = self._import_order("1", self._line(total="120.00")).sale_order_id
        self.assertEqual((first.amount_untaxed, first.amount_total), (100, 120))
        twin = first.order_line.tax_ids
        self.assertRecordValues(
            twin, [{"amount": 20, "price_include": True, "company_id": self.company.id}]
        )
        second = self._import_order("2", self._line(total="60.00")).sale_order_id
        self.assertEqual(second.order_line.tax_ids, twin)

    def test_twin_of_a_tax_is_made_once_whoever_asks(self):
        self.env["res.lang"]._activate_lang("uk_UA")
        self.user.lang = "uk_UA"
        tax = self._make_tax(20, included=False)
        tax.with_context(lang="uk_UA").name = "ПДВ 20%"
        self._taxed(tax)
        first = self._import_order("1", self._line(total="120.00"))
        second = self._import_order("2", self._line(total="12.00"), currency="XXX")
        self.market.orders[1]["currency"] = "UAH"
        second.payload = self.market.orders[1]
        second.with_user(self.user).with_context(lang="uk_UA").action_retry()
        self.assertEqual(second.state, "imported")
        self.assertEqual(
            second.sale_order_id.order_line.tax_ids, first.sale_order_id.order_line.tax_ids
        )

    def test_present_stays_free_when_the_staff_change_its_quantity(self):
        self._make_product("A1", list_price=70)
        sale = self._import_order("1", self._line(total="0.00")).sale_order_id
        sale.order_line.product_uom_qty = 3
        self.assertEqual(sale.amount_total, 0)

    def test_prices_that_do_not_divide(self):
        self._taxed(self._make_tax(20, included=False))
        lines = [
            self._line(quantity="3", total="100.00"),
            self._line(quantity="7", total="99.99"),
            self._line(quantity="0.33", total="10.01"),
        ]
        sale = self._import_order("1", *lines).sale_order_id
        self.assertAlmostEqual(sale.amount_total, 210.00)

    def test_quantity_that_would_be_rounded_is_told(self):
        self._make_product("A1")
        order = self._import_order("1", self._line(quantity="0.125", total="10.00"))
        self.assertEqual((order.state, order.sale_order_id.id), ("failed", False))
        self.assertIn("0.125 of Thing A1", self._get_issues("order_quantity_rounded").detail)
        self.env.ref("uom.decimal_product_uom").digits = 3
        order.action_retry()
        self.assertEqual(order.sale_order_id.order_line.product_uom_qty, 0.125)
        self.assertFalse(self._get_issues())

    def test_discount_is_a_line(self):
        self._taxed(self._make_tax(20, included=True))
        order = self._import_order(
            "1",
            self._line(quantity="2", total="200.00"),
            total="185.50",
            discount="14.50",
            promotion="SPRING",
        )
        sale = order.sale_order_id
        self.assertEqual(sale.amount_total, 185.50)
        discount = sale.order_line[-1]
        self.assertEqual(
            discount.product_id, self.env.ref("garazd_merchant_center.product_discount")
        )
        self.assertEqual((discount.name, discount.price_total), ("SPRING", -14.50))

    def test_discount_is_taxed_as_the_goods_are(self):
        for code, taxes in (
            ("A", self._make_tax(20, included=False)),
            ("B", self._make_tax(7, included=True)),
            ("C", self.env["account.tax"]),
        ):
            self._make_product(code, taxes_id=[(6, 0, taxes.ids)])
        lines = [self._line("A", "120.00"), self._line("B", "107.00"), self._line("C", "100.00")]
        order = self._import_order("1", *lines, total="294.30", discount="32.70")
        sale = order.sale_order_id
        self.assertEqual((sale.amount_untaxed, sale.amount_total), (270, 294.30))
        self.assertEqual(sale.order_line[3:].mapped("price_total"), [-12, -10.7, -10])
        raw = self.market.orders[0]
        raw |= {"lines": lines[:1], "total": "100.00", "discount": "20.00"}
        self._sync()
        self.assertEqual((sale.amount_tax, sale.amount_total), (16.67, 100))
        self.assertEqual(len(sale.order_line), 2)

    def test_parts_of_a_discount_make_it_to_the_kopeck(self):
        for rate in (20, 7, 14):
            taxes = self._make_tax(rate, included=True)
            self._make_product(str(rate), taxes_id=[(6, 0, taxes.ids)])
        lines = [self._line(str(rate), "33.33") for rate in (20, 7, 14)]
        order = self._import_order("1", *lines, total="99.98", discount="0.01")
        self.assertEqual(order.sale_order_id.amount_total, 99.98, order.error)

    def test_total_that_differs_is_refused(self):
        self._make_product("A1")
        before = self.env["sale.order"].search_count([])
        order = self._import_order("1", self._line(total="100.00"), total="100.01")
        self.assertEqual(order.state, "failed")
        self.assertEqual(self.env["sale.order"].search_count([]), before)
        detail = self._get_issues("order_total_differs").detail
        self.assertIn("costs 100.01", detail)
        self.assertIn("make 100.0.", detail)

    def test_pricelist_of_the_store_does_not_change_the_price(self):
        product = self._make_product("A1", list_price=5)
        self.store.pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Half",
                "currency_id": self.uah.id,
                "company_id": self.company.id,
                "item_ids": [(0, 0, {"compute_price": "percentage", "percent_price": 50})],
            }
        )
        sale = self._import_order("1", self._line(total="100.00")).sale_order_id
        self.assertEqual(sale.pricelist_id, self.store.pricelist_id)
        self.assertEqual((sale.amount_total, sale.order_line.product_id), (100, product))
        self.assertEqual(sale.order_line.discount, 0)

    def test_other_currency_than_the_company_has(self):
        self._make_product("A1")
        sale = self._import_order("1", self._line(total="10.00"), currency="USD").sale_order_id
        self.assertEqual((sale.currency_id, sale.amount_total), (self.usd, 10))
        again = self._import_order("2", self._line(total="10.00"), currency="USD").sale_order_id
        self.assertEqual(again.pricelist_id, sale.pricelist_id)

    def test_unknown_currency_is_told_and_mended(self):
        self._make_product("A1")
        order = self._import_order("1", currency="PLN")
        self.assertIn("currency PLN", self._get_issues("order_currency_unknown").detail)
        self.env.ref("base.PLN").active = True
        order.with_user(self.user).action_retry()
        self.assertEqual(order.sale_order_id.currency_id.name, "PLN")
        self.assertFalse(self._get_issues())

    def test_total_survives_confirmation(self):
        self._taxed(self._make_tax(20, included=False))
        self.store.confirm_orders = True
        lines = [self._line(quantity="3", total="100.00")]
        sale = self._import_order("1", *lines).sale_order_id
        self.assertEqual((sale.state, sale.amount_total), ("sale", 100))
