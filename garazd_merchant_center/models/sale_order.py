from odoo import api, fields, models

from .staff_fields import SystemMany2one


class SaleOrder(models.Model):
    _inherit = "sale.order"

    merchant_order_id = SystemMany2one(
        "merchant.order",
        string="Marketplace Order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )
    merchant_store_id = fields.Many2one(
        related="merchant_order_id.store_id",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
    )
    merchant_reference = fields.Char(
        string="Merchant",
        compute="_compute_merchant_reference",
        store=True,
        groups="base.group_user",
    )
    merchant_status = fields.Char(
        string="Marketplace Status",
        compute="_compute_merchant_status",
        store=True,
        help="In the language of the company: orders are grouped by it, for all readers alike.",
        groups="base.group_user",
    )
    merchant_fee = fields.Monetary(
        string="Marketplace Fee",
        related="merchant_order_id.commission",
        store=True,
        groups="base.group_user",
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
        state = self.env["merchant.order"]._fields["payment_state"]
        for order in self:
            merchant = order.merchant_order_id
            # Whoever makes Odoo compute it.
            reader = self.with_context(lang=order.company_id._get_staff_lang())
            states = dict(state._description_selection(reader.env))
            parts = [
                merchant.status_id.name,
                states.get(merchant.payment_state),
                merchant.payment_method_id.name,
            ]
            order.merchant_status = " / ".join(filter(None, parts))

    # === BUSINESS METHODS === #

    @api.model
    def _has_field_access(self, field, operation):
        """Override to leave it to the system which order of a marketplace it is.

        Who names one is shown its buyer, and tells its marketplace what happens.
        """
        if field.name == "merchant_order_id" and operation == "write" and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    def _action_confirm(self):
        """Override of `sale` to tell the marketplace, record payments and close settled issues."""
        result = super()._action_confirm()
        # Elevated: who confirms sales orders need not have access to the marketplace's.
        merchant_orders = self.sudo().merchant_order_id
        merchant_orders._close_staff_issues()
        merchant_orders._follow_payment()
        merchant_orders._push_event("confirmed")
        return result

    def action_draft(self):
        """Override of `sale` to keep a cancellation that still waits from being sent."""
        result = super().action_draft()
        # Elevated: see `_action_confirm`.
        self.sudo().merchant_order_id._drop_contradicted_statuses(is_cancelled=False)
        return result

    def action_cancel(self):
        """Override of `sale` to ask for the reason that the marketplace wants to know.

        :return: the action of the wizard, which then cancels; True when nobody is asked
        :raises UserError: the orders come from several marketplaces
        """
        if any(order.locked for order in self):
            return super().action_cancel()
        return self._ask_cancel_reason() or super().action_cancel()

    def _action_cancel(self):
        """Override of `sale` to tell the marketplace and to close what waited for a decision.

        Whoever calls this without the wizard gives the marketplace's first reason that needs no
        comment: the seller cannot deliver.
        """
        result = super()._action_cancel()
        # Elevated: see `_action_confirm`.
        merchant_orders = self.sudo().merchant_order_id
        merchant_orders._settle_cancelled()
        merchant_orders._follow_payment()
        merchant_orders._push_event("cancelled")
        return result

    def _ask_cancel_reason(self):
        """Return the wizard that asks why these orders are cancelled.

        :return: an action, or None when no marketplace has to be told
        :raises UserError: the orders come from several marketplaces
        """
        # Elevated: see `_action_confirm`.
        open_orders = self.sudo().filtered(lambda order: order.state != "cancel")
        told = open_orders.merchant_order_id.filtered(lambda o: o._needs_cancel_reason())
        if not told:
            return None
        told._check_one_marketplace()
        wizard = self.env["merchant.order.cancel"].create({"sale_order_ids": [(6, 0, self.ids)]})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel Order"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _is_delivered(self, leaving=None):
        """Tell whether something went to the customer and nothing more is to go.

        What is still in the warehouse on its way to the customer is to go too, and goods that no
        transfer exists for yet, because they are still to be bought from a vendor who sends them
        to the customer. Returns and backorders that were cancelled are not.

        :param leaving: moves that are about to be done, and count as done
        """
        self.ensure_one()
        moves = self.order_line.move_ids
        leaving = leaving or moves.browse()
        not_begun = self.order_line.filtered(
            lambda line: (
                line.product_id.type == "consu"
                and not line.move_ids
                and line.product_uom_qty > line.qty_delivered
            )
        )
        gone = moves.filtered(
            lambda m: m.location_dest_id.usage == "customer" and (m.state == "done" or m in leaving)
        )
        left = (moves - leaving).filtered(
            lambda m: (
                m.state not in ("done", "cancel")
                and "customer" in (m.location_dest_id.usage, m.location_final_id.usage)
            )
        )
        return bool(gone and not left and not not_begun)
