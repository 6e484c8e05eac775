from odoo.tests import tagged

from .common import PromCase


@tagged("post_install", "-at_install")
class TestPaging(PromCase):
    """Lists that are read page by page while the shop goes on living."""

    def setUp(self):
        super().setUp()
        self.sim.options.max_limit = 3
        for _number in range(7):
            self.sim.add_order("draft")

    def _ids(self):
        orders = self.env["merchant.order"].search([("store_id", "=", self.store.id)])
        return sorted(int(number) for number in orders.mapped("external_id"))

    def test_boundary_that_comes_twice_or_not(self):
        for inclusive in (True, False):
            with self.subTest(inclusive=inclusive):
                self.sim.options.last_id_inclusive = inclusive
                self.env["merchant.order"].search([]).unlink()
                run = self._read_all_again()
                self.assertRecordValues(
                    run, [{"state": "done", "created": 7, "unchanged": 0, "failed": 0}]
                )
                self.assertEqual(self._ids(), list(self.sim.state.orders))

    def test_limit_that_prom_refuses(self):
        self.sim.options.limit_over_max = "error"
        run = self._sync()
        self.assertEqual(run.state, "failed")
        self.assertIn("limit", self._get_issues("request_refused").detail)

    def test_orders_that_arrive_meanwhile(self):
        self.sim.faults.add("page_shift", "/orders/list", times=None, count=2)
        self._sync()
        self.sim.faults.clear()
        self._sync()
        self.assertEqual(self._ids(), list(self.sim.state.orders))
        self.assertGreater(len(self._ids()), 7)

    def test_orders_that_change_meanwhile(self):
        self._sync()
        self.sim.faults.add("page_shift", "/orders/list", change="touch", count=5, times=None)
        self._read_all_again()
        self.sim.faults.clear()
        self._sync()
        for order_id, raw in self.sim.state.orders.items():
            payload = self._get_order(order_id).payload
            self.assertEqual(payload["date_modified"], raw["date_modified"])

    def test_list_cut_short_loses_nothing(self):
        self._sync()
        self.sim.faults.add("truncated_list", "/orders/list", times=None, drop=1)
        run = self._read_all_again()
        self.assertRecordValues(run, [{"state": "done", "created": 0, "failed": 0}])
        self.assertEqual(self._ids(), list(self.sim.state.orders))

    def test_new_order_after_a_list_cut_short_is_found(self):
        self.sim.faults.add("truncated_list", "/orders/list", times=2, drop=1)
        self._sync()
        self._sync()
        self.assertEqual(self._ids(), list(self.sim.state.orders))

    def test_orders_removed_from_the_list_stay(self):
        self._sync()
        del self.sim.state.orders[self._ids()[0]]
        self._read_all_again()
        self.assertEqual(len(self._ids()), 7)

    def test_products_and_groups_are_paged_too(self):
        self.sim.options.max_limit = 10
        self._sync("base")
        self._sync("products")
        self.assertEqual(self._count("merchant.listing"), len(self.sim.state.products))
        listed = len(self.sim.state.groups) - len(self.sim.state.unlisted_groups)
        self.assertEqual(self._count("merchant.category"), listed)


