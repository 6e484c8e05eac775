from odoo import models

from .merchant_operation_tracking import CARRIER, KIND


class MerchantDeliveryMethod(models.Model):
    """The tracking numbers of a delivery method that the marketplace did not take."""

    _inherit = "merchant.delivery.method"

    # === CRUD METHODS === #

    def write(self, vals):
        """Override to send again what the marketplace did not take for want of the right code."""
        result = super().write(vals)
        if vals.get("waybill_code"):
            self.action_retry()
        return result

    # === ACTION METHODS === #

    def action_retry(self):
        """Send the tracking numbers of these methods again that could not be sent."""
        self.check_access("read")
        self._get_failed_numbers().action_retry()

    # === BUSINESS METHODS === #

    def _get_failed_numbers(self):
        """Return the operations of tracking numbers that failed.

        :rtype: merchant.operation
        """
        # Elevated: operations and orders belong to the system.
        methods = self.sudo()
        failed = methods.env["merchant.operation"].search(
            [
                ("store_id", "in", methods.store_id.ids),
                ("kind", "=", KIND),
                ("state", "=", "failed"),
            ]
        )
        return failed.filtered(lambda o: o._get_order().delivery_method_id & methods)

    def _settle_carrier(self, is_accepted):
        """Close the issue about the carrier when nothing more hangs on it.

        :param bool is_accepted: a number was taken
        """
        for method in self:
            if is_accepted or not method._get_failed_numbers():
                self.env["merchant.issue"]._resolve(method.store_id, [CARRIER], method)
