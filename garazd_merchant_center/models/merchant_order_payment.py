import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..exceptions import get_reason

_logger = logging.getLogger(__name__)

# The buyer has paid: the marketplace holds the money, or the seller has it.
PAID_STATES = ("paid", "paid_out")


class MerchantOrder(models.Model):
    """What the buyer paid becomes one customer payment."""

    _inherit = "merchant.order"

    payment_ids = fields.One2many(
        "account.payment",
        "merchant_order_id",
        string="Payments",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    # Elevated: that an order was recorded as paid is no secret of the accountants.
    payment_id = fields.Many2one(
        "account.payment", compute="_compute_payment_id", compute_sudo=True
    )

    # === COMPUTE METHODS === #

    @api.depends("payment_ids")
    def _compute_payment_id(self):
        for order in self:
            order.payment_id = order.payment_ids

    # === ACTION METHODS === #

    def action_open_payment(self):
        """Open the payment that was recorded for the order."""
        self.ensure_one()
        self.check_access("read")
        return self.payment_id._get_records_action()

    # === BUSINESS METHODS === #

    def _follow_payment(self):
        """Bring Odoo up to date with the payments of these orders.

        A payment is recorded when it is due, once, and reconciled with the posted invoices; a
        refund is told. What fails becomes an issue, and the caller's transaction goes on.
        """
        # Elevated: who imports, confirms or invoices need not have the rights of an accountant.
        for order in self.sudo():
            order.with_env(order.store_id._in_own_context().env)._try_payment()

    def _try_payment(self):
        """Do the work of :meth:`_follow_payment` for one order, or open an issue."""
        self.ensure_one()
        # What the caller left to write must fail in its own name.
        self.env.flush_all()
        issues = self.env["merchant.issue"]
        try:
            with self.env.cr.savepoint():
                self._settle_payment()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            if not isinstance(error, UserError):
                _logger.exception("The payment of order %s could not be recorded", self.id)
            values = {"number": self.number, "reason": get_reason(error)}
            issues._report(self.store_id, "payment_failed", self, **values)
        else:
            settled = ["payment_failed"]
            if self._has_refund_to_settle():
                self._tell_refund()
            else:
                settled.append("payment_refunded")
            issues._resolve(self.store_id, settled, self)

    def _settle_payment(self):
        """Do the work of :meth:`_follow_payment` for one order.

        :raises UserError: accounting refuses
        """
        journal = self._get_payment_journal()
        if not journal and not self.payment_ids:
            return
        self._meet_others()
        if journal and self._is_payment_due():
            self.env["account.payment"].create(self._prepare_payment_vals(journal)).action_post()
        payment = self._get_valid_payment()
        if payment and self.payment_state != "refunded":
            payment._reconcile_merchant_invoices()

    def _meet_others(self):
        """Let only one transaction at a time follow the payment of the order.

        Who records the payment does not see the invoice that somebody else is posting, and the
        other way round. Both write the row, so the later one fails and Odoo repeats it.
        """
        self.env.cr.execute(
            SQL("UPDATE merchant_order SET write_uid = write_uid WHERE id = %s", self.id)
        )

    def _get_payment_journal(self):
        """Return the journal for the payment method of the order; empty: it is not recorded.

        :rtype: account.journal
        """
        method = self.payment_method_id
        if method.recording == "none":
            return method.journal_id.browse()
        return (
            method.journal_id if method.recording == "journal" else self.store_id.payment_journal_id
        )

    def _is_payment_due(self):
        """Tell whether the buyer's payment is to be recorded now."""
        return (
            not self.payment_ids
            and self.payment_state in PAID_STATES
            and self.sale_order_id.state == "sale"
            and self.status_id.kind != "cancelled"
            and self.amount_total > 0
            and not self._is_paid_otherwise()
        )

    def _is_paid_otherwise(self):
        """Tell whether somebody has recorded the payment of the invoices by hand already."""
        invoices = self.sale_order_id.invoice_ids.filtered(
            lambda m: m.move_type == "out_invoice" and m.state == "posted"
        )
        return bool(invoices) and all(m.payment_state in ("paid", "in_payment") for m in invoices)

    def _prepare_payment_vals(self, journal):
        """Return the values of the customer payment.

        The amount is what the buyer paid for the goods, as the marketplace tells it, and not the
        total of the sales order: staff may have changed its lines, and what is added to it, for
        example delivery, is paid to the carrier.

        :param journal: the ``account.journal``
        :raises UserError: the customer has no account
        """
        sale_order, company = self.sale_order_id, self.store_id.company_id
        customer = sale_order.partner_invoice_id.commercial_partner_id
        receivable = customer.with_company(company).property_account_receivable_id
        if not receivable:
            raise UserError(
                self.env._(
                    "%(customer)s has no receivable account in %(company)s: install a chart of "
                    "accounts there, or choose the account on the page of the customer",
                    customer=customer.display_name,
                    company=company.name,
                )
            )
        return {
            "merchant_order_id": self.id,
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": customer.id,
            # The account of the invoice that is to come.
            "destination_account_id": sale_order.fiscal_position_id.map_account(receivable).id,
            "amount": self.amount_total,
            "currency_id": self.currency_id.id,
            "date": self._get_payment_date(journal),
            "journal_id": journal.id,
            "company_id": company.id,
            "memo": sale_order.merchant_reference,
        }

    def _get_payment_date(self, journal):
        """Return the day the buyer paid; today where it is not known or the books are closed.

        :param journal: the ``account.journal``
        """
        store = self.store_id.with_context(tz=self.store_id._get_timezone())
        today = fields.Date.context_today(store)
        if not self.paid_at:
            return today
        day = min(today, fields.Datetime.context_timestamp(store, self.paid_at).date())
        is_closed = store.company_id._get_violated_lock_dates(day, False, journal)
        return today if is_closed else day

    def _get_valid_payment(self):
        # What an accountant has cancelled or taken back to draft stays theirs to settle.
        return self.payment_ids.filtered(lambda p: p.state in ("in_process", "paid"))

    def _has_refund_to_settle(self):
        """Tell whether a person has to keep goods, or take a payment back, after a refund."""
        if self.payment_state != "refunded":
            return False
        is_alive = self.sale_order_id.state == "sale" and self.status_id.kind != "cancelled"
        return bool(self._get_valid_payment()) if self.payment_ids else is_alive

    def _tell_refund(self):
        """Open the issue of a refund, once: only a person can settle it."""
        issues = self.env["merchant.issue"]
        code = "payment_refunded"
        told = [("code", "=", code), ("res_model", "=", self._name), ("res_id", "=", self.id)]
        if not issues.search_count(told, limit=1):
            values = {"number": self.number, "payment": self._get_valid_payment().name or "-"}
            issues._report(self.store_id, code, self, severity="warning", **values)
