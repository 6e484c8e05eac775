from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..hooks import uninstall_hook
from .common import FeedCommon


@tagged("post_install", "-at_install")
class TestFeedDefaults(FeedCommon):
    def test_feed_with_only_a_name_gives_a_valid_file(self):
        self._make_product(categ_id=False)
        feed = self.env["product.data.feed"].create({"name": "Simple"})
        root = self._generate(feed)
        self.assertEqual(root.tag, "yml_catalog")
        self.assertTrue(root.xpath("shop/offers/offer"))
        self.assertEqual(root.xpath("shop/currencies/currency/@id"), ["UAH"])
        self.assertEqual(feed.state, "published")

    def test_form_needs_only_a_name(self):
        form = Form(self.env["product.data.feed"].with_user(self.manager))
        form.name = "By hand"
        feed = form.save()
        self.assertEqual(feed.company_id, self.company)
        self.assertEqual(feed.currency_id, self.hryvnia)
        self.assertEqual(feed.sudo().template_id, self.env.ref("garazd_product_feed.prom_feed"))

    def test_currency_is_that_of_the_company_without_hryvnia(self):
        self.hryvnia.active = False
        self.assertEqual(self._make_feed().currency_id, self.euro)

    def test_copy_has_its_own_link_and_no_file(self):
        self.feed._generate()
        copy = self.feed.copy()
        self.assertNotEqual(copy.url, self.feed.url)
        self.assertFalse(copy.sudo().attachment_id)
        self.assertEqual(copy.offer_count, 0)

    def test_copy_can_be_told_from_the_original(self):
        self.assertNotEqual(self.feed.copy().name, self.feed.name)
        self.assertEqual(self.feed.copy({"name": "Second"}).name, "Second")

    def test_removing_the_module_is_possible_while_there_are_feeds(self):
        self._make_product()
        self.feed._generate()
        self._make_feed(active=False)
        files = self.feed.sudo().attachment_id + self.feed.sudo().compressed_attachment_id
        uninstall_hook(self.env)
        self.assertFalse(files.exists())
        self.env.ref("garazd_product_feed.prom_feed").unlink()

    def test_token_has_at_least_128_bits(self):
        tokens = {self._make_feed().sudo().access_token for _number in range(3)}
        self.assertEqual(len(tokens), 3)
        # Each character of this alphabet carries 6 bits.
        self.assertTrue(all(len(token) * 6 >= 128 for token in tokens))

    def test_conditions_that_cannot_be_read_are_refused(self):
        for domain in ("[(", "[('nothing', '=', 1)]", "__import__('os')", "[('name', '=')]"):
            with self.subTest(domain=domain), self.assertRaises(UserError):
                self._make_feed(domain=domain)

    def test_settings_out_of_range_are_refused(self):
        for changes in (
            {"image_limit": 11},
            {"stock_buffer": -1},
            {"interval_hours": 0},
            {"interval_hours": 8761},
        ):
            with (
                self.subTest(**changes),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self._make_feed(**changes)

    def test_removing_a_feed_removes_its_files(self):
        self.feed._generate()
        files = self.feed.sudo().attachment_id + self.feed.sudo().compressed_attachment_id
        self.assertEqual(len(files), 2)
        self.feed.unlink()
        self.assertFalse(files.exists())
