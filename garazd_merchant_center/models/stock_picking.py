from odoo import api, fields, models
from odoo.tools import format_datetime

from .staff_fields import SystemMany2one, check_domain, check_expression


class StockPicking(models.Model):
    _inherit = "stock.picking"

    merchant_order_id = SystemMany2one(
        "merchant.order",
        string="Marketplace Order",
        compute="_compute_merchant_order_id",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
    )

    merchant_store_id = fields.Many2one(
        related="merchant_order_id.store_id", string="Marketplace Store", groups="base.group_user"
    )
    merchant_reference = fields.Char(
        related="merchant_order_id.sale_order_id.merchant_reference", groups="base.group_user"
    )
    merchant_delivery_summary = fields.Char(
        string="Send To", related="merchant_order_id.delivery_summary", groups="base.group_user"
    )
    merchant_recipient_name = fields.Char(
        related="merchant_order_id.recipient_name", groups="base.group_user"
    )
    merchant_recipient_phone = fields.Char(
        related="merchant_order_id.recipient_phone", groups="base.group_user"
    )
    merchant_delivery_doubts = fields.Char(
        compute="_compute_merchant_delivery_doubts",
        compute_sudo=True,
        groups="base.group_user",
    )
    merchant_delivery_promotion = fields.Char(
        related="merchant_order_id.delivery_promotion", groups="base.group_user"
    )
    merchant_do_not_call = fields.Boolean(
        related="merchant_order_id.do_not_call", groups="base.group_user"
    )
    merchant_buyer_note = fields.Text(
        related="merchant_order_id.buyer_note", groups="base.group_user"
    )
    merchant_is_cancelled = fields.Boolean(
        compute="_compute_merchant_is_cancelled",
        compute_sudo=True,
        groups="base.group_user",
    )

    # === COMPUTE METHODS === #

    @api.depends("sale_id.merchant_order_id")
    def _compute_merchant_order_id(self):
        for picking in self:
            # A form that is filled in and never saved may name the sales order of others.
            picking.merchant_order_id = picking._origin.sale_id.merchant_order_id

    @api.depends(
        "state",
        "location_dest_id",
        "merchant_order_id.status_id.kind",
        "move_ids.sale_line_id.order_id.merchant_order_id.status_id.kind",
    )
    def _compute_merchant_is_cancelled(self):
        for picking in self:
            is_open = picking.state not in ("done", "cancel")
            kinds = picking._filter_to_buyer()._get_merchant_orders().status_id.mapped("kind")
            picking.merchant_is_cancelled = is_open and "cancelled" in kinds

    @api.depends(
        "state",
        "location_dest_id",
        "merchant_order_id.needs_delivery_check",
        "merchant_order_id.is_delivery_checked",
        "merchant_order_id.shipping_state",
    )
    @api.depends_context("lang")
    def _compute_merchant_delivery_doubts(self):
        self.merchant_delivery_doubts = False
        for picking in self._filter_to_buyer():
            orders = picking._get_merchant_orders()
            if picking.state == "done":
                orders = orders.filtered(lambda order: order._left_unchecked())
            else:
                orders = orders.filtered("needs_delivery_check")
            doubts = dict.fromkeys(order._describe_doubts() for order in orders)
            picking.merchant_delivery_doubts = picking.state != "cancel" and "; ".join(doubts)

    # === ACTION METHODS === #

    def action_merchant_delivery_checked(self):
        """Note that the staff knows where these deliveries go."""
        self.check_access("write")
        self._get_merchant_orders().action_delivery_checked()

    # === BUSINESS METHODS === #

    @api.model
    def _has_field_access(self, field, operation):
        """Override to leave it to the system which order it is, see `sale.order`."""
        if field.name == "merchant_order_id" and operation == "write" and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Override to keep buyers from searching by what is for the staff."""
        check_domain(self, domain)
        return super()._search(domain, *args, **kwargs)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Override to keep buyers from sorting and grouping by what is for the staff."""
        check_expression(self, field_expr)
        return super()._field_to_sql(alias, field_expr, query)

    def _action_done(self):
        """Override of `stock` to tell the marketplace of what was delivered completely."""
        result = super()._action_done()
        self._push_deliveries()
        return result

    def _push_deliveries(self):
        """Tell the marketplace of orders of which nothing is left to deliver.

        Returns say nothing.
        """
        outward = self.filtered(lambda p: p.location_id.usage != "customer")
        merchant_orders = outward._get_merchant_orders()
        merchant_orders.filtered(lambda o: o._is_delivered())._push_event("delivered")

    def _get_merchant_orders(self):
        """Return the orders whose goods these transfers move; one parcel may hold several."""
        # Elevated: who works in the warehouse need not have access to orders.
        # Only what is saved: a form may name the orders of others.
        pickings = self._origin.sudo()
        return (
            pickings.merchant_order_id | pickings.move_ids.sale_line_id.order_id.merchant_order_id
        )

    def _filter_to_buyer(self):
        """Return the deliveries that leave for a buyer."""
        return self.filtered(lambda p: p.location_dest_id.usage == "customer")

    def _refresh_merchant_orders(self):
        """Have the orders of deliveries that are ready read again, in the background."""
        ready = self._filter_to_buyer().filtered(lambda p: p.state == "assigned")
        ready._get_merchant_orders()._request_refresh()

    # === QUESTIONS === #

    def _pre_action_done_hook(self):
        """Override of `stock` to ask before goods leave that had better stay for now."""
        if not self.env.context.get("skip_merchant_questions") and self._must_ask():
            return self._ask_to_deliver()
        return super()._pre_action_done_hook()

    def _must_ask(self):
        """Tell whether a person is to be asked before these deliveries leave.

        An order that is cancelled stops them in any case. The rest is asked of whoever presses
        Validate on the form, not of programs, nor of those who validate a whole list.
        """
        if self.env.context.get("merchant_asks"):
            return bool(self._get_merchant_questions())
        return any(self.mapped("merchant_is_cancelled"))

    def _get_merchant_questions(self):
        """Return what a person should know before these deliveries leave; modules add theirs.

        :return: a sentence or two about each order
        :rtype: list[str]
        """
        orders = self._filter_to_buyer()._get_merchant_orders()
        cancelled = [
            self.env._(
                "Order %(number)s of %(store)s is cancelled on the marketplace (read on "
                "%(read_at)s).",
                number=order.number,
                store=order.store_id.name,
                read_at=format_datetime(self.env, order.read_at) or "-",
            )
            for order in orders.filtered(lambda order: order.status_id.kind == "cancelled")
        ]
        unclear = [
            self.env._(
                "The address of order %(number)s of %(store)s is not clear: %(doubts)s. Find it "
                "out and press Address Checked on the delivery.",
                number=order.number,
                store=order.store_id.name,
                doubts=order._describe_doubts(),
            )
            for order in orders.filtered("needs_delivery_check")
        ]
        return cancelled + unclear

    def _ask_to_deliver(self):
        """Return the wizard that tells what speaks against these deliveries."""
        wizard = self.env["merchant.delivery.confirm"].create({"picking_ids": [(6, 0, self.ids)]})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancelled on the Marketplace")
            if wizard.is_cancelled
            else self.env._("Before You Deliver"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
            # What Odoo knows of the validation that was stopped.
            "context": dict(self.env.context),
        }
