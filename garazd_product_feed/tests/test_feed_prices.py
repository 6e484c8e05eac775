from odoo import Command
from odoo.tests import tagged

from .common import FeedCommon


@tagged("post_install", "-at_install")
class TestFeedPrices(FeedCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._make_product(list_price=10.0)

    def _make_pricelist(self, currency, **rule):
        return self.env["product.pricelist"].create(
            {
                "name": "List",
                "currency_id": currency.id,
                "company_id": self.company.id,
                "item_ids": [Command.create({"applied_on": "3_global", **rule})],
            }
        )

    def test_company_in_euro_publishes_hryvnias(self):
        offer = self._get_offer(self.product)
        self.assertEqual(offer.findtext("price"), "400.00")
        self.assertEqual(offer.findtext("currencyId"), "UAH")

    def test_price_has_a_decimal_point_and_no_spaces(self):
        self.product.list_price = 12345.678
        self.feed.currency_id = self.euro
        self.assertEqual(self._get_offer(self.product).findtext("price"), "12345.68")

    def test_pricelist_decides(self):
        self.feed.pricelist_id = self._make_pricelist(
            self.hryvnia, compute_price="fixed", fixed_price=199.9
        )
        self.assertEqual(self._get_offer(self.product).findtext("price"), "199.90")

    def test_pricelist_in_another_currency_is_converted(self):
        self.feed.pricelist_id = self._make_pricelist(
            self.euro, compute_price="percentage", percent_price=50
        )
        self.assertEqual(self._get_offer(self.product).findtext("price"), "200.00")

    def test_amounts_of_rules_are_in_the_currency_of_their_pricelist(self):
        for rule, price in (
            ({"compute_price": "fixed", "fixed_price": 5}, "200.00"),
            ({"compute_price": "formula", "price_surcharge": 3}, "520.00"),
            ({"compute_price": "formula", "price_discount": 33, "price_round": 5}, "200.00"),
            (
                {"compute_price": "formula", "price_min_margin": 1, "price_max_margin": 9},
                "440.00",
            ),
        ):
            with self.subTest(rule):
                self.feed.pricelist_id = self._make_pricelist(self.euro, **rule)
                self.assertEqual(self._get_offer(self.product).findtext("price"), price)

    def test_wholesale_and_old_prices_are_converted_too(self):
        self.feed.pricelist_id = self._make_pricelist(
            self.euro, compute_price="fixed", fixed_price=5, min_quantity=10
        )
        self.feed.compare_pricelist_id = self._make_pricelist(
            self.euro, compute_price="fixed", fixed_price=12
        )
        offer = self._get_offer(self.product)
        self.assertEqual(offer.findtext("price"), "400.00")
        self.assertEqual(offer.findtext("oldprice"), "480.00")
        self.assertEqual(self.feed._get_tier_prices(self.product), {self.product.id: [(10, 200)]})

    def test_higher_compare_price_is_the_old_price(self):
        self.feed.compare_pricelist_id = self._make_pricelist(
            self.hryvnia, compute_price="fixed", fixed_price=500
        )
        self.assertEqual(self._get_offer(self.product).findtext("oldprice"), "500.00")

    def test_compare_price_that_is_not_higher_is_not_published(self):
        for price in (400, 399.99):
            self.feed.compare_pricelist_id = self._make_pricelist(
                self.hryvnia, compute_price="fixed", fixed_price=price
            )
            self.assertIsNone(self._get_offer(self.product).find("oldprice"))

    def test_extra_price_of_a_variant_counts(self):
        template = self._make_template(list_price=10.0)
        value = template.attribute_line_ids.product_template_value_ids[0]
        value.price_extra = 2.5
        prices = self.feed._get_prices(template.product_variant_ids)
        self.assertEqual(sorted(prices.values()), [400.0, 500.0])
