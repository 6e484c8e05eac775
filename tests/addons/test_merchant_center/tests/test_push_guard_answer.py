from ast import literal_eval

from lxml import etree

from odoo.tests import tagged

from .test_push_guard import GuardCase


@tagged("post_install", "-at_install")
class TestPushLeft(GuardCase):
    """What an administrator left as it is only an administrator has sent again."""

    def _leave(self):
        """Have 25 products sold out, and leave them as they are; return their listings."""
        self._fill(30)
        self._sell_out(0, 25)
        self.store.with_user(self.admin).action_leave_held()
        self._send()
        left = self.env["merchant.listing"].search([("push_state", "=", "refused")])
        self.assertEqual(len(left), 25)
        return left

    def test_user_does_not_send_it_in_portions_that_nobody_is_asked_about(self):
        left = self._leave()
        notice = left[:20].with_user(self.user).action_push_again()
        self._send()
        self.assertFalse(self._sent())
        self.assertEqual(set(left.mapped("push_state")), {"refused"})
        self.assertIn("Not sent: 20.", notice["params"]["message"])
        self.assertIn("merchant_admin", left[0].error)

    def test_user_does_not_send_it_by_any_other_button(self):
        left = self._leave()
        notice = left[:1].with_user(self.user).action_retry()
        self.assertIn("Not sent: 1.", notice["params"]["message"])
        issue = self.env["merchant.issue"]._report(
            self.store, "push_refused", left[:1], name="M", reason="No"
        )
        issue.with_user(self.user).action_retry()
        history = self.env["merchant.operation"].create(
            {
                "store_id": self.store.id,
                "kind": "listing_values",
                "res_model": self.store._name,
                "res_id": self.store.id,
                "payload": {"listing_ids": left[:20].ids},
                "state": "done",
            }
        )
        history.with_user(self.user).action_retry()
        self._send()
        self.assertFalse(self._sent())

    def test_administrator_has_it_sent_again(self):
        left = self._leave()
        self.assertFalse(left[:5].with_user(self.admin).action_push_again())
        self._send()
        self.assertEqual(len(self._sent()), 5)
        self.assertRecordValues(left[0], [{"push_state": "none", "left_values": False}])

    def test_administrator_is_asked_again_about_all_of_it(self):
        self._leave().with_user(self.admin).action_push_again()
        self._send()
        self.assertFalse(self._sent())
        self.assertIn("25 products", self._get_issues("push_held").detail)

    def test_user_sends_what_the_marketplace_refused_of_the_same_product(self):
        self.store.max_price_percent = 30
        self._stock("A1", 5)
        self.goods["A1"].list_price = 10
        self.market.refusals["quantity"] = "not now"
        self._send()
        self.store.with_user(self.admin).action_leave_held()
        listing = self._get_listing("p1")
        self.market.refusals.clear()
        listing.with_user(self.user).action_push_again()
        self._send()
        self.assertEqual(self._sent()["p1"][-1], {"quantity": "15.0"})
        self.assertRecordValues(
            listing, [{"push_state": "refused", "left_values": {"price": 10.0}}]
        )

    def test_what_is_not_wanted_any_more_is_asked_about_again(self):
        self.store.push_stock = False
        left = self._leave()
        for number in range(25):
            self._stock(f"M{number}", 1)
        self._send()
        self.assertRecordValues(
            left[:1], [{"push_state": "none", "left_values": False, "error": False}]
        )
        self._sell_out(0, 3)
        self.assertEqual(len(self._sent()), 3)

    def test_question_of_the_past_does_not_hold_what_is_no_question_today(self):
        self._fill(30)
        self._sell_out(0, 25)
        for number in range(25):
            self._stock(f"M{number}", 1)
        self._send()
        self.assertFalse(self._get_issues("push_held"))
        self._sell_out(0, 3)
        self.assertEqual(len(self._sent()), 3)


@tagged("post_install", "-at_install")
class TestPushUnanswered(GuardCase):
    """While a question waits for its answer, what sells out in the usual way is told."""

    def _ask(self):
        """Ask about 25 of 63 products."""
        self._fill(60)
        self._sell_out(0, 25)
        self.assertFalse(self._sent())

    def test_few_products_sell_out_while_the_question_is_open(self):
        self._ask()
        with self._later(minutes=61):
            self._sell_out(25, 30)
            self.assertEqual(set(self._sent()), {f"m{number}" for number in range(25, 30)})
            self.assertEqual(self.store.push_held_count, 25)
            self.assertIn("25 products", self._get_issues("push_held").detail)

    def test_many_products_more_are_asked_about_as_well(self):
        self._ask()
        with self._later(minutes=61):
            self._sell_out(25, 50)
            self.assertFalse(self._sent())
            self.assertIn("50 products", self._get_issues("push_held").detail)

    def test_small_portions_add_up_while_the_question_is_open(self):
        self._ask()
        with self._later(minutes=61):
            for start in range(25, 55, 5):
                self._sell_out(start, start + 5)
            self.assertEqual(len(self._sent()), 20)
            self.assertEqual(self.store.push_held_count, 35)

    def test_what_comes_soon_after_is_part_of_the_same_question(self):
        self._ask()
        with self._later(minutes=50):
            self._sell_out(25, 30)
        self.assertFalse(self._sent())

    def test_rest_of_what_was_held_does_not_pass_later(self):
        self._fill(60)
        for number in range(25):
            self._stock(f"M{number}", -1)
        self._commit()
        listings = self.env["merchant.listing"]
        while listings._apply_changes():
            pass
        vanishing = listings.search([("push_urgent", "=", True)])
        vanishing[:15]._hold_risky(self.store)
        # The others could not be looked at, because the marketplace was not there.
        with self._later(minutes=61):
            self._send()
        self.assertFalse(self._sent())
        self.assertEqual(self.store.push_held_count, 25)

    def test_products_held_as_sold_out_are_found_under_sold_out(self):
        self._ask()
        view = self.env.ref("garazd_merchant_center.merchant_listing_push_view_search")
        domain = etree.fromstring(view.arch).find(".//filter[@name='urgent']").get("domain")
        self.assertEqual(self.env["merchant.listing"].search_count(literal_eval(domain)), 25)
