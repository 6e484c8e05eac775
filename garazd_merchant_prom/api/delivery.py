"""Where a parcel goes and who carries it: what an order says in several places, put together."""

from dataclasses import dataclass
from decimal import Decimal

from . import address_words as words
from . import const
from .address import find_kind, find_provider, find_region, parse_address

#: Who pays for the delivery.
BUYER, SHARED, PROMOTION, SELLER = "buyer", "shared", "promotion", "seller"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The delivery of an order.

    `provider` is Prom's code of the carrier or, where Prom tells none, that of the words; it is
    None for a delivery by the shop's own courier and for pickup. `kind` is `branch`, `locker`,
    `door`, `pickup` or `unknown`. Identifiers are the carrier's. `city` keeps the region in
    brackets; `place` is the address after it. With a branch, `street` and `building` are where it
    stands.
    """

    provider: str | None
    kind: str
    city: str | None
    city_id: str | None
    city_katottg: str | None
    region: str | None
    branch_id: str | None
    branch_number: str | None
    street: str | None
    street_id: str | None
    building: str | None
    apartment: str | None
    postcode: str | None
    place: str | None
    waybill: str | None
    status: str | None
    is_contradictory: bool


def read_delivery(order, method_type=None):
    """Return the delivery of an order.

    The data that Prom got from the carrier goes before the name of the method, and that before
    the words of the address. Only the words tell a parcel locker from a branch.

    :param Order order: see :mod:`.schema`
    :param str | None method_type: `type` of the order's way to deliver, as the shop's list has it
    :rtype: Delivery
    """
    data, option = order.delivery_data, order.delivery_option
    where = data.address if data else None
    name = option.name if option else None
    of_method = method_type if method_type in const.PROVIDERS else find_provider(name)
    provider = (data.provider if data else None) or of_method
    carrier = const.PROVIDER_ALIASES.get(provider, provider)
    words_of = parse_address(order.delivery_address, carrier)
    is_other = bool(carrier and words_of.provider and carrier != words_of.provider)
    provider = provider or words_of.provider
    kind, is_contradictory = _find_kind(data, words_of, name, method_type)
    if words.PICKUP == kind == find_kind(name) and of_method and method_type != const.OPTION_PICKUP:
        # What is fetched from a carrier waits at its branch.
        kind = words.BRANCH
    branch_id = (data.recipient_warehouse_id if data else None) or _get(where, "warehouse_id")
    city = _get(where, "city_name") or words_of.settlement
    if kind == words.DOOR:
        branch_id = None
    elif kind == words.PICKUP:
        provider = None
    postcode = words_of.postcode
    if provider == const.PROVIDER_UKRPOSHTA:
        # The post has no other identifiers than postcodes.
        postcode = branch_id or postcode or words_of.number
        branch_id = postcode if kind == words.BRANCH else None
    return Delivery(
        provider=provider,
        kind=kind,
        city=city,
        city_id=_get(where, "city_id"),
        city_katottg=_get(where, "city_katottg"),
        region=find_region(city) or words_of.region,
        branch_id=branch_id,
        branch_number=words_of.number if kind in (words.BRANCH, words.LOCKER) else None,
        street=_get(where, "street_name") or words_of.street,
        street_id=_get(where, "street_id"),
        building=_get(where, "building_number") or words_of.building,
        apartment=_get(where, "apartment_number") or words_of.apartment,
        postcode=postcode,
        place=words_of.place,
        waybill=data.declaration_number if data else None,
        status=data.unified_status if data else None,
        is_contradictory=is_contradictory or is_other,
    )


def _get(address, name):
    return getattr(address, name) if address else None


def _find_kind(data, words_of, name, method_type):
    """Return how the parcel goes, and whether the order contradicts itself.

    :rtype: tuple[str, bool]
    """
    told, spoken, by_name = _find_told_kind(data), words_of.kind, find_kind(name)
    is_branch = spoken in (words.BRANCH, words.LOCKER)
    if told == words.DOOR:
        return words.DOOR, is_branch
    if told == words.BRANCH:
        return (words.LOCKER if words.LOCKER in (spoken, by_name) else words.BRANCH), False
    if words_of.is_contradictory and spoken == words.UNKNOWN:
        return words.UNKNOWN, True
    if is_branch or (by_name == words.UNKNOWN and method_type != const.OPTION_PICKUP):
        return spoken, words_of.is_contradictory
    # The address beside a pickup is that of the shop.
    return (words.PICKUP if method_type == const.OPTION_PICKUP else by_name), False


def _find_told_kind(data):
    """Return what the carrier's data says: to a branch or to a door; None when it does not."""
    if not data:
        return None
    destination = (data.type or "")[-1:].upper()
    where = data.address
    if destination == const.DESTINATION_DOOR:
        return words.DOOR
    if destination == const.DESTINATION_WAREHOUSE or data.recipient_warehouse_id:
        return words.BRANCH
    if _get(where, "warehouse_id"):
        return words.BRANCH
    return words.DOOR if _get(where, "building_number") else None


def read_charge(order, goods):
    """Return what the buyer pays for the delivery in the order, and who pays for it.

    `full_price` is the order with the delivery; what it has more than the goods is what the buyer
    pays. A delivery that costs something and is not in it is paid by the seller, or by the buyer
    when he gets the parcel: Prom does not tell which.

    :param Order order: see :mod:`.schema`
    :param Decimal goods: what the buyer pays for the goods
    :return: the amount, and `buyer`, `shared`, `promotion`, `seller` or None where nobody knows
    :rtype: tuple[Decimal, str | None]
    """
    cost = order.delivery_cost.amount if order.delivery_cost else Decimal(0)
    if order.has_order_promo_free_delivery:
        return Decimal(0), PROMOTION
    if not order.full_price:
        return cost, BUYER if cost else None
    # Whether a discount is in `price` is not documented, nor whether it is in `full_price`.
    before = order.price.amount if order.price else goods
    extra = [order.full_price.amount - goods, order.full_price.amount - before]
    charge = cost if cost in extra else max(extra[0], Decimal(0))
    if not charge:
        return charge, SELLER if cost else None
    return charge, SHARED if charge < cost else BUYER
