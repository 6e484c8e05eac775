from odoo import Command
from odoo.tests import tagged

from .common import PromCase, load_simulator, money

KINDS = (
    "plain",
    "several_lines",
    "promo_code+several_lines",
    "special_offer",
    "by_weight",
    "by_metre",
    "removed_product",
)


@tagged("post_install", "-at_install")
class TestCompany(PromCase):
    """Taxes, currencies and several companies: the buyer's total is exact in each of them."""

    two_companies = True

    def _assert_totals(self, store=None, kinds=KINDS):
        self.env.ref("uom.decimal_product_uom").digits = 3
        raw = [self.sim.add_order(kind) for kind in kinds]
        self._sync(store=store)
        sales = self.env["sale.order"]
        for order in raw:
            found = self._get_order(order["id"], store)
            self.assertEqual(found.state, "imported", found.error)
            self.assertEqual(f"{found.amount_total:.2f}", f"{money(order['price']):.2f}")
            sales |= found.sale_order_id
            total = found.sale_order_id.amount_total
            self.assertEqual(f"{total:.2f}", f"{money(order['price']):.2f}")
        return sales

    def _tax_products(self, *taxes):
        for product in self.products.values():
            product.taxes_id = [Command.set([tax.id for tax in taxes])]

    def test_vat_on_top_of_the_price_is_taken_out_of_it(self):
        self._tax_products(self._make_tax(20, included=False))
        for sale in self._assert_totals():
            self.assertTrue(sale.amount_tax)

    def test_vat_in_the_price_stays_in_it(self):
        self._tax_products(self._make_tax(20, included=True))
        self._assert_totals()

    def test_rounding_by_order_or_by_line(self):
        self._tax_products(self._make_tax(7, included=False))
        for method in ("round_globally", "round_per_line"):
            with self.subTest(method):
                self.company.tax_calculation_rounding_method = method
                self._assert_totals()

    def test_vat_of_a_single_line_is_a_sixth(self):
        self._tax_products(self._make_tax(20, included=False))
        order = self.sim.add_order("plain")
        line = order["products"][0]
        line |= {"quantity": 1, "price": "120 грн", "total_price": "120 грн"}
        order |= {"price": "120 грн", "full_price": "120 грн"}
        self._sync()
        sale = self._get_order(order["id"]).sale_order_id
        self.assertEqual((sale.amount_untaxed, sale.amount_tax), (100, 20))

    def test_company_in_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        for currency in (euro, self.usd):
            with self.subTest(currency.name):
                company = self.env["res.company"].create(
                    {"name": f"In {currency.name}", "currency_id": currency.id}
                )
                self.env["res.currency.rate"].create(
                    {"currency_id": self.uah.id, "company_id": company.id, "rate": 48.1234}
                )
                store = self._make_store(name=company.name, company_id=company.id)
                self.store.active = False
                sales = self._assert_totals(store, KINDS[1:3])
                self.assertEqual(sales.currency_id, self.uah)
                self.assertEqual(sales.company_id, company)
                self.assertEqual(sales.pricelist_id.currency_id, self.uah)
                store.active = False

    def test_hryvnia_that_is_switched_off(self):
        company = self.env["res.company"].create({"name": "Abroad", "currency_id": self.usd.id})
        store = self._make_store(name="Abroad", company_id=company.id)
        self.company.currency_id = self.other_company.currency_id = self.usd
        self.uah.active = False
        order = self.sim.add_order("plain")
        self._sync(store=store)
        found = self._get_order(order["id"], store)
        self.assertEqual(found.error_code, "order_currency_unknown")
        self.assertIn("UAH", found.error)
        self.uah.active = True
        self._get_issues("order_currency_unknown", store).action_retry()
        self.assertEqual(found.state, "imported")

    def test_amounts_in_two_currencies_are_not_guessed(self):
        order = self.sim.add_order("plain", full_price="10 $")
        self._sync()
        issue = self._get_issues("order_unreadable")
        self.assertIn("UAH, USD", issue.detail)
        self.assertFalse(self._get_order(order["id"]).sale_order_id)

    def test_equal_numbers_of_two_shops_are_two_orders(self):
        other = self._open_shop(load_simulator(), "the-other-shop")
        store = self._make_store(
            name="Other",
            company_id=self.other_company.id,
            api_url=other.url,
            api_token=other.token,
        )
        first, second = self.sim.add_order("pending"), other.add_order("pending")
        self.assertEqual(first["id"], second["id"])
        second["client_notes"] = "second"
        self._run_cron("sync_orders")
        mine, theirs = self._get_order(first["id"]), self._get_order(first["id"], store)
        self.assertEqual(mine.sale_order_id.company_id, self.company)
        self.assertEqual(theirs.sale_order_id.company_id, self.other_company)
        customers = mine.sale_order_id.partner_id, theirs.sale_order_id.partner_id
        self.assertNotEqual(*customers)
        self.assertEqual(customers[0].company_id, self.company)
        self.assertEqual(customers[1].company_id, self.other_company)
        self.assertIn("second", theirs.sale_order_id.merchant_buyer_note)
        visible = self.env["merchant.order"].with_user(self.user).search([])
        self.assertIn(mine, visible)
        self.assertNotIn(theirs, visible)
        self.assertEqual(self.sim.requests()[0].token, self.token)
        self.assertEqual({request.token for request in other.requests()}, {other.token})
