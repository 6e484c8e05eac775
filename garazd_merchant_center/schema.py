"""What an adapter hands to the base: plain, immutable values without a marketplace's own words.

Amounts are :class:`~decimal.Decimal` in the currency named beside them, times are aware
:class:`~datetime.datetime`, identifiers are text. ``None`` means "not told".
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a list.

    ``cursor`` is a JSON value that reads the next page, also after a restart; None at the end.
    ``newest_change`` is the newest time of change among the records, in the marketplace's time.
    ``share`` is how much of the list is read by now, between 0 and 1.
    """

    records: tuple
    cursor: dict | None = None
    newest_change: datetime | None = None
    share: float = 0


@dataclass(frozen=True, kw_only=True)
class Permission:
    """A part of the marketplace that a token opens or not.

    ``name``, as the cabinet calls it, and ``purpose``, a sentence, are in the language of the
    environment. ``steps`` are what needs it: steps of a synchronization
    (``merchant.sync.run.step``) and kinds of ``merchant.operation``. Without one that is required a
    store is of no use.
    """

    code: str
    name: str
    purpose: str
    steps: tuple[str, ...] = ()
    is_required: bool = False


@dataclass(frozen=True, kw_only=True)
class RawOrder:
    """An order as it was read, before anybody tried to understand it.

    ``external_id`` is None when even the identifier cannot be read.
    """

    external_id: str | None
    payload: object
    digest: str


@dataclass(frozen=True, kw_only=True)
class StatusData:
    """A state that an order can have. ``kind`` is a key of ``merchant.order.status.kind``."""

    external_id: str
    name: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class CancelReason:
    """Why a seller cancels an order; ``name`` is in the language of the environment."""

    code: str
    name: str
    needs_comment: bool = False


@dataclass(frozen=True, kw_only=True)
class MethodData:
    """A way to pay or to deliver that the store offers its buyers.

    ``carrier_code`` is how the marketplace calls the carrier of a way to deliver.
    """

    external_id: str
    name: str
    description: str = ""
    carrier_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class CategoryData:
    """A product group of the store. ``names`` maps language codes (``uk_UA``) to texts."""

    external_id: str
    name: str
    names: dict = field(default_factory=dict)
    parent_external_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class PortalCategory:
    """A category of the marketplace's own catalogue.

    ``path`` is the names from the top down to its own, in the language of ``names[""]`` or in
    Ukrainian. ``names`` maps language codes to names, "" where the language is not told.
    ``commission_rate`` is in percent, None where it is not told.
    """

    external_id: str
    path: tuple[str, ...]
    names: dict
    parent_external_id: str | None = None
    commission_rate: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class PortalFile:
    """What a file with categories says.

    ``skipped`` are the rows left out: number, why (a key of
    ``merchant.catalogue.import.row.reason``), and what stands in it. What a complete list does not
    name has vanished.
    """

    categories: tuple[PortalCategory, ...]
    skipped: tuple = ()
    is_complete: bool = True


@dataclass(frozen=True, kw_only=True)
class PortalAttribute:
    """An attribute as one category has it: unit and limits belong to both together.

    ``kind`` is a key of ``merchant.category.attribute.kind``; ``values`` are pairs of identifier
    and names by language.
    """

    external_id: str
    names: dict
    kind: str
    units: dict
    minimum: float | None = None
    maximum: float | None = None
    values: tuple = ()


@dataclass(frozen=True, kw_only=True)
class PortalAttributeFile:
    """What a file with attributes says: attributes, and names, by the category's identifier.

    ``skipped`` is as in :class:`PortalFile`.
    """

    attributes: dict
    names: dict
    skipped: tuple = ()


@dataclass(frozen=True, kw_only=True)
class ListingData:
    """One product variant as the marketplace shows it.

    ``external_id`` is the marketplace's identifier, ``seller_id`` the one the seller gave it.
    ``price`` is what the buyer pays, ``compare_price`` the crossed-out one. ``presence`` is a key
    of ``merchant.listing.observed_presence``, ``presence_word`` the marketplace's own word.
    Variations of one product have the same ``variation_group``, or name the product that they vary
    in ``base_external_id``.
    """

    external_id: str
    name: str
    seller_id: str | None = None
    sku: str | None = None
    category: str | None = None
    category_external_id: str | None = None
    group_external_id: str | None = None
    status: str | None = None
    presence: str | None = None
    presence_word: str | None = None
    price: Decimal | None = None
    compare_price: Decimal | None = None
    currency: str | None = None
    quantity: Decimal | None = None
    url: str | None = None
    base_external_id: str | None = None
    variation_group: str | None = None


