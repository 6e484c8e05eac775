from odoo import fields, models


class ProductDataFeed(models.Model):
    _inherit = "product.data.feed"

    store_ids = fields.One2many("merchant.store", "feed_id", string="Stores", readonly=True)
