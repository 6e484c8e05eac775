from odoo.exceptions import UserError
from odoo.tests import tagged

from ..api.market import Overloaded
from .common import DemoCase


@tagged("post_install", "-at_install")
class TestPermission(DemoCase):
    """A token that opens only parts of the marketplace."""

    def _open_wizard(self, **changes):
        vals = {"marketplace": "demo", "name": "New Shop", "api_token": self.token}
        return self.env["merchant.store.add"].with_user(self.admin).create(vals | changes)

    def _get_states(self, record):
        return {row["title"]: row["state"] for row in record.permission_rows}

    # === THE WIZARD === #

    def test_check_token_shows_every_permission_and_keeps_what_was_typed(self):
        self.market.closed = {"products"}
        wizard = self._open_wizard()
        action = wizard.action_check_token()
        self.assertEqual(
            (action["res_model"], action["res_id"], action["target"]),
            (wizard._name, wizard.id, "new"),
        )
        self.assertEqual(
            self._get_states(wizard),
            {"Orders": "done", "Deliveries": "done", "Products": "missing"},
        )
        self.assertEqual(wizard.missing_permissions, "Products")
        self.assertEqual((wizard.name, wizard.api_token), ("New Shop", self.token))

    def test_check_token_shows_a_token_without_the_orders_too(self):
        self.market.closed = {"orders"}
        wizard = self._open_wizard()
        wizard.action_check_token()
        self.assertEqual(self._get_states(wizard)["Orders"], "missing")

    def test_check_token_says_what_could_not_be_found_out(self):
        self.market.fail("peek", Overloaded("nobody answers"), after=1)
        wizard = self._open_wizard()
        wizard.action_check_token()
        self.assertEqual(
            self._get_states(wizard),
            {"Orders": "done", "Deliveries": "error", "Products": "done"},
        )
        self.assertIn("nobody answers", wizard.permission_rows[1]["text"])
        self.assertFalse(wizard.missing_permissions)

    def test_check_token_refuses_a_wrong_token_in_words(self):
        with self.assertRaisesRegex(UserError, "does not accept the API token"):
            self._open_wizard(api_token="wrong").action_check_token()

    def test_check_token_refuses_a_token_that_opens_nothing(self):
        self.market.closed = {"orders", "deliveries", "products"}
        with self.assertRaisesRegex(UserError, "does not accept the API token"):
            self._open_wizard().action_check_token()

    def test_another_token_takes_the_table_away(self):
        wizard = self._open_wizard()
        wizard.action_check_token()
        values = wizard.onchange({"api_token": "another"}, ["api_token"], {"permission_rows": {}})
        self.assertFalse(values["value"]["permission_rows"])
        wizard.api_token = "another"
        self.assertFalse(wizard.permission_rows)

    def test_store_with_missing_permissions_is_made_and_says_so(self):
        self.market.closed = {"products"}
        store = self.env["merchant.store"].browse(self._open_wizard().action_add()["res_id"])
        self.assertEqual((store.state, store.missing_permissions), ("connected", "Products"))
        issue = self._get_issues("permission_missing", store)
        self.assertEqual(issue.severity, "warning")
        self.assertIn("Products", issue.detail)

    def test_store_whose_token_opens_everything_has_no_issue(self):
        store = self.env["merchant.store"].browse(self._open_wizard().action_add()["res_id"])
        self.assertFalse(store.missing_permissions)
        self.assertFalse(self._get_issues(store=store))

    # === THE STORE === #

    def test_check_connection_shows_the_same_table(self):
        self.market.closed = {"deliveries"}
        action = self.store.with_user(self.admin).action_check_connection()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertIn("Deliveries", action["params"]["message"])
        self.assertEqual(action["params"]["next"]["res_id"], self.store.id)
        self.assertEqual(self._get_states(self.store)["Deliveries"], "missing")
        self.market.closed = set()
        action = self.store.with_user(self.admin).action_check_connection()
        self.assertEqual(action["params"]["type"], "success")
        self.assertFalse(self.store.missing_permissions)
        self.assertFalse(self._get_issues("permission_missing"))

    def test_another_token_forgets_what_the_old_one_opened(self):
        self.market.closed = {"deliveries"}
        self.store.with_user(self.admin).action_check_connection()
        self.store.with_user(self.admin).api_token = "another"
        self.assertFalse(self.store.missing_permissions)

    # === SYNCHRONIZATION === #

    def test_sync_leaves_out_what_is_closed_and_reads_the_rest(self):
        self.market.closed = {"products"}
        self._make_product("A1")
        self._product("1")
        self._order("1")
        run = self._sync("full")
        self.assertEqual((run.state, run.failed), ("partial", 1))
        self.assertEqual(self._get_order("1").state, "imported")
        self.assertEqual(self.store.state, "connected")
        self.assertFalse(self.store.last_sync_products_at)
        self.assertTrue(self.store.last_sync_orders_at)
        self.assertEqual(self._get_issues().mapped("code"), ["permission_missing"])

    def test_last_step_that_is_closed_ends_the_run(self):
        self.market.closed = {"products"}
        run = self._sync("products")
        self.assertEqual(run.state, "partial")
        self.assertTrue(run.finished_at)

    def test_what_is_open_again_is_read_and_the_issue_closes(self):
        self.market.closed = {"products"}
        self._product("1")
        self._sync("products")
        self.market.closed = set()
        self._sync("products")
        self.assertTrue(self._get_listing("1"))
        self.assertFalse(self._get_issues("permission_missing"))
        self.assertFalse(self.store.missing_permissions)

    def test_token_that_opens_nothing_any_more_needs_attention(self):
        self.market.closed = {"orders", "deliveries", "products"}
        run = self._sync("products")
        self.assertEqual((run.state, self.store.state), ("failed", "attention"))
        self.assertEqual(self._get_issues().mapped("code"), ["token_rejected"])

    def test_closed_orders_need_attention(self):
        self.market.closed = {"orders"}
        run = self._sync("orders")
        self.assertEqual((run.state, self.store.state), ("failed", "attention"))

    def test_retry_of_the_issue_reads_everything(self):
        self.market.closed = {"products"}
        self._product("1")
        self._sync("products")
        self.market.closed = set()
        self._get_issues("permission_missing").with_user(self.user).action_retry()
        self._run_cron("sync_base")
        self.assertTrue(self._get_listing("1"))
