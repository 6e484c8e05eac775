from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import SQL

from ..api.market import Overloaded, TokenRejected
from .common import DemoCase


@tagged("post_install", "-at_install")
class TestListingInquiry(DemoCase):
    """Products that the lists do not show are asked for one by one."""

    def _asked(self):
        """Return what the market was asked for alone, and forget it."""
        asked = [args["value"] for name, args in self.market.requests if name == "product"]
        self.market.requests.clear()
        return asked

    def _later(self, **pause):
        return freeze_time(datetime.now() + timedelta(**pause))  # noqa: DTZ005

    def _get_inquiries(self):
        return self.env["merchant.listing.inquiry"].search([("store_id", "=", self.store.id)])

    def _publish(self, *products):
        """Let the price list of the store have published products by their references."""
        self.store.feed_id = self.env["product.data.feed"].create(
            {"name": "Price list", "company_id": self.company.id}
        )
        self.store.feed_id._remember_offer_ids({p.id: p.default_code for p in products})

    def test_known_product_that_the_list_leaves_out_is_read_alone(self):
        self._product("p1", price="10.00")
        self._product("p2")
        self._sync("products")
        self.assertFalse(self._asked())
        self.market.products[0].update(hidden=True, price="12.00")
        run = self._sync("products")
        self.assertEqual(self._asked(), ["p1"])
        self.assertEqual(self._get_listing("p1").observed_price, 12)
        self.assertRecordValues(run, [{"state": "done", "updated": 1, "progress": 100}])

    def test_large_shop_is_not_compared_each_with_each(self):
        """PostgreSQL does so with NOT IN when the lists do not fit into the memory of a query."""
        self._publish(self._make_product("A1"))
        self._product("p1")
        inquiries = self.env["merchant.listing.inquiry"]
        plans, execute = [], type(self.env.cr).execute

        def explain(cr, query, *args, **options):
            if isinstance(query, SQL) and "merchant_listing_inquiry" in query.code:
                execute(cr, SQL("EXPLAIN %s", query))
                plans.append("\n".join(line for (line,) in cr.fetchall()))
            return execute(cr, query, *args, **options)

        run = self._sync("products")
        with patch.object(type(self.env.cr), "execute", explain):
            inquiries._gather(run)
        self.assertGreater(len(plans), 3)
        self.assertNotIn("SubPlan", "\n".join(plans))

    def test_hidden_product_is_read_once_a_day(self):
        self._product("p1")
        self._sync("products")
        self.market.products[0]["hidden"] = True
        self._sync("products")
        self._asked()
        self._sync("products")
        self.assertFalse(self._asked())
        with self._later(hours=25):
            self._sync("products")
        self.assertEqual(self._asked(), ["p1"])

    def test_product_that_the_list_shows_again_is_not_asked_for(self):
        self._product("p1")
        self._sync("products")
        self.market.products[0]["hidden"] = True
        self._sync("products")
        self.market.products[0]["hidden"] = False
        self._sync("products")
        self.assertFalse(self._get_inquiries())

    def test_bought_product_without_a_listing_is_read(self):
        product = self._make_product("A1")
        self._product("p1", sku="A1", hidden=True)
        self._order("1", self._line(product="p1"))
        self._sync("full")
        self.assertEqual(self._get_listing("p1").product_id, product)

    def test_mapped_product_without_a_listing_is_read(self):
        product = self._make_product("A1")
        self._product("p1", hidden=True)
        self.env["merchant.mapping"]._link(self.store, product._name, [(product, "p1", "Thing")])
        self._sync("products")
        self.assertEqual(self._get_listing("p1").product_id, product)

    def test_published_identifier_without_a_listing_is_read(self):
        product, listed = self._make_product("A1"), self._make_product("B2")
        self._publish(product, listed)
        self._product("p1", seller_id="A1", hidden=True)
        self._product("p2", seller_id="B2")
        self._sync("products")
        self.assertEqual(self._asked(), ["A1"])
        self.assertEqual(self._get_listing("p1").product_id, product)
        self.assertFalse(self._get_inquiries().filtered(lambda i: i.reference == "B2"))

    def test_absence_is_remembered_and_asked_again_rarely(self):
        self._publish(self._make_product("A1"))
        self._sync("products")
        self.assertEqual(self._asked(), ["A1"])
        for days, asked in ((1, []), (8, ["A1"]), (16, []), (39, ["A1"])):
            with self.subTest(days=days), self._later(days=days):
                self._sync("products")
                self.assertEqual(self._asked(), asked)

    def test_absence_changes_nothing_but_what_people_see(self):
        product = self._make_product("A1")
        self._product("p1", sku="A1", quantity="3", presence="in_stock")
        self._sync("products")
        listing = self._get_listing("p1")
        fields = ["product_id", "state", "observed_quantity", "confirmed_presence", "status"]
        before = listing.read(fields)
        [row] = self.market.products
        self.market.products.clear()
        self._sync("products")
        self.assertTrue(listing.absent_since)
        self.assertEqual(listing.read(fields), before)
        self.assertEqual(listing.product_id, product)
        self.assertFalse(self._get_issues())
        self.market.products.append(row)
        self._sync("products")
        self.assertFalse(listing.absent_since)

    def test_what_could_not_be_asked_is_not_absent(self):
        for error, state in ((TokenRejected("no"), "failed"), (Overloaded(), "running")):
            with self.subTest(state=state):
                self.market.products.clear()
                self._product("p1")
                self._sync("products")
                self.market.products[0]["hidden"] = True
                self.market.fail("product", error)
                run = self._sync("products")
                self.assertEqual(run.state, state)
                self.assertFalse(self._get_listing("p1").absent_since)
                run.next_attempt = False
                self._get_inquiries().next_ask_at = "2026-01-01"
                self._sync("products")
                self.assertFalse(self._get_listing("p1").absent_since)
                self.assertEqual(self._asked().count("p1"), 2)

    def test_answers_before_a_fault_are_kept(self):
        self._publish(*(self._make_product(f"A{number}") for number in range(4)))
        self.market.fail("product", Overloaded(), after=2)
        self._sync("products")
        self.assertEqual(len(self._get_inquiries().filtered("absent_count")), 4)
        self.assertEqual(len(self._asked()), 5)

    def test_product_that_nobody_answers_about_keeps_no_other_from_being_asked_for(self):
        self._publish(self._make_product("A1"), self._make_product("A2"))
        read_product = self.market.read_product

        def stumble(name, value):
            if value == "A1":
                raise Overloaded("nobody answers")
            return read_product(name, value)

        self.market.read_product = stumble
        run = self._sync("products")
        self.assertRecordValues(run, [{"state": "running", "attempts": 1}])
        run.next_attempt = False
        self._run_cron("sync_products")
        self.assertRecordValues(run, [{"state": "partial", "failed": 1}])
        self.assertEqual(self._asked(), ["A2"])
        # It is not forgotten.
        self.market.read_product = read_product
        with self._later(hours=25):
            self._sync("products")
        self.assertEqual(self._asked(), ["A1"])

    def test_unreadable_product_is_told_and_asked_again_the_next_day(self):
        self._product("p1")
        self._sync("products")
        self.market.products[0].update(hidden=True, price="a lot")
        run = self._sync("products")
        self.assertRecordValues(run, [{"state": "partial", "failed": 1}])
        self.assertIn("a lot", self._get_issues("record_unreadable").detail)
        self._asked()
        self._sync("products")
        self.assertFalse(self._asked())

    def test_a_run_asks_for_a_limited_number_and_the_next_goes_on(self):
        module = "odoo.addons.garazd_merchant_center.models.merchant_listing_inquiry"
        self.patch(__import__("sys").modules[module], "LIMIT", 5)
        self.patch(__import__("sys").modules[module], "PAGE", 2)
        self._publish(*(self._make_product(f"A{number}") for number in range(8)))
        run = self._sync("products")
        self.assertEqual((len(self._asked()), run.progress), (5, 100))
        self._sync("products")
        self.assertEqual(len(self._asked()), 3)

    def test_bought_products_come_before_published_ones(self):
        self._publish(self._make_product("A1"), self._make_product("A2"))
        self._sync("products")
        self._get_inquiries().next_ask_at = "2026-01-01"
        self._import_order("1", self._line(product="p9"))
        self._asked()
        self._sync("products")
        self.assertEqual(self._asked()[0], "p9")

    def test_another_price_list_ends_what_was_asked_for_the_first(self):
        self._publish(self._make_product("A1"))
        self._sync("products")
        self._publish()
        self._sync("products")
        self.assertFalse(self._get_inquiries())

    def test_marketplace_whose_lists_show_everything_is_asked_nothing(self):
        self.patch(type(self.env["merchant.adapter.demo"]), "_get_listing_keys", lambda self: ())
        self._publish(self._make_product("A1"))
        self._product("p1")
        self._sync("products")
        self.market.products.clear()
        run = self._sync("products")
        self.assertEqual((run.state, self._asked()), ("done", []))
        self.assertFalse(self._get_inquiries())

    def test_interrupted_run_knows_what_it_has_seen(self):
        self.market.page_size = 1
        self._product("p1")
        self._product("p2")
        self._sync("products")
        self.market.fail("products", Overloaded(), after=1)
        run = self._sync("products")
        self.assertEqual(run.state, "running")
        run.next_attempt = False
        self._run_cron("sync_products")
        self.assertEqual(run.state, "done")
        self.assertFalse(self._asked())
        self.assertFalse(self.env["merchant.listing.sighting"].search([]))
