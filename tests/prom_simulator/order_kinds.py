"""Kinds of orders: named traits and the recipes every seed starts from (api.md 6).

A trait changes a few choices of an `OrderPlan`; an order may carry several.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class OrderPlan:
    """Choices an order is built from."""

    status: str = "received"
    cancelled_by: str | None = None
    payment: str | None = "cod"
    payment_status: str | None = None
    delivery: str | None = "np_branch"
    provider_data: bool = True
    address_data: bool = True
    waybill: bool = False
    cost_known: bool = False
    cost_charged: bool = True
    recipient: str = "same"
    patronymic: str = "given"
    email: bool = True
    client_object: bool = True
    client_id: bool = True
    phone: str = "international"
    lines: tuple[str, ...] = ("plain",)
    offer: str | None = None
    free_delivery: bool = False
    ps_promotion: bool = False
    prosale: str | None = None
    commission: str = "text"
    source: str = "portal"
    date_offset: bool = True
    dont_call: bool = False
    note: bool = False
    utm: str = "empty"
    money: str = "nbsp"


TRAITS = {
    "plain": {},
    # statuses
    "pending": {"status": "pending"},
    "received": {"status": "received"},
    "paid": {"status": "paid"},
    "delivered": {"status": "delivered", "waybill": True},
    "draft": {"status": "draft", "source": "company_cabinet"},
    "canceled_by_buyer": {"status": "canceled", "cancelled_by": "user"},
    "canceled_by_company": {"status": "canceled", "cancelled_by": "company"},
    "custom_status": {"status": "custom"},
    # payment
    "evopay_paid": {"payment": "evopay", "payment_status": "paid"},
    "evopay_unpaid": {"payment": "evopay", "payment_status": "unpaid"},
    "evopay_refunded": {"payment": "evopay", "payment_status": "refunded"},
    "evopay_paid_out": {"payment": "evopay", "payment_status": "paid_out"},
    "evopay_expired": {"payment": "evopay", "payment_status": "expired"},
    "rpay_parts": {"payment": "parts", "payment_status": "paid"},
    "cash_on_delivery": {"payment": "cod"},
    "cash_on_delivery_ru": {"payment": "cod_ru"},
    "bank_transfer": {"payment": "iban"},
    "no_payment_option": {"payment": None},
    # people
    "other_recipient": {"recipient": "other"},
    "recipient_empty": {"recipient": "empty"},
    "recipient_null": {"recipient": "null"},
    "recipient_without_phone": {"recipient": "no_phone"},
    "no_email": {"email": False},
    "empty_patronymic": {"patronymic": "empty"},
    "null_patronymic": {"patronymic": "null"},
    "client_missing": {"client_object": False},
    "client_id_null": {"client_id": False, "client_object": False},
    "phone_no_plus": {"phone": "no_plus"},
    "phone_local": {"phone": "local"},
    "phone_pretty": {"phone": "pretty"},
    "phone_spaces": {"phone": "spaces"},
    "phone_eighty": {"phone": "eighty"},
    # delivery
    "np_branch": {"delivery": "np_branch"},
    "np_locker": {"delivery": "np_locker"},
    "np_point": {"delivery": "np_point"},
    "door": {"delivery": "np_door"},
    "ukrposhta": {"delivery": "ukrposhta"},
    "meest": {"delivery": "meest"},
    "rozetka": {"delivery": "rozetka"},
    "justin": {"delivery": "justin"},
    "delivery_auto": {"delivery": "delivery_auto"},
    "courier": {"delivery": "courier"},
    "pickup": {"delivery": "pickup"},
    "no_delivery_option": {"delivery": None},
    "provider_data_null": {"provider_data": False},
    "no_recipient_address": {"address_data": False},
    "with_waybill": {"waybill": True},
    "delivery_cost": {"cost_known": True},
    "delivery_not_charged": {"cost_known": True, "cost_charged": False},
    "free_delivery": {"free_delivery": True},
    "ps_promotion": {"ps_promotion": True},
    # lines
    "several_lines": {"lines": ("plain", "variation", "plain")},
    "variation": {"lines": ("variation",)},
    "removed_product": {"lines": ("plain", "removed")},
    "no_external_id": {"lines": ("no_external",)},
    "same_sku": {"lines": ("same_sku",)},
    "by_weight": {"lines": ("by_weight",)},
    "by_metre": {"lines": ("by_metre",)},
    "quantity_text": {"lines": ("quantity_text",)},
    # money
    "promo_code": {"offer": "promo_code"},
    "special_offer": {"offer": "special_offer"},
    "money_nbsp": {"money": "nbsp"},
    "money_space": {"money": "space"},
    "money_narrow": {"money": "narrow"},
    "money_dot": {"money": "dot"},
    "money_bare": {"money": "bare"},
    # fees
    "prosale_value": {"prosale": "value", "source": "company_site"},
    "prosale_amount": {"prosale": "amount", "source": "company_site"},
    "commission_zero": {"commission": "zero"},
    "commission_missing": {"commission": "missing"},
    "commission_number": {"commission": "number"},
    "commission_refunded": {"commission": "refunded"},
    # source and the rest
    "bigl": {"source": "bigl"},
    "company_site": {"source": "company_site"},
    "company_cabinet": {"source": "company_cabinet"},
    "mobile_app": {"source": "mobile_app"},
    "mobile_catalog_app": {"source": "mobile_catalog_app"},
    "date_without_offset": {"date_offset": False},
    "dont_call": {"dont_call": True},
    "note": {"note": True},
    "utm_broken": {"utm": "broken"},
}

#: The newest orders of every seed, oldest of them first. Together they hold every trait.
RECIPES = (
    ("delivered", "evopay_paid_out", "np_branch", "delivery_cost", "money_nbsp"),
    ("delivered", "rpay_parts", "np_locker", "several_lines", "money_space"),
    ("canceled_by_buyer", "evopay_refunded", "door", "commission_refunded"),
    ("canceled_by_company", "cash_on_delivery", "phone_local", "note"),
    ("delivered", "cash_on_delivery_ru", "ukrposhta", "removed_product", "money_bare"),
    ("draft", "no_payment_option", "no_delivery_option", "recipient_null", "commission_missing"),
    ("received", "evopay_paid", "np_locker", "ps_promotion", "other_recipient", "with_waybill"),
    ("custom_status", "cash_on_delivery", "meest", "no_email", "phone_pretty"),
    ("paid", "evopay_paid", "np_branch", "free_delivery", "mobile_app"),
    ("received", "bank_transfer", "pickup", "company_site", "empty_patronymic"),
    ("canceled_by_buyer", "evopay_expired", "np_branch", "phone_spaces", "utm_broken"),
    ("custom_status", "evopay_paid", "door", "delivery_cost", "by_weight", "money_narrow"),
    ("received", "cash_on_delivery", "justin", "by_metre", "null_patronymic", "money_dot"),
    ("received", "evopay_paid", "delivery_auto", "promo_code", "mobile_catalog_app"),
    ("received", "cash_on_delivery", "np_point", "special_offer", "dont_call", "phone_eighty"),
    ("paid", "bank_transfer", "ukrposhta", "prosale_value", "no_external_id"),
    ("received", "evopay_unpaid", "np_locker", "bigl", "recipient_empty", "commission_number"),
    ("received", "cash_on_delivery", "rozetka", "prosale_amount", "client_missing"),
    ("pending", "evopay_paid", "np_branch", "same_sku", "recipient_without_phone"),
    ("pending", "cash_on_delivery", "courier", "quantity_text", "date_without_offset"),
    ("pending", "cash_on_delivery", "provider_data_null", "company_cabinet", "client_id_null"),
    ("pending", "evopay_paid", "no_recipient_address", "variation", "phone_no_plus"),
    ("pending", "evopay_paid", "door", "other_recipient", "several_lines", "no_email"),
    ("pending", "evopay_unpaid", "np_locker", "plain", "note"),
    ("pending", "cash_on_delivery", "np_branch", "commission_zero", "delivery_not_charged"),
)

#: Weighted choices of the ordinary orders.
RANDOM_TRAITS = (
    ("received", "delivered", "delivered", "delivered", "custom_status", "paid", "pending",
     "canceled_by_buyer", "canceled_by_company"),
    ("evopay_paid", "evopay_paid_out", "cash_on_delivery", "cash_on_delivery", "bank_transfer"),
    ("np_branch", "np_branch", "np_branch", "np_locker", "np_locker", "door", "ukrposhta",
     "meest", "pickup"),
    ("plain", "plain", "several_lines", "variation", "by_weight"),
    ("money_nbsp", "money_nbsp", "money_nbsp", "money_space", "money_narrow", "money_dot",
     "money_bare"),
    ("mobile_app", "mobile_catalog_app", "company_site", "plain", "plain", "bigl"),
    ("plain", "plain", "no_email", "other_recipient", "empty_patronymic", "phone_pretty"),
)  # fmt: skip


def traits_of(kind):
    """Split a kind into traits: a name, names joined by `+`, or a list of names.

    :param kind: str, sequence of str or None.
    :rtype: tuple[str, ...]
    :raises ValueError: for an unknown name.
    """
    names = tuple(kind.split("+")) if isinstance(kind, str) else tuple(kind or ())
    unknown = [name for name in names if name not in TRAITS]
    if unknown:
        raise ValueError(f"unknown order kind {', '.join(unknown)}; known: {', '.join(TRAITS)}")
    return names


def plan_of(traits):
    """Combine traits; later ones win, except that lines are added up.

    :param traits: names of traits.
    :rtype: OrderPlan
    """
    choices, lines = {}, ()
    for name in traits:
        choices.update(TRAITS[name])
        lines += TRAITS[name].get("lines", ())
    if lines:
        choices["lines"] = lines
    return OrderPlan(**choices)


def random_traits(rng):
    """Choose the traits of an ordinary order.

    :param Random rng: source of chance.
    :rtype: tuple[str, ...]
    """
    traits = [rng.choice(choices) for choices in RANDOM_TRAITS]
    if traits[1] == "evopay_paid_out" and traits[0] != "delivered":
        traits[1] = "evopay_refunded" if traits[0].startswith("canceled") else "evopay_paid"
    return tuple(traits)
