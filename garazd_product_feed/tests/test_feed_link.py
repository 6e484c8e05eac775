import os
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from ..models import product_data_feed_fetch
from .common import FeedCommon

NOW = "2026-11-23 12:00:00"


@tagged("post_install", "-at_install")
class TestFeedLink(FeedCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOW))
        cls.fetches = cls.env["product.data.feed.fetch"]

    def _record(self, feed=None, **changes):
        vals = {"user_agent": "Robot", "status": "sent", "compressed": False, "by_old_link": False}
        self.fetches._record(feed or self.feed, **vals | changes)

    def _make_fetch(self, feed=None, **age):
        return self.fetches.create(
            {
                "feed_id": (feed or self.feed).id,
                "status": "sent",
                "fetched_at": fields.Datetime.now() - timedelta(**age),
            }
        )

    def _publish(self, feed=None, **age):
        """Generate the feed as if that had happened for the first time so long ago."""
        feed = feed or self.feed
        feed._generate()
        # Who created a record and when cannot be written otherwise.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_attachment SET create_date = %s WHERE id = %s",
            (fields.Datetime.now() - timedelta(**age), feed.attachment_id.id),
        )
        self.env.invalidate_all()

    def _find_unread(self, *, is_unread=True):
        return self.env["product.data.feed"].search(
            [("is_unread", "=", is_unread), ("company_id", "=", self.company.id)]
        )

    # === TOKENS === #

    def test_token_is_beyond_guessing(self):
        """192 bits out of the system's own source of randomness: nobody needs to count guesses."""
        with patch("random._urandom", wraps=os.urandom) as source:
            token = self.feed._new_token()
        self.assertGreaterEqual(sum(call.args[0] for call in source.mock_calls) * 8, 128)
        # Each of these letters stands for 6 bits; nothing is lost on the way.
        self.assertRegex(token, r"^[A-Za-z0-9_-]{32}$")
        tokens = [self.feed._new_token() for _number in range(1000)]
        self.assertEqual(len(set(tokens)), 1000)
        for letters in zip(*tokens, strict=True):
            # Of 64; in 1000 tries each comes with a chance of all but one in ten million.
            self.assertGreater(len(set(letters)), 56)

    def test_every_way_to_a_feed_gives_it_a_token_of_its_own(self):
        feeds = self.feed | self._make_feed() | self.feed.copy()
        before = set(feeds.mapped("access_token"))
        self.assertEqual(len(before), 3)
        feeds[0].action_rotate_token()
        self.assertNotIn(feeds[0].access_token, before)

    def test_neutralized_copy_has_other_links_and_no_file(self):
        self.feed.action_rotate_token()
        self._make_product()
        self.feed._generate()
        old = {self.feed.access_token, self.feed.previous_token}
        files = self.feed.attachment_id | self.feed.compressed_attachment_id
        files |= self.feed.index_attachment_id
        self.assertEqual(len(old | set(files)), 5)
        self.env.flush_all()
        for query in get_neutralization_queries(["garazd_product_feed"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        # Hexadecimal: 4 bits a letter, of which a UUID fixes six bits.
        self.assertRegex(self.feed.access_token, r"^[0-9a-f]{64}$")
        for token in old:
            self.assertFalse(self.feed._find_by_token(token))
        self.assertFalse(self.feed.attachment_id or files.exists())
        self.feed._generate()
        content = self._read_file()
        self.assertTrue(content.findall(".//offer"))
        for token in old:
            self.assertNotIn(token.encode(), self.feed.attachment_id.raw)

    def test_change_by_a_double_click_keeps_the_link_that_the_marketplace_has(self):
        first = self.feed.access_token
        self.feed.action_rotate_token()
        second = self.feed.access_token
        with freeze_time("2026-11-23 15:00:00"):
            self._record(by_old_link=True)
            self.feed.action_rotate_token()
            self.assertEqual(
                self.feed.previous_link_until, fields.Datetime.from_string("2026-11-24 15:00")
            )
        find = self.env["product.data.feed"]._find_by_token
        self.assertEqual(find(first), self.feed)
        self.assertFalse(find(second))
        self.assertEqual(find(self.feed.access_token), self.feed)

    def test_second_change_within_the_time_keeps_only_the_latest_link_in_use(self):
        first = self.feed.access_token
        self.feed.action_rotate_token()
        second = self.feed.access_token
        with freeze_time("2026-11-23 12:00:01"):
            self._record()
        self.feed.action_rotate_token()
        find = self.env["product.data.feed"]._find_by_token
        self.assertFalse(find(first))
        self.assertEqual(find(second), self.feed)
        self.assertEqual(find(self.feed.access_token), self.feed)

    def test_old_link_works_exactly_as_long_as_it_says(self):
        token = self.feed.access_token
        self.feed.link_grace_hours = 5
        self.feed.action_rotate_token()
        self.assertEqual(
            self.feed.previous_link_until, fields.Datetime.from_string("2026-11-23 17:00")
        )
        with freeze_time("2026-11-23 16:59:59"):
            self.assertTrue(self.feed._find_by_token(token))
        with freeze_time("2026-11-23 17:00:00"):
            self.assertFalse(self.feed._find_by_token(token))
            self.feed.invalidate_recordset()
            self.assertFalse(self.feed.previous_link_until)

    def test_change_without_grace_forgets_an_older_link_too(self):
        token = self.feed.access_token
        self.feed.action_rotate_token()
        self.feed.link_grace_hours = 0
        self.feed.action_rotate_token()
        self.assertFalse(self.feed._find_by_token(token))
        self.assertFalse(self.feed.previous_token)

    def test_time_of_the_old_link_is_limited(self):
        for hours in (-1, 721):
            with (
                self.subTest(hours=hours),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self.feed.link_grace_hours = hours
                self.feed.flush_recordset()

    def test_copy_has_a_link_of_its_own_and_no_old_one(self):
        self.feed.action_rotate_token()
        copy = self.feed.copy()
        self.assertNotIn(copy.access_token, (self.feed.access_token, self.feed.previous_token))
        self.assertFalse(copy.previous_token)

    @users("feed_reader")
    def test_reader_may_not_touch_links(self):
        feed = self.feed.with_env(self.env)
        for action in (feed.action_rotate_token, feed.action_stop_previous_link):
            with self.subTest(action=action.__name__), self.assertRaises(AccessError):
                action()

    @users("feed_manager")
    def test_manager_sees_when_the_old_link_stops_but_no_token(self):
        feed = self.feed.with_env(self.env)
        feed.action_rotate_token()
        self.assertTrue(Form(feed).previous_link_until)
        for name in ("access_token", "previous_token"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                feed.read([name])

    # === FETCHES === #

    def test_same_visit_within_a_minute_is_written_down_once(self):
        self._record()
        with freeze_time("2026-11-23 12:00:59"):
            self._record(compressed=True)
        self.assertEqual(len(self.feed.fetch_ids), 1)
        with freeze_time("2026-11-23 12:01:00"):
            self._record()
        self.assertEqual(len(self.feed.fetch_ids), 2)

    def test_different_visits_within_a_minute_are_all_written_down(self):
        other = self._make_feed()
        self._record()
        self._record(status="unchanged")
        self._record(user_agent="Another")
        self._record(feed=other)
        self.assertEqual(len(self.feed.fetch_ids), 3)
        self.assertEqual(len(other.fetch_ids), 1)

    def test_visits_at_the_same_moment_cannot_be_written_down_twice(self):
        self._record()
        with (
            # As for a request that began before the other one was finished.
            patch.object(type(self.fetches), "search_count", lambda *args, **kwargs: 0),
            self.assertNoLogs(level="ERROR"),
        ):
            self._record()
        self.assertEqual(len(self.feed.fetch_ids), 1)

    def test_name_of_the_reader_is_cleaned_and_cut(self):
        self._record(user_agent="A\x00\x1b" + "b" * 300)
        self._record(user_agent=None)
        self.assertEqual(self.feed.fetch_ids.mapped("user_agent"), ["", "A" + "b" * 254])

    def test_nameless_reader_is_written_down_once_a_minute_too(self):
        self._record(user_agent=None)
        self._record(user_agent=None)
        self.assertEqual(len(self.feed.fetch_ids), 1)

    def test_feed_tells_who_collected_it_last(self):
        other = self._make_feed()
        self.assertFalse(other.last_fetch_at)
        self._make_fetch(hours=3)
        with freeze_time("2026-11-23 12:30:00"):
            self._record(user_agent="Latest")
        self.assertRecordValues(
            self.feed + other,
            [
                {
                    "last_fetch_at": fields.Datetime.from_string("2026-11-23 12:30:00"),
                    "last_fetch_agent": "Latest",
                },
                {"last_fetch_at": False, "last_fetch_agent": False},
            ],
        )
        self.assertEqual(
            self.fetches.search(self.feed.action_open_fetches()["domain"]), self.feed.fetch_ids
        )

    def test_old_fetches_are_removed(self):
        kept, old = self._make_fetch(days=89), self._make_fetch(days=91)
        self.fetches._gc_fetches()
        self.assertEqual((kept + old).exists(), kept)

    def test_only_the_latest_fetches_of_each_feed_are_kept(self):
        other = self._make_fetch(self._make_feed(), hours=9)
        oldest, *latest = [self._make_fetch(minutes=10 - number) for number in range(3)]
        with patch.object(product_data_feed_fetch, "KEPT_PER_FEED", 2):
            self.fetches._gc_fetches()
        self.assertFalse(oldest.exists())
        self.assertEqual(self.feed.fetch_ids.sorted("id").ids, [fetch.id for fetch in latest])
        self.assertTrue(other.exists())

    @users("feed_manager", "feed_reader")
    def test_fetches_are_read_only_and_of_own_companies(self):
        mine = self._make_fetch()
        company = self.env["res.company"].sudo().create({"name": f"Not of {self.env.user.login}"})
        theirs = self._make_fetch(self._make_feed(company_id=company.id))
        self.assertEqual(mine.with_env(self.env).user_agent, False)
        with self.assertRaises(AccessError):
            mine.with_env(self.env).user_agent = "x"
        with self.assertRaises(AccessError):
            theirs.with_env(self.env).read(["user_agent"])

    # === UNREAD === #

    def test_file_that_nobody_collects_for_a_day_is_reported(self):
        self._publish(hours=25)
        self.assertTrue(self.feed.is_unread)
        self.assertEqual(self._find_unread(), self.feed)
        self._make_fetch(hours=25)
        self.assertTrue(self.feed.is_unread)

    def test_collected_file_is_not_reported(self):
        self._publish(hours=25)
        self._make_fetch(hours=23)
        self.assertFalse(self.feed.is_unread)
        self.assertFalse(self._find_unread())
        self.assertEqual(self._find_unread(is_unread=False), self.feed)

    def test_warning_comes_a_day_after_the_last_visit(self):
        self._publish(days=9)
        self._record()
        for moment, is_unread in (("2026-11-24 11:59", False), ("2026-11-24 12:00", True)):
            with freeze_time(moment):
                self.feed.invalidate_recordset()
                self.assertEqual(self.feed.is_unread, is_unread, moment)

    def test_new_file_has_a_day_to_be_collected(self):
        self._publish(hours=23)
        self._publish(self._make_feed(), hours=23)
        self.feed._generate()
        self.assertFalse(self._find_unread())

    def test_refreshing_the_file_does_not_silence_the_warning(self):
        self._publish(hours=25)
        self.feed._generate()
        self.assertTrue(self.feed.is_unread)

    def test_feeds_without_a_file_or_archived_are_not_reported(self):
        self._publish(hours=25)
        self.feed.active = False
        self.assertFalse((self.feed + self._make_feed()).filtered("is_unread"))
        found = self.feed.with_context(active_test=False).search([("is_unread", "=", True)])
        self.assertNotIn(self.feed, found)

    @users("feed_reader")
    def test_reader_sees_the_warning(self):
        self._publish(hours=25)
        feed = self.feed.with_env(self.env)
        self.assertTrue(feed.is_unread)
        self.assertEqual(self._find_unread(), feed)
