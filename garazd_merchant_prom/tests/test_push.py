import math
import random
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.garazd_merchant_center.models.merchant_listing_snapshot import EXPORTED

from ..api import const
from .common import PromCase

EDIT = "/products/edit"
READ = "/products/[0-9]*"
GROUPS = (("price", "discount"), ("quantity_in_stock",), ("presence",))
FAULTS = (
    ("partial_processed", {"applied": False}),
    ("partial_processed", {"applied": True}),
    ("too_many_requests", {}),
    ("too_many_requests", {"retry_after": 4000}),
    ("server_error", {"status": 500}),
    ("server_error", {"status": 503}),
    ("html_200", {}),
    ("cut_json", {}),
    ("reset", {}),
    ("answer_lost", {}),
    ("empty_body", {}),
)


class PromPushCase(PromCase):
    """A store in Production that sends everything; Odoo shows what the shop shows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.feed = cls.env["product.data.feed"].create(
            {
                "name": "Feed",
                "company_id": cls.company.id,
                "currency_id": cls.uah.id,
                "compare_sales_price": True,
            }
        )
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        ) or cls.env["stock.warehouse"].create(
            {"name": "W", "code": "W", "company_id": cls.company.id}
        )
        cls.listings = cls("_prepare")._prepare()
        cls.settled = deepcopy(list(cls.sim.state.products.values()))

    def setUp(self):
        super().setUp()
        # The shop as the preparation left it.
        for row in deepcopy(self.settled):
            self.sim.state.products[row["id"]].update(row)

    def _prepare(self):
        """Read the shop, let Odoo have what it has, and return the listings that are compared."""
        self._sync("products")
        listings = self.env["merchant.listing"].search(
            [
                ("store_id", "=", self.store.id),
                ("product_id", "!=", False),
                ("currency_id", "in", (False, self.uah.id)),
            ]
        )
        for listing in listings:
            product = listing.product_id
            product.write({"is_storable": True, "list_price": listing.observed_price})
            self._stock(product, listing.observed_quantity)
        self.store.write(
            {
                "feed_id": self.feed.id,
                "mode": "production",
                "push_prices": True,
                "push_compare_prices": True,
                "push_stock": True,
                "push_presence": True,
                "max_price_percent": 100000,
                "max_unavailable_percent": 100,
            }
        )
        self.store.state = "connected"
        self._settle()
        return listings

    def _stock(self, product, change):
        if change:
            self.env["stock.quant"]._update_available_quantity(
                product, self.warehouse.lot_stock_id, change
            )

    def _send(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
        self._run_cron("listings")

    def _settle(self):
        """Let everything be compared and sent."""
        self._send()
        self._run_cron("sync_products")
        for hours in range(1, 30):
            with freeze_time(fields.Datetime.now() + timedelta(hours=2 * hours)):
                self._send()
            if not self.env["merchant.listing"].search_count([("push_state", "=", "waiting")]):
                return
        self.fail("the queue does not become empty")

    def _items(self):
        """Return the items of all changes that were sent."""
        return [item for request in self.sim.requests(EDIT) for item in request.body]

    def _pick(self, **conditions):
        """Return an ordinary listing with its product and its row on the shop."""
        for listing in self.listings:
            row = self.sim.state.products[int(listing.external_id)]
            if not row["is_variation"] and not row["discount"] and row["quantity_in_stock"]:
                return listing, listing.product_id, row
        return self.fail("no such listing")


@tagged("post_install", "-at_install")
class TestPush(PromPushCase):
    def test_price_and_quantity_are_sent_in_prom_s_words(self):
        listing, product, row = self._pick()
        before = len(self._items())
        product.list_price = 777.5
        self._stock(product, 3)
        self._send()
        quantity = int(listing.desired_quantity)
        self.assertEqual(
            self._items()[before:],
            [{"id": row["id"], "price": 777.5, "quantity_in_stock": quantity}],
        )
        self.assertEqual(row["quantity_in_stock"], quantity)
        self.assertEqual(listing.push_state, "none")
        request = self.sim.requests(EDIT)[-1]
        self.assertIsInstance(request.body, list)

    def test_sold_out_becomes_not_available_and_comes_back(self):
        listing, product, row = self._pick()
        quantity = listing.desired_quantity
        self._stock(product, -quantity)
        self._send()
        self.assertEqual((row["presence"], row["quantity_in_stock"]), ("not_available", 0))
        self._stock(product, 2)
        self._send()
        self.assertEqual((row["presence"], row["quantity_in_stock"]), ("available", 2))

    def test_crossed_out_price_is_a_discount_there(self):
        _listing, product, row = self._pick()
        before = row["price"]
        self.feed.pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Sale",
                "currency_id": self.uah.id,
                "company_id": self.company.id,
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_id": product.id,
                            "compute_price": "fixed",
                            "fixed_price": 1.5,
                        }
                    )
                ],
            }
        )
        self._settle()
        off = Decimal(str(row["price"])) - Decimal("1.5")
        self.assertEqual(row["price"], before)
        self.assertEqual(row["discount"], {"type": "amount", "value": float(off)})
        self._sync("products")
        listing = self._get_listing(row["id"])
        self.assertEqual((listing.observed_price, listing.push_state), (1.5, "none"))
        self.feed.pricelist_id = False
        self._settle()
        self.assertFalse(row["discount"])

    def test_discount_in_percent_is_read_as_the_price_that_remains(self):
        [product_id] = self.sim.products_of("discount_percent")
        row = self.sim.state.products[product_id]
        self.sim.touch_product(product_id, price="200", discount={"type": "percent", "value": 15})
        self._sync("products")
        listing = self._get_listing(row["id"])
        self.assertEqual((listing.observed_price, listing.observed_compare_price), (170, 200))
        self.sim.touch_product(
            product_id,
            discount={"type": "percent", "value": 15, "date_end": "01.01.2020"},
        )
        self._sync("products")
        self.assertEqual((listing.observed_price, listing.observed_compare_price), (200, 0))

    def test_variation_that_inherits_its_presence_gets_its_quantity(self):
        self.sim.options.variation_refuses_presence = True
        variation = self.listings.filtered(
            lambda l: (
                self.sim.state.products[int(l.external_id)]["is_variation"] and l.desired_quantity
            )
        )[0]
        row = self.sim.state.products[int(variation.external_id)]
        self._stock(variation.product_id, -variation.desired_quantity)
        self._send()
        self.assertEqual(row["quantity_in_stock"], 0)
        self.assertEqual(variation.push_state, "refused")
        self.assertEqual(self._get_issues("push_refused")._get_record(), variation)
        before = len(self._items())
        self._send()
        self.assertEqual(len(self._items()), before)

    def test_bad_item_does_not_keep_the_others_from_going(self):
        listing, product, row = self._pick()
        others = (self.listings - listing)[:5]
        self.sim.remove_product(row["id"])
        for one in others | listing:
            one.product_id.list_price += 1
        self._send()
        self.assertEqual(set(others.mapped("push_state")), {"none"})
        self.assertEqual(listing.push_state, "refused")
        self.assertEqual(product, listing.product_id)

    def test_item_nobody_answers_for_is_read_back(self):
        listing, product, row = self._pick()
        product.list_price = 555
        self.sim.faults.add("partial_processed", EDIT, times=2, every=1, applied=True)
        before = len(self.sim.requests(EDIT))
        self._send()
        self.assertEqual(listing.push_state, "none")
        self.assertEqual(len(self.sim.requests(EDIT)) - before, 1)
        self.assertEqual(len(self.sim.requests(f"/products/{row['id']}")), 1)

    def test_items_left_out_go_again_alone_and_are_then_read_back(self):
        ordinary = self.listings.filtered(
            lambda l: not self.sim.state.products[int(l.external_id)]["is_variation"]
        )
        listings = ordinary[:4]
        for faults, alone, looked_at in (
            # Half of them are left out, and taken when they come alone.
            ({"times": 1, "every": 2, "applied": False}, 2, 0),
            # All are taken, and none is ever confirmed.
            ({"times": None, "every": 1, "applied": True}, 4, 4),
        ):
            with self.subTest(**faults):
                self.sim.world.journal.clear()
                self.sim.faults.clear()
                self.sim.faults.add("partial_processed", EDIT, **faults)
                for listing in listings:
                    listing.product_id.list_price += 1
                self._send()
                sizes = [len(request.body) for request in self.sim.requests(EDIT)]
                self.assertEqual(sizes, [4] + [1] * alone)
                self.assertEqual(len(self.sim.requests(READ)), looked_at)
                self.assertEqual(set(listings.mapped("push_state")), {"none"})

    def test_a_call_is_about_a_hundred_products_at_most(self):
        codes = [f"M{number}" for number in range(130)]
        for code in codes:
            self.sim.add_product(
                sku=code, external_id=code, price=100, presence="available", quantity_in_stock=1
            )
        vals = {"list_price": 100, "taxes_id": [(5,)]}
        products = self.env["product.product"].create(
            [vals | {"name": code, "default_code": code} for code in codes]
        )
        self._sync("products")
        self._settle()
        self.sim.world.journal.clear()
        products.product_tmpl_id.list_price = 101
        self._send()
        sizes = [len(request.body) for request in self.sim.requests(EDIT)]
        self.assertEqual(sizes, [100, 30])

    def test_product_that_no_list_shows_is_changed_too(self):
        """What is known by the identifier of the price list alone is asked for Prom's number."""
        row = self.sim.add_product(external_id="X9", sku="X9", price=100, presence="available")
        self.sim.hide_product(row["id"])
        product = self._make_product("X9", list_price=120)
        self.feed._remember_offer_ids({product.id: "X9"})
        self._sync("products")
        self._settle()
        self.assertEqual(float(row["price"]), 120)
        self.assertIn(row["id"], [item["id"] for item in self._items()])

    def test_what_prom_had_before_the_first_change_is_kept(self):
        listing, product, row = self._pick()
        before = (float(row["price"]), row["quantity_in_stock"])
        product.list_price = 777
        self._stock(product, 3)
        self._send()
        self._sync("products")
        self.assertEqual((listing.observed_price, listing.observed_quantity), (777, before[1] + 3))
        _heading, *rows = self.store._get_snapshot_rows()
        [kept] = [row for row in rows if row[0] == listing.external_id]
        kept = dict(zip(EXPORTED, kept, strict=True))
        self.assertEqual((kept["snapshot_price"], kept["snapshot_quantity"]), before)

    def test_batch_that_is_too_large_for_prom_is_halved(self):
        for listing in self.listings:
            listing.product_id.list_price += 1
        self.sim.options.max_edit_items = 7
        self._send()
        self.assertEqual(set(self.listings.mapped("push_state")), {"none"})
        sizes = [len(request.body) for request in self.sim.requests(EDIT)]
        self.assertGreater(max(sizes), 7)

    def test_change_that_is_taken_back_after_a_lost_answer_is_sent(self):
        listing, product, row = self._pick()
        before = listing.desired_quantity
        self._stock(product, 1)
        self.sim.faults.add("answer_lost", EDIT, times=const.MAX_ATTEMPTS)
        self._send()
        self.assertEqual(row["quantity_in_stock"], before + 1)
        self._stock(product, -1)
        self._settle()
        self.assertEqual(row["quantity_in_stock"], before)

    def test_prices_in_another_currency_are_not_sent_and_told(self):
        [product_id] = self.sim.products_of("currency")
        listing = self._get_listing(product_id)
        listing.product_id.list_price = 5555
        self._settle()
        self.assertFalse([i for i in self._items() if i["id"] == product_id and "price" in i])
        self.assertIn("UAH", self._get_issues("listing_currency").detail)

    def test_test_environment_never_writes(self):
        self.store.with_user(self.admin).action_set_test()
        _listing, product, _row = self._pick()
        before = len(self.sim.writes())
        product.list_price = 777
        self._send()
        self.assertEqual(len(self.sim.writes()), before)
        withheld = self.env["merchant.operation"].search(
            [("store_id", "=", self.store.id), ("kind", "=", "listing_values")], limit=1
        )
        self.assertEqual(withheld.state, "withheld")
        self.assertEqual(withheld.request["body"][0]["price"], 777)

    # === CHANCE === #

    def test_whatever_happens_the_shop_shows_what_odoo_has(self):
        for seed in range(2):
            with self.subTest(seed=seed):
                self._shake(random.Random(seed))

    def _shake(self, chance):
        """Change prices and stock at random while calls fail at random; then compare."""
        now = fields.Datetime.now()
        for turn in range(12):
            for listing in chance.sample(list(self.listings), 6):
                product = listing.product_id
                if chance.random() < 0.5:
                    product.list_price = chance.randrange(100, 90000) / 100
                else:
                    held = product.with_company(self.company).qty_available
                    self._stock(product, chance.choice((-held, 1, 5, -min(held, 2))))
            if chance.random() < 0.7:
                name, details = chance.choice(FAULTS)
                times = chance.choice((1, 3, const.MAX_ATTEMPTS + 1))
                self.sim.faults.add(name, EDIT, times=times, **details)
            if chance.random() < 0.3:
                self.sim.faults.add("server_error", READ, times=const.MAX_ATTEMPTS)
            with freeze_time(now + timedelta(hours=turn)):
                self._send()
        self.sim.faults.clear()
        self._settle()
        for listing in self.listings:
            row = self.sim.state.products[int(listing.external_id)]
            product = listing.product_id
            # Not what the listing says it should show: that may have missed a change.
            held = self.env["stock.quant"]._get_available_quantity(
                product, self.warehouse.lot_stock_id
            )
            self.assertEqual(row["quantity_in_stock"], max(0, math.floor(held)))
            self.assertEqual(float(row["price"] or 0), product.list_price)
            if not row["variation_group_id"]:
                # Variations have the presence of their base.
                self.assertEqual(row["presence"] == "available", held >= 1)
        self._assert_no_needless_write()

    def _assert_no_needless_write(self):
        """What Prom has confirmed is not sent again before something else was."""
        has = {}
        for request in self.sim.requests(EDIT):
            is_clear = request.status == 200 and not request.faults
            for item in request.body:
                row = self.sim.state.products[item["id"]]
                is_refused = "presence" in item and row["is_variation"]
                for group in GROUPS:
                    key, value = (item["id"], group), [item.get(name) for name in group]
                    if any(name in item for name in group):
                        self.assertNotEqual(has.get(key), value)
                        has[key] = value if is_clear and not is_refused else None
        before = len(self._items())
        self._settle()
        self.assertEqual(len(self._items()), before)
