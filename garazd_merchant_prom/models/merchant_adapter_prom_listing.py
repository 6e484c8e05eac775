import time
from collections import defaultdict
from dataclasses import replace

from odoo import models
from odoo.tools import float_round

from odoo.addons.garazd_merchant_center import exceptions, schema

from .. import const
from ..api import const as prom
from ..api.client import PromClient
from .merchant_adapter_prom import neutral_errors

# So many products are refused by whole calls before it is not for the products.
STRIKES = 3
# Values that Prom takes or refuses together.
GROUPS = (("price", "compare_price"), ("quantity",), ("presence",))
PRESENCES = {ours: theirs for theirs, ours in const.PRESENCES.items()}


class MerchantAdapterProm(models.AbstractModel):
    """Changes products: POST /products/edit, whose answer tells about each one."""

    _inherit = "merchant.adapter.prom"

    # Seconds to settle a batch: less than the lease, and than what a worker has.
    _prom_patience = 45

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
        if change.compare_price and change.compare_price > change.price:
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
        read back. What is not settled when the patience is over is left for another time.
        """
        client = self._prom_client(store)
        progress = Progress(changes)
        deadline = time.monotonic() + self._prom_patience
        problem = None
        while progress.waiting and (not progress.answers or time.monotonic() < deadline):
            batch = progress.waiting.pop(0)
            try:
                with neutral_errors():
                    verdict = client.products_edit(list(map(self._prom_item, batch)))
                progress.answers.append(verdict.raw)
                self._prom_judge(client, progress, batch, verdict)
            except exceptions.NeedsUser as error:
                progress.refuse_call(batch, error.values["reason"])
                if progress.is_hopeless():
                    # It is not about the products.
                    raise
            except exceptions.MarketplaceError as error:
                if not progress.answers:
                    raise
                progress.answers.append(str(error))
                problem = schema.ListingOutcome(
                    message=store._explain(error),
                    seconds=getattr(error, "seconds", None),
                    error=error,
                )
                break
        return progress.get_outcomes(changes, problem), progress.answers

    def _prom_judge(self, client, progress, batch, verdict):
        """Sort the items of a call by what Prom said about each.

        :raises MarketplaceError: what it said nothing about could not be read back
        """
        vague = [c for c in batch if c.external_id in verdict.vague]
        if len(vague) > 1:
            progress.refuse_call(vague, verdict.errors[vague[0].external_id])
        else:
            vague = []  # nobody else can be meant
        refused = [c for c in batch if c.external_id in verdict.errors and c not in vague]
        progress.refuse(refused, verdict.errors)
        for change in batch:
            if change.external_id in verdict.confirmed:
                progress.confirm(change, change.get_values().keys())
            elif change.external_id in verdict.errors:
                continue
            elif len(batch) > 1:
                progress.waiting.append([change])
            else:
                progress.confirm(change, self._prom_read_listing(client, change))

    def _prom_read_listing(self, client, change):
        """Return the names of the values that Prom shows as they were sent: GET products/{id}.

        :rtype: set[str]
        :raises RetryLater: Prom could not be asked
        """
        try:
            with neutral_errors():
                data = self._prom_listing(client.product(change.external_id))
        except (exceptions.NeedsUser, ValueError):
            # There is none, or it cannot be understood.
            return set()
        shown = {
            "price": float(data.price or 0),
            "compare_price": float(data.compare_price or 0),
            "quantity": float(data.quantity) if data.quantity is not None else None,
            "presence": data.presence,
        }
        values = change.get_values()
        if "price" in values and "compare_price" not in values:
            # The discount is the marketplace's own affair, so the price before it counts.
            shown["price"] = shown["compare_price"] or shown["price"]
        return {name for name, value in values.items() if shown[name] == value}


class Progress:
    """What is known so far about changes that are being sent.

    :ivar list waiting: batches still to be sent
    :ivar list answers: what Prom said, for administrators
    """

    def __init__(self, changes):
        self.waiting = [list(changes)]
        self.answers = []
        self._confirmed = defaultdict(set)
        self._refused = defaultdict(dict)
        self._ignored = defaultdict(set)
        self._strikes = set()

    def confirm(self, change, names):
        """Note which values Prom has; the others of the change were sent in vain."""
        self._confirmed[change.external_id].update(names)
        self._ignored[change.external_id].update(change.get_values().keys() - names)

    def refuse(self, changes, reasons):
        """Note refused changes; of several values of one, each goes by itself in another call.

        :param dict reasons: Prom's words by external identifier
        """
        by_group = defaultdict(list)
        for change in changes:
            values = change.get_values()
            groups = [group for group in GROUPS if not values.keys().isdisjoint(group)]
            if len(groups) == 1:
                reason = reasons[change.external_id]
                self._refused[change.external_id].update(dict.fromkeys(values, reason))
            for group in groups if len(groups) > 1 else ():
                part = dict.fromkeys(values) | {n: values[n] for n in group if n in values}
                by_group[group].append(replace(change, **part))
        self.waiting += by_group.values()

    def refuse_call(self, batch, reason):
        """Note that Prom refused a whole call: halves of it are sent next."""
        self.answers.append(reason)
        if len(batch) > 1:
            half = len(batch) // 2
            self.waiting[:0] = [batch[:half], batch[half:]]
        else:
            self._strikes.add(batch[0].external_id)
            self.refuse(batch, {batch[0].external_id: reason})

    def is_hopeless(self):
        """Tell whether Prom refuses each call, whatever it is about."""
        return len(self._strikes) >= STRIKES and not any(self._confirmed.values())

    def get_outcomes(self, changes, problem=None):
        """Return what became of the changes; what nothing is known about is tried again.

        :param ListingOutcome | None problem: why Prom could not be asked any more
        :rtype: dict[str, ListingOutcome]
        """
        return {
            key: replace(
                problem or schema.ListingOutcome(),
                confirmed=frozenset(self._confirmed[key]),
                refused=self._refused[key],
                ignored=frozenset(self._ignored[key]),
            )
            for key in (change.external_id for change in changes)
        }
