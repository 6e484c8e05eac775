from odoo import fields, models


class MerchantPaymentMethod(models.Model):
    """A way to pay that a store offers its buyers on the marketplace."""

    _name = "merchant.payment.method"
    _inherit = ["merchant.store.dictionary"]
    _description = "Marketplace Payment Method"
    _store_field = "payment_method_ids"
    _check_company_auto = True

    recording = fields.Selection(
        selection=[
            ("store", "In the store's journal"),
            ("journal", "In a journal of its own"),
            ("none", "Not recorded"),
        ],
        string="Payments Are Recorded",
        required=True,
        default="store",
        help="Where payments by this method are recorded. Choose Not recorded for cash on "
        "delivery and whatever else the marketplace does not receive for you.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        string="Payment Journal",
        check_company=True,
        ondelete="restrict",
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
    )

    _journal_given = models.Constraint(
        "CHECK(recording != 'journal' OR journal_id IS NOT NULL)",
        "Choose the journal in which payments by this method are recorded.",
    )
