from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

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


@tagged("post_install", "-at_install")
class TestPayment(PaymentCase):
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


@tagged("post_install", "-at_install")
class TestPaymentTrouble(PaymentCase):
    def test_failure_breaks_neither_confirmation_nor_import(self):
        self._break_journal()
        order = self._confirmed()
        self.assertEqual(order.sale_order_id.state, "sale")
        issue = self._get_issues("payment_failed")
        self.assertEqual((issue._get_record(), issue.severity), (order, "error"))
        self.assertIn("payment method line", issue.detail)
        self._change(note="changed")
        self.assertEqual((order.state, issue.occurrences), ("imported", 2))
        self.assertEqual(order.with_user(self.user).open_issues, issue.detail)

    def test_retry_records_what_failed(self):
        self._break_journal()
        order = self._confirmed()
        issue = self._get_issues("payment_failed")
        issue.with_user(self.user).action_retry()
        self.assertEqual((issue.state, issue.occurrences), ("open", 2))
        self._mend_journal()
        issue.with_user(self.user).action_retry()
        self.assertEqual((issue.state, order.payment_id.amount), ("resolved", 100))
        self.assertFalse(order.open_issues)

    def test_no_account_for_the_payment(self):
        lines = self.bank.inbound_payment_method_line_ids
        account, lines.payment_account_id = lines.payment_account_id, False
        order = self._confirmed()
        self.assertIn("outstanding account", self._get_issues("payment_failed").detail)
        self.assertFalse(self._get_payments(order))
        lines.payment_account_id = account
        order.action_retry()
        self.assertTrue(order.payment_id)
        self.assertFalse(self._get_issues())

    def test_customer_without_a_receivable_account_is_told_in_words(self):
        self.env["ir.default"].search(
            [("field_id.name", "=", "property_account_receivable_id")]
        ).unlink()
        order = self._confirmed()
        self.assertFalse(self._get_payments(order))
        detail = self._get_issues("payment_failed").detail
        self.assertIn("Olena Koval has no receivable account in First Company", detail)

    def test_error_nobody_expected_is_told(self):
        payments = type(self.env["account.payment"])
        logger = "odoo.addons.garazd_merchant_center.models.merchant_order_payment"
        error = ZeroDivisionError("no rate")
        with mute_logger(logger), patch.object(payments, "action_post", side_effect=error):
            order = self._confirmed()
        self.assertEqual(order.sale_order_id.state, "sale")
        self.assertIn("no rate", self._get_issues("payment_failed").detail)
        self.assertFalse(self._get_payments(order))

    def test_failure_does_not_stop_posting(self):
        order = self._confirmed()
        lines = type(self.env["account.move.line"])
        logger = "odoo.addons.garazd_merchant_center.models.merchant_order_payment"
        error = ZeroDivisionError("no rate")
        with mute_logger(logger), patch.object(lines, "reconcile", side_effect=error):
            invoice = self._invoice(order)
        self.assertEqual((invoice.state, invoice.payment_state), ("posted", "not_paid"))
        self.assertIn("no rate", self._get_issues("payment_failed").detail)
        order.action_retry()
        self.assertEqual(invoice.payment_state, "paid")
        self.assertFalse(self._get_issues())

    def test_issue_closes_when_nothing_is_to_be_recorded_any_more(self):
        self._break_journal()
        self._confirmed()
        self.store.payment_journal_id = False
        self._change(note="changed")
        self.assertFalse(self._get_issues())

    def test_refund_is_told_once_with_the_payment(self):
        order = self._confirmed()
        self._change(payment_state="refunded")
        issue = self._get_issues("payment_refunded")
        self.assertEqual((issue._get_record(), issue.severity), (order, "warning"))
        self.assertIn(order.payment_id.name, issue.detail)
        self.assertEqual(order.with_user(self.user).open_issues, issue.detail)
        issue.with_user(self.user).action_resolve()
        self._change(note="changed")
        self.assertFalse(self._get_issues())

    def test_cancelled_payment_settles_the_refund(self):
        order = self._confirmed()
        self._change(payment_state="refunded")
        order.payment_id.action_cancel()
        order.action_retry()
        self.assertFalse(self._get_issues())

    def test_refund_that_was_taken_back_is_settled(self):
        self._confirmed()
        self._change(payment_state="refunded")
        self.assertTrue(self._get_issues("payment_refunded"))
        self._change(payment_state="paid")
        self.assertFalse(self._get_issues())

    def test_refund_is_told_also_where_no_payment_is_recorded(self):
        self.store.payment_journal_id = False
        order = self._confirmed()
        self._change(payment_state="refunded")
        issue = self._get_issues("payment_refunded")
        self.assertEqual(issue._get_record(), order)
        order.sale_order_id._action_cancel()
        self.assertEqual(issue.state, "resolved")

    def test_order_that_was_refunded_before_it_is_confirmed_is_told(self):
        order = self._import_order("1", payment_state="refunded")
        self.assertFalse(self._get_issues(), "nobody ships a quotation")
        order.sale_order_id.action_confirm()
        self.assertTrue(self._get_issues("payment_refunded"))

    def test_refund_of_a_cancelled_order_that_was_not_recorded_is_no_issue(self):
        self.store.payment_journal_id = False
        self._confirmed()
        self._change(payment_state="refunded", status="cancelled")
        self.assertEqual(self._get_issues().mapped("code"), ["order_cancelled"])

    def test_refunded_payment_does_not_pay_the_invoice(self):
        order = self._confirmed()
        self._change(payment_state="refunded")
        self.assertEqual(self._invoice(order).payment_state, "not_paid")


