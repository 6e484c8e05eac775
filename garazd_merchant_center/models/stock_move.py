from odoo import api, models

# What moves the forecast.
PLANNED = {"state", "product_uom_qty", "location_id", "location_dest_id", "location_final_id"}


class StockMove(models.Model):
    _inherit = "stock.move"

    @api.depends("sale_line_id.name")
    def _compute_description_picking(self):
        """Override of `sale_stock`: who packs a placeholder reads what the buyer ordered."""
        result = super()._compute_description_picking()
        placeholder = self.env.ref("garazd_merchant_center.product_unknown")
        for move in self.filtered(lambda m: m.product_id == placeholder and m.sale_line_id):
            if not move.description_picking_manual:
                move.description_picking = move.sale_line_id.name
        return result

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
