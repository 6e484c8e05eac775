from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class MerchantOrder(models.Model):
    """Leads from the order of a marketplace to what belongs to it in Odoo."""

    _inherit = "merchant.order"

    # Elevated: who sees the order may know its customer and its products, without any rights in
    # Sales.
    partner_id = fields.Many2one(related="sale_order_id.partner_id", string="Customer")
    product_ids = fields.Many2many(
        "product.product",
        string="Products",
        compute="_compute_product_ids",
        search="_search_product_ids",
        compute_sudo=True,
    )

    # === COMPUTE METHODS === #

    @api.depends("sale_order_id.order_line.product_id")
    def _compute_product_ids(self):
        for order in self:
            order.product_ids = order.sale_order_id.order_line.product_id

    def _search_product_ids(self, operator, value):
        bought = Domain("order_line", "any!", [("product_id", operator, value)])
        return Domain("sale_order_id", "any!", bought)

    # === ACTION METHODS === #

    def action_open_listings(self):
        """Open the products of this order as the store shows them."""
        self.ensure_one()
        action = self.store_id.action_open_listings()
        action["domain"] = [*action["domain"], ("product_id", "in", self.product_ids.ids)]
        return action

    def action_open_deliveries(self):
        """Open the deliveries of the sales order."""
        self.ensure_one()
        if not self.sale_order_id.picking_ids:
            raise UserError(
                self.env._(
                    "There is no delivery yet: confirm the sales order first, which makes it."
                )
            )
        return self.sale_order_id.action_view_delivery()


class SaleOrder(models.Model):
    """Leads from the sales order to the marketplace, and has it read again."""

    _inherit = "sale.order"

    def action_refresh_merchant_order(self):
        """Read the orders again from the marketplace, in the background.

        :return: the action that tells so
        :raises UserError: none of them comes from a marketplace
        """
        merchant_orders = self.merchant_order_id
        if not merchant_orders:
            raise UserError(self.env._("These orders do not come from a marketplace."))
        return merchant_orders.action_refresh()


class ResPartner(models.Model):
    """Leads from a customer to the orders on marketplaces."""

    _inherit = "res.partner"

    merchant_order_count = fields.Integer(
        string="Marketplace Orders",
        compute="_compute_merchant_order_count",
        groups="garazd_merchant_center.group_user",
    )

    # === COMPUTE METHODS === #

    def _compute_merchant_order_count(self):
        for partner in self:
            domain = partner._get_merchant_orders_domain()
            partner.merchant_order_count = self.env["merchant.order"].search_count(domain)

    # === ACTION METHODS === #

    def action_open_merchant_orders(self):
        """Open the marketplace orders of this customer and its contacts."""
        self.ensure_one()
        self.env["merchant.order"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "garazd_merchant_center.merchant_order_action"
        )
        return action | {"domain": self._get_merchant_orders_domain(), "context": {}}

    def _get_merchant_orders_domain(self):
        return [("partner_id", "child_of", self.commercial_partner_id.ids)]
