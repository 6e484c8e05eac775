from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DemoCase

LOGGER = "odoo.addons.garazd_product_feed.models.product_data_feed_publication"

# The smallest GIF.
PICTURE = b"R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@tagged("post_install", "-at_install")
class TestFeed(DemoCase):
    """The price list of a store."""

    def _prepare(self):
        super()._prepare()
        self.feed = self.env["product.data.feed"].create(
            {"name": "Price list", "company_id": self.company.id}
        )
        self.store.feed_id = self.feed

    def test_products_keep_the_identifiers_that_the_marketplace_has(self):
        known, taken, free = (self._make_product(code) for code in ("A1", "OLD-1", "C3"))
        self._product("p1", sku="A1", seller_id="OLD-1")
        self._product("p2", sku="C3")
        # Found by the SKU, so that the identifier belongs to it.
        self._sync("products")
        listing = self._get_listing("p1")
        listing.product_id = known
        self.feed.offer_id_source = "listing"
        self.assertEqual(
            self.feed._get_offer_ids(known + taken + free),
            {known.id: "OLD-1", taken.id: f"odoo-{taken.id}", free.id: "C3"},
        )

    def test_failure_is_an_issue_of_the_store_until_it_works_again(self):
        with (
            patch.object(type(self.feed), "_get_prices", side_effect=UserError("No prices")),
            mute_logger(LOGGER),
        ):
            self.feed._generate_guarded()
        # Without products nothing asks for prices.
        self.assertFalse(self._get_issues("feed_failed"))
        self._make_product("A1")
        self.feed._request_generation()
        with (
            patch.object(type(self.feed), "_get_prices", side_effect=UserError("No prices")),
            mute_logger(LOGGER),
        ):
            self.feed._generate_guarded()
        issue = self._get_issues("feed_failed")
        self.assertIn("No prices", issue.detail)
        self.assertEqual(issue._get_record(), self.feed)
        issue.action_retry()
        self.assertTrue(self.feed.requested_by_id)
        self.feed._generate_guarded()
        self.assertEqual(issue.state, "resolved")

    def test_price_list_that_loses_offers_is_an_issue_of_the_store(self):
        picture = {"image_1920": PICTURE}
        products = self._make_product("A1", **picture) + self._make_product("A2", **picture)
        self.feed._generate_guarded()
        self.assertEqual(self.feed.offer_count, 2)
        products[0].active = False
        self.feed._request_generation()
        self.feed._generate_guarded()
        issue = self._get_issues("feed_held")
        self.assertIn("1 offers instead of 2", issue.detail)
        self.feed.action_publish_anyway()
        self.feed._generate_guarded()
        self.assertEqual(issue.state, "resolved")
