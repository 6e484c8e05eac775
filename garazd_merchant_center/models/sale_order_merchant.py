from odoo import api, fields, models

from .staff_fields import check_domain, check_expression


class SaleOrder(models.Model):
    """What the page Merchant of a sales order shows; all of it follows the marketplace.

    It is for the staff: the buyer may see the order in the portal.
    """

    _inherit = "sale.order"

    merchant_status_id = fields.Many2one(
        string="Marketplace Order Status",
        related="merchant_order_id.status_id",
        groups="base.group_user",
    )
    merchant_url = fields.Char(related="merchant_order_id.url", groups="base.group_user")
    merchant_payment_state = fields.Selection(
        related="merchant_order_id.payment_state", groups="base.group_user"
    )
    merchant_payment_method_id = fields.Many2one(
        string="Paid By",
        related="merchant_order_id.payment_method_id",
        groups="base.group_user",
    )
    merchant_delivery_method_id = fields.Many2one(
        string="Delivered By",
        related="merchant_order_id.delivery_method_id",
        groups="base.group_user",
    )
    merchant_delivery_cost = fields.Monetary(
        related="merchant_order_id.delivery_cost", groups="base.group_user"
    )
    merchant_delivery_address = fields.Char(
        string="Delivered To",
        related="merchant_order_id.delivery_address",
        groups="base.group_user",
    )
    merchant_recipient_name = fields.Char(
        related="merchant_order_id.recipient_name", groups="base.group_user"
    )
    merchant_recipient_phone = fields.Char(
        related="merchant_order_id.recipient_phone", groups="base.group_user"
    )
    merchant_buyer_note = fields.Text(
        related="merchant_order_id.buyer_note", groups="base.group_user"
    )
    merchant_do_not_call = fields.Boolean(
        related="merchant_order_id.do_not_call", groups="base.group_user"
    )
    merchant_cancellation = fields.Char(
        related="merchant_order_id.cancellation", groups="base.group_user"
    )
    merchant_cancelled_by_buyer = fields.Boolean(
        related="merchant_order_id.cancelled_by_buyer", groups="base.group_user"
    )
    merchant_delivery_provider = fields.Selection(
        related="merchant_order_id.delivery_provider", groups="base.group_user"
    )
    merchant_delivery_kind = fields.Selection(
        related="merchant_order_id.delivery_kind", groups="base.group_user"
    )
    merchant_delivery_branch_number = fields.Char(
        related="merchant_order_id.delivery_branch_number", groups="base.group_user"
    )
    merchant_delivery_payer = fields.Selection(
        related="merchant_order_id.delivery_payer", groups="base.group_user"
    )
    merchant_delivery_promotion = fields.Char(
        related="merchant_order_id.delivery_promotion", groups="base.group_user"
    )
    merchant_is_promotion_lost = fields.Boolean(
        related="merchant_order_id.is_delivery_promotion_lost", groups="base.group_user"
    )
    merchant_needs_delivery_check = fields.Boolean(
        related="merchant_order_id.needs_delivery_check", groups="base.group_user"
    )
    merchant_delivery_doubts = fields.Char(
        related="merchant_order_id.delivery_doubts", groups="base.group_user"
    )
    merchant_waybill_number = fields.Char(
        related="merchant_order_id.waybill_number", groups="base.group_user"
    )
    merchant_shipping_state = fields.Selection(
        related="merchant_order_id.shipping_state", groups="base.group_user"
    )
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
        compute="_compute_merchant_needs_reason",
        compute_sudo=True,
        groups="base.group_user",
    )
    merchant_change_ids = fields.One2many(
        related="merchant_order_id.change_ids", groups="base.group_user"
    )
    merchant_is_cancelled = fields.Boolean(
        compute="_compute_merchant_is_cancelled",
        compute_sudo=True,
        groups="base.group_user",
    )
    # With the module Margins.
    has_margin = fields.Boolean(
        compute="_compute_merchant_margin", compute_sudo=True, groups="base.group_user"
    )
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
        """Extend `sale`: the staff also finds an order by its number on the marketplace."""
        names = super()._rec_names_search
        return names if self.env.user.share else [*names, "merchant_reference"]

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Override to keep buyers from searching by what is for the staff."""
        check_domain(self, domain)
        return super()._search(domain, *args, **kwargs)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Override to keep buyers from sorting and grouping by what is for the staff."""
        check_expression(self, field_expr)
        return super()._field_to_sql(alias, field_expr, query)

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
