from odoo import api, fields, models
from odoo.exceptions import UserError


class MerchantDeliveryConfirm(models.TransientModel):
    """Takes the tracking number that a delivery lacks, so that nobody has to go back for it."""

    _inherit = "merchant.delivery.confirm"

    lacks_number = fields.Boolean(compute="_compute_lacks_number")
    tracking_number = fields.Char()

    @api.depends("picking_ids")
    def _compute_lacks_number(self):
        for wizard in self:
            # Of several deliveries nobody could tell whose number it is.
            pickings = wizard.picking_ids._origin._filtered_access("read")
            wizard.lacks_number = len(pickings) == 1 and bool(pickings._get_orders_without_number())

    def action_number(self):
        """Write the number on the delivery and go on with its validation.

        :raises UserError: there is no number
        """
        self.ensure_one()
        number = (self.tracking_number or "").strip()
        if not number:
            raise UserError(self.env._("Enter the tracking number first."))
        self.picking_ids.ensure_one().carrier_tracking_ref = number
        return self.action_deliver()
