from lxml import etree

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .catalogue_common import CatalogueCase


@tagged("post_install", "-at_install")
class TestCategoryGiven(CatalogueCase):
    """The price list has the most specific category of the marketplace that somebody chose."""

    two_companies = True

    def _prepare(self):
        super()._prepare()
        self._import(
            self._file(
                self._row("10", "Clothes"),
                *(self._row(str(n), "Clothes", f"Kind {n}", parent="10") for n in range(11, 16)),
            )
        )
        self.feed = self.env["product.data.feed"].create(
            {
                "name": "Feed",
                "company_id": self.company.id,
                "keep_errors": True,
                "max_drop_percent": 100,
                "domain": "[('default_code', 'in', ['A1', 'B2'])]",
            }
        )
        self.store.feed_id = self.feed
        above = self.env["product.category"].create({"name": "All clothes"})
        self.category = above.create({"name": "Shirts", "parent_id": above.id})
        self.goods = {
            code: self._make_product(code, categ_id=self.category.id, list_price=5)
            for code in ("A1", "B2")
        }
        self.market.groups = [
            {"id": "g1", "title": "Men"},
            {"id": "g2", "title": "Men's shirts", "parent": "g1"},
        ]
        self._product("p1", sku="A1", group="g2")
        self._product("p2", sku="B2")
        self._sync("base")
        self._sync("products")

    def _group(self, external_id):
        return self.env["merchant.category"].search(
            [("store_id", "=", self.store.id), ("external_id", "=", external_id)]
        )

    def _publish(self):
        """Generate the price list; return the categories of the offers, and of their group."""
        self.feed._generate()
        shop = etree.fromstring(self.feed.sudo().attachment_id.raw).find("shop")
        found = {
            offer.findtext("vendorCode"): offer.findtext("portal_category_id")
            for offer in shop.iterfind("offers/offer")
        }
        number = str(self.feed._get_group_number(self.category))
        (group,) = shop.xpath(f"categories/category[@id={number}]")
        return found["A1"], found["B2"], group.get("portal_id")

    def _get_codes(self, code):
        issues = self.feed.issue_ids.filtered(lambda i: i.product_id == self.goods[code])
        return set(issues.mapped("code"))

    def test_most_specific_category_goes_into_the_price_list(self):
        self.assertEqual(self._publish(), (None, None, None))
        self.assertIn("portal_category_missing", self._get_codes("A1"))
        self.category.parent_id.merchant_category_id = self._get("11")
        self.assertEqual(self._publish(), (None, None, "11"))
        number = self.feed._get_group_number(self.category)
        self.feed.group_ids.filtered(lambda g: g.number == number).portal_ref = "12"
        self.assertEqual(self._publish(), (None, None, "12"))
        # Above the group of the listing.
        self._group("g1").portal_category_id = self._get("13")
        self.assertEqual(self._publish(), ("13", None, "12"))
        self._group("g2").portal_category_id = self._get("14")
        self.assertEqual(self._publish(), ("14", None, "12"))
        self.goods["A1"].product_tmpl_id.merchant_category_id = self._get("15")
        self.assertEqual(self._publish(), ("15", None, "12"))
        self.assertNotIn("portal_category_missing", self._get_codes("A1"))

    def test_product_that_changes_its_group_is_published_anew(self):
        self._group("g1").portal_category_id = self._get("13")
        self._group("g2").portal_category_id = self._get("14")
        self.assertEqual(self._publish()[:2], ("14", None))
        self.market.products[0]["group"] = "g1"
        self.market.products[1]["group"] = "g2"
        self._sync("products")
        self.assertEqual(self._publish()[:2], ("13", "14"))
        self._get_listing("p1").unlink()
        self.assertEqual(self._publish()[:2], (None, "14"))

    def test_first_store_counts_where_two_show_a_product(self):
        self._group("g2").portal_category_id = self._get("14")
        market = self._open_market("second")
        market.groups = [{"id": "x", "title": "Everything"}]
        store = self._make_store(name="Second", api_token="second", feed_id=self.feed.id)
        self._product("q1", sku="A1", group="x")
        market.products.append(self.market.products.pop())
        self._sync("base", store)
        self._sync("products", store)
        group = self.env["merchant.category"].search([("store_id", "=", store.id)])
        group.portal_category_id = self._get("15")
        self.assertEqual(self._publish()[0], "14")
        self._group("g2").portal_category_id = False
        self.assertEqual(self._publish()[0], "15")

    def test_stores_of_other_feeds_say_nothing(self):
        self._group("g2").portal_category_id = self._get("14")
        self.store.feed_id = False
        self.assertEqual(self._publish()[0], None)

    def test_category_that_is_divided_further_is_told(self):
        self.goods["A1"].product_tmpl_id.portal_category_ref = "10"
        self._publish()
        self.assertIn("portal_category_below", self._get_codes("A1"))
        issue = self.feed.issue_ids.filtered(lambda i: i.code == "portal_category_below")
        self.assertIn("Clothes (10)", issue.message)
        self.assertEqual(issue.severity, "warning")
        self.goods["A1"].product_tmpl_id.portal_category_ref = "11"
        self._publish()
        self.assertNotIn("portal_category_below", self._get_codes("A1"))
        # By the group of the feed, too.
        self.feed.group_ids.portal_ref = "10"
        self._publish()
        self.assertIn("portal_category_below", self._get_codes("B2"))

    def test_category_that_vanished_is_told_when_the_catalogue_changes(self):
        self._group("g2").portal_category_id = self._get("15")
        self._publish()
        self.assertFalse(self._get_codes("A1") & {"portal_category_gone", "portal_category_below"})
        rows = [self._row("10", "Clothes")]
        rows += [self._row(str(n), "Clothes", f"Kind {n}", parent="10") for n in range(11, 15)]
        self._import(self._file(*rows))
        self._publish()
        self.assertIn("portal_category_gone", self._get_codes("A1"))
        self.assertNotIn("portal_category_gone", self._get_codes("B2"))

    def test_numbers_of_another_marketplace_mean_nothing(self):
        self.goods["A1"].product_tmpl_id.portal_category_ref = "10"
        self.store.feed_id = False
        self._publish()
        self.assertNotIn("portal_category_below", self._get_codes("A1"))

    def test_group_takes_a_category_of_its_marketplace(self):
        group = self._group("g2")
        with self.assertRaises(ValidationError):
            group.portal_category_id = self._group("g1")
        with self.assertRaises(ValidationError):
            self._get("11").portal_category_id = self._get("12")

    def test_administrators_choose_and_users_see(self):
        group = self._group("g2")
        with self.assertRaises(AccessError):
            group.with_user(self.user).portal_category_id = self._get("11")
        group.with_user(self.admin).portal_category_id = self._get("11")
        self.assertEqual(group.with_user(self.user).portal_category_id.external_id, "11")
        self.assertFalse(
            self.env["merchant.category"].with_user(self.other_user).search([("id", "=", group.id)])
        )

    def test_category_that_the_group_was_given_is_the_one_to_compare_with(self):
        self.store.track_category_changes = True
        listing = self._get_listing("p1")
        listing.category_external_id = "11"
        listing._track_categories(self.store)
        self.assertFalse(self._get_issues("listing_category"))
        self.category.merchant_category_id = self._get("11")
        self._group("g1").portal_category_id = self._get("12")
        listing._track_categories(self.store)
        issue = self._get_issues("listing_category")
        self.assertEqual(issue.values["old"], "Clothes / Kind 12")
        self._group("g1").portal_category_id = False
        listing._track_categories(self.store)
        self.assertFalse(self._get_issues("listing_category"))
        # As in the data feed.
        self._publish()
        self.feed.group_ids.portal_ref = "13"
        listing._track_categories(self.store)
        self.assertEqual(self._get_issues("listing_category").values["old"], "Clothes / Kind 13")

    def _move(self):
        """Let the market show a product in another category than the one it was given."""
        self.goods["A1"].product_tmpl_id.portal_category_ref = "11"
        listing = self._get_listing("p1")
        listing.category_external_id = "12"
        listing._track_categories(self.store)
        return listing.with_user(self.admin)

    def test_move_to_another_category_names_both_commissions(self):
        self.store.track_category_changes = True
        self._get("11").commission_rate = 5
        self._get("12").commission_rate = 12.5
        self._move()
        detail = self._get_issues("listing_category").detail
        self.assertIn("Clothes / Kind 11 (5 %)", detail)
        self.assertIn("Clothes / Kind 12 (12.5 %)", detail)

    def test_category_that_was_restored_or_accepted_goes_into_the_price_list(self):
        self.store.track_category_changes = True
        listing = self._move()
        listing.action_restore_category()
        self.assertEqual(self._publish()[0], "11")
        listing.action_accept_category()
        self.assertEqual(self._publish()[0], "12")

    def test_categories_are_not_tracked_where_the_store_does_not_want_it(self):
        self._move()
        self.assertFalse(self._get_issues("listing_category"))
