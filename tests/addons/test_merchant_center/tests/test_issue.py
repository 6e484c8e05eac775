from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import DemoCase


@tagged("post_install", "-at_install")
class TestIssue(DemoCase):
    def _prepare(self):
        super()._prepare()
        self._make_product("A1")

    def test_one_issue_for_each_cause_and_record(self):
        first = self._import_order("1", total="much")
        self._import_order("2", total="much")
        self.assertEqual(len(self._get_issues("order_unreadable")), 2)
        first.action_retry()
        issue = self._get_issues("order_unreadable").filtered(lambda i: i.res_id == first.id)
        self.assertRecordValues(
            issue, [{"occurrences": 2, "severity": "error", "record_name": "1"}]
        )
        self.assertLessEqual(issue.first_seen_at, issue.last_seen_at)
        self.assertEqual(self.store.issue_count, 2)

    def test_ignored_stays_ignored(self):
        order = self._import_order("1", total="much")
        self._get_issues().with_user(self.user).action_ignore()
        order.action_retry()
        self.assertFalse(self._get_issues())
        self.assertEqual(self._get_issues(state="ignored").occurrences, 2)

    def test_resolved_comes_back_when_the_cause_does(self):
        order = self._import_order("1", total="much")
        self._get_issues().action_resolve()
        order.action_retry()
        self.assertEqual(len(self._get_issues()), 1)
        self.assertEqual(len(self._get_issues(state="resolved")), 1)

    def test_button_leads_to_the_record(self):
        order = self._import_order("1", total="much")
        issue = self._get_issues()
        action = issue.with_user(self.user).action_open_record()
        self.assertEqual((action["res_model"], action["res_id"]), ("merchant.order", order.id))
        order.unlink()
        with self.assertRaisesRegex(UserError, "no longer exists"):
            issue.action_open_record()

    def test_issue_of_the_store_leads_to_the_store(self):
        self.market.close()
        self._sync()
        action = self._get_issues("token_rejected").action_open_record()
        self.assertEqual((action["res_model"], action["res_id"]), (self.store._name, self.store.id))

    def test_retry_reads_again_what_was_deleted(self):
        deleted = self._import_order("1", total="much")
        kept = self._import_order("2", total="much")
        deleted.unlink()
        self._get_issues().with_user(self.user).action_retry()
        [run] = self.env["merchant.sync.run"].search([("state", "=", "pending")])
        self.assertEqual((run.store_id, run.kind), (self.store, "orders"))
        issue = self._get_issues().filtered(lambda i: i.res_id == kept.id)
        self.assertEqual(issue.occurrences, 2)

    def test_old_settled_issues_are_forgotten(self):
        self._import_order("1", total="much")
        self._import_order("2", total="much")
        first, second = self._get_issues()
        first.action_resolve()
        second.action_ignore()
        (first + second).resolved_at = "2020-01-01 00:00:00"
        self.env["merchant.issue"]._gc_old_issues()
        self.assertFalse(first.exists())
        self.assertTrue(second.exists())

    def test_forms_open_for_users(self):
        order = self._import_order("1", total="much")
        run = self.env["merchant.sync.run"].search([("store_id", "=", self.store.id)])
        for record in (self.store, order, self._get_issues(), run[:1]):
            form = Form(record.with_user(self.user))
            self.assertEqual(form.id, record.id)
        self.assertEqual(Form(self.store.with_user(self.admin)).api_token, self.token)
