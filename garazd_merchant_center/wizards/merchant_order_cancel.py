from odoo import api, fields, models
from odoo.exceptions import UserError


class MerchantCancelMixin(models.AbstractModel):
    """The question why orders of a marketplace are cancelled, part of whatever cancels them.

    Whoever inherits it has the field ``sale_order_ids``.
    """

    _name = "merchant.cancel.mixin"
    _description = "Reason of a Cancellation"

    told_orders = fields.Char(string="Marketplace Orders", compute="_compute_told")
    is_test = fields.Boolean(compute="_compute_told")
    reason_codes = fields.Json(compute="_compute_told")
    reason = fields.Selection(selection="_selection_reason")
    needs_comment = fields.Boolean(compute="_compute_needs_comment")
    comment = fields.Text(
        help="Sent to the marketplace together with the reason; the buyer may read it."
    )

    @api.model
    def _selection_reason(self):
        """Return the reasons of all marketplaces; the form offers those of the one concerned."""
        stores = self.env["merchant.store"]
        names = {}
        for marketplace in stores._fields["marketplace"].get_values(self.env):
            adapter = stores.new({"marketplace": marketplace})._get_adapter()
            for reason in adapter._get_cancel_reasons():
                names.setdefault(reason.code, reason.name)
        return list(names.items())

    # === COMPUTE METHODS === #

    @api.depends("sale_order_ids")
    def _compute_told(self):
        for wizard in self:
            told = wizard._get_told_orders()
            wizard.told_orders = ", ".join(told.sale_order_id.mapped("merchant_reference"))
            wizard.is_test = "test" in told.store_id.mapped("mode")
            wizard.reason_codes = list(wizard._get_reasons())

    @api.depends("reason", "sale_order_ids")
    def _compute_needs_comment(self):
        for wizard in self:
            reason = wizard._get_reasons().get(wizard.reason)
            wizard.needs_comment = reason and reason.needs_comment

    # === BUSINESS METHODS === #

    def _tell_reason(self):
        """Note the reason for the marketplace, unless nobody has to be told any more.

        :raises UserError: the marketplace does not know the reason, or wants a comment
        """
        self.ensure_one()
        # None when the marketplace has cancelled them meanwhile.
        if told := self._get_told_orders():
            told._push_event("cancelled", **self._get_answer())

    def _get_answer(self):
        """Return the reason, as ``merchant.order._push_event`` takes it.

        :rtype: dict
        :raises UserError: see :meth:`_tell_reason`
        """
        self._get_told_orders()._check_one_marketplace()
        comment = (self.comment or "").strip()
        if self.reason not in self._get_reasons():
            raise UserError(self.env._("Choose one of the reasons that this marketplace knows."))
        if self.needs_comment and not comment:
            raise UserError(self.env._("The marketplace wants a comment for this reason."))
        return {"reason": self.reason} | ({"comment": comment} if comment else {})

    def _get_told_orders(self):
        # Whoever fills in a form may name the orders of others.
        sale_orders = self.sale_order_ids._origin._filtered_access("read")
        # Elevated: who cancels sales orders need not have access to the marketplace's.
        orders = sale_orders.sudo().merchant_order_id
        return orders.filtered(lambda order: order._needs_cancel_reason())

    def _get_reasons(self):
        """Return the reasons of the marketplace that is told, by their codes.

        :rtype: dict[str, CancelReason]
        """
        stores = self._get_told_orders().store_id
        reasons = stores[0]._get_adapter()._get_cancel_reasons() if stores else ()
        return {reason.code: reason for reason in reasons}


class MerchantOrderCancel(models.TransientModel):
    """Asks why orders of a marketplace are cancelled, and then cancels all that were chosen."""

    _name = "merchant.order.cancel"
    _inherit = ["merchant.cancel.mixin"]
    _description = "Cancel Marketplace Orders"

    sale_order_ids = fields.Many2many("sale.order", required=True, readonly=True)

    # === ACTION METHODS === #

    def action_cancel(self):
        """Note the reason for the marketplace and cancel the sales orders.

        :raises UserError: the marketplace does not know the reason, or wants a comment
        """
        self._tell_reason()
        self.sale_order_ids._action_cancel()
        return {"type": "ir.actions.act_window_close"}
