"""How Prom's words read in Odoo. Prom's words themselves stand in ``api/const.py``."""

from .api import const as prom

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

# Status of a payment through Prom -> `merchant.order.payment_state`.
PAYMENT_STATES = {
    prom.PAYMENT_UNPAID: "unpaid",
    prom.PAYMENT_PAID: "paid",
    prom.PAYMENT_PAID_OUT: "paid_out",
    prom.PAYMENT_REFUNDED: "refunded",
    prom.PAYMENT_EXPIRED: "expired",
}

# Keys of Prom's texts in two languages -> codes of Odoo's languages.
LANGUAGES = {"uk": "uk_UA", "ru": "ru_RU"}

# Where the seller sees an order; relative to the host of the store's interface.
ORDER_PAGE = "/cms/order/edit/{number}"
