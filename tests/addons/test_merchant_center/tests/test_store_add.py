from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..api.market import Overloaded
from .common import DemoCase


@tagged("post_install", "-at_install")
class TestStoreAdd(DemoCase):
    def _open_wizard(self, **changes):
        vals = {"marketplace": "demo", "name": "New Shop", "api_token": self.token}
        return self.env["merchant.store.add"].with_user(self.admin).create(vals | changes)

    def _count_stores(self):
        return self.env["merchant.store"].with_context(active_test=False).search_count([])

    def test_right_token_makes_a_connected_store_in_test_mode(self):
        action = self._open_wizard(api_token=f"  {self.token}\n").action_add()
        self.assertEqual(
            (action["res_model"], action["views"]), ("merchant.store", [(False, "form")])
        )
        store = self.env["merchant.store"].browse(action["res_id"])
        self.assertRecordValues(
            store,
            [
                {
                    "name": "New Shop",
                    "mode": "test",
                    "state": "connected",
                    "company_id": self.company.id,
                    "api_token": self.token,
                    "api_url": "https://demo.example.com/api",
                }
            ],
        )

    def test_wrong_token_is_told_in_words_and_makes_nothing(self):
        before = self._count_stores()
        with self.assertRaisesRegex(UserError, "does not accept the API token"):
            self._open_wizard(api_token="wrong").action_add()
        self.assertEqual(self._count_stores(), before)
        self.assertFalse(self._get_issues())

    def test_unreachable_marketplace_is_told_in_words(self):
        self.market.fail("ping", Overloaded("nobody answers"))
        before = self._count_stores()
        with self.assertRaisesRegex(UserError, "could not be reached: nobody answers"):
            self._open_wizard().action_add()
        self.assertEqual(self._count_stores(), before)

    def test_plain_user_may_not_add_a_store(self):
        wizard = self._open_wizard()
        with self.assertRaises(AccessError):
            wizard.with_user(self.user).action_add()

    def test_form_knows_the_address_of_the_marketplace(self):
        wizard = Form(self.env["merchant.store.add"].with_user(self.admin))
        wizard.marketplace = "demo"
        wizard.name = "New Shop"
        wizard.api_token = self.token
        self.assertEqual(wizard.save().api_url, "https://demo.example.com/api")

    def test_check_connection_tells_the_result_and_mends_the_state(self):
        store = self.store.with_user(self.admin)
        store.state = "attention"
        self.assertEqual(store.action_check_connection()["params"]["type"], "success")
        self.assertEqual(store.state, "connected")
        self.market.close()
        with self.assertRaisesRegex(UserError, "does not accept the API token"):
            store.action_check_connection()

    def test_store_without_token_asks_for_it(self):
        self.store.api_token = False
        with self.assertRaisesRegex(UserError, "its API token first"):
            self.store.with_user(self.user).action_sync()
