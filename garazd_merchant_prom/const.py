"""How Prom's words read in Odoo. Prom's words themselves stand in ``api/const.py``."""

from odoo.tools import LazyTranslate

from .api import const as prom

_lt = LazyTranslate(__name__)

# Status of an order -> meaning of `merchant.order.status`; `custom-<number>` is "custom", any
# other "unknown".
STATUS_KINDS = {
    prom.STATUS_DRAFT: "draft",
    prom.STATUS_PENDING: "new",
    prom.STATUS_RECEIVED: "accepted",
    prom.STATUS_PAID: "paid",
    prom.STATUS_DELIVERED: "done",
    prom.STATUS_CANCELED: "cancelled",
}

# Why a seller cancels an order.
REASON_NAMES = {
    prom.REASON_NOT_AVAILABLE: _lt("Out of stock"),
    prom.REASON_PRICE_CHANGED: _lt("The price has changed"),
    prom.REASON_BUYERS_REQUEST: _lt("The buyer asked to cancel"),
    prom.REASON_NOT_ENOUGH_FIELDS: _lt("The order lacks data"),
    prom.REASON_DUPLICATE: _lt("Duplicate order"),
    prom.REASON_INVALID_PHONE_NUMBER: _lt("Wrong phone number"),
    prom.REASON_LESS_THAN_MINIMAL_PRICE: _lt("Below the minimum order amount"),
    prom.REASON_ANOTHER: _lt("Another reason"),
}

# Status of a payment through Prom -> `merchant.order.payment_state`.
PAYMENT_STATES = {
    prom.PAYMENT_UNPAID: "unpaid",
    prom.PAYMENT_PAID: "paid",
    prom.PAYMENT_PAID_OUT: "paid_out",
    prom.PAYMENT_REFUNDED: "refunded",
    prom.PAYMENT_EXPIRED: "expired",
}

# Presence of a product -> `merchant.listing.observed_presence`; any other is "other".
PRESENCES = {
    prom.PRESENCE_AVAILABLE: "in_stock",
    prom.PRESENCE_ORDER: "on_order",
    prom.PRESENCE_NOT_AVAILABLE: "sold_out",
}

# Keys of Prom's texts in two languages -> codes of Odoo's languages.
LANGUAGES = {"uk": "uk_UA", "ru": "ru_RU"}

# Where the seller sees an order; relative to the host of the store's interface.
ORDER_PAGE = "/cms/order/edit/{number}"
