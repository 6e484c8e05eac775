from lxml import etree

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
                self._assert_refused("must look like https://", api_url=address)

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


@tagged("post_install", "-at_install")
class TestPermission(PromCase):
    """A token that lacks sections, see ``api.md`` section 1: it answers 401 there."""

    def _open_wizard(self, **changes):
        vals = {
            "name": "Новий магазин",
            "marketplace": "prom",
            "api_token": self.token,
            "api_url": self.sim.url,
        }
        return self.env["merchant.store.add"].with_user(self.admin).create(vals | changes)

    def _get_states(self, record):
        return {row["title"]: row["state"] for row in record.permission_rows}

    def test_each_section_is_tried_by_one_cheap_read(self):
        wizard = self._open_wizard()
        wizard.action_check_token()
        self.assertEqual(
            self._get_states(wizard),
            dict.fromkeys(
                (
                    "Orders",
                    "Order Statuses",
                    "Payment Methods",
                    "Delivery Methods",
                    "Groups",
                    "Products",
                ),
                "done",
            ),
        )
        self.assertEqual(len(self.sim.requests()), 6)
        self.assertFalse(self.sim.writes())

    def test_each_missing_section_is_named(self):
        titles = {
            "order_status": "Order Statuses",
            "payment": "Payment Methods",
            "delivery": "Delivery Methods",
            "groups": "Groups",
            "products": "Products",
        }
        for section, title in titles.items():
            with self.subTest(section):
                token = f"without-{section}-section"
                self.sim.tokens.add(token, scopes={"orders", *titles} - {section})
                wizard = self._open_wizard(api_token=token)
                wizard.action_check_token()
                self.assertEqual(wizard.missing_permissions, title)
                self.assertEqual(self._get_states(wizard)[title], "missing")

    def test_wrong_token_is_told_in_words(self):
        with self.assertRaisesRegex(UserError, "does not accept the API token"):
            self._open_wizard(api_token="something-else").action_check_token()

    def test_shop_out_of_reach_is_asked_once(self):
        self.sim.stop()
        self.addCleanup(self.sim.start)
        with self.assertRaisesRegex(UserError, "could not be reached"):
            self._open_wizard().action_check_token()

    def test_shop_that_fails_on_the_way_leaves_the_rest_open(self):
        self.sim.faults.add("server_error", path="/payment_options/*", status=503, times=None)
        wizard = self._open_wizard()
        wizard.action_check_token()
        states = self._get_states(wizard)
        self.assertEqual((states["Order Statuses"], states["Payment Methods"]), ("done", "error"))
        self.assertFalse(wizard.missing_permissions)

    def test_store_without_products_works_for_orders(self):
        token = "orders-and-dictionaries"
        sections = ("orders", "order_status", "payment", "delivery", "groups")
        self.sim.tokens.add(token, scopes=sections)
        action = self._open_wizard(api_token=token).action_add()
        store = self.env["merchant.store"].browse(action["res_id"])
        self.assertEqual(store.missing_permissions, "Products")
        self.sim.add_order("pending")
        run = self._sync("full", store)
        self.assertEqual((run.state, store.state), ("partial", "connected"))
        orders = self.env["merchant.order"].search([("store_id", "=", store.id)])
        self.assertTrue(orders.sale_order_id)
        self.assertIn("Products", self._get_issues("permission_missing", store).detail)

    def test_prices_that_may_not_be_sent_leave_the_orders_alone(self):
        token = "orders-only-and-dictionaries"
        self.sim.tokens.add(token, scopes=("orders", "order_status", "payment", "delivery"))
        self._sync("products")
        self.store.write({"api_token": token, "mode": "production", "push_stock": True})
        self.store.with_user(self.admin).action_check_connection()
        feed = self.env["product.data.feed"].create({"name": "Feed", "company_id": self.company.id})
        self.store.feed_id = feed
        listing = self.env["merchant.listing"].search(
            [("store_id", "=", self.store.id), ("product_id", "!=", False)], limit=1
        )
        listing.write(
            {
                "desired_presence": "in_stock",
                "is_counted": True,
                "desired_quantity": listing.confirmed_quantity + 5,
                "confirmed_at": "2026-03-01 10:00:00",
            }
        )
        self.assertEqual(listing.push_state, "waiting")
        self._run_cron("listings")
        self.assertTrue(self.sim.requests("/products/edit"))
        self.assertEqual(self.store.state, "connected")
        self.assertFalse(self._get_issues("token_rejected"))
        self.assertTrue(self._get_issues("permission_missing"))

    def test_the_wizard_says_where_the_token_is_made(self):
        form = self.env["merchant.store.add"].with_user(self.admin).get_view(view_type="form")
        arch = etree.fromstring(form["arch"])
        hint = arch.xpath("//div[@name='prom_token']")[0]
        self.assertEqual(hint.get("invisible"), "marketplace != 'prom'")
        self.assertIn("API tokens", " ".join(hint.itertext()))

    def test_the_checklist_says_where_the_address_of_the_price_list_goes(self):
        store = self.store.with_user(self.admin)
        store.action_make_feed()
        texts = " ".join(row["text"] for row in store.checklist)
        self.assertIn("In the cabinet of Prom", texts)
