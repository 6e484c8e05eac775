from odoo import fields, models

from .merchant_issue import UNMAPPED


class MerchantDeliveryMethod(models.Model):
    """What a way to deliver is called in Odoo."""

    _inherit = "merchant.delivery.method"
    _check_company_auto = True

    carrier_id = fields.Many2one(
        "delivery.carrier",
        string="Delivery Method in Odoo",
        check_company=True,
        help="Orders delivered this way get this delivery method, open ones that have none at "
        "once. Empty: the one of the store.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        """Override to give the delivery method to open orders that wait for one."""
        result = super().write(vals)
        if vals.get("carrier_id"):
            self._settle()
        return result

    # === ACTION METHODS === #

    def action_retry(self):
        """Extend `garazd_merchant_center`: look again which open orders can get their method."""
        super().action_retry()
        # Elevated: what is done when a method is mapped belongs to the system.
        self.sudo()._settle()

    # === BUSINESS METHODS === #

    def _get_carrier(self):
        """Return the delivery method of orders delivered this way.

        :rtype: delivery.carrier
        """
        return self.carrier_id or self.store_id.carrier_id

    def _settle(self):
        """Give open orders that have no delivery method the one they should have.

        They get no delivery line: what they cost is settled.
        """
        for method in self:
            carrier = method._get_carrier()
            if not carrier:
                continue
            self.env["merchant.issue"]._resolve(method.store_id, [UNMAPPED], method)
            # Elevated: who maps delivery methods need not have access to sales orders.
            orders = self.env["sale.order"].sudo()
            orders = orders.search(
                [
                    ("merchant_store_id", "=", method.store_id.id),
                    ("merchant_order_id.delivery_method_id", "=", method.id),
                    ("carrier_id", "=", False),
                    ("state", "!=", "cancel"),
                    ("delivery_status", "!=", "full"),
                ]
            )
            if not method.carrier_id:
                orders = orders.filtered(
                    lambda order: order.merchant_order_id.delivery_kind != "pickup"
                )
            orders.carrier_id = carrier
            builder = self.env["merchant.order.builder"]
            for order in orders:
                builder._set_pickup_point(order.merchant_order_id, None, order)
            waiting = orders.picking_ids._filter_to_buyer()
            waiting.filtered(
                lambda p: p.state not in ("done", "cancel") and not p.carrier_id
            ).carrier_id = carrier
