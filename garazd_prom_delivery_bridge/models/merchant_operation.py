from odoo import models

from odoo.addons.garazd_merchant_center.models.merchant_operation_tracking import KIND


class MerchantOperation(models.Model):
    """Numbers of parcels that were taken from the delivery while they were being sent."""

    _inherit = "merchant.operation"

    def _finish(self, state, message=False):
        """Extend `garazd_merchant_center`: look at what arrived although it was called back."""
        called_back = self.filtered(lambda o: o.kind == KIND and o.state == "cancelled")
        super()._finish(state, message)
        if state == "done":
            for operation in called_back:
                order = self.env[operation.res_model].browse(operation.res_id).exists()
                order._tell_tracking()
