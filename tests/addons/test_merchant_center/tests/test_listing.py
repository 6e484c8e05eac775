from odoo.tests import Form, tagged

from .common import DemoCase


@tagged("post_install", "-at_install")
class TestListing(DemoCase):
    two_companies = True

    def _get_mapping(self, external_id):
        return self.env["merchant.mapping"].search(
            [("store_id", "=", self.store.id), ("external_id", "=", external_id)]
        )

    def test_mapping_goes_first(self):
        self._make_product("A1")
        mapped = self._make_product("Z9")
        self.env["merchant.mapping"].create(
            {
                "store_id": self.store.id,
                "model": "product.product",
                "res_id": mapped.id,
                "external_id": "p1",
            }
        )
        self._product("p1", sku="A1")
        self._sync("products")
        self.assertEqual(self._get_listing("p1").product_id, mapped)
        self.assertEqual(self._get_listing("p1").mapping_id, self._get_mapping("p1"))

    def test_own_identifier_goes_before_the_sku(self):
        self.store.feed_id = self.env["product.data.feed"].create(
            {"name": "Price list", "company_id": self.company.id}
        )
        own = self._make_product("OWN")
        self._make_product("A1")
        self._product("p1", seller_id="OWN", sku="A1")
        self._sync("products")
        self.assertEqual(self._get_listing("p1").product_id, own)

    def test_own_identifier_without_a_feed_is_the_reference(self):
        own = self._make_product("OWN")
        self._product("p1", seller_id="OWN", sku="A1")
        self._sync("products")
        self.assertEqual(self._get_listing("p1").product_id, own)

    def test_sku_is_the_reference_or_the_barcode(self):
        by_code = self._make_product("A1")
        by_barcode = self._make_product("B2", barcode="4820000000017")
        self._product("p1", sku="A1")
        self._product("p2", sku="4820000000017")
        self._sync("products")
        self.assertEqual(self._get_listing("p1").product_id, by_code)
        self.assertEqual(self._get_listing("p2").product_id, by_barcode)
        self.assertEqual(self._get_listing("p1").state, "matched")
        self.assertEqual(self._get_mapping("p1").resource_ref, by_code)

    def test_the_same_name_matches_nothing(self):
        self._make_product("A1", name="Thing p1")
        self._product("p1", sku="OTHER")
        self._sync("products")
        self.assertRecordValues(
            self._get_listing("p1"), [{"product_id": False, "state": "unmatched"}]
        )
        self.assertFalse(self._get_issues())

    def test_product_made_later_is_matched_later(self):
        self._product("p1", sku="A1")
        self._sync("products")
        product = self._make_product("A1")
        self._sync("products")
        self.assertEqual(self._get_listing("p1").product_id, product)

    def test_two_products_with_one_reference_wait_for_a_person(self):
        self._make_product("A1")
        twin = self._make_product("A1")
        self._product("p1", sku="A1")
        self._sync("products")
        issue = self._get_issues("listing_ambiguous")
        self.assertEqual(issue._get_record(), self._get_listing("p1"))
        self.assertIn("[A1] Product A1, [A1] Product A1", issue.detail)
        twin.default_code = "A2"
        issue.with_user(self.user).action_retry()
        self.assertEqual(issue.state, "resolved")
        self.assertEqual(self._get_listing("p1").state, "matched")

    def test_doubt_ends_when_nothing_fits_any_more(self):
        twins = self._make_product("A1") + self._make_product("A1")
        self._product("p1", sku="A1")
        self._sync("products")
        twins.default_code = False
        self._sync("products")
        self.assertEqual(self._get_listing("p1").state, "unmatched")
        self.assertFalse(self._get_issues())

    def test_one_sku_on_two_listings_waits_for_a_person(self):
        self._make_product("A1")
        self._product("p1", sku="A1")
        self._product("p2", sku="A1")
        self._sync("products")
        self.assertEqual(len(self._get_issues("listing_sku_repeated")), 2)
        self.assertFalse(self._get_listing("p1").product_id)
        self.market.products[1]["sku"] = "A2"
        self._sync("products")
        # The first listing is a matter of the next reading: it was looked at before the second.
        self._sync("products")
        self.assertTrue(self._get_listing("p1").product_id)
        self.assertFalse(self._get_issues())

    def test_one_sku_on_two_pages_waits_for_a_person(self):
        self._make_product("A1")
        self._product("p1", sku="A1")
        self._product("p2", sku="A1")
        self.market.page_size = 1
        self._sync("products")
        self.assertEqual(len(self._get_issues("listing_sku_repeated")), 2)
        listings = self._get_listing("p1") | self._get_listing("p2")
        self.assertEqual(listings.mapped("state"), ["ambiguous", "ambiguous"])
        self.assertFalse(self._get_mapping("p1"))

    def test_mapping_that_a_person_has_set_stays_when_the_sku_comes_again(self):
        product = self._make_product("A1")
        self._product("p1", sku="A1")
        self._sync("products")
        self._get_mapping("p1").with_user(self.admin).external_name = "Right"
        self._product("p2", sku="A1")
        self._sync("products")
        self.assertEqual(self._get_listing("p1").product_id, product)

    def test_new_listing_takes_nothing_from_one_that_is_sent(self):
        product = self._make_product("A1")
        self._product("p1", sku="A1")
        self._sync("products")
        self.store.mode = "production"
        self._product("p2", sku="A1")
        self._sync("products")
        self.assertEqual(self._get_listing("p1").product_id, product)
        self.assertEqual(self._get_listing("p2").state, "ambiguous")

    def test_one_barcode_on_two_listings_waits_for_a_person(self):
        self._make_product("A1", barcode="4820000000017")
        self._product("p1", sku="4820000000017")
        self._product("p2", sku="4820000000017")
        self._sync("products")
        self.assertEqual(len(self._get_issues("listing_sku_repeated")), 2)
        self.assertFalse(self._get_listing("p1").product_id)

    def test_of_two_listings_of_a_product_the_one_with_its_identifier_is_mapped(self):
        product = self._make_product("A1", barcode="4820000000017")
        self._product("p1", sku="4820000000017")
        self._product("p2", seller_id="A1")
        self._sync("products")
        self.assertEqual(self._get_listing("p2").product_id, product)
        self.assertEqual(self._get_issues("listing_taken")._get_record(), self._get_listing("p1"))

    def test_mapping_set_by_hand_settles_the_doubt(self):
        product = self._make_product("A1")
        self._make_product("A1")
        self._product("p1", sku="A1")
        self._sync("products")
        mapping = (
            self.env["merchant.mapping"]
            .with_user(self.admin)
            .create(
                {
                    "store_id": self.store.id,
                    "model": "product.product",
                    "res_id": product.id,
                    "external_id": "p1",
                }
            )
        )
        listing = self._get_listing("p1")
        self.assertEqual((listing.product_id, listing.state), (product, "matched"))
        self.assertFalse(self._get_issues())
        mapping.unlink()
        self.assertEqual((listing.product_id.id, listing.state), (False, "unmatched"))

    def test_administrator_maps_by_choosing_the_record(self):
        first, second = self._make_product("A1"), self._make_product("B2")
        self._product("p1")
        self._sync("products")
        view = "garazd_merchant_center.merchant_mapping_view_list"
        form = Form(self.env["merchant.mapping"].with_user(self.admin), view)
        form.store_id = self.store
        form.external_id = "p1"
        form.resource_ref = f"product.product,{first.id}"
        mapping = form.save()
        self.assertEqual((mapping.model, mapping.res_id), ("product.product", first.id))
        self.assertEqual(self._get_listing("p1").product_id, first)
        mapping.resource_ref = second
        self.assertEqual(self._get_listing("p1").product_id, second)

    def test_taken_product_is_told(self):
        product = self._make_product("A1")
        self._product("p1", seller_id="A1")
        self._sync("products")
        self._product("p2", seller_id="A1")
        self._sync("products")
        self.assertEqual(self._get_listing("p1").product_id, product)
        self.assertIn("mapped to another", self._get_issues("listing_taken").detail)

    def test_listing_of_a_deleted_product_can_be_matched_again(self):
        self._make_product("A1")
        self._product("p1", sku="A1")
        self._sync("products")
        self._get_listing("p1").product_id.unlink()
        product = self._make_product("A1")
        self._sync("products")
        self.assertEqual(self._get_listing("p1").product_id, product)
        self.assertFalse(self._get_issues())

    def test_product_of_another_company_is_not_seen(self):
        self._make_product("A1", company_id=self.other_company.id)
        self._product("p1", sku="A1")
        self._sync("products")
        self.assertFalse(self._get_listing("p1").product_id)

    def test_change_is_kept_and_the_same_listing_twice_is_one(self):
        self._product("p1", price="10.00")
        self._product("p1", price="12.50", quantity="3")
        run = self._sync("products")
        self.assertEqual(run.created, 1)
        listing = self._get_listing("p1")
        self.assertEqual((listing.observed_price, listing.observed_quantity), (12.5, 3))
        self.market.products = [self.market.products[1] | {"price": "13.00"}]
        self.assertEqual(self._sync("products").updated, 1)

    def test_unreadable_listing_stops_nothing_and_its_issue_closes_itself(self):
        self._product("p1", price="a lot")
        self._product("p2")
        run = self._sync("products")
        self.assertRecordValues(run, [{"state": "partial", "created": 1, "failed": 1}])
        issue = self._get_issues("record_unreadable")
        self.assertIn("a lot", issue.detail)
        self.market.products[0]["price"] = "1.00"
        issue.last_seen_at = "2026-01-01 00:00:00"
        self._sync("products")
        self.assertEqual(issue.state, "resolved")
