from odoo import fields, models


class MerchantStore(models.Model):
    """How long a store keeps what it was told of its buyers."""

    _inherit = "merchant.store"

    payload_days = fields.Integer(
        string="Keep Orders as Received",
        required=True,
        default=180,
        help="So many days after an order was completed or cancelled, Odoo forgets the order as "
        "the marketplace sent it, with all that stands in it about the buyer. The sales order and "
        "what the list of orders shows stay. 0: nothing is forgotten.",
    )

    _payload_days_positive = models.Constraint(
        "CHECK (payload_days >= 0)", "The number of days cannot be negative."
    )
