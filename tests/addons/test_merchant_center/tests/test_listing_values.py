from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged

from .test_push import PushCase

MODELS = "odoo.addons.garazd_merchant_center.models"


@tagged("post_install", "-at_install")
class TestListingStock(PushCase):
    """Whatever moves goods, what is left reaches the market."""

    def _prepare(self):
        super()._prepare()
        self.shelf = self.warehouse.lot_stock_id
        self.customers = self.env.ref("stock.stock_location_customers")
        self.suppliers = self.env.ref("stock.stock_location_suppliers")

    def _move(self, source, target, quantity=4, **changes):
        move = self.env["stock.move"].create(
            {
                "product_id": self.goods["A1"].id,
                "product_uom_qty": quantity,
                "location_id": source.id,
                "location_dest_id": target.id,
                "company_id": self.company.id,
                **changes,
            }
        )
        move._action_confirm()
        return move

    def _finish(self, move):
        move._action_assign()
        move.quantity = move.product_uom_qty
        move.picked = True
        move._action_done()

    def _get_sent(self):
        """Let the sender run and return the quantities it sent for the first product."""
        self._send()
        sent = [values["quantity"] for values in self._sent().get("p1", ())]
        self.market.requests.clear()
        return sent

    def test_receipt_delivery_and_return_are_followed(self):
        self._finish(self._move(self.suppliers, self.shelf))
        self.assertEqual(self._get_sent(), ["14.0"])
        delivery = self._move(self.shelf, self.customers)
        self._finish(delivery)
        self.assertEqual(self._get_sent(), ["10.0"])
        self._finish(self._move(self.customers, self.shelf, origin_returned_move_id=delivery.id))
        self.assertEqual(self._get_sent(), ["14.0"])

    def test_scrapped_goods_are_followed(self):
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.goods["A1"].id,
                "scrap_qty": 3,
                "location_id": self.shelf.id,
                "company_id": self.company.id,
            }
        )
        scrap.do_scrap()
        self.assertEqual(self._get_sent(), ["7.0"])

    def test_counted_stock_is_followed(self):
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        quant = quants.create(
            {
                "product_id": self.goods["A1"].id,
                "location_id": self.shelf.id,
                "inventory_quantity": 25,
            }
        )
        self.assertFalse(self._get_sent())
        quant.action_apply_inventory()
        self.assertEqual(self._get_sent(), ["25.0"])

    def test_planned_moves_are_followed_where_the_price_list_counts_them(self):
        self.feed.quantity_basis = "forecast"
        receipt = self._move(self.suppliers, self.shelf)
        self.assertEqual(self._get_sent(), ["14.0"])
        receipt.product_uom_qty = 6
        self.assertEqual(self._get_sent(), ["16.0"])
        receipt._action_cancel()
        self.assertEqual(self._get_sent(), ["10.0"])

    def test_planned_moves_that_go_on_elsewhere_are_followed(self):
        self.feed.quantity_basis = "forecast"
        receipt = self._move(self.suppliers, self.shelf)
        self.assertEqual(self._get_sent(), ["14.0"])
        receipt.location_final_id = self.customers
        self.assertEqual(self._get_sent(), ["10.0"])

    def test_planned_moves_change_nothing_where_the_stock_counts(self):
        self._move(self.suppliers, self.shelf)
        self.assertFalse(self._get_sent())


