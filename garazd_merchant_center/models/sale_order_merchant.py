from odoo import api, fields, models


class SaleOrder(models.Model):
    """What the page Merchant of a sales order shows; all of it follows the marketplace."""

    _inherit = "sale.order"

    merchant_status_id = fields.Many2one(
        string="Marketplace Order Status", related="merchant_order_id.status_id"
    )
    merchant_url = fields.Char(related="merchant_order_id.url")
    merchant_payment_state = fields.Selection(related="merchant_order_id.payment_state")
    merchant_payment_method_id = fields.Many2one(
        string="Paid By", related="merchant_order_id.payment_method_id"
    )
    merchant_delivery_method_id = fields.Many2one(
        string="Delivered By", related="merchant_order_id.delivery_method_id"
    )
    merchant_delivery_cost = fields.Monetary(related="merchant_order_id.delivery_cost")
    merchant_delivery_address = fields.Char(
        string="Delivered To", related="merchant_order_id.delivery_address"
    )
    merchant_recipient_name = fields.Char(related="merchant_order_id.recipient_name")
    merchant_recipient_phone = fields.Char(related="merchant_order_id.recipient_phone")
    merchant_delivery_provider = fields.Selection(related="merchant_order_id.delivery_provider")
    merchant_delivery_kind = fields.Selection(related="merchant_order_id.delivery_kind")
    merchant_delivery_branch_number = fields.Char(
        related="merchant_order_id.delivery_branch_number"
    )
    merchant_delivery_payer = fields.Selection(related="merchant_order_id.delivery_payer")
    merchant_delivery_promotion = fields.Char(related="merchant_order_id.delivery_promotion")
    merchant_is_promotion_lost = fields.Boolean(
        related="merchant_order_id.is_delivery_promotion_lost"
    )
    merchant_needs_delivery_check = fields.Boolean(related="merchant_order_id.needs_delivery_check")
    merchant_delivery_doubts = fields.Char(related="merchant_order_id.delivery_doubts")
    merchant_waybill_number = fields.Char(related="merchant_order_id.waybill_number")
    merchant_shipping_state = fields.Selection(related="merchant_order_id.shipping_state")
    merchant_buyer_note = fields.Text(related="merchant_order_id.buyer_note")
    merchant_do_not_call = fields.Boolean(related="merchant_order_id.do_not_call")
    merchant_cancellation = fields.Char(related="merchant_order_id.cancellation")
    merchant_cancelled_by_buyer = fields.Boolean(related="merchant_order_id.cancelled_by_buyer")
    # Not for the buyer, who may see the order in the portal.
    merchant_fee_sale = fields.Monetary(
        related="merchant_order_id.fee_sale", groups="base.group_user"
    )
    merchant_fee_advertising = fields.Monetary(
        related="merchant_order_id.fee_advertising", groups="base.group_user"
    )
    merchant_fee_instalment = fields.Monetary(
        related="merchant_order_id.fee_instalment", groups="base.group_user"
    )
    merchant_fee_refunded = fields.Monetary(
        related="merchant_order_id.fee_refunded", groups="base.group_user"
    )
    merchant_needs_reason = fields.Boolean(
        compute="_compute_merchant_needs_reason", compute_sudo=True
    )
    merchant_change_ids = fields.One2many(related="merchant_order_id.change_ids")
    merchant_is_cancelled = fields.Boolean(
        compute="_compute_merchant_is_cancelled", compute_sudo=True
    )
    # With the module Margins.
    has_margin = fields.Boolean(compute="_compute_merchant_margin", compute_sudo=True)
    merchant_margin = fields.Monetary(
        string="Margin after Fees",
        compute="_compute_merchant_margin",
        compute_sudo=True,
        groups="base.group_user",
        help="The margin of the order less what the marketplace charges.",
    )

    @api.depends("state", "merchant_order_id.status_id")
    def _compute_merchant_needs_reason(self):
        for order in self:
            merchant = order.merchant_order_id
            order.merchant_needs_reason = (
                merchant and order.state != "cancel" and merchant._needs_cancel_reason()
            )

    @api.depends("merchant_change_ids.kind")
    def _compute_merchant_is_cancelled(self):
        for order in self:
            order.merchant_is_cancelled = "cancelled" in order.merchant_change_ids.mapped("kind")

    @api.depends(lambda self: ["merchant_fee"] + ["margin"] * ("margin" in self._fields))
    def _compute_merchant_margin(self):
        has_margin = "margin" in self._fields
        for order in self:
            order.has_margin = has_margin
            order.merchant_margin = has_margin and order.margin - order.merchant_fee

    @property
    def _rec_names_search(self):
        """Extend `sale`: an order is also found by its number on the marketplace."""
        return [*super()._rec_names_search, "merchant_reference"]

    def action_merchant_delivery_checked(self):
        """Note that the staff knows where these orders go."""
        self.check_access("write")
        # Elevated: who sells need not have access to the marketplace's orders.
        self.sudo().merchant_order_id.action_delivery_checked()

    def action_open_merchant_order(self):
        """Open the order as the marketplace tells it.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "merchant.order",
            "res_id": self.merchant_order_id.id,
            "views": [(False, "form")],
        }
