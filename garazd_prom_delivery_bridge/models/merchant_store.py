from odoo import fields, models

from odoo.addons.garazd_merchant_center.models.merchant_operation_tracking import KIND

from .merchant_issue import UNMAPPED


class MerchantStore(models.Model):
    """How the parcels of a store are delivered, and what the marketplace hears of them."""

    _inherit = "merchant.store"

    add_shipping = fields.Boolean(
        string="Add shipping",
        help="Add a line with what the buyer pays for the delivery to imported orders: 0 when a "
        "promotion or the seller pays. Without it only the delivery method is set.",
    )
    carrier_id = fields.Many2one(
        "delivery.carrier",
        string="Delivery Method",
        check_company=True,
        help="For orders whose delivery method on the marketplace has none of its own, except "
        "those that the buyer fetches. See Configuration > Delivery Methods.",
    )
    push_tracking = fields.Boolean(
        string="Send Tracking Numbers",
        default=True,
        help="As soon as a delivery to the buyer gets its tracking number, or another one, the "
        "marketplace is told, before anything else. Of an order with several parcels the "
        "marketplace shows one number, that of the first.",
    )
    pull_tracking = fields.Boolean(
        string="Receive Tracking Numbers",
        default=True,
        help="A tracking number that was made on the marketplace is written on the delivery, "
        "unless that has one.",
    )
    completed_when = fields.Selection(
        selection=[
            ("shipped", "The last delivery is validated in Odoo"),
            ("received", "The carrier has handed over all parcels"),
        ],
        string="Delivered Means",
        required=True,
        default="shipped",
        help="When the status of delivered orders is sent to the marketplace. The second needs a "
        "module of the carrier that tells where parcels are, or a marketplace that does.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        """Override to settle what waits for the delivery method, or for being sent."""
        result = super().write(vals)
        if "push_tracking" in vals and not vals["push_tracking"]:
            self._call_numbers_back()
        if vals.get("carrier_id"):
            # Elevated: issues belong to the system.
            issues = self.env["merchant.issue"].sudo()
            issues = issues.search(
                [("store_id", "in", self.ids), ("code", "=", UNMAPPED), ("state", "=", "open")]
            )
            self.env["merchant.delivery.method"].browse(issues.mapped("res_id")).exists()._settle()
        return result

    # === BUSINESS METHODS === #

    def _call_numbers_back(self):
        """Do not send the tracking numbers that wait."""
        # Elevated: operations belong to the system.
        waiting = self.env["merchant.operation"].sudo()
        waiting = waiting.search(
            [
                ("store_id", "in", self.ids),
                ("kind", "=", KIND),
                ("state", "in", ("pending", "withheld", "failed")),
            ]
        )
        for store, operations in waiting.grouped("store_id").items():
            reason = store._in_own_context().env._("Send Tracking Numbers was switched off")
            operations._finish("cancelled", reason)
