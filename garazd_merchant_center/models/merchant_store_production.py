from odoo import models

from .merchant_store_status import EVENT_KINDS

# What of prices and quantities a store may send.
PUSHED = ("push_prices", "push_compare_prices", "push_stock", "push_presence")


class MerchantStore(models.Model):
    """What begins to be sent when a store is switched to Production, in words and numbers."""

    _inherit = "merchant.store"

    # === ACTION METHODS === #

    def action_open_production(self):
        """Open the wizard that says what Production sends, and switches to it."""
        self.ensure_one()
        self._check_administrator()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Switch to Production"),
            "res_model": "merchant.store.production",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_store_id": self.id},
        }

    # === EFFECTS === #

    def _get_production_effects(self):
        """Return what Production sends, as rows of the widget ``merchant_steps``.

        :return: dicts with ``state`` (``sent``, ``off`` or ``missing``), ``title`` and ``text``
        :rtype: list[dict]
        """
        self.ensure_one()
        rows = [self._get_effect_permissions(), *self._get_order_effects()]
        rows += [self._get_effect_push(), self._get_effect_withheld()]
        return [row for row in rows if row]

    def _get_order_effects(self):
        """Return what is sent of orders; modules that send more add their rows.

        :rtype: list[dict]
        """
        return [
            self._get_effect_imported(),
            *[self._get_effect_event(event) for event in EVENT_KINDS],
        ]

    def _get_effect_permissions(self):
        if self.missing_permissions:
            return {
                "state": "missing",
                "title": self.env._("Permissions of the token"),
                "text": self.env._(
                    "The token does not open: %(names)s. What needs them cannot be sent.",
                    names=self.missing_permissions,
                ),
            }
        return None

    def _get_effect_imported(self):
        status = self.set_status_id
        return status and {
            "state": "sent",
            "title": self.env._("When an order is imported"),
            "text": self.env._("The order gets the status %(status)s.", status=status.name),
        }

    def _get_effect_event(self, event):
        titles = {
            "confirmed": self.env._("When a sales order is confirmed"),
            "delivered": self.env._("When everything was delivered"),
            "cancelled": self.env._("When a sales order is cancelled"),
        }
        name = self[f"push_{event}"] and self._get_event_status_name(event)
        if name:
            text = self.env._("The order gets the status %(status)s.", status=name)
        else:
            text = self.env._("Nothing is sent.")
        return {"state": "sent" if name else "off", "title": titles[event], "text": text}

    def _get_event_status_name(self, event):
        """Return the name of the status that is sent; unlike the status itself it makes nothing.

        :param str event: see :meth:`_get_event_status`
        """
        kind = EVENT_KINDS[event]
        known = self.status_ids.filtered(lambda status: status.kind == kind)
        if status := self[f"{event}_status_id"] or known[:1]:
            return status.name
        # The statuses of the store were not read yet.
        data = self._get_adapter()._get_own_status(kind)
        return data and data.name

    def _get_effect_push(self):
        row = {"title": self.env._("Prices and quantities")}
        names = [self._fields[name]._description_string(self.env) for name in PUSHED if self[name]]
        if not names or not self.feed_id:
            text = self.env._("Nothing is sent: it is switched off on the tab Products.")
            return row | {"state": "off", "text": text}
        parts = [
            self.env._("%(names)s: switched on.", names=", ".join(names)),
            self.env._(
                "Products that differ now and are sent at once: %(count)s.",
                count=self.push_count - self.push_held_count,
            ),
        ]
        if self.push_held_count:
            parts.append(
                self.env._(
                    "Products that ask for your consent first: %(count)s.",
                    count=self.push_held_count,
                )
            )
        button = {"name": "action_open_changes", "label": self.env._("Look at Them")}
        return row | {
            "state": "sent",
            "text": " ".join(parts),
            "buttons": [button] if self.push_count else [],
        }

    def _get_effect_withheld(self):
        return self.withheld_count and {
            "state": "off",
            "title": self.env._("What was withheld until now"),
            "text": self.env._(
                "Withheld: %(count)s. It stays withheld. An administrator may look through it and "
                "send single changes.",
                count=self.withheld_count,
            ),
            "buttons": [{"name": "action_open_withheld", "label": self.env._("Look at Them")}],
        }
