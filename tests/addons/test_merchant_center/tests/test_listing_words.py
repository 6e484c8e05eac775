from odoo.tests import tagged

from .common import DemoCase


@tagged("post_install", "-at_install")
class TestListingWords(DemoCase):
    def _read_one(self, **product):
        self._product("p1", **product)
        self._sync("products")
        return self._get_listing("p1")

    def test_status_is_said_in_words(self):
        self.assertEqual(self._read_one(status="on_sale").status_name, "For Sale")

    def test_unknown_status_is_shown_as_it_is(self):
        self.assertEqual(self._read_one(status="eaten").status_name, "eaten")

    def test_listing_without_a_status_has_no_word_for_it(self):
        self.assertFalse(self._read_one().status_name)

    def test_listings_are_found_by_what_people_read(self):
        listing = self._read_one(status="on_sale")
        self._product("p2", status="eaten")
        self._sync("products")
        eaten = self._get_listing("p2")
        listings = self.env["merchant.listing"].with_user(self.user)
        for words, expected in (("sale", listing), ("eat", eaten), ("draft", listings.browse())):
            with self.subTest(words):
                self.assertEqual(listings.search([("status_name", "ilike", words)]), expected)
        self.assertEqual(listings.search([("status_name", "=", "For Sale")]), listing)

    def test_availability_is_said_in_words(self):
        for word, expected in (
            ("in_stock", "In stock"),
            ("soon", "Coming Soon"),
            ("eaten", "eaten"),
            (None, False),
        ):
            with self.subTest(word):
                self.market.products.clear()
                self.assertEqual(self._read_one(presence=word).presence_name, expected)
