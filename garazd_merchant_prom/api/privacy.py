"""What in Prom's answers is about people, to keep it out of logs and to forget it on request."""

import re

MASK = "***"
# All that is kept of an order when its buyer is to be forgotten. Whatever Prom adds is left out.
_ORDER = (
    "id",
    "date_created",
    "date_modified",
    "status",
    "status_name",
    "status_modified",
    "products",
    "price",
    "full_price",
    "price_with_special_offer",
    "special_offer_discount",
    "special_offer_promocode",
    "delivery_option",
    "delivery_cost",
    "has_order_promo_free_delivery",
    "payment_option",
    "payment_data",
    "cpa_commission",
    "prosale_commission",
    "source",
)
_DELIVERY = ("provider", "type", "declaration_number", "unified_status")
# Where people stand in any answer or request: names, contacts, addresses and what they wrote.
_KEYS = (
    "client_first_name",
    "client_second_name",
    "client_last_name",
    "client_full_name",
    "first_name",
    "second_name",
    "last_name",
    "phone",
    "email",
    "skype",
    "client_notes",
    "comment",
    "cancellation_text",
    "delivery_address",
    "city_name",
    "street_name",
    "building_number",
    "apartment_number",
    "recipient_warehouse_id",
    "warehouse_id",
)
# The text after such a key; the last one may have been cut off.
_VALUE = re.compile(rf'("(?:{"|".join(_KEYS)})"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|\\?\Z)')
# Why it was cancelled, in the buyer's words.
_CANCELLATION = re.compile(r'("cancellation"\s*:\s*)\{[^{}]*(?:\}|\Z)')
# Phone numbers, with a plus or as they are dialled in Ukraine, and e-mail addresses anywhere.
_CONTACT = re.compile(
    r"\+\d[\d ()-]{7,}\d"
    r"|(?<![\d.])(?:38|8 ?)?\(?0\d\d[\d ()-]{5,}\d"
    r"|[\w.+-]+@[\w-]+\.[\w.]+"
)


def redact_order(record):
    """Return an order without anybody in it. It can still be read: status, products and money.

    :param dict record: as Prom sent it
    :rtype: dict
    """
    if not isinstance(record, dict):
        return {}
    order = {key: record[key] for key in _ORDER if key in record}
    cancellation, delivery = record.get("cancellation"), record.get("delivery_provider_data")
    if isinstance(cancellation, dict):
        order["cancellation"] = {"initiator": cancellation.get("initiator")}
    if isinstance(delivery, dict):
        order["delivery_provider_data"] = {
            key: delivery[key] for key in _DELIVERY if key in delivery
        }
    return order


def mask_text(text):
    """Return JSON, whole or cut off, without people: for logs.

    :param str text:
    :rtype: str
    """
    for place in (_VALUE, _CANCELLATION):
        text = place.sub(rf'\1"{MASK}"', text)
    return _CONTACT.sub(MASK, text)
