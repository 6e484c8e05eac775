from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..api.market import Overloaded
from .test_push import PushCase

SENDER = "odoo.addons.garazd_merchant_center.models.merchant_listing_sender"


@tagged("post_install", "-at_install")
class TestPushFault(PushCase):
    """Nothing is lost, nothing is hammered, and one bad product stops no other."""

    def _send_later(self, hours=2):
        with freeze_time(fields.Datetime.now() + timedelta(hours=hours)):
            self._send()

    def test_refused_price_goes_again_with_another_crossed_out_price(self):
        self.feed.compare_sales_price = True
        sale = self.env["product.pricelist"].create(
            {
                "name": "Sale",
                "currency_id": self.uah.id,
                "company_id": self.company.id,
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "fixed",
                            "fixed_price": 80,
                            "applied_on": "0_product_variant",
                            "product_id": self.goods["A1"].id,
                        }
                    )
                ],
            }
        )
        self.market.refusals["price"] = "too cheap"
        self.feed.pricelist_id = sale
        self._send()
        self._run_cron("sync_products")
        self._send()
        self.assertEqual(self._sent()["p1"], [{"price": "80.0", "old_price": "100.0"}])
        self.market.refusals.clear()
        self.goods["A1"].list_price = 120
        self._send()
        self.assertEqual(self._sent()["p1"][1:], [{"price": "80.0", "old_price": "120.0"}])

    def test_change_without_effect_becomes_an_issue_and_is_not_hammered(self):
        self.market.deaf_products.add("p1")
        self.goods["A1"].list_price = 110
        for hour in range(1, 12):
            self._send_later(2 * hour)
        listing = self._get_listing("p1")
        self.assertEqual((len(self._sent()["p1"]), listing.push_state), (4, "refused"))
        issue = self._get_issues("push_refused")
        self.assertIn("goes on showing another value", issue.detail)
        self.market.deaf_products.clear()
        issue.with_user(self.user).action_retry()
        self._send()
        self.assertEqual((listing.push_state, issue.state), ("none", "resolved"))

    @mute_logger(SENDER)
    def test_product_that_cannot_be_sent_stops_no_other(self):
        self.market.broken_products.add("p2")
        for code in ("A1", "B2", "C3"):
            self.goods[code].list_price += 1
        self._send()
        states = {f"p{n}": self._get_listing(f"p{n}").push_state for n in (1, 2, 3)}
        self.assertEqual(states, {"p1": "none", "p2": "refused", "p3": "none"})
        self.assertIn("a fault of the client", self._get_issues("push_refused").detail)
        self.assertFalse(self._get_issues("push_failed"))

    @mute_logger(SENDER)
    def test_fault_that_meets_everything_is_one_issue_and_can_be_retried(self):
        self.market.broken_products.update(("p1", "p2", "p3"))
        for code in ("A1", "B2", "C3"):
            self.goods[code].list_price += 1
        self._send()
        self.assertFalse(self._get_issues("push_refused"))
        issue = self._get_issues("push_failed")
        self.assertIn("a fault of the client", issue.detail)
        self.market.broken_products.clear()
        issue.with_user(self.user).action_retry()
        self._send_later()
        self.assertEqual(self._remote()["price"], "101.0")
        self.assertEqual(issue.state, "resolved")

    def test_store_that_asks_to_wait_waits_as_a_whole_and_alone(self):
        market = self._open_market("other")
        market.products.append(dict(self._remote(), id="o1", sku="C3", price="300"))
        other = self._make_store(
            name="Other",
            api_token="other",
            feed_id=self.feed.id,
            mode="production",
            state="connected",
            push_prices=True,
        )
        other.action_sync_products()
        self._run_cron("sync_products")
        self._send()
        self.goods["A1"].list_price = 110
        self.market.fail("change_products", Overloaded(seconds=600))
        self._send()
        self.assertEqual(len(self._sent()["p1"]), 1)
        self.goods["C3"].list_price = 310
        self._send()
        self.assertNotIn("p3", self._sent())
        self.assertIn("change_products", [name for name, _arguments in market.requests])
        self._send_later()
        self.assertEqual((self._remote()["price"], self._remote("p3")["price"]), ("110.0", "310.0"))
        self.assertFalse(self._get_issues("marketplace_unreachable"))

    @mute_logger("odoo.addons.garazd_merchant_center.models.merchant_listing_values")
    def test_price_list_that_is_broken_stops_no_other_store(self):
        broken = self.feed.copy()
        self._open_market("other").products.append(dict(self._remote(), id="o1"))
        other = self._make_store(name="Other", api_token="other", feed_id=broken.id)
        other.action_sync_products()
        self._run_cron("sync_products")
        self._send()
        # A field that went with its module.
        self.env.cr.execute(
            "UPDATE product_data_feed SET domain = %s WHERE id = %s",
            ("[('gone_field', '=', 1)]", broken.id),
        )
        broken.invalidate_recordset()
        self.goods["A1"].list_price = 110
        self._send()
        self.assertEqual(self._remote()["price"], "110.0")
        issue = self._get_issues("push_failed", store=other)
        self.assertIn("gone_field", issue.detail)
        broken.domain = "[]"
        issue.with_user(self.user).action_retry()
        self._run_cron("sync_products")
        self.assertEqual(issue.state, "resolved")

    def test_issue_of_a_refused_value_closes_when_nobody_wants_it_any_more(self):
        self.market.refusals["price"] = "no"
        self.goods["A1"].list_price = 110
        self._send()
        self.assertTrue(self._get_issues("push_refused"))
        self.goods["A1"].list_price = 100
        self._send()
        self._sync("products")
        self.assertFalse(self._get_issues("push_refused"))

    def test_change_whose_answer_got_lost_is_no_change_by_others(self):
        self.market.lost_answers.add("p1")
        self.goods["A1"].list_price = 110
        self._send()
        for hour in (1, 2):
            with freeze_time(fields.Datetime.now() + timedelta(hours=hour)):
                self._sync("products")
        listing = self._get_listing("p1")
        self.assertFalse(listing.drift_values)
        self.assertEqual((listing.observed_price, listing.confirmed_price), (110, 100))
        self.market.lost_answers.clear()
        self._send_later()
        self.assertRecordValues(listing, [{"confirmed_price": 110, "push_state": "none"}])

    def test_order_that_odoo_does_not_know_yet_is_no_change_by_others(self):
        """A list that shows a product twice is no second look."""
        self._remote()["quantity"] = "9"
        self.market.products.append(self._remote())
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            self._sync("products")
            self._sync("products")
            self._send()
        self.assertFalse(self._sent())
        with freeze_time(fields.Datetime.now() + timedelta(hours=2)):
            self._sync("products")
            self._send()
        self.assertEqual(self._sent(), {"p1": [{"quantity": "10.0"}]})

    def test_product_that_sells_out_does_not_wait_for_its_next_attempt(self):
        self.market.deaf_products.add("p1")
        self.goods["A1"].list_price = 110
        self._send()
        listing = self._get_listing("p1")
        listing.push_next_attempt = fields.Datetime.now() + timedelta(hours=1)
        self.market.deaf_products.clear()
        self._send()
        self.assertEqual(len(self._sent()["p1"]), 1)
        self._stock("A1", -10)
        self._send()
        self.assertEqual((self._remote()["quantity"], listing.push_state), ("0.0", "none"))

    @mute_logger(SENDER)
    def test_request_that_cannot_be_made_is_told_in_the_test_environment(self):
        self.store.with_user(self.admin).action_set_test()
        self.goods["A1"].list_price = 110
        adapter = type(self.env["merchant.adapter.demo"])
        with patch.object(adapter, "_prepare_listing_changes", side_effect=KeyError("gone")):
            self._send()
        self.assertIn("gone", self._get_issues("push_failed").detail)

    def test_repairs_are_forgotten_when_ours_stays(self):
        listing = self._get_listing("p1")
        listing.drift_count = 3
        with freeze_time(fields.Datetime.now() + timedelta(days=3)):
            self._sync("products")
        self.assertFalse(listing.drift_count)

    def test_history_is_forgotten_after_two_months(self):
        self.goods["A1"].list_price = 110
        self._send()
        operation = self._operations(kind="listing_values")
        operation.state = "withheld"
        with freeze_time(fields.Datetime.now() + timedelta(days=61)):
            self.env["merchant.operation"]._gc_old_batches()
        self.assertFalse(operation.exists())
