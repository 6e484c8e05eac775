from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from .merchant_order_status import KIND_RANK

# An order is read again for a delivery that is ready at most once in this time.
REFRESH_PAUSE = timedelta(hours=1)


class MerchantOrder(models.Model):
    """What the marketplace is told when something happens to the sales order."""

    _inherit = "merchant.order"

    def _push_event(self, event, **reason):
        """Tell the marketplaces what happened to the sales orders, after the commit.

        Nothing is sent that the store does not want, that the marketplace has already, or that a
        later change, which waits, has made meaningless.

        :param str event: ``confirmed``, ``delivered`` or ``cancelled``
        :param reason: of a cancellation: ``reason``, a code of the adapter, and maybe ``comment``.
            Without it a cancellation that waits keeps its own; a new one says that the seller
            cannot deliver.
        """
        for order in self:
            if event != "delivered":
                # While an order is cancelled its deliveries are, which may look like the last of
                # them; the cancellation that waits goes before.
                order._drop_contradicted_statuses(is_cancelled=event == "cancelled")
            store = order.store_id
            if not store.active or not store[f"push_{event}"]:
                continue
            if target := store._get_event_status(event):
                order._push_status(target, **reason)

    def _is_delivered(self):
        """Tell whether the order is to be completed on the marketplace; extended by other modules.

        :rtype: bool
        """
        self.ensure_one()
        return self.sale_order_id._is_delivered()

    def _push_status(self, target, **reason):
        """Write down that the order gets a status, unless that would lead it back.

        :param target: a ``merchant.order.status``
        :param reason: see :meth:`_push_event`
        """
        self.ensure_one()
        if self._has_come_to(target):
            return
        for operation in self._get_waiting_statuses():
            is_same = operation._is_on_its_way() and operation._get_status() == target
            if operation._get_status_rank() > target._get_rank() or (is_same and not reason):
                return
        if target.kind == "cancelled":
            reason = reason or self._get_default_cancel_reason()
        payload = {"status": target.external_id, **reason}
        self.env["merchant.operation"]._enqueue(self.store_id, "order_status", self, payload)

    def _has_come_to(self, target):
        """Tell whether the marketplace has this status or a later one, as far as is known."""
        done = [("state", "=", "done")]
        if self.read_at:
            # What was sent before is in what was read.
            done.append(("done_at", ">=", self.read_at))
        sent = [operation._get_status() for operation in self._search_statuses(done)]
        known = self.status_id.union(*sent)
        return any(status._is_at_least(target) for status in known)

    def _note_status(self, status):
        """Show a status that the marketplace has confirmed, until the order is read again.

        :param status: a ``merchant.order.status``; nothing when it is not known any more
        """
        for order in self:
            if status and not order.status_id._is_at_least(status):
                # Without a digest the next reading has the last word, whatever it says.
                order.write({"status_id": status.id, "digest": False})

    def _needs_cancel_reason(self):
        """Tell whether a person is asked why the order is cancelled."""
        self.ensure_one()
        store = self.store_id
        target = store._get_event_status("cancelled")
        return bool(
            store.active
            and store.push_cancelled
            and target.kind == "cancelled"
            and store._get_adapter()._get_cancel_reasons()
            and not self._has_come_to(target)
            and not any(
                operation._is_on_its_way() and operation._get_status() == target
                for operation in self._get_waiting_statuses()
            )
        )

    def _check_one_marketplace(self):
        """Refuse to ask for one reason where each marketplace has its own.

        :raises UserError: the orders come from several marketplaces
        """
        if len(set(self.store_id.mapped("marketplace"))) > 1:
            raise UserError(
                self.env._(
                    "The reasons differ from one marketplace to another. Select orders of one "
                    "marketplace and cancel those first."
                )
            )

    def _get_default_cancel_reason(self):
        reasons = self.store_id._get_adapter()._get_cancel_reasons()
        return next(({"reason": r.code} for r in reasons if not r.needs_comment), {})

    # === WHAT WAITS === #

    def _search_statuses(self, domain):
        # Elevated: operations belong to the system.
        return (
            self.env["merchant.operation"]
            .sudo()
            .search(
                [
                    ("kind", "=", "order_status"),
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    *domain,
                ]
            )
        )

    def _get_waiting_statuses(self):
        """Return the changes of status that may still be sent, by themselves or by a person."""
        return self._search_statuses([("state", "in", ("pending", "withheld", "failed"))])

    def _drop_contradicted_statuses(self, is_cancelled):
        """Do not send what is no longer true of the sales orders.

        :param bool is_cancelled: whether the sales orders are cancelled
        """
        reason = (
            self.env._("The sales order was cancelled")
            if is_cancelled
            else self.env._("The sales order is no longer cancelled")
        )
        for operation in self and self._get_waiting_statuses():
            says_cancelled = operation._get_status_rank() == KIND_RANK["cancelled"]
            if says_cancelled != is_cancelled:
                operation._finish("cancelled", reason)

    def _drop_overtaken_statuses(self):
        """Do not send what the order, as it was just read, has left behind."""
        for operation in self._get_waiting_statuses():
            status = operation._get_status()
            if status and self.status_id._is_at_least(status):
                reason = self.env._(
                    "The order has the status %(status)s on the marketplace already",
                    status=self.status_id.name,
                )
                operation._finish("cancelled", reason)

    # === READING AGAIN === #

    def _request_refresh(self):
        """Have the orders read again in the background, each at most once an hour."""
        limit = fields.Datetime.now() - REFRESH_PAUSE
        stale = self.filtered(
            lambda o: (
                not o.refresh_requested
                and not (o.read_at and o.read_at > limit)
                and o.status_id.kind != "cancelled"
                and o.store_id.active
            )
        )
        if stale:
            stale.refresh_requested = True
            # Elevated: runs belong to the system. Only these stores are read.
            stores = stale.store_id.sudo().filtered("api_token")
            stores._start_sync("orders", is_patient=True)
