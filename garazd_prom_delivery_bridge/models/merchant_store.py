from odoo import fields, models


class MerchantStore(models.Model):
    _inherit = "merchant.store"

    add_shipping = fields.Boolean(
        string="Add shipping",
        help="Add a line with the delivery cost that the marketplace names to imported orders. "
        "Without it only the delivery method is set.",
    )
    carrier_id = fields.Many2one(
        "delivery.carrier",
        string="Delivery Method",
        check_company=True,
        help="For orders whose delivery method on the marketplace has none of its own. "
        "See Configuration > Delivery Methods.",
    )
