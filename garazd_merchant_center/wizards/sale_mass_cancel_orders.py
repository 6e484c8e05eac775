from odoo import models


class SaleMassCancelOrders(models.TransientModel):
    """Asks for the reason where it asks whether the orders of the list are to be cancelled."""

    _name = "sale.mass.cancel.orders"
    _inherit = ["sale.mass.cancel.orders", "merchant.cancel.mixin"]

    def action_mass_cancel(self):
        """Override of `sale` to note the reason for the marketplace.

        A program that names none gets the wizard that asks for it.
        """
        if not self.reason and (question := self.sale_order_ids._ask_cancel_reason()):
            return question
        self._tell_reason()
        return super().action_mass_cancel()
