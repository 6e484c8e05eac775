from odoo import models
from odoo.tools import LazyTranslate, format_amount

_lt = LazyTranslate(__name__)

# What was sent, by the kind of the operation; others read as their kind does.
SENT = {
    "order_status": _lt("%(store)s took the status %(value)s."),
    "tracking": _lt("%(store)s took the tracking number %(value)s."),
}


class MerchantOrder(models.Model):
    """Writes what came from the marketplace and went there into the history of the sales order.

    One line for each event, in the language of the company, and none when nothing is new.
    """

    _inherit = "merchant.order"

    # === READ === #

    def _after_import(self):
        """Extend to tell where the sales order comes from, before anything happens to it."""
        self._log(
            self.env._(
                "Imported from %(store)s: order %(number)s for %(amount)s, status %(status)s.",
                store=self.store_id.name,
                number=self.number,
                amount=format_amount(self.env, self.amount_total, self.currency_id),
                status=self.status_id.name,
            )
        )
        super()._after_import()

    def _understand(self):
        """Extend to tell what changed on the marketplace."""
        if not self.sale_order_id:
            return super()._understand()
        before = self._get_logged_values()
        data = super()._understand()
        now = self._get_logged_values()
        changes = [
            f"{label}: {before[label] or '-'} → {value}"
            for label, value in now.items()
            if value and value != before[label]
        ]
        if changes:
            self._log(f"{self.store_id.name}. {'; '.join(changes)}")
        return data

    def _get_logged_values(self):
        """Return what is told when it changes; modules add theirs.

        :return: the label of each value, and the value in words
        :rtype: dict[str, str]
        """
        states = dict(self._fields["payment_state"]._description_selection(self.env))
        return {
            self._get_label("status_id"): self.status_id.name,
            self._get_label("payment_state"): states.get(self.payment_state),
            self._get_label("waybill_number"): self.waybill_number,
        }

    def _get_label(self, name):
        return self._fields[name]._description_string(self.env)

    # === PAYMENT === #

    def _settle_payment(self):
        """Extend to tell of the payment that was recorded."""
        before = self.payment_ids
        super()._settle_payment()
        for payment in self.payment_ids - before:
            self._log(
                self.env._(
                    "Payment %(name)s of %(amount)s recorded in %(journal)s.",
                    name=payment.name or "",
                    amount=format_amount(self.env, payment.amount, payment.currency_id),
                    journal=payment.journal_id.name,
                )
            )

    def _log(self, text, with_deliveries=False):
        """Write a line into the history of the sales order; nobody is notified.

        :param bool with_deliveries: also into that of the deliveries to the buyer
        """
        self.ensure_one()
        # Elevated: orders are read and sent by the system.
        sale_order = self.sale_order_id.sudo()
        if sale_order:
            sale_order._message_log(body=text)
        for picking in sale_order.picking_ids._filter_to_buyer() if with_deliveries else ():
            picking._message_log(body=text)


class MerchantOperation(models.Model):
    """Tells on the sales order what the marketplace has taken."""

    _inherit = "merchant.operation"

    def _finish(self, state, message=False):
        """Extend to tell of what was confirmed."""
        super()._finish(state, message)
        if state != "done":
            return
        for operation in self.filtered(lambda o: o.res_model == "merchant.order"):
            order = self.env[operation.res_model].browse(operation.res_id).exists()
            if order.sale_order_id:
                store = order.store_id._in_own_context()
                order.with_env(store.env)._log(operation.with_env(store.env)._get_sent_text())

    def _get_sent_text(self):
        """Return what the marketplace has taken, as a sentence."""
        values = {"store": self.store_id.name, "value": self.new_status}
        if text := SENT.get(self.kind):
            sentence = self.env._(text)
            return sentence % values
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return f"{values['store']}: {kinds.get(self.kind)} {values['value'] or ''}".strip()
