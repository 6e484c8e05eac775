from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.garazd_merchant_center.schema import ListingOutcome

from ..api.market import Overloaded
from .test_push import PushCase


@tagged("post_install", "-at_install")
class TestPushOvertaken(PushCase):
    """What is true now is sent, whatever became of what was true before."""

    def _later(self, **delta):
        return freeze_time(fields.Datetime.now() + timedelta(**delta))

    def test_value_that_was_refused_goes_again_after_another_was_taken(self):
        self.market.refusals["quantity"] = "come back later"
        self.store.push_presence = False
        self._stock("A1", -10)
        self._send()
        listing = self._get_listing("p1")
        self.assertEqual(listing.push_state, "refused")
        self.market.refusals.clear()
        self._stock("A1", 1)
        self._send()
        self.assertEqual((self._remote()["quantity"], listing.push_state), ("1.0", "none"))
        self._stock("A1", -1)
        self._send()
        self.assertEqual((self._remote()["quantity"], listing.push_state), ("0.0", "none"))
        self.assertFalse(self._get_issues("push_refused"))

    def test_refused_quantity_stays_refused_when_the_price_is_taken(self):
        self.market.refusals["quantity"] = "no"
        self._stock("A1", -1)
        self._send()
        self.goods["A1"].list_price = 110
        self._send()
        self._send()
        self.assertEqual(self._sent()["p1"][1:], [{"price": "110.0"}])
        self.assertEqual(self._get_listing("p1").push_state, "refused")

    def test_faults_of_the_network_are_no_silence_of_the_market(self):
        self.goods["A1"].list_price = 110
        self.market.fail("change_products", Overloaded(), times=5)
        for hour in range(1, 6):
            with self._later(hours=2 * hour):
                self._send()
        self.market.deaf_products.add("p1")
        with self._later(hours=12):
            self._send()
        listing = self._get_listing("p1")
        self.assertEqual(listing.push_state, "waiting")
        self.market.deaf_products.clear()
        with self._later(hours=14):
            self._send()
        self.assertEqual((self._remote()["price"], listing.push_state), ("110.0", "none"))

    def test_change_on_the_way_does_not_wait_for_what_failed(self):
        self.goods["A1"].list_price = 110
        self._commit()
        listings = self.env["merchant.listing"]
        listings._apply_changes()
        listing = self._get_listing("p1")._lease()
        change = listing._as_change()
        # Another worker compares meanwhile.
        self._stock("A1", -10)
        self._commit()
        listings._apply_changes()
        listing._note_outcome(change, ListingOutcome(message="The answer was lost"))
        self.assertFalse(listing.push_next_attempt)
        self._send()
        self.assertEqual(
            self._sent()["p1"],
            [{"price": "110.0", "quantity": "0.0", "presence": "sold_out"}],
        )

    def test_others_do_not_wait_behind_what_asks_for_consent(self):
        self.store.max_price_percent = 30
        self._limit_batch(2)
        for code in ("A1", "B2"):
            self.goods[code].list_price *= 2
        self._commit()
        with self._later(minutes=-1):
            self.env["merchant.listing"]._apply_changes()
        self.goods["C3"].list_price = 301
        self._send()
        self.assertEqual(self._sent(), {"p3": [{"price": "301.0"}]})
        self.assertEqual(self.store.push_held_count, 2)

    def _limit_batch(self, size):
        """Send so many listings at once."""
        sender = "odoo.addons.garazd_merchant_center.models.merchant_listing_sender.BATCH"
        self.startPatcher(patch(sender, size))

    # === PRICE RULES === #

    def _make_rules(self, **vals):
        """Let A1 cost 80 by a rule that holds for some time."""
        rule = {
            "compute_price": "fixed",
            "fixed_price": 80,
            "applied_on": "0_product_variant",
            "product_id": self.goods["A1"].id,
            "product_tmpl_id": self.goods["A1"].product_tmpl_id.id,
        }
        self.feed.pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Sale",
                "currency_id": self.uah.id,
                "company_id": self.company.id,
                "item_ids": [Command.create(rule | vals)],
            }
        )
        self._send()
        self._run_cron("sync_products")
        self._send()

    def test_price_rule_that_begins_and_ends_by_itself_is_followed(self):
        now = fields.Datetime.now()
        self._make_rules(
            date_start=now + timedelta(minutes=30), date_end=now + timedelta(minutes=60)
        )
        self.assertFalse(self._sent())
        for minutes in (29, 31, 32, 59, 61, 62):
            with self._later(minutes=minutes):
                self._send()
        self.assertEqual(self._sent(), {"p1": [{"price": "80.0"}, {"price": "100.0"}]})

    def test_price_rule_about_everything_has_all_compared_once(self):
        start = fields.Datetime.now() + timedelta(minutes=30)
        self._make_rules(date_start=start, applied_on="3_global", product_id=False)
        for minutes in (29, 31, 32):
            with self._later(minutes=minutes):
                self._send()
                self._run_cron("sync_products")
                self._send()
        self.assertEqual(set(self._sent()), {"p1", "p2", "p3"})
        runs = self.env["merchant.sync.run"].search(
            [("kind", "=", "compare"), ("started_at", ">=", start)]
        )
        self.assertEqual(len(runs), 1)
