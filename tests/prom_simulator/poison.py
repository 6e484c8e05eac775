"""Malformed records, added on request only (api.md 15 and common sense)."""

import copy


def _no_lines_null(order):
    order["products"] = None


def _no_lines_empty(order):
    order["products"] = []


def _unknown_status(order):
    order["status"], order["status_name"] = "teleported", "Телепортовано"


def _unreadable_money(order):
    order["price"] = order["full_price"] = "за домовленістю"


def _null_money(order):
    order["price"] = order["full_price"] = None


def _missing_id(order):
    del order["id"]


def _null_id(order):
    order["id"] = None


def _lines_without_name(order):
    for line in order["products"]:
        line.pop("name", None)
        line.pop("name_multilang", None)


def _wrong_types(order):
    order.update(
        products={"0": "не список"},
        price=12.5,
        client=["не", "об'єкт"],
        delivery_option="Нова Пошта",
        payment_data=1,
        date_created=1732370000,
        phone=380501112233,
        utm=[],
    )


def _zero_quantity(order):
    for line in order["products"]:
        line["quantity"] = 0


def _huge_note(order):
    order["client_notes"] = "Дуже довгий коментар. " * 32_000


def _bad_date(order):
    order["date_created"] = order["date_modified"] = "учора"


def _totals_differ(order):
    order["price"] = order["full_price"] = "1,00 грн"


def _product_missing_id(product):
    del product["id"]


def _product_wrong_types(product):
    product.update(price="багато", quantity_in_stock="5 шт.", images=None, group=7, name=None)


def _product_huge_description(product):
    product.update(description="<p>Опис</p>" * 100_000, description_multilang=None)


#: kind -> function that spoils an order in place.
ORDER_POISONS = {
    "no_lines_null": _no_lines_null,
    "no_lines_empty": _no_lines_empty,
    "unknown_status": _unknown_status,
    "unreadable_money": _unreadable_money,
    "null_money": _null_money,
    "missing_id": _missing_id,
    "null_id": _null_id,
    "lines_without_name": _lines_without_name,
    "wrong_types": _wrong_types,
    "zero_quantity": _zero_quantity,
    "huge_note": _huge_note,
    "bad_date": _bad_date,
    "totals_differ": _totals_differ,
    "not_an_object": None,
}
PRODUCT_POISONS = {
    "product_missing_id": _product_missing_id,
    "product_wrong_types": _product_wrong_types,
    "product_huge_description": _product_huge_description,
}
#: For every other list: groups, dictionaries, clients, messages.
OTHER_POISONS = {"empty_object": lambda record: record.clear()}


def spoilt(record, kind):
    """Return a spoilt copy of a good record.

    :param dict record: a good order, product, or record of another list.
    :param str kind: key of ORDER_POISONS, PRODUCT_POISONS or OTHER_POISONS.
    :raises ValueError: for an unknown kind.
    """
    known = {**ORDER_POISONS, **PRODUCT_POISONS, **OTHER_POISONS}
    if kind not in known:
        raise ValueError(f"unknown poison {kind}; known: {', '.join(known)}")
    if known[kind] is None:
        return "not an object"
    record = copy.deepcopy(record)
    known[kind](record)
    return record


def poison(state, kind):
    """Put a malformed record into the shop.

    :param State state: the shop.
    :param str kind: key of ORDER_POISONS or PRODUCT_POISONS.
    :return: the internal key, which is the id the record has or should have had.
    :rtype: int
    """
    with state.lock:
        if kind in PRODUCT_POISONS:
            good = state.product_maker.make("poison")
            state.put_product(good["id"], spoilt(good, kind))
        else:
            good = state.order_maker.make(("pending",)).order
            state.put_order(good["id"], spoilt(good, kind))
        return good["id"]
