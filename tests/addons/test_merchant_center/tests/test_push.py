from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.garazd_merchant_center.models import merchant_listing_sender

from ..api.market import Overloaded
from .common import DemoCase


class PushCase(DemoCase):
    """A store in Production with a price list and three products on the market."""

    def _prepare(self):
        super()._prepare()
        self.warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        ) or self.env["stock.warehouse"].create(
            {"name": "W", "code": "W", "company_id": self.company.id}
        )
        self.feed = self.env["product.data.feed"].create(
            {"name": "Feed", "company_id": self.company.id, "currency_id": self.uah.id}
        )
        self.store.write(
            {
                "feed_id": self.feed.id,
                "mode": "production",
                "state": "connected",
                "push_prices": True,
                "push_compare_prices": True,
                "push_stock": True,
                "push_presence": True,
                "max_price_percent": 1000,
            }
        )
        self.goods = {}
        for number, code in enumerate(("A1", "B2", "C3"), 1):
            self.goods[code] = self._make_product(code, list_price=100 * number, is_storable=True)
            self._stock(code, 10)
            self._product(
                f"p{number}", sku=code, price=str(100 * number), quantity="10", presence="in_stock"
            )
        self._sync("products")
        self._send()
        self.market.requests.clear()

    def _stock(self, code, change):
        self.env["stock.quant"]._update_available_quantity(
            self.goods[code], self.warehouse.lot_stock_id, change
        )

    def _commit(self):
        """Do what a commit does before it happens."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def _send(self):
        self._commit()
        self._run_cron("listings")

    def _sent(self):
        """Return what was sent, by product."""
        sent = {}
        for name, arguments in self.market.requests:
            if name == "change_products":
                for product, values in arguments["changes"].items():
                    sent.setdefault(product, []).append(values)
        return sent

    def _remote(self, product_id="p1"):
        return next(p for p in self.market.products if p["id"] == product_id)


@tagged("post_install", "-at_install")
class TestPush(PushCase):
    """Prices, quantities and presence reach the market: once, and as the price list says."""

    def test_nothing_is_sent_while_nothing_differs(self):
        self.assertEqual(self._get_listing("p1").push_state, "none")
        self._sync("products")
        self._send()
        self.assertFalse(self._sent())

    def test_changed_price_is_sent_alone(self):
        self.goods["B2"].list_price = 250
        self._send()
        self.assertEqual(self._sent(), {"p2": [{"price": "250.0"}]})
        listing = self._get_listing("p2")
        self.assertRecordValues(listing, [{"confirmed_price": 250, "push_state": "none"}])
        self._send()
        self.assertEqual(len(self._sent()["p2"]), 1)

    def test_crossed_out_price_goes_with_the_price(self):
        self.feed.compare_sales_price = True
        self.feed.pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Sale",
                "currency_id": self.uah.id,
                "company_id": self.company.id,
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 20})],
            }
        )
        self._commit()
        self._run_cron("listings")
        self._run_cron("sync_products")
        self._send()
        self.assertEqual(self._sent()["p1"], [{"price": "80.0", "old_price": "100.0"}])
        self.feed.pricelist_id = False
        self._commit()
        self._run_cron("listings")
        self._run_cron("sync_products")
        self._send()
        self.assertEqual(self._sent()["p1"][1], {"price": "100.0", "old_price": "0.0"})

    def test_stock_moves_and_reservations_are_followed(self):
        move = self.env["stock.move"].create(
            {
                "product_id": self.goods["A1"].id,
                "product_uom_qty": 4,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "company_id": self.company.id,
            }
        )
        move._action_confirm()
        move._action_assign()
        self._send()
        self.assertEqual(self._sent(), {"p1": [{"quantity": "6.0"}]})
        move._do_unreserve()
        self._send()
        self.assertEqual(self._sent()["p1"][1], {"quantity": "10.0"})
        move._action_assign()
        move.quantity = 4
        move.picked = True
        move._action_done()
        self._send()
        self.assertEqual(self._sent()["p1"][2], {"quantity": "6.0"})

    def test_sold_out_goes_first(self):
        for code in ("A1", "B2", "C3"):
            self.goods[code].list_price += 1
        self._stock("C3", -10)
        self._commit()
        listings = self.env["merchant.listing"]
        listings._apply_changes()
        first = listings._search_to_push(self.store, 1)
        self.assertEqual(first.external_id, "p3")
        self.assertTrue(first.push_urgent)
        self._send()
        self.assertEqual(
            self._sent()["p3"], [{"price": "301.0", "quantity": "0.0", "presence": "sold_out"}]
        )

    def test_many_changes_before_the_sender_are_one(self):
        for price in (110, 120, 130):
            self.goods["A1"].list_price = price
            self._commit()
        self._send()
        self.assertEqual(self._sent(), {"p1": [{"price": "130.0"}]})

    def test_change_that_is_taken_back_is_not_sent(self):
        self.goods["A1"].list_price = 110
        self._commit()
        self.goods["A1"].list_price = 100
        self._send()
        self.assertFalse(self._sent())

    def test_archived_product_is_sold_out_and_an_excluded_one_left_alone(self):
        self.goods["A1"].active = False
        self.feed.excluded_product_ids = self.goods["B2"]
        self.goods["B2"].list_price = 999
        self._send()
        self._run_cron("sync_products")
        self._send()
        self.assertEqual(self._sent(), {"p1": [{"quantity": "0.0", "presence": "sold_out"}]})

    def test_product_that_a_condition_on_the_stock_leaves_out_is_sold_out_until_it_is_back(self):
        self.feed.domain = "[('qty_available', '>', 0)]"
        self._stock("A1", -10)
        self._send()
        sold_out = {"quantity": "0.0", "presence": "sold_out"}
        self.assertEqual(self._sent(), {"p1": [sold_out]})
        self._run_cron("sync_products")
        self._send()
        self.assertEqual(self._get_listing("p1").desired_presence, "sold_out")
        self._stock("A1", 4)
        self._send()
        back = {"quantity": "4.0", "presence": "in_stock"}
        self.assertEqual(self._sent(), {"p1": [sold_out, back]})

    def test_only_what_the_store_sends_is_sent(self):
        self.store.push_prices = self.store.push_presence = False
        self.goods["A1"].list_price = 150
        self._stock("A1", -10)
        self._send()
        self.assertEqual(self._sent(), {"p1": [{"quantity": "0.0"}]})

    def test_each_value_has_a_switch_of_its_own(self):
        switches = {"push_prices": "price", "push_stock": "quantity", "push_presence": "presence"}
        for number, (code, switch) in enumerate(zip(self.goods, switches, strict=True), 1):
            self.store.write({name: name != switch for name in switches})
            self.goods[code].list_price += 1
            self._stock(code, -10)
            self._send()
            [values] = self._sent()[f"p{number}"]
            self.assertEqual(values.keys(), set(switches.values()) - {switches[switch]})

    def test_discounts_of_the_market_can_be_left_alone(self):
        self.store.push_compare_prices = False
        self._remote().update(price="90", old_price="100")
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            self._sync("products")
            self._sync("products")
        self._send()
        self.assertFalse(self._sent())
        self.goods["A1"].list_price = 120
        self._send()
        self.assertEqual(self._sent(), {"p1": [{"price": "120.0"}]})

    def test_refused_value_is_told_and_not_hammered_while_the_others_go(self):
        self.market.refusals["presence"] = "inherited from the base product"
        self._stock("A1", -10)
        self._send()
        listing = self._get_listing("p1")
        self.assertRecordValues(
            listing, [{"confirmed_quantity": 0, "confirmed_presence": "in_stock"}]
        )
        self.assertEqual(listing.push_state, "refused")
        issue = self._get_issues("push_refused")
        self.assertIn("inherited from the base product", issue.detail)
        self._send()
        self.assertEqual(len(self._sent()["p1"]), 1)
        self.market.refusals.clear()
        issue.with_user(self.user).action_retry()
        self._send()
        self.assertEqual(self._sent()["p1"][1], {"presence": "sold_out"})
        self.assertEqual((listing.push_state, issue.state), ("none", "resolved"))

    def test_lost_answer_is_tried_again_later(self):
        self.goods["A1"].list_price = 150
        self.market.fail("change_products", Overloaded(seconds=60))
        self._send()
        listing = self._get_listing("p1")
        self.assertEqual((listing.push_state, listing.push_attempts), ("waiting", 1))
        self._send()
        self.assertEqual(len(self._sent()["p1"]), 1)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=2)):
            self._send()
        self.assertEqual((self._remote()["price"], listing.push_state), ("150.0", "none"))
        self.assertFalse(self._get_issues("marketplace_unreachable"))

    def test_dead_worker_does_not_hold_listings_for_ever(self):
        self.goods["A1"].list_price = 150
        self._commit()
        self.env["merchant.listing"]._apply_changes()
        self._get_listing("p1")._lease()
        self._send()
        self.assertFalse(self._sent())
        with freeze_time(fields.Datetime.now() + timedelta(minutes=10)):
            self._send()
        self.assertEqual(len(self._sent()), 1)

    def test_lease_of_a_clock_that_was_put_back_holds_nothing(self):
        self.goods["A1"].list_price = 150
        self._commit()
        self.env["merchant.listing"]._apply_changes()
        with freeze_time(fields.Datetime.now() + timedelta(days=3650)):
            self._get_listing("p1")._lease()
        self._send()
        self.assertEqual(len(self._sent()), 1)

    def test_every_batch_is_kept_in_the_history(self):
        self.goods["A1"].list_price = 150
        self._send()
        operation = self._operations(kind="listing_values")
        self.assertRecordValues(
            operation, [{"state": "done", "record_name": "Products: 1", "attempts": 1}]
        )
        self.assertEqual(operation.request["body"], {"p1": {"price": "150.0"}})
        self.assertEqual(operation.response["done"], ["p1"])

    # === TEST ENVIRONMENT === #

    def test_test_environment_sends_nothing_and_shows_everything_once(self):
        self.store.with_user(self.admin).action_set_test()
        self.goods["A1"].list_price = 150
        self._send()
        self._send()
        self.assertFalse(self._sent())
        operation = self._operations(kind="listing_values", state="withheld")
        self.assertEqual(operation.request["body"], {"p1": {"price": "150.0"}})
        self.assertEqual(self.store.push_count, 1)
        with self.assertRaises(UserError):
            operation.with_user(self.admin).action_retry()
        self.store.with_user(self.admin).action_set_production()
        self._send()
        self.assertEqual(self._sent(), {"p1": [{"price": "150.0"}]})

    def test_what_was_withheld_is_looked_at_again_every_few_hours_only(self):
        self.store.with_user(self.admin).action_set_test()
        self.goods["A1"].list_price = 150
        for hours in (0, 4, 8):
            with (
                self.subTest(hours=hours),
                freeze_time(fields.Datetime.now() + timedelta(hours=hours)),
            ):
                self._send()
                self.assertFalse(self._get_listing("p1")._search_to_push(self.store))
        self.assertEqual(len(self._operations(kind="listing_values", state="withheld")), 1)

    def test_test_environment_looks_at_a_large_shop_in_portions(self):
        self.store.with_user(self.admin).action_set_test()
        for product in self.goods.values():
            product.list_price += 50
        self.patch(merchant_listing_sender, "WITHHELD_PAGE", 2)
        self._send()
        sizes = [
            len(o.request["body"])
            for o in self._operations(kind="listing_values", state="withheld")
        ]
        self.assertEqual(sizes, [2, 1])

    # === GUARDS === #

    def test_large_price_change_waits_for_consent(self):
        self.store.max_price_percent = 30
        self.goods["A1"].list_price = 10
        self.goods["B2"].list_price = 220
        self._send()
        self.assertEqual(self._sent(), {"p2": [{"price": "220.0"}]})
        self.assertEqual(self._get_listing("p1").push_state, "held")
        self.assertIn("1 prices", self._get_issues("push_held").detail)
        with self.assertRaises(AccessError):
            self.store.with_user(self.user).action_push_held()
        self.store.with_user(self.admin).action_push_held()
        self._send()
        self.assertEqual(self._sent()["p1"], [{"price": "10.0"}])
        self.assertFalse(self._get_issues("push_held"))

    def test_consent_holds_for_these_values_only(self):
        self.store.max_price_percent = 30
        self.goods["A1"].list_price = 10
        self._send()
        self.store.with_user(self.admin).action_push_held()
        self.goods["A1"].list_price = 1
        self._send()
        self.assertFalse(self._sent())
        self.goods["A1"].list_price = 101
        self._send()
        self.assertEqual(self._sent(), {"p1": [{"price": "101.0"}]})
        self.assertFalse(self._get_issues("push_held"))

    def test_many_products_at_once_do_not_vanish_unasked(self):
        for number in range(30):
            code = f"M{number}"
            self.goods[code] = self._make_product(code, list_price=100, is_storable=True)
            self._stock(code, 1)
            self._product(f"m{number}", sku=code, price="100", quantity="1", presence="in_stock")
        self._sync("products")
        self._send()
        self.market.requests.clear()
        for number in range(25):
            self._stock(f"M{number}", -1)
        self.goods["A1"].list_price = 101
        self._send()
        self.assertEqual(self._sent(), {"p1": [{"price": "101.0"}]})
        self.assertIn("25 products", self._get_issues("push_held").detail)
        self.assertEqual(self.store.push_held_count, 25)

    # === DRIFT === #

    def _read_later(self, hours=1):
        with freeze_time(fields.Datetime.now() + timedelta(hours=hours)):
            self._sync("products")

    def test_value_changed_by_others_is_sent_again_when_it_was_seen_twice(self):
        self._remote()["quantity"] = "3"
        self._read_later()
        self._send()
        self.assertFalse(self._sent())
        self._read_later(2)
        self._send()
        self.assertEqual(self._sent(), {"p1": [{"quantity": "10.0"}]})

    def test_value_changed_by_others_is_told_where_the_store_wants_that(self):
        self.store.drift_policy = "report"
        self._remote()["price"] = "77"
        self._read_later()
        self._read_later(2)
        self._send()
        self.assertFalse(self._sent())
        issue = self._get_issues("listing_drift")
        issue.with_user(self.user).action_retry()
        self._send()
        self.assertEqual(self._sent(), {"p1": [{"price": "100.0"}]})
        self.assertEqual(issue.state, "resolved")

    def test_tug_of_war_ends_with_an_issue(self):
        for hour in range(1, 20):
            self._remote()["quantity"] = "3"
            self._read_later(hour)
            self._send()
        self.assertEqual(len(self._sent()["p1"]), 3)
        self.assertTrue(self._get_issues("listing_drift"))

    def test_what_odoo_does_not_send_is_simply_as_it_was_read(self):
        self.store.push_stock = False
        self._remote()["quantity"] = "3"
        self._sync("products")
        self.assertEqual(self._get_listing("p1").confirmed_quantity, 3)
        self.assertFalse(self._get_issues("listing_drift"))

    # === COMPANIES === #

    def test_stock_of_another_company_changes_nothing(self):
        other = self.env["stock.warehouse"].search([("company_id", "!=", self.company.id)], limit=1)
        self.env["stock.quant"]._update_available_quantity(self.goods["A1"], other.lot_stock_id, 50)
        self._send()
        self.assertFalse(self._sent())

    def test_two_stores_send_what_their_own_price_lists_say(self):
        market = self._open_market("other")
        feed = self.feed.copy({"stock_buffer": 4})
        other = self._make_store(
            name="Other",
            api_token="other",
            feed_id=feed.id,
            mode="production",
            state="connected",
            push_stock=True,
        )
        market.products.append(dict(self._remote(), quantity="6"))
        other.action_sync_products()
        self._run_cron("sync_products")
        self._send()
        self._stock("A1", -1)
        self._send()
        self.assertEqual(self._sent(), {"p1": [{"quantity": "9.0"}]})
        sent = [a["changes"] for n, a in market.requests if n == "change_products"]
        self.assertEqual(sent, [{"p1": {"quantity": "5.0"}}])
