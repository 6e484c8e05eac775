"""POST /orders/set_status (api.md 7)."""

from .exchange import is_int
from .routes_orders import change_order, find_order, ids_of, refusal_of, result
from .routing import Route
from .text import (
    CANCELLATION_REASONS,
    REASONS_WITH_TEXT,
    STATUS_LABELS,
    BadParameterError,
    translate,
)

#: Order of the states: a move to the same or an earlier one is left out without an error.
_RANKS = {"draft": -1, "pending": 0, "received": 1, "paid": 2, "delivered": 3, "canceled": 9}


def set_status(world, request):
    """Change the status of several orders.

    The whole call is refused with `error` when the body is wrong; an order that may not change
    gets an entry in `errors`; one that is already there, or further, is only missing from
    `processed_ids`.
    """
    data = request.json_object()
    ids = ids_of(data)
    status = _target(world, data)
    cancellation = _cancellation(status, data, request.language)
    problems = {number: _problem(request, find_order(world, number), status) for number in ids}
    errors = {str(number): problem for number, problem in problems.items() if problem}
    refusal = refusal_of(world, errors)
    if refusal and world.options.batch_refusal == "call":
        return refusal
    done = []
    for order_id in ids:
        order = find_order(world, order_id)
        if problems[order_id]:
            if refusal:
                break
        elif _moves(world, str(order.get("status")), status):
            change_order(world, request, order_id, **_changes(world, request, status, cancellation))
            done.append(order_id)
    return {**refusal, "processed_ids": done} if refusal else result(done, errors)


def _target(world, data):
    """Return the wanted code: one of the settable set or `custom-<n>`."""
    status, custom = data.get("status"), data.get("custom_status_id")
    if custom is not None:
        known = is_int(custom) and custom in world.state.custom_statuses
        if not known or status not in (None, "received"):
            raise BadParameterError("status_not_allowed")
        return f"custom-{custom}"
    if status is None:
        raise BadParameterError("required", name="status")
    if status not in world.options.settable_statuses:
        raise BadParameterError("status_not_allowed")
    return status


def _cancellation(status, data, language):
    """Check the reason and return the `cancellation` object, None for other statuses."""
    reason, text = data.get("cancellation_reason"), data.get("cancellation_text")
    if status != "canceled":
        if reason is not None or text is not None:
            raise BadParameterError("reason_only_canceled")
        return None
    if reason is None:
        raise BadParameterError("reason_required")
    if not isinstance(reason, str) or reason not in CANCELLATION_REASONS:
        raise BadParameterError("reason_unknown")
    if reason in REASONS_WITH_TEXT and not (isinstance(text, str) and text.strip()):
        raise BadParameterError("reason_text")
    title = text or translate(CANCELLATION_REASONS[reason], language)
    return {"title": title, "initiator": "company"}


def _problem(request, order, status):
    """Return the refusal of one order: a text, a list or an object, as seen live (api.md 5)."""
    if order is None:
        return request.text("order_not_found")
    current = order.get("status")
    if current == "canceled" and status != "canceled":
        return [request.text("order_closed")]
    if current == "delivered" and status == "canceled":
        return {"status": [request.text("order_closed")]}
    return None


def _moves(world, current, status):
    """Tell whether an order really changes."""
    if current == status:
        return False
    if status == "canceled":
        return True
    custom_now, custom_next = (code.startswith("custom-") for code in (current, status))
    if custom_next:
        return _rank(current) < 2 or (current == "paid" and world.options.custom_after_paid)
    if custom_now:
        return True
    return _rank(status) > _rank(current)


def _rank(status):
    return 1 if status.startswith("custom-") else _RANKS.get(status, 0)


def _changes(world, request, status, cancellation):
    custom = status.removeprefix("custom-")
    texts = STATUS_LABELS.get(status) or world.state.custom_statuses[int(custom)]
    changes = {"status": status, "status_name": translate(texts, request.language)}
    if cancellation:
        changes["cancellation"] = cancellation
    return changes


ROUTES = (Route("POST", "/orders/set_status", "orders", set_status),)
