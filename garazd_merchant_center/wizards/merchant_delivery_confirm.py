from odoo import api, fields, models
from odoo.tools import format_datetime


class MerchantDeliveryConfirm(models.TransientModel):
    """Asks before goods leave for an order that is cancelled on the marketplace."""

    _name = "merchant.delivery.confirm"
    _description = "Deliver a Cancelled Marketplace Order"

    picking_ids = fields.Many2many("stock.picking", string="Deliveries", readonly=True)
    message = fields.Text(compute="_compute_message")

    @api.depends("picking_ids")
    def _compute_message(self):
        for wizard in self:
            # Whoever fills in a form may name the deliveries of others.
            pickings = wizard.picking_ids._origin._filtered_access("read")
            orders = pickings._filter_to_buyer()._get_merchant_orders()
            wizard.message = "\n".join(
                self.env._(
                    "Order %(number)s of %(store)s is cancelled on the marketplace (read on "
                    "%(read_at)s).",
                    number=order.number,
                    store=order.store_id.name,
                    read_at=format_datetime(self.env, order.read_at) or "-",
                )
                for order in orders.filtered(lambda o: o.status_id.kind == "cancelled")
            )

    def action_deliver(self):
        """Go on with the validation that was stopped, whatever the marketplace says."""
        return self.picking_ids.with_context(skip_merchant_cancelled=True).button_validate()
