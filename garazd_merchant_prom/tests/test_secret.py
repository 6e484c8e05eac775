import logging
import re

from odoo.tests import tagged
from odoo.tools import SQL

from .common import PromCase

ADAPTER_LOGGER = "odoo.addons.garazd_merchant_prom.models.merchant_adapter_prom"


@tagged("post_install", "-at_install")
class TestSecret(PromCase):
    """Neither the token nor personal data get where they do not belong."""

    def _live(self):
        """Let the store meet as much as possible of what it may meet."""
        self.sim.state.custom_statuses[1] = (self.token,) * 3
        self.sim.add_order("note", client_notes=f"Bearer {self.token}")
        self.sim.add_order("pending", status=self.token)
        self.sim.add_order("pending", price=f"{self.token} грн")
        self.sim.poison("not_an_object")
        self.sim.add_product(name=self.token, name_multilang=None, sku=self.token)
        self._sync("full")
        self.store.set_status_id = self._status("received")
        self.store.action_set_production()
        self.sim.add_order("pending")
        self._sync()
        self.sim.options.settable_statuses = ()
        self._run_cron("operations")
        for fault in ("html_200", "server_error", "token_expired"):
            self.sim.faults.add(fault, times=9)
            self._sync()
            self.sim.faults.clear()

    def test_token_stands_nowhere_but_in_its_field(self):
        self.env["merchant.store.add"].with_user(self.admin).create(
            {
                "name": "Ще один",
                "marketplace": "prom",
                "api_token": self.token,
                "api_url": self.sim.url,
            }
        ).action_add()
        self._live()
        self.env.flush_all()
        for table in self._get_tables():
            query = SQL(
                "SELECT count(*) FROM %s t WHERE (to_jsonb(t) - 'api_token')::text LIKE %s",
                SQL.identifier(table),
                f"%{self.token}%",
            )
            [[found]] = self.env.execute_query(query)
            self.assertFalse(found, f"{table} holds the token")

    def _get_tables(self):
        tables = {
            model._table
            for name, model in self.env.items()
            if name.startswith("merchant.") and model._auto and not model._abstract
        }
        self.assertIn("merchant_order", tables)
        others = ("sale.order", "sale.order.line", "mail.message", "mail.tracking.value")
        others += ("mail.activity", "res.partner", "ir.cron", "ir.logging")
        return tables | {self.env[name]._table for name in others}

    def test_token_is_not_in_the_log(self):
        self.store.debug = True
        with self.assertLogs(level=logging.DEBUG) as caught:
            self._live()
        log = "\n".join(caught.output)
        self.assertIn("GET /orders/list", log)
        self.assertIn("/orders/set_status", log)
        self.assertNotIn(self.token, log)

    def test_log_names_no_person(self):
        self.store.debug = True
        order = self.sim.add_order("phone_pretty+other_recipient")
        with self.assertLogs(ADAPTER_LOGGER, logging.INFO) as caught:
            self._sync()
        log = "\n".join(caught.output)
        self.assertIn(str(order["id"]), log)
        self.assertTrue(order["delivery_address"])
        self.assertNotIn(order["delivery_address"], log)
        for text in (order["email"], order["phone"], order["delivery_recipient"]["phone"]):
            self.assertNotIn(text, log)
            digits = re.sub(r"\D", "", text)
            if digits:
                self.assertNotIn(digits[-9:], re.sub(r"[ ()-]", "", log))

    def test_kept_requests_name_no_person_and_no_token(self):
        self.store.debug = True
        order = self.sim.add_order("phone_pretty+other_recipient")
        with self.assertLogs(ADAPTER_LOGGER, logging.INFO):
            self._live()
        kept = self.env["merchant.exchange"].search([("store_id", "=", self.store.id)])
        self.assertIn("GET", kept.mapped("method"))
        self.assertTrue(kept.filtered(lambda e: e.path.startswith("/orders/list?")))
        # What a page undoes is undone here with the page, as there is one cursor in a test;
        # tests/e2e/test_secrets.py shows that it stays.
        self.assertIn("HTTP 401", "".join(kept.filtered("failure").mapped("failure")))
        sent = kept.filtered(lambda e: e.path == "/orders/set_status")
        self.assertIn("received", sent[0].request)
        self.assertIn("This status value is not allowed", sent[0].answer)
        texts = "\n".join(f"{e.path}\n{e.request}\n{e.answer}\n{e.failure}" for e in kept)
        self.assertIn(str(order["id"]), texts)
        self.assertNotIn(self.token, texts)
        names = ("email", "phone", "delivery_address", "client_last_name")
        for text in (*map(order.get, names), order["delivery_recipient"]["phone"]):
            self.assertTrue(text)
            self.assertNotIn(text, texts)

    def test_nothing_is_logged_or_kept_without_debug(self):
        self.sim.add_order("pending")
        with self.assertNoLogs(ADAPTER_LOGGER, logging.DEBUG):
            self._sync()
        self.assertFalse(self.store.exchange_count)

    def test_users_do_not_see_the_token(self):
        store = self.store.with_user(self.user)
        self.assertNotIn("api_token", store.fields_get())
        self.assertFalse(self.store.copy().api_token)
