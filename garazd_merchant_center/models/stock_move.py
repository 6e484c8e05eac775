from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        """Override of `stock`: before a delivery leaves, its order is read again."""
        result = super()._action_assign(force_qty=force_qty)
        self.picking_id._refresh_merchant_orders()
        return result
