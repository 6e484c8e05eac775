"""What the records of :mod:`.schema` are made of."""

# `read` has nothing to do with that of the ORM.
# pylint: disable=method-required-super

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from . import const, text
from .errors import SchemaError
from .reader import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount. `currency` is the code its suffix stands for, None when it has none."""

    amount: Decimal
    currency: str | None = None

    @classmethod
    def read(cls, reader, key, *, signed=False):
        """Read an amount of an object.

        :rtype: Money | None
        """
        pair = reader.money(key, signed=signed)
        return cls(amount=pair[0], currency=pair[1]) if pair else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """What is taken off a product's price: an amount or a percentage, maybe for some days."""

    type: str
    value: Decimal
    start: date | None = None
    end: date | None = None

    @classmethod
    def read(cls, reader):
        """Read the `discount` of a product; None when nothing is taken off.

        :rtype: Discount | None
        """
        child = reader.child("discount")
        value = child.decimal("value") if child else None
        if not value:
            return None
        return cls(
            type=child.text("type") or const.DISCOUNT_AMOUNT,
            value=value,
            start=_read_day(child, "date_start"),
            end=_read_day(child, "date_end"),
        )

    def apply(self, price, today):
        """Return what remains of a price on a day; the price itself when that is nothing.

        :param Decimal price: before the discount
        :param date today: where the shop is
        :rtype: Decimal
        """
        if (self.start and today < self.start) or (self.end and today > self.end):
            return price
        percent = self.type == const.DISCOUNT_PERCENT
        off = price * self.value / 100 if percent else self.value
        rest = (price - off).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return rest if rest > 0 else price


