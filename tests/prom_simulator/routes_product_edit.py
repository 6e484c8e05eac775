"""POST /products/edit and /products/edit_by_external_id (api.md 10)."""

import re
from datetime import datetime

from .exchange import is_int, is_number
from .routes_catalogue import find_product
from .routes_orders import refusal_of
from .routing import Route

PRESENCES = ("available", "not_available", "order", "service", "waiting")
SETTABLE_STATUSES = ("on_display", "draft", "deleted", "not_on_display")
_DISCOUNT_FIELDS = {"value", "type", "date_start", "date_end"}


def edit(world, request):
    """POST /products/edit: items by Prom id."""
    return _edit(world, request, external=False)


def edit_by_external_id(world, request):
    """POST /products/edit_by_external_id: items by the seller's own id."""
    return _edit(world, request, external=True)


def _edit(world, request, external):
    """Edit what may be edited; ids are echoed in the kind they were sent.

    A body that is no array is refused as a whole with `errors.error`. A refused product is
    missing from `processed_ids` and has an entry in `errors`: a text, a list or an object.
    """
    items = request.json()
    refusal = _body_problem(world, request, items)
    if refusal:
        return {"errors": {"error": refusal}}
    done, errors, refusal = [], {}, None
    products = [_find(world, item["id"], external) for item in items]
    problems = [
        _item_problem(world, request, item, product)
        for item, product in zip(items, products, strict=True)
    ]
    if world.options.batch_refusal == "call":
        errors = {str(i): problem for i, problem in enumerate(problems) if problem}
        if refusal := refusal_of(world, errors):
            return refusal
    for item, product, problem in zip(items, products, problems, strict=True):
        key = item["id"]
        if problem:
            errors[str(key)] = problem
            if refusal := refusal_of(world, errors):
                break
            continue
        changes = _changes(item, product, request.language)
        if any(product.get(name) != value for name, value in changes.items()):
            world.state.touch_product(product, **changes)
            _pass_presence_on(world, product, changes)
            world.wrote(request, "product", product.get("id"), changes)
        done.append(key)
    return {"processed_ids": done, **(refusal or {"errors": errors})}


def _body_problem(world, request, items):
    limit = world.options.max_edit_items
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return request.text("not_array")
    if len(items) > limit:
        return request.text("too_many", limit=limit)
    if any(not is_int(item.get("id")) and not isinstance(item.get("id"), str) for item in items):
        return request.text("required", name="id")
    return None


def _find(world, key, external):
    if external:
        return find_product(world, str(key), external=True)
    text = str(key)
    return find_product(world, int(text)) if re.fullmatch(r"\d{1,18}", text) else None


def _item_problem(world, request, item, product):
    """Return why an item is refused, in one of the three live forms; None when it is fine."""
    if product is None:
        return request.text("product_not_found")
    refuses = world.options.variation_refuses_presence
    if "presence" in item and product.get("is_variation") and refuses:
        return [request.text("presence_inherited")]
    problems = {}
    for name, value in item.items():
        if name in ("id", "quantity"):
            continue
        check = _CHECKS.get(name)
        if check is None:
            problems[name] = [request.text("unknown_field")]
            continue
        found = check(value)
        if found:
            problems[name] = [request.text(found[0], **found[1])]
    return problems or None


def _text(limit=None):
    def check(value):
        if not isinstance(value, str):
            return "not_text", {}
        return ("too_long", {"limit": limit}) if limit and len(value) > limit else None

    return check


def _choice(allowed):
    def check(value):
        return None if value in allowed else ("not_a_choice", {})

    return check


def _price(value):
    if not is_number(value):
        return "not_a_number", {}
    return None if value > 0 else ("not_positive", {})


def _quantity(value):
    if not is_number(value):
        return "not_a_number", {}
    return None if value >= 0 else ("bad_value", {})


def _flag(value):
    return None if isinstance(value, bool) else ("not_bool", {})


def _prices(value):
    rows = value if isinstance(value, list) else [None]
    good = all(
        isinstance(row, dict)
        and _price(row.get("price")) is None
        and _price(row.get("minimum_order_quantity")) is None
        for row in rows
    )
    return None if good else ("bad_value", {})


def _discount(value):
    if value is None:
        return None
    good = (
        isinstance(value, dict)
        and set(value) <= _DISCOUNT_FIELDS
        and value.get("type") in ("amount", "percent")
        and _price(value.get("value")) is None
        and all(_is_day(value[name]) for name in ("date_start", "date_end") if name in value)
    )
    return None if good else ("bad_value", {})


def _is_day(text):
    """Tell whether a text is `DD.MM.YYYY` (api.md 3)."""
    if not isinstance(text, str) or not re.fullmatch(r"\d\d\.\d\d\.\d{4}", text):
        return False
    try:
        datetime.strptime(text + " +0000", "%d.%m.%Y %z")
    except ValueError:
        return False
    return True


_CHECKS = {
    "name": _text(110),
    "keywords": _text(1024),
    "description": _text(),
    "price": _price,
    "prices": _prices,
    "discount": _discount,
    "presence": _choice(PRESENCES),
    "presence_sure": _flag,
    "in_stock": _flag,
    "quantity_in_stock": _quantity,
    "status": _choice(SETTABLE_STATUSES),
}


def _changes(item, product, language):
    """Return the fields to store; names and descriptions go to the language of the call."""
    changes = {name: value for name, value in item.items() if name not in ("id", "quantity")}
    if "presence_sure" in changes:
        changes.setdefault("in_stock", changes.pop("presence_sure"))
        changes.pop("presence_sure", None)
    if language == "en":
        language = "ru"
    for name in ("name", "description"):
        texts = product.get(f"{name}_multilang")
        if name in changes and isinstance(texts, dict):
            changes[f"{name}_multilang"] = {**texts, language: changes[name]}
            if language != "ru":
                del changes[name]
    return changes


def _pass_presence_on(world, product, changes):
    """Let the variations inherit the presence of their base product."""
    if "presence" not in changes or product.get("is_variation"):
        return
    for row in list(world.state.products.values()) if product.get("variation_group_id") else ():
        if isinstance(row, dict) and row.get("variation_base_id") == product.get("id"):
            world.state.touch_product(row, presence=changes["presence"])


ROUTES = (
    Route("POST", "/products/edit", "products", edit),
    Route("POST", "/products/edit_by_external_id", "products", edit_by_external_id),
)
