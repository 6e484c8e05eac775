from datetime import date, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import DemoCase

LAST_DAY = date(2026, 6, 30)


@tagged("post_install", "-at_install")
class TestToken(DemoCase):
    """The token has an end, known ahead, and a new one goes on where the old one stopped."""

    def _follow(self, days_before):
        """Run the scheduled action so many days before the last day, at noon in Kyiv."""
        with freeze_time(f"{LAST_DAY - timedelta(days=days_before)} 10:00:00"):
            self._run_cron("issues")
        return self._get_issues("token_expiring")

    def test_the_end_is_told_three_times_and_ever_louder(self):
        self.store.token_expires_on = LAST_DAY
        told = []
        for days in (45, 31, 30, 29, 8, 7, 3, 1, 0, -5):
            issue = self._follow(days)
            activity = self.store.activity_ids
            told.append((days, issue.severity, issue.occurrences, len(activity)))
            activity.unlink()
        self.assertEqual(
            told,
            [
                (45, False, 0, 0),
                (31, False, 0, 0),
                (30, "info", 1, 1),
                (29, "info", 1, 0),
                (8, "info", 1, 0),
                (7, "warning", 2, 1),
                (3, "warning", 2, 0),
                (1, "error", 3, 1),
                (0, "error", 3, 0),
                (-5, "error", 3, 0),
            ],
        )

    def test_the_day_is_named(self):
        self.store.token_expires_on = LAST_DAY
        self.assertIn("06/30/2026", self._follow(20).detail)

    def test_nobody_is_told_where_nobody_wants_to_be(self):
        self.store.write({"token_expires_on": LAST_DAY, "notify_severity": "none"})
        self.assertEqual(self._follow(1).severity, "error")
        self.assertFalse(self.store.activity_ids)

    def test_another_day_closes_the_issue(self):
        self.store.token_expires_on = LAST_DAY
        issue = self._follow(7)
        with freeze_time(LAST_DAY - timedelta(days=7)):
            self.store.with_user(self.admin).token_expires_on = LAST_DAY + timedelta(days=300)
        self.assertEqual(issue.state, "resolved")
        self.assertFalse(self.store.activity_ids)

    def test_another_token_has_another_day(self):
        self.store.token_expires_on = LAST_DAY
        issue = self._follow(1)
        store = self.store.with_user(self.admin)
        store.api_token = self.token
        self.assertEqual(store.token_expires_on, LAST_DAY, "it is the same token")
        store.api_token = "another"
        self.assertFalse(store.token_expires_on)
        self.assertEqual(issue.state, "resolved")
        store.write({"api_token": "a third", "token_expires_on": LAST_DAY})
        self.assertEqual(store.token_expires_on, LAST_DAY)

    def test_what_was_ignored_was_ignored_for_this_token(self):
        self.store.token_expires_on = LAST_DAY
        self._follow(30).action_ignore()
        self.assertFalse(self._follow(1))
        self.assertFalse(self.store.activity_ids)
        self.store.token_expires_on = LAST_DAY + timedelta(days=1)
        self.assertEqual(self._follow(0).severity, "error")

    def test_the_wizard_takes_the_day(self):
        tomorrow = fields.Date.today() + timedelta(days=1)
        vals = {"marketplace": "demo", "name": "New", "api_token": self.token}
        wizard = self.env["merchant.store.add"].with_user(self.admin)
        action = wizard.create(vals | {"token_expires_on": tomorrow}).action_add()
        store = self.env["merchant.store"].browse(action["res_id"])
        self.assertEqual(store.token_expires_on, tomorrow)
        self.assertEqual(self._get_issues("token_expiring", store).severity, "error")

    def test_the_wizard_leaves_no_token_behind(self):
        wizard = self.env["merchant.store.add"].with_user(self.admin)
        vals = {"marketplace": "demo", "name": "New", "api_token": "wrong"}
        failed = wizard.create(vals)
        with self.assertRaises(UserError):
            failed.action_add()
        wizard.create(vals | {"api_token": self.token}).action_add()
        self.assertFalse(self.env["merchant.store.add"].search([]))

    def test_a_rejected_token_does_not_lose_the_place(self):
        self._make_product("A1")
        self.market.page_size = 1
        for number in range(4):
            self._order(str(number))
        read = self.market.read

        def read_two(name, after=0, **options):
            if name == "orders" and after == 2:
                self.market.close()
            return read(name, after=after, **options)

        self.market.read = read_two
        run = self._sync()
        self.assertRecordValues(
            run, [{"state": "failed", "error_code": "token_rejected", "created": 3}]
        )
        self.assertEqual(self.store.state, "attention")
        self.assertFalse(self.store.orders_read_until)
        self.market.read = read
        place = run.cursor
        self.market.requests.clear()
        # A person makes a new token: nothing else has to be pressed.
        market = self._open_market("new", page_size=1)
        market.orders = self.market.orders
        self.store.with_user(self.admin).api_token = "new"
        self._run_cron("sync_orders")
        [after] = [args["after"] for name, args in market.requests if name == "orders"]
        self.assertEqual({"after": after}, place, "it went on with the page that was refused")
        latest = self.env["merchant.sync.run"].search([("kind", "=", "orders")], limit=1)
        self.assertRecordValues(latest, [{"state": "done", "created": 1, "failed": 0}])
        self.assertEqual(self.store.state, "connected")
        self.assertFalse(self._get_issues())

    def test_other_wishes_begin_at_the_beginning(self):
        self.market.page_size = 1
        for number in range(3):
            self._order(str(number))
        read = self.market.read

        def read_one(name, after=0, **options):
            if name == "orders" and after == 1:
                self.market.close()
            return read(name, after=after, **options)

        self.market.read = read_one
        self._sync()
        self.market.read = read
        self.store.import_from = "2020-01-01"
        market = self._open_market(self.token, page_size=1)
        market.orders = self.market.orders
        self._sync()
        pages = [args["after"] for name, args in market.requests if name == "orders"]
        self.assertEqual(pages, [0, 1, 2])

    def test_only_plain_addresses_of_the_web_are_taken(self):
        for address in (
            "file:///etc/passwd",
            "ftp://example.com/api",
            "gopher://127.0.0.1:6379/_FLUSHALL",
            "//example.com/api",
            "example.com/api",
            "https://user:password@example.com/api",
            "https://example.com/api?key=1",
            "https://example.com/api#x",
            "https://",
            "https://example.com:99999/api",
            "https://[::1/api",
            "https://example.com/a b",
            "https://exa\nmple.com/api",
            "javascript:alert(1)",
        ):
            with self.subTest(address), self.assertRaises(ValidationError):
                self.store.api_url = address
        for address in ("https://my.example.com/api/v1", "http://127.0.0.1:8099/api/v1"):
            self.store.api_url = address
            self.assertEqual(self.store.api_url, address)

    def test_the_wizard_asks_no_other_address(self):
        vals = {"marketplace": "demo", "name": "New", "api_token": self.token}
        wizard = self.env["merchant.store.add"].with_user(self.admin)
        with self.assertRaises(ValidationError):
            wizard.create(vals | {"api_url": "file:///etc/passwd"}).action_add()
        self.assertFalse(self.market.requests)
