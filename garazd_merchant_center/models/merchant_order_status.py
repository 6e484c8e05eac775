from odoo import api, fields, models

# How far an order has come; a status is never pushed back to an earlier one.
KIND_RANK = {"draft": 0, "new": 1, "accepted": 2, "custom": 2, "paid": 3, "done": 4, "cancelled": 9}


class MerchantOrderStatus(models.Model):
    """A state that orders of one store can have on the marketplace."""

    _name = "merchant.order.status"
    _inherit = ["merchant.store.dictionary"]
    _description = "Marketplace Order Status"

    external_id = fields.Char(string="Code")
    kind = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("new", "New"),
            ("accepted", "Accepted"),
            ("custom", "Own status of the store"),
            ("paid", "Paid"),
            ("done", "Completed"),
            ("cancelled", "Cancelled"),
            ("unknown", "Unknown"),
        ],
        string="Meaning",
        required=True,
        default="unknown",
        help="What the status means for Odoo, whatever its name on the marketplace.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_entry_vals(self, store, data):
        """Override of `merchant.store.dictionary` to keep what the status means.

        What nobody knows is left to an administrator, whose answer stays.
        """
        vals = super()._prepare_entry_vals(store, data)
        return vals if data.kind == "unknown" else vals | {"kind": data.kind}

    def _is_at_least(self, other):
        """Tell whether an order in this status has come as far as the other status."""
        self.ensure_one()
        return self == other or KIND_RANK.get(self.kind, 0) >= KIND_RANK.get(other.kind, 10)
