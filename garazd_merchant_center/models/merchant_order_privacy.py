from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .merchant_order_delivery import PLACE
from .merchant_order_updater import DELIVERY

# What stands in place of words that were erased where something has to stand.
NOTHING = "-"
# Orders whose payload is forgotten in one transaction.
BATCH = 10_000


class MerchantOrder(models.Model):
    """What is forgotten about buyers: after some time, and when they ask for it."""

    _inherit = "merchant.order"

    is_erased = fields.Boolean(
        string="Buyer Erased",
        readonly=True,
        help="The buyer asked to be forgotten: whatever the marketplace goes on telling of this "
        "order, nothing about people is kept.",
    )

    # === AFTER SOME TIME === #

    @api.autovacuum
    def _gc_payloads(self):
        """Forget closed orders as they were received; the digest tells that they did not change.

        An order that waits for somebody is kept until that is settled.
        """
        stores = self.env["merchant.store"].with_context(active_test=False)
        for store in stores.search([("payload_days", ">", 0)]):
            limit = fields.Datetime.now() - timedelta(days=store.payload_days)
            self.env.execute_query(
                SQL(
                    """
                    UPDATE merchant_order
                       SET payload = NULL
                     WHERE id IN (
                           SELECT orders.id
                             FROM merchant_order orders
                             JOIN merchant_order_status status ON status.id = orders.status_id
                            WHERE orders.store_id = %s
                              AND orders.payload IS NOT NULL
                              AND orders.read_at < %s
                              AND orders.state IN ('imported', 'skipped')
                              AND orders.refresh_requested IS NOT TRUE
                              AND status.kind IN ('done', 'cancelled')
                              AND NOT EXISTS (
                                  SELECT FROM merchant_order_change change
                                   WHERE change.order_id = orders.id
                              )
                            LIMIT %s
                              FOR NO KEY UPDATE OF orders SKIP LOCKED
                           )
                 RETURNING id
                    """,
                    store.id,
                    limit,
                    BATCH,
                )
            )
        self.invalidate_model(["payload"])

    # === ON REQUEST === #

    def _prepare_read_vals(self, raw):
        """Extend `garazd_merchant_center`: whom we have forgotten does not come back."""
        vals = super()._prepare_read_vals(raw)
        if self.is_erased:
            vals["payload"] = self._redact(raw.payload)
        return vals

    def _redact(self, payload):
        return (payload and self.store_id._get_adapter()._redact_payload(payload)) or False

    def _import(self):
        """Extend `garazd_merchant_center`: of what is erased something must be left to read."""
        if self.payload or not self.is_erased:
            super()._import()

    def _erase(self):
        """Forget the buyers of these orders; what happened to the goods and the money stays."""
        for order in self:
            facts = order.facts and order.facts | {
                key: "" for key in DELIVERY if key in order.facts
            }
            order.write(
                {
                    "is_erased": True,
                    "payload": order._redact(order.payload),
                    "facts": facts,
                    "buyer_name": False,
                    "recipient_name": False,
                    "recipient_phone": False,
                    "delivery_address": False,
                    **dict.fromkeys(PLACE, False),
                    "buyer_note": False,
                    "cancellation": False,
                    "error_values": order.error_code and {"number": order.number},
                }
            )
            order._erase_changes()
        self._erase_issues()
        self._erase_operations()

    def _erase_changes(self):
        personal = self.change_ids.filtered(lambda change: change.kind in DELIVERY)
        personal.unlink()
        if personal and not self.change_ids:
            self._forget_changes()

    def _erase_issues(self):
        """Forget what issues say about the buyers; those about who they are have no sense now."""
        issues = self.env["merchant.issue"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )
        is_who = issues.filtered(lambda i: i.code == "partner_ambiguous" and i.state == "open")
        is_who._close("resolved")
        for issue in issues:
            order = self.browse(issue.res_id)
            values = {"number": order.number}
            if issue.code == "order_changed" and issue.state == "open":
                changes = order.change_ids
                values["changes"] = self.env["merchant.order.updater"]._describe(changes)
            issue.values = values

    def _erase_operations(self):
        """Forget what was written to the marketplace about these orders in free words."""
        operations = self.env["merchant.operation"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )
        for operation in operations:
            vals = {"response": False}
            if comment := (operation.payload or {}).get("comment"):
                vals["payload"] = operation.payload | {"comment": NOTHING}
                vals["request"] = _replace(operation.request, comment)
            operation.write(vals)


def _replace(value, words):
    """Return a JSON value in which nothing says these words any more."""
    if isinstance(value, dict):
        return {key: _replace(item, words) for key, item in value.items()}
    if isinstance(value, list):
        return [_replace(item, words) for item in value]
    return NOTHING if value == words else value
