"""Prom's own words and the limits the client works with."""

import re

BASE_URL = "https://my.prom.ua/api/v1"

# Order statuses. Prom has no "shipped"; shops add their own (`custom-<number>`).
STATUS_PENDING = "pending"
STATUS_RECEIVED = "received"
STATUS_PAID = "paid"
STATUS_DELIVERED = "delivered"
STATUS_CANCELED = "canceled"
STATUS_DRAFT = "draft"
ORDER_STATUSES = (
    STATUS_PENDING,
    STATUS_RECEIVED,
    STATUS_PAID,
    STATUS_DELIVERED,
    STATUS_CANCELED,
    STATUS_DRAFT,
)
#: Spellings of a status that mean another one.
STATUS_ALIASES = {"cancelled": STATUS_CANCELED}
CUSTOM_STATUS = re.compile(r"custom-([1-9][0-9]{0,18})")

# Reasons of a cancellation by the seller.
REASON_NOT_AVAILABLE = "not_available"
REASON_PRICE_CHANGED = "price_changed"
REASON_BUYERS_REQUEST = "buyers_request"
REASON_NOT_ENOUGH_FIELDS = "not_enough_fields"
REASON_DUPLICATE = "duplicate"
REASON_INVALID_PHONE_NUMBER = "invalid_phone_number"
REASON_LESS_THAN_MINIMAL_PRICE = "less_than_minimal_price"
REASON_ANOTHER = "another"
CANCELLATION_REASONS = (
    REASON_NOT_AVAILABLE,
    REASON_PRICE_CHANGED,
    REASON_BUYERS_REQUEST,
    REASON_NOT_ENOUGH_FIELDS,
    REASON_DUPLICATE,
    REASON_INVALID_PHONE_NUMBER,
    REASON_LESS_THAN_MINIMAL_PRICE,
    REASON_ANOTHER,
)
#: Prom refuses these without `cancellation_text`.
REASONS_WITH_TEXT = (REASON_PRICE_CHANGED, REASON_NOT_ENOUGH_FIELDS, REASON_ANOTHER)
#: `cancellation.initiator` when the buyer cancelled.
INITIATOR_BUYER = "user"

# `source` of an order: where it was made.
SOURCE_PORTAL = "portal"
SOURCE_MOBILE_APP = "mobile_app"
SOURCE_MOBILE_CATALOG_APP = "mobile_catalog_app"
SOURCE_COMPANY_SITE = "company_site"
SOURCE_COMPANY_CABINET = "company_cabinet"
SOURCE_BIGL = "bigl"

# Payment through Prom; an order paid this way shows it here and not in its status.
PAYMENT_TYPE_PROM = "evopay"
PAYMENT_TYPE_INSTALMENTS = "rpay_parts"
PAYMENT_UNPAID = "unpaid"
PAYMENT_PAID = "paid"
PAYMENT_PAID_OUT = "paid_out"
PAYMENT_REFUNDED = "refunded"
PAYMENT_EXPIRED = "expired"

# Carriers Prom has an integration with; of the last two the code is not certain. Other values may
# come and are kept as they are.
PROVIDER_NOVA_POSHTA = "nova_poshta"
PROVIDER_UKRPOSHTA = "ukrposhta"
PROVIDER_JUSTIN = "justin"
PROVIDER_DELIVERY_AUTO = "delivery_auto"
PROVIDER_MEEST = "meest"
PROVIDER_ROZETKA = "rozetka"
#: Other spellings of a carrier, some met by clients -> the one above.
PROVIDER_ALIASES = {
    "mist_express": PROVIDER_MEEST,
    "meest_express": PROVIDER_MEEST,
    "rozetka_delivery": PROVIDER_ROZETKA,
    "delivery": PROVIDER_DELIVERY_AUTO,
}
PROVIDERS = frozenset(
    {
        PROVIDER_NOVA_POSHTA,
        PROVIDER_UKRPOSHTA,
        PROVIDER_JUSTIN,
        PROVIDER_DELIVERY_AUTO,
        PROVIDER_MEEST,
        PROVIDER_ROZETKA,
        *PROVIDER_ALIASES,
    }
)
#: `type` of the shop's way to deliver when the buyer fetches the goods himself.
OPTION_PICKUP = "pickup"
#: Last letter of `delivery_provider_data.type` (W2W, W2D, D2W, D2D): the destination is a door.
DESTINATION_DOOR = "D"
DESTINATION_WAREHOUSE = "W"
PROVIDER_ROZETKA = "rozetka"
#: Other spellings of a carrier that clients have met.
PROVIDER_ALIASES = {
    "mist_express": PROVIDER_MEEST,
    "meest_express": PROVIDER_MEEST,
    "rozetka_delivery": PROVIDER_ROZETKA,
    "delivery": PROVIDER_DELIVERY_AUTO,
}
#: Last letter of `delivery_provider_data.type`: W2W, W2D, D2W, D2D.
DESTINATION_WAREHOUSE = "W"
DESTINATION_DOOR = "D"
DESTINATIONS = (DESTINATION_WAREHOUSE, DESTINATION_DOOR)
#: `type` of a way to deliver that no carrier is behind.
DELIVERY_TYPES_PICKUP = ("pickup", "self_pickup")
DELIVERY_TYPES_COURIER = ("courier", "own_courier", "other", "custom")
#: `delivery_provider_data.unified_status`. The first two were seen, the others are taken to mean
#: what they say; unknown ones are shown as they are.
SHIPPING_REGISTERED = ("initial",)
SHIPPING_ON_THE_WAY = ("on_the_way", "in_transit")
SHIPPING_ARRIVED = ("arrived", "at_warehouse", "ready_for_pickup")
SHIPPING_DELIVERED = ("delivered", "received")
SHIPPING_RETURNED = ("returned", "returning", "refused", "return")
#: A carrier that Prom does not accept with a waybill number, in the words of its refusal.
CARRIER_REFUSED = re.compile(
    r"delivery[_ ]type|provider|carrier|перевізник|перевозчик"
    r"|(?:спосіб|способ|служб\w*) доставк",
    re.IGNORECASE,
)
#: A waybill number that Prom has already, in the words of its refusal; not an order that is over.
ALREADY_ADDED = re.compile(
    r"^(?!.*(?:cancel|closed|complete|скасован|закрит|виконан|отмен|закрыт|выполнен))"
    r".*(?:already|вже\s|уже\s)",
    re.IGNORECASE | re.DOTALL,
)

