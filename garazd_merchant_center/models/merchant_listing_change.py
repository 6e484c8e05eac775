from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

KEY = "merchant_listing_change"


class Noted(NamedTuple):
    """What a transaction has noted: ids of products, and of stores."""

    product_ids: set
    store_ids: set


class MerchantListingChange(models.Model):
    """A note that a product, or everything in a store, may cost or number something else by now.

    Rows are only inserted, in the transaction of their cause, so that nobody who moves goods or
    changes prices ever waits for somebody else or fails because of the marketplace.
    """

    _name = "merchant.listing.change"
    _description = "Change to Compare with the Marketplace"
    _log_access = False

    # No relation: its foreign key would lock the product.
    product_id = fields.Integer()
    store_id = fields.Many2one("merchant.store", ondelete="cascade", help="All its listings.")

    @api.model
    def _note(self, products):
        """Note products; they are written down once when the transaction commits.

        :param product.product products: whose prices or quantities may have changed
        """
        self._get_noted().product_ids.update(products.ids)

    @api.model
    def _note_stores(self, stores):
        """Note everything that some stores show.

        :param merchant.store stores: those without a price list have nothing to compare
        """
        self._get_noted().store_ids.update(stores.filtered("feed_id").ids)

    @api.model
    def _note_feeds(self, feeds):
        """Note everything that the stores of some price lists show."""
        self._note_stores(feeds.sudo().store_ids)

    def _get_noted(self):
        """Return what the transaction has noted so far."""
        precommit = self.env.cr.precommit
        if KEY not in precommit.data:
            precommit.data[KEY] = Noted(set(), set())
            precommit.add(self.sudo()._insert_noted)
        return precommit.data[KEY]

    def _insert_noted(self):
        """Write down what was noted, if a store shows it."""
        noted = self.env.cr.precommit.data.pop(KEY, None)
        if not noted:
            return
        if noted.store_ids:
            self.create([{"store_id": store_id} for store_id in noted.store_ids])
        if noted.product_ids:
            self._insert_products(noted.product_ids)

    def _insert_products(self, product_ids):
        """Write down those of the products that a store shows.

        Nobody is woken, which would take longer than all the rest; the sender looks every minute.
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO merchant_listing_change (product_id)
                SELECT DISTINCT listing.product_id
                  FROM merchant_listing listing
                  JOIN merchant_store store ON store.id = listing.store_id
                 WHERE listing.product_id IN %s AND store.active AND store.feed_id IS NOT NULL
                """,
                tuple(self._with_kit_ids(product_ids)),
            )
        )

    def _with_kit_ids(self, product_ids):
        """Add the kits that have these products as components; with Manufacturing only.

        In one query, because everybody who moves goods waits for it.
        """
        if "mrp.bom.line" not in self.env:
            return product_ids
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE used (product_id) AS (
                    SELECT UNNEST(%s)
                     UNION
                    SELECT kit.id
                      FROM used
                      JOIN mrp_bom_line line ON line.product_id = used.product_id
                      JOIN mrp_bom bom ON bom.id = line.bom_id
                      JOIN product_product kit
                        ON kit.id = bom.product_id
                        OR (bom.product_id IS NULL AND kit.product_tmpl_id = bom.product_tmpl_id)
                     WHERE bom.type = 'phantom' AND bom.active)
                SELECT product_id FROM used
                """,
                list(product_ids),
            )
        )
        return {product_id for (product_id,) in rows}

    @api.model
    def _take(self, limit):
        """Remove the oldest rows that no other worker holds, and return what they are about.

        Everything in a store waits for a comparison that is under way: the pages that it has done
        are to be done again by the next one.

        :rtype: tuple[set[int], merchant.store]
        """
        rows = self.env.execute_query(
            SQL(
                """
                DELETE FROM merchant_listing_change
                 WHERE id IN (
                    SELECT id FROM merchant_listing_change change
                     WHERE NOT EXISTS (
                        SELECT FROM merchant_sync_run run
                         WHERE run.store_id = change.store_id
                           AND run.kind = 'compare' AND run.state = 'running')
                     ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
                RETURNING product_id, store_id
                """,
                limit,
            )
        )
        products = {product_id for product_id, _store_id in rows if product_id}
        stores = {store_id for _product_id, store_id in rows if store_id}
        return products, self.env["merchant.store"].browse(stores)
