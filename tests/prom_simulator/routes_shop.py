"""Dictionaries and clients (api.md 13)."""

from .exchange import NotFoundError
from .order_parts import DELIVERY_OPTIONS, PAYMENT_OPTIONS
from .paging import cut_page
from .routing import Route
from .text import STATUS_LABELS, translate

#: Numeric ids known from the sister site; `draft` is a guess.
_STATUS_IDS = {"pending": 0, "received": 1, "delivered": 3, "canceled": 4, "draft": 5, "paid": 6}


def payment_options(_world, _request):
    """GET /payment_options/list."""
    names = ("id", "name", "description")
    return {
        "payment_options": [dict(zip(names, row, strict=True)) for row in PAYMENT_OPTIONS.values()]
    }


def delivery_options(_world, _request):
    """GET /delivery_options/list."""
    names = ("id", "name", "comment", "enabled", "type")
    return {
        "delivery_options": [
            dict(zip(names, row, strict=True)) for row in DELIVERY_OPTIONS.values()
        ]
    }


def order_status_options(world, request):
    """GET /order_status_options/list, the shop's own statuses included."""
    rows = [
        {"id": _STATUS_IDS[code], "name": code, "title": translate(texts, request.language)}
        for code, texts in STATUS_LABELS.items()
    ]
    rows += [
        {"id": number, "name": f"custom-{number}", "title": translate(texts, request.language)}
        for number, texts in world.state.custom_statuses.items()
    ]
    return {"order_status_options": rows}


def clients_list(world, request):
    """GET /clients/list; `search_term` looks into name, phones and e-mails."""
    term = (request.query.get("search_term") or "").lower()

    def wanted(client):
        texts = (client["client_full_name"], *client["phones"], *client["emails"])
        return not term or any(term in text.lower() for text in texts)

    return {"clients": cut_page(world.state.clients, request, world.options, wanted)}


def client_detail(world, _request, client_id):
    """GET /clients/{id}."""
    client = world.state.clients.get(client_id)
    if client is None:
        raise NotFoundError
    return {"client": client}


ROUTES = (
    Route("GET", "/payment_options/list", "payment", payment_options),
    Route("GET", "/delivery_options/list", "delivery", delivery_options),
    Route("GET", "/order_status_options/list", "order_status", order_status_options),
    Route("GET", "/clients/list", "clients", clients_list),
    Route("GET", "/clients/{id}", "clients", client_detail),
)
