from odoo.tests import tagged

from ..api.market import Overloaded
from .common import DemoCase


@tagged("post_install", "-at_install")
class TestListingRefresh(DemoCase):
    """A product of a store is read again when somebody asks for it."""

    def _prepare(self):
        super()._prepare()
        for number in ("1", "2"):
            self._product(number)
        self._sync("products")
        self.market.requests.clear()

    def _refresh(self, *numbers):
        listings = self.env["merchant.listing"].browse()
        for number in numbers:
            listings |= self._get_listing(number)
        action = listings.with_user(self.user).action_refresh()
        self.assertEqual(action["tag"], "display_notification")
        self._run_cron("sync_products")
        runs = self.env["merchant.sync.run"]
        return runs.search([("store_id", "=", self.store.id), ("kind", "=", "refresh")], limit=1)

    def _asked(self):
        return [args["value"] for name, args in self.market.requests if name == "product"]

    def test_only_what_was_asked_for_is_read_alone(self):
        self.market.products[0]["price"] = "150.00"
        run = self._refresh("1")
        self.assertEqual((run.state, run.updated), ("done", 1))
        self.assertEqual(self._asked(), ["1"])
        self.assertEqual(self._get_listing("1").observed_price, 150)
        self.assertFalse(self._get_listing("1").refresh_requested)

    def test_many_are_read_at_once_from_the_list(self):
        self._refresh("1", "2")
        self.assertEqual(self._asked(), ["1", "2"])

    def test_product_that_is_gone_says_so(self):
        self.market.products.pop(0)
        run = self._refresh("1")
        self.assertEqual(run.state, "done")
        self.assertTrue(self._get_listing("1").absent_since)

    def test_product_that_is_back_says_so(self):
        listing = self._get_listing("1")
        listing.absent_since = "2026-01-01 00:00:00"
        self._refresh("1")
        self.assertFalse(listing.absent_since)

    def test_product_that_nobody_answers_about_keeps_no_other_waiting(self):
        self._stumble_over("1")
        run = self._refresh("1", "2")
        run.next_attempt = False
        self._run_cron("sync_products")
        self.assertRecordValues(run, [{"state": "partial", "failed": 1}])
        self.assertFalse(self._get_listing("2").refresh_requested)
        self.assertTrue(self._get_listing("1").refresh_requested)

    def _stumble_over(self, number):
        """Let the market answer about any product but this one."""
        read_product = self.market.read_product

        def stumble(name, value):
            if value == number:
                raise Overloaded("nobody answers")
            return read_product(name, value)

        self.market.read_product = stumble

    def test_marketplace_out_of_reach_is_tried_again_later(self):
        self.market.fail("product", Overloaded("nobody answers"))
        run = self._refresh("1")
        self.assertEqual(run.state, "pending")
        self.assertTrue(self._get_listing("1").refresh_requested)
        run.next_attempt = False
        self._run_cron("sync_products")
        self.assertEqual(run.state, "done")

    def test_where_single_products_cannot_be_read_the_lists_are(self):
        adapter = type(self.env["merchant.adapter.demo"])
        self.patch(adapter, "_get_listing_keys", lambda adapter: ())
        self.market.products[0]["price"] = "150.00"
        self.assertFalse(self._refresh("1"))
        self.assertEqual(self._get_listing("1").observed_price, 150)
