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

# Sections of an API token: how the cabinet calls them, what they are needed for, and the steps of a
# synchronization and kinds of operations that need them.
PERMISSION_NAMES = {
    "orders": _lt("Orders"),
    "order_status": _lt("Order Statuses"),
    "payment": _lt("Payment Methods"),
    "delivery": _lt("Delivery Methods"),
    "groups": _lt("Groups"),
    "products": _lt("Products"),
}
PERMISSION_PURPOSES = {
    "orders": _lt("Orders are imported, and their statuses are set."),
    "order_status": _lt("Your own statuses can be chosen, not only those of Prom."),
    "payment": _lt("Each payment method can have its own journal."),
    "delivery": _lt(
        "Each delivery method can have its own one in Odoo; tracking numbers are sent."
    ),
    "groups": _lt("Products are found in all groups of the shop."),
    "products": _lt(
        "Products are matched with those of Odoo; prices, quantities and price lists are sent."
    ),
}
PERMISSION_STEPS = {
    "orders": ("orders", "requested_orders", "orders_created", "order_status"),
    "order_status": ("statuses",),
    "payment": ("payment_methods",),
    "delivery": ("delivery_methods", "tracking"),
    "groups": ("categories",),
    "products": (
        "listings",
        "single_listings",
        "requested_listings",
        "creation",
        "listing_values",
        "feed_import",
    ),
}

# Where the link of the price list is entered.
FEED_PLACE = _lt(
    "In the cabinet of Prom open the import of products, choose the import by link, paste this "
    "link and switch on the automatic update."
)

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

# Carrier -> `merchant.order.delivery_provider`; any other is "other".
DELIVERY_PROVIDERS = {
    prom.PROVIDER_NOVA_POSHTA: "nova_poshta",
    prom.PROVIDER_UKRPOSHTA: "ukrposhta",
    prom.PROVIDER_MEEST: "meest",
    prom.PROVIDER_JUSTIN: "justin",
    prom.PROVIDER_DELIVERY_AUTO: "delivery",
    prom.PROVIDER_ROZETKA: "rozetka",
}

# State of a parcel -> `merchant.order.shipping_state`; any other is "unknown". The first two were
# seen, the others are taken to mean what they say.
SHIPPING_STATES = {
    "initial": "registered",
    "on_the_way": "on_the_way",
    "arrived": "arrived",
    "delivered": "delivered",
    "received": "delivered",
    "returned": "returned",
    "refused": "returned",
}

# Where the buyer ordered -> `merchant.order.channel`; any other is "other".
CHANNELS = {
    prom.SOURCE_PORTAL: "website",
    prom.SOURCE_MOBILE_APP: "app",
    prom.SOURCE_MOBILE_CATALOG_APP: "app",
    prom.SOURCE_COMPANY_SITE: "own_site",
    prom.SOURCE_COMPANY_CABINET: "cabinet",
    prom.SOURCE_BIGL: "partner",
}

# Presence of a product -> `merchant.listing.observed_presence`; any other is "other".
PRESENCES = {
    prom.PRESENCE_AVAILABLE: "in_stock",
    prom.PRESENCE_ORDER: "on_order",
    prom.PRESENCE_NOT_AVAILABLE: "sold_out",
}

# What those others mean.
PRESENCE_NAMES = {
    prom.PRESENCE_WAITING: _lt("Expected"),
    prom.PRESENCE_SERVICE: _lt("Service"),
}

# Status of a product.
PRODUCT_STATUS_NAMES = {
    prom.PRODUCT_ON_DISPLAY: _lt("Published"),
    prom.PRODUCT_NOT_ON_DISPLAY: _lt("Hidden"),
    prom.PRODUCT_DRAFT: _lt("Draft"),
    prom.PRODUCT_DELETED: _lt("Deleted"),
    prom.PRODUCT_DELETED_BY_MODERATOR: _lt("Deleted by a moderator"),
    prom.PRODUCT_EDITING_REQUIRED: _lt("Needs editing"),
    prom.PRODUCT_APPROVAL_PENDING: _lt("Waiting for approval"),
}

