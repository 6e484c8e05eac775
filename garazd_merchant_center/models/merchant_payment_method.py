from odoo import fields, models


class MerchantPaymentMethod(models.Model):
    """A way to pay that a store offers its buyers on the marketplace."""

    _name = "merchant.payment.method"
    _inherit = ["merchant.store.dictionary"]
    _description = "Marketplace Payment Method"
    _check_company_auto = True

    journal_id = fields.Many2one(
        "account.journal",
        string="Payment Journal",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
    )
