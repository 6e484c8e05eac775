from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from .common import FeedCommon


@tagged("post_install", "-at_install")
class TestFeedAmounts(FeedCommon):
    """What is sent by another way than the file says the same as the file."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sold_out = cls._make_product(name="Sold out", list_price=20)
        cls.on_order = cls._make_product(name="On order", list_price=30, default_code="later")
        cls.plain = cls._make_product(name="In stock", list_price=10)
        cls._set_stock(cls.plain, 7)
        cls.service = cls._make_product(name="Not counted", is_storable=False, list_price=40)
        cls.variants = cls._make_template().product_variant_ids
        cls.all = cls.sold_out | cls.on_order | cls.plain | cls.service | cls.variants
        cls.feed.value_ids = [
            Command.create({"target": "on_order", "field_path": "default_code"}),
        ]
        cls.all.filtered(lambda p: p != cls.on_order).default_code = False
        cls.feed.offer_id_source = "database"
        cls.feed.pricelist_id = cls.env["product.pricelist"].create(
            {
                "name": "Sale",
                "currency_id": cls.euro.id,
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 12.5}),
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_id": cls.variants[0].id,
                            "compute_price": "fixed",
                            "fixed_price": 3.33,
                        }
                    ),
                ],
            }
        )
        cls.feed.compare_sales_price = True

    def _read_offers(self):
        """Return what the file says, in the words of ``_get_amounts``."""
        self._generate(full=True)
        found = {}
        for product in self.all:
            offer = self._get_offer(product)
            if offer is None:
                continue
            quantity = offer.findtext("quantity_in_stock")
            found[product.id] = (
                float(offer.findtext("price")),
                float(offer.findtext("oldprice") or 0),
                quantity and int(quantity),
                {"true": "in_stock", "false": "on_order", "": "sold_out"}[offer.get("available")],
            )
        return found

    def test_amounts_are_those_of_the_file(self):
        amounts = self.feed._get_amounts(self.all)
        self.assertEqual(
            {id_: tuple(values) for id_, values in amounts.items()}, self._read_offers()
        )
        self.assertEqual(len(amounts), len(self.all))
        self.assertEqual(len({values.presence for values in amounts.values()}), 3)

    def test_sold_out_is_on_order_where_the_feed_says_so(self):
        self.feed.zero_stock_availability = "false"
        amounts = self.feed._get_amounts(self.all)
        self.assertEqual(amounts[self.sold_out.id].presence, "on_order")
        self.assertEqual(
            {id_: tuple(values) for id_, values in amounts.items()}, self._read_offers()
        )

    def test_whoever_asks_gets_the_same(self):
        stranger = self.env["res.users"].create(
            {"name": "S", "login": "s", "group_ids": [Command.set([])], "lang": "en_US"}
        )
        asked = self.feed.with_user(stranger)._get_amounts(self.all)
        self.assertEqual(asked, self.feed._get_amounts(self.all))

    def test_withdrawn_products_are_sold_out_and_others_not_told(self):
        self.plain.active = False
        self.service.sale_ok = False
        self.feed.excluded_product_ids = self.on_order
        amounts = self.feed._get_amounts(self.all)
        self.assertEqual(amounts[self.plain.id][2:], (0, "sold_out"))
        self.assertEqual(amounts[self.service.id][2:], (0, "sold_out"))
        self.assertNotIn(self.on_order.id, amounts)

    def test_known_product_that_a_condition_on_the_stock_leaves_out_is_sold_out(self):
        self.feed.domain = "[('qty_available', '>', 0)]"
        self.assertNotIn(self.sold_out.id, self.feed._get_amounts(self.all))
        amounts = self.feed._get_amounts(self.all, known=self.sold_out)
        self.assertEqual(amounts[self.sold_out.id][2:], (0, "sold_out"))
        self.assertIn(self.plain.id, amounts)

    def test_known_product_that_is_not_chosen_any_more_is_left_alone_while_there_is_some(self):
        self.feed.excluded_product_ids = self.plain
        self.assertNotIn(self.plain.id, self.feed._get_amounts(self.all, known=self.plain))

    def test_left_out_products_keep_their_amounts(self):
        self.feed.include_unavailable = False
        self.plain.list_price = 0
        amounts = self.feed._get_amounts(self.all)
        self.assertEqual(amounts[self.sold_out.id].presence, "sold_out")
        self.assertIsNone(amounts[self.plain.id].price)
        self.assertEqual(amounts[self.plain.id].quantity, 7)

    def test_number_of_queries_does_not_grow(self):
        self.feed._get_amounts(self.all)

        def count(products):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.feed._get_amounts(products)
            return self.env.cr.sql_log_count - before

        few = self.plain | self.service | self.variants[0]
        self.assertEqual(count(self.all), count(few))

    # === STAMPS === #

    def test_amounts_that_change_have_another_stamp(self):
        rule = self.feed.pricelist_id.item_ids.filtered("product_id")
        rate = self.hryvnia.rate_ids.filtered(lambda rate: rate.company_id == self.company)
        general = self.feed.pricelist_id.item_ids - rule
        changes = {
            "sales price": lambda: self.plain.write({"list_price": 11}),
            "stock": lambda: self._set_stock(self.plain, 8),
            "rule of a variant": lambda: rule.write({"fixed_price": 4.44}),
            "rule of all": lambda: general.write({"percent_price": 20}),
            "end of a rule": lambda: rule.write({"date_end": "2020-01-01"}),
            "rate": lambda: rate.write({"rate": 41}),
            "extra price of a variant": lambda: self.variants[
                1
            ].product_template_attribute_value_ids.write({"price_extra": 3}),
            "safety stock": lambda: self.feed.write({"stock_buffer": 1}),
            "value that makes it on order": lambda: self.sold_out.write({"default_code": "later"}),
            "chosen no more": lambda: self.feed.write(
                {"excluded_product_ids": [Command.link(self.service.id)]}
            ),
            "archived": lambda: self.plain.write({"active": False}),
            "not for sale": lambda: self.on_order.write({"sale_ok": False}),
            "another pricelist": lambda: self.feed.write({"pricelist_id": False}),
        }
        for name, change in changes.items():
            amounts = self.feed._get_amounts(self.all)
            stamps = self.feed._get_amounts_stamps(self.all)
            self.assertEqual(self.feed._get_amounts_stamps(self.all), stamps)
            change()
            self.env.invalidate_all()
            changed_amounts = self.feed._get_amounts(self.all)
            changed_stamps = self.feed._get_amounts_stamps(self.all)
            changed = {id_ for id_ in self.all.ids if amounts.get(id_) != changed_amounts.get(id_)}
            self.assertTrue(changed, name)
            self.assertLessEqual(
                changed, {id_ for id_ in stamps if stamps[id_] != changed_stamps[id_]}, name
            )

    def test_stamp_of_a_product_does_not_follow_what_happens_to_another(self):
        before = self.feed._get_amounts_stamps(self.all)
        self._set_stock(self.plain, 9)
        after = self.feed._get_amounts_stamps(self.all)
        self.assertEqual({id_ for id_ in after if after[id_] != before[id_]}, {self.plain.id})

    def test_stamp_does_not_follow_what_no_amount_is_made_of(self):
        values = self.variants.product_template_attribute_value_ids.product_attribute_value_id
        before = self.feed._get_amounts_stamps(self.all)
        values[0].name = "Renamed"
        self.assertNotEqual(self.feed._get_amounts_stamps(self.all), before)
        self.feed.value_ids.filtered(lambda line: line.target == "on_order").unlink()
        before = self.feed._get_amounts_stamps(self.all)
        values[0].name = "Renamed again"
        self.assertEqual(self.feed._get_amounts_stamps(self.all), before)

    def test_template_that_does_not_render_keeps_no_stamp_from_being_made(self):
        broken = patch.object(
            type(self.feed), "_get_template_source", side_effect=ValueError("broken")
        )
        with broken:
            self.assertEqual(len(self.feed._get_amounts_stamps(self.all)), len(self.all))

    def test_number_of_queries_for_stamps_does_not_grow(self):
        self.feed._get_amounts_stamps(self.all)

        def count(products):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.feed._get_amounts_stamps(products)
            return self.env.cr.sql_log_count - before

        self.assertEqual(count(self.all), count(self.plain | self.service))
