from odoo import models


class SaleMassCancelOrders(models.TransientModel):
    _inherit = "sale.mass.cancel.orders"

    def action_mass_cancel(self):
        """Override of `sale` to ask for the reason that the marketplace wants to know."""
        return self.sale_order_ids._ask_cancel_reason() or super().action_mass_cancel()