@dataclass(frozen=True, kw_only=True)
class ListingDetails:
    """All that a product of Odoo is made from.

    ``names`` and ``descriptions`` map language codes to texts, the latter are HTML. ``pictures``
    are all of them, the main one first; each is a tuple of addresses where it may be, the best one
    first. ``unit`` is the name of the unit in which it is sold, ``unit_ref`` the external id of
    Odoo's unit of the same meaning.
    """

    listing: ListingData
    names: dict = field(default_factory=dict)
    descriptions: dict = field(default_factory=dict)
    pictures: tuple[tuple[str, ...], ...] = ()
    unit: str | None = None
    unit_ref: str | None = None
    is_service: bool = False


@dataclass(frozen=True, kw_only=True)
class ListingChange:
    """What a listing is to show from now on; None: as it is.

    ``compare_price`` comes with a price only; 0 takes it away. ``presence`` is ``in_stock``,
    ``on_order`` or ``sold_out``.
    """

    external_id: str
    seller_id: str | None = None
    price: float | None = None
    compare_price: float | None = None
    quantity: float | None = None
    presence: str | None = None

    def get_values(self):
        """Return what is to be changed, by name.

        :rtype: dict
        """
        names = ("price", "compare_price", "quantity", "presence")
        values = {name: getattr(self, name) for name in names}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class ListingOutcome:
    """What became of a change: the names of the values that are confirmed, and those refused.

    ``refused`` maps names to the marketplace's words. A value in neither is tried again, after
    ``seconds`` where the marketplace said so. ``ignored`` are those of them that were sent alone,
    without an error, and that the marketplace shows otherwise: they are not tried for ever.
    ``error`` is a ``MarketplaceError`` that concerns the whole store and kept the rest from going.
    """

    confirmed: frozenset = frozenset()
    refused: dict = field(default_factory=dict)
    ignored: frozenset = frozenset()
    message: str = ""
    seconds: float | None = None
    error: Exception | None = None


@dataclass(frozen=True, kw_only=True)
class FeedImportField:
    """What an import of the price list can change on products that the marketplace has already.

    ``name`` and ``hint`` are in the language of the environment.
    """

    code: str
    name: str
    hint: str = ""
    is_default: bool = False


@dataclass(frozen=True, kw_only=True)
class FeedImportRequest:
    """What the marketplace is asked to do with a price list.

    ``fields`` are codes of :class:`FeedImportField`. ``missing`` is a key of
    ``merchant.feed.import.missing_policy``: what becomes of products that are not in the file.
    """

    url: str
    fields: tuple[str, ...]
    missing: str = "keep"
    only_available: bool = False


@dataclass(frozen=True, kw_only=True)
class FeedImportProblem:
    """One line of the report. ``stage`` is a key of ``merchant.feed.import.error.stage``.

    ``seller_id`` is the identifier in the price list, ``external_id`` the marketplace's.
    """

    stage: str
    message: str
    seller_id: str | None = None
    external_id: str | None = None
    sku: str | None = None
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class FeedImportData:
    """How far an import has come, as the marketplace says now.

    ``state`` is ``running``, ``done``, ``partial`` or ``failed``. ``missing`` counts the products
    of the store that are not in the file, ``failed`` those of the file that were not taken.
    """

    state: str
    total: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    missing: int = 0
    failed: int = 0
    problems: tuple[FeedImportProblem, ...] = ()
    message: str = ""

    @property
    def processed(self):
        """How many products of the file have been dealt with."""
        return self.created + self.updated + self.unchanged + self.failed


