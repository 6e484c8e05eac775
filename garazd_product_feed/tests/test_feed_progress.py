from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.garazd_product_feed.models import product_data_feed

from .common import FeedCommon


@tagged("post_install", "-at_install")
class TestFeedProgress(FeedCommon):
    """What people see of a generation while it works, and how they stop it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["product.data.feed"].search([("id", "!=", cls.feed.id)]).active = False
        for number in range(10):
            cls._make_product(name=f"Pot {number}")

    def _run_cron(self, on_page=None):
        """Generate in pages of four products.

        :param on_page: called before each page with the feed as others see it
        """
        feeds = type(self.feed)
        render = feeds._render_page

        def render_page(feed, *arguments):
            if on_page:
                # A reader of his own, as somebody with the form on the screen.
                with self.env.registry.cursor() as cr:
                    on_page(self.feed.with_env(self.env(cr=cr, user=self.manager)))
            return render(feed, *arguments)

        with (
            self.enter_registry_test_mode(),
            patch.object(product_data_feed, "PAGE_SIZE", 4),
            patch.object(feeds, "_render_page", render_page),
        ):
            self.env.ref("garazd_product_feed.cron_generate").method_direct_trigger()
        self.env.invalidate_all()

    def test_form_shows_how_many_products_are_written(self):
        seen = []
        self._run_cron(
            lambda feed: seen.append(
                (feed.is_generating, feed.progress_done, feed.progress_total, feed.progress_percent)
            )
        )
        self.assertEqual(seen, [(True, 0, 10, 0), (True, 4, 10, 40), (True, 8, 10, 80)])
        self.assertFalse(self.feed.is_generating)
        self.assertFalse(self.env["product.data.feed.progress"].search([]))

    def test_stopped_generation_leaves_the_last_file(self):
        self._run_cron()
        good = self.feed.sudo().attachment_id.raw
        self.env["product.product"].search([("name", "like", "Pot")]).list_price = 77
        pages = []

        def stop(feed):
            pages.append(feed.progress_done)
            feed.action_stop()

        self.feed._request_generation()
        self._run_cron(stop)
        self.assertEqual(pages, [0])
        self.assertEqual(self.feed.run_ids[0].state, "stopped")
        self.assertEqual(self.feed.sudo().attachment_id.raw, good)
        self.assertGreater(self.feed.next_generation_at, fields.Datetime.now())
        self.assertFalse(self.feed.is_generating)
        # Asked for again, it does all.
        self.feed._request_generation()
        self._run_cron()
        self.assertEqual((self.feed.run_ids[0].state, self.feed.state), ("published",) * 2)
        self.assertNotEqual(self.feed.sudo().attachment_id.raw, good)

    def test_generation_that_died_is_not_shown_for_ever(self):
        long_ago = fields.Datetime.now() - timedelta(minutes=6)
        vals = {"feed_key": self.feed.id, "done": 4, "total": 10, "seen_at": long_ago}
        self.env["product.data.feed.progress"].create(vals)
        self.assertFalse(self.feed.is_generating)
        self._run_cron()
        self.assertEqual(self.feed.state, "published")

    def test_only_who_may_change_the_feed_stops_it(self):
        with self.assertRaises(AccessError):
            self.feed.with_user(self.reader).action_stop()
