"""Records as an answer shows them: names in the language of the request (api.md 1)."""

from .text import STATUS_LABELS, translate


def status_label(world, status, language):
    """Return the label of an order status, None for an unknown one.

    :param World world: knows the shop's own statuses.
    :param str status: code.
    :param str language: uk, ru or en.
    :rtype: str or None
    """
    if status in STATUS_LABELS:
        return translate(STATUS_LABELS[status], language)
    number = status.removeprefix("custom-") if isinstance(status, str) else ""
    texts = world.state.custom_statuses.get(int(number)) if number.isdecimal() else None
    return translate(texts, language) if texts else None


def render_order(world, order, language):
    """Return an order with its `status_name` and line names in a language.

    :rtype: dict
    """
    if not isinstance(order, dict):
        return order
    shown = dict(order)
    label = status_label(world, order.get("status"), language)
    if label:
        shown["status_name"] = label
    if world.options.names_by_language and isinstance(order.get("products"), list):
        shown["products"] = [_named(line, language) for line in order["products"]]
    return shown


def render_product(world, product, language):
    """Return a product with its names in a language.

    :rtype: dict
    """
    if not isinstance(product, dict) or not world.options.names_by_language:
        return product
    shown = _named(product, language)
    if isinstance(shown.get("group"), dict):
        shown["group"] = _named(shown["group"], language)
    return shown


def render_group(world, group, language):
    """Return a group with its names in a language.

    :rtype: dict
    """
    return _named(group, language) if world.options.names_by_language else group


def _named(record, language):
    if not isinstance(record, dict):
        return record
    shown = dict(record)
    for name in ("name", "description"):
        texts = record.get(f"{name}_multilang")
        if name in record and isinstance(texts, dict) and texts.get(language):
            shown[name] = texts[language]
    return shown
