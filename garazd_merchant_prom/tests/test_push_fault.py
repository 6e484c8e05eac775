from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from ..api import const
from .test_push import EDIT, READ, PromPushCase


@tagged("post_install", "-at_install")
class TestPushFault(PromPushCase):
    """Prom's bad days cost few calls, lose nothing, and are told once."""

    def setUp(self):
        super().setUp()
        self.before = len(self.sim.requests(EDIT))

    def _calls(self):
        return self.sim.requests(EDIT)[self.before :]

    def _send_later(self, hours=2):
        with freeze_time(fields.Datetime.now() + timedelta(hours=hours)):
            self._send()

    def _change(self, count=None):
        """Change the prices of some products and return their listings."""
        listings = self.listings[:count]
        for listing in listings:
            listing.product_id.list_price += 1
        return listings

    def test_many_refused_products_cost_few_calls(self):
        variations = self.listings.filtered(
            lambda l: (
                self.sim.state.products[int(l.external_id)]["is_variation"] and l.desired_quantity
            )
        )
        self.assertGreater(len(variations), 2)
        for variation in variations:
            self._stock(variation.product_id, -variation.desired_quantity)
            variation.product_id.list_price += 1
        self._send()
        self.assertEqual(set(variations.mapped("push_state")), {"refused"})
        self.assertEqual(set(variations.mapped("confirmed_quantity")), {0})
        # All together, then prices, quantities and presence by themselves.
        self.assertEqual(len(self._calls()), 4)

    def test_api_that_refuses_everything_is_one_issue_and_no_hail_of_calls(self):
        listings = self._change()
        self.sim.options.max_edit_items = 0
        self._send()
        self._send()
        self.assertEqual(set(listings.mapped("push_state")), {"waiting"})
        self.assertFalse(self._get_issues("push_refused"))
        issue = self._get_issues("request_refused")
        self.assertEqual(len(issue), 1)
        self.assertLess(len(self._calls()), 12)
        self.sim.options.max_edit_items = 100
        issue.with_user(self.user).action_retry()
        self._settle()
        self.assertEqual(set(listings.mapped("push_state")), {"none"})
        self.assertEqual(issue.state, "resolved")

    def test_product_that_is_refused_by_its_whole_call_is_told(self):
        [listing] = self._change(1)
        self.sim.options.max_edit_items = 0
        self._send()
        self.assertEqual(listing.push_state, "refused")
        self.assertEqual(len(self._get_issues("push_refused")), 1)

    def test_product_that_refuses_its_whole_call_does_not_take_others_along(self):
        listings = self._change()
        culprit = listings[len(listings) // 2]
        self.sim.state.products.pop(int(culprit.external_id))
        for refusal in ("call", "rest"):
            with self.subTest(refusal):
                self.sim.options.batch_refusal = refusal
                self._send()
                self.assertEqual(culprit.push_state, "refused")
                self.assertEqual(set((listings - culprit).mapped("push_state")), {"none"})
                self._change()

    def test_read_back_that_fails_is_no_confirmation(self):
        listing, product, row = self._pick()
        product.list_price = 555
        self.sim.faults.add("partial_processed", EDIT, times=1, every=1, applied=False)
        self.sim.faults.add("server_error", READ, times=const.MAX_ATTEMPTS)
        self._send()
        self.assertEqual((listing.push_state, listing.push_attempts), ("waiting", 1))
        self.sim.faults.clear()
        self._send_later()
        self.assertEqual((listing.push_state, float(row["price"])), ("none", 555))

    def test_change_without_effect_is_told_and_not_hammered(self):
        listing, product, _row = self._pick()
        product.list_price = 555
        self.sim.faults.add("partial_processed", EDIT, times=None, every=1, applied=False)
        for hour in range(1, 12):
            self._send_later(2 * hour)
        self.assertEqual((len(self._calls()), listing.push_state), (4, "refused"))
        self.assertEqual(len(self._get_issues("push_refused")), 1)

    def test_batch_that_takes_too_long_is_continued_another_time(self):
        listings = self._change(6)
        self.patch(type(self.env["merchant.adapter.prom"]), "_prom_patience", 0)
        self.sim.faults.add("partial_processed", EDIT, times=1, every=2, applied=False)
        self._send()
        self.assertEqual(len(self._calls()), 1)
        self.assertEqual(listings.mapped("push_state").count("waiting"), 3)
        self._send_later()
        self.assertEqual(set(listings.mapped("push_state")), {"none"})

    def test_prom_is_left_alone_for_as_long_as_it_asks(self):
        [listing] = self._change(1)
        self.sim.faults.add("too_many_requests", EDIT, times=1, retry_after=5000)
        self._send()
        self._change()
        self._send_later(hours=1)
        self.assertEqual(len(self._calls()), 1)
        self._send_later(hours=2)
        self.assertEqual(listing.push_state, "none")

    def test_other_stores_do_not_wait_for_one_that_prom_refuses(self):
        [listing] = self._change(1)
        other = self._make_store(
            name="Other", api_token="wrong", feed_id=self.feed.id, mode="production"
        )
        vals = {"store_id": other.id, "push_next_attempt": False, "push_attempts": 0}
        twin = listing.copy(vals | {"confirmed_price": 1})
        other.write({"push_prices": True, "sequence": -1, "max_price_percent": 100000})
        self._send()
        self.assertEqual((listing.push_state, twin.push_state), ("none", "waiting"))
        self.assertEqual(other.state, "attention")
        self.assertEqual(len(self._get_issues("token_rejected", store=other)), 1)
