from odoo import api, fields, models
from odoo.fields import Domain


class MerchantOrder(models.Model):
    """Whether the marketplace should know the tracking number by now."""

    _inherit = "merchant.order"

    is_late = fields.Boolean(
        string="At Risk Today",
        compute="_compute_is_late",
        search="_search_is_late",
        help="The order was made before the hour at which tracking numbers are due, and the "
        "marketplace has none yet. Its promotion may be lost.",
    )

    @api.depends("state", "status_id", "payment_state", "waybill_number", "waybill_sent")
    def _compute_is_late(self):
        late = self.search(Domain("id", "in", self.ids) & Domain("is_late", "=", True))
        for order in self:
            order.is_late = order in late

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        if set(value) == {True, False}:
            return Domain.TRUE
        # Elevated: who works in the warehouse knows nothing of stores and statuses. Which of the
        # orders are seen is for the search itself to say.
        stores = self.env["merchant.store"].sudo().search([("state", "!=", "draft")])
        late = Domain.OR([store._get_late_domain() for store in stores])
        return Domain("id", "in" if True in value else "not in", self.sudo()._search(late))
