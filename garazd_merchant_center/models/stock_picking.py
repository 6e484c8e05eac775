from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    merchant_order_id = fields.Many2one(
        related="sale_id.merchant_order_id", store=True, index="btree_not_null"
    )
