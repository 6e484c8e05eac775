from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_cancel(self):
        """Override of `stock` to tell what becomes of the number of a delivery that is cancelled.

        A delivery has no method of its own for that: it is cancelled with the last of its moves.
        """
        result = super()._action_cancel()
        cancelled = self.picking_id.filtered(lambda p: p.state == "cancel")
        cancelled.filtered("carrier_tracking_ref")._tell_tracking()
        return result
