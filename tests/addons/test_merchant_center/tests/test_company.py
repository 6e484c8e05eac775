from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.garazd_merchant_center.tests.common import STORE_MODELS

from .common import DemoCase


@tagged("post_install", "-at_install")
class TestCompany(DemoCase):
    """Two shops in two companies, with equal numbers and SKUs."""

    two_companies = True

    def _prepare(self):
        super()._prepare()
        self.other_market = self._open_market("other")
        self.other_store = self._make_store(
            name="Other Shop", api_token="other", company_id=self.other_company.id
        )
        self.product = self._make_product("A1", company_id=self.company.id)
        self.other_product = self._make_product("A1", company_id=self.other_company.id)
        for market in (self.market, self.other_market):
            self._order("1", market=market)
            market.groups = [{"id": "g1", "title": "Toys"}]
            market.products = [{"id": "p1", "title": "Thing", "sku": "A1", "price": "1"}]
        for kind in ("base", "products", "orders"):
            self._run_cron(f"sync_{kind}")

    def test_orders_stay_in_their_company(self):
        for store, product in (
            (self.store, self.product),
            (self.other_store, self.other_product),
        ):
            sale = self._get_order("1", store).sale_order_id
            self.assertEqual(sale.company_id, store.company_id)
            self.assertEqual(sale.warehouse_id.company_id, store.company_id)
            self.assertEqual(sale.order_line.product_id, product)
            self.assertEqual(sale.partner_id.company_id, store.company_id)
            self.assertFalse(self._get_issues(store=store))

    def test_taxes_stay_in_their_company(self):
        tax = self._make_tax(20, included=False)
        shared = self._make_product("S1", taxes_id=[(6, 0, tax.ids)])
        for market in (self.market, self.other_market):
            self._order("2", self._line(sku="S1", total="120.00"), market=market)
        self._run_cron("sync_orders")
        first = self._get_order("2").sale_order_id
        second = self._get_order("2", self.other_store).sale_order_id
        self.assertEqual((first.order_line.product_id, first.amount_total), (shared, 120))
        self.assertEqual((first.amount_untaxed, second.amount_untaxed), (100, 120))
        self.assertFalse(second.order_line.tax_ids)

    def test_buyers_with_one_phone_stay_in_their_company(self):
        first = self._get_order("1").sale_order_id.partner_id
        second = self._get_order("1", self.other_store).sale_order_id.partner_id
        self.assertNotEqual(first, second)
        self.assertEqual(first.phone, second.phone)
        for market in (self.market, self.other_market):
            self._order("2", market=market)
        self._run_cron("sync_orders")
        self.assertEqual(self._get_order("2").sale_order_id.partner_id, first)
        self.assertEqual(self._get_order("2", self.other_store).sale_order_id.partner_id, second)
        for store in (self.store, self.other_store):
            self.assertFalse(self._get_issues("partner_ambiguous", store))

    def test_one_identifier_of_a_buyer_means_two_people(self):
        buyer = {"external_id": "b7", "name": "Olena", "phone": "+380671112233"}
        for market in (self.market, self.other_market):
            self._order("2", market=market, buyer=buyer)
        self._run_cron("sync_orders")
        mappings = self.env["merchant.mapping"].search([("external_id", "=", "b7")])
        partners = [mapping.resource_ref for mapping in mappings]
        self.assertEqual(mappings.store_id, self.store | self.other_store)
        self.assertEqual([p.company_id for p in partners], list(mappings.company_id))

    def test_customer_who_went_to_another_company_is_not_taken(self):
        buyer = {"external_id": "b7", "name": "Olena", "phone": "+380671112233"}
        before = self._import_order("2", buyer=buyer).sale_order_id
        partner = before.partner_id
        before.unlink()
        partner.company_id = self.other_company
        order = self._import_order("3", buyer=buyer)
        self.assertEqual(order.state, "imported", order.error)
        self.assertEqual(order.sale_order_id.partner_id.company_id, self.company)

    def test_branch_shares_what_its_company_has(self):
        branch = self._make_company("Branch", parent_id=self.company.id)
        market = self._open_market("branch")
        store = self._make_store(name="Branch", api_token="branch", company_id=branch.id)
        tax = self._make_tax(20, included=False)
        self.product.taxes_id = tax
        customer = self._get_order("1").sale_order_id.partner_id
        for number in "12":
            self._order(number, self._line(total="120.00"), market=market)
        self._sync(store=store)
        for number in "12":
            order = self._get_order(number, store)
            self.assertEqual(order.state, "imported", order.error)
            sale = order.sale_order_id
            self.assertEqual((sale.company_id, sale.partner_id), (branch, customer))
            self.assertEqual(sale.order_line.product_id, self.product)
            self.assertEqual((sale.amount_untaxed, sale.amount_total), (100, 120))

    def test_branch_records_payments_in_a_journal_of_its_company(self):
        bank = self._make_books(self.company)
        branch = self._make_company("Branch", parent_id=self.company.id)
        # As a chart of accounts does for branches.
        debtors = self.env["account.account"].search(
            [("name", "=", "Debtors"), ("company_ids", "in", self.company.ids)]
        )
        self.env["ir.default"].set(
            "res.partner", "property_account_receivable_id", debtors.id, company_id=branch.id
        )
        market = self._open_market("branch")
        store = self._make_store(
            name="Branch",
            api_token="branch",
            company_id=branch.id,
            payment_journal_id=bank.id,
            confirm_orders=True,
        )
        self.product.invoice_policy = "order"
        self._order("1", market=market, payment_state="paid")
        self._sync(store=store)
        order = self._get_order("1", store)
        self.assertFalse(self._get_issues(store=store))
        payment = order.payment_id
        self.assertEqual((payment.company_id, payment.state), (branch, "in_process"))
        invoice = order.sale_order_id._create_invoices()
        invoice.action_post()
        self.assertEqual((invoice.company_id, invoice.payment_state), (branch, "paid"))

    def test_created_products_stay_in_their_company(self):
        stores = self.store | self.other_store
        stores.unknown_product_policy = "create"
        for market in (self.market, self.other_market):
            self._order("2", self._line("NEW", product="p9"), market=market)
        self._run_cron("sync_orders")
        for store in stores:
            product = self._get_order("2", store).sale_order_id.order_line.product_id
            self.assertEqual(product.company_id, store.company_id)
            self.assertEqual(product.default_code, "NEW")
            known = self.env["merchant.mapping"]._find(store, "product.product", ["p9"])
            self.assertEqual(known, {"p9": product})

    def test_orders_are_recovered_in_their_store(self):
        for market in (self.market, self.other_market):
            self._order("2", market=market, changed="2020-01-01T00:00:00+00:00")
            market.requests.clear()
        wizard = self.env["merchant.order.recover"].with_user(self.user)
        wizard.create({"store_id": self.store.id, "numbers": "2"}).action_recover()
        self._run_cron("sync_orders")
        self.assertEqual(self._get_order("2").sale_order_id.company_id, self.company)
        self.assertFalse(self._get_order("2", self.other_store))
        self.assertFalse(self.other_market.requests)

    def test_people_see_their_company_only(self):
        self._import_order("3", total="much")
        self.env["merchant.operation"]._enqueue(
            self.store, "order_status", self._get_order("1"), {"status": "accepted"}
        )
        for store in (self.store, self.other_store):
            self.env["merchant.feed.import"].create(
                {"store_id": store.id, "error_ids": [(0, 0, {"stage": "other"})]}
            )
        for name in ("merchant.store", *STORE_MODELS):
            seen = self.env[name].with_user(self.other_user).search([])
            self.assertLessEqual(seen.company_id, self.other_company, name)
            mine = self.env[name].with_user(self.user).search([])
            self.assertEqual(mine.company_id, self.company, name)

    def test_counters_are_of_one_store(self):
        self.assertEqual(self.store.order_count, 1)
        self.assertEqual(self.other_store.with_user(self.other_user).sale_order_count, 1)

    def test_listings_are_matched_in_their_company(self):
        self.assertEqual(self._get_listing("p1").product_id, self.product)
        other = self.env["merchant.listing"].search([("store_id", "=", self.other_store.id)])
        self.assertEqual(other.product_id, self.other_product)

    def test_retry_works_from_another_company(self):
        order = self._import_order("3", total="much")
        order.payload = order.payload | {"total": "100.00"}
        both = self.company | self.other_company
        self.user.company_ids = both
        user = self.user.with_company(self.other_company)
        order.with_user(user).with_context(allowed_company_ids=both[::-1].ids).action_retry()
        self.assertEqual(order.sale_order_id.company_id, self.company)
        self.assertEqual(order.sale_order_id.warehouse_id.company_id, self.company)

    def test_product_of_another_company_is_not_mapped(self):
        self.admin.company_ids |= self.other_company
        mappings = self.env["merchant.mapping"].with_user(self.admin)
        vals = {"model": "product.product", "res_id": self.other_product.id, "external_id": "p9"}
        with self.assertRaisesRegex(ValidationError, "another company"):
            mappings.with_context(
                allowed_company_ids=(self.company | self.other_company).ids
            ).create(vals | {"store_id": self.store.id})
