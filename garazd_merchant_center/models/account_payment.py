from odoo import api, fields, models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    merchant_order_id = fields.Many2one(
        "merchant.order",
        string="Marketplace Order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )

    _merchant_order_uniq = models.UniqueIndex(
        "(merchant_order_id) WHERE merchant_order_id IS NOT NULL",
        "This marketplace order already has a payment.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _has_field_access(self, field, operation):
        """Override to leave it to the system which order it is, see `sale.order`."""
        if field.name == "merchant_order_id" and operation == "write" and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    def _reconcile_merchant_invoices(self):
        """Pay the posted invoices of the sales order with what is left of the payment.

        With Odoo's full accounting, a payment whose method has no outstanding account has no
        journal entry: it is linked to the invoices, which are "in payment" until the bank
        statement settles them.
        """
        self.ensure_one()
        invoices = self.merchant_order_id.sale_order_id.invoice_ids.filtered(
            lambda m: m.move_type == "out_invoice" and m.state == "posted" and m.amount_residual
        )
        if not invoices or self.is_reconciled:
            return
        self.invoice_ids |= invoices
        if self.move_id:
            lines = (self.move_id | invoices).line_ids
            lines.filtered(
                lambda line: line.account_id == self.destination_account_id and not line.reconciled
            ).reconcile()
