from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    # === BUSINESS METHODS === #

    def _post(self, soft=True):
        """Override of `account` to pay invoices with the payments of marketplace orders."""
        posted = super()._post(soft)
        posted._get_merchant_orders()._follow_payment()
        return posted

    def _get_merchant_orders(self):
        """Return the marketplace orders of these customer invoices, in one query."""
        invoices = self.filtered(lambda move: move.move_type == "out_invoice")
        # Elevated: who posts invoices need not have access to the marketplace's orders.
        orders = self.env["merchant.order"].sudo()
        if not invoices:
            return orders
        return orders.search(
            [("sale_order_id.order_line.invoice_lines.move_id", "in", invoices.ids)]
        )
