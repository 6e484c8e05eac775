from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    merchant_is_late = fields.Boolean(related="merchant_order_id.is_late", groups="base.group_user")
