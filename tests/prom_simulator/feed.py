"""Reading a price list in Prom's YML dialect (feed.md sections 1-5)."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

_SELLING_TYPES = {"r": "retail", "w": "wholesale", "u": "universal", "s": "service"}
MAX_PICTURES = 10


class FeedError(Exception):
    """The file cannot be read at all."""


@dataclass
class Offer:
    """One offer. `available` None means the feed says nothing about it."""

    id: str
    name: str | None = None
    name_ua: str | None = None
    description: str | None = None
    description_ua: str | None = None
    keywords: str | None = None
    price: Decimal | None = None
    old_price: Decimal | None = None
    discount: str | None = None
    currency: str = "UAH"
    category: str | None = None
    sku: str | None = None
    quantity: int | None = None
    available: str | None = None
    in_stock: bool = False
    selling_type: str = "retail"
    group_id: int | None = None
    portal_category: int | None = None
    pictures: list[str] = field(default_factory=list)
    prices: list[tuple[Decimal, Decimal]] = field(default_factory=list)


@dataclass
class Feed:
    """A price list; `problems` are the offers Prom would refuse."""

    categories: dict[str, tuple[str, str | None]]
    offers: list[Offer]
    problems: list[dict]


def read_feed(content):
    """Parse a price list.

    :param bytes content: the file.
    :rtype: Feed
    :raises FeedError: when it is no YML.
    """
    if b"<!ENTITY" in content:
        raise FeedError("entities are not allowed")
    try:
        root = ET.fromstring(content)
    except ET.ParseError as error:
        raise FeedError(str(error)) from None
    shop = root.find("shop")
    if root.tag != "yml_catalog" or shop is None:
        raise FeedError("no yml_catalog/shop element")
    categories = {
        row.get("id", ""): ((row.text or "").strip(), row.get("parentId"))
        for row in shop.iterfind("categories/category")
    }
    feed = Feed(categories, [], [])
    seen = set()
    for element in shop.iterfind("offers/offer"):
        key = (element.get("id") or "").strip()
        try:
            offer = _offer(key, element, seen)
        except (ValueError, InvalidOperation) as error:
            feed.problems.append({"offer": key, "message": str(error) or "invalid number"})
            continue
        seen.add(key)
        feed.offers.append(offer)
    return feed


def _offer(key, element, seen):
    def text(*names):
        for name in names:
            found = element.find(name)
            if found is not None and (found.text or "").strip():
                return found.text.strip()
        return None

    def number(*names):
        value = text(*names)
        return Decimal(value) if value else None

    if not key or key in seen:
        raise ValueError("missing or repeated id")
    name, price = text("name"), number("price")
    prices = [
        (Decimal(row.findtext("value", "")), Decimal(row.findtext("quantity", "")))
        for row in element.iterfind("prices/price")
    ]
    if not name:
        raise ValueError("no name")
    if price is None and not prices:
        raise ValueError("no price")
    if price is not None and price <= 0:
        raise ValueError("price must be greater than 0")
    available = element.get("available")
    if available is None and element.find("available") is not None:
        available = element.findtext("available", "")
    quantity = number("quantity_in_stock", "stock_quantity")
    return Offer(
        id=key,
        name=name[:130],
        name_ua=text("name_ua"),
        description=text("description"),
        description_ua=text("description_ua"),
        keywords=text("keywords"),
        price=price,
        old_price=number("oldprice", "price_old", "old_price"),
        discount=text("discount"),
        currency=text("currencyId") or "UAH",
        category=text("categoryId"),
        sku=text("vendorCode", "barcode", "article"),
        quantity=None if quantity is None else int(quantity),
        available=available,
        in_stock=element.get("in_stock") == "true",
        selling_type=_SELLING_TYPES.get(element.get("selling_type"), "retail"),
        group_id=int(element.get("group_id") or text("group_id") or 0) or None,
        portal_category=int(text("portal_category_id") or 0) or None,
        pictures=[(row.text or "").strip() for row in element.iterfind("picture") if row.text][
            :MAX_PICTURES
        ],
        prices=prices,
    )
