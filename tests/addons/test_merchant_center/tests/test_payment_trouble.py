from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .payment_common import PaymentCase


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
