from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_confirm(self, *args, **kwargs):
        """Override of `stock` to put tracking numbers of the marketplace on new deliveries.

        Where goods are picked and packed first, the delivery is made only after that.
        """
        moves = super()._action_confirm(*args, **kwargs)
        moves.picking_id._filter_to_buyer()._get_merchant_orders()._receive_tracking()
        return moves

    def _action_cancel(self):
        """Override of `stock` to tell what becomes of the number of a delivery that is cancelled.

        A delivery has no method of its own for that: it is cancelled with the last of its moves.
        """
        result = super()._action_cancel()
        cancelled = self.picking_id.filtered(lambda p: p.state == "cancel")
        cancelled.filtered("carrier_tracking_ref")._tell_tracking()
        return result