def _read_day(reader, key):
    """Read a day, `31.12.2026` or `2026-12-31...`; None when it is neither."""
    value = reader.text(key) or ""
    for pattern, length in (("%d.%m.%Y", 10), ("%Y-%m-%d", 10)):
        try:
            return datetime.strptime(value[:length], pattern).date()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A buyer or a recipient. `phone` is E.164, None when `phone_raw` cannot be understood."""

    id: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    phone_raw: str | None = None
    extra: dict = field(default_factory=dict, repr=False)

    @property
    def full_name(self):
        """Last name, first name, patronymic: the Ukrainian order.

        :rtype: str
        """
        return " ".join(filter(None, (self.last_name, self.first_name, self.middle_name)))

    def __bool__(self):
        return bool(self.full_name or self.phone_raw)

    @classmethod
    def from_json(cls, data, path=""):
        """Read `client` or `delivery_recipient` of an order."""
        return cls._read(Reader(data, path))

    @classmethod
    def _read(cls, reader):
        phone = reader.text("phone")
        return cls(
            id=reader.identifier("id"),
            first_name=reader.text("first_name"),
            middle_name=reader.text("second_name"),
            last_name=reader.text("last_name"),
            phone=text.parse_phone(phone),
            phone_raw=phone,
            extra=reader.extra,
        )

    @classmethod
    def read_buyer(cls, reader):
        """Read the buyer from `client`, its gaps from the older `client_*` fields and `phone`."""
        child = reader.child("client")
        client = cls._read(child) if child else cls()
        identifier = reader.identifier("client_id")
        names = [reader.text(f"client_{part}_name") for part in ("first", "second", "last")]
        phone = reader.text("phone") or client.phone_raw
        return cls(
            id=client.id or identifier,
            first_name=client.first_name or names[0],
            middle_name=client.middle_name or names[1],
            last_name=client.last_name or names[2],
            phone=text.parse_phone(phone) or client.phone,
            phone_raw=phone,
            extra=client.extra,
        )

    @classmethod
    def read_recipient(cls, reader):
        """Read who receives the parcel; None when Prom names nobody."""
        child = reader.child("delivery_recipient")
        return (cls._read(child) or None) if child else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A way to pay or to deliver, a group or a category: the shop's own id and name.

    `type` is told of ways to deliver: the carrier, or `pickup`.
    """

    id: str | None = None
    name: str | None = None
    description: str | None = None
    enabled: bool | None = None
    type: str | None = None
    extra: dict = field(default_factory=dict, repr=False)

    @classmethod
    def from_json(cls, data, path=""):
        """Read an item of `payment_options/list` or `delivery_options/list`."""
        return cls._read(Reader(data, path), required=True)

    @classmethod
    def read(cls, reader, key):
        """Read an option named by a record; None when it has neither id nor name."""
        child = reader.child(key)
        option = cls._read(child) if child else None
        return option if option and (option.id or option.name) else None

    @classmethod
    def _read(cls, reader, *, required=False):
        return cls(
            id=reader.identifier("id", required=required),
            name=reader.text("name") or reader.text("caption"),
            description=reader.text("description") or reader.text("comment"),
            enabled=reader.flag("enabled"),
            type=reader.text("type"),
            extra=reader.extra,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusOption:
    """A status an order can have: `name` is the code, `title` the label in X-LANGUAGE."""

    name: str
    title: str | None = None
    id: str | None = None
    extra: dict = field(default_factory=dict, repr=False)

    @classmethod
    def from_json(cls, data, path=""):
        """Read an item of `order_status_options/list`."""
        reader = Reader(data, path)
        name = reader.text("name", required=True)
        return cls(
            name=const.STATUS_ALIASES.get(name, name),
            title=reader.text("title"),
            id=reader.identifier("id"),
            extra=reader.extra,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientAddress:
    """Where the carrier delivers to. The identifiers are the carrier's, not Prom's."""

    city_id: str | None
    city_name: str | None
    city_katottg: str | None
    warehouse_id: str | None
    street_id: str | None
    street_name: str | None
    building_number: str | None
    apartment_number: str | None
    extra: dict = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, reader):
        """Read `recipient_address`; None when it is missing or empty."""
        child = reader.child("recipient_address")
        if not child:
            return None
        names = [name for name in cls.__slots__ if name != "extra"]
        values = {name: child.text(name) for name in names}
        return cls(**values, extra=child.extra) if any(values.values()) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryData:
    """What the carrier knows. `type` is W2W, W2D, D2W or D2D: W is a warehouse, D a door."""

    provider: str | None
    type: str | None
    sender_warehouse_id: str | None
    recipient_warehouse_id: str | None
    declaration_number: str | None
    unified_status: str | None
    address: RecipientAddress | None
    extra: dict = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, reader):
        """Read `delivery_provider_data`; None for carriers Prom has no integration with."""
        child = reader.child("delivery_provider_data")
        return child and cls(
            provider=child.text("provider"),
            type=child.text("type"),
            sender_warehouse_id=child.text("sender_warehouse_id"),
            recipient_warehouse_id=child.text("recipient_warehouse_id"),
            declaration_number=child.text("declaration_number"),
            unified_status=child.text("unified_status"),
            address=RecipientAddress.read(child),
            extra=child.extra,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """A promotion of the delivery, and what the seller has to do to keep it."""

    name: str | None
    conditions: tuple[str, ...] = ()
    extra: dict = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, reader):
        """Read `ps_promotion` of an order; None when it has none, or has lost it."""
        child = reader.child("ps_promotion")
        return child and cls(
            name=child.text("name"), conditions=child.texts("conditions"), extra=child.extra
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentData:
    """A payment through Prom. The commission (percent, amount) is that of instalments."""

    type: str | None
    status: str | None
    status_modified: datetime | None
    commission_percent: Decimal | None = None
    commission_amount: Decimal | None = None
    extra: dict = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, reader):
        """Read `payment_data`; None for every other way to pay."""
        child = reader.child("payment_data")
        if not child:
            return None
        parts = child.child("rpay_parts")
        return cls(
            type=child.text("type"),
            status=child.text("status"),
            status_modified=child.moment("status_modified"),
            commission_percent=parts.decimal("commission", signed=True) if parts else None,
            commission_amount=parts.decimal("commission_amount", signed=True) if parts else None,
            extra=child.extra,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Commission:
    """Prom's fee. `type` and `title` are told of the ProSale fee, `is_refunded` of the other."""

    amount: Decimal
    is_refunded: bool | None = None
    type: str | None = None
    title: str | None = None
    extra: dict = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, reader, key):
        """Read a commission; None as long as its amount is not known."""
        child = reader.child(key)
        if not child:
            return None
        amount, value = child.money("amount", signed=True), child.money("value", signed=True)
        found = amount or value
        return found and cls(
            amount=found[0],
            is_refunded=child.flag("is_refunded"),
            type=child.text("type"),
            title=child.text("title"),
            extra=child.extra,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """Why an order was cancelled, and by whom."""

    title: str | None
    initiator: str | None
    extra: dict = field(default_factory=dict, repr=False)

    @property
    def by_buyer(self):
        """Whether the buyer cancelled.

        :rtype: bool
        """
        return self.initiator == const.INITIATOR_BUYER

    @classmethod
    def read(cls, reader):
        """Read `cancellation` of an order."""
        child = reader.child("cancellation")
        return child and cls(
            title=child.text("title"), initiator=child.text("initiator"), extra=child.extra
        )


def read_utm(reader):
    """Read `utm` of an order, for statistics: what is not as expected is left out.

    :rtype: dict[str, str]
    """
    try:
        child = reader.child("utm")
        parts = {key: child.text(key) for key in ("source", "medium", "campaign")} if child else {}
    except SchemaError:
        return {}
    return {key: value for key, value in parts.items() if value}
