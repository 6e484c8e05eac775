from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_push import PushCase


@tagged("post_install", "-at_install")
class TestPushPreview(PushCase):
    """What would be sent stands in a list, in words, in both environments."""

    def _read(self, **changes):
        """Return what the list says of the first product to a user."""
        self.store.write(changes)
        self._send()
        return self._get_listing("p1").with_user(self.user).change_text.replace("\xa0", " ")

    def test_old_and_new_values_are_named(self):
        self.goods["A1"].list_price = 150
        self._stock("A1", -10)
        self.assertEqual(
            self._read(mode="test"),
            "Price: 100.00 ₴ → 150.00 ₴; Quantity: 10 → 0; Availability: In stock → Sold out",
        )

    def test_only_what_the_store_sends_is_named(self):
        self.goods["A1"].list_price = 150
        self._stock("A1", -10)
        self.assertEqual(
            self._read(mode="test", push_prices=False, push_presence=False), "Quantity: 10 → 0"
        )

    def test_list_says_that_nothing_is_sent_in_the_test_environment(self):
        self.goods["A1"].list_price = 150
        self._read(mode="test")
        listings = (self._get_listing("p1") + self._get_listing("p2")).with_user(self.user)
        self.assertEqual(
            listings.mapped("push_text"), ["Not sent: Test Environment", "Nothing to send"]
        )
        self.assertEqual(listings.mapped("is_dry_run"), [True, False])
        self.store.mode = "production"
        self.assertEqual(listings[0].push_text, "Waiting")

    def test_each_set_of_values_is_withheld_once(self):
        self.goods["A1"].list_price = 150
        self._read(mode="test")
        self._stock("A1", -10)
        self._send()
        self._send()
        self.store.push_presence = False
        self._send()
        bodies = self._operations(kind="listing_values", state="withheld").mapped("request")
        self.assertEqual(
            [request["body"]["p1"] for request in bodies],
            [
                {"price": "150.0"},
                {"price": "150.0", "quantity": "0.0", "presence": "sold_out"},
                {"price": "150.0", "quantity": "0.0"},
            ],
        )

    def test_what_asks_for_consent_is_named_and_what_was_sent_is_not(self):
        self.goods["A1"].list_price = 150
        self._stock("A1", -10)
        self.assertEqual(self._read(max_price_percent=30), "Price: 100.00 ₴ → 150.00 ₴")
        self.store.action_push_held()
        self.assertEqual(self._read(), "")


class GuardCase(PushCase):
    """Many products that can be sold out at once."""

    def _prepare(self):
        super()._prepare()
        self.store.max_price_percent = 30

    def _fill(self, count):
        """Show as many more products, one piece of each."""
        codes = [f"M{number}" for number in range(count)]
        vals = {"list_price": 100, "is_storable": True, "taxes_id": [(5,)]}
        products = self.env["product.product"].create(
            [vals | {"name": code, "default_code": code} for code in codes]
        )
        for code, product in zip(codes, products, strict=True):
            self.goods[code] = product
            self._stock(code, 1)
            self._product(code.lower(), sku=code, price="100", quantity="1", presence="in_stock")
        self._sync("products")
        self._send()
        self.market.requests.clear()

    def _sell_out(self, start, end):
        for number in range(start, end):
            self._stock(f"M{number}", -1)
        self._send()

    def _later(self, **delta):
        return freeze_time(fields.Datetime.now() + timedelta(**delta))


