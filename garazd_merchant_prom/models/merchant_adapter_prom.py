import json
import logging
from contextlib import contextmanager
from datetime import datetime, timezone
from decimal import Decimal
from functools import partial
from urllib.parse import urlencode, urljoin

from odoo import models

from odoo.addons.garazd_merchant_center import exceptions, schema

from .. import const
from ..api import const as prom
from ..api import errors, privacy
from ..api import schema as prom_schema
from ..api.client import PromClient
from ..api.paging import fetch_page
from ..api.reader import Reader
from ..api.text import parse_unit

_logger = logging.getLogger(__name__)


@contextmanager
def neutral_errors():
    """Turn the errors of the client into those the base knows."""
    try:
        yield
    except errors.TokenRejected as error:
        raise exceptions.StoreUnavailable("token_rejected", reason=str(error)) from error
    except (errors.RateLimited, errors.ServerFailed) as error:
        raise exceptions.RetryLater(
            "marketplace_unreachable", error.retry_after, reason=str(error)
        ) from error
    except errors.ConnectionFailed as error:
        raise exceptions.RetryLater("marketplace_unreachable", reason=str(error)) from error
    except errors.AnswerUnreadable as error:
        raise exceptions.RetryLater("answer_unreadable", reason=str(error)) from error
    except errors.PromError as error:
        raise exceptions.NeedsUser("request_refused", reason=str(error)) from error


