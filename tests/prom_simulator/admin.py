"""Control over HTTP for tests that run elsewhere: `/_admin/...`, no token needed."""

from .exchange import Request, Response
from .faults import FAULTS
from .order_kinds import TRAITS, traits_of
from .poison import ORDER_POISONS, PRODUCT_POISONS, poison
from .routes_cabinet import attribute_link
from .text import BadParameterError

_FAULT_FIELDS = ("name", "path", "method", "times", "after", "share")


def answer(world, request: Request):
    """Answer a control call.

    :param World world: the shop.
    :rtype: Response
    """
    name = request.path.removeprefix("/_admin/").strip("/")
    handler = _ROUTES.get((request.method, name))
    if handler is None:
        return Response(404, {"error": "unknown control call", "known": sorted(
            f"{method} /_admin/{path}" for method, path in _ROUTES
        )})  # fmt: skip
    try:
        return Response(data=handler(world, request))
    except (ValueError, TypeError, KeyError, BadParameterError) as error:
        return Response(400, {"error": f"{type(error).__name__}: {error}"})


def _health(world, _request):
    return {"status": "ok", "now": world.clock.now().isoformat()}


def _state(world, _request):
    state = world.state
    with state.lock:
        orders = [_summary(key, row, ("status", "price", "date_modified"))
                  for key, row in state.orders.items()]  # fmt: skip
        for row in orders:
            row["kinds"] = state.kinds.get(row["key"], ())
        products = [
            _summary(key, row, ("external_id", "sku", "name", "price", "presence",
                                "quantity_in_stock", "status"))
            for key, row in state.products.items()
        ]  # fmt: skip
        return {
            "counts": {
                name: len(getattr(state, name))
                for name in ("orders", "products", "groups", "clients", "messages")
            },
            "orders": orders,
            "products": products,
        }


def _summary(key, row, names):
    row = row if isinstance(row, dict) else {}
    return {"key": key, "id": row.get("id"), **{name: row.get(name) for name in names}}


def _kinds(_world, _request):
    return {
        "orders": list(TRAITS),
        "poisons": [*ORDER_POISONS, *PRODUCT_POISONS],
        "faults": {
            name: {"args": args, "description": text} for name, (args, text) in FAULTS.items()
        },
    }


def _journal(world, request):
    path, method = request.query.get("path"), request.query.get("method")
    return {
        "requests": [row.as_json() for row in world.journal.requests(path, method)],
        "writes": [row.as_json() for row in world.journal.writes()],
    }


def _faults(world, _request):
    return {"faults": [fault.as_json() for fault in world.faults.all()]}


def _add_fault(world, request):
    data = request.json_object()
    args = {**data.pop("args", {}), **{key: data.pop(key) for key in list(data)
                                       if key not in _FAULT_FIELDS}}  # fmt: skip
    return world.faults.add(**data, **args).as_json()


def _clear_faults(world, _request):
    world.faults.clear()
    return {"faults": []}


def _orders(world, request):
    """Add an order, `{"kind", ...}`; spoil one, `{"poison"}`; change one, `{"touch", ...}`."""
    data = request.json_object()
    if "poison" in data:
        return {"key": poison(world.state, data["poison"])}
    if "touch" in data:
        return {"order": world.state.touch(data.pop("touch"), **data)}
    kind = data.pop("kind", None) or "pending"
    return {"order": world.state.add_order(traits_of(kind), data)}


def _products(world, request):
    """Add a product, `{...}`; spoil one, `{"poison"}`; `{"touch"}`; `{"remove"}`; `{"hide"}`."""
    data = request.json_object()
    state = world.state
    if "poison" in data:
        return {"key": poison(state, data["poison"])}
    if "remove" in data:
        state.remove_product(data["remove"])
        return {"removed": data["remove"]}
    if "hide" in data:
        state.hide_product(data["hide"])
        return {"hidden": data["hide"]}
    if "touch" in data:
        product = state.products[data.pop("touch")]
        state.touch_product(product, **data)
        return {"product": product}
    return {"product": state.add_product("plain", data)}


def _attribute_link(world, request):
    """Return the path of the export of a section's attributes, `?section=814`."""
    return {"path": attribute_link(world, request.query["section"])}


def _tokens(world, request):
    """Allow a token, `{"token", "scopes"}`; withdraw one, `{"revoke"}`; end it, `{"expire"}`."""
    data = request.json_object()
    if "revoke" in data:
        world.tokens.revoke(data["revoke"])
    elif "expire" in data:
        world.tokens.expire(data["expire"])
    else:
        world.tokens.add(data["token"], data.get("scopes"))
    return {"status": "ok"}


def _options(world, request):
    for name, value in request.json_object().items():
        if name not in world.options.names():
            raise ValueError(f"unknown option {name}")
        setattr(world.options, name, value)
    world.options.__post_init__()
    return {name: getattr(world.options, name) for name in world.options.names()}


def _reset(world, _request):
    world.reset()
    return {"status": "ok"}


_ROUTES = {
    ("GET", "health"): _health,
    ("GET", "state"): _state,
    ("GET", "kinds"): _kinds,
    ("GET", "attribute_link"): _attribute_link,
    ("GET", "journal"): _journal,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "orders"): _orders,
    ("POST", "products"): _products,
    ("POST", "tokens"): _tokens,
    ("POST", "options"): _options,
    ("POST", "reset"): _reset,
}
