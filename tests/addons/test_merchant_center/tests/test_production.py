from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DemoCase


@tagged("post_install", "-at_install")
class TestProduction(DemoCase):
    """The wizard that says what Production sends."""

    def _open_wizard(self, store=None):
        action = (store or self.store).with_user(self.admin).action_open_production()
        wizards = self.env[action["res_model"]].with_user(self.admin)
        return wizards.with_context(**action["context"]).create({})

    def _get_effects(self):
        return {row["title"]: row for row in self._open_wizard().effects}

    def test_nothing_is_switched_without_the_tick(self):
        wizard = self._open_wizard()
        with self.assertRaisesRegex(UserError, "Tick that you know"):
            wizard.action_switch()
        self.assertEqual(self.store.mode, "test")
        wizard.is_understood = True
        wizard.action_switch()
        self.assertEqual(self.store.mode, "production")

    def test_programs_switch_without_the_wizard(self):
        self.store.with_user(self.admin).action_set_production()
        self.assertEqual(self.store.mode, "production")

    def test_it_names_the_statuses_of_each_event(self):
        self._sync("base")
        self.store.push_delivered = False
        self.store.cancelled_status_id = self._status("paid")
        effects = self._get_effects()
        self.assertIn("Accepted", effects["When a sales order is confirmed"]["text"])
        self.assertEqual(effects["When everything was delivered"]["state"], "off")
        self.assertIn("Paid", effects["When a sales order is cancelled"]["text"])
        self.assertNotIn("When an order is imported", effects)
        self.store.set_status_id = self._status("accepted")
        self.assertIn("Accepted", self._get_effects()["When an order is imported"]["text"])

    def test_looking_makes_nothing(self):
        # A synchronization that runs at this moment makes the same statuses.
        self.assertFalse(self.store.status_ids)
        self.assertIn("Accepted", self._get_effects()["When a sales order is confirmed"]["text"])
        self.assertFalse(self.store.status_ids)

    def test_it_counts_the_prices_and_quantities_that_differ(self):
        self.assertEqual(self._get_effects()["Prices and quantities"]["state"], "off")
        feed = self.env["product.data.feed"].create(
            {"name": "Feed", "company_id": self.company.id, "currency_id": self.uah.id}
        )
        self.store.write({"feed_id": feed.id, "push_prices": True, "max_price_percent": 100})
        for number, price in (("1", 110), ("2", 120), ("3", 100)):
            self._make_product(f"A{number}", list_price=price)
            self._product(number, sku=f"A{number}")
        self._sync("products")
        self.env["merchant.listing"].search([])._refresh_desired()
        self.env.flush_all()
        row = self._get_effects()["Prices and quantities"]
        self.assertEqual(row["state"], "sent")
        self.assertIn("sent at once: 2", row["text"])
        self.assertIn("Send Prices", row["text"])

    def test_it_says_that_what_was_withheld_stays_withheld(self):
        order = self._import_order("1")
        order.sale_order_id.action_confirm()
        row = self._get_effects()["What was withheld until now"]
        self.assertIn("Withheld: 1.", row["text"])
        wizard = self._open_wizard()
        wizard.is_understood = True
        wizard.action_switch()
        self.assertEqual(self._operations().state, "withheld")

    def test_it_warns_of_missing_permissions(self):
        self.market.closed = {"products"}
        self.store.with_user(self.admin).action_check_connection()
        self.assertIn("Products", self._get_effects()["Permissions of the token"]["text"])

    def test_plain_users_do_not_get_it(self):
        with self.assertRaises(AccessError):
            self.store.with_user(self.user).action_open_production()
        with self.assertRaises(AccessError):
            self.env["merchant.store.production"].with_user(self.user).create(
                {"store_id": self.store.id}
            )
