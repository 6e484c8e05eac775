from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import FeedCommon


@tagged("post_install", "-at_install")
class TestFeedAccess(FeedCommon):
    def test_manager_may_do_everything_with_feeds(self):
        feed = self.env["product.data.feed"].with_user(self.manager).create({"name": "Mine"})
        feed.name = "Renamed"
        feed.action_generate()
        old = feed.url
        feed.action_rotate_token()
        self.assertNotEqual(feed.url, old)
        feed.unlink()

    def test_administrator_of_inventory_may_manage_feeds(self):
        user = new_test_user(
            self.env,
            "feed_stock_manager",
            groups="stock.group_stock_manager",
            company_id=self.company.id,
        )
        feed = self.env["product.data.feed"].with_user(user).create({"name": "Mine"})
        feed.stock_buffer = 1
        feed.action_generate()
        feed.action_rotate_token()

    def test_reader_sees_feeds_and_changes_nothing(self):
        feed = self.feed.with_user(self.reader)
        self._make_product(image_1920=False)
        self.feed._generate()
        self.assertTrue(feed.url)
        self.assertTrue(feed.issue_ids.mapped("message"))
        feed.action_preview()
        for forbidden in (
            lambda: feed.write({"name": "x"}),
            feed.action_generate,
            feed.action_rotate_token,
            feed.unlink,
            feed.issue_ids.unlink,
            feed.copy,
        ):
            with self.assertRaises(AccessError):
                forbidden()

    def test_other_employees_do_not_see_feeds(self):
        user = new_test_user(self.env, "feed_nobody", company_id=self.company.id)
        with self.assertRaises(AccessError):
            self.feed.with_user(user).read(["name"])
        with self.assertRaises(AccessError):
            self.feed.with_user(user).action_preview()

    def test_token_and_files_are_hidden_from_managers(self):
        for name in ("access_token", "attachment_id", "compressed_attachment_id"):
            with self.assertRaises(AccessError):
                self.feed.with_user(self.manager).read([name])

    def test_issues_cannot_be_written_by_managers(self):
        self._make_product(image_1920=False)
        self.feed._generate()
        with self.assertRaises(AccessError):
            self.feed.issue_ids.with_user(self.manager).write({"severity": "warning"})

    def test_feeds_and_issues_of_other_companies_are_hidden(self):
        other = self.env["res.company"].create({"name": "Other", "currency_id": self.euro.id})
        self.env.user.company_ids = [Command.link(other.id)]
        feed = self._make_feed(company_id=other.id)
        self._make_product(image_1920=False)
        feed._generate()
        self.assertEqual(len(feed.sudo().issue_ids), 1)
        visible = self.env["product.data.feed"].with_user(self.manager)
        self.assertNotIn(feed, visible.search([]))
        self.assertIn(self.feed, visible.search([]))
        issues = self.env["product.data.feed.issue"].with_user(self.manager)
        self.assertFalse(issues.search([("id", "in", feed.sudo().issue_ids.ids)]))
        with self.assertRaises(AccessError):
            feed.with_user(self.manager).read(["name"])

    def test_feed_cannot_be_moved_to_a_company_of_others(self):
        other = self.env["res.company"].create({"name": "Other"})
        feed = self.feed.with_user(self.manager)
        with self.assertRaises(AccessError):
            feed.company_id = other.id
        with self.assertRaises(AccessError):
            feed.create({"name": "Spy", "company_id": other.id})

    def test_what_the_feed_keeps_itself_cannot_be_written(self):
        feed = self.feed.with_user(self.manager)
        for name, value in (
            ("is_held", True),
            ("drop_accepted", True),
            ("offer_count", 5),
            ("generated_at", "2026-01-01 00:00:00"),
            ("next_generation_at", "2026-01-01 00:00:00"),
            ("requested_by_id", self.reader.id),
            ("ignored_codes", ["name_missing"]),
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                feed.write({name: value})

    def test_errors_and_nonsense_cannot_be_ignored(self):
        for codes in (["name_missing"], 5, [["x"]]):
            values = {"name": "x", "ignored_codes": codes}
            with self.subTest(codes), self.assertRaises(ValidationError):
                self.env["product.data.feed"].with_user(self.manager).create(values)

    def test_products_of_other_companies_are_not_published(self):
        other = self.env["res.company"].create({"name": "Other", "currency_id": self.euro.id})
        self._make_product(company_id=other.id)
        shared = self._make_product()
        own = self._make_product(company_id=self.company.id)
        feed = self.feed.with_context(allowed_company_ids=(self.company + other).ids)
        ids = self._generate(feed).xpath("//offer/@id")
        self.assertEqual(ids, [self.feed._get_offer_id(product) for product in shared + own])

    def test_file_does_not_depend_on_who_generates_it(self):
        self._make_product()
        self._set_stock(self._make_product(), 3)
        by_system = self._generate()
        self.feed.with_user(self.manager)._generate()
        by_manager = self._read_file()
        for root in (by_system, by_manager):
            root.attrib.pop("date")
        self.assertEqual(
            [element.text for element in by_system.iter()],
            [element.text for element in by_manager.iter()],
        )
