"""Reading orders and changing them (api.md 6, 7 and 8)."""

from .exchange import NotFoundError, is_int
from .order_parts import DELIVERY_OPTIONS
from .paging import cut_page, date_ranges, sort_direction
from .render import render_order
from .routing import Route
from .text import STATUS_LABELS, BadParameterError, date_text


def orders_list(world, request):
    """GET /orders/list."""
    wanted = _status_filter(world, request.query.get("status") or "")
    direction = sort_direction(request)
    dates = date_ranges(request, (("date", "date_created"), ("last_modified", "date_modified")))
    if dates is None or wanted is None:
        return {"orders": []}
    rows = cut_page(
        world.state.orders,
        request,
        world.options,
        lambda order: wanted(order) and dates(order),
        direction,
    )
    return {"orders": [render_order(world, row, request.language) for row in rows]}


def _status_filter(world, status):
    """Return function(order) -> bool for the `status` parameter, None for "nothing"."""
    options = world.options
    if status == "cancelled" and options.cancelled_filter == "works":
        status = "canceled"
    if status.startswith("custom-"):
        if options.custom_status_filter == "error":
            raise BadParameterError("unknown_status")
        if options.custom_status_filter == "empty":
            return None
    elif status and status not in STATUS_LABELS:
        raise BadParameterError("unknown_status")
    if not status:
        return lambda order: True
    if status == "received":
        return lambda order: _status(order) == status or _status(order).startswith("custom-")
    return lambda order: _status(order) == status


def _status(order):
    status = order.get("status") if isinstance(order, dict) else None
    return status if isinstance(status, str) else ""


def find_order(world, order_id):
    """Return an order, None when it is unknown.

    :rtype: dict or None
    """
    order = world.state.orders.get(order_id)
    return order if isinstance(order, dict) else None


def part_of(order, name):
    """Return an object field of an order, {} when it is missing or something else.

    :rtype: dict
    """
    value = order.get(name) if order else None
    return value if isinstance(value, dict) else {}


def order_detail(world, request, order_id):
    """GET /orders/{id}."""
    order = find_order(world, order_id)
    if order is not None:
        return {"order": render_order(world, order, request.language)}
    if world.options.unknown_order == "error":
        raise BadParameterError("order_not_found")
    raise NotFoundError


def change_order(world, request, order_id, **changes):
    """Apply changes to an order and note them in the journal."""
    world.state.touch(order_id, **changes)
    world.wrote(request, "order", order_id, changes)


def ids_of(data):
    """Return the `ids` of a body, each once.

    :rtype: list[int]
    :raises BadParameterError: when they are missing or no integers.
    """
    ids = data.get("ids")
    if not isinstance(ids, list) or not ids:
        raise BadParameterError("required", name="ids")
    if not all(is_int(number) for number in ids):
        raise BadParameterError("bad_parameter", name="ids")
    return list(dict.fromkeys(ids))


def refusal_of(world, errors):
    """Return the one `error` of a call, None where each item has its own.

    :rtype: dict or None
    """
    if not errors or world.options.batch_refusal == "items":
        return None
    return {"error": "; ".join(map(str, errors.values()))}


def result(done, errors):
    """Return the answer of a batch: `errors` only when there are any.

    :rtype: dict
    """
    return {"processed_ids": done, "errors": errors} if errors else {"processed_ids": done}


def refund(world, request):
    """POST /orders/refund: only a payment held by Prom is returned."""
    done, errors = [], {}
    for order_id in ids_of(request.json_object()):
        order = find_order(world, order_id)
        payment = part_of(order, "payment_data")
        if order is None:
            errors[str(order_id)] = request.text("order_not_found")
        elif payment.get("status") == "paid":
            stamp = date_text(world.clock.stamp())
            payment = {**payment, "status": "refunded", "status_modified": stamp}
            change_order(world, request, order_id, payment_data=payment)
            done.append(order_id)
        elif payment.get("status") != "refunded":
            errors[str(order_id)] = [request.text("not_refundable")]
    return result(done, errors)


def attach_receipt(world, request, order_id):
    """POST /orders/{id}/attach_receipt: kept aside, the order does not show it."""
    if find_order(world, order_id) is None:
        raise NotFoundError
    url = request.json_object().get("receipt_url")
    if not isinstance(url, str) or not url:
        raise BadParameterError("required", name="receipt_url")
    world.state.receipts[order_id] = url
    world.wrote(request, "order", order_id, {"receipt_url": url})
    return {"receipt_url": url}


def save_declaration_id(world, request):
    """POST /delivery/save_declaration_id; a failure is `status: error` (api.md 8)."""
    data = request.json_object()
    field, key, values = _declaration_problem(world, data)
    if key:
        text = request.text(key, **values)
        return {"status": "error", "message": text, "errors": {field: [text]}}
    order = find_order(world, data["order_id"])
    provider = part_of(order, "delivery_provider_data")
    ignored = provider.get("declaration_number") and world.options.declaration_ignored
    if world.options.declaration_shown and not ignored:
        provider = {
            "provider": data["delivery_type"],
            "type": None,
            "sender_warehouse_id": None,
            "recipient_warehouse_id": None,
            **provider,
            "declaration_number": data["declaration_id"],
            "unified_status": provider.get("unified_status") or "initial",
        }
        change_order(world, request, data["order_id"], delivery_provider_data=provider)
    return {
        "status": {"status": "success"},
        "empty": {},
        "ids": {"processed_ids": [data["order_id"]]},
    }[world.options.declaration_answer]


def _declaration_problem(world, data):
    """Return (field, message key, values); the key is empty when all is well."""
    order_id, number, kind = (
        data.get(name) for name in ("order_id", "declaration_id", "delivery_type")
    )
    for name, value in (
        ("order_id", order_id),
        ("declaration_id", number),
        ("delivery_type", kind),
    ):
        if value in (None, ""):
            return name, "required", {"name": name}
    order = find_order(world, order_id) if is_int(order_id) else None
    if order is None:
        return "order_id", "order_not_found", {}
    if not isinstance(number, str) or not number.strip():
        return "declaration_id", "bad_value", {}
    if kind not in world.options.declaration_types:
        return "delivery_type", "not_a_choice", {}
    provider = part_of(order, "delivery_provider_data")
    option = part_of(order, "delivery_option").get("id")
    pickup = option == DELIVERY_OPTIONS["pickup"][0]
    if pickup or provider.get("provider", kind) != kind:
        return "delivery_type", "declaration_provider", {}
    replaces = world.options.declaration_overwrite or world.options.declaration_ignored
    if provider.get("declaration_number") and not replaces:
        return "declaration_id", "declaration_exists", {}
    return "", "", {}


ROUTES = (
    Route("GET", "/orders/list", "orders", orders_list),
    Route("GET", "/orders/{id}", "orders", order_detail),
    Route("POST", "/orders/refund", "orders", refund),
    Route("POST", "/orders/{id}/attach_receipt", "orders", attach_receipt),
    Route("POST", "/delivery/save_declaration_id", "delivery", save_declaration_id),
)
