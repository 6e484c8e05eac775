from odoo import Command

from .common import DemoCase


class PaymentCase(DemoCase):
    """A store that records payments in a bank journal with an outstanding account."""

    def _prepare(self):
        super()._prepare()
        self.bank = self._make_books(self.company)
        self.store.payment_journal_id = self.bank
        self._make_product("A1", invoice_policy="order")

    def _confirmed(self, order_id="1", *lines, **changes):
        """Read an order, confirm its sales order, and return the order of the market."""
        order = self._import_order(order_id, *lines, **({"payment_state": "paid"} | changes))
        order.sale_order_id.action_confirm()
        return order

    def _invoice(self, order):
        invoice = order.sale_order_id._create_invoices()
        invoice.action_post()
        return invoice

    def _change(self, **changes):
        """Change the first order on the market and read it."""
        self.market.orders[0] |= changes
        self._sync()

    def _get_payments(self, order):
        return self.env["account.payment"].search([("merchant_order_id", "=", order.id)])

    def _break_journal(self):
        """Leave the journal without a way to receive money."""
        self.bank.inbound_payment_method_line_ids.unlink()

    def _mend_journal(self):
        manual = self.env.ref("account.account_payment_method_manual_in")
        outstanding = self.env["account.account"].search(
            [("name", "=", "Outstanding"), ("company_ids", "=", self.company.id)]
        )
        line = {"payment_method_id": manual.id, "payment_account_id": outstanding.id}
        self.bank.inbound_payment_method_line_ids = [Command.create(line)]
