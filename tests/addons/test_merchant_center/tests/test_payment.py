from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .payment_common import PaymentCase


@tagged("post_install", "-at_install")
class TestPayment(PaymentCase):
    two_companies = True

    @freeze_time("2026-03-01 22:30:00")
    def test_confirmation_records_what_the_buyer_paid(self):
        self.company.partner_id.tz = "Europe/Kyiv"
        order = self._confirmed()
        self.assertRecordValues(
            self._get_payments(order),
            [
                {
                    "amount": 100,
                    "currency_id": self.uah.id,
                    "date": fields.Date.to_date("2026-03-02"),
                    "journal_id": self.bank.id,
                    "company_id": self.company.id,
                    "partner_id": order.sale_order_id.partner_id.id,
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "memo": "Demo Shop 1",
                    "payment_method_line_id": self.bank.inbound_payment_method_line_ids.id,
                    "state": "in_process",
                }
            ],
        )
        self.assertEqual(order.payment_id.move_id.state, "posted")
        self.assertFalse(self._get_issues())

    @freeze_time("2026-03-05 10:00:00")
    def test_payment_has_the_day_the_buyer_paid_unless_the_books_are_closed(self):
        paid_at = "2026-02-27T23:30:00+00:00"
        first = self._confirmed("1", paid_at=paid_at)
        self.assertEqual(first.payment_id.date, fields.Date.to_date("2026-02-28"))
        self.company.fiscalyear_lock_date = "2026-02-28"
        second = self._confirmed("2", paid_at=paid_at)
        self.assertEqual(second.payment_id.date, fields.Date.to_date("2026-03-05"))

    def test_payment_meets_the_invoice_on_the_account_of_the_fiscal_position(self):
        customer = self._import_order("1", payment_state="paid").sale_order_id
        account = customer.partner_id.with_company(self.company).property_account_receivable_id
        other = account.copy({"code": "362999", "company_ids": [Command.set(self.company.ids)]})
        customer.fiscal_position_id = self.env["account.fiscal.position"].create(
            {
                "name": "Abroad",
                "company_id": self.company.id,
                "account_ids": [
                    Command.create({"account_src_id": account.id, "account_dest_id": other.id})
                ],
            }
        )
        customer.action_confirm()
        invoice = self._invoice(self._get_order("1"))
        self.assertIn(other, invoice.line_ids.account_id)
        self.assertIn(invoice.payment_state, ("in_payment", "paid"))

    def test_amount_is_what_was_paid_and_not_what_staff_made_of_the_order(self):
        order = self._import_order("1", payment_state="paid")
        order.sale_order_id.order_line.product_uom_qty = 3
        order.sale_order_id.action_confirm()
        self.assertEqual(order.payment_id.amount, 100)

    def test_company_of_the_buyer_pays(self):
        order = self._import_order("1", payment_state="paid")
        buyer = order.sale_order_id.partner_id
        buyer.parent_id = self.env["res.partner"].create({"name": "Koval Ltd", "is_company": True})
        order.sale_order_id.action_confirm()
        self.assertEqual(order.payment_id.partner_id, buyer.parent_id)

    def test_quotation_is_not_paid(self):
        self.assertFalse(self._import_order("1", payment_state="paid").payment_id)

    def test_order_confirmed_at_import_is_paid(self):
        self.store.confirm_orders = True
        self.assertTrue(self._import_order("1", payment_state="paid").payment_id)

    def test_only_paid_orders_are_recorded(self):
        for state in (None, "unpaid", "refunded", "expired", "unknown"):
            with self.subTest(state):
                self.assertFalse(self._confirmed(str(state), payment_state=state).payment_id)
        for state in ("paid", "paid_out"):
            with self.subTest(state):
                self.assertTrue(self._confirmed(state, payment_state=state).payment_id)

    def test_payment_after_confirmation_is_recorded(self):
        order = self._confirmed(payment_state="unpaid")
        self.assertFalse(order.payment_id)
        self._change(payment_state="paid")
        self.assertEqual(order.payment_id.amount, 100)

    def test_two_readings_give_one_payment(self):
        order = self._confirmed()
        payment = order.payment_id
        self._change(note="changed")
        self._change(payment_state="paid_out")
        order.action_retry()
        self.assertEqual(order.payment_state, "paid_out")
        self.assertEqual(self._get_payments(order), payment)

    def test_order_never_gets_two_payments(self):
        payment = self._confirmed().payment_id
        self.assertFalse(payment.copy().merchant_order_id)
        vals = {"amount": 1, "journal_id": self.bank.id}
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            payment.create(vals | {"merchant_order_id": payment.merchant_order_id.id})

    def test_cancelled_payment_does_not_come_back(self):
        order = self._confirmed()
        order.payment_id.action_cancel()
        self._change(note="changed")
        self.assertEqual(self._get_payments(order).state, "canceled")

    def test_store_without_journal_records_nothing(self):
        self.store.payment_journal_id = False
        order = self._confirmed()
        self._invoice(order)
        self.assertFalse(order.payment_id)
        self.assertFalse(self._get_issues())

    def test_cancelled_order_is_not_paid(self):
        order = self._confirmed(payment_state="unpaid")
        self._change(status="cancelled", payment_state="paid")
        self.assertFalse(order.payment_id)

    def test_cancelled_sales_order_is_not_paid(self):
        order = self._confirmed(payment_state="unpaid")
        order.sale_order_id._action_cancel()
        self._change(payment_state="paid")
        self.assertFalse(order.payment_id)

    def test_method_may_keep_out_or_have_a_journal_of_its_own(self):
        self._sync("base")
        card, cash = self.store.payment_method_ids.sorted("external_id")
        own = self.bank.copy({"code": "OWN"})
        cash.with_user(self.admin).recording = "none"
        self.assertFalse(self._confirmed("1", payment={"id": "cash", "title": "Cash"}).payment_id)
        card.with_user(self.admin).write({"recording": "journal", "journal_id": own.id})
        own.inbound_payment_method_line_ids.payment_account_id = (
            self.bank.inbound_payment_method_line_ids.payment_account_id
        )
        self.assertEqual(self._confirmed("2").payment_id.journal_id, own)

    def test_second_company_uses_its_own_journal(self):
        market = self._open_market("other")
        other_bank = self._make_books(self.other_company)
        other = self._make_store(
            name="Other Shop",
            api_token="other",
            company_id=self.other_company.id,
            payment_journal_id=other_bank.id,
            confirm_orders=True,
        )
        self._order("1", market=market, payment_state="paid")
        self._sync(store=other)
        payment = self._get_order("1", other).payment_id
        self.assertEqual((payment.journal_id, payment.company_id), (other_bank, self.other_company))
        self.assertEqual(payment.move_id.company_id, self.other_company)