class MerchantAdapterProm(models.AbstractModel):
    """Speaks with Prom.ua: the client of ``..api`` here, the words of the base there."""

    _name = "merchant.adapter.prom"
    _inherit = ["merchant.adapter"]
    _description = "Prom.ua Adapter"

    # How patient the client is, see `PromClient`; tests need not wait.
    _prom_client_options = {}

    # === What the marketplace is === #

    def _get_default_api_url(self):
        """Override of `garazd_merchant_center`: Prom.ua; sister portals have other addresses."""
        return prom.BASE_URL

    def _get_order_url(self, order):
        """Override of `garazd_merchant_center`: the order in the cabinet."""
        api_url = order.store_id.sudo().api_url or prom.BASE_URL  # an address is no secret
        return urljoin(api_url, const.ORDER_PAGE.format(number=order.external_id))

    def _get_own_status(self, kind):
        """Override of `garazd_merchant_center`: one of Prom's codes."""
        code = next((code for code, known in const.STATUS_KINDS.items() if known == kind), None)
        return code and self._prom_status(code, None)

    def _get_cancel_reasons(self):
        """Override of `garazd_merchant_center`: Prom's reasons, in its order."""
        return tuple(
            schema.CancelReason(
                code=code,
                name=self.env._(const.REASON_NAMES[code]),
                needs_comment=code in prom.REASONS_WITH_TEXT,
            )
            for code in prom.CANCELLATION_REASONS
        )

    def _prom_client(self, store):
        """Return a client for the store; in Test mode it refuses to write.

        :rtype: PromClient
        :raises NeedsUser: no call can be made to the address of the store
        """
        store_sudo = store.sudo()  # the token is for administrators only
        note = partial(self._prom_note_exchange, store)
        try:
            return PromClient(
                store_sudo.api_token or "",
                store_sudo.api_url or prom.BASE_URL,
                read_only=store.mode != "production",
                on_exchange=note if store_sudo.debug else None,
                take_turn=store._take_turn,
                **self._prom_client_options,
            )
        except ValueError as error:
            raise exceptions.NeedsUser("request_refused", reason=str(error)) from error

    def _prom_note_exchange(self, store, exchange):
        """Write a request and its answer to the log and keep them on the store, without people.

        The client keeps the token out of them.
        """
        query = f"?{urlencode(exchange.params)}" if exchange.params else ""
        texts = {
            "path": exchange.path + query,
            "request": json.dumps(exchange.body, ensure_ascii=False) if exchange.body else "",
            "answer": exchange.answer or "",
            "failure": exchange.error or "",
        }
        texts = {name: privacy.mask_text(text) for name, text in texts.items()}
        facts = {
            "method": exchange.method,
            "status": exchange.status or 0,
            "duration": round(exchange.seconds * 1000),
            "attempt": exchange.attempt,
        }
        _logger.info(
            "%(method)s %(path)s: HTTP %(status)s after %(duration)d ms, attempt %(attempt)d\n"
            "failure: %(failure)s\nsent: %(request)s\nanswer: %(answer)s",
            facts | texts,
        )
        store._record_exchange(**facts, **texts)

    # === Reading === #

    def _check_connection(self, store):
        """Override of `garazd_merchant_center`: GET orders/list, the right every store needs."""
        with neutral_errors():
            self._prom_client(store).orders_list(limit=1)

    def _read_statuses(self, store, cursor):
        """Override of `garazd_merchant_center`: GET order_status_options/list."""
        with neutral_errors():
            records = self._prom_client(store).order_status_options_list()
        return self._prom_page(records, None, self._prom_status_option)

    def _read_payment_methods(self, store, cursor):
        """Override of `garazd_merchant_center`: GET payment_options/list."""
        with neutral_errors():
            records = self._prom_client(store).payment_options_list()
        return self._prom_page(records, None, self._prom_method)

    def _read_delivery_methods(self, store, cursor):
        """Override of `garazd_merchant_center`: GET delivery_options/list."""
        with neutral_errors():
            records = self._prom_client(store).delivery_options_list()
        return self._prom_page(records, None, self._prom_method)

    def _read_categories(self, store, cursor):
        """Override of `garazd_merchant_center`: GET groups/list."""
        client = self._prom_client(store)

        def fetch(last_id, limit):
            return client.groups_list(last_id=last_id, limit=limit)

        with neutral_errors():
            records, following = fetch_page(fetch, cursor)
        return self._prom_page(records, following, self._prom_category)

    def _read_orders(self, store, cursor):
        """Override of `garazd_merchant_center`: GET orders/list by time of change, any status."""
        return self._prom_orders(store, cursor, modified_from=store._get_orders_since())

    def _read_orders_created(self, store, cursor, since, until):
        """Override of `garazd_merchant_center`: GET orders/list by day of order, any status."""
        return self._prom_orders(store, cursor, date_from=since, date_to=until)

    def _prom_orders(self, store, cursor, **window):
        """Return one page of GET orders/list.

        :param window: arguments of ``PromClient.orders_list``
        :rtype: Page[RawOrder]
        """
        client = self._prom_client(store)

        def fetch(last_id, limit):
            return client.orders_list(last_id=last_id, limit=limit, **window)

        with neutral_errors():
            records, following = fetch_page(fetch, cursor)
        return schema.Page(
            records=tuple(self._prom_raw_order(record) for record in records),
            cursor=following,
            newest_change=max(
                filter(None, (self._prom_changed_at(record) for record in records)), default=None
            ),
        )

    def _read_order(self, store, external_id):
        """Override of `garazd_merchant_center`: GET orders/{id}."""
        unknown = exceptions.NeedsUser(
            "request_refused", reason=self.env._("Prom has no order with this number")
        )
        try:
            with neutral_errors():
                try:
                    return self._prom_raw_order(self._prom_client(store).order(external_id))
                except errors.NotFound:
                    return unknown
        except exceptions.NeedsUser as error:
            return error
        except ValueError:
            # Somebody asked for what cannot be a number of Prom.
            return unknown

    # === Understanding === #

    def _prom_page(self, records, cursor, understand):
        """Return a page in the words of the base; what cannot be read stands in it as an error."""

        def read(record):
            try:
                return understand(record)
            except errors.SchemaError as error:
                return exceptions.NeedsUser(
                    "record_unreadable", path=error.path, value=error.excerpt
                )

        return schema.Page(records=tuple(map(read, records)), cursor=cursor)

    def _prom_status_option(self, record):
        option = prom_schema.StatusOption.from_json(record)
        code = option.name
        if option.id and code not in const.STATUS_KINDS and not prom.CUSTOM_STATUS.fullmatch(code):
            # Orders name the store's own statuses by number.
            code = f"custom-{option.id}"
        return self._prom_status(code, option.title)

    def _prom_status(self, code, name):
        if prom.CUSTOM_STATUS.fullmatch(code):
            kind = "custom"
        else:
            kind = const.STATUS_KINDS.get(code, "unknown")
        return schema.StatusData(external_id=code, name=name or code, kind=kind)

    def _prom_method(self, record):
        option = prom_schema.Option.from_json(record)
        return schema.MethodData(
            external_id=option.id, name=option.name or option.id, carrier_code=option.type
        )

    def _prom_category(self, record):
        group = prom_schema.Group.from_json(record)
        names = {
            const.LANGUAGES[key]: text
            for key, text in group.names.items()
            if key in const.LANGUAGES
        }
        return schema.CategoryData(
            external_id=group.id,
            name=group.name or group.id,
            names=names,
            parent_external_id=group.parent_group_id,
        )

    def _prom_raw_order(self, record):
        try:
            external_id = Reader(record).identifier("id", required=True)
        except errors.SchemaError:
            external_id = None
        return schema.RawOrder(
            external_id=external_id, payload=record, digest=prom_schema.digest(record)
        )

    def _prom_changed_at(self, record):
        """Return when an order changed last, as Prom's clock tells it; None if unreadable."""
        for key in ("date_modified", "date_created"):
            try:
                changed_at = Reader(record).moment(key)
            except errors.SchemaError:
                continue
            if changed_at:
                return changed_at
        return None

    def _parse_order(self, store, payload):
        """Override of `garazd_merchant_center`: see ``api.schema.Order``."""
        try:
            order = prom_schema.Order.from_json(payload)
        except errors.SchemaError as error:
            raise exceptions.NeedsUser(
                "order_unreadable", path=error.path, value=error.excerpt
            ) from error
        amount_total, discount = self._prom_amounts(order)
        currencies = order.currencies or {"UAH"}
        if len(currencies) > 1:
            raise exceptions.NeedsUser(
                "order_unreadable", path="price", value=", ".join(sorted(currencies))
            )
        payment = order.payment_data
        return schema.OrderData(
            external_id=order.id,
            number=order.id,
            date_order=order.date_created or datetime.now(timezone.utc),
            status=self._prom_status(order.status, order.status_name),
            currency=next(iter(currencies)),
            amount_total=amount_total,
            lines=tuple(self._prom_line(line) for line in order.lines),
            buyer=self._prom_person(order.buyer, order.email),
            recipient=self._prom_person(order.recipient) if order.recipient else None,
            address=order.delivery_address,
            payment_state=const.PAYMENT_STATES.get(payment.status, "unknown") if payment else None,
            paid_at=payment.status_modified if payment else None,
            payment_method=self._prom_option(order.payment_option),
            delivery_method=self._prom_option(order.delivery_option),
            delivery_cost=order.delivery_cost.amount if order.delivery_cost else None,
            delivery=self._prom_delivery(store, order, amount_total),
            fees=tuple(self._prom_fees(order)),
            discount=discount,
            discount_name=order.special_offer_promocode,
            note=order.client_notes,
            do_not_call=bool(order.dont_call_customer_back),
            channel=order.source and const.CHANNELS.get(order.source, "other"),
            campaign=schema.CampaignData(**order.utm) if order.utm else None,
            cancellation=order.cancellation and order.cancellation.title,
            cancelled_by_buyer=bool(order.cancellation and order.cancellation.by_buyer),
        )

    def _redact_payload(self, payload):
        """Override of `garazd_merchant_center`: what is left is status, products and money."""
        return privacy.redact_order(payload)

    def _prom_fees(self, order):
        """Return what Prom charges: for the sale, for ProSale, for the buyer's instalments."""
        for kind, fee in (("sale", order.commission), ("advertising", order.prosale_commission)):
            if fee:
                refunded = bool(fee.is_refunded)
                yield schema.FeeData(kind=kind, amount=fee.amount, is_refunded=refunded)
        payment = order.payment_data
        if payment and payment.commission_amount:
            yield schema.FeeData(kind="instalment", amount=payment.commission_amount)

    def _prom_amounts(self, order):
        """Return what the buyer pays for the goods and what a special offer took off.

        Whether ``price`` is before or after a special offer is not documented;
        ``price_with_special_offer`` is what remains to be paid either way.

        :rtype: tuple[Decimal, Decimal]
        """
        offer = order.price_with_special_offer
        paid = offer or order.price
        goods_total = order.goods_total.amount
        amount_total = paid.amount if paid else goods_total
        is_special = offer or order.special_offer_discount or order.special_offer_promocode
        discount = goods_total - amount_total if is_special else Decimal(0)
        return amount_total, max(discount, Decimal(0))

    def _prom_line(self, line):
        return schema.OrderLineData(
            name=line.name or line.sku or line.id,
            quantity=line.quantity,
            price_total=line.total_price.amount,
            external_id=line.id,
            seller_id=line.external_id,
            sku=line.sku,
            unit=parse_unit(line.measure_unit),
            commission=line.commission.amount if line.commission else None,
        )

    def _prom_person(self, person, email=None):
        return schema.PersonData(
            name=person.full_name or None,
            phone=person.phone or person.phone_raw,
            email=email,
            external_id=person.id,
        )

    def _prom_option(self, option):
        if option is None or not option.id:
            return None
        return schema.MethodData(external_id=option.id, name=option.name or option.id)
