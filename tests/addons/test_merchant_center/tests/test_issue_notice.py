from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from ..api.market import Overloaded, TokenRejected
from .common import DemoCase


@tagged("post_install", "-at_install")
class TestIssueNotice(DemoCase):
    """Who is told about issues, how often, and until when."""

    two_companies = True

    def _prepare(self):
        super()._prepare()
        self._make_product("A1")

    def _tell(self, **later):
        """Run the scheduled action, some time from now."""
        with freeze_time(fields.Datetime.now() + timedelta(**later)):
            self._run_cron("issues")

    def _get_messages(self):
        return self.env["mail.message"].search(
            [("model", "=", self.store._name), ("message_type", "=", "user_notification")]
        )

    def test_issues_of_one_cause_are_one_activity(self):
        for number in range(7):
            self._import_order(str(number), total="much")
        self._tell()
        activity = self.store.activity_ids
        self.assertRecordValues(activity, [{"user_id": self.admin.id, "automated": True}])
        self.assertIn("An order cannot be read", activity.summary)
        self.assertIn("And 2 more.", activity.note)

    def test_nothing_is_told_twice(self):
        self._import_order("1", total="much")
        self._tell()
        self.store.activity_ids.unlink()
        for hours in (1, 25, 100):
            self._tell(hours=hours)
        self.assertFalse(self.store.activity_ids)

    def test_one_cause_is_told_once_a_day(self):
        self.store.notify_by = "message"
        self._import_order("1", total="much")
        self._tell()
        self._import_order("2", total="much")
        self._tell(hours=23)
        self.assertEqual(len(self._get_messages()), 1)
        self._tell(hours=25)
        self.assertEqual(len(self._get_messages()), 2)

    def test_causes_and_stores_are_told_apart(self):
        other = self._make_store(name="Other", api_token="other")
        market = self._open_market("other")
        for order_id, shop, changes in (
            ("1", self.market, {"total": "much"}),
            ("2", self.market, {"currency": "XXX"}),
            ("1", market, {"total": "much"}),
        ):
            self._order(order_id, market=shop, **changes)
        self._run_cron("sync_orders")
        self._tell()
        self.assertEqual(len(self.store.activity_ids), 2)
        self.assertEqual(len(other.activity_ids), 1)

    def test_an_activity_that_is_still_there_is_brought_up_to_date(self):
        self._import_order("1", total="much")
        self._tell()
        self._import_order("2", total="much")
        self._tell(hours=25)
        self.assertEqual(len(self.store.activity_ids), 1)
        self.assertIn("Order 2", self.store.activity_ids.note)

    def test_activity_goes_with_the_last_issue(self):
        first = self._import_order("1", total="much")
        self._import_order("2", total="much")
        self._tell()
        self._get_issues().filtered(lambda i: i.res_id == first.id).action_ignore()
        self.assertTrue(self.store.activity_ids)
        self._get_issues().action_resolve()
        self.assertFalse(self.store.activity_ids)

    def test_a_cause_that_comes_back_another_day_is_told_again(self):
        order = self._import_order("1", total="much")
        self._tell()
        self._get_issues().action_resolve()
        order.action_retry()
        self._tell(hours=1)
        self.assertFalse(self.store.activity_ids)
        self._tell(hours=25)
        self.assertEqual(len(self.store.activity_ids), 1)

    def test_what_passes_within_an_hour_is_not_told(self):
        self.market.fail("orders", Overloaded())
        run = self._sync()
        self._tell(minutes=50)
        self.assertFalse(self.store.activity_ids)
        self._tell(minutes=70)
        self.assertEqual(len(self.store.activity_ids), 1)
        run.next_attempt = False
        self._run_cron("sync_orders")
        self.assertFalse(self.store.activity_ids)

    def test_severity_decides(self):
        for severity, told in (
            ("none", set()),
            ("error", {"error"}),
            ("warning", {"error", "warning"}),
            ("info", {"error", "warning", "info"}),
        ):
            self.env["merchant.issue"].search([]).unlink()
            self.store.activity_ids.unlink()
            self.store.notify_severity = severity
            codes = {"error": "sync_failed", "warning": "push_held", "info": "listing_drift"}
            for kind, code in codes.items():
                self.env["merchant.issue"]._report(self.store, code, severity=kind)
            self._tell()
            found = self.store.activity_ids.mapped("merchant_issue_code")
            self.assertEqual(set(found), {codes[kind] for kind in told}, severity)

    def test_what_becomes_worse_is_told_again(self):
        issues = self.env["merchant.issue"]
        self.store.notify_severity = "warning"
        for severity, hours, count in (("warning", 0, 1), ("warning", 30, 1), ("error", 60, 2)):
            issues._report(self.store, "push_held", severity=severity)
            self.store.notify_by = "message"
            self._tell(hours=hours)
            self.assertEqual(len(self._get_messages()), count, severity)

    def test_ignored_is_never_told(self):
        order = self._import_order("1", total="much")
        self._get_issues().action_ignore()
        order.action_retry()
        self._tell()
        self.assertFalse(self.store.activity_ids)

    def test_only_people_who_can_see_the_store_are_told(self):
        nobody = self._make_user("nobody", "base.group_user", self.company)
        self.store.notify_user_ids = nobody | self.user | self.other_user
        self._import_order("1", total="much")
        self._tell()
        self.assertEqual(self.store.activity_ids.user_id, self.user)

    def test_everybody_is_told_in_his_language(self):
        self.env["res.lang"]._activate_lang("uk_UA")
        code = self.env.ref(
            "garazd_merchant_center.selection__merchant_issue__code__order_unreadable"
        )
        code.with_context(lang="uk_UA").name = "Замовлення не читається"
        self.user.lang = "uk_UA"
        self.store.notify_user_ids = self.user | self.admin
        self._import_order("1", total="much")
        self._tell()
        summaries = {a.user_id: a.summary for a in self.store.activity_ids}
        self.assertIn("Замовлення не читається", summaries[self.user])
        self.assertIn("An order cannot be read", summaries[self.admin])

    def test_a_message_leads_to_the_store_and_shows_no_markup(self):
        self.store.write({"notify_by": "message", "notify_user_ids": self.admin.ids})
        self.market.fail("orders", TokenRejected("<b>expired</b>"))
        self._sync()
        self._tell()
        [message] = self._get_messages()
        self.assertEqual(message.notified_partner_ids, self.admin.partner_id)
        self.assertIn("&lt;b&gt;expired", message.body)
        self.assertIn(f"/odoo/merchant.store/{self.store.id}", message.body)

    def test_a_rejected_token_does_not_wait_for_the_next_round(self):
        cron = self.env.ref("garazd_merchant_center.cron_issues")
        triggers = self.env["ir.cron.trigger"]
        self._import_order("1", total="much")
        self.assertFalse(triggers.search([("cron_id", "=", cron.id)]))
        self.market.close()
        self._sync()
        self.assertTrue(triggers.search([("cron_id", "=", cron.id)]))

    def test_issues_of_deleted_records_close(self):
        order = self._import_order("1", total="much")
        self._import_order("2", total="much")
        order.unlink()
        self.env["merchant.issue"]._gc_orphaned_issues()
        self.assertEqual(self._get_issues().record_name, "2")
