from ipaddress import ip_address
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.tools import SQL


class MerchantStore(models.Model):
    """What a store needs to have its price list imported, and what that would do."""

    _inherit = "merchant.store"

    can_import_feed = fields.Boolean(compute="_compute_can_import_feed")
    feed_import_count = fields.Integer(
        string="Price List Imports", compute="_compute_feed_import_count"
    )

    # === COMPUTE METHODS === #

    @api.depends("marketplace", "feed_id", "state")
    def _compute_can_import_feed(self):
        for store in self:
            is_ready = store.marketplace and store.feed_id and store.state != "draft"
            fields_ = is_ready and store._get_adapter()._get_feed_import_fields()
            store.can_import_feed = bool(fields_)

    def _compute_feed_import_count(self):
        groups = self.env["merchant.feed.import"]._read_group(
            [("store_id", "in", self.ids)], ["store_id"], ["__count"]
        )
        counts = {store.id: count for store, count in groups}
        for store in self:
            store.feed_import_count = counts.get(store.id, 0)

    # === ACTION METHODS === #

    def action_import_feed(self):
        """Open the wizard that asks the marketplace to read the price list."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "garazd_merchant_center.merchant_feed_import_start_action"
        )
        return action | {"context": {"default_store_id": self.id}}

    def action_open_feed_imports(self):
        """Open the imports of this store."""
        return self._open("garazd_merchant_center.merchant_feed_import_action")

    # === BUSINESS METHODS === #

    def _get_feed_import_problem(self, own=None):
        """Return why the price list cannot be imported now; empty when it can.

        :param own: the import that wants to know, if there is one already
        :rtype: str
        """
        self.ensure_one()
        feed = self.feed_id.sudo()  # elevated: everybody who sees the store may know how it stands
        problem = ""
        if self._is_import_open(own):
            problem = self.env._(
                "The marketplace is already busy with the price list of %(store)s. Wait until it "
                "has finished.",
                store=self.name,
            )
        elif self.state == "attention":
            problem = self.env._(
                "The store needs attention: see its issues and mend the connection first."
            )
        elif not feed or not feed.active:
            problem = self.env._("Choose an active data feed on the store first.")
        elif not feed.generated_at:
            problem = self.env._("The price list is being prepared. Try again in a few minutes.")
        elif feed.state == "held":
            problem = self.env._(
                "The price list would lose many offers and waits for a decision. Open the data "
                "feed: press Publish Anyway there if that is right."
            )
        elif feed.state == "failed":
            problem = self.env._(
                "The price list could not be generated, so the marketplace would read an old one. "
                "Open the data feed and mend the cause."
            )
        elif not feed.offer_count:
            problem = self.env._("The price list has no products. See the issues of the data feed.")
        elif not self.last_sync_products_at:
            problem = self.env._(
                "Press Sync first: Odoo has to know which products the marketplace has, or they "
                "could be made a second time."
            )
        return problem

    def _is_import_open(self, own=None):
        """Tell whether the marketplace is, or will be, busy with the price list.

        :param own: the import that does not count
        """
        # Elevated: the answer must not depend on which imports somebody sees.
        imports = self.env["merchant.feed.import"].sudo()
        domain = [("store_id", "=", self.id), ("state", "in", imports._OPEN_STATES)]
        return bool(imports.search_count([*domain, ("id", "not in", own.ids if own else [])]))

    def _is_feed_local(self):
        """Tell whether the link of the price list cannot be reached from outside."""
        self.ensure_one()
        host = urlsplit(self.feed_id.sudo().url or "").hostname or ""
        try:
            return not ip_address(host).is_global
        except ValueError:
            return "." not in host or host.endswith((".local", ".localhost", ".lan", ".internal"))

    def _count_feed_duplicates(self):
        """Count the offers that the marketplace would take for new although it has the product.

        :rtype: int
        """
        return len(self._find_feed_duplicates())

    def _find_feed_duplicates(self):
        """Find the offers that the marketplace would take for new although it has the product.

        It has no product with that identifier, but one with the same SKU, or one that is known to
        be the same. Made by hand, products have no identifier there.

        :return: the identifiers of those listings by the identifier of the product in Odoo
        :rtype: dict[int, list[int]]
        """
        self.ensure_one()
        feed = self.feed_id._with_feed_context()
        product_ids = [id_ for ids in feed._get_product_ids().values() for id_ in ids]
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT product.id, ARRAY_AGG(twin.id)
                  FROM product_data_feed_offer offer
                  JOIN product_product product ON product.id = offer.product_id
                  JOIN merchant_listing twin
                    ON twin.store_id = %(store)s
                   AND (twin.product_id = product.id OR twin.sku = product.default_code)
                 WHERE offer.feed_id = %(feed)s
                   AND offer.product_id = ANY(%(products)s)
                   AND NOT EXISTS (
                       SELECT 1
                         FROM merchant_listing listing
                        WHERE listing.store_id = %(store)s
                          AND listing.seller_id = offer.offer_id
                   )
                 GROUP BY product.id
                """,
                feed=feed.id,
                store=self.id,
                products=product_ids,
            )
        )
        return dict(rows)

    def _count_revived(self):
        """Count the listings that an import would put on display again.

        :rtype: int
        """
        self.ensure_one()
        statuses = self._get_adapter()._get_revived_statuses()
        return self.env["merchant.listing"].search_count(
            [("store_id", "=", self.id), ("status", "in", statuses)]
        )
