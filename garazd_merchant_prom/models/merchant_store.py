from odoo import fields, models


class MerchantStore(models.Model):
    _inherit = "merchant.store"

    # A store cannot live without the module that speaks with its marketplace.
    marketplace = fields.Selection(
        selection_add=[("prom", "Prom.UA")], ondelete={"prom": "cascade"}
    )