#: Units of measure, in Ukrainian and Russian, without dots and blanks; others count pieces.
UNITS = {
    "mm": ("мм",),
    "cm": ("см",),
    "m": ("м", "метр", "мп", "погм", "погонний метр", "погонный метр"),
    "km": ("км",),
    "m2": ("м2", "м²", "квм"),
    "ml": ("мл",),
    "l": ("л", "літр", "литр"),
    "m3": ("м3", "м³", "кубм"),
    "g": ("г", "гр", "грам", "грамм"),
    "kg": ("кг", "кілограм", "килограмм"),
    "t": ("т", "тонна"),
}

#: `prosale_commission.type` of an order from the company's own site.
PROSALE_COMPANY_SITE = "2"

#: Products in one change; what clients send and an FAQ states.
EDIT_LIMIT = 100
#: What a change of a product may say. Prom ignores others silently, `quantity` among them.
EDIT_FIELDS = frozenset({"id", "price", "discount", "presence", "quantity_in_stock"})
PRESENCE_AVAILABLE = "available"
PRESENCE_NOT_AVAILABLE = "not_available"
PRESENCE_ORDER = "order"
#: Sold out for now, more is expected; a service, which is never out of stock.
PRESENCE_WAITING = "waiting"
PRESENCE_SERVICE = "service"
SELLING_SERVICE = "service"
DISCOUNT_AMOUNT = "amount"
DISCOUNT_PERCENT = "percent"

# Import of a price list.
#: What an import can change on products that exist; new ones get everything.
IMPORT_FIELDS = frozenset(
    {
        "name",
        "sku",
        "price",
        "images_urls",
        "presence",
        "quantity_in_stock",
        "description",
        "group",
        "keywords",
        "attributes",
        "discount",
        "labels",
        "gtin",
        "mpn",
    }
)
#: What becomes of products that are not in the file; anything but none touches every one of them.
MISSING_NONE = "none"
MISSING_NOT_AVAILABLE = "not_available"
MISSING_NOT_ON_DISPLAY = "not_on_display"
MISSING_DELETED = "deleted"
MISSING_CHOICES = (
    MISSING_NONE,
    MISSING_NOT_AVAILABLE,
    MISSING_NOT_ON_DISPLAY,
    MISSING_DELETED,
)
#: SUCCESS with counters of 0 comes at once, PARTIAL with them after some minutes: neither is final.
IMPORT_SUCCESS = "SUCCESS"
IMPORT_PARTIAL = "PARTIAL"
IMPORT_FATAL = "FATAL"
#: No status of an import: the question was refused.
IMPORT_ERROR = "ERROR"
IMPORT_COUNTERS = (
    "total",
    "created",
    "updated",
    "not_changed",
    "not_in_file",
    "imported",
    "actualized",
    "created_active",
    "created_hidden",
    "with_errors_count",
)
MAX_COUNTER = 10**9
IMPORT_STAGES = frozenset({"download", "store_file", "validation", "import", "download_images"})
# Statuses of a product.
PRODUCT_ON_DISPLAY = "on_display"
PRODUCT_NOT_ON_DISPLAY = "not_on_display"
#: An import shows such a product again.
PRODUCT_DRAFT = "draft"
PRODUCT_DELETED = "deleted"
PRODUCT_DELETED_BY_MODERATOR = "deleted_by_moderator"
PRODUCT_EDITING_REQUIRED = "editing_required"
PRODUCT_APPROVAL_PENDING = "approval_pending"

#: Largest page; the documentation states none, nobody uses more.
PAGE_LIMIT = 100
#: Seconds between two calls of one client; this pace is known to be tolerated.
MIN_INTERVAL = 0.4
#: Seconds that one call may spend, waits between its attempts included.
BUDGET = 30.0
MAX_ATTEMPTS = 5
#: Upper bound in seconds of the first wait; doubled with every further attempt.
BACKOFF = 1.0
#: Longest wait, in seconds, that an answer can ask for.
MAX_RETRY_AFTER = 86400.0
#: Seconds without a byte from the server. Odoo's test framework needs one number, 10 or more.
TIMEOUT = 20
#: The same for asking to import a price list, which takes up to two minutes.
IMPORT_TIMEOUT = 150
#: Bytes of an answer, decompressed.
MAX_ANSWER = 50 * 1024 * 1024
#: Characters of an answer kept in an error and in an exchange.
ERROR_EXCERPT = 200
EXCHANGE_EXCERPT = 4000
