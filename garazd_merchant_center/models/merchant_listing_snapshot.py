from odoo import api, fields, models

from .merchant_listing_values import PRESENCES

# What is kept, and where it comes from.
KEPT = {
    "snapshot_name": "name",
    "snapshot_price": "observed_price",
    "snapshot_compare_price": "observed_compare_price",
    "snapshot_quantity": "observed_quantity",
    "snapshot_presence": "observed_presence",
}


class MerchantListing(models.Model):
    """Keeps what the marketplace showed when a listing was read first, before Odoo wrote to it."""

    _inherit = "merchant.listing"

    snapshot_at = fields.Datetime(string="First Read", readonly=True)
    snapshot_name = fields.Char(string="Name at First", readonly=True)
    snapshot_price = fields.Monetary(string="Price at First", readonly=True)
    snapshot_compare_price = fields.Monetary(string="Crossed-out Price at First", readonly=True)
    snapshot_quantity = fields.Float(
        string="Quantity at First", digits="Product Unit", aggregator=False, readonly=True
    )
    snapshot_presence = fields.Selection(
        [*PRESENCES, ("other", "Other")], string="Availability at First", readonly=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to keep what was read first; nothing changes it afterwards."""
        now = fields.Datetime.now()
        return super().create(
            [
                {**vals, "snapshot_at": now, **{k: vals.get(name) for k, name in KEPT.items()}}
                for vals in vals_list
            ]
        )

    def write(self, vals):
        """Override: what was read first stays."""
        return super().write(
            {k: value for k, value in vals.items() if k not in KEPT and k != "snapshot_at"}
        )
