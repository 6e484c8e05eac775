from odoo import fields, models

from .merchant_listing import PRODUCT

# The numbers are counted with the rights of who looks.
GROUP_USER = "garazd_merchant_center.group_user"


class MerchantListing(models.Model):
    """Leads from a product of a store to what belongs to it in Odoo."""

    _inherit = "merchant.listing"

    feed_id = fields.Many2one(related="store_id.feed_id")

    # === ACTION METHODS === #

    def action_open_product(self):
        """Open the product in Odoo."""
        self.ensure_one()
        return self.product_id._get_records_action()

    def action_open_orders(self):
        """Open the orders of the store in which this product was bought."""
        self.ensure_one()
        action = self.store_id.action_open_orders()
        action["domain"] = [*action["domain"], ("product_ids", "in", self.product_id.ids)]
        return action

    def action_open_feed(self):
        """Open the price list that says what this product should show."""
        self.ensure_one()
        return self.store_id.action_open_feed()


class ProductProduct(models.Model):
    """Leads from a product to the stores that sell it and the price lists that offer it."""

    _inherit = PRODUCT

    merchant_listing_count = fields.Integer(
        string="In Stores", compute="_compute_merchant_listing_count", groups=GROUP_USER
    )
    data_feed_count = fields.Integer(string="In Price Lists", compute="_compute_data_feed_count")

    # === COMPUTE METHODS === #

    def _compute_merchant_listing_count(self):
        groups = self.env["merchant.listing"]._read_group(
            [("product_id", "in", self.ids)], ["product_id"], ["__count"]
        )
        counts = {product.id: count for product, count in groups}
        for product in self:
            product.merchant_listing_count = counts.get(product.id, 0)

    def _compute_data_feed_count(self):
        for product in self:
            product.data_feed_count = len(product._get_data_feeds())

    # === ACTION METHODS === #

    def action_open_merchant_listings(self):
        """Open these products as the stores show them."""
        self.env["merchant.listing"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "garazd_merchant_center.merchant_listing_action"
        )
        return action | {"domain": [("product_id", "in", self.ids)], "context": {}}

    def action_open_data_feeds(self):
        """Open the price lists that offer these products."""
        self.env["product.data.feed"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "garazd_product_feed.product_data_feed_action"
        )
        return action | {"domain": [("id", "in", self._get_data_feeds().ids)], "context": {}}

    # === BUSINESS METHODS === #

    def _get_data_feeds(self):
        """Return the price lists in which these products have an identifier."""
        # Elevated: identifiers belong to the stock; price lists are shown by their own rules.
        offers = self.env["product.data.feed.offer"].sudo()
        feeds = offers.search([("product_id", "in", self.ids)]).feed_id.with_env(self.env)
        return feeds.filtered("active")._filtered_access("read")


class ProductTemplate(models.Model):
    _inherit = "product.template"

    merchant_listing_count = fields.Integer(
        string="In Stores", compute="_compute_merchant_listing_count", groups=GROUP_USER
    )
    data_feed_count = fields.Integer(string="In Price Lists", compute="_compute_data_feed_count")

    # === COMPUTE METHODS === #

    def _compute_merchant_listing_count(self):
        for template in self:
            counts = template.product_variant_ids.mapped("merchant_listing_count")
            template.merchant_listing_count = sum(counts)

    def _compute_data_feed_count(self):
        for template in self:
            template.data_feed_count = len(template.product_variant_ids._get_data_feeds())

    # === ACTION METHODS === #

    def action_open_merchant_listings(self):
        """Open the variants as the stores show them."""
        return self.product_variant_ids.action_open_merchant_listings()

    def action_open_data_feeds(self):
        """Open the price lists that offer the variants."""
        return self.product_variant_ids.action_open_data_feeds()


class ProductDataFeed(models.Model):
    """Leads from a price list to the stores that use it."""

    _inherit = "product.data.feed"

    store_count = fields.Integer(
        string="Used by Stores", compute="_compute_store_count", groups=GROUP_USER
    )
    listing_count = fields.Integer(
        string="Products in Stores", compute="_compute_store_count", groups=GROUP_USER
    )

    # === COMPUTE METHODS === #

    def _compute_store_count(self):
        stores = self.env["merchant.store"].search([("feed_id", "in", self.ids)])
        groups = self.env["merchant.listing"]._read_group(
            [("store_id", "in", stores.ids)], ["store_id"], ["__count"]
        )
        counts = dict(groups)
        for feed in self:
            own = stores.filtered(lambda store, feed=feed: store.feed_id == feed)
            feed.store_count = len(own)
            feed.listing_count = sum(counts.get(store, 0) for store in own)

    # === ACTION METHODS === #

    def action_open_stores(self):
        """Open the stores that use this price list."""
        self.check_access("read")
        self.env["merchant.store"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "garazd_merchant_center.merchant_store_action"
        )
        return action | {"domain": [("feed_id", "in", self.ids)], "context": {}}

    def action_open_listings(self):
        """Open the products of the stores that use this price list."""
        self.check_access("read")
        self.env["merchant.listing"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "garazd_merchant_center.merchant_listing_action"
        )
        return action | {"domain": [("store_id.feed_id", "in", self.ids)], "context": {}}
