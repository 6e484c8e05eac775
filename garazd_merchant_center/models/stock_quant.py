from odoo import api, models

AMOUNTS = {"quantity", "reserved_quantity", "location_id"}


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to note products whose stock changes."""
        quants = super().create(vals_list)
        self.env["merchant.listing.change"]._note(quants.product_id)
        return quants

    def write(self, vals):
        """Override to note products whose stock changes."""
        if not AMOUNTS.isdisjoint(vals):
            self.env["merchant.listing.change"]._note(self.product_id)
        return super().write(vals)

    def unlink(self):
        """Override to note products whose stock changes."""
        self.env["merchant.listing.change"]._note(self.product_id)
        return super().unlink()
