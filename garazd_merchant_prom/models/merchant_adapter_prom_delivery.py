import time

from odoo import models

from odoo.addons.garazd_merchant_center import exceptions, schema
from odoo.addons.garazd_merchant_center.models.merchant_operation_tracking import CARRIER

from .. import const
from ..api import const as prom
from ..api import errors
from ..api.client import PromClient
from ..api.delivery import read_charge, read_delivery
from ..api.reader import Reader
from .merchant_adapter_prom import neutral_errors

# Seconds after which an order is looked at again whose number was accepted, but is not shown.
LOOK_AGAIN = 60


class MerchantAdapterProm(models.AbstractModel):
    """Understands where parcels go, and tells their numbers: POST /delivery/save_declaration_id."""

    _inherit = "merchant.adapter.prom"

    # === Understanding === #

    def _prom_delivery(self, store, order, goods):
        """Return the delivery of an order in the words of the base, see ``api.delivery``.

        :param Order order:
        :param Decimal goods: what the buyer pays for the goods
        :rtype: DeliveryData
        """
        option = order.delivery_option.id if order.delivery_option else None
        method = store.delivery_method_ids.filtered(lambda m: m.external_id == option)
        delivery = read_delivery(order, method.carrier_code or None)
        charge, payer = read_charge(order, goods)
        promotion, terms = self._prom_promotion(order)
        status = delivery.status
        return schema.DeliveryData(
            kind=delivery.kind,
            provider=self._prom_provider(delivery.provider),
            provider_code=delivery.provider,
            city=delivery.city,
            city_ref=delivery.city_id,
            city_code=delivery.city_katottg,
            region=delivery.region,
            branch_ref=delivery.branch_id,
            branch_number=delivery.branch_number,
            street=delivery.street,
            street_ref=delivery.street_id,
            building=delivery.building,
            apartment=delivery.apartment,
            postcode=delivery.postcode,
            place=delivery.place,
            is_contradictory=delivery.is_contradictory,
            charge=charge,
            payer=payer,
            promotion=promotion,
            promotion_terms=terms,
            waybill=delivery.waybill,
            state=status and const.SHIPPING_STATES.get(status, "unknown"),
            status=status,
        )

    def _prom_provider(self, code):
        if not code:
            return None
        known = prom.PROVIDER_ALIASES.get(code, code)
        return const.DELIVERY_PROVIDERS.get(known, "other")

    def _prom_promotion(self, order):
        """Return the name of a promotion of the delivery and its terms.

        :rtype: tuple[str | None, str | None]
        """
        promotion = order.promotion
        if promotion:
            name = promotion.name or self.env._("Promotion of the delivery")
            return name, "\n".join(promotion.conditions) or None
        if order.has_order_promo_free_delivery:
            return self.env._("Free delivery, paid by Prom"), None
        return None, None

    # === Writing === #

    def _takes_tracking(self, order):
        """Override of `garazd_merchant_center`: parcels, not what the shop's own courier brings."""
        is_own = order.delivery_kind == "door" and not self._prom_delivery_type(order)
        return order.delivery_kind != "pickup" and not is_own

    def _prom_delivery_type(self, order):
        """Return the carrier to be named with a number: a person's choice, else as in the order."""
        return order.delivery_method_id.waybill_code or order.delivery_provider_code

    def _prepare_operation(self, operation):
        if operation.kind != "tracking":
            return super()._prepare_operation(operation)
        request = PromClient.save_declaration_request(*self._prom_declaration(operation))
        return schema.WriteRequest(method=request.method, path=request.path, body=request.body)

    def _prom_declaration(self, operation):
        """Return the arguments of save_declaration_id.

        :raises NeedsUser: nobody knows the carrier
        """
        order_id = self._prom_order_id(operation)
        order = self.env[operation.res_model].browse(operation.res_id)
        carrier = self._prom_delivery_type(order)
        if not carrier:
            method = order.delivery_method_id.name or "-"
            reason = self.env._(
                "the carrier of the delivery method %(method)s is not known", method=method
            )
            raise exceptions.NeedsUser(CARRIER, method=method, reason=reason)
        return order_id, operation.payload["number"], carrier

    def _send_operations(self, operations):
        """Override: the numbers of parcels one by one, each proved by reading its order.

        As with statuses, nothing more is begun when the patience is over: a slow Prom would
        outlast the lease and the worker, and with it all that is known of the first ones.
        """
        if operations[:1].kind != "tracking":
            return super()._send_operations(operations)
        client = self._prom_client(operations.store_id)
        outcomes, problem = {}, None
        deadline = time.monotonic() + self._prom_status_patience
        for operation in operations:
            if outcomes and time.monotonic() > deadline:
                break
            try:
                outcomes[operation.id] = self._prom_send_tracking(client, operation)
            except exceptions.NeedsUser as error:
                reason = error.values.get("reason") or operation.store_id._explain(error)
                outcomes[operation.id] = schema.Outcome(state="failed", message=reason, cause=error)
            except exceptions.MarketplaceError as error:
                # Prom is not there, so there is no use in going on.
                if not outcomes:
                    raise
                problem = error
                outcomes[operation.id] = schema.Outcome(
                    state="retry",
                    message=operation.store_id._explain(error),
                    seconds=getattr(error, "seconds", None),
                    is_uncertain=True,
                    error=error,
                )
                break
        unsent = schema.Outcome(state="unsent", error=problem)
        return {operation.id: outcomes.get(operation.id, unsent) for operation in operations}

    def _prom_send_tracking(self, client, operation):
        """Save the number of one parcel.

        :rtype: Outcome
        :raises MarketplaceError: Prom cannot be reached, or the token was rejected
        """
        declaration = self._prom_declaration(operation)
        order_id, number, carrier = declaration
        # The first attempt may have worked although nothing proved it.
        was_tried = operation.attempts or operation.is_uncertain
        if was_tried and self._prom_shown_number(client, order_id) == number:
            return schema.Outcome(state="done")
        raw, refusal, doubt, unanswered = None, "", "", None
        try:
            raw = client.save_declaration(*declaration)
        except errors.TokenRejected:
            return self._prom_check_permission(client, order_id)
        except errors.RateLimited as error:
            raise exceptions.RetryLater(
                "marketplace_unreachable", error.retry_after, reason=str(error)
            ) from error
        except (errors.ConnectionFailed, errors.ServerFailed, errors.AnswerUnreadable) as error:
            raw = str(error)
            unanswered = exceptions.RetryLater("marketplace_unreachable", reason=raw)
            doubt = operation.store_id._explain(unanswered)
        except errors.PromError as error:
            raw = refusal = str(error)
        shown = self._prom_shown_number(client, order_id)
        state, message = self._prom_judge_number(number, shown, refusal, doubt, operation.attempts)
        if state != "retry":
            cause = None
            if state == "failed" and message == refusal and prom.CARRIER_REFUSED.search(refusal):
                cause = exceptions.NeedsUser(CARRIER, carrier=carrier, reason=refusal)
            return schema.Outcome(state=state, message=message, cause=cause, response=raw)
        return schema.Outcome(
            state=state,
            message=message,
            seconds=None if doubt else LOOK_AGAIN,
            is_uncertain=bool(doubt),
            error=unanswered,
            response=raw,
        )

    def _prom_judge_number(self, number, shown, refusal, doubt, attempts):
        """Return what became of a number: by what the order shows, then by the answer.

        :param str | None shown: the number in the order
        :param str refusal: what Prom said against it
        :param str doubt: why there is no answer
        :param int attempts: how often it was tried before
        :rtype: tuple[str, str]
        """
        if shown == number:
            return "done", ""
        if doubt:
            return "retry", doubt
        if shown and (refusal or attempts):
            message = self.env._(
                "Prom keeps the number %(shown)s; correct it in the cabinet of Prom", shown=shown
            )
            return "failed", message
        if refusal and not prom.ALREADY_ADDED.search(refusal):
            return "failed", refusal
        message = self.env._("Prom has taken the number, but does not show it")
        return ("done" if refusal or attempts else "retry"), message

    def _prom_shown_number(self, client, order_id):
        """Return the number of the parcel that an order shows, None for none.

        :raises StoreUnavailable: the token was rejected
        :raises RetryLater: Prom could not be reached
        """
        try:
            with neutral_errors():
                data = Reader(client.order(order_id)).child("delivery_provider_data")
                number = data and data.text("declaration_number")
        except exceptions.NeedsUser:
            # There is no such order, or it is not as expected: it shows no number.
            return None
        return "".join(number.split()) if number else None

    def _prom_check_permission(self, client, order_id):
        """Return the outcome of a number for which the token was rejected.

        It is tried again: a right that was missing is given, and whoever just renews the token
        should not have to look for what failed meanwhile.

        :raises StoreUnavailable: it is rejected for reading, too
        """
        self._prom_shown_number(client, order_id)
        message = self.env._("the API token lacks the right to change deliveries")
        error = exceptions.NeedsUser("request_refused", reason=message)
        return schema.Outcome(state="retry", message=message, error=error)