@tagged("post_install", "-at_install")
class TestPushGuard(GuardCase):
    """What may be a mistake waits for a person; everything else goes on."""

    def test_sold_out_does_not_wait_for_consent_to_the_price(self):
        self.goods["A1"].list_price = 10
        self._stock("A1", -10)
        self._send()
        self.assertEqual(self._sent(), {"p1": [{"quantity": "0.0", "presence": "sold_out"}]})
        listing = self._get_listing("p1")
        self.assertRecordValues(listing, [{"push_state": "held", "is_held": True}])
        self._stock("A1", 3)
        self._send()
        self.assertEqual(self._sent()["p1"][1], {"quantity": "3.0", "presence": "in_stock"})
        self.store.with_user(self.admin).action_push_held()
        self._send()
        self.assertEqual(self._sent()["p1"][2], {"price": "10.0"})

    def test_price_does_not_wait_for_consent_to_selling_out(self):
        self._fill(30)
        self.goods["M1"].list_price = 101
        self._sell_out(0, 25)
        self.assertEqual(self._sent(), {"m1": [{"price": "101.0"}]})
        self.assertEqual(self.store.push_held_count, 25)

    def test_products_that_vanish_in_two_runs_are_counted_together(self):
        self._fill(40)
        self._sell_out(0, 25)
        self._sell_out(25, 35)
        self.assertFalse(self._sent())
        self.assertIn("35 products", self._get_issues("push_held").detail)
        self.store.with_user(self.admin).action_push_held()
        self._send()
        self.assertEqual(len(self._sent()), 35)
        self.assertFalse(self._get_issues("push_held"))

    def test_consent_to_prices_is_no_consent_to_selling_out(self):
        self._fill(30)
        for number in range(25):
            self.goods[f"M{number}"].list_price = 10
        self._send()
        self.store.with_user(self.admin).action_push_held()
        self._sell_out(0, 25)
        sent = self._sent()
        self.assertEqual(len(sent), 25)
        self.assertEqual(sent["m0"], [{"price": "10.0"}])
        self.assertIn("25 products", self._get_issues("push_held").detail)

    def test_few_products_may_always_sell_out(self):
        self._fill(10)
        self._sell_out(0, 10)
        self.assertEqual(len(self._sent()), 10)

    def test_what_is_left_as_it_is_waits_for_another_value(self):
        self.goods["A1"].list_price = 10
        self._send()
        with self.assertRaises(AccessError):
            self.store.with_user(self.user).action_leave_held()
        self.store.with_user(self.admin).action_leave_held()
        self._send()
        self.assertFalse(self._sent())
        listing = self._get_listing("p1")
        self.assertRecordValues(listing, [{"push_state": "refused", "is_held": False}])
        self.assertIn("merchant_admin", listing.error)
        self.assertFalse(self._get_issues("push_held"))
        self.goods["A1"].list_price = 95
        self._send()
        self.assertEqual(self._sent(), {"p1": [{"price": "95.0"}]})

    def test_question_that_is_ignored_leaves_nothing_waiting_unseen(self):
        self.goods["A1"].list_price = 10
        self._send()
        issue = self._get_issues("push_held")
        with self.assertRaises(AccessError):
            issue.with_user(self.user).action_ignore()
        issue.with_user(self.admin).action_ignore()
        self.assertEqual(issue.state, "resolved")
        self.goods["A1"].list_price = 1
        self._send()
        self.assertFalse(self._sent())
        self.assertTrue(self._get_issues("push_held"))

    def test_question_can_be_answered_where_it_is_asked(self):
        self.goods["A1"].list_price = 10
        self._send()
        issue = self._get_issues("push_held")
        action = issue.with_user(self.user).action_open_held()
        self.assertEqual(action["context"], {"search_default_held": 1})
        issue.with_user(self.user).action_retry()
        self._send()
        self.assertFalse(self._sent())
        self.assertNotEqual(self.store.run_id.kind, "orders")
        with self.assertRaises(AccessError):
            issue.with_user(self.user).action_push_held()
        issue.with_user(self.admin).action_push_held()
        self._send()
        self.assertEqual(self._sent(), {"p1": [{"price": "10.0"}]})
        self.assertEqual(issue.state, "resolved")

    def test_question_is_withdrawn_when_the_value_is_taken_back(self):
        self.goods["A1"].list_price = 10
        self._send()
        self.assertTrue(self._get_issues("push_held"))
        self.goods["A1"].list_price = 100
        self._send()
        self.assertFalse(self._get_issues("push_held"))
        self.assertFalse(self._sent())

    def test_question_is_asked_once(self):
        self.goods["A1"].list_price = 10
        self._send()
        self._send()
        self.assertEqual(self._get_issues("push_held").occurrences, 1)

    def test_price_that_was_there_already_is_restored_without_consent(self):
        for hour in (1, 2):
            self._remote()["price"] = "10"
            with freeze_time(fields.Datetime.now() + timedelta(hours=hour)):
                self._sync("products")
        self._send()
        self.assertEqual(self._sent(), {"p1": [{"price": "100.0"}]})

    # === SMALL PORTIONS === #

    def _set_price(self, price):
        self.goods["A1"].list_price = price
        self._send()
        return [values["price"] for values in self._sent().get("p1", ())]

    def test_products_that_sell_out_in_small_portions_are_counted_together(self):
        self._fill(60)
        for start in range(0, 30, 2):
            self._sell_out(start, start + 2)
        # Two of 63 are 3 %. The share counts from the 21st product on.
        self.assertEqual(len(self._sent()), 20)
        self.assertEqual(self.store.push_held_count, 10)
        self.assertIn("10 products", self._get_issues("push_held").detail)

    def test_products_that_sold_out_long_ago_do_not_count(self):
        self._fill(60)
        self._sell_out(0, 20)
        with self._later(minutes=61):
            self._sell_out(20, 40)
        self.assertEqual(len(self._sent()), 40)
        self.assertFalse(self._get_issues("push_held"))

    def test_store_says_over_which_time_portions_are_added_up(self):
        self.store.guard_minutes = 180
        self._fill(60)
        self._sell_out(0, 20)
        with self._later(minutes=61):
            self._sell_out(20, 40)
        self.assertEqual(len(self._sent()), 20)

    def test_products_that_came_back_do_not_count(self):
        self._fill(60)
        self._sell_out(0, 20)
        for number in range(20):
            self._stock(f"M{number}", 5)
        self._send()
        self._sell_out(20, 40)
        self.assertFalse(self._get_issues("push_held"))
        self.assertEqual(len(self._sent()), 40)

    def test_products_somebody_agreed_to_do_not_count(self):
        self._fill(60)
        self._sell_out(0, 25)
        self.assertFalse(self._sent())
        self.store.with_user(self.admin).action_push_held()
        self._send()
        self._sell_out(25, 40)
        self.assertEqual(len(self._sent()), 40)
        self.assertFalse(self._get_issues("push_held"))

    def test_quantities_alone_add_up_too(self):
        self.store.push_presence = False
        self._fill(60)
        for start in range(0, 30, 10):
            self._sell_out(start, start + 10)
        self.assertEqual(len(self._sent()), 20)

    def test_steps_of_a_price_are_taken_together(self):
        for price in (80, 75, 72):
            self._set_price(price)
        # Seven percent of the last price, 33 of the one an hour ago.
        self.assertEqual(self._set_price(67), ["80.0", "75.0", "72.0"])
        self.assertEqual(self._get_listing("p1").push_state, "held")
        # Back to what it was is no mistake.
        self.assertEqual(self._set_price(90), ["80.0", "75.0", "72.0", "90.0"])

    def test_price_is_compared_with_the_one_an_hour_ago(self):
        self._set_price(80)
        with self._later(minutes=40):
            self._set_price(72)
        with self._later(minutes=61):
            # 22 % of 80, which stood an hour ago; 38 % of what stood before.
            self.assertEqual(self._set_price(62), ["80.0", "72.0", "62.0"])
        with self._later(minutes=62):
            self._set_price(55)
        self.assertEqual(self._get_listing("p1").push_state, "held")

    def test_price_somebody_agreed_to_is_the_new_measure(self):
        self._set_price(80)
        self._set_price(10)
        self.store.with_user(self.admin).action_push_held()
        self._send()
        self.assertEqual(self._set_price(9), ["80.0", "10.0", "9.0"])

    def test_each_change_stands_for_itself_where_nothing_is_added_up(self):
        self.store.guard_minutes = 0
        self.assertEqual(self._set_price(80), ["80.0"])
        self.assertEqual(self._set_price(60), ["80.0", "60.0"])
        self.assertEqual(self._set_price(45), ["80.0", "60.0", "45.0"])
