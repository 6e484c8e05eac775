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

    late_advice = fields.Char(compute="_compute_late_advice")
    tracking_due_at = fields.Datetime(
        string="Number Due",
        compute="_compute_tracking_due_at",
        help="When the marketplace should know the tracking number, by the hour of the store.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "status_id", "payment_state", "waybill_number", "waybill_sent")
    def _compute_is_late(self):
        late = self.search(Domain("id", "in", self.ids) & Domain("is_late", "=", True))
        for order in self:
            order.is_late = order in late

    @api.depends("is_late", "sale_order_id.state", "sale_order_id.picking_ids.state")
    @api.depends_context("uid", "lang")
    def _compute_late_advice(self):
        """Tell the reader the next step, or whom to ask for it."""
        ships = self.env.user.has_group("stock.group_stock_user")
        for order in self:
            # Elevated: who sees the order need not have access to Sales and Inventory.
            parcels = order.sudo()._get_parcels()
            if not order.is_late:
                order.late_advice = False
            elif not parcels and order.sudo().sale_order_id.state in ("draft", "sent"):
                order.late_advice = self.env._(
                    "Confirm the sales order first: that makes the delivery, which takes the "
                    "number."
                )
            elif not parcels:
                order.late_advice = self.env._(
                    "The sales order has no delivery that could take it: enter it in the cabinet "
                    "of the marketplace."
                )
            elif ships:
                order.late_advice = self.env._(
                    "Enter it on the delivery %(name)s.", name=parcels[0].name
                )
            else:
                order.late_advice = self.env._(
                    "Ask somebody who may open deliveries, the right Inventory, to enter it on "
                    "%(name)s.",
                    name=parcels[0].name,
                )

    @api.depends("date_order", "store_id.tracking_deadline")
    def _compute_tracking_due_at(self):
        for order in self:
            store = order.store_id
            order.tracking_due_at = order.date_order and store._get_next_deadline(order.date_order)

    # === SEARCH METHODS === #

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
