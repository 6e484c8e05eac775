import json
from datetime import timedelta

from freezegun import freeze_time
from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.garazd_merchant_center.models.merchant_order import AT_ONCE

from .common import DemoCase

# Half past midnight in Kyiv, still the day before in UTC.
NOW = "2026-03-10 22:30:00"


@tagged("post_install", "-at_install")
class TestOverview(DemoCase):
    """A store at a glance: whether all is well, what comes in and what waits."""

    two_companies = True

    def _order_on(self, order_id, date, **changes):
        self._order(order_id, date=date, changed="2026-03-10T12:00:00+02:00", **changes)

    @freeze_time(NOW)
    def test_orders_are_counted_by_the_days_of_the_company(self):
        self.company.partner_id.tz = "Europe/Kyiv"
        self._order_on("today", "2026-03-11T00:10:00+02:00")
        self._order_on("yesterday", "2026-03-10T23:50:00+02:00")
        self._order_on("week", "2026-03-05T00:00:00+02:00")
        self._order_on("before", "2026-03-04T23:59:00+02:00")
        self._order_on("old", "2026-02-25T12:00:00+02:00")
        self._order_on("draft", "2026-03-11T00:15:00+02:00", status="draft")
        self._sync("full")
        store = self.store.with_user(self.user).with_context(tz="America/New_York")
        self.assertRecordValues(
            store, [{"orders_today": 1, "orders_week": 3, "orders_week_before": 1}]
        )
        [chart] = json.loads(store.order_chart)
        self.assertEqual([point["value"] for point in chart["values"]][-7:], [1, 0, 0, 0, 0, 1, 1])
        self.assertEqual(sum(point["value"] for point in chart["values"]), 4)
        for button, count in (
            ("action_open_orders_today", 1),
            ("action_open_orders_week", 3),
            ("action_open_orders_week_before", 1),
        ):
            domain = getattr(store, button)()["domain"]
            self.assertEqual(self.env["merchant.order"].search_count(domain), count)

    def test_health_says_what_matters_most(self):
        store = self.store.with_user(self.user)
        self._sync("orders")
        self.assertEqual((store.health, store.health_message), ("good", ""))
        issues = self.env["merchant.issue"]
        issues._report(self.store, "order_failed", severity="warning")
        store.invalidate_recordset()
        self.assertEqual(store.health, "warnings")
        issues._report(self.store, "sync_failed")
        store.invalidate_recordset()
        self.assertEqual((store.health, store.error_count, store.warning_count), ("errors", 1, 1))
        self.store.last_sync_orders_at = fields.Datetime.now() - timedelta(minutes=61)
        self.assertEqual(store.health, "late")
        self.assertIn("scheduled actions", store.health_message)
        self.store.state = "attention"
        self.assertEqual(store.health, "attention")
        self.store.state = "draft"
        self.assertEqual(store.health, "draft")

    def test_interval_that_was_changed_is_not_behind(self):
        self.env.ref("garazd_merchant_center.cron_sync_orders").interval_number = 120
        self.store.last_sync_orders_at = fields.Datetime.now() - timedelta(minutes=200)
        self.assertEqual(self.store.health, "good")

    def test_next_synchronization_is_told_only_when_there_will_be_one(self):
        cron = self.env.ref("garazd_merchant_center.cron_sync_orders")
        store = self.store.with_user(self.user)
        self.assertEqual(store.next_sync_orders_at, cron.nextcall)
        cron.active = False
        store.invalidate_recordset()
        self.assertFalse(store.next_sync_orders_at)
        self.assertTrue(store.next_sync_products_at)
        self.store.state = "attention"
        store.invalidate_recordset()
        self.assertFalse(store.next_sync_products_at)

    def test_each_number_opens_what_it_counts(self):
        issues = self.env["merchant.issue"]
        issues._report(self.store, "sync_failed")
        issues._report(self.store, "order_failed", severity="warning")
        issues._report(self.store, "listing_ambiguous", severity="info")
        order = self._import_order()
        operations = self.env["merchant.operation"]
        self.store.mode = "production"
        operations._enqueue(self.store, "order_status", order, {"status": "accepted"})
        store = self.store.with_user(self.user)
        for field_name, button in (
            ("error_count", "action_open_errors"),
            ("warning_count", "action_open_warnings"),
            ("notice_count", "action_open_notices"),
            ("waiting_count", "action_open_waiting"),
            ("order_count", "action_open_orders"),
        ):
            with self.subTest(button):
                action = getattr(store, button)()
                found = self.env[action["res_model"]].search_count(action["domain"])
                self.assertEqual(store[field_name], found)
                self.assertTrue(found)

    def test_products_that_wait_to_be_matched_are_counted_and_opened(self):
        self.store.match_automatically = False
        self._make_product("A1")
        self._make_product("B2")
        self._make_product("B2")
        for product_id, sku in (("p1", "A1"), ("p2", "B2"), ("p3", "C3"), ("p4", "D4")):
            self._product(product_id, sku=sku)
        self._sync("products")
        self._get_listing("p4").with_user(self.admin).action_leave_out()
        other = self._make_store(name="Other", api_token="other")
        self.env["merchant.listing"].create({"store_id": other.id, "external_id": "p1"})
        store = self.store.with_user(self.user)
        self.assertEqual((store.proposed_count, store.to_match_count), (1, 3))
        for field_name, button in (
            ("proposed_count", "action_open_proposals"),
            ("to_match_count", "action_open_matching"),
        ):
            with self.subTest(button):
                action = getattr(store, button)()
                found = self._search_as_opened(action, store.env)
                self.assertEqual(action["name"], "Matching")
                self.assertEqual(found.store_id, self.store)
                self.assertEqual(len(found), store[field_name])

    def test_price_list_tells_when_it_was_made_and_when_it_was_collected(self):
        self.store.action_make_feed()
        store = self.store.with_user(self.user)
        self.assertFalse(store.feed_generated_at or store.feed_fetched_at)
        made = self.store.feed_id.generated_at = fields.Datetime.to_datetime(NOW)
        fetches = self.env["product.data.feed.fetch"]
        values = {"compressed": False, "by_old_link": False}
        for at in ("2026-03-11 10:00:00", "2026-03-12 10:00:00"):
            with freeze_time(at):
                fetches._record(self.store.feed_id, "DemoBot", "sent", **values)
        store.invalidate_recordset()
        self.assertEqual(store.feed_generated_at, made)
        self.assertEqual(fields.Datetime.to_string(store.feed_fetched_at), at)
        self.assertEqual(store.action_open_feed()["res_id"], self.store.feed_id.id)

    def _search_as_opened(self, action, env):
        """Return the records that a person sees whom an action leads somewhere."""
        domains = [Domain(action["domain"])]
        arch = env[action["res_model"]].get_view(action["search_view_id"][0], "search")["arch"]
        for key, is_set in action["context"].items():
            name = key.removeprefix("search_default_")
            [node] = etree.fromstring(arch).xpath(f"//filter[@name='{name}']")
            if is_set and node.get("domain"):
                domains.append(Domain(safe_eval(node.get("domain"))))
        return env[action["res_model"]].search(Domain.AND(domains))

    def test_many_stores_cost_no_more_queries_than_one(self):
        names = (
            "health",
            "orders_week",
            "waiting_count",
            "to_match_count",
            "next_sync_base_at",
            "feed_fetched_at",
        )
        self.store.read(names)

        def count(stores):
            stores.invalidate_recordset()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            stores.read(names)
            return self.env.cr.sql_log_count - before

        alone = count(self.store)
        stores = self.store
        for number in range(5):
            stores |= self._make_store(name=f"Shop {number}", api_token=f"token-{number}")
        self.assertLessEqual(count(stores), alone)

    # === ANALYSIS === #

    def _report(self, aggregates, groupby=(), user=None):
        report = self.env["merchant.order.report"].with_user(user or self.user)
        return report._read_group([("store_id", "=", self.store.id)], groupby, aggregates)

    def test_success_is_the_share_of_the_orders_that_have_ended(self):
        statuses = ("delivered", "delivered", "delivered", "cancelled", "new", "draft")
        for number, status in enumerate(statuses):
            self._order(str(number), status=status)
        self._sync("full")
        [result] = self._report(
            ["__count", "completed_count:sum", "cancelled_count:sum", "success_rate:avg"]
        )
        self.assertEqual(result, (5, 3, 1, 75))

    def test_orders_are_grouped_by_where_they_were_made(self):
        self._order("1", channel="app")
        self._order("2", channel="app")
        self._order("3")
        self._sync("full")
        groups = dict(self._report(["__count"], ["channel"]))
        self.assertEqual(groups, {"app": 2, False: 1})

    def test_analysis_stays_in_the_company(self):
        self._import_order()
        self.assertEqual(self._report(["__count"]), [(1,)])
        self.assertEqual(self._report(["__count"], user=self.other_user), [(0,)])
        nobody = self._make_user("nobody", "base.group_user", self.company)
        with self.assertRaises(AccessError):
            self._report(["__count"], user=nobody)

    # === ISSUES === #

    def test_all_issues_of_one_cause_are_retried_at_once(self):
        for number in ("1", "2"):
            self._order(number, self._line(sku=f"S{number}"))
        self.store.unknown_product_policy = "hold"
        self._sync("orders")
        issues = self._get_issues("order_unknown_product")
        self.assertEqual(issues.mapped("alike_count"), [2, 2])
        for number in ("1", "2"):
            self._make_product(f"S{number}")
        issues[:1].with_user(self.user).action_retry_alike()
        self.assertEqual(set(issues.mapped("state")), {"resolved"})

    def test_many_orders_are_retried_in_the_background(self):
        self.store.unknown_product_policy = "hold"
        for number in range(AT_ONCE + 1):
            self._order(str(number), self._line(sku="S1"))
        self._sync("orders")
        issues = self._get_issues("order_unknown_product")
        self._make_product("S1")
        result = issues[:1].with_user(self.user).action_retry_alike()
        self.assertEqual(result["tag"], "display_notification")
        self.assertEqual(set(issues.mapped("state")), {"open"})
        self.assertTrue(self.store.run_id)
        self._sync("orders")
        self.assertEqual(set(issues.mapped("state")), {"resolved"})

    def test_issue_leads_to_where_it_is_mended(self):
        issue = self.env["merchant.issue"]._report(
            self.store, "order_unknown_status", self._import_order(), number="1", status="odd"
        )
        issue = issue.with_user(self.user)
        self.assertEqual(issue.fix_label, "Open the Statuses")
        self.assertEqual(issue.action_open_record()["res_model"], "merchant.order.status")
        other = self.env["merchant.issue"]._report(self.store, "sync_failed")
        self.assertEqual(other.fix_label, "Open the Store")
        self.assertEqual(other.action_open_record()["res_id"], self.store.id)
