from odoo import fields, models


class ProductDocument(models.Model):
    _inherit = "product.document"

    is_feed_picture = fields.Boolean(
        string="Publish in Data Feeds",
        help="Data feeds publish this picture after the main one.",
    )
