from odoo import api, fields, models


class MerchantDeliveryConfirm(models.TransientModel):
    """Asks before goods leave that had better stay: the order is cancelled, for example."""

    _name = "merchant.delivery.confirm"
    _description = "Question before a Marketplace Delivery"

    picking_ids = fields.Many2many("stock.picking", string="Deliveries", readonly=True)
    message = fields.Text(compute="_compute_message")
    is_cancelled = fields.Boolean(compute="_compute_message")

    @api.depends("picking_ids")
    def _compute_message(self):
        for wizard in self:
            # Whoever fills in a form may name the deliveries of others.
            pickings = wizard.picking_ids._origin._filtered_access("read")
            wizard.message = "\n".join(pickings._get_merchant_questions())
            wizard.is_cancelled = any(pickings.mapped("merchant_is_cancelled"))

    def action_deliver(self):
        """Go on with the validation that was stopped, whatever speaks against it."""
        return self.picking_ids.with_context(skip_merchant_questions=True).button_validate()