# Units of products, in small letters without the dot -> units of Odoo. Others are taken by name.
UNITS = {
    "шт": "uom.product_uom_unit",  # lint: allow - piece
    "штука": "uom.product_uom_unit",  # lint: allow - piece
    "од": "uom.product_uom_unit",  # lint: allow - unit
    "ед": "uom.product_uom_unit",  # lint: allow - unit
    "кг": "uom.product_uom_kgm",  # lint: allow - kilogram
    "г": "uom.product_uom_gram",  # lint: allow - gram
    "гр": "uom.product_uom_gram",  # lint: allow - gram
    "т": "uom.product_uom_ton",  # lint: allow - ton
    "л": "uom.product_uom_litre",  # lint: allow - litre
    "мл": "uom.product_uom_milliliter",  # lint: allow - millilitre
    "м": "uom.product_uom_meter",  # lint: allow - metre
    "пог.м": "uom.product_uom_meter",  # lint: allow - running metre
    "м.п": "uom.product_uom_meter",  # lint: allow - running metre
    "см": "uom.product_uom_cm",  # lint: allow - centimetre
    "мм": "uom.product_uom_millimeter",  # lint: allow - millimetre
    "км": "uom.product_uom_km",  # lint: allow - kilometre
    "кв.м": "uom.product_uom_square_meter",  # lint: allow - square metre
    "м2": "uom.product_uom_square_meter",  # lint: allow - square metre
    "м²": "uom.product_uom_square_meter",  # lint: allow - square metre
    "куб.м": "uom.product_uom_cubic_meter",  # lint: allow - cubic metre
    "м3": "uom.product_uom_cubic_meter",  # lint: allow - cubic metre
    "м³": "uom.product_uom_cubic_meter",  # lint: allow - cubic metre
    "год": "uom.product_uom_hour",  # lint: allow - hour
    "час": "uom.product_uom_hour",  # lint: allow - hour
    "день": "uom.product_uom_day",  # lint: allow - day
    "дюжина": "uom.product_uom_dozen",  # lint: allow - dozen
}

# Keys of Prom's texts in two languages -> codes of Odoo's languages.
LANGUAGES = {"uk": "uk_UA", "ru": "ru_RU"}

# Where the seller sees an order; relative to the host of the store's interface.
ORDER_PAGE = "/cms/order/edit/{number}"

IMPORT_PICTURES = "pictures"
# What an import of the price list can change: Prom's fields that belong together.
IMPORT_FIELDS = {
    "price": ["price"],
    "presence": ["presence"],
    "quantity": ["quantity_in_stock"],
    "discount": ["discount"],
    "texts": ["name", "description", "keywords"],
    IMPORT_PICTURES: ["images_urls"],
    "group": ["group"],
    "attributes": ["attributes"],
    "codes": ["sku", "gtin", "mpn"],
    "labels": ["labels"],
}
# How they are called, and what changing them means.
IMPORT_NAMES = {
    "price": _lt("Prices"),
    "presence": _lt("Availability"),
    "quantity": _lt("Quantities"),
    "discount": _lt("Discounts"),
    "texts": _lt("Names and Descriptions"),
    IMPORT_PICTURES: _lt("Pictures"),
    "group": _lt("Groups"),
    "attributes": _lt("Attributes"),
    "codes": _lt("SKU and Bar Codes"),
    "labels": _lt("Labels"),
}
IMPORT_HINTS = {
    "price": _lt("Prices of the price list, wholesale prices too."),
    "presence": _lt("Available, on order or sold out."),
    "quantity": _lt("How many are in stock."),
    "discount": _lt("Crossed-out prices. Discounts made in the cabinet of Prom are replaced."),
    "texts": _lt("Also the search queries. Texts corrected in the cabinet of Prom are lost."),
    IMPORT_PICTURES: _lt("Prom reads all pictures once more, which takes longer."),
    "group": _lt("Products move to the groups of the price list; missing groups are made."),
    "attributes": _lt("Attributes filled in by hand on Prom are replaced."),
    "codes": _lt("SKU, GTIN and the manufacturer's number."),
    "labels": _lt("Marks on the product, such as new or bestseller."),
}
IMPORT_DEFAULTS = ("price", "presence")

# What becomes of missing products: `merchant.feed.import.missing_policy` -> Prom's word.
MISSING_POLICIES = {
    "keep": prom.MISSING_NONE,
    "sold_out": prom.MISSING_NOT_AVAILABLE,
    "hide": prom.MISSING_NOT_ON_DISPLAY,
    "delete": prom.MISSING_DELETED,
}

# Status of an import -> `FeedImportData.state`; any other is on its way.
IMPORT_STATES = {
    prom.IMPORT_SUCCESS: "done",
    prom.IMPORT_PARTIAL: "partial",
    prom.IMPORT_FATAL: "failed",
}

# Part of an import's report -> `merchant.feed.import.error.stage`; any other is "other".
IMPORT_STAGES = {
    "download": "download",
    "store_file": "file",
    "validation": "validation",
    "import": "import",
    "download_images": "pictures",
}