@tagged("post_install", "-at_install")
class TestPaymentAccess(PaymentCase):
    def test_seller_without_accounting_confirms(self):
        seller = self._make_user("seller", "sales_team.group_sale_salesman", self.company)
        order = self._import_order("1", payment_state="paid")
        order.sale_order_id.user_id = seller
        order.sale_order_id.with_user(seller).action_confirm()
        self.assertEqual((order.payment_id.amount, order.payment_id.state), (100, "in_process"))

    def test_accountant_without_the_merchant_center_posts(self):
        order = self._confirmed()
        invoice = order.sale_order_id._create_invoices()
        accountant = self._make_user("accountant", "account.group_account_invoice", self.company)
        invoice.with_user(accountant).action_post()
        self.assertEqual(invoice.payment_state, "paid")

    def test_user_sees_the_payment_and_changes_no_journal(self):
        order = self._confirmed().with_user(self.user)
        name = order.web_read({"payment_id": {"fields": {"display_name": {}}}})[0]["payment_id"]
        self.assertEqual(name["display_name"], order.sudo().payment_id.name)
        order.read()
        with self.assertRaises(AccessError):
            self.store.with_user(self.user).payment_journal_id = False
        with self.assertRaises(AccessError):
            order.payment_method_id.recording = "none"
        with self.assertRaises(AccessError):
            order.payment_method_id.journal_id = self.bank

    def test_administrator_without_accounting_chooses_the_journals(self):
        self._sync("base")
        with Form(self.store.with_user(self.admin)) as form:
            form.payment_journal_id = self.env["account.journal"]
            with form.payment_method_ids.edit(0) as method:
                method.recording = "journal"
                method.journal_id = self.bank.with_user(self.admin)
        self.assertFalse(self.store.payment_journal_id)
        self.assertEqual(self.store.payment_method_ids[0].journal_id, self.bank)
        found = self.env["account.journal"].with_user(self.admin).name_search("Market")
        self.assertIn(self.bank.id, [identity for identity, _name in found])

    def test_journal_of_its_own_must_be_named(self):
        self._sync("base")
        method = self.store.payment_method_ids[0].with_user(self.admin)
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            method.recording = "journal"
            method.flush_recordset()

    def test_accountant_opens_the_payment(self):
        order = self._confirmed()
        self.assertEqual(order.action_open_payment()["res_id"], order.payment_id.id)
