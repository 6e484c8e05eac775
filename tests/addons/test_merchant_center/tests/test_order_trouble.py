from unittest.mock import patch

from odoo.exceptions import LockError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.garazd_merchant_center.schema import StatusData

from ..api.market import Overloaded
from .common import DemoCase


@tagged("post_install", "-at_install")
class TestOrderTrouble(DemoCase):
    """A bad order is kept, told, and never stops the others."""

    def _prepare(self):
        super()._prepare()
        self._make_product("A1")

    def _assert_held(self, order, code, text):
        self.assertEqual((order.state, order.sale_order_id.id), ("failed", False))
        issue = self._get_issues(code)
        self.assertEqual(issue._get_record(), order)
        self.assertIn(text, issue.detail)
        self.assertEqual(order.error, issue.detail)

    def test_order_that_somebody_else_works_on_is_done_again(self):
        order = self._import_order()
        builder = self.env.registry["merchant.order.builder"]
        with (
            patch.object(builder, "_fill_placeholders", side_effect=LockError("busy")),
            self.assertRaises(LockError),
        ):
            order._import()
        self.assertEqual(order.state, "imported")

    def test_status_that_another_order_teaches_at_the_same_time_is_met_by_doing_it_again(self):
        self._import_order()
        statuses = self.env["merchant.order.status"]
        data = StatusData(external_id="own", name="Own", kind="custom")
        # Kept before the other transaction adds its status, as this one would keep it.
        self.assertTrue(self.store.with_context(active_test=False).status_ids)
        self.env.cr.execute(
            "INSERT INTO merchant_order_status (store_id, external_id, name, kind)"
            " VALUES (%s, 'own', 'Own', 'custom')",
            [self.store.id],
        )
        with mute_logger("odoo.sql_db"), self.assertRaises(LockError):
            statuses._get_or_create(self.store, data)

    def test_bad_orders_stop_nothing(self):
        self._order("good 1")
        self._order("empty", lines=[])
        self._order("status", status="lost_in_space")
        self._order("money", total="much")
        self._order("broken", buyer=None)
        nameless = self._order("nameless")
        del nameless["id"]
        self._order("good 2")
        with mute_logger("odoo.addons.garazd_merchant_center.models.merchant_order"):
            run = self._sync()
        self.assertRecordValues(run, [{"state": "partial", "created": 2, "failed": 5}])
        for name in ("good 1", "good 2"):
            self.assertEqual(self._get_order(name).state, "imported")
        self._assert_held(self._get_order("empty"), "order_without_lines", "has no products")
        self._assert_held(self._get_order("status"), "order_unknown_status", "lost_in_space")
        self._assert_held(self._get_order("money"), "order_unreadable", "total is much")
        self._assert_held(self._get_order("broken"), "order_failed", "could not be imported")
        self.assertIn("2026-03-01", self._get_issues("order_without_identifier").detail)

    def test_held_order_shows_what_it_is_like(self):
        order = self._import_order("1", lines=[], payment_state="paid")
        self._assert_held(order, "order_without_lines", "has no products")
        self.assertRecordValues(
            order, [{"buyer_name": "Olena Koval", "payment_state": "paid", "amount_total": 100}]
        )
        self.assertTrue(order.date_order)
        self.assertEqual(order.status_id, self._status("new"))

    def test_status_is_followed_also_when_the_quotation_cannot_follow(self):
        order = self._import_order()
        self.market.orders[0] |= {
            "lines": [self._line(total="90.00")],
            "total": "91.00",
            "status": "paid",
            "payment_state": "paid",
        }
        self._sync()
        self.assertEqual((order.state, order.error_code), ("failed", "order_total_differs"))
        self.assertEqual((order.status_id.kind, order.payment_state), ("paid", "paid"))
        self.assertEqual(order.sale_order_id.amount_total, 100)
        order.sale_order_id.action_confirm()
        self.assertFalse(self._operations(), "the marketplace has a later status")

    def test_what_was_read_is_kept_as_it_came(self):
        order = self._import_order("1", total="much")
        self.assertEqual(order.payload["total"], "much")
        self.assertIn('"total": "much"', order.payload_text)

    def test_order_mended_on_the_market_is_imported(self):
        order = self._import_order("1", total="much")
        self.market.orders[0]["total"] = "100.00"
        self._sync()
        self.assertEqual((order.state, order.error), ("imported", False))
        self.assertFalse(self._get_issues())

    def test_another_cause_closes_the_first_issue(self):
        self._import_order("1", total="much")
        self.market.orders[0] |= {"total": "0", "lines": []}
        self._sync()
        self.assertEqual(self._get_issues().mapped("code"), ["order_without_lines"])

    def test_status_gets_its_meaning_from_an_administrator(self):
        order = self._import_order("1", status="on_the_moon")
        order.status_id.with_user(self.admin).kind = "new"
        order.with_user(self.user).action_retry()
        self.assertEqual(order.state, "imported")
        self._sync("base")
        self.assertEqual(order.status_id.kind, "new")

    def test_error_of_another_module_is_told(self):
        sale_orders = type(self.env["sale.order"])
        error = UserError("The customer owes too much.")
        with patch.object(sale_orders, "create", side_effect=error):
            order = self._import_order("1")
        self._assert_held(order, "order_failed", "The customer owes too much.")
        order.action_retry()
        self.assertEqual(order.sale_order_id.state, "draft")

    def test_order_is_read_again_on_demand(self):
        order = self._import_order("1", total="much")
        self.market.orders[0] |= {"total": "100.00", "changed": "2020-01-01T00:00:00+00:00"}
        order.with_user(self.user).action_refresh()
        self.assertTrue(order.refresh_requested)
        self._run_cron("sync_orders")
        self.assertEqual((order.state, order.refresh_requested), ("imported", False))

    def test_order_that_is_gone_is_told_once(self):
        order = self._import_order("1")
        self.market.orders.clear()
        order.action_refresh()
        self._run_cron("sync_orders")
        self.assertFalse(order.refresh_requested)
        issue = self._get_issues("request_refused")
        self.assertEqual(issue._get_record(), order)
        self._sync()
        self.assertEqual(issue.occurrences, 1)
        self._order("1")
        order.action_refresh()
        self._run_cron("sync_orders")
        self.assertEqual(issue.state, "resolved")

    def test_order_that_nobody_answers_about_is_told_and_asked_for_again(self):
        bad, good = self._import_order("1"), self._import_order("2")
        (bad + good).action_refresh()
        read_order = self.market.read_order

        def stumble(number):
            if number == "1":
                raise Overloaded("nobody answers")
            return read_order(number)

        self.market.read_order = stumble
        # What has changed since then does not hold the order, so nobody hears of it otherwise.
        self.market.orders[0]["changed"] = "2025-01-01T00:00:00+00:00"
        self._order("3")
        self._run_cron("sync_orders")
        run = self.env["merchant.sync.run"].search([("store_id", "=", self.store.id)], limit=1)
        self.assertRecordValues(run, [{"state": "pending", "attempts": 1}])
        self.assertFalse(self._get_order("3"))
        run.next_attempt = False
        self._run_cron("sync_orders")
        self.assertEqual(run.state, "partial")
        self.assertEqual(self._get_order("3").state, "imported")
        self.assertEqual((bad.refresh_requested, good.refresh_requested), (True, False))
        issue = self._get_issues("marketplace_unreachable")
        self.assertEqual(issue._get_record(), bad)
        self.assertIn("tries again by itself", issue.detail)
        self.market.read_order = read_order
        self._run_cron("sync_orders")
        self.assertEqual((bad.refresh_requested, issue.state), (False, "resolved"))

    def test_answers_about_orders_before_a_fault_are_kept(self):
        orders = self._import_order("1") + self._import_order("2") + self._import_order("3")
        orders.action_refresh()
        self.market.fail("order", Overloaded(seconds=900), times=2, after=1)
        self._run_cron("sync_orders")
        self.assertEqual(orders.mapped("refresh_requested"), [False, True, True])

    def test_deleted_sales_order_comes_back_with_the_next_change_only(self):
        order = self._import_order("1")
        order.sale_order_id.unlink()
        self._sync()
        self.assertFalse(order.sale_order_id)
