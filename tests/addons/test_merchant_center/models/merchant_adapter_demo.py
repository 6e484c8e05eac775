import hashlib
import json
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal, InvalidOperation

from odoo import models

from odoo.addons.garazd_merchant_center import exceptions, schema

from ..api import market

# What the market's words for the state of an order mean; an unknown word means nothing.
STATUS_KINDS = {
    "draft": "draft",
    "new": "new",
    "accepted": "accepted",
    "paid": "paid",
    "delivered": "done",
    "cancelled": "cancelled",
}

CANCEL_REASONS = (
    schema.CancelReason(code="other", name="Another reason", needs_comment=True),
    schema.CancelReason(code="sold_out", name="Sold out"),
    schema.CancelReason(code="buyer", name="The buyer's wish"),
)

# The codes are the lists of the market.
PERMISSIONS = (
    schema.Permission(
        code="orders",
        name="Orders",
        purpose="Orders are read.",
        steps=("orders", "requested_orders", "orders_created", "order_status"),
        is_required=True,
    ),
    schema.Permission(
        code="deliveries",
        name="Deliveries",
        purpose="Delivery methods are read.",
        steps=("delivery_methods",),
    ),
    schema.Permission(
        code="products",
        name="Products",
        purpose="Products are read and changed.",
        steps=("listings", "single_listings", "requested_listings", "listing_values"),
    ),
)

IMPORT_FIELDS = (
    schema.FeedImportField(code="price", name="Prices", is_default=True),
    schema.FeedImportField(code="presence", name="Availability", is_default=True),
    schema.FeedImportField(code="texts", name="Texts", hint="All of them"),
)


@contextmanager
def neutral_errors():
    """Turn the errors of the client into those that the base knows."""
    try:
        yield
    except market.TokenRejected as error:
        raise exceptions.StoreUnavailable("token_rejected", reason=str(error)) from error
    except market.Overloaded as error:
        raise exceptions.RetryLater(
            "marketplace_unreachable", seconds=error.seconds, reason=str(error)
        ) from error
    except market.Refused as error:
        raise exceptions.NeedsUser("request_refused", reason=str(error)) from error


