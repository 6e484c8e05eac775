from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    merchant_is_late = fields.Boolean(related="merchant_order_id.is_late", groups="base.group_user")

    def _action_confirm(self):
        """Override of `sale` to put tracking numbers of the marketplace on the new deliveries."""
        result = super()._action_confirm()
        # Elevated: who confirms sales orders need not have access to the marketplace's.
        self.sudo().merchant_order_id._receive_tracking()
        return result
