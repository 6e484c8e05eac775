from odoo import models

# What moves the forecast.
PLANNED = {"state", "product_uom_qty", "location_id", "location_dest_id", "location_final_id"}


class StockMove(models.Model):
    _inherit = "stock.move"

    def write(self, vals):
        """Override to note products whose forecast changes."""
        if not PLANNED.isdisjoint(vals):
            self.env["merchant.listing.change"]._note(self.product_id)
        return super().write(vals)

    def _action_cancel(self):
        """Override of `stock`: what is given up may have been all that was left of an order."""
        result = super()._action_cancel()
        self.picking_id._push_deliveries()
        return result

    def _action_assign(self, force_qty=False):
        """Override of `stock`: before a delivery leaves, its order is read again."""
        result = super()._action_assign(force_qty=force_qty)
        self.picking_id._refresh_merchant_orders()
        return result
