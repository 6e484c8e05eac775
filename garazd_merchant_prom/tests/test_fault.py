from odoo import fields
from odoo.tests import tagged

from ..api import const
from .common import PromCase

# What may happen in the middle of a list, until the client gives up, and what the run tells.
FAULTS = {
    "HTML": ("html_200", {}, "answer_unreadable"),
    "cut JSON": ("cut_json", {}, "answer_unreadable"),
    "cut connection": ("cut_json", {"mode": "premature"}, "marketplace_unreachable"),
    "reset": ("reset", {}, "marketplace_unreachable"),
    "reset in the body": ("reset", {"at": "body"}, "marketplace_unreachable"),
    "empty answer": ("empty_body", {}, "answer_unreadable"),
    "too many requests": ("too_many_requests", {}, "marketplace_unreachable"),
    "server down": ("server_error", {"status": 503}, "marketplace_unreachable"),
    "server broken": ("server_error", {"status": 500}, "marketplace_unreachable"),
}


@tagged("post_install", "-at_install")
class TestFault(PromCase):
    """Bad days of the network and the server while a store is read."""

    def setUp(self):
        super().setUp()
        # Four orders on three pages.
        self.sim.options.max_limit = 2
        for _number in range(4):
            self.sim.add_order("draft")

    def _assert_complete(self, store=None):
        orders = self.env["merchant.order"].search([("store_id", "=", (store or self.store).id)])
        self.assertEqual(
            sorted(orders.mapped("external_id")), sorted(map(str, self.sim.state.orders))
        )

    def test_faults_in_the_middle_postpone_the_run(self):
        self.sim.add_order("pending")
        self.store.active = False
        for name, (fault, details, code) in FAULTS.items():
            with self.subTest(name):
                store = self._make_store(name=name)
                ordered = self.sim.faults.add(
                    fault, "/orders/list", times=const.MAX_ATTEMPTS, after=1, **details
                )
                run = self._sync(store=store)
                self.assertEqual(ordered.hits, const.MAX_ATTEMPTS)
                self.assertRecordValues(
                    run, [{"state": "running", "attempts": 1, "error_code": code, "created": 2}]
                )
                self.assertGreater(run.next_attempt, fields.Datetime.now())
                self.assertIn("nothing is lost", run.message)
                self.assertEqual(len(self._get_issues(code, store)), 1)
                self._go_on(run)
                self.assertRecordValues(run, [{"state": "done", "created": 5, "failed": 0}])
                self.assertFalse(self._get_issues(store=store))
                self._assert_complete(store)
                self.assertEqual(store.sale_order_count, 1)
                self.assertEqual(store.state, "connected")

    def test_single_fault_is_not_even_noticed(self):
        for name, (fault, details, _code) in FAULTS.items():
            with self.subTest(name):
                self.sim.faults.add(fault, "/orders/list", after=1, **details)
                run = self._read_all_again()
                self.assertRecordValues(run, [{"state": "done", "attempts": 0}])
                self._assert_complete()
        self.assertFalse(self._get_issues(state="resolved"))

    def test_pause_that_prom_asks_for_is_kept(self):
        self.sim.faults.add("too_many_requests", "/orders/list", retry_after=900)
        run = self._sync()
        wait = run.next_attempt - fields.Datetime.now()
        self.assertAlmostEqual(wait.total_seconds(), 900, delta=60)
        self.assertEqual(len(self.sim.requests("/orders/list")), 1)
        self._go_on(run)
        self._assert_complete()

    def test_order_that_prom_never_gives_keeps_no_other_from_being_read(self):
        """Nobody need have pressed a button: a delivery that gets ready has its order read."""
        bad, good = self._import(), self._import()
        (bad + good).action_refresh()
        path = f"/orders/{bad.external_id}"
        self.sim.faults.add("server_error", path, times=None, status=500)
        new = self.sim.add_order("pending")
        run = self._sync()
        for _attempt in range(5):
            self._go_on(run)
        self.assertEqual(self._get_order(new["id"]).state, "imported")
        self.assertRecordValues(run, [{"state": "partial", "failed": 1}])
        self.assertFalse(good.refresh_requested)
        self.assertEqual(self.store.state, "connected")

    def test_right_answer_with_a_wrong_label_is_read(self):
        self.sim.faults.add("content_type", times=None)
        self.assertEqual(self._sync("full").state, "done")
        self._assert_complete()

    def test_shop_that_stays_down_is_told_and_comes_back(self):
        self.sim.stop()
        run = self._sync("full")
        for _attempt in range(5):
            self._go_on(run, "sync_base")
        self.assertEqual(run.state, "failed")
        self.assertIn("could not be reached", self._get_issues().detail)
        self.assertEqual(self.store.state, "connected", "it is not for a person to mend")
        self.sim.start()
        self.assertEqual(self._sync("full").state, "done")
        self.assertFalse(self._get_issues("marketplace_unreachable"))
        self._assert_complete()

    def test_token_that_expires_in_the_middle(self):
        self.sim.faults.add("token_expired", "/orders/list", times=None, after=1)
        run = self._sync()
        self.assertRecordValues(run, [{"state": "failed", "created": 2}])
        self.assertEqual(self.store.state, "attention")
        self.assertIn("does not accept the API token", self._get_issues("token_rejected").detail)
        self._run_cron("issues")
        self.assertEqual(len(self.store.activity_ids), 1)
        self.assertFalse(self.store.orders_read_until, "what was not read must be read later")
        # A person makes a new token.
        self.sim.faults.clear()
        self.sim.tokens.revoke(self.token)
        self.sim.tokens.add("prom-secret-the-second")
        store = self.store.with_user(self.admin)
        store.api_token = "prom-secret-the-second"
        store.action_check_connection()
        self.assertEqual(self.store.state, "connected")
        self.assertFalse(self.store.activity_ids)
        self.assertFalse(self._get_issues())
        run = self._sync()
        self.assertRecordValues(run, [{"state": "done", "created": 2, "unchanged": 0}])
        self._assert_complete()

    def test_token_without_the_products_stops_only_them(self):
        self.sim.tokens.add(self.token, scopes=("orders",))
        self.assertEqual(self._sync("products").state, "partial")
        self.assertEqual(self._get_issues().mapped("code"), ["permission_missing"])
        self.assertEqual(self.store.state, "connected")
        self.assertEqual(self._sync("orders").state, "done")

    def test_clock_of_prom_that_is_wrong_hides_no_order(self):
        for seconds in (-7200, 7200):
            with self.subTest(seconds):
                self.sim.faults.clear()
                self.sim.faults.add("clock_skew", times=None, seconds=seconds)
                self._sync()
                self.sim.add_order("draft")
                self._sync()
                self._assert_complete()
