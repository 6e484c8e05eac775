"""Reads Prom.ua's price lists, by whomever they were written, to compare them tag by tag."""

from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from lxml import etree

# Field of an offer -> the tags that hold it, those that Prom.ua prefers first. `priceuah`, `image`,
# `catalog` and `items` belong to the flavour of Price.ua, which Prom.ua takes too.
TEXTS = {
    "name": ("name",),
    "name_ua": ("name_ua",),
    "description": ("description",),
    "description_ua": ("description_ua",),
    "keywords": ("keywords",),
    "keywords_ua": ("keywords_ua",),
    "discount": ("discount",),
    "currency": ("currencyId",),
    "category_id": ("categoryId",),
    "portal_category_id": ("portal_category_id",),
    "portal_category_url": ("portal_category_url",),
    "vendor": ("vendor",),
    "vendor_code": ("vendorCode", "barcode", "article"),
    "gtin": ("gtin",),
    "mpn": ("mpn",),
    "country": ("country", "country_of_origin"),
    "url": ("url",),
}
AMOUNTS = {
    "price": ("price", "priceuah"),
    "oldprice": ("oldprice", "price_old", "old_price"),
}
QUANTITIES = {
    "quantity": ("quantity_in_stock", "stock_quantity"),
    "minimum_order_quantity": ("minimum_order_quantity",),
}
PICTURES = ("picture", "image")
# Their order says nothing.
UNORDERED = ("tiers", "dimensions", "params", "others")


class Tier(NamedTuple):
    """A wholesale price and the quantity it begins with."""

    price: Decimal
    quantity: int


class Dimension(NamedTuple):
    """A measure of the package: ``weight``, ``width``, ``height`` or ``length``."""

    name: str
    value: Decimal
    unit: str


class Param(NamedTuple):
    """An attribute with its values."""

    name: str
    values: tuple[str, ...]
    unit: str


@dataclass(frozen=True)
class Category:
    """A group of the shop; empty text for what is not said."""

    id: str
    parent_id: str
    portal_id: str
    portal_url: str
    name: str


@dataclass(frozen=True)
class Offer:
    """One product or variety.

    Texts are stripped, and empty when the tag is missing or empty; numbers are then None.

    :ivar available: as written; None when it is not said at all, which is not the same as ""
    :ivar currency: ISO code of all amounts
    :ivar price: the selling price, before ``discount``
    :ivar oldprice: the price before a reduction
    :ivar discount: an amount, or a part of the price as in ``30%``
    :ivar others: attributes (as ``@name``) and tags that are not read, or that a synonym overrides,
        with their texts
    """

    id: str
    available: str | None = None
    in_stock: bool = False
    selling_type: str = ""
    group_id: str = ""
    name: str = ""
    name_ua: str = ""
    description: str = ""
    description_ua: str = ""
    keywords: str = ""
    keywords_ua: str = ""
    price: Decimal | None = None
    oldprice: Decimal | None = None
    discount: str = ""
    currency: str = ""
    tiers: tuple[Tier, ...] = ()
    category_id: str = ""
    portal_category_id: str = ""
    portal_category_url: str = ""
    pictures: tuple[str, ...] = ()
    vendor: str = ""
    vendor_code: str = ""
    gtin: str = ""
    mpn: str = ""
    country: str = ""
    quantity: int | None = None
    minimum_order_quantity: int | None = None
    dimensions: tuple[Dimension, ...] = ()
    params: tuple[Param, ...] = ()
    url: str = ""
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """A price list.

    :ivar currencies: ISO code and rate of each
    """

    date: str
    shop_name: str
    company: str
    url: str
    currencies: tuple[tuple[str, str], ...]
    categories: tuple[Category, ...]
    offers: tuple[Offer, ...]


