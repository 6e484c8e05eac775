from odoo import api, fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    merchant_order_id = fields.Many2one(
        related="sale_id.merchant_order_id",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
    )

    merchant_reference = fields.Char(related="sale_id.merchant_reference", groups="base.group_user")
    merchant_do_not_call = fields.Boolean(
        related="merchant_order_id.do_not_call", groups="base.group_user"
    )
    merchant_is_cancelled = fields.Boolean(
        compute="_compute_merchant_is_cancelled",
        compute_sudo=True,
        groups="base.group_user",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "location_dest_id", "merchant_order_id.status_id.kind")
    def _compute_merchant_is_cancelled(self):
        for picking in self:
            picking.merchant_is_cancelled = (
                picking.state not in ("done", "cancel")
                and picking._filter_to_buyer().merchant_order_id.status_id.kind == "cancelled"
            )

    # === BUSINESS METHODS === #

    def _action_done(self):
        """Override of `stock` to tell the marketplace of what was delivered completely."""
        result = super()._action_done()
        self._push_deliveries()
        return result

    def _push_deliveries(self):
        """Tell the marketplace of orders of which nothing is left to deliver.

        Returns say nothing.
        """
        outward = self.filtered(lambda p: p.merchant_order_id and p.location_id.usage != "customer")
        # Elevated: who works in the warehouse need not have access to orders.
        merchant_orders = outward.sudo().merchant_order_id
        merchant_orders.filtered(lambda o: o.sale_order_id._is_delivered())._push_event("delivered")

    def _filter_to_buyer(self):
        """Return the deliveries that leave for the buyer of a marketplace order."""
        return self.filtered(
            lambda p: p.merchant_order_id and p.location_dest_id.usage == "customer"
        )

    def _refresh_merchant_orders(self):
        """Have the orders of deliveries that are ready read again, in the background."""
        ready = self._filter_to_buyer().filtered(lambda p: p.state == "assigned")
        # Elevated: see `_push_deliveries`.
        ready.sudo().merchant_order_id._request_refresh()

    def _pre_action_done_hook(self):
        """Override of `stock` to ask before goods leave for an order that was cancelled."""
        if not self.env.context.get("skip_merchant_cancelled"):
            # Elevated: see `_push_deliveries`.
            merchant_orders = self._filter_to_buyer().sudo().merchant_order_id
            if "cancelled" in merchant_orders.status_id.mapped("kind"):
                return self._ask_to_deliver()
        return super()._pre_action_done_hook()

    def _ask_to_deliver(self):
        """Return the wizard that tells of orders that are cancelled on the marketplace."""
        wizard = self.env["merchant.delivery.confirm"].create({"picking_ids": [(6, 0, self.ids)]})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancelled on the Marketplace"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
            # What Odoo knows of the validation that was stopped.
            "context": dict(self.env.context),
        }