class MerchantAdapterDemo(models.AbstractModel):
    """Speaks with the Demo Market. Everything that is not here is done by the base."""

    _name = "merchant.adapter.demo"
    _inherit = ["merchant.adapter"]
    _description = "Demo Market Adapter"

    # === What the marketplace is === #

    def _get_default_api_url(self):
        return "https://demo.example.com/api"

    def _get_order_url(self, order):
        return f"https://demo.example.com/orders/{order.external_id}"

    def _demo_market(self, store):
        # Elevated: whoever makes Odoo work with the market need not know the token.
        token = store.sudo().api_token
        with neutral_errors():
            return market.connect(token)

    def _get_own_status(self, kind):
        code = next(code for code, meaning in STATUS_KINDS.items() if meaning == kind)
        return self._demo_status({"id": code, "title": code.title()})

    def _get_cancel_reasons(self):
        return CANCEL_REASONS

    def _get_permissions(self):
        return PERMISSIONS

    def _get_feed_place(self):
        return "Paste it on the page Import of the market."

    def _takes_tracking(self, order):
        return bool(order.delivery_provider)

    # === Reading === #

    def _check_permissions(self, store):
        client = self._demo_market(store)
        return {p.code: self._demo_peek(client, p.code) for p in PERMISSIONS}

    def _demo_peek(self, client, name):
        try:
            with neutral_errors():
                client.peek(name)
        except exceptions.MarketplaceError as error:
            return error
        return None

    def _check_connection(self, store):
        client = self._demo_market(store)
        with neutral_errors():
            client.ping()

    def _demo_page(self, store, name, cursor, understand, **conditions):
        """Read one page of a list; a record that cannot be understood becomes an error in it."""
        client = self._demo_market(store)
        with neutral_errors():
            answer = client.read(name, after=(cursor or {}).get("after", 0), **conditions)
        following = answer["next"]
        return schema.Page(
            records=tuple(self._demo_try(understand, record) for record in answer["records"]),
            cursor={"after": following} if following else None,
        )

    def _demo_try(self, understand, record):
        try:
            return understand(record)
        except (LookupError, TypeError, InvalidOperation):
            value = str(record)[:200]
            return exceptions.NeedsUser("record_unreadable", path="record", value=value)

    def _read_statuses(self, store, cursor):
        return self._demo_page(store, "statuses", cursor, self._demo_status)

    def _read_payment_methods(self, store, cursor):
        return self._demo_page(store, "payments", cursor, self._demo_method)

    def _read_delivery_methods(self, store, cursor):
        return self._demo_page(store, "deliveries", cursor, self._demo_method)

    def _read_categories(self, store, cursor):
        return self._demo_page(store, "groups", cursor, self._demo_category)

    def _read_listings(self, store, cursor):
        return self._demo_page(store, "products", cursor, self._demo_listing)

    def _get_listing_keys(self):
        return ("external_id", "seller_id")

    def _read_listing(self, store, key, reference):
        client = self._demo_market(store)
        with neutral_errors():
            record = client.read_product({"external_id": "id"}.get(key, key), reference)
        return record and self._demo_try(self._demo_listing, record)

    def _get_gone_statuses(self):
        return ("gone",)

    def _read_listing_details(self, store, external_ids):
        client = self._demo_market(store)
        details = {}
        for external_id in external_ids:
            try:
                with neutral_errors():
                    record = client.read_product("id", external_id)
            except exceptions.MarketplaceError:
                if not details:
                    raise
                break
            details[external_id] = record and self._demo_try(self._demo_details, record)
        return details

    def _demo_details(self, record):
        return schema.ListingDetails(
            listing=self._demo_listing(record),
            names=record.get("titles", {"uk_UA": record["title"]}),
            descriptions=record.get("texts", {}),
            pictures=tuple(map(tuple, record.get("pictures", ()))),
            unit=record.get("unit"),
            unit_ref={"kg": "uom.product_uom_kgm"}.get(record.get("unit")),
            is_service=record.get("service", False),
        )

    def _get_listing_status_names(self):
        return {"on_sale": self.env._("For Sale"), "draft": "Draft"}

    def _get_presence_names(self):
        return {"soon": "Coming Soon"}

    def _read_orders(self, store, cursor):
        since = store._get_orders_since()
        changed_since = since.isoformat() if since else None
        return self._demo_orders(store, cursor, changed_since=changed_since)

    def _read_orders_created(self, store, cursor, since, until):
        return self._demo_orders(store, cursor, created=(since, until))

    def _demo_orders(self, store, cursor, **window):
        page = self._demo_page(store, "orders", cursor, self._demo_raw_order, **window)
        changes = [r.payload["changed"] for r in page.records if "changed" in r.payload]
        newest = max(map(datetime.fromisoformat, changes), default=None)
        return schema.Page(records=page.records, cursor=page.cursor, newest_change=newest)

    def _read_order(self, store, external_id):
        try:
            with neutral_errors():
                return self._demo_raw_order(self._demo_market(store).read_order(external_id))
        except exceptions.NeedsUser as error:
            return error

    # === Understanding === #

    def _demo_status(self, record):
        kind = STATUS_KINDS.get(record["id"], "unknown")
        return schema.StatusData(external_id=record["id"], name=record["title"], kind=kind)

    def _demo_method(self, record):
        return schema.MethodData(
            external_id=record["id"], name=record["title"], carrier_code=record.get("carrier")
        )

    def _demo_category(self, record):
        return schema.CategoryData(
            external_id=record["id"],
            name=record["title"],
            names=record.get("titles", {}),
            parent_external_id=record.get("parent"),
        )

    def _demo_listing(self, record):
        return schema.ListingData(
            external_id=record["id"],
            name=record["title"],
            seller_id=record.get("seller_id"),
            sku=record.get("sku"),
            status=record.get("status"),
            category_external_id=record.get("category"),
            group_external_id=record.get("group"),
            price=Decimal(record["price"]),
            compare_price=Decimal(record["old_price"]) if record.get("old_price") else None,
            presence=self._demo_presence(record.get("presence")),
            presence_word=record.get("presence"),
            currency=record.get("currency", "UAH"),
            quantity=Decimal(record.get("quantity", 0)),
            base_external_id=record.get("base"),
            variation_group=record.get("family"),
        )

    def _demo_presence(self, word):
        return word if word in (None, "in_stock", "on_order", "sold_out") else "other"

    def _demo_raw_order(self, record):
        # The digest must not depend on the order of keys, or every reading would be a change.
        text = json.dumps(record, sort_keys=True)
        return schema.RawOrder(
            external_id=record.get("id"),
            payload=record,
            digest=hashlib.sha256(text.encode()).hexdigest(),
        )

    def _parse_order(self, store, payload):
        return schema.OrderData(
            external_id=payload["id"],
            number=payload["id"],
            date_order=datetime.fromisoformat(payload["date"]),
            status=self._demo_status({"id": payload["status"], "title": payload["status"]}),
            currency=payload["currency"],
            amount_total=self._demo_decimal(payload, "total"),
            lines=tuple(self._demo_line(line) for line in payload["lines"]),
            buyer=schema.PersonData(**payload["buyer"]),
            recipient=schema.PersonData(**payload["recipient"]) if "recipient" in payload else None,
            address=payload.get("address"),
            payment_state=payload.get("payment_state"),
            paid_at=payload.get("paid_at") and datetime.fromisoformat(payload["paid_at"]),
            payment_method=self._demo_method(payload["payment"]),
            delivery_method=self._demo_method(payload["delivery"]),
            delivery=schema.DeliveryData(**payload["parcel"]) if "parcel" in payload else None,
            fees=tuple(
                schema.FeeData(kind=kind, amount=self._demo_decimal(payload, key))
                for kind, key in (("sale", "fee"), ("advertising", "ad_fee"))
                if key in payload
            ),
            discount=self._demo_decimal(payload, "discount", "0"),
            discount_name=payload.get("promotion"),
            note=payload.get("note"),
            do_not_call=payload.get("quiet", False),
            campaign=schema.CampaignData(**payload["campaign"]) if "campaign" in payload else None,
            channel=payload.get("channel"),
            cancellation=payload.get("reason"),
            cancelled_by_buyer=payload.get("by_buyer", False),
        )

    def _redact_payload(self, payload):
        kept = ("id", "date", "changed", "status", "currency", "total", "lines", "payment")
        kept += ("delivery", "payment_state", "paid_at", "fee", "ad_fee", "discount", "promotion")
        return {key: payload[key] for key in kept if key in payload} | {"buyer": {}}

    def _demo_line(self, record):
        return schema.OrderLineData(
            name=record["title"],
            quantity=self._demo_decimal(record, "quantity"),
            price_total=self._demo_decimal(record, "total"),
            external_id=record.get("product"),
            seller_id=record.get("seller_id"),
            sku=record.get("sku"),
            unit=record.get("unit"),
            commission=self._demo_decimal(record, "fee", "0"),
        )

    def _demo_decimal(self, record, key, default=None):
        """Return a number of the market, which comes as text.

        :raises NeedsUser: it is none
        """
        value = record.get(key, default)
        try:
            return Decimal(value)
        except (TypeError, InvalidOperation) as error:
            raise exceptions.NeedsUser("order_unreadable", path=key, value=str(value)) from error

    # === Writing === #

    def _prepare_listing_changes(self, store, changes):
        body = {change.external_id: self._demo_values(change) for change in changes}
        return schema.WriteRequest(method="POST", path="/products", body=body)

    def _demo_values(self, change):
        names = {"compare_price": "old_price"}
        values = {names.get(key, key): value for key, value in change.get_values().items()}
        return {key: value if key == "presence" else str(value) for key, value in values.items()}

    def _send_listing_changes(self, store, changes):
        client = self._demo_market(store)
        with neutral_errors():
            answer = client.change_products(self._prepare_listing_changes(store, changes).body)
        outcomes = {}
        for change in changes:
            values = change.get_values()
            refused = answer["refused"].get(change.external_id, {})
            if change.external_id in answer["done"] or refused:
                outcomes[change.external_id] = schema.ListingOutcome(
                    confirmed=frozenset(values.keys() - refused.keys()), refused=refused
                )
            else:
                outcomes[change.external_id] = schema.ListingOutcome(ignored=frozenset(values))
        return outcomes, answer

    def _get_feed_import_fields(self):
        return IMPORT_FIELDS

    def _get_revived_statuses(self):
        return ("draft",)

    def _prepare_feed_import(self, store, request):
        body = {
            "url": request.url,
            "changes": list(request.fields),
            "missing": request.missing,
            "only_available": request.only_available,
        }
        return schema.WriteRequest(method="POST", path="/imports", body=body)

    def _start_feed_import(self, store, request):
        client = self._demo_market(store)
        try:
            with neutral_errors():
                return client.import_price_list(**self._prepare_feed_import(store, request).body)
        except exceptions.RetryLater as error:
            if error.seconds:
                raise  # a market that names a time has begun nothing
            raise exceptions.OutcomeUnknown("answer_unreadable", **error.values) from error

    def _read_feed_import(self, store, external_id):
        client = self._demo_market(store)
        with neutral_errors():
            answer = client.read_import(external_id)
        problems = [schema.FeedImportProblem(**problem) for problem in answer.get("problems", ())]
        return schema.FeedImportData(**{**answer, "problems": tuple(problems)})

    def _prepare_operation(self, operation):
        order = self.env[operation.res_model].browse(operation.res_id).exists()
        if not order:
            raise exceptions.NeedsUser("request_refused", reason="the order was deleted in Odoo")
        action = {"order_status": "set_status", "tracking": "set_tracking"}[operation.kind]
        return schema.WriteRequest(
            method="POST",
            path=f"/orders/{action}",
            body={"order": order.external_id, **operation.payload},
        )

    def _send_operations(self, operations):
        client = self._demo_market(operations.store_id)
        return {operation.id: self._demo_send(client, operation) for operation in operations}

    def _demo_send(self, client, operation):
        # Elevated: the exact request is shown to administrators only.
        body = operation.sudo().request["body"]
        if operation.kind == "tracking":
            return self._demo_send_tracking(client, body)
        change = {key: value for key, value in body.items() if key != "order"}
        if operation.is_uncertain and self._demo_is_done(client, body):
            return schema.Outcome(state="done")
        try:
            with neutral_errors():
                answer = client.set_status([body["order"]], **change)
        except exceptions.RetryLater as error:
            return self._demo_read_back(client, body, error)
        refusal = answer["refused"].get(body["order"], "")
        state = "failed" if refusal else "done"
        return schema.Outcome(state=state, message=refusal, response=answer)

    def _demo_send_tracking(self, client, body):
        try:
            with neutral_errors():
                client.set_tracking(**body)
        except exceptions.RetryLater as error:
            return schema.Outcome(state="retry", message=str(error), seconds=error.seconds)
        except exceptions.NeedsUser as error:
            return schema.Outcome(state="failed", message=error.values["reason"])
        return schema.Outcome(state="done")

    def _demo_read_back(self, client, body, error):
        """Return the outcome of a change whose answer got lost, by looking at the order."""
        try:
            is_done = self._demo_is_done(client, body)
        except exceptions.MarketplaceError:
            is_done = False
        return schema.Outcome(
            state="done" if is_done else "retry",
            message="" if is_done else str(error),
            seconds=error.seconds,
            is_uncertain=not is_done,
            error=None if is_done else error,
        )

    def _demo_is_done(self, client, body):
        """Tell whether an order has the status that it is to get."""
        with neutral_errors():
            return client.read_order(body["order"])["status"] == body["status"]
