from odoo import fields, models


class MerchantStore(models.Model):
    _inherit = "merchant.store"

    # A store is nothing without its marketplace: it goes when the module goes.
    marketplace = fields.Selection(
        selection_add=[("demo", "Demo Market")], ondelete={"demo": "cascade"}
    )
