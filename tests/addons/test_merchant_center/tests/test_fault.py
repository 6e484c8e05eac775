from datetime import timedelta
from unittest.mock import patch

import psycopg2.errors

from odoo import fields
from odoo.exceptions import LockError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.garazd_merchant_center.models import merchant_job
from odoo.addons.garazd_merchant_center.models.merchant_sync_run_work import MAX_PAGE_CONFLICTS

from ..api.market import Overloaded, Refused
from .common import DemoCase

RUN_LOGGER = "odoo.addons.garazd_merchant_center.models.merchant_sync_run_work"


@tagged("post_install", "-at_install")
class TestFault(DemoCase):
    """What happens while the marketplace is read."""

    def _go_on(self, run, name="sync_orders"):
        """Let the pause of a run pass."""
        run.next_attempt = fields.Datetime.now() - timedelta(seconds=1)
        self._run_cron(name)

    def test_passing_fault_resumes_at_the_page(self):
        self._make_product("A1")
        self.market.page_size = 1
        for number in range(3):
            self._order(str(number))
        self.market.fail("orders", Overloaded("busy"), after=1)
        run = self._sync()
        self.assertRecordValues(
            run, [{"state": "running", "attempts": 1, "created": 1, "cursor": {"after": 1}}]
        )
        self.assertIn("could not be reached: busy", run.message)
        self.assertEqual(len(self._get_issues("marketplace_unreachable")), 1)
        self._go_on(run)
        self.assertRecordValues(run, [{"state": "done", "created": 3, "attempts": 0}])
        self.assertFalse(self._get_issues())
        pages = [args["after"] for name, args in self.market.requests if name == "orders"]
        self.assertEqual(pages, [0, 1, 1, 2])

    def test_pause_grows_and_honours_the_marketplace(self):
        self.market.fail("orders", Overloaded(), times=2)
        self.market.fail("orders", Overloaded(seconds=1800), after=0)
        run = self._sync()
        waits = []
        for _attempt in range(3):
            waits.append(round((run.next_attempt - fields.Datetime.now()).total_seconds(), -1))
            self._go_on(run)
        self.assertEqual(waits, [60, 120, 1800])
        self.assertEqual(run.state, "done")

    def test_run_is_given_up_after_six_attempts(self):
        self.market.fail("orders", Overloaded(), times=99)
        run = self._sync()
        for attempt in range(1, 6):
            self.assertEqual((run.state, run.attempts), ("running", attempt))
            self._go_on(run)
        self.assertEqual(run.state, "failed")
        self.assertEqual(self._get_issues("marketplace_unreachable").occurrences, 6)
        self.assertFalse(self.store.run_id)

    def test_paused_run_is_not_touched_before_its_time(self):
        self.market.fail("orders", Overloaded())
        run = self._sync()
        self._run_cron("sync_orders")
        self.assertEqual(run.attempts, 1)

    def test_rejected_token_asks_for_a_person_once(self):
        self.market.close()
        for _time in range(2):
            self.assertEqual(self._sync().state, "failed")
        self.assertEqual(self.store.state, "attention")
        self._run_cron("issues")
        activity = self.store.activity_ids
        self.assertEqual(activity.user_id, self.admin)
        self.assertIn("does not accept the API token", activity.note)
        issue = self._get_issues("token_rejected")
        self.assertEqual((len(issue), issue.occurrences), (1, 2))
        self._open_market(self.token)
        self._sync()
        self.assertEqual(self.store.state, "connected")
        self.assertFalse(self.store.activity_ids)
        self.assertEqual(issue.state, "resolved")

    def test_other_stores_go_on(self):
        other = self._make_store(name="Other", api_token="other")
        market = self._open_market("other")
        self._make_product("A1")
        self._order("1", market=market)
        self.market.close()
        self._run_cron("sync_orders")
        self.assertEqual(self.store.state, "attention")
        self.assertEqual(self._get_order("1", other).state, "imported")

    def test_unexpected_error_is_written_down_and_closes_itself(self):
        self.market.fail("products", ZeroDivisionError("boom"))
        with self.assertLogs(RUN_LOGGER, "ERROR"):
            run = self._sync("products")
        self.assertEqual(run.state, "failed")
        self.assertIn("boom", run.message)
        issue = self._get_issues("sync_failed")
        self.assertIn("boom", issue.detail)
        self._sync("orders")
        self.assertEqual(issue.state, "open")
        issue.with_user(self.user).action_retry()
        self._run_cron("sync_products")
        self.assertEqual(issue.state, "resolved")

    def test_nothing_of_a_failed_page_stays(self):
        self._order("1")
        merchant_orders = type(self.env["merchant.order"])
        failing = patch.object(merchant_orders, "_settle_request", side_effect=ValueError("x"))
        with failing, mute_logger(RUN_LOGGER):
            run = self._sync()
        self.assertEqual(run.state, "failed")
        self.assertFalse(self._get_order("1"))
        self.assertFalse(self.store.orders_read_until)

    def test_refused_request_ends_the_run(self):
        self.market.fail("orders", Refused("not on Sundays"))
        self.assertIn("not on Sundays", self._sync().message)
        self.assertEqual(len(self._get_issues("request_refused")), 1)
        self._sync()
        self.assertFalse(self._get_issues())

    def test_conflict_is_tried_again_at_once(self):
        self._make_product("A1")
        self._order("1")
        merchant_orders = type(self.env["merchant.order"])
        merge = merchant_orders._merge
        conflicts = [LockError("busy"), psycopg2.errors.SerializationFailure()]

        def merge_in_the_end(orders, store, records):
            if conflicts:
                raise conflicts.pop()
            return merge(orders, store, records)

        with patch.object(merchant_orders, "_merge", merge_in_the_end):
            run = self._sync()
        self.assertRecordValues(run, [{"state": "done", "created": 1, "attempts": 0}])

    def test_endless_conflict_makes_a_quiet_pause(self):
        stores = type(self.env["merchant.store"])
        with (
            patch.object(stores, "lock_for_update", side_effect=LockError("busy")),
            patch.object(merchant_job.time, "sleep") as sleep,
        ):
            run = self._sync()
        waits = [call.args[0] for call in sleep.call_args_list]
        self.assertEqual(waits, sorted(waits), "each wait is longer")
        self.assertGreater(sum(waits), 5, "a page of another run takes its time")
        self.assertRecordValues(run, [{"state": "pending", "attempts": 0}])
        self.assertGreater(run.next_attempt, fields.Datetime.now())
        self.assertFalse(self._get_issues())

    def test_nobody_waits_for_a_store_that_others_work_on(self):
        other = self._make_store(name="Other", api_token="other")
        self._open_market("other")
        (self.store | other)._start_sync("orders")
        stores = type(self.env["merchant.store"])
        with (
            patch.object(stores, "lock_for_update", side_effect=LockError("busy")),
            patch.object(merchant_job.time, "sleep") as sleep,
        ):
            self._run_cron("sync_orders")
        # Only the last of the two had nobody behind it.
        self.assertEqual(sleep.call_count, MAX_PAGE_CONFLICTS - 2)

    def test_list_that_goes_round_in_a_circle_is_stopped(self):
        adapter = type(self.env["merchant.adapter.demo"])
        read = adapter._read_orders

        def read_in_a_circle(self, store, cursor):
            page = read(self, store, None)
            object.__setattr__(page, "cursor", {"after": 1})
            return page

        with patch.object(adapter, "_read_orders", read_in_a_circle):
            run = self._sync()
        self.assertRecordValues(run, [{"attempts": 1, "error_code": "answer_unreadable"}])

    def test_deleted_store_is_forgotten(self):
        self.store.action_sync_orders()
        run = self.env["merchant.sync.run"].search([("store_id", "=", self.store.id)])
        self.store.unlink()
        run._work_on_page()
        self._run_cron("sync_orders")
