from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    merchant_order_id = fields.Many2one(
        "merchant.order",
        string="Marketplace Order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    merchant_store_id = fields.Many2one(
        related="merchant_order_id.store_id", store=True, index="btree_not_null"
    )
    merchant_reference = fields.Char(
        string="Merchant", compute="_compute_merchant_reference", store=True
    )
    merchant_status = fields.Char(
        string="Marketplace Status", compute="_compute_merchant_status", store=True
    )
    merchant_fee = fields.Monetary(
        string="Marketplace Fee", related="merchant_order_id.commission", store=True
    )

    _merchant_order_uniq = models.UniqueIndex(
        "(merchant_order_id) WHERE merchant_order_id IS NOT NULL",
        "This marketplace order already has a sales order.",
    )

    # === COMPUTE METHODS === #

    @api.depends("merchant_order_id.number", "merchant_order_id.store_id.name")
    def _compute_merchant_reference(self):
        for order in self:
            merchant = order.merchant_order_id
            order.merchant_reference = merchant and f"{merchant.store_id.name} {merchant.number}"

    @api.depends(
        "merchant_order_id.status_id.name",
        "merchant_order_id.payment_state",
        "merchant_order_id.payment_method_id.name",
    )
    def _compute_merchant_status(self):
        merchant_orders = self.env["merchant.order"]
        states = dict(merchant_orders._fields["payment_state"]._description_selection(self.env))
        for order in self:
            merchant = order.merchant_order_id
            parts = [
                merchant.status_id.name,
                states.get(merchant.payment_state),
                merchant.payment_method_id.name,
            ]
            order.merchant_status = " / ".join(filter(None, parts))

    # === BUSINESS METHODS === #

    def _action_confirm(self):
        """Override of `sale` to close the issues that the staff has settled and record payments."""
        result = super()._action_confirm()
        # Elevated: who confirms sales orders need not have access to the marketplace's.
        merchant_orders = self.sudo().merchant_order_id
        merchant_orders._close_staff_issues()
        merchant_orders._follow_payment()
        return result
