from odoo import api, fields, models

# How far an order has come; a status is never pushed back to an earlier one. A store's own status
# says more about an accepted order.
KIND_RANK = {"draft": 0, "new": 1, "accepted": 3, "custom": 4, "paid": 5, "done": 6, "cancelled": 9}
# An own status that is set right after import, before anybody has accepted the order.
IMPORTED_RANK = 2


class MerchantOrderStatus(models.Model):
    """A state that orders of one store can have on the marketplace."""

    _name = "merchant.order.status"
    _inherit = ["merchant.store.dictionary"]
    _description = "Marketplace Order Status"
    _store_field = "status_ids"

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

    def _get_rank(self):
        """Return how far an order in this status has come, see ``KIND_RANK``.

        An own status of the store means what the store uses it for.
        """
        self.ensure_one()
        if self.kind == "custom":
            store = self.store_id
            for status, rank in (
                (store.cancelled_status_id, KIND_RANK["cancelled"]),
                (store.delivered_status_id, KIND_RANK["done"]),
                (store.confirmed_status_id, KIND_RANK["custom"]),
                (store.set_status_id, IMPORTED_RANK),
            ):
                if self == status:
                    return rank
        return KIND_RANK.get(self.kind, 0)

    def _is_at_least(self, other):
        """Tell whether an order in this status has come as far as the other, or is cancelled."""
        self.ensure_one()
        if self == other or self.kind == "cancelled":
            return True
        return other.kind in KIND_RANK and self._get_rank() >= other._get_rank()
