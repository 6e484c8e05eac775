from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    merchant_fee = fields.Monetary(
        string="Marketplace Fee",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What the marketplace charges the seller for this product.",
    )
    # Which line of the marketplace's order it is.
    merchant_line_ref = fields.Char(readonly=True, copy=False, groups="base.group_user")
