from contextlib import closing

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestListingParallel(TransactionCase):
    """Transactions of their own, as several people have: noting changes is in nobody's way."""

    def setUp(self):
        super().setUp()
        env = self._open()
        warehouse = env["stock.warehouse"].search([], limit=1)
        self.location_id = warehouse.lot_stock_id.id
        products = env["product.product"].create(
            [{"name": f"Parallel {number}", "is_storable": True} for number in range(2)]
        )
        feed = env["product.data.feed"].create(
            {"name": "Parallel", "company_id": warehouse.company_id.id}
        )
        store = env["merchant.store"].create(
            {
                "name": "Parallel",
                "marketplace": "demo",
                "api_token": "parallel",
                "company_id": warehouse.company_id.id,
                "feed_id": feed.id,
            }
        )
        listings = env["merchant.listing"].create(
            [
                {"store_id": store.id, "external_id": str(product.id), "product_id": product.id}
                for product in products
            ]
        )
        env.cr.commit()
        self.product_ids, self.store_id = products.ids, store.id
        self.addCleanup(self._remove, listings, store, feed, products)
        env["merchant.listing.change"].sudo()._take(1000)
        env.cr.commit()

    def _open(self):
        """Return an environment with a connection of its own that waits for nobody."""
        cr = self.enterContext(closing(db_connect(self.env.cr.dbname).cursor()))
        cr.execute("SET lock_timeout = '3s'")
        return api.Environment(cr, SUPERUSER_ID, {})

    def _remove(self, *records):
        env = self._open()
        quants = env["stock.quant"].search([("product_id", "in", self.product_ids)])
        quants.sudo().unlink()
        for record in records:
            record.with_env(env).unlink()
        env.cr.execute("DELETE FROM merchant_listing_change")
        env.cr.commit()

    def _receive(self, env, number):
        """Receive a piece, up to the moment of the commit."""
        product = env["product.product"].browse(self.product_ids[number])
        location = env["stock.location"].browse(self.location_id)
        env["stock.quant"]._update_available_quantity(product, location, 1)
        env["merchant.listing.change"]._note_stores(env["merchant.store"].browse(self.store_id))
        env.flush_all()
        env.cr.precommit.run()

    def _take(self, env):
        product_ids, stores = env["merchant.listing.change"]._take(1000)
        return product_ids, stores.ids

    def test_goods_that_are_moved_at_once_are_all_noted(self):
        first, second = self._open(), self._open()
        self._receive(first, 0)
        self._receive(second, 1)
        second.cr.commit()
        first.cr.commit()
        self.assertEqual(self._take(self._open()), (set(self.product_ids), [self.store_id]))

    def test_goods_are_moved_while_changes_are_taken(self):
        env = self._open()
        self._receive(env, 0)
        env.cr.commit()
        taker = self._open()
        self.assertEqual(self._take(taker), ({self.product_ids[0]}, [self.store_id]))
        mover = self._open()
        self._receive(mover, 0)
        mover.cr.commit()
        taker.cr.commit()
        self.assertEqual(self._take(self._open()), ({self.product_ids[0]}, [self.store_id]))

    def test_two_workers_take_different_changes(self):
        env = self._open()
        self._receive(env, 0)
        env.cr.commit()
        first, second = self._open(), self._open()
        self.assertEqual(self._take(first), ({self.product_ids[0]}, [self.store_id]))
        self.assertEqual(self._take(second), (set(), []))

    @mute_logger("odoo.sql_db")
    def test_page_that_is_compared_before_a_change_is_noted_is_compared_again(self):
        env = self._open()
        run = env["merchant.sync.run"]._get_or_start(
            env["merchant.store"].browse(self.store_id), "compare"
        )
        env.cr.commit()
        page = run.with_env(self._open())
        self.assertEqual(page.state, "pending")
        self._receive(env, 0)
        env.cr.commit()
        taker = self._open()
        taker["merchant.listing"]._apply_changes()
        taker.flush_all()
        taker.cr.commit()
        # What it has read is older than the change that nobody else will take up.
        page.write({"state": "running", "started_at": fields.Datetime.now()})
        with self.assertRaises(SerializationFailure):
            page.env.flush_all()
        page.env.cr.rollback()