@dataclass(frozen=True, kw_only=True)
class PersonData:
    """A buyer or a recipient. ``phone`` is in E.164 form where it could be understood."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    external_id: str | None = None

    def __bool__(self):
        return bool(self.name or self.phone or self.email)


@dataclass(frozen=True, kw_only=True)
class FeeData:
    """What the marketplace charges the seller for an order.

    ``kind`` is ``sale`` (for selling there), ``advertising`` or ``instalment`` (for the buyer's
    paying in parts).
    """

    kind: str
    amount: Decimal
    is_refunded: bool = False


@dataclass(frozen=True, kw_only=True)
class CampaignData:
    """Where the buyer came from, as the marketplace's statistics call it."""

    source: str | None = None
    medium: str | None = None
    campaign: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeliveryData:
    """Where a parcel goes, who carries it and who pays for that.

    ``provider`` is a key of ``merchant.order.delivery_provider``, None when no carrier is needed or
    none is known; ``provider_code`` is how the marketplace calls it. ``kind`` is a key of
    ``merchant.order.delivery_kind``. References are the carrier's own. ``place`` is the address
    after the city; with a branch, ``street`` and ``building`` are where that stands.

    ``charge`` is what the buyer pays for the delivery in the order, ``payer`` a key of
    ``merchant.order.delivery_payer``. ``promotion`` names one of the delivery, with its terms.
    ``waybill`` is the number that the marketplace shows; ``state`` is a key of
    ``merchant.order.shipping_state``, ``status`` the marketplace's word for it.
    """

    kind: str = "unknown"
    provider: str | None = None
    provider_code: str | None = None
    city: str | None = None
    city_ref: str | None = None
    city_code: str | None = None
    region: str | None = None
    branch_ref: str | None = None
    branch_number: str | None = None
    street: str | None = None
    street_ref: str | None = None
    building: str | None = None
    apartment: str | None = None
    postcode: str | None = None
    place: str | None = None
    is_contradictory: bool = False
    charge: Decimal = Decimal(0)
    payer: str | None = None
    promotion: str | None = None
    promotion_terms: str | None = None
    waybill: str | None = None
    state: str | None = None
    status: str | None = None


@dataclass(frozen=True, kw_only=True)
class OrderLineData:
    """``price_total`` is the line's total as the buyer pays it, taxes included.

    ``unit`` is what ``quantity`` counts, a key of ``merchant_order_unit.UNITS``; None: pieces.
    """

    name: str
    quantity: Decimal
    price_total: Decimal
    external_id: str | None = None
    seller_id: str | None = None
    sku: str | None = None
    unit: str | None = None
    commission: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class OrderData:
    """An order, understood. ``amount_total`` is what the buyer pays for the goods.

    ``address`` is where to deliver, in words; ``delivery`` is what that means, where it is known.

    ``discount`` is what a promotion takes off the sum of the lines; ``discount_name`` says which.
    ``cancellation`` is the reason in words, of a cancelled order. ``paid_at`` is when the payment
    got into its state. ``channel`` is a key of ``merchant.order.channel``.
    """

    external_id: str
    number: str
    date_order: datetime
    status: StatusData
    currency: str
    amount_total: Decimal
    lines: tuple[OrderLineData, ...]
    buyer: PersonData
    recipient: PersonData | None = None
    address: str | None = None
    payment_state: str | None = None
    paid_at: datetime | None = None
    payment_method: MethodData | None = None
    delivery_method: MethodData | None = None
    delivery_cost: Decimal | None = None
    delivery: DeliveryData | None = None
    fees: tuple[FeeData, ...] = ()
    discount: Decimal = Decimal(0)
    discount_name: str | None = None
    note: str | None = None
    do_not_call: bool = False
    channel: str | None = None
    campaign: CampaignData | None = None
    cancellation: str | None = None
    cancelled_by_buyer: bool = False


@dataclass(frozen=True, kw_only=True)
class WriteRequest:
    """The exact request that carries an operation out; shown to people in Test mode."""

    method: str
    path: str
    body: object

    def as_json(self):
        return {"method": self.method, "path": self.path, "body": self.body}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one operation.

    ``state`` is ``done`` (the marketplace confirmed it, or a read-back shows it), ``retry``
    (unknown or passing; ``seconds`` to wait where the marketplace said so), ``unsent`` (there was
    no time for it; this is no attempt), ``failed`` (refused) or ``unknown`` (may have been carried
    out and must not be repeated by itself). ``is_uncertain`` goes with ``retry``: it may have been
    carried out. ``error`` is a ``MarketplaceError`` behind it that concerns the whole store,
    ``cause`` one behind this operation alone, whose code may have an issue of its own.
    ``response`` is kept for administrators.
    """

    state: str
    message: str = ""
    seconds: float | None = None
    is_uncertain: bool = False
    error: Exception | None = None
    cause: Exception | None = None
    response: object = None
