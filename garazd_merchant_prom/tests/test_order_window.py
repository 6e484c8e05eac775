from datetime import datetime, timedelta, timezone

from odoo.tests import tagged

from odoo.addons.garazd_merchant_center.exceptions import RetryLater

from .common import PromCase


@tagged("post_install", "-at_install")
class TestOrderWindow(PromCase):
    """Which orders are read, which of them become sales orders, and that each does once."""

    def _moment(self, **ago):
        """Return a moment before now, as Prom writes it."""
        moment = datetime.now(timezone.utc) - timedelta(**ago)
        return moment.isoformat(timespec="microseconds")

    def _queries(self):
        return [exchange.query for exchange in self.sim.requests("/orders/list")]

    def _sales(self, order_id):
        order = self._get_order(order_id)
        return self.env["sale.order"].search([("merchant_order_id", "in", order.ids)])

    def _recover(self, **vals):
        wizard = self.env["merchant.order.recover"].with_user(self.user)
        wizard.create({"store_id": self.store.id} | vals).action_recover()
        self._run_cron("sync_orders")

    # === WHAT IS READ === #

    def test_changes_are_read_with_an_overlap_and_in_any_status(self):
        self._import()
        newest = self.store.orders_read_until
        self._sync()
        query = self._queries()[-1]
        since = datetime.fromisoformat(query["last_modified_from"])
        self.assertEqual(since, newest - timedelta(hours=1))
        self.assertFalse({"status", "date_from", "date_to"} & set(query))

    def test_change_within_the_overlap_is_not_missed(self):
        """Orders are listed by number, so one that changed earlier may show up later."""
        first = self.sim.add_order("pending")
        self._sync()
        late = self.sim.add_order("pending")
        self.sim.touch(late["id"], date_modified=self._moment(minutes=30))
        self.sim.touch(first["id"], status="received", date_modified=self._moment(minutes=20))
        self._sync()
        self.assertTrue(self._sales(late["id"]))
        self.assertEqual(self._get_order(first["id"]).status_id.external_id, "received")

    def test_order_older_than_the_window_comes_when_it_changes(self):
        old = self.sim.add_order("pending", date_created=self._moment(days=40))
        self._sync()
        self.sim.touch(old["id"], status="paid")
        self._sync()
        self.assertEqual(self._get_order(old["id"]).status_id.external_id, "paid")

    # === WHAT IS IMPORTED === #

    def test_order_that_becomes_paid_between_two_readings_is_imported(self):
        self.store.import_status_id = self._status("paid")
        order = self._import("pending")
        self.assertEqual(order.state, "skipped")
        self.sim.touch(int(order.external_id), status="paid")
        self._sync()
        self.assertEqual((order.state, len(self._sales(order.external_id))), ("imported", 1))
        self.sim.touch(int(order.external_id), status="delivered")
        self._sync()
        self.assertEqual(len(self._sales(order.external_id)), 1)

    def test_status_of_the_shop_as_order_type(self):
        order = self._import("pending")
        order.sale_order_id.unlink()
        self.store.import_status_id = self._status("custom-137204")
        order = self._import("pending")
        self.assertEqual(order.state, "skipped")
        self.sim.touch(int(order.external_id), status="custom-137205")
        self._sync()
        self.assertEqual(order.state, "skipped")
        self.sim.touch(int(order.external_id), status="custom-137204")
        self._sync()
        self.assertEqual(order.state, "imported")

    def test_both_spellings_of_cancelled_are_one_status(self):
        orders = [self._import(status=word) for word in ("canceled", "cancelled")]
        for order in orders:
            self.assertEqual(order.status_id, self._status("canceled"))
            self.assertEqual(order.sale_order_id.state, "cancel")

    def test_no_order_type_means_all_but_drafts(self):
        kinds = ("pending", "received", "paid", "delivered", "canceled_by_buyer", "custom_status")
        orders = {kind: self.sim.add_order(kind)["id"] for kind in (*kinds, "draft")}
        self._sync()
        states = {kind: self._get_order(order_id).state for kind, order_id in orders.items()}
        self.assertEqual(states, dict.fromkeys(kinds, "imported") | {"draft": "skipped"})

    def test_day_from_which_orders_are_imported(self):
        """A day begins at midnight in Kyiv, in winter two hours before UTC's."""
        self.store.import_from = "2026-02-01"
        early = self.sim.add_order(date_created="2026-01-31T21:59:59.999999+00:00")["id"]
        late = self.sim.add_order(date_created="2026-01-31T22:00:00.000000+00:00")["id"]
        self._sync()
        self.assertEqual(self._queries()[-1]["last_modified_from"], "2026-01-31T22:00:00")
        self.assertFalse(self._sales(early))
        self.assertEqual(len(self._sales(late)), 1)

    # === EACH ONCE === #

    def test_interrupted_and_repeated_readings_give_one_sales_order_each(self):
        self.sim.options.max_limit = 3
        numbers = [self.sim.add_order("pending")["id"] for _number in range(8)]
        patience = len(self._retries())
        self.sim.faults.add("server_error", "/orders/list", status=502, times=patience, after=1)
        run = self._sync()
        self.assertEqual(run.state, "running")
        self.assertTrue(0 < self._count("merchant.order") < 8)
        self.sim.add_order("pending")
        self._go_on(run)
        self.sim.faults.clear()
        self._go_on(run)
        self._read_all_again()
        self._recover(numbers=" ".join(map(str, numbers)))
        today = datetime.now(timezone.utc).date()
        self._recover(by="period", first_day=today - timedelta(days=1), last_day=today)
        self.assertEqual([len(self._sales(number)) for number in numbers], [1] * 8)

    def _retries(self):
        """Return the attempts that the client makes of one request that fails."""
        self.sim.faults.add("server_error", "/orders/list", status=502, times=None)
        with self.assertRaises(RetryLater):
            adapter = self.store._get_adapter()
            adapter._read_orders(self.store, None)
        self.sim.faults.clear()
        return self.sim.requests("/orders/list")

    # === RECOVERY === #

    def test_order_is_recovered_by_its_number(self):
        self.store.import_from = "2026-11-01"
        raw = self.sim.add_order(date_created="2025-03-01T10:00:00.000000+00:00")
        self._recover(numbers=f"№{raw['id']}")
        self.assertEqual(len(self._sales(raw["id"])), 1)

    def test_number_that_prom_does_not_know_is_told(self):
        for answer in ("404", "error"):
            self.sim.options.unknown_order = answer
            with self.subTest(answer):
                self._recover(numbers="999999999")
                order = self._get_order("999999999")
                self.assertRecordValues(order, [{"state": "failed", "refresh_requested": False}])
                issue = self._get_issues("order_not_found")
                self.assertEqual(issue.res_id, order.id)
                self.assertNotIn("HTTP", issue.detail)

    def test_number_that_cannot_be_one_stops_nothing(self):
        raw = self.sim.add_order()
        self._recover(numbers=f"12-34, 007, ../products/list, {raw['id']}")
        self.assertEqual(len(self._sales(raw["id"])), 1)
        self.assertEqual(len(self._get_issues("order_not_found")), 3)

    def test_orders_of_a_period_are_recovered(self):
        self.store.import_from = "2026-11-01"
        days = {
            "before": "2025-02-28T21:59:59.900000+00:00",
            "first": "2025-02-28T22:00:00.000000+00:00",
            "last": "2025-03-01T21:59:59.900000+00:00",
            "after": "2025-03-01T22:00:00.100000+00:00",
        }
        numbers = {
            name: self.sim.add_order("pending", date_created=moment, date_modified=moment)["id"]
            for name, moment in days.items()
        }
        self._sync()
        before = self.store.orders_read_until
        self._recover(by="period", first_day="2025-03-01", last_day="2025-03-01")
        query = self._queries()[-1]
        self.assertEqual(query["date_from"], "2025-02-28T22:00:00")
        self.assertEqual(query["date_to"], "2025-03-01T22:00:00")
        self.assertFalse({"status", "last_modified_from"} & set(query))
        sold = {name for name, number in numbers.items() if self._sales(number)}
        self.assertEqual(sold, {"first", "last"})
        self.assertEqual(self.store.orders_read_until, before)