def read(content):
    """Return what a price list says.

    Nothing outside the file is read: no DTD and no entity.

    :param bytes content: the file
    :rtype: Catalogue
    :raises lxml.etree.XMLSyntaxError: it is not XML
    :raises ValueError: it has entities, an offer without an id, or a malformed number
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(content, parser)
    if next(root.iter(etree.Entity), None) is not None:
        raise ValueError("Entities are not read.")
    shop = root if root.find("shop") is None else root.find("shop")
    return Catalogue(
        date=root.get("date", ""),
        shop_name=_text(shop.find("name")),
        company=_text(shop.find("company")),
        url=_text(shop.find("url")),
        currencies=tuple(
            (currency.get("id", ""), currency.get("rate", ""))
            for currency in shop.iterfind("currencies/currency")
        ),
        categories=tuple(
            _read_category(element)
            for path in ("categories/category", "catalog/category")
            for element in shop.iterfind(path)
        ),
        offers=tuple(
            _read_offer(element)
            for path in ("offers/offer", "items/item")
            for element in shop.iterfind(path)
        ),
    )


def compare(ours, theirs):
    """Return the names of the fields in which two offers differ.

    :param Offer ours: one offer
    :param Offer theirs: the other
    :rtype: list[str]
    """

    def value(offer, name):
        found = getattr(offer, name)
        return sorted(found, key=str) if name in UNORDERED else found

    names = [field.name for field in fields(Offer)]
    return [name for name in names if value(ours, name) != value(theirs, name)]


class _Tags:
    """The children of an element that were not read yet."""

    def __init__(self, element):
        self._left = list(element)

    def take(self, *names):
        """Return the children with one of the names, in the order of the file."""
        taken = [child for child in self._left if child.tag in names]
        self._left = [child for child in self._left if child.tag not in names]
        return taken

    def take_text(self, *names):
        """Return the best text: filled before empty, then by the order of the names.

        :return: None when no such tag is there
        :rtype: str | None
        """
        found = [child for child in self._left if child.tag in names]
        if not found:
            return None
        best = min(found, key=lambda child: (not _text(child), names.index(child.tag)))
        self._left.remove(best)
        return _text(best)

    @property
    def left(self):
        """The tags with a text that nobody took."""
        return tuple((child.tag, _text(child)) for child in self._left if _text(child))


def _read_category(element):
    return Category(
        id=element.get("id", ""),
        parent_id=element.get("parentId") or element.get("parentID", ""),
        portal_id=element.get("portal_id", ""),
        portal_url=element.get("portal_url", ""),
        name=_text(element),
    )


def _read_offer(element):
    attributes, tags = dict(element.attrib), _Tags(element)
    if not attributes.get("id"):
        raise ValueError("An offer has no id.")
    texts = {field: tags.take_text(*names) or "" for field, names in TEXTS.items()}
    amounts = {field: _amount(tags.take_text(*names)) for field, names in AMOUNTS.items()}
    numbers = {field: _number(tags.take_text(*names)) for field, names in QUANTITIES.items()}
    values = {
        "id": attributes.pop("id"),
        "available": attributes.pop("available", None),
        "in_stock": attributes.pop("in_stock", "") == "true",
        "selling_type": attributes.pop("selling_type", ""),
        "group_id": attributes.pop("group_id", None) or tags.take_text("group_id") or "",
        "pictures": tuple(filter(None, map(_text, tags.take(*PICTURES)))),
        "tiers": tuple(
            Tier(_amount(_text(tier.find("value"))), _number(_text(tier.find("quantity"))))
            for prices in tags.take("prices")
            for tier in prices.iterfind("price")
        ),
        "dimensions": tuple(
            Dimension(child.tag, _amount(_text(child)), child.get("unit", ""))
            for dimensions in tags.take("dimensions")
            for child in dimensions
        ),
        "params": tuple(map(_read_param, tags.take("param"))),
    }
    if values["available"] is None:
        values["available"] = tags.take_text("available")
    others = tuple((f"@{name}", value) for name, value in attributes.items()) + tags.left
    return Offer(**values, **texts, **amounts, **numbers, others=others)


def _read_param(element):
    values = (value.strip() for value in _text(element).split("|"))
    return Param(element.get("name", ""), tuple(filter(None, values)), element.get("unit", ""))


def _text(element):
    return "" if element is None else "".join(element.itertext()).strip()


def _amount(text):
    try:
        return Decimal(text) if text else None
    except InvalidOperation as error:
        raise ValueError(f"Not a number: {text}") from error


def _number(text):
    return int(text) if text else None
