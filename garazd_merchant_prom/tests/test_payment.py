from odoo.tests import tagged

from .common import PromCase


@tagged("post_install", "-at_install")
class TestPayment(PromCase):
    """What buyers pay on Prom becomes payments in Odoo."""

    def setUp(self):
        super().setUp()
        for product in self.products.values():
            product.invoice_policy = "order"
        self.store.payment_journal_id = self._make_books(self.company)

    def test_invoice_of_a_paid_order_is_paid(self):
        order = self._import("evopay_paid")
        order.sale_order_id.action_confirm()
        self.assertEqual(order.payment_id.amount, order.amount_total)
        invoice = order.sale_order_id._create_invoices()
        invoice.action_post()
        self.assertEqual(invoice.payment_state, "paid")
        self.assertFalse(self._get_issues())
        self.assertFalse(self.sim.writes())

    def test_unpaid_and_cash_on_delivery_record_nothing(self):
        for kind in ("evopay_unpaid", "cash_on_delivery"):
            with self.subTest(kind):
                order = self._import(kind)
                order.sale_order_id.action_confirm()
                self.assertFalse(order.payment_id)
