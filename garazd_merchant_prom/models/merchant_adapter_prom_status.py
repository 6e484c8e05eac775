import json
import time
from dataclasses import replace

from odoo import models

from odoo.addons.garazd_merchant_center import exceptions, schema

from ..api import const as prom
from ..api.client import PromClient
from ..api.reader import Reader
from .merchant_adapter_prom import neutral_errors


class MerchantAdapterProm(models.AbstractModel):
    """Sets statuses of orders: POST /orders/set_status, whose answer is not always the truth."""

    _inherit = "merchant.adapter.prom"

    # After so many seconds nothing more is begun; what is left has its turn later. Less than the
    # lease of the operations, and than what Odoo allows a scheduled action.
    _prom_status_patience = 30

    def _prepare_operation(self, operation):
        """Override of `garazd_merchant_center`: POST orders/set_status."""
        request = PromClient.set_status_request(
            [self._prom_order_id(operation)], **self._prom_status_target(operation.payload)
        )
        return schema.WriteRequest(method=request.method, path=request.path, body=request.body)

    def _prom_order_id(self, operation):
        order = self.env[operation.res_model].browse(operation.res_id).exists()
        if not order:
            reason = self.env._("the order was deleted in Odoo")
            raise exceptions.NeedsUser("request_refused", reason=reason)
        return order.external_id

    def _prom_status_target(self, payload):
        """Return the arguments of set_status; a store's own status goes by its number."""
        status = payload["status"]
        if custom := prom.CUSTOM_STATUS.fullmatch(status):
            return {"custom_status_id": custom[1]}
        return {
            "status": status,
            "cancellation_reason": payload.get("reason"),
            "cancellation_text": payload.get("comment"),
        }

    def _send_operations(self, operations):
        """Override of `garazd_merchant_center`: one POST orders/set_status per status and reason.

        What may have been carried out already is looked up first, what an answer does not confirm
        afterwards: GET orders/{id}. As soon as Prom does not answer, nothing more is begun.
        """
        outcomes, problem = {}, None
        deadline = time.monotonic() + self._prom_status_patience
        try:
            for _call in self._prom_set_statuses(operations, outcomes):
                if time.monotonic() > deadline:
                    break
        except exceptions.MarketplaceError as error:
            if not outcomes:
                raise
            problem = error
        result = {}
        for operation in operations:
            outcome = outcomes.get(operation.id) or schema.Outcome(state="unsent")
            is_open = problem and outcome.state in ("retry", "unsent")
            result[operation.id] = replace(outcome, error=problem) if is_open else outcome
        return result

    def _prom_set_statuses(self, operations, outcomes):
        """Make the calls that carry operations out, one after the other.

        At any of them the caller may stop: `outcomes` holds what is known by then.

        :param dict outcomes: gets what became of the operations, by id
        :raises MarketplaceError: Prom does not answer, so there is no use in going on
        """
        client = self._prom_client(operations.store_id)
        for operation in operations.filtered("is_uncertain"):
            outcome = self._prom_look(client, operation)
            # What was not carried out is sent below.
            if outcome.state != "retry":
                outcomes[operation.id] = outcome
            yield
        rest = operations.filtered(lambda operation: operation.id not in outcomes)
        waiting = list(rest.grouped(_get_target).values())
        while waiting:
            batch = waiting.pop(0)
            refused, doubt, vague = self._prom_set_status(client, batch, outcomes)
            # Any of them may be the one that is to blame: each half goes by itself.
            half = len(vague) // 2
            waiting[:0] = filter(None, (vague[:half], vague[half:]))
            yield
            for operation in (batch - vague).filtered(lambda o: outcomes[o.id].state == "retry"):
                refusal = refused.get(self._prom_order_id(operation))
                outcome = self._prom_look(client, operation, refusal, doubt)
                raw = outcomes[operation.id].response
                outcomes[operation.id] = replace(outcome, response=raw)
                yield

    def _prom_set_status(self, client, batch, outcomes):
        """Send operations that set the same status.

        :param dict outcomes: gets what the answer says about each of them
        :return: what Prom said against them, by the number of the order, why there is no answer,
            and those that were refused together, about which nothing is known
        :rtype: tuple[dict[str, str], RetryLater | None, merchant.operation]
        :raises MarketplaceError: nothing was carried out
        """
        ids = {operation.id: self._prom_order_id(operation) for operation in batch}
        confirmed, refused, unnamed, raw, doubt = frozenset(), {}, frozenset(), None, None
        try:
            with neutral_errors():
                verdict = client.orders_set_status(
                    list(ids.values()), **self._prom_status_target(batch[0].payload)
                )
            confirmed, refused, raw = verdict.confirmed, verdict.errors, verdict.raw
            unnamed = verdict.vague
        except exceptions.RetryLater as error:
            if error.__cause__.repeatable:
                raise
            # Whether it was carried out is not known: the answer may have got lost.
            raw, doubt = str(error), error
        except exceptions.NeedsUser as error:
            refused = dict.fromkeys(ids.values(), error.values["reason"])
            unnamed = frozenset(refused)
        vague = batch.filtered(lambda operation: ids[operation.id] in unnamed)
        if len(vague) == 1:
            vague = vague.browse()  # nobody else can be meant
        for operation in batch - vague:
            outcome = schema.Outcome(state="done", response=raw)
            if ids[operation.id] not in confirmed:
                outcome = self._prom_open_outcome(operation, refused.get(ids[operation.id]), doubt)
            outcomes[operation.id] = replace(outcome, response=raw)
        return refused, doubt, vague

    def _prom_open_outcome(self, operation, refusal, doubt):
        """Return the outcome of an operation about which nothing is proved.

        :param str | None refusal: what Prom said against it
        :param RetryLater | None doubt: why there is no answer to the write
        """
        message = self.env._("Prom did not confirm it")
        if refusal or doubt:
            message = refusal or operation.store_id._explain(doubt)
        return schema.Outcome(
            state="retry",
            message=message,
            seconds=doubt and doubt.seconds,
            is_uncertain=not refusal,
            error=doubt,
        )

    def _prom_look(self, client, operation, refusal=None, doubt=None):
        """Return the outcome of an operation by looking at its order; see `_prom_open_outcome`.

        :raises MarketplaceError: Prom does not answer
        """
        unproved = self._prom_open_outcome(operation, refusal, doubt)
        store = operation.store_id
        try:
            with neutral_errors():
                order = client.order(self._prom_order_id(operation))
                current = Reader(order).text("status", required=True)
        except exceptions.NeedsUser as error:
            return replace(unproved, message=refusal or store._explain(error))
        current = self._prom_known_status(store, prom.STATUS_ALIASES.get(current, current))
        target = self._prom_known_status(store, operation.payload["status"])
        is_cancelled = current.kind == "cancelled"
        is_further = current._get_rank() > target._get_rank()
        if current.external_id == target.external_id or (is_further and not is_cancelled):
            return schema.Outcome(state="done")
        if refusal or is_cancelled:
            reason = refusal or self.env._("the order is cancelled on Prom")
            return schema.Outcome(state="failed", message=reason)
        if doubt:
            # Whoever did not answer may still be at it.
            return unproved
        number = self._prom_order_id(operation)
        problem = exceptions.MarketplaceError("not_confirmed", reason=number)
        return replace(unproved, is_uncertain=False, error=problem)

    def _prom_known_status(self, store, code):
        """Return the store's status with this code, or one that is not saved."""
        statuses = self.env["merchant.order.status"].with_context(active_test=False)
        known = statuses.search([("store_id", "=", store.id), ("external_id", "=", code)])
        kind = self._prom_status(code, None).kind
        return known or statuses.new({"store_id": store.id, "external_id": code, "kind": kind})


def _get_target(operation):
    """Return what an operation sets, to compare it with others."""
    return json.dumps(operation.payload, sort_keys=True)
