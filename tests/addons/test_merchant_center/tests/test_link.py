from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.garazd_merchant_center.tests.common import ADMINISTRATOR

from .common import DemoCase


@tagged("post_install", "-at_install")
class TestLink(DemoCase):
    """From every record the others that belong to it are one press away, and back."""

    two_companies = True

    def _prepare(self):
        super()._prepare()
        self.product = self._make_product("A1")
        self._product("1", sku="A1")
        self._sync("products")
        self.listing = self._get_listing("1")
        self.order = self._import_order("1", self._line("A1", product="1"))
        self.sale = self.order.sale_order_id

    def _find(self, action):
        """Return the records that an action opens."""
        records = self.env[action["res_model"]].with_user(self.admin)
        if action.get("res_id"):
            return records.browse(action["res_id"])
        return records.search(action["domain"])

    def test_sales_order_and_order(self):
        self.assertEqual(self._find(self.sale.action_open_merchant_order()), self.order)
        self.assertEqual(self._find(self.order.action_open_sale_order()).ids, self.sale.ids)

    def test_order_and_listing(self):
        order, listing = self.order.with_user(self.user), self.listing.with_user(self.user)
        self.assertEqual(self._find(order.action_open_listings()), self.listing)
        self.assertEqual(self._find(listing.action_open_orders()), self.order)

    def test_order_and_delivery(self):
        with self.assertRaisesRegex(UserError, "no delivery yet"):
            self.order.action_open_deliveries()
        self.product.is_storable = True
        self.sale.action_confirm()
        action = self.order.action_open_deliveries()
        self.assertEqual(action["res_id"], self.sale.picking_ids.id)

    def test_listing_and_product(self):
        self.assertEqual(self._find(self.listing.action_open_product()), self.product)
        for record in (self.product, self.product.product_tmpl_id):
            product = record.with_user(self.user)
            self.assertEqual(product.merchant_listing_count, 1)
            self.assertEqual(self._find(product.action_open_merchant_listings()), self.listing)

    def test_price_list_and_what_it_offers(self):
        feed = self.env["product.data.feed"].create(
            {"name": "Feed", "company_id": self.company.id, "domain": "[('default_code','=','A1')]"}
        )
        self.product.sale_ok = True
        self.store.feed_id = feed
        self.env["product.data.feed.offer"].create(
            {"feed_id": feed.id, "product_id": self.product.id, "offer_id": "A1"}
        )
        self.assertEqual(self._find(self.listing.action_open_feed()), feed)
        for record in (self.product, self.product.product_tmpl_id):
            product = record.with_user(self.user)
            self.assertEqual(product.data_feed_count, 1)
            self.assertEqual(self._find(product.action_open_data_feeds()), feed)
        self.assertEqual((feed.store_count, feed.listing_count), (1, 1))
        self.assertEqual(self._find(feed.action_open_stores()), self.store)
        self.assertEqual(self._find(feed.action_open_listings()), self.listing)

    def test_customer_and_orders(self):
        partner = self.sale.partner_id.with_user(self.user)
        self.assertEqual(partner.merchant_order_count, 1)
        self.assertEqual(self._find(partner.action_open_merchant_orders()), self.order)
        other = self.env["res.partner"].create({"name": "Somebody Else"})
        self.assertFalse(other.with_user(self.user).merchant_order_count)

    def test_people_without_a_group_are_not_disturbed(self):
        nobody = self._make_user("nobody", "sales_team.group_sale_salesman", self.company)
        for record in (self.sale.partner_id, self.product, self.product.product_tmpl_id):
            arch = record.with_user(nobody).get_view(view_type="form")["arch"]
            self.assertNotIn("merchant_listing_count", arch)
            self.assertNotIn("merchant_order_count", arch)
        with self.assertRaises(AccessError):
            self.sale.partner_id.with_user(nobody).read(["merchant_order_count"])

    def test_nothing_leads_on_from_records_of_another_company(self):
        feed = self.env["product.data.feed"].create(
            {"name": "Feed", "company_id": self.company.id, "currency_id": self.uah.id}
        )
        category = self.env["merchant.category"].create(
            {"name": "Cups", "external_id": "1", "store_id": self.store.id}
        )
        stranger = self._make_user("stranger", ADMINISTRATOR, self.other_company)
        for record, method in (
            (feed, "action_open_stores"),
            (feed, "action_open_listings"),
            (category, "action_open_listings"),
            (self.listing, "action_create_all_products"),
        ):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(record.with_user(stranger), method)()
            getattr(record.with_user(self.admin), method)()

    def test_sales_orders_are_read_again_from_the_list(self):
        sales = self.sale | self.sale.copy()
        action = self.env.ref("garazd_merchant_center.sale_order_refresh_action")
        context = {"active_model": "sale.order", "active_ids": sales.ids, "active_id": sales.ids[0]}
        result = action.with_user(self.admin).with_context(**context).run()
        self.assertEqual(result["tag"], "display_notification")
        self.assertTrue(self.order.refresh_requested)

    def test_other_sales_orders_have_nothing_to_be_read(self):
        with self.assertRaisesRegex(UserError, "do not come from a marketplace"):
            self.sale.copy().action_refresh_merchant_order()

    def test_every_list_is_filtered_by_store(self):
        models = (
            "merchant.category",
            "merchant.delivery.method",
            "merchant.feed.import",
            "merchant.feed.import.error",
            "merchant.issue",
            "merchant.listing",
            "merchant.mapping",
            "merchant.operation",
            "merchant.order",
            "merchant.order.report",
            "merchant.order.status",
            "merchant.payment.method",
            "merchant.sync.run",
        )
        for model in models:
            arch = self.env[model].with_user(self.user).get_view(view_type="search")["arch"]
            search = etree.fromstring(arch)
            self.assertTrue(search.xpath("//field[@name='store_id']"), model)
            self.assertTrue(search.xpath("//filter[@name='group_store']"), model)
        arch = self.env["merchant.exchange"].with_user(self.admin).get_view(view_type="search")
        self.assertIn('name="group_store"', arch["arch"])
        for model in ("sale.order", "stock.picking"):
            arch = self.env[model].get_view(view_type="search")["arch"]
            search = etree.fromstring(arch)
            self.assertTrue(search.xpath("//field[@name='merchant_store_id']"), model)
            self.assertTrue(search.xpath("//filter[@name='group_merchant_store']"), model)

    def test_deliveries_are_grouped_by_store(self):
        self.product.is_storable = True
        self.sale.action_confirm()
        groups = self.env["stock.picking"]._read_group(
            [("merchant_store_id", "=", self.store.id)], ["merchant_store_id"], ["__count"]
        )
        self.assertEqual(groups, [(self.store, 1)])
