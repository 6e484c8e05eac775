from odoo.tests import tagged
from odoo.tools import html2plaintext

from .status_common import StatusCase


@tagged("post_install", "-at_install")
class TestOrderLog(StatusCase):
    """The history of a sales order tells what came from the marketplace and what went there."""

    def _get_lines(self, sale):
        """Return what the history says about the marketplace, oldest first."""
        self.env.flush_all()
        texts = [html2plaintext(m.body).strip() for m in sale.message_ids.sorted("id")]
        return [text for text in texts if self.store.name in text or text.startswith("Payment ")]

    def _change(self, order_id="1", **changes):
        """Change an order on the market and read it again."""
        row = next(row for row in self.market.orders if row["id"] == order_id)
        row.update({"changed": "2026-03-02T10:00:00+02:00"} | changes)
        self._sync()

    def test_import_is_one_line(self):
        sale = self._import_sale("1")
        [line] = self._get_lines(sale)
        self.assertRegex(line, r"Imported from Demo Shop: order 1 for .*100.00.*, status New\.")

    def test_reading_again_what_did_not_change_says_nothing(self):
        sale = self._import_sale("1")
        self.store.orders_read_until = False
        self._sync()
        sale.merchant_order_id.action_refresh()
        self._run_cron("sync_orders")
        self._change(note="Please hurry")
        self.assertEqual(len(self._get_lines(sale)), 1)

    def test_what_changed_on_the_marketplace_is_one_line(self):
        sale = self._import_sale("1")
        self._change(status="paid", payment_state="paid")
        self.assertEqual(
            self._get_lines(sale)[1:],
            [
                (
                    "Demo Shop. Order Status: New → Paid; Payment State: - → Paid, held by the "
                    "marketplace"
                )
            ],
        )

    def test_status_that_was_taken_is_told_once(self):
        sale = self._confirm("1")
        self.assertEqual(len(self._get_lines(sale)), 1)
        self._send()
        self.assertEqual(self._get_lines(sale)[1:], ["Demo Shop took the status Accepted."])
        # The market shows it when it is read next.
        self._change()
        self.assertEqual(len(self._get_lines(sale)), 2)

    def test_cancellation_names_the_reason(self):
        sale = self._import_sale("1")
        sale._action_cancel()
        self._send()
        self.assertIn("took the status Cancelled: Sold out.", self._get_lines(sale)[-1])

    def test_what_was_refused_or_withheld_is_not_told_as_done(self):
        self.market.refusals = {"1": "no"}
        refused = self._confirm("1")
        self._send()
        self.store.action_set_test()
        withheld = self._confirm("2")
        self._run_cron("operations")
        for sale in (refused, withheld):
            self.assertEqual(len(self._get_lines(sale)), 1)

    def test_recorded_payment_is_told_once(self):
        self.store.payment_journal_id = self._make_books(self.company)
        sale = self._confirm("1", payment_state="paid")
        sale.merchant_order_id._follow_payment()
        lines = [line for line in self._get_lines(sale) if line.startswith("Payment ")]
        self.assertEqual(len(lines), 1)
        self.assertRegex(lines[0], r"of .*100.00.* recorded in Market\.")

    def test_nobody_is_notified(self):
        sale = self._import_sale("1")
        sale.message_subscribe(self.salesman.partner_id.ids)
        self._change(status="paid")
        self.assertEqual(len(self._get_lines(sale)), 2)
        self.assertFalse(sale.message_ids.notification_ids)

    def test_tracking_number_is_told_when_it_was_taken(self):
        sale = self._import_sale("1")
        order = sale.merchant_order_id
        order.delivery_provider = "nova_poshta"
        order._push_tracking("20450000000001")
        self._send()
        self.assertEqual(
            self._get_lines(sale)[1:], ["Demo Shop took the tracking number 20450000000001."]
        )