@tagged("post_install", "-at_install")
class TestPaymentInvoice(PaymentCase):
    def _assert_settled(self, order, invoice):
        payment = order.payment_id
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("paid", 0))
        self.assertTrue(payment.is_reconciled)
        self.assertEqual(payment.reconciled_invoice_ids, invoice)
        self.assertFalse(self._get_issues())

    def test_posted_invoice_is_paid(self):
        order = self._confirmed()
        self._assert_settled(order, self._invoice(order))

    def test_payment_after_the_invoice_pays_it(self):
        order = self._confirmed(payment_state="unpaid")
        invoice = self._invoice(order)
        self.assertEqual(invoice.payment_state, "not_paid")
        self._change(payment_state="paid")
        self._assert_settled(order, invoice)

    def _pay_by_hand(self, invoice):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create({"journal_id": self.bank.id}).action_create_payments()

    def test_invoice_that_was_paid_by_hand_is_not_paid_twice(self):
        order = self._confirmed(payment_state="unpaid")
        invoice = self._invoice(order)
        self._pay_by_hand(invoice)
        self._change(payment_state="paid")
        self.assertFalse(order.payment_id)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertFalse(self._get_issues())

    def test_part_that_was_paid_by_hand_leaves_the_buyers_payment_to_be_recorded(self):
        order = self._confirmed("1", self._line(quantity="2"), payment_state="unpaid")
        first = order.sale_order_id._create_invoices()
        first.invoice_line_ids.quantity = 1
        first.action_post()
        self._pay_by_hand(first)
        rest = self._invoice(order)
        self._change(payment_state="paid")
        self.assertEqual(order.payment_id.amount, 100)
        self.assertEqual(rest.payment_state, "paid")

    def test_invoice_posted_again_is_paid_again(self):
        order = self._confirmed()
        invoice = self._invoice(order)
        invoice.button_draft()
        invoice.action_post()
        self._assert_settled(order, invoice)

    def test_invoices_posted_together_are_paid_by_their_own_orders(self):
        orders = self._confirmed("1") | self._confirmed("2", self._line(total="40.00"))
        invoices = self.env["account.move"].concat(
            *(order.sale_order_id._create_invoices() for order in orders)
        )
        invoices.action_post()
        for order, invoice in zip(orders, invoices, strict=True):
            self._assert_settled(order, invoice)

    def test_one_invoice_for_two_orders_takes_both_payments(self):
        buyer = {"buyer": {"name": "Olena Koval", "phone": "+380501112233"}}
        orders = self._confirmed("1", **buyer) | self._confirmed("2", **buyer)
        invoice = orders.sale_order_id._create_invoices(grouped=False)
        invoice.action_post()
        for order in orders:
            self._assert_settled(order, invoice)

    def test_order_in_another_currency_than_the_company(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.company.currency_id = euro
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.uah.id,
                "company_id": self.company.id,
                "name": "2026-01-01",
                "rate": 50,
            }
        )
        order = self._confirmed("1", self._line(total="1000.00"))
        self.assertRecordValues(
            order.payment_id,
            [{"amount": 1000, "currency_id": self.uah.id, "amount_company_currency_signed": 20}],
        )
        self._assert_settled(order, self._invoice(order))

    def test_method_without_outstanding_account_takes_that_of_the_company(self):
        """Odoo Community makes an entry in any case."""
        lines = self.bank.inbound_payment_method_line_ids
        self.company.transfer_account_id = lines.payment_account_id
        lines.payment_account_id = False
        order = self._confirmed()
        self.assertEqual(order.payment_id.outstanding_account_id, self.company.transfer_account_id)
        self._assert_settled(order, self._invoice(order))

    def test_payment_without_entry_is_linked_to_the_invoice(self):
        """Full accounting: no outstanding account, no entry; the statement settles the invoice."""
        self.bank.inbound_payment_method_line_ids.payment_account_id = False
        moves = type(self.env["account.move"])
        with patch.object(moves, "_get_invoice_in_payment_state", return_value="in_payment"):
            order = self._confirmed()
            invoice = self._invoice(order)
            late = self._confirmed("2", payment_state="unpaid")
            late_invoice = self._invoice(late)
            self.market.orders[1]["payment_state"] = "paid"
            self._sync()
        for paid, its_invoice in ((order, invoice), (late, late_invoice)):
            payment = paid.payment_id
            self.assertEqual((payment.state, payment.move_id.id), ("in_process", False))
            self.assertEqual(payment.invoice_ids, its_invoice)
            self.assertEqual(its_invoice.payment_state, "in_payment")
        self.assertFalse(self._get_issues())

    def test_other_moves_cost_one_query(self):
        partner = self.env["res.partner"].create({"name": "Somebody"})
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "company_id": self.company.id,
                "partner_id": partner.id,
                "invoice_line_ids": [Command.create({"name": "Thing", "price_unit": 10})],
            }
        )
        invoice.action_post()
        payment = self._confirmed().payment_id
        invoices, entry = invoice | invoice.copy(), payment.move_id
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.assertFalse(invoices._get_merchant_orders())
        with self.assertQueryCount(0):
            self.assertFalse(entry._get_merchant_orders())
