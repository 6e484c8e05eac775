from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, LockError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..api.market import Overloaded, Refused
from .common import DemoCase

OLD = "2025-03-01T10:00:00+02:00"


@tagged("post_install", "-at_install")
class TestOrderRecover(DemoCase):
    """Orders that are missing in Odoo come when somebody asks for them, and only once."""

    two_companies = True

    def _prepare(self):
        super()._prepare()
        self._make_product("A1")
        self.store.import_from = "2026-01-01"

    def _recover(self, user=None, **vals):
        vals = {"store_id": self.store.id} | vals
        wizard = self.env["merchant.order.recover"].with_user(user or self.user).create(vals)
        return wizard.action_recover()

    def _recover_numbers(self, numbers, **options):
        self._recover(numbers=numbers, **options)
        self._run_cron("sync_orders")

    def _recover_days(self, first, last):
        self._recover(by="period", first_day=first, last_day=last)
        self._run_cron("sync_orders")
        return self._runs(kind="recover")[:1]

    def _runs(self, **domain):
        conditions = [(key, "=", value) for key, value in domain.items()]
        return self.env["merchant.sync.run"].search([("store_id", "=", self.store.id), *conditions])

    def _sales(self, *numbers):
        orders = self.env["merchant.order"].search(
            [("store_id", "=", self.store.id), ("external_id", "in", numbers)]
        )
        return self.env["sale.order"].search([("merchant_order_id", "in", orders.ids)])

    # === BY NUMBER === #

    def test_nothing_is_read_before_the_background_job(self):
        self._order("7")
        self.market.requests.clear()
        self._recover(numbers="7")
        self.assertFalse(self.market.requests)
        order = self._get_order("7")
        self.assertRecordValues(order, [{"state": "new", "refresh_requested": True}])
        self.assertEqual(self._runs().mapped("state"), ["pending"])

    def test_orders_nobody_read_come_by_their_numbers(self):
        for number in ("1", "2", "3", "4"):
            self._order(number, date=OLD, changed=OLD)
        self._recover_numbers("1, №2\n3;#1 ")
        self.assertEqual(len(self._sales("1", "2", "3")), 3)
        self.assertFalse(self._get_order("1").refresh_requested)
        self.assertFalse(self._get_order("4").sale_order_id)

    def test_recovered_order_is_older_than_the_day_imports_begin(self):
        order = self._import_order("1", date=OLD)
        self.assertEqual(order.state, "skipped")
        self._recover_numbers("1")
        self.assertEqual((order.state, len(self._sales("1"))), ("imported", 1))

    def test_order_type_applies_to_recovered_orders(self):
        self.store.import_status_id = self._status("accepted")
        raw = self._order("1", date=OLD)
        self._recover_numbers("1")
        self.assertEqual(self._get_order("1").state, "skipped")
        raw["status"] = "accepted"
        self._sync()
        self.assertEqual(self._get_order("1").state, "imported")

    def test_recovering_twice_gives_one_sales_order(self):
        order = self._import_order("1")
        sale = order.sale_order_id
        self._recover_numbers("1")
        self._recover_numbers("1")
        self._recover_days(date(2026, 3, 1), date(2026, 3, 1))
        self.assertEqual(self._sales("1"), sale)

    def test_deleted_sales_order_comes_back(self):
        for recover in (
            lambda: self._recover_numbers("1"),
            lambda: self._recover_days(date(2026, 3, 1), date(2026, 3, 1)),
        ):
            order = self._get_order("1") or self._import_order("1")
            order.sale_order_id.unlink()
            self._sync()
            self.assertFalse(order.sale_order_id)
            recover()
            self.assertEqual(order.sale_order_id, self._sales("1"))
            self.assertEqual(len(order.sale_order_id), 1)

    def test_number_the_market_does_not_know_is_told_and_asked_for_once(self):
        self._recover_numbers("404")
        order = self._get_order("404")
        self.assertRecordValues(order, [{"state": "failed", "refresh_requested": False}])
        issue = self._get_issues()
        self.assertEqual((issue.code, issue._get_record()), ("order_not_found", order))
        self.assertIn("Order 404 could not be found", issue.detail)
        self.market.requests.clear()
        self._sync()
        self.assertNotIn("order", [name for name, _arguments in self.market.requests])

    def test_number_that_was_not_known_is_asked_for_again_on_retry(self):
        self._recover_numbers("404")
        issue = self._get_issues("order_not_found")
        self._order("404")
        issue.with_user(self.user).action_retry()
        self._run_cron("sync_orders")
        self.assertEqual(self._get_order("404").state, "imported")
        self.assertEqual(issue.state, "resolved")

    def test_answer_about_another_order_is_told(self):
        self._order("7")
        self._recover(numbers="007")
        answer = self.market.orders[0]
        self.patch(self.market, "read_order", lambda order_id: answer)
        self._run_cron("sync_orders")
        self.assertFalse(self._get_order("007").refresh_requested)
        self.assertIn("007", self._get_issues("order_not_found").detail)

    def test_request_outlives_a_market_that_does_not_answer(self):
        self._order("1", date=OLD)
        self.market.fail("order", Overloaded())
        self._recover_numbers("1")
        self.assertTrue(self._get_order("1").refresh_requested)
        run = self._runs(kind="orders")
        run.next_attempt = False
        self._run_cron("sync_orders")
        self.assertEqual(self._get_order("1").state, "imported")

    def test_order_somebody_asks_for_while_its_page_is_read(self):
        """The page is read again then, see ``merchant.sync.run._work_on_page``."""
        self._recover(numbers="1")
        orders = self.env["merchant.order"].sudo()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(LockError, "was read already"),
        ):
            orders._create_read(self.store, "1", {"digest": "d"})

    # === BY PERIOD === #

    def test_orders_of_a_period_come_however_old(self):
        days = {
            "before": "2025-02-28T23:59:59+02:00",
            "first": "2025-03-01T00:00:00+02:00",
            "last": "2025-03-02T23:59:59+02:00",
            "after": "2025-03-03T00:00:00+02:00",
        }
        for number, moment in days.items():
            self._order(number, date=moment, changed=moment)
        run = self._recover_days(date(2025, 3, 1), date(2025, 3, 2))
        self.assertRecordValues(run, [{"state": "done", "created": 2, "progress": 100}])
        self.assertEqual(len(self._sales("first", "last")), 2)
        self.assertFalse(self._sales("before", "after"))

    def test_reading_a_period_does_not_move_the_place_of_the_ordinary_reading(self):
        self._import_order("1")
        before = self.store.orders_read_until
        self.assertTrue(before)
        self._order("2", date=OLD, changed="2026-11-01T10:00:00+02:00")
        self._recover_days(date(2025, 3, 1), date(2025, 3, 1))
        self.assertEqual(self._get_order("2").state, "imported")
        self.assertEqual(self.store.orders_read_until, before)

    def test_two_periods_wait_beside_each_other(self):
        self._recover(by="period", first_day="2025-03-01", last_day="2025-03-01")
        self._recover(by="period", first_day="2025-03-01", last_day="2025-03-01")
        self._recover(by="period", first_day="2025-04-01", last_day="2025-04-01")
        self.assertEqual(len(self._runs(kind="recover")), 2)
        self.assertTrue(self.store.run_id)
        self._run_cron("sync_orders")
        self.assertEqual(self._runs(kind="recover").mapped("state"), ["done", "done"])

    def test_interrupted_reading_goes_on(self):
        self.market.page_size = 2
        for number in range(5):
            self._order(str(number), date=OLD, changed=OLD)
        self._sync()
        self.market.fail("orders", Overloaded(), after=1)
        run = self._recover_days(date(2025, 3, 1), date(2025, 3, 1))
        self.assertEqual(run.state, "running")
        run.next_attempt = False
        self._run_cron("sync_orders")
        self.assertRecordValues(run, [{"state": "done", "created": 5}])
        self.assertEqual(len(self._sales(*map(str, range(5)))), 5)

    def test_retry_of_a_failed_recovery_reads_the_same_period(self):
        self._order("1", date=OLD, changed=OLD)
        self._sync()
        self.market.fail("orders", Refused("no"))
        self.assertEqual(self._recover_days(date(2025, 3, 1), date(2025, 3, 1)).state, "failed")
        self._get_issues("request_refused").with_user(self.user).action_retry()
        self._run_cron("sync_orders")
        self.assertEqual(self._get_order("1").state, "imported")

    # === EVERY DAY === #

    @freeze_time("2026-11-23 10:00:00")
    def test_fees_that_came_without_a_change_are_read_the_next_day(self):
        made = "2026-11-20T10:00:00+02:00"
        raw = self._order("1", date=made, changed=made, fee="0")
        self._order("2", changed="2026-11-22T10:00:00+02:00")
        self._sync()
        raw["fee"] = "7.50"
        self._sync()
        order = self._get_order("1")
        self.assertEqual(order.commission, 0)
        self._run_cron("sync_base")
        self.assertEqual(order.commission, 7.5)
        self.assertFalse(order.is_recovered)
        self.assertEqual(self._runs(kind="recent").state, "done")

    def test_every_day_only_the_orders_of_a_month_are_read_again(self):
        self.store.import_from = False
        self._order("1", date=OLD, changed="2026-11-01T10:00:00+02:00")
        self._sync()
        self._order("2", date=OLD, changed=OLD)
        self._run_cron("sync_base")
        run = self._runs(kind="recent")
        self.assertEqual((run.created, run.unchanged), (0, 0))

    # === THE WIZARD === #

    def test_it_must_be_said_which_orders(self):
        for vals in (
            {"numbers": " ,\n"},
            {"by": "period", "first_day": False},
            {"by": "period", "first_day": "2025-03-02", "last_day": "2025-03-01"},
        ):
            with self.subTest(vals), self.assertRaises(UserError):
                self._recover(**vals)

    def test_so_many_orders_are_asked_for_by_their_days(self):
        """Each number is a call of its own."""
        numbers = " ".join(map(str, range(1, 502)))
        with self.assertRaisesRegex(UserError, "At most 500 .* by the days"):
            self._recover(numbers=numbers)
        self.assertFalse(self._get_order("1"))

    def test_only_store_is_proposed(self):
        wizard = self.env["merchant.order.recover"].with_user(self.user).create({"numbers": "1"})
        self.assertEqual(wizard.store_id, self.store)
        action = self.store.with_user(self.user).action_recover_orders()
        self.assertEqual(action["context"], {"default_store_id": self.store.id})

    def test_store_of_another_company_is_out_of_reach(self):
        for vals in (
            {"numbers": "1"},
            {"by": "period", "first_day": "2025-03-01", "last_day": "2025-03-01"},
        ):
            with self.subTest(vals), self.assertRaises(AccessError):
                self._recover(user=self.other_user, **vals)
        self.assertFalse(self._runs())
