from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from lxml import etree
from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.base.tests.test_ir_cron import CronMixinCase

from ..models import product_data_feed
from .common import FeedCommon

LOGGER = "odoo.addons.garazd_product_feed.models.product_data_feed_publication"


@tagged("post_install", "-at_install")
class TestFeedGeneration(FeedCommon, CronMixinCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["product.data.feed"].search([("id", "!=", cls.feed.id)]).active = False
        cls.product = cls._make_product()
        cls.cron = cls.env.ref("garazd_product_feed.cron_generate")

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def _break(self, feed):
        """Make a feed fail: its template does not say where the offers are."""
        feed.sudo().template_id = self.env["ir.ui.view"].create(
            {"name": "broken", "type": "qweb", "arch": '<t t-name="broken"><x/></t>'}
        )

    def test_new_feed_is_generated_by_the_scheduled_action(self):
        self._run_cron()
        self.assertEqual(self.feed.offer_count, 1)
        self.assertEqual(self.feed.state, "published")
        self.assertEqual(self.feed.file_size, len(self.feed.sudo().attachment_id.raw))

    def test_fresh_feed_is_left_alone_until_its_interval_is_over(self):
        self._run_cron()
        first = self.feed.generated_at
        self._run_cron()
        self.assertEqual(self.feed.generated_at, first)
        with freeze_time(first + timedelta(hours=4, minutes=1)):
            self._run_cron()
        self.assertGreater(self.feed.generated_at, first)

    def test_interval_of_many_years_is_refused_in_words(self):
        self.feed._generate()
        form = Form(self.feed.with_user(self.manager))
        form.interval_hours = 100_000_000
        with (
            mute_logger("odoo.sql_db"),
            # Named: the range comes with a text.
            self.assertRaisesRegex(CheckViolation, "interval_hours_range"),
            self.env.cr.savepoint(),
        ):
            form.save()

    def test_button_wakes_the_scheduled_action(self):
        self._run_cron()
        self.assertEqual(self.feed.state, "published")
        with self.capture_triggers("garazd_product_feed.cron_generate") as captured:
            action = self.feed.with_user(self.manager).action_generate()
        self.assertEqual(len(captured.records), 1)
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(self.feed.state, "waiting")
        self._run_cron()
        self.assertEqual(self.feed.state, "published")

    def test_archived_feed_is_not_generated(self):
        self.feed.active = False
        self._run_cron()
        self.assertFalse(self.feed.generated_at)

    def test_feeds_that_are_deleted_or_archived_meanwhile_do_not_stop_the_others(self):
        archived, deleted, last = [self._make_feed(name=name) for name in ("B", "C", "D")]
        self.feed.next_generation_at -= timedelta(hours=1)
        generate = type(self.feed)._generate

        def generate_and_meddle(feed, **kwargs):
            if feed == self.feed:
                deleted.unlink()
                archived.active = False
                self.env.flush_all()
            return generate(feed, **kwargs)

        with (
            patch.object(type(self.feed), "_generate", generate_and_meddle),
            self.assertNoLogs("odoo.addons.base.models.ir_cron", "ERROR"),
        ):
            self._run_cron()
        self.assertEqual((self.feed.state, last.state), ("published", "published"))
        self.assertFalse(archived.generated_at)

    @mute_logger(LOGGER)
    def test_failure_keeps_the_last_good_file_and_tells(self):
        self._run_cron()
        good = self.feed.sudo().attachment_id.raw
        messages = self.feed.message_ids
        self._break(self.feed)
        self.feed._request_generation()
        self._run_cron()
        self.assertEqual(self.feed.sudo().attachment_id.raw, good)
        self.assertEqual(self.feed.state, "failed")
        self.assertIn("cut", self.feed.last_error)
        self.assertEqual(len(self.feed.message_ids - messages), 1)
        self.assertGreater(self.feed.next_generation_at, fields.Datetime.now())

    @mute_logger(LOGGER)
    def test_followers_are_notified_of_a_failure_in_the_language_of_the_company(self):
        self.company.partner_id.lang = "uk_UA"
        self.feed.message_subscribe(self.manager.partner_id.ids)
        self._break(self.feed)
        self._run_cron()
        message = self.feed.message_ids[0]
        self.assertIn(self.manager.partner_id, message.notified_partner_ids)
        self.assertIn("Не вдалося сформувати файл", message.body)

    @mute_logger(LOGGER)
    def test_lasting_failure_is_told_once_and_its_end_too(self):
        self._break(self.feed)
        messages = self.feed.message_ids
        for _attempt in range(3):
            self.feed._request_generation()
            self._run_cron()
        self.assertEqual(len(self.feed.message_ids - messages), 1)
        self.feed.sudo().template_id = self.env.ref("garazd_product_feed.prom_feed")
        self.feed._request_generation()
        self._run_cron()
        self.assertFalse(self.feed.last_error)
        self.assertEqual(len(self.feed.message_ids - messages), 2)

    @mute_logger(LOGGER)
    def test_failure_that_comes_and_goes_is_told_once_a_day(self):
        good = self.feed.template_id
        messages = self.feed.message_ids

        def generate(*, hours, breaks):
            with freeze_time(fields.Datetime.now() + timedelta(hours=hours)):
                if breaks:
                    self._break(self.feed)
                else:
                    self.feed.sudo().template_id = good
                self.feed._request_generation()
                self._run_cron()
            return len(self.feed.message_ids - messages)

        counts = [generate(hours=hour, breaks=hour % 2 == 0) for hour in range(24)]
        # That it began, and that it was over.
        self.assertEqual(counts[:2] + counts[-1:], [1, 2, 2])
        self.assertEqual(generate(hours=25, breaks=True), 3)
        self.assertEqual(generate(hours=26, breaks=False), 4)
        # What was not worth another message is when it stays.
        self.assertEqual(generate(hours=27, breaks=True), 4)
        self.assertEqual(generate(hours=50, breaks=True), 5)

    @mute_logger(LOGGER)
    def test_one_failing_feed_does_not_stop_the_others(self):
        self._break(self.feed)
        other = self._make_feed(name="Second")
        self._run_cron()
        self.assertEqual((self.feed.state, other.state), ("failed", "published"))

    @mute_logger(LOGGER)
    def test_file_that_is_not_well_formed_is_not_published(self):
        self.feed._generate()
        good = self.feed.sudo().attachment_id.raw
        arch = (
            '<t t-name="x"><t t-translation="off">&lt;a&gt;</t><t t-out="cut"/><t t-out="cut"/></t>'
        )
        self.feed.sudo().template_id = self.env["ir.ui.view"].create(
            {"name": "x", "type": "qweb", "arch": arch}
        )
        self.feed._generate_guarded()
        self.assertEqual(self.feed.sudo().attachment_id.raw, good)
        self.assertTrue(self.feed.last_error)

    def test_unexpected_error_is_recorded_with_its_kind(self):
        def fail(*args):
            raise ZeroDivisionError("oops")

        with (
            patch.object(type(self.feed), "_get_prices", fail),
            self.assertLogs(LOGGER, "ERROR"),
        ):
            self.feed._generate_guarded()
        self.assertIn("ZeroDivisionError", self.feed.last_error)

    def test_preview_publishes_nothing(self):
        for number in range(25):
            self._make_product(name=f"Pot number {number}", image_1920=self.product.image_1920)
        self._make_product(list_price=0)
        content, _findings = self.feed.with_user(self.reader)._render_preview()
        root = etree.fromstring(content)
        self.assertEqual(len(root.xpath("//offer")), 20)
        self.assertEqual(root.xpath("//category/@id"), [str(self.category.id)])
        self.assertFalse(self.feed.generated_at)
        self.assertFalse(self.feed.sudo().attachment_id)
        self.assertFalse(self.feed.issue_ids)

    def test_pages_make_one_file(self):
        self._make_template(values=("Red", "Blue", "Green"))
        self._make_product(list_price=0)
        whole = self._generate()
        with patch.object(product_data_feed, "PAGE_SIZE", 2):
            paged = self._generate(full=True)
        self.assertEqual(len(whole.xpath("//offer")), 4)
        for root in (whole, paged):
            root.attrib.pop("date")
        self.assertEqual(etree.tostring(whole, method="c14n"), etree.tostring(paged, method="c14n"))

    def test_feed_without_products_is_a_valid_file(self):
        self.feed.domain = repr([("id", "=", 0)])
        root = self._generate()
        self.assertEqual(len(root.xpath("shop/offers")), 1)
        self.assertFalse(root.xpath("//offer"))

    def test_generation_does_not_query_per_product(self):
        self.feed.secondary_lang_id = self.ukrainian
        picture = self.product.image_1920

        def count_queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.feed._generate(full=True)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        for number in range(9):
            self._make_product(default_code=f"Q-{number}", image_1920=picture)
        # The first two runs fill caches and create the files.
        for _number in range(2):
            self.feed._generate()
        few = count_queries()
        for number in range(9, 49):
            self._make_product(default_code=f"Q-{number}", image_1920=picture)
        for number in range(5):
            self._make_template(image_1920=picture, default_code=f"T-{number}")
        many = count_queries()
        self.assertEqual(self.feed.offer_count, 60)
        # Templates with attributes are new in the second run: they add queries once, not each.
        self.assertLessEqual(many, few + 15)