@tagged("post_install", "-at_install")
class TestListingValues(PushCase):
    """What a listing should show follows its cause, and ends with it."""

    def _apply(self):
        self._commit()
        self.env["merchant.listing"]._apply_changes()

    def _read_later(self, hours):
        with freeze_time(fields.Datetime.now() + timedelta(hours=hours)):
            self._sync("products")

    def test_change_during_a_comparison_is_compared_too(self):
        self.env["merchant.listing.change"]._note_stores(self.store)
        self._apply()
        pending = [("kind", "=", "compare"), ("state", "=", "pending")]
        run = self.env["merchant.sync.run"].search(pending)

        def read_a_page(runs, kind):
            runs.browse(run.id)._work_on_page()

        with (
            patch(f"{MODELS}.merchant_listing_comparison.PAGE", 1),
            patch.object(type(run), "_work_on_open", read_a_page),
        ):
            self._run_cron("sync_products")
        self.assertEqual(run.state, "running")
        self.feed.stock_buffer = 3
        self._send()
        self._run_cron("sync_products")
        self.assertEqual(run.state, "done")
        self._send()
        self.assertTrue(run.search(pending))
        self._run_cron("sync_products")
        self._send()
        quantities = {key: values[-1]["quantity"] for key, values in self._sent().items()}
        self.assertEqual(quantities, {"p1": "7.0", "p2": "7.0", "p3": "7.0"})

    def test_change_that_nobody_noted_is_found_every_three_hours(self):
        # What the store and its price list have asked for is done.
        self._run_cron("sync_products")
        self._send()
        self.assertFalse(self.env["merchant.sync.run"].search([("state", "=", "pending")]))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE product_template SET list_price = 130 WHERE id = %s",
            [self.goods["A1"].product_tmpl_id.id],
        )
        self.env.invalidate_all()
        self._send()
        self.assertFalse(self._sent())
        action = self.env.ref("garazd_merchant_center.cron_sync_products")
        self.assertEqual((action.interval_number, action.interval_type), (3, "hours"))
        self._run_cron("sync_products")
        self._send()
        self.assertEqual(self._sent(), {"p1": [{"price": "130.0"}]})

    def test_another_currency_is_told_whatever_page_it_is_on(self):
        listings = self.env["merchant.listing"].search([("store_id", "=", self.store.id)])
        self.assertGreater(len(listings), 1)
        usd = self.env.ref("base.USD")
        for listing in listings:
            own = listing.currency_id
            listing.currency_id = usd
            with patch(f"{MODELS}.merchant_listing_comparison.PAGE", 1):
                self._run_cron("sync_products")
                issue = self._get_issues("listing_currency")
                self.assertEqual((issue.occurrences, issue.values["count"]), (1, 1))
                listing.currency_id = own
                self._run_cron("sync_products")
            self.assertEqual(issue.state, "resolved")

    def test_deleted_product_has_nothing_to_send(self):
        for number, name in enumerate(("product.product", "product.template"), 8):
            product = self._make_product(f"S{number}", list_price=50)
            self._product(f"p{number}", sku=f"S{number}", price="50", presence="in_stock")
            self._sync("products")
            self._send()
            product.list_price = 55
            self._apply()
            listing = self._get_listing(f"p{number}")
            self.assertEqual(listing.push_state, "waiting")
            (product if name == product._name else product.product_tmpl_id).unlink()
            self.assertRecordValues(listing, [{"push_state": "none", "state": "unmatched"}])

    def test_listing_that_has_nothing_to_send_after_all_is_let_go(self):
        self.env.cr.execute("UPDATE merchant_listing SET push_state = 'waiting'")
        self.env.invalidate_all()
        self._send()
        self.assertFalse(self._sent())
        self.assertEqual({self._get_listing(f"p{n}").push_state for n in (1, 2, 3)}, {"none"})

    def test_store_without_price_list_sends_and_repairs_nothing(self):
        self.goods["A1"].list_price = 150
        self._apply()
        self.assertEqual(self._get_listing("p1").push_state, "waiting")
        self.store.feed_id = False
        self._send()
        self._remote("p2")["quantity"] = "3"
        for hour in (1, 2):
            self._read_later(hour)
        self._send()
        self.assertFalse(self._sent())
        self.store.feed_id = self.feed
        self._send()
        self._run_cron("sync_products")
        self._send()
        self.assertEqual(self._sent(), {"p1": [{"price": "150.0"}], "p2": [{"quantity": "10.0"}]})

    def test_price_of_another_currency_is_not_sent_when_the_price_list_changes_over(self):
        """What the price list said in dollars is no price in hryvnias."""
        self.feed.currency_id = self.usd
        self._send()
        self._run_cron("sync_products")
        listing = self._get_listing("p1")
        listing.desired_price = 3
        self.feed.currency_id = self.uah
        self._stock("A1", -10)
        listings = self.env["merchant.listing"]
        self.env.add_to_compute(listings._fields["push_state"], listing)
        self.assertNotIn("price", listing._get_waiting())
        self._send()
        self._run_cron("sync_products")
        self._send()
        prices = [values["price"] for values in self._sent()["p1"] if "price" in values]
        self.assertFalse(prices)

    def test_price_of_a_currency_that_nobody_uses_is_not_replaced(self):
        zloty = self.env.ref("base.PLN")
        zloty.active = False
        self.goods["D4"] = self._make_product("D4", list_price=400, is_storable=True)
        self._product("p4", sku="D4", price="40", quantity="0", currency=zloty.name)
        self._sync("products")
        self._send()
        self.assertEqual(self._sent(), {"p4": [{"presence": "sold_out"}]})
        self.assertEqual(self._get_listing("p4").currency_id, zloty)

    def test_listing_of_another_product_sends_nothing_of_the_old_one(self):
        self.goods["A1"].list_price = 150
        self._apply()
        free = self._make_product("F1", list_price=0, is_storable=True)
        mapping = self.env["merchant.mapping"].search([("external_id", "=", "p1")])
        mapping.res_id = free.id
        self._send()
        self.assertEqual(self._sent(), {"p1": [{"quantity": "0.0", "presence": "sold_out"}]})

    def test_store_that_was_archived_compares_before_it_sends(self):
        self.goods["A1"].list_price = 150
        self._apply()
        self.store.active = False
        self.goods["A1"].list_price = 100
        self._apply()
        self.store.active = True
        self._send()
        self._run_cron("sync_products")
        self._send()
        self.assertFalse(self._sent())

    def test_consent_ends_when_the_value_is_taken_back(self):
        self.store.max_price_percent = 30
        self.goods["A1"].list_price = 10
        self._send()
        self.store.with_user(self.admin).action_push_held()
        self.goods["A1"].list_price = 100
        self._apply()
        self.goods["A1"].list_price = 10
        self._send()
        self.assertFalse(self._sent())
        self.assertEqual(self._get_listing("p1").push_state, "held")

    def test_products_of_two_stores_are_noted_once_and_others_never(self):
        other = self._make_product("Z9", list_price=1)
        self._commit()
        changes = self.env["merchant.listing.change"]
        before = changes.search([])
        self.goods["A1"].list_price = 101
        self.goods["A1"].list_price = 102
        other.list_price = 2
        self._commit()
        self.assertEqual((changes.search([]) - before).mapped("product_id"), self.goods["A1"].ids)

    def test_price_rules_of_base_pricelists_are_followed(self):
        pricelists = self.env["product.pricelist"]
        vals = {"currency_id": self.uah.id, "company_id": self.company.id}
        base = pricelists.create({"name": "Base", **vals})
        self.feed.pricelist_id = pricelists.create(
            {
                "name": "Shop",
                **vals,
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "formula",
                            "base": "pricelist",
                            "base_pricelist_id": base.id,
                        }
                    )
                ],
            }
        )
        self._send()
        self._run_cron("sync_products")
        self._send()
        self.assertFalse(self._sent())
        rule = self.env["product.pricelist.item"].create(
            {"pricelist_id": base.id, "compute_price": "percentage", "percent_price": 10}
        )
        self._send()
        self._run_cron("sync_products")
        self._send()
        self.assertEqual(self._sent()["p1"], [{"price": "90.0"}])
        rule.unlink()
        self._send()
        self._run_cron("sync_products")
        self._send()
        self.assertEqual(self._sent()["p1"][1], {"price": "100.0"})

    # === COMPARISON === #

    def _record_asked(self):
        """Return a list that takes the products whose amounts are asked for."""
        asked = []
        get_amounts = type(self.feed)._get_amounts

        def record(feed, products, known=None):
            asked.extend(products.ids)
            return get_amounts(feed, products, known)

        self.patch(type(self.feed), "_get_amounts", record)
        return asked

    def test_what_depends_on_nothing_new_is_asked_about_once_in_a_day_of_comparisons(self):
        self._sync("products")
        goods = [self.goods[name].id for name in ("A1", "B2", "C3")]
        asked = self._record_asked()
        for turn in range(8):
            self._read_later(3 * turn)
        self.assertEqual(sorted(asked), sorted(goods))

    def test_change_that_nobody_noted_is_found_by_the_next_comparison(self):
        self._sync("products")
        listing = self._get_listing("p1")
        self.env.cr.execute(
            "UPDATE product_template SET list_price = 150 WHERE id = %s",
            [listing.product_id.product_tmpl_id.id],
        )
        self.env.invalidate_all()
        other_share = (listing.id + 1) % 8
        listings = self.env["merchant.listing"].search([("product_id", "!=", False)])
        self.assertEqual(listings._refresh_desired(other_share), listing)
        self.assertEqual(listing.desired_price, 150)
        self.assertFalse(listings._refresh_desired(other_share))

    def test_price_that_another_module_changes_by_itself_is_found_within_a_day(self):
        self._sync("products")
        get_amounts = type(self.feed)._get_amounts

        def double(feed, products, known=None):
            amounts = get_amounts(feed, products, known)
            return {id_: a._replace(price=a.price * 2) for id_, a in amounts.items()}

        self.patch(type(self.feed), "_get_amounts", double)
        for turn in range(8):
            self._read_later(3 * turn)
        self.assertEqual(self._get_listing("p1").desired_price, 200)

    def test_listing_that_was_left_alone_is_compared_again(self):
        self._sync("products")
        listing = self._get_listing("p1")
        listing._forget_desired()
        listing._refresh_desired((listing.id + 1) % 8)
        self.assertEqual(listing.desired_price, 100)