@tagged("post_install", "-at_install")
class TestListing(PromCase):
    """The products of the shop and their counterparts in Odoo."""

    def _feed(self):
        feed = self.env["product.data.feed"].create(
            {"name": "Прайс", "company_id": self.company.id}
        )
        self.store.feed_id = feed
        return feed

    def test_product_is_found_by_sku_and_mapped(self):
        row = self.sim.add_product(sku="KUM-1", external_id=None)
        product = self._make_product("KUM-1")
        self._sync("products")
        listing = self._get_listing(row["id"])
        self.assertRecordValues(
            listing,
            [{"state": "matched", "product_id": product.id, "sku": "KUM-1", "seller_id": False}],
        )
        self.assertEqual(listing.mapping_id.res_id, product.id)

    def test_own_identifier_counts_more_than_the_sku(self):
        right, wrong = self._make_product("OWN-1"), self._make_product("KUM-2")
        row = self.sim.add_product(sku="KUM-2", external_id="OWN-1")
        self._sync("products")
        self.assertEqual(self._get_listing(row["id"]).product_id, right)
        self.assertNotEqual(right, wrong)

    def test_barcode_is_found(self):
        product = self._make_product(False, barcode="4820000000017")
        row = self.sim.add_product(sku="4820000000017", external_id=None)
        self._sync("products")
        self.assertEqual(self._get_listing(row["id"]).product_id, product)

    def test_name_proves_nothing(self):
        row = self.sim.add_product(sku=None, external_id=None)
        self._make_product("X", name=row["name_multilang"]["uk"])
        self._sync("products")
        self.assertEqual(self._get_listing(row["id"]).state, "unmatched")

    def test_identifier_of_the_price_list_is_understood(self):
        self._feed()
        product = self._make_product(False)
        row = self.sim.add_product(sku="anything", external_id=f"odoo-{product.id}")
        self._sync("products")
        self.assertEqual(self._get_listing(row["id"]).product_id, product)

    def test_order_line_knows_the_identifier_of_the_price_list(self):
        """Also before the products were read."""
        self._feed()
        product = self._make_product(False)
        order = self.sim.add_order("pending")
        order["products"][0] |= {"id": None, "sku": None, "external_id": f"odoo-{product.id}"}
        self._sync()
        sale = self._get_order(order["id"]).sale_order_id
        self.assertEqual(sale.order_line.product_id, product)

    def test_repeated_sku_needs_a_person(self):
        self._sync("products")
        listings = self.env["merchant.listing"].search([("sku", "=", "DUP-777")])
        self.assertEqual(listings.mapped("state"), ["ambiguous", "ambiguous"])
        issues = self._get_issues("listing_sku_repeated")
        self.assertEqual(set(issues.mapped("res_id")), set(listings.ids))
        self.env["merchant.mapping"].create(
            {
                "store_id": self.store.id,
                "model": "product.product",
                "res_id": self.products["DUP-777"].id,
                "external_id": listings[0].external_id,
            }
        )
        self.assertEqual(listings[0].state, "matched")

    def test_shop_that_lists_only_the_root_without_a_group(self):
        self.sim.options.list_without_group = "root"
        self._sync("base")
        self._sync("products")
        hidden = self.sim.state.unlisted_groups - {self.sim.state.root_group_id}
        expected = [
            product_id
            for product_id, row in self.sim.state.products.items()
            if row["group"]["id"] not in hidden
        ]
        listings = self.env["merchant.listing"].search([("store_id", "=", self.store.id)])
        self.assertEqual(sorted(map(int, listings.mapped("external_id"))), expected)
        self.assertGreater(len(expected), 1)

    def test_list_cut_short_deletes_nothing(self):
        self._sync("products")
        before = self._count("merchant.listing"), self._count("merchant.mapping")
        self.sim.faults.add("truncated_list", "/products/list", times=None, drop=20)
        self.sim.remove_product(self.sim.products_of("plain")[0])
        run = self._sync("products")
        self.assertRecordValues(run, [{"state": "done", "created": 0, "updated": 0}])
        self.assertEqual((self._count("merchant.listing"), self._count("merchant.mapping")), before)

    def test_changed_product_is_observed(self):
        self._sync("products")
        product_id = self.sim.products_of("plain")[0]
        listing = self._get_listing(product_id)
        self.sim.touch_product(
            product_id, price=123.45, quantity_in_stock=7, presence="order", status="draft"
        )
        run = self._sync("products")
        self.assertEqual(run.updated, 1)
        self.assertRecordValues(
            listing,
            [
                {
                    "observed_price": 123.45,
                    "observed_quantity": 7,
                    "observed_presence": "on_order",
                    "status": "draft",
                    "currency_id": self.uah.id,
                }
            ],
        )

    def test_price_in_dollars_stays_in_dollars(self):
        self._sync("products")
        listing = self._get_listing(self.sim.products_of("currency")[0])
        self.assertEqual(listing.currency_id, self.usd)
