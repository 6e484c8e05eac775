from odoo import api, models

# What a change of a price list changes in what it says.
FEED_FIELDS = {
    "company_id",
    "domain",
    "product_categ_ids",
    "product_tag_ids",
    "included_product_ids",
    "excluded_product_ids",
    "warehouse_ids",
    "quantity_basis",
    "stock_buffer",
    "zero_stock_availability",
    "currency_id",
    "pricelist_id",
    "compare_pricelist_id",
    "compare_sales_price",
    "value_ids",
}


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def write(self, vals):
        """Override to note what stores show by these pricelists."""
        result = super().write(vals)
        if not {"currency_id", "active", "item_ids"}.isdisjoint(vals):
            self._note_merchant_changes()
        return result

    def _note_merchant_changes(self):
        """Note everything that stores show by these pricelists, or by one based on them."""
        feeds = self.env["product.data.feed"].sudo().search([("store_ids", "!=", False)])
        chosen = feeds.filtered(
            lambda feed: (
                feed._get_pricelist_chain(feed.pricelist_id | feed.compare_pricelist_id)
                & self.sudo()
            )
        )
        self.env["merchant.listing.change"]._note_feeds(chosen)


class ProductPricelistItem(models.Model):
    _inherit = "product.pricelist.item"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to note what the new rules may change."""
        items = super().create(vals_list)
        items._note_merchant_changes()
        return items

    def write(self, vals):
        """Override to note what the rules changed before, and what they change now."""
        self._note_merchant_changes()
        result = super().write(vals)
        self._note_merchant_changes()
        return result

    def unlink(self):
        """Override to note what the rules do not change any more."""
        self._note_merchant_changes()
        return super().unlink()

    def _note_merchant_changes(self):
        """Note the products of rules about some, and everything for rules about many."""
        wide = self.filtered(lambda item: item.applied_on in ("3_global", "2_product_category"))
        wide.pricelist_id._note_merchant_changes()
        narrow = self - wide
        narrow.product_tmpl_id._note_merchant_changes()
        self.env["merchant.listing.change"]._note(narrow.product_id)


class ProductDataFeed(models.Model):
    _inherit = "product.data.feed"

    def write(self, vals):
        """Override to note everything that the stores of these price lists show."""
        moved = self.filtered(
            lambda feed: "currency_id" in vals and feed.currency_id.id != vals["currency_id"]
        )
        result = super().write(vals)
        moved.sudo().store_ids._forget_desired()
        if not FEED_FIELDS.isdisjoint(vals):
            self.env["merchant.listing.change"]._note_feeds(self)
        return result
