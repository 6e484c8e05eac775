from odoo.tests import tagged

from .common import FeedCommon


@tagged("post_install", "-at_install")
class TestFeedIdentifiers(FeedCommon):
    def test_unique_reference_is_the_identifier(self):
        product = self._make_product(default_code="GP-1")
        self.assertEqual(self.feed._get_offer_id(product), "GP-1")

    def test_without_reference_it_is_made_of_the_database_id(self):
        product = self._make_product()
        self.assertEqual(self.feed._get_offer_id(product), f"odoo-{product.id}")

    def test_shared_reference_is_no_identifier(self):
        products = self._make_product(default_code="X") + self._make_product(default_code="X")
        self.assertEqual(
            self.feed._get_offer_ids(products),
            {product.id: f"odoo-{product.id}" for product in products},
        )
        self.assertIn("identifier_differs", self._get_codes(products[0]))

    def test_reference_of_another_companys_product_does_not_matter(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._make_product(default_code="X", company_id=other.id)
        product = self._make_product(default_code="X")
        self.assertEqual(self.feed._get_offer_id(product), "X")

    def test_reference_that_looks_like_our_own_identifier_cannot_collide(self):
        first = self._make_product()
        second = self._make_product(default_code=f"odoo-{first.id}")
        ids = self.feed._get_offer_ids(first + second)
        self.assertEqual(len(set(ids.values())), 2)
        self.assertEqual(
            self.feed._find_products([f"odoo-{first.id}"]), {f"odoo-{first.id}": first}
        )

    def test_reference_that_is_too_long_or_not_one_line_is_no_identifier(self):
        for reference in ("x" * 256, " GP-1", "GP\n1"):
            product = self._make_product(default_code=reference)
            self.assertEqual(self.feed._get_offer_id(product), f"odoo-{product.id}")

    def test_identifiers_lead_back_to_their_products(self):
        products = (
            self._make_product(default_code="GP-1")
            + self._make_product()
            + self._make_template().product_variant_ids
        )
        ids = self.feed._get_offer_ids(products)
        self.assertEqual(
            self.feed._find_products(ids.values()),
            {ids[product.id]: product for product in products},
        )

    def test_ambiguous_and_unknown_identifiers_find_nothing(self):
        self._make_product(default_code="X")
        self._make_product(default_code="X")
        unknown = ["X", "nothing", "odoo-0", "odoo-007", "odoo-99999999999", "odoo-²", "", False]
        self.assertEqual(self.feed._find_products(unknown), {})

    def test_archived_product_is_found_unless_an_active_one_has_its_reference(self):
        old = self._make_product(default_code="X")
        old.active = False
        self.assertEqual(self.feed._find_products(["X"]), {"X": old})
        new = self._make_product(default_code="X")
        self.assertEqual(self.feed._find_products(["X"]), {"X": new})

    def test_products_of_other_companies_are_not_found(self):
        other = self.env["res.company"].create({"name": "Other"})
        product = self._make_product(default_code="X", company_id=other.id)
        self.assertEqual(self.feed._find_products(["X", f"odoo-{product.id}"]), {})
