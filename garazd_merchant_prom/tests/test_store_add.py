from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PromCase


@tagged("post_install", "-at_install")
class TestStoreAdd(PromCase):
    """The wizard that connects a store."""

    def _add(self, **changes):
        wizards = self.env["merchant.store.add"].with_user(self.admin)
        vals = {
            "name": "Новий магазин",
            "marketplace": "prom",
            "api_token": self.token,
            "api_url": self.sim.url,
        }
        return wizards.create(vals | changes).action_add()

    def _assert_refused(self, words, **changes):
        stores = self.env["merchant.store"].with_context(active_test=False)
        before = stores.search_count([])
        with self.assertRaises(UserError) as refused:
            self._add(**changes)
        self.assertRegex(str(refused.exception), words)
        self.assertNotIn(self.token, str(refused.exception))
        self.assertEqual(stores.search_count([]), before)
        self.assertFalse(self._get_issues())

    def test_good_token_makes_a_harmless_connected_store(self):
        action = self._add(api_token=f"  {self.token}\n")
        store = self.env["merchant.store"].browse(action["res_id"])
        self.assertRecordValues(
            store,
            [
                {
                    "name": "Новий магазин",
                    "state": "connected",
                    "mode": "test",
                    "api_token": self.token,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertFalse(self.sim.writes())

    def test_address_of_prom_is_proposed(self):
        wizard = self.env["merchant.store.add"].new({"marketplace": "prom"})
        self.assertEqual(wizard.api_url, "https://my.prom.ua/api/v1")

    def test_wrong_token(self):
        self._assert_refused("does not accept the API token", api_token="something-else")

    def test_expired_token(self):
        self.sim.tokens.expire(self.token)
        self._assert_refused("does not accept the API token")

    def test_token_that_cannot_be_one(self):
        self._assert_refused("does not accept the API token", api_token="мій токен")
        self.assertFalse(self.sim.requests())

    def test_token_without_the_orders(self):
        self.sim.tokens.add("products-only", scopes=("products", "groups"))
        self._assert_refused("does not accept the API token", api_token="products-only")

    def test_address_without_an_interface(self):
        self._assert_refused("HTTP 404", api_url=f"{self.sim.origin}/shop")

    def test_address_of_a_web_page(self):
        self.sim.faults.add("html_200", times=None)
        self._assert_refused("not readable")

    def test_address_that_is_none(self):
        for address in ("prom", "ftp://127.0.0.1/", "https://", "https://a:b@my.prom.ua/api"):
            with self.subTest(address):
                self._assert_refused("must look like https://my.prom.ua", api_url=address)

    def test_shop_out_of_reach(self):
        self.sim.stop()
        self.addCleanup(self.sim.start)
        self._assert_refused("could not be reached")

    def test_shop_that_is_down(self):
        self.sim.faults.add("server_error", status=503, times=None)
        self._assert_refused("could not be reached.*HTTP 503")

    def test_connection_is_checked_on_the_form(self):
        store = self.store.with_user(self.admin)
        self.assertEqual(store.action_check_connection()["params"]["type"], "success")
        self.sim.tokens.revoke(self.token)
        with self.assertRaisesRegex(UserError, "does not accept the API token"):
            store.action_check_connection()
