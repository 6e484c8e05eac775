from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..api.market import Overloaded, TokenRejected
from .feed_import_common import GOOD, FeedImportCase


@tagged("post_install", "-at_install")
class TestFeedImportFollow(FeedImportCase):
    """The first answers about an import lie; the end is what stays."""

    def test_end_is_believed_when_it_was_told_twice(self):
        self.market.imports = [
            {"state": "done"},
            {"state": "partial"},
            {"state": "done", "total": 10, "updated": 4},
            {"state": "done", "total": 10, "updated": 6, "unchanged": 4},
        ]
        record = self._start()
        states = []
        for _time in range(5):
            self._look()
            states.append((record.state, record.updated_count))
        self.assertEqual(
            states, [("running", 0), ("running", 0), ("running", 4), ("running", 6), ("done", 6)]
        )
        self.assertFalse(record.next_read_at)
        self.assertFalse(self._get_issues())

    def test_two_readings_in_a_hurry_are_not_the_end(self):
        self.market.imports = [GOOD]
        record = self._start()
        self._look()
        record.next_read_at = self.clock
        self._look(minutes=0.1)
        self.assertEqual((record.state, record.read_count), ("running", 2))
        self._look()
        self.assertEqual(record.state, "done")

    def test_other_ways_to_count_take_longer_to_be_believed(self):
        record = self._import(total=9)
        self.assertEqual(record.state, "running")
        self._look(times=5)
        self.assertEqual(record.state, "done")

    def test_total_that_is_not_told_delays_the_end_only(self):
        record = self._import(total=0, updated=3)
        self.assertEqual(record.state, "running")
        self._look(times=5)
        self.assertEqual((record.state, record.updated_count), ("done", 3))

    def test_waits_grow_and_the_scheduled_action_is_woken(self):
        record = self._start()
        waits = []
        for _time in range(9):
            self.clock = record.next_read_at
            self._look(minutes=0)
            waits.append(record.next_read_at - self.clock)
        self.assertEqual(waits, sorted(waits))
        self.assertEqual((waits[0], waits[-1]), (timedelta(seconds=30), timedelta(minutes=5)))
        cron = self.env.ref("garazd_merchant_center.cron_feed_imports")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(record.next_read_at, triggers.mapped("call_at"))

    def test_import_that_hangs_is_given_up_and_looked_at_again(self):
        self.market.imports = [{"state": "running"}]
        record = self._start()
        self._look(minutes=60, times=4)
        self.assertEqual(record.state, "unknown")
        issue = self._get_issues("feed_import_unknown")
        self.assertTrue(issue)
        self.market.imports = [GOOD]
        issue.with_user(self.user).action_retry()
        self.assertEqual(record.state, "running")
        # Time does not pass for those who press buttons.
        record.follow_until = self.clock + timedelta(hours=1)
        self._look(times=3)
        self.assertEqual((record.state, issue.state), ("done", "resolved"))
        self.assertEqual(self.market.imports_begun, 1)

    def test_failure_without_a_word_is_told_in_words(self):
        self.market.imports = [{"state": "failed"}]
        record = self._start()
        self._look()
        self.assertEqual(record.state, "failed")
        self.assertIn("it gave no reason. It", self._get_issues("feed_import_failed").detail)

    def test_errors_that_are_counted_only_are_told(self):
        self._import(total=3, failed=2)
        self.assertIn("errors: 2.", self._get_issues("feed_import_errors").detail)

    def test_somebody_does_not_want_to_wait_for_the_end(self):
        record = self._start()
        record.with_user(self.user).action_stop()
        self.assertEqual((record.state, record.next_read_at), ("unknown", False))
        self.assertIn(self.user.name, self._get_issues("feed_import_unknown").detail)
        # And then for the next one.
        self.market.imports = [GOOD]
        again = self._start()
        self._look(times=3)
        self.assertEqual((again.state, self._get_issues()), ("done", self.env["merchant.issue"]))
        record.with_user(self.user).action_stop()
        self.assertEqual(record.state, "unknown")

    def test_failure_is_final_at_once(self):
        problem = {"stage": "download", "message": "the link gives 404"}
        self.market.imports = [{"state": "failed", "problems": [problem]}]
        record = self._start()
        self._look()
        self.assertEqual((record.state, record.message), ("failed", "the link gives 404"))
        self.assertIn("the link gives 404", self._get_issues("feed_import_failed").detail)

    def test_report_names_products(self):
        record = self._import(
            problems=[
                {"stage": "validation", "message": "no price", "seller_id": "A1"},
                {"stage": "pictures", "message": "404", "external_id": "p1"},
                {"stage": "import", "message": "odd", "sku": "A1"},
                {"stage": "other", "message": "whatever", "seller_id": "?"},
            ]
        )
        self.assertEqual((record.state, record.error_count), ("partial", 4))
        self.assertEqual(
            [error.product_id for error in record.error_ids],
            [self.product] * 3 + [self.env["product.product"]],
        )
        self.assertEqual(record.error_ids[1].listing_id, self._get_listing("p1"))
        issue = self._get_issues("feed_import_errors")
        self.assertEqual((issue._get_record(), issue.severity), (record, "warning"))
        self.assertIn("errors: 4.", issue.detail)
        record.with_user(self.user).action_open_errors()
        record.error_ids.with_user(self.user).read()

    def test_report_is_not_misled_by_equal_identifiers_of_different_kinds(self):
        other = self._make_product("B2")
        self._product("A1", sku="B2", seller_id="B2")
        self._product("p3", sku="C3", seller_id="c")
        self._product("p4", sku="C3", seller_id="d")
        self._sync("products")
        record = self._import(
            problems=[
                {"stage": "import", "message": "1", "seller_id": "A1"},
                {"stage": "import", "message": "2", "external_id": "A1"},
                {"stage": "import", "message": "3", "seller_id": "p1"},
                {"stage": "import", "message": "4", "sku": "C3"},
            ]
        )
        self.assertEqual(
            [error.listing_id.external_id for error in record.error_ids],
            ["p1", "A1", "p1", False],
        )
        self.assertEqual(record.error_ids[0].product_id, self.product)
        self.assertEqual(record.error_ids[1].product_id, other)

    def test_pictures_that_failed_are_errors_though_none_are_counted(self):
        record = self._import(failed=0, problems=[{"stage": "pictures", "message": "404"}])
        self.assertEqual(record.state, "partial")

    def test_next_good_import_closes_the_issue(self):
        bad = self._import(problems=[{"stage": "pictures", "message": "404"}])
        issue = self._get_issues("feed_import_errors")
        self.assertEqual(bad.state, "partial")
        self.assertEqual(self._import().state, "done")
        self.assertEqual(issue.state, "resolved")
        self.assertEqual(bad.error_count, 1)

    def test_products_are_read_again_after_the_end(self):
        self._import()
        runs = self.env["merchant.sync.run"].search([("kind", "=", "products")])
        self.assertIn("pending", runs.mapped("state"))

    def test_marketplace_that_does_not_answer_is_asked_again(self):
        self.market.imports = [GOOD]
        record = self._start()
        self.market.fail("read_import", Overloaded(), times=2)
        self._look(times=2)
        self.assertEqual(record.state, "running")
        self.assertIn("could not be reached", record.message)
        self._look(times=2)
        self.assertEqual(record.state, "done")
        self.assertFalse(record.message)

    def test_unexpected_error_stops_neither_this_import_nor_others(self):
        self._open_market("other").imports = [GOOD]
        other_store = self._make_store(name="Other", api_token="other", mode="production")
        other_store.feed_id = self.feed
        self._sync("products", other_store)
        other = self._ask(store=other_store)
        record = self._start()
        self.market.fail("read_import", ZeroDivisionError("boom"), times=1)
        self.market.imports = [GOOD]
        with mute_logger("odoo.addons.garazd_merchant_center.models.merchant_feed_import_follow"):
            self._look()
        self.assertEqual((record.state, other.total_count), ("running", 1))
        self._look(times=2)
        self.assertEqual((record + other).mapped("state"), ["done", "done"])

    def test_report_that_cannot_be_kept_stops_neither_this_import_nor_others(self):
        record = self._start()
        bad = GOOD | {"problems": [{"stage": "nobody knows it", "message": "odd"}]}
        self.market.imports = [bad, GOOD]
        with mute_logger("odoo.addons.garazd_merchant_center.models.merchant_feed_import_follow"):
            self._look()
        self.assertEqual(record.state, "running")
        self.assertIn("nobody knows it", record.message)
        self._look(times=2)
        self.assertEqual(record.state, "done")

    def test_store_that_needs_attention_is_waited_for_until_the_deadline(self):
        record = self._start()
        self.market.fail("read_import", TokenRejected("no such token"))
        self._look()
        self.assertEqual((self.store.state, record.state), ("attention", "running"))
        requests = len(self.market.requests)
        self._look()
        self.assertEqual(len(self.market.requests), requests)
        self._look(minutes=240)
        self.assertEqual(record.state, "unknown")

    def test_restart_goes_on_where_it_was(self):
        record = self._start()
        self.market.imports = [GOOD]
        self._look()
        self.env.invalidate_all()
        self._look(times=2)
        self.assertEqual((record.state, self.market.imports_begun), ("done", 1))
