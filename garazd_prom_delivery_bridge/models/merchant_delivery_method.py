from odoo import fields, models


class MerchantDeliveryMethod(models.Model):
    _inherit = "merchant.delivery.method"
    _check_company_auto = True

    carrier_id = fields.Many2one(
        "delivery.carrier",
        string="Delivery Method in Odoo",
        check_company=True,
        help="Orders delivered this way get this delivery method. Empty: the one of the store.",
    )
