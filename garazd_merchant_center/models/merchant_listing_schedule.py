from odoo import api, fields, models
from odoo.fields import Domain


class MerchantStore(models.Model):
    """Notices price rules that begin or end by themselves, without anybody writing anything."""

    _inherit = "merchant.store"

    price_rules_at = fields.Datetime(
        copy=False, help="The last time when a price rule was met that had begun or ended."
    )

    def _get_turning_rules(self, now):
        """Return the price rules that have begun or ended since the last ones were met.

        :param datetime now:
        :rtype: product.pricelist.item
        """
        self.ensure_one()
        feed = self.feed_id.sudo()
        pricelists = feed.pricelist_id | feed.compare_pricelist_id
        since = self.price_rules_at or self.create_date
        begun = Domain("date_start", ">", since) & Domain("date_start", "<=", now)
        ended = Domain("date_end", ">=", since) & Domain("date_end", "<", now)
        return self.env["product.pricelist.item"].search(
            Domain("pricelist_id", "in", feed._get_pricelist_chain(pricelists).ids)
            & (begun | ended)
        )


class MerchantListing(models.Model):
    _inherit = "merchant.listing"

    @api.model
    def _note_turning_rules(self):
        """Note what stores show by price rules that have begun or ended."""
        now = fields.Datetime.now()
        for store in self.env["merchant.store"].sudo().search([("feed_id", "!=", False)]):
            if rules := store._get_turning_rules(now):
                rules._note_merchant_changes()
                store.price_rules_at = now
