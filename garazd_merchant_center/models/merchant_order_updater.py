from collections import Counter
from dataclasses import replace
from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ..exceptions import NeedsUser

QUOTATION = ("draft", "sent")
# Facts about the parcel, kept where the store wants delivery contacts.
DELIVERY = ("recipient", "phone", "address")


class MerchantOrderUpdater(models.AbstractModel):
    """Brings a sales order up to what the marketplace says, as far as that is safe.

    A quotation simply follows. What is confirmed belongs to the staff: the differences become
    ``merchant.order.change`` records, and a person applies or ignores them. Differences are those
    between what the marketplace said when the sales order was made (``merchant.order.facts``) and
    what it says now; what the staff changed in Odoo is none of its business.
    """

    _name = "merchant.order.updater"
    _description = "Sales Order Updater"

    # === FACTS === #

    def _get_facts(self, store, data, before=None):
        """Return what a sales order is made from, to be compared later.

        :param store: the ``merchant.store``
        :param OrderData data: what the payload of the order says
        :param dict before: the facts as they were
        :return: a JSON value
        :rtype: dict
        """
        refs = self._get_line_refs(data.lines, before["lines"] if before else {})
        facts = {
            "lines": {
                ref: {
                    "name": line.name,
                    "quantity": _to_text(line.quantity),
                    "total": _to_text(line.price_total),
                }
                for ref, line in zip(refs, data.lines, strict=True)
            },
            "discount": _to_text(data.discount),
            "amount": _to_text(data.amount_total),
            "cancelled": data.status.kind == "cancelled",
        }
        if store.create_delivery_address:
            recipient = data.recipient or data.buyer
            facts |= {
                "recipient": recipient.name or "",
                "phone": recipient.phone or "",
                "address": data.address or "",
            }
        return facts

    def _get_line_refs(self, lines, known=None):
        """Return what tells the lines of an order apart, the same each time it is read.

        A product that is removed from the marketplace loses its identifiers in old orders too, so
        a line is then known again by its name.

        :param lines: of ``OrderLineData``
        :param dict known: the lines as they were before, by reference
        :rtype: list[str]
        """
        seen = Counter()

        def count(ref):
            seen[ref] += 1
            return ref if seen[ref] == 1 else f"{ref} ({seen[ref]})"

        refs = [
            count(line.external_id or line.seller_id or line.sku or line.name) for line in lines
        ]
        known = known or {}
        lost = {known[ref]["name"]: ref for ref in known if ref not in refs}
        return [
            ref if ref in known else lost.pop(line.name, ref)
            for ref, line in zip(refs, lines, strict=True)
        ]

    def _compare(self, old, new):
        """Return the differences between two states of an order.

        :param dict old: by ``_get_facts``
        :param dict new: by ``_get_facts``
        :return: values of ``merchant.order.change``
        :rtype: list[dict]
        """
        if new["cancelled"]:
            return [] if old["cancelled"] else [{"kind": "cancelled"}]
        changes = [{"kind": "restored"}] if old["cancelled"] else []
        for ref in old["lines"] | new["lines"]:
            before, now = old["lines"].get(ref), new["lines"].get(ref)
            changes += self._compare_line(before, now)
        changes += [
            {"kind": key, "old_value": old[key], "new_value": new[key]}
            for key in self._get_value_facts()
            if self._is_changed(key, old, new)
        ]
        if not changes and self._is_changed("amount", old, new):
            # Nothing explains it, so nothing can follow it; but somebody has to know.
            changes = [{"kind": "amount", "old_value": old["amount"], "new_value": new["amount"]}]
        return changes

    def _get_value_facts(self):
        """Return the facts that are a single value each, and kinds of ``merchant.order.change``.

        :rtype: tuple[str, ...]
        """
        return ("discount", *DELIVERY)

    def _is_changed(self, key, old, new):
        """Tell whether a fact changed on the marketplace, and not what the store wants to know."""
        return key in old and key in new and old[key] != new[key]

    def _compare_line(self, before, now):
        if not before or not now:
            line = before or now
            value = self.env._(
                "%(quantity)s for %(total)s in all", quantity=line["quantity"], total=line["total"]
            )
            key = "old_value" if before else "new_value"
            return [{"kind": "removed" if before else "added", "subject": line["name"], key: value}]
        return [
            {
                "kind": key,
                "subject": now["name"],
                "old_value": before[key],
                "new_value": now[key],
            }
            for key in ("quantity", "total")
            if before[key] != now[key]
        ]

    # === UPDATE === #

    def _update(self, order, data):
        """Let a sales order follow, or ask a person about what changed.

        :param order: a ``merchant.order`` with a sales order
        :param OrderData data: what its payload says
        """
        facts = self._get_facts(order.store_id, data, order.facts)
        old = order.facts or facts
        changes = self._compare(old, facts)
        sale_order = order.sale_order_id
        self._refresh_fees(order, data, facts)
        if changes and sale_order.state in QUOTATION:
            self._apply(order, data)
            changes = []
        elif sale_order.state == "cancel":
            # Nothing of what is cancelled matters any more, unless it is to live again.
            changes = changes if old["cancelled"] and not facts["cancelled"] else []
        if not changes:
            order._settle_changes(data)
            return
        order.change_ids.unlink()
        order.change_ids.create([{**vals, "order_id": order.id} for vals in changes])
        self._ask(order, data)

    def _ask(self, order, data):
        """Open the issue about changes that wait for a person."""
        issues = self.env["merchant.issue"]
        cancelled = "cancelled" in order.change_ids.mapped("kind")
        code, other = ("order_cancelled", "order_changed")[:: 1 if cancelled else -1]
        issues._resolve(order.store_id, [other], order)
        issues._report(
            order.store_id,
            code,
            order,
            severity="error" if cancelled else "warning",
            number=order.number,
            reason=data.cancellation or "-",
            changes=self._describe(order.change_ids),
        )

    def _describe(self, changes):
        """Return changes as one line of text."""
        kinds = dict(changes._fields["kind"]._description_selection(self.env))
        return "; ".join(
            " ".join(
                filter(
                    None,
                    [
                        kinds[change.kind],
                        change.subject,
                        f"{change.old_value or '-'} -> {change.new_value or '-'}",
                    ],
                )
            )
            for change in changes
        )

    def _refresh_fees(self, order, data, facts):
        """Follow what the marketplace charges for each line."""
        by_ref = dict(zip(facts["lines"], data.lines, strict=True))
        for line in order.sale_order_id.order_line:
            line_data = by_ref.get(line.merchant_line_ref)
            fee = float(line_data.commission or 0) if line_data else 0
            if line_data and line.currency_id.compare_amounts(line.merchant_fee, fee):
                line.merchant_fee = fee

    def _apply(self, order, data):
        """Change the sales order.

        :param order: a ``merchant.order`` with a sales order
        :param OrderData data: what its payload says
        :raises UserError: Odoo does not allow it any more: it was delivered or invoiced
        :raises NeedsUser: the total would not be the marketplace's
        """
        old = order.facts
        new = self._get_facts(order.store_id, data, old)
        sale_order = order.sale_order_id
        is_restored = old["cancelled"] and not new["cancelled"]
        if is_restored or new["cancelled"]:
            self._apply_cancellation(sale_order, new["cancelled"])
        if new["cancelled"]:
            return
        self._apply_lines(order, data, old, new)
        if any(new[key] != old[key] for key in ("lines", "discount")):
            self._apply_discount(sale_order, data)
        if any(self._is_changed(key, old, new) for key in DELIVERY):
            self._apply_delivery(order, data)
        self._check_goods(order, data)
        if is_restored and order.store_id.confirm_orders:
            order._confirm()

    def _apply_cancellation(self, sale_order, cancelled):
        if not cancelled:
            sale_order.action_draft()
        elif sale_order.picking_ids._filter_to_buyer().filtered(lambda p: p.state == "done"):
            raise UserError(
                self.env._(
                    "The goods of %(name)s were shipped. Take them back with a return, then press "
                    "Ignore.",
                    name=sale_order.name,
                )
            )
        else:
            sale_order._action_cancel()

    def _apply_lines(self, order, data, old, new):
        builder = self.env["merchant.order.builder"]
        sale_order = order.sale_order_id
        found = sale_order.order_line.grouped("merchant_line_ref")
        added = {}
        for ref, line_data in zip(new["lines"], data.lines, strict=True):
            lines = found.get(ref)
            if not lines:
                added[ref] = line_data
            elif old["lines"].get(ref) != new["lines"][ref]:
                self._check_not_invoiced(lines)
                self._remove_lines(lines[1:])
                builder._fill_line(lines[0], line_data)
        for ref in old["lines"].keys() - new["lines"].keys():
            self._remove_lines(found.get(ref, sale_order.order_line.browse()))
        if added:
            only_added = replace(data, lines=tuple(added.values()), discount=Decimal(0))
            line_vals, unknown = builder._prepare_lines(order, only_added, list(added))
            lines = sale_order.order_line.create(
                [{**vals, "order_id": sale_order.id} for vals in line_vals]
            )
            builder._fill_lines(lines, only_added)
            builder._report_unknown(order, unknown)

    def _check_not_invoiced(self, lines):
        invoiced = lines.filtered("qty_invoiced")
        if invoiced:
            raise UserError(
                self.env._(
                    "%(product)s is invoiced already. Correct the invoice with a credit note, then "
                    "press Ignore.",
                    product=invoiced[0].name,
                )
            )

    def _remove_lines(self, lines):
        """Take lines out of a quotation; confirmed ones are set to nothing, as Odoo wants it."""
        self._check_not_invoiced(lines)
        if lines.order_id.state in QUOTATION:
            lines.unlink()
        else:
            lines.product_uom_qty = 0

    def _apply_discount(self, sale_order, data):
        builder = self.env["merchant.order.builder"]
        lines = builder._get_discount_lines(sale_order)
        now = [(line.tax_ids, -line.price_total) for line in lines if line.product_uom_qty]
        if now != builder._split_discount(sale_order, data):
            self._check_not_invoiced(lines)
            self._remove_lines(builder._set_discount(sale_order, data))

    def _apply_delivery(self, order, data):
        """Change who gets the parcel, and where, also on parcels that are still to be sent."""
        sale_order = order.sale_order_id
        builder = self.env["merchant.order.builder"]
        contact = builder._get_delivery_contact(order.store_id, sale_order.partner_id, data)
        sale_order.partner_shipping_id = contact
        waiting = sale_order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
        waiting.partner_id = contact

    def _check_goods(self, order, data):
        """Refuse an update after which the goods do not cost what the buyer pays.

        What the staff added stays out of it.
        """
        sale_order = order.sale_order_id
        lines = sale_order.order_line.filtered("merchant_line_ref")
        lines |= self.env["merchant.order.builder"]._get_discount_lines(sale_order)
        actual = sum(lines.mapped("price_total"))
        if order.currency_id.compare_amounts(actual, float(data.amount_total)):
            raise NeedsUser(
                "order_total_differs",
                number=data.number,
                expected=str(data.amount_total),
                actual=f"{actual:.2f}",
            )


def _to_text(number):
    """Return a number in one form, whatever its zeros."""
    return f"{number.normalize():f}"
