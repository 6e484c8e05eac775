"""Prom's JSON as immutable, typed values.

Every `from_json(data)` takes any JSON value and raises :class:`.errors.SchemaError`, and nothing
else, naming the field that cannot be understood. Everything may be missing or null except what
a record is worthless without: the identifier, an order's status, a line's quantity and price.

Identifiers are text, amounts and quantities :class:`~decimal.Decimal`, times aware and in UTC (a
time without an offset is taken for UTC). Codes that nobody knows yet are kept as text. Fields
that are not listed here stay in `extra`, as they came.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from . import const
from .reader import Reader
from .schema_parts import (
    Cancellation,
    Commission,
    DeliveryData,
    Discount,
    Money,
    Option,
    PaymentData,
    Person,
    Promotion,
    RecipientAddress,
    StatusOption,
    read_utm,
)
from .text import digest

__all__ = [
    "Cancellation",
    "Commission",
    "DeliveryData",
    "Group",
    "Money",
    "Option",
    "Order",
    "OrderLine",
    "PaymentData",
    "Person",
    "Product",
    "Promotion",
    "RecipientAddress",
    "StatusOption",
    "digest",
]

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One bought item. `id`, `sku` are None when the product left the catalogue since.

    Of `price` and `total_price` the missing one is derived; sums go by `total_price`, which is
    rounded the way Prom does it. `commission` is an amount.
    """

    id: str | None
    external_id: str | None
    sku: str | None
    name: str | None
    names: dict
    quantity: Decimal
    measure_unit: str | None
    price: Money
    total_price: Money
    commission: Commission | None
    extra: dict = field(default_factory=dict, repr=False)

    @classmethod
    def from_json(cls, data, path=""):
        """Read an item of an order's `products`."""
        reader = Reader(data, path)
        identifier, names = reader.identifier("id"), reader.names("name_multilang")
        name = reader.text("name") or next(iter(names.values()), None)
        if not identifier and not name:
            raise reader.error("name")
        quantity = reader.decimal("quantity")
        if not quantity:
            raise reader.error("quantity")
        price, total = Money.read(reader, "price"), Money.read(reader, "total_price")
        if not price and not total:
            raise reader.error("price")
        if not total:
            amount = (price.amount * quantity).quantize(_CENT, ROUND_HALF_UP)
            total = Money(amount=amount, currency=price.currency)
        if not price:
            price = Money(amount=total.amount / quantity, currency=total.currency)
        return cls(
            id=identifier,
            external_id=reader.text("external_id"),
            sku=reader.text("sku"),
            name=name,
            names=names,
            quantity=quantity,
            measure_unit=reader.text("measure_unit"),
            price=price,
            total_price=total,
            commission=Commission.read(reader, "cpa_commission"),
            extra=reader.extra,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order. Its number, as the buyer sees it, is the `id`.

    `price` is the goods, `full_price` also the delivery where its cost is known. The text of
    `special_offer_discount` stays as it came: nobody knows whether it is always an amount. Prom
    pays no attention to `phone` and `recipient` agreeing: the recipient may be somebody else.
    """

    id: str
    date_created: datetime | None
    date_modified: datetime | None
    status: str
    status_name: str | None
    buyer: Person
    recipient: Person | None
    email: str | None
    client_notes: str | None
    lines: tuple[OrderLine, ...]
    price: Money | None
    full_price: Money | None
    price_with_special_offer: Money | None
    special_offer_discount: str | None
    special_offer_promocode: str | None
    delivery_option: Option | None
    delivery_address: str | None
    delivery_cost: Money | None
    delivery_data: DeliveryData | None
    has_order_promo_free_delivery: bool | None
    promotion: Promotion | None
    payment_option: Option | None
    payment_data: PaymentData | None
    commission: Commission | None
    prosale_commission: Commission | None
    cancellation: Cancellation | None
    source: str | None
    utm: dict
    dont_call_customer_back: bool | None
    extra: dict = field(default_factory=dict, repr=False)

    @property
    def custom_status_id(self):
        """The number of the shop's own status (`custom-<number>`), else None.

        :rtype: str | None
        """
        match = const.CUSTOM_STATUS.fullmatch(self.status)
        return match[1] if match else None

    @property
    def currencies(self):
        """The codes of all amounts that tell one. Prom gives an order no currency of its own.

        :rtype: frozenset[str]
        """
        amounts = [self.price, self.full_price, self.price_with_special_offer]
        for line in self.lines:
            amounts += (line.price, line.total_price)
        return frozenset(money.currency for money in amounts if money and money.currency)

    @property
    def goods_total(self):
        """The sum of the lines, before any discount of the order.

        :rtype: Money
        """
        found = {line.total_price.currency for line in self.lines} - {None}
        return Money(
            amount=sum((line.total_price.amount for line in self.lines), Decimal(0)),
            currency=found.pop() if len(found) == 1 else None,
        )

    @classmethod
    def from_json(cls, data, path=""):
        """Read an item of `orders/list` or the `order` of `orders/{id}`."""
        reader = Reader(data, path)
        status = reader.text("status", required=True)
        return cls(
            id=reader.identifier("id", required=True),
            date_created=reader.moment("date_created"),
            date_modified=reader.moment("date_modified"),
            status=const.STATUS_ALIASES.get(status, status),
            status_name=reader.text("status_name"),
            buyer=Person.read_buyer(reader),
            recipient=Person.read_recipient(reader),
            email=reader.text("email"),
            client_notes=reader.text("client_notes"),
            lines=tuple(OrderLine.from_json(*item) for item in reader.children("products")),
            price=Money.read(reader, "price"),
            full_price=Money.read(reader, "full_price"),
            price_with_special_offer=Money.read(reader, "price_with_special_offer"),
            special_offer_discount=reader.text("special_offer_discount"),
            special_offer_promocode=reader.text("special_offer_promocode"),
            delivery_option=Option.read(reader, "delivery_option"),
            delivery_address=reader.text("delivery_address"),
            delivery_cost=Money.read(reader, "delivery_cost"),
            delivery_data=DeliveryData.read(reader),
            has_order_promo_free_delivery=reader.flag("has_order_promo_free_delivery"),
            promotion=Promotion.read(reader),
            payment_option=Option.read(reader, "payment_option"),
            payment_data=PaymentData.read(reader),
            commission=Commission.read(reader, "cpa_commission"),
            prosale_commission=Commission.read(reader, "prosale_commission"),
            cancellation=Cancellation.read(reader),
            source=reader.text("source"),
            utm=read_utm(reader),
            dont_call_customer_back=reader.flag("dont_call_customer_back"),
            extra=reader.extra,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product, or one variation of it. `external_id` is the seller's; Prom fills it on import.

    `price` is before a discount; None when the product is sold without a price.
    """

    id: str
    external_id: str | None
    sku: str | None
    name: str | None
    names: dict
    price: Money | None
    discount: Discount | None
    presence: str | None
    in_stock: bool | None
    status: str | None
    quantity_in_stock: Decimal | None
    measure_unit: str | None
    selling_type: str | None
    minimum_order_quantity: Decimal | None
    group: Option | None
    category: Option | None
    main_image: str | None
    is_variation: bool | None
    variation_base_id: str | None
    variation_group_id: str | None
    date_modified: datetime | None
    extra: dict = field(default_factory=dict, repr=False)

    @classmethod
    def from_json(cls, data, path=""):
        """Read an item of `products/list` or the `product` of `products/{id}`."""
        reader = Reader(data, path)
        price, currency = Money.read(reader, "price"), reader.text("currency")
        if price:
            price = Money(amount=price.amount, currency=currency or price.currency)
        return cls(
            id=reader.identifier("id", required=True),
            external_id=reader.text("external_id"),
            sku=reader.text("sku"),
            name=reader.text("name"),
            names=reader.names("name_multilang"),
            price=price,
            discount=Discount.read(reader),
            presence=reader.text("presence"),
            in_stock=reader.flag("in_stock"),
            status=reader.text("status"),
            quantity_in_stock=reader.decimal("quantity_in_stock", signed=True),
            measure_unit=reader.text("measure_unit"),
            selling_type=reader.text("selling_type"),
            minimum_order_quantity=reader.decimal("minimum_order_quantity"),
            group=Option.read(reader, "group"),
            category=Option.read(reader, "category"),
            main_image=reader.text("main_image"),
            is_variation=reader.flag("is_variation"),
            variation_base_id=reader.identifier("variation_base_id"),
            variation_group_id=reader.identifier("variation_group_id"),
            date_modified=reader.moment("date_modified"),
            extra=reader.extra,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDetails:
    """What else there is to a product: texts (HTML) and the addresses of its pictures.

    Read by itself, so that nothing of it hides the price and the quantity of a product.
    """

    description: str | None
    descriptions: dict
    pictures: tuple[str, ...]

    @classmethod
    def from_json(cls, data, path=""):
        """Read an item of `products/list` or the `product` of `products/{id}`."""
        reader = Reader(data, path)
        images = [Reader(*item).text("url") for item in reader.children("images")]
        # The main one is the first of them. Without any it is the picture of none, without a host.
        urls = images or [reader.text("main_image")]
        return cls(
            description=reader.text("description"),
            descriptions=reader.names("description_multilang"),
            pictures=tuple(dict.fromkeys(filter(_is_address, urls))),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of the shop's own catalogue; `names` by language code."""

    id: str
    name: str | None
    names: dict
    parent_group_id: str | None
    extra: dict = field(default_factory=dict, repr=False)

    @classmethod
    def from_json(cls, data, path=""):
        """Read an item of `groups/list`."""
        reader = Reader(data, path)
        return cls(
            id=reader.identifier("id", required=True),
            name=reader.text("name"),
            names=reader.names("name_multilang"),
            parent_group_id=reader.identifier("parent_group_id"),
            extra=reader.extra,
        )


def _is_address(url):
    return bool(url) and url.startswith(("http://", "https://"))
