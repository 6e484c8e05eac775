from collections import defaultdict
from dataclasses import replace

from odoo import models
from odoo.tools import float_round

from odoo.addons.garazd_merchant_center import exceptions, schema

from .. import const
from ..api import const as prom
from ..api.client import PromClient
from .merchant_adapter_prom import neutral_errors

# Values that Prom takes or refuses together.
GROUPS = (("price", "compare_price"), ("quantity",), ("presence",))
PRESENCES = {ours: theirs for theirs, ours in const.PRESENCES.items()}


class MerchantAdapterProm(models.AbstractModel):
    """Changes products: POST /products/edit, whose answer tells about each one."""

    _inherit = "merchant.adapter.prom"

    def _prepare_listing_changes(self, store, changes):
        """Override of `garazd_merchant_center`: POST products/edit."""
        request = PromClient.products_edit_request(list(map(self._prom_item, changes)))
        return schema.WriteRequest(method=request.method, path=request.path, body=request.body)

    def _prom_item(self, change):
        """Return a change in Prom's words.

        Prom has no crossed-out price: it has a price, and a discount that is taken off.

        :rtype: dict
        """
        item = {"id": change.external_id}
        if change.price is not None:
            item["price"] = change.price
        if change.compare_price:
            off = float_round(change.compare_price - change.price, precision_digits=2)
            item["price"] = change.compare_price
            item["discount"] = {"value": off, "type": prom.DISCOUNT_AMOUNT}
        elif change.compare_price is not None:
            item["discount"] = None
        if change.quantity is not None:
            whole = int(change.quantity)
            item["quantity_in_stock"] = whole if whole == change.quantity else change.quantity
        if change.presence is not None:
            item["presence"] = PRESENCES[change.presence]
        return item

    def _send_listing_changes(self, store, changes):
        """Override of `garazd_merchant_center`: POST products/edit, as often as it takes.

        A call that Prom refuses as a whole is halved until the culprit is alone; an item that is
        refused goes value by value; an item that Prom says nothing about goes alone and is then
        read back.
        """
        client = self._prom_client(store)
        confirmed, refused, answers = defaultdict(set), defaultdict(dict), []
        message, seconds = "", None
        waiting = [list(changes)]
        while waiting:
            batch = waiting.pop(0)
            try:
                with neutral_errors():
                    verdict = client.products_edit(list(map(self._prom_item, batch)))
            except exceptions.NeedsUser as error:
                reason = error.values["reason"]
                answers.append(reason)
                waiting[:0] = self._prom_split(batch, reason, refused)
                continue
            except exceptions.MarketplaceError as error:
                if not answers:
                    raise
                # Whatever has no verdict yet is tried again later.
                answers.append(str(error))
                message, seconds = store._explain(error), getattr(error, "seconds", None)
                break
            answers.append(verdict.raw)
            for change in batch:
                key = change.external_id
                if key in verdict.confirmed:
                    confirmed[key] |= change.get_values().keys()
                elif key in verdict.errors:
                    waiting += self._prom_split([change], verdict.errors[key], refused)
                elif len(batch) > 1:
                    waiting.append([change])
                else:
                    confirmed[key] |= self._prom_read_listing(client, change)
        return {
            change.external_id: schema.ListingOutcome(
                confirmed=frozenset(confirmed[change.external_id]),
                refused=refused[change.external_id],
                message=message,
                seconds=seconds,
            )
            for change in changes
        }, answers

    def _prom_split(self, batch, reason, refused):
        """Return smaller batches in place of one that was refused.

        :param list[ListingChange] batch:
        :param str reason: Prom's words
        :param dict refused: takes what cannot be made smaller
        :rtype: list[list[ListingChange]]
        """
        if len(batch) > 1:
            half = len(batch) // 2
            return [batch[:half], batch[half:]]
        [change] = batch
        values = change.get_values()
        groups = [group for group in GROUPS if not values.keys().isdisjoint(group)]
        if len(groups) == 1:
            refused[change.external_id].update(dict.fromkeys(values, reason))
            return []
        nothing = dict.fromkeys(values)
        return [
            [replace(change, **nothing | {name: values[name] for name in group if name in values})]
            for group in groups
        ]

    def _prom_read_listing(self, client, change):
        """Return the names of the values that Prom shows as they were sent: GET products/{id}.

        :rtype: set[str]
        """
        try:
            with neutral_errors():
                data = self._prom_listing(client.product(change.external_id))
        except (exceptions.MarketplaceError, ValueError):
            return set()
        shown = {
            "price": float(data.price or 0),
            "compare_price": float(data.compare_price or 0),
            "quantity": float(data.quantity or 0),
            "presence": data.presence,
        }
        values = change.get_values()
        if "price" in values and "compare_price" not in values:
            # The discount is the marketplace's own affair, so the price before it counts.
            shown["price"] = shown["compare_price"] or shown["price"]
        return {name for name, value in values.items() if shown[name] == value}
