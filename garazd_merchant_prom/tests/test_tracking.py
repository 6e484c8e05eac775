from unittest.mock import patch

from odoo.tests import tagged

from ..api import errors
from ..api.client import PromClient
from .common import PromCase

PATH = "/delivery/save_declaration_id"
NUMBER, OTHER = "20450000000001", "20450000000002"


@tagged("post_install", "-at_install")
class TestTracking(PromCase):
    """Numbers of parcels, told to Prom and proved by reading the order."""

    already_read = ("base",)

    def setUp(self):
        super().setUp()
        self.store.action_set_production()

    def _send(self):
        """Send what waits, and return the bodies of the requests that Prom got."""
        self.sim.world.journal.clear()
        self._operations().next_attempt = False
        self._run_cron("operations")
        return [request.body for request in self.sim.requests(PATH)]

    def _push(self, kind="np_branch", number=NUMBER, **changes):
        order = self._import(kind, **changes)
        order._push_tracking(number)
        return order

    def _shown(self, order):
        data = self.sim.state.orders[int(order.external_id)]["delivery_provider_data"]
        return (data or {}).get("declaration_number")

    def _operation(self):
        return self._operations().filtered(lambda o: o.kind == "tracking")[-1:]

    # === EVERY CARRIER === #

    def test_each_carrier_is_named_as_prom_calls_it(self):
        self.sim.options.declaration_types += ("delivery_auto", "rozetka_delivery")
        carriers = {
            "np_branch": "nova_poshta",
            "np_locker": "nova_poshta",
            "door": "nova_poshta",
            "ukrposhta": "ukrposhta",
            "justin": "justin",
            "meest": "meest",
            "delivery_auto": "delivery_auto",
            "rozetka": "rozetka_delivery",
        }
        for kind, code in carriers.items():
            with self.subTest(kind):
                order = self._push(kind)
                body = {"order_id": int(order.external_id), "declaration_id": NUMBER}
                self.assertEqual(self._send(), [body | {"delivery_type": code}])
                self.assertEqual(self._shown(order), NUMBER)
                self.assertEqual(self._operation().state, "done")
                self.assertEqual((order.waybill_number, order.waybill_sent), (NUMBER, NUMBER))

    def test_code_that_a_person_chose_goes_first(self):
        self.sim.options.declaration_types += ("rz",)
        order = self._import("rozetka")
        order.delivery_method_id.waybill_code = "rz"
        order._push_tracking(NUMBER)
        self.assertEqual(self._send()[0]["delivery_type"], "rz")
        self.assertEqual(self._operation().state, "done")

    def test_code_that_prom_does_not_know_leads_to_where_it_is_mended(self):
        orders = self._push("rozetka"), self._push("rozetka", OTHER)
        self._send()
        self.assertEqual(self._operations().mapped("state"), ["failed", "failed"])
        self.assertFalse(self._get_issues("operation_failed"))
        # One issue, whose button leads to the delivery method.
        [issue] = self._get_issues("tracking_carrier")
        method = orders[0].delivery_method_id
        self.assertEqual(issue._get_record(), method)
        self.assertIn(method.name, issue.detail)
        self.assertIn("rozetka_delivery", issue.detail)
        action = issue.with_user(self.user).action_open_record()
        self.assertEqual((action["res_model"], action["res_id"]), (method._name, method.id))
        # The right code is all that is needed.
        method.with_user(self.admin).waybill_code = "meest"
        self.assertEqual([body["delivery_type"] for body in self._send()], ["meest", "meest"])
        self.assertEqual([self._shown(order) for order in orders], [NUMBER, OTHER])
        self.assertEqual(issue.state, "resolved")

    def test_retry_of_a_carrier_sends_its_numbers_again(self):
        order = self._push("rozetka")
        self._send()
        self.sim.options.declaration_types += ("rozetka_delivery",)
        issue = self._get_issues("tracking_carrier")
        issue.with_user(self.user).action_retry()
        self._send()
        self.assertEqual((self._shown(order), issue.state), (NUMBER, "resolved"))

    def test_number_that_nobody_sends_any_more_asks_for_no_carrier(self):
        self._push("rozetka")
        self._send()
        self._operation().action_cancel()
        self.assertFalse(self._get_issues("tracking_carrier"))

    def test_unknown_carrier_is_asked_for(self):
        words = {"delivery_option": {"id": 1, "name": "Доставка"}, "delivery_provider_data": None}
        order = self._push("plain", delivery_address="Київ, відділення №5", **words)
        self.assertFalse(self._send())
        self.assertEqual(self._operation().state, "failed")
        issue = self._get_issues("tracking_carrier")
        self.assertIn("Доставка", issue.detail)
        self.assertEqual(issue._get_record(), order.delivery_method_id)

    def test_own_courier_and_pickup_have_no_number_to_tell(self):
        self._push("courier")
        self._push("pickup")
        self.assertFalse(self._operations())

    # === EVERY ANSWER === #

    def test_any_answer_without_an_error_counts_when_the_order_shows_it(self):
        for answer in ("status", "empty", "ids"):
            with self.subTest(answer):
                self.sim.options.declaration_answer = answer
                order = self._push()
                self._send()
                self.assertEqual((self._operation().state, self._shown(order)), ("done", NUMBER))

    def test_number_that_is_there_already_is_a_success(self):
        order = self._push()
        data = self.sim.state.orders[int(order.external_id)]["delivery_provider_data"]
        data["declaration_number"] = NUMBER
        self.assertEqual(len(self._send()), 1)
        self.assertEqual(self._operation().state, "done")
        self.assertFalse(self._get_issues())

    def test_refusal_of_an_order_that_is_over_is_told(self):
        order = self._push()
        refusal = "Замовлення вже скасовано"

        def refuse(client, *declaration):
            raise errors.RequestRejected({"error": refusal}, endpoint=f"POST {PATH}")

        self.patch(PromClient, "save_declaration", refuse)
        self._send()
        self.assertEqual(self._operation().state, "failed")
        self.assertIn(refusal, self._get_issues("operation_failed").detail)
        self.assertFalse(order.waybill_sent)

    def test_number_that_prom_keeps_to_itself_is_a_success_in_the_end(self):
        """Carriers without an integration may never show a number."""
        self.sim.options.declaration_shown = False
        order = self._push("meest")
        self._send()
        self.assertEqual(self._operation().state, "pending")
        self._send()
        self.assertEqual(self._operation().state, "done")
        self.assertEqual(order.waybill_sent, NUMBER)
        self._read_all_again()
        self.assertEqual(order.waybill_sent, NUMBER)

    def test_another_number_that_prom_keeps_is_told(self):
        order = self._push()
        self._send()
        order._push_tracking(OTHER)
        self._send()
        self.assertEqual((self._operation().state, self._shown(order)), ("failed", NUMBER))
        self.assertIn(NUMBER, self._get_issues("operation_failed").detail)
        self.assertEqual(order.waybill_sent, NUMBER)

    def test_another_number_that_prom_forgets_is_told(self):
        self.sim.options.declaration_ignored = True
        order = self._push()
        self._send()
        order._push_tracking(OTHER)
        self._send()
        self._send()
        self.assertEqual((self._operation().state, self._shown(order)), ("failed", NUMBER))

    def test_corrected_number_replaces_the_first_where_prom_allows_it(self):
        self.sim.options.declaration_overwrite = True
        order = self._push()
        self._send()
        order._push_tracking(OTHER)
        self.assertEqual(self._send()[0]["declaration_id"], OTHER)
        self.assertEqual((self._shown(order), order.waybill_number), (OTHER, OTHER))

    def test_lost_answer_is_settled_by_looking(self):
        order = self._push()
        self.sim.faults.add("answer_lost", PATH)
        self.assertEqual(len(self._send()), 1)
        self.assertEqual((self._operation().state, order.waybill_sent), ("done", NUMBER))

    def test_answer_that_is_none_is_settled_by_looking(self):
        for fault in ("html_200", "empty_body", "cut_json"):
            for applied in (True, False):
                with self.subTest(fault, applied=applied):
                    self._push()
                    options = {"applied": applied} if fault == "html_200" else {}
                    self.sim.faults.add(fault, PATH, **options)
                    self._send()
                    carried_out = applied or fault != "html_200"
                    state = "done" if carried_out else "pending"
                    self.assertEqual(self._operation().state, state)
                    self._send()
                    self.assertEqual(self._operation().state, "done")

    def test_what_may_have_worked_is_looked_at_before_it_is_repeated(self):
        self._push()
        self.sim.faults.add("answer_lost", PATH)
        self.sim.faults.add("server_error", "/orders/*", status=502, times=9)
        self._send()
        self.assertEqual(self._operation().state, "pending")
        self.sim.faults.clear()
        self.assertFalse(self._send(), "the order shows that the first attempt has worked")
        self.assertEqual(self._operation().state, "done")

    def test_slow_prom_gets_its_turn_another_time(self):
        """What is known of the first ones must be kept before the lease and the worker end."""
        orders = [self._push(number=number) for number in (NUMBER, OTHER)]
        with patch.object(type(self.env["merchant.adapter.prom"]), "_prom_status_patience", 0):
            self.assertEqual(len(self._send()), 1)
        self.assertRecordValues(
            self._operations(),
            [{"state": "done", "attempts": 1}, {"state": "pending", "attempts": 0}],
        )
        self._send()
        self.assertEqual([self._shown(order) for order in orders], [NUMBER, OTHER])

    def test_prom_that_asks_to_wait_is_waited_for(self):
        orders = [self._push(number=number) for number in (NUMBER, OTHER)]
        self.sim.faults.add("too_many_requests", PATH, times=9, retry_after=120)
        self._send()
        self.assertEqual(self._operations().mapped("state"), ["pending", "pending"])
        self.sim.faults.clear()
        self._send()
        self.assertEqual([self._shown(order) for order in orders], [NUMBER, OTHER])

    def test_one_order_that_is_refused_keeps_no_other_from_going(self):
        bad = self._push()
        del self.sim.state.orders[int(bad.external_id)]
        good = self._push(number=OTHER)
        self._send()
        self.assertEqual(self._operations().mapped("state"), ["failed", "done"])
        self.assertEqual(self._shown(good), OTHER)

    def test_token_without_the_right_to_deliveries_stops_nothing_else(self):
        self._push()
        self.sim.faults.add("token_expired", PATH)
        self._send()
        self.assertEqual(self.store.state, "connected")
        issue = self._get_issues("request_refused")
        self.assertIn("right to change deliveries", issue.detail)

    def test_number_goes_by_itself_when_the_token_has_the_right_to_deliveries(self):
        order = self._push()
        self.sim.faults.add("token_expired", PATH)
        self._send()
        self.assertEqual(self._operation().state, "pending")
        self._operation().next_attempt = False
        self._send()
        self.assertEqual((self._operation().state, self._shown(order)), ("done", NUMBER))
        self.assertFalse(self._get_issues())

    def test_wrong_token_is_told_once(self):
        self._push()
        self.sim.faults.add("token_expired", times=9)
        self._send()
        self.assertEqual((self._operation().state, self.store.state), ("pending", "attention"))

    def test_order_that_prom_shows_broken_is_taken_by_its_answer(self):
        order = self._push()
        self.sim.state.orders[int(order.external_id)]["delivery_provider_data"] = ["?"]
        self.sim.options.declaration_shown = False
        self._send()
        self._send()
        self.assertNotEqual(self._operation().state, "pending")

    # === MODES === #

    def test_test_environment_withholds_the_exact_request(self):
        self.store.action_set_test()
        order = self._push()
        body = {
            "order_id": int(order.external_id),
            "declaration_id": NUMBER,
            "delivery_type": "nova_poshta",
        }
        self.assertEqual(self._operation().state, "withheld")
        expected = {"method": "POST", "path": PATH, "body": body}
        self.assertEqual(self._operation().request, expected)
        self.assertFalse(self._send())
        self.assertFalse(self.sim.writes())

    def test_number_reaches_prom_before_statuses_and_prices(self):
        sale = self._import("pending").sale_order_id
        sale.action_confirm()
        order = self._push()
        self.sim.world.journal.clear()
        self._run_cron("operations")
        writes = [request.path for request in self.sim.requests(method="POST")]
        self.assertEqual(writes, [PATH, "/orders/set_status"])
        self.assertEqual(self._shown(order), NUMBER)
