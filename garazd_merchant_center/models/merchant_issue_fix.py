from odoo import api, fields, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

# What the button that leads to the fix says, by the model of the record; "": the store itself.
LABELS = {
    "": _lt("Open the Store"),
    "merchant.order": _lt("Open the Order"),
    "merchant.listing": _lt("Open the Product"),
    "merchant.operation": _lt("Open the Change"),
    "merchant.delivery.method": _lt("Open the Delivery Method"),
    "merchant.feed.import": _lt("Open the Import"),
    "product.data.feed": _lt("Open the Price List"),
    "sale.order": _lt("Open the Sales Order"),
}
# Causes that are mended elsewhere than on their record: label and list of the store's records.
PLACES = {
    "order_unknown_status": (
        _lt("Open the Statuses"),
        "garazd_merchant_center.merchant_order_status_action",
    ),
}


class MerchantIssue(models.Model):
    """What people do about issues: go where they are mended, and retry all of one cause."""

    _inherit = "merchant.issue"

    fix_label = fields.Char(compute="_compute_fix_label")
    alike_count = fields.Integer(
        string="Open with This Cause",
        compute="_compute_alike_count",
        help="Open issues of this store that have the same cause, this one included.",
    )

    # === COMPUTE METHODS === #

    @api.depends("res_model", "code")
    @api.depends_context("lang")
    def _compute_fix_label(self):
        for issue in self:
            label = PLACES.get(issue.code, LABELS.get(issue.res_model or ""))
            label = label[0] if isinstance(label, tuple) else label
            issue.fix_label = self.env._(label) if label else self.env._("Open the Record")

    def _compute_alike_count(self):
        groups = self._read_group(
            [
                ("store_id", "in", self.store_id.ids),
                ("code", "in", self.mapped("code")),
                ("state", "=", "open"),
            ],
            ["store_id", "code"],
            ["__count"],
        )
        counts = {(store, code): count for store, code, count in groups}
        for issue in self:
            issue.alike_count = counts.get((issue.store_id, issue.code), 0)

    # === ACTION METHODS === #

    def action_open_record(self):
        """Override to lead to where the cause is mended, if that is not the record."""
        self.ensure_one()
        if self.code not in PLACES:
            return super().action_open_record()
        _label, action = PLACES[self.code]
        return self.store_id._open(action)

    def action_retry_alike(self):
        """Try again all open issues of these stores that have the same causes."""
        alike = self.browse()
        for issue in self:
            alike |= self.search(
                [
                    ("store_id", "=", issue.store_id.id),
                    ("code", "=", issue.code),
                    ("state", "=", "open"),
                ]
            )
        return alike.action_retry()
