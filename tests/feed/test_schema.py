"""The schemas accept what Prom.ua takes, and refuse what it does not."""

from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from .reader import AMOUNTS, QUANTITIES, TEXTS, Dimension, Offer, Param, Tier, read

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "samples"
SCHEMAS = ROOT / "garazd_product_feed" / "tests" / "data"
STRICT = etree.RelaxNG(file=str(SCHEMAS / "prom_feed.rng"))
LOOSE = etree.RelaxNG(file=str(SCHEMAS / "prom_feed_loose.rng"))

PROPERTY = settings(max_examples=80, deadline=None, database=None, derandomize=True)

FULL = """<yml_catalog date="2026-11-01 08:00">
<shop>
<name>Калина</name>
<company>Калина &amp; Ко</company>
<url>https://shop.example</url>
<currencies><currency id="UAH" rate="1"/></currencies>
<categories>
<category id="1">Одяг</category>
<category id="15" parentId="1" portal_id="35506" portal_url="https://prom.ua/x">Футболки</category>
</categories>
<offers>
<offer id="SKU-100-M" available="true" selling_type="u" group_id="100" in_stock="true">
  <name>Футболка базова хлопок</name><name_ua>Футболка базова бавовна</name_ua>
  <categoryId>15</categoryId><portal_category_id>35506</portal_category_id>
  <price>450.00</price><oldprice>520.00</oldprice><currencyId>UAH</currencyId>
  <prices><price><value>400.00</value><quantity>5</quantity></price></prices>
  <minimum_order_quantity>1</minimum_order_quantity>
  <quantity_in_stock>12</quantity_in_stock>
  <picture>https://shop.example/1.jpg</picture>
  <vendor>Без бренда</vendor><vendorCode>SKU-100-M</vendorCode><gtin>4820000000017</gtin>
  <mpn>T-100</mpn>
  <country>Україна</country>
  <keywords>базовая футболка, хлопковая футболка</keywords>
  <keywords_ua>базова футболка, бавовняна футболка</keywords_ua>
  <description><![CDATA[<p>...</p>]]></description>
  <description_ua><![CDATA[<p>...</p>]]></description_ua>
  <dimensions>
    <weight unit="kg">0.2</weight><width unit="cm">20</width>
    <height unit="cm">3</height><length unit="cm">25</length>
  </dimensions>
  <param name="Розмір">M</param><param name="Матеріал">Бавовна|Еластан</param>
</offer>
</offers>
</shop>
</yml_catalog>"""
PICTURE = "<picture>https://shop.example/1.jpg</picture>"
PARAM = '<param name="Розмір">M</param>'
NAME_UA = "<name_ua>Футболка базова бавовна</name_ua>"
KEYWORDS_UA = "<keywords_ua>базова футболка, бавовняна футболка</keywords_ua>"
DESCRIPTION_UA = "<description_ua><![CDATA[<p>...</p>]]></description_ua>"
TIER = "<price><value>400.00</value><quantity>5</quantity></price>"

# What -> the part of the full document that is replaced, and by what.
REFUSED = {
    "no date": (' date="2026-11-01 08:00"', ""),
    "date without time": ("2026-11-01 08:00", "2026-11-01"),
    "no shop name": ("<name>Калина</name>", ""),
    "no rate": (' rate="1"', ""),
    "category without id": ('category id="1"', "category"),
    "category with a word as id": ('category id="1"', 'category id="a"'),
    "category 0": ('category id="1"', 'category id="0"'),
    "portal category of a group as a word": ('portal_id="35506"', 'portal_id="abc"'),
    "relative address of a portal category": ("https://prom.ua/x", "/x"),
    "parent_id": ("parentId", "parent_id"),
    "no id": ('offer id="SKU-100-M"', "offer"),
    "empty id": ('offer id="SKU-100-M"', 'offer id=""'),
    "blank id": ('offer id="SKU-100-M"', 'offer id=" "'),
    "id over 255": ('offer id="SKU-100-M"', f'offer id="{"ї" * 256}"'),
    "available not said": (' available="true"', ""),
    "available yes": ('available="true"', 'available="yes"'),
    "ready to ship but sold out": ('available="true"', 'available=""'),
    "ready to ship but on order": ('available="true"', 'available="false"'),
    "in_stock false": ('in_stock="true"', 'in_stock="false"'),
    "selling type as a word": ('selling_type="u"', 'selling_type="retail"'),
    "selling type as a tag": ("<vendor>", "<selling_type>u</selling_type><vendor>"),
    "group 0": ('group_id="100"', 'group_id="0"'),
    "group over nine digits": ('group_id="100"', 'group_id="1000000000"'),
    "group as a tag": ("<vendor>", "<group_id>100</group_id><vendor>"),
    "type vendor.model": ('group_id="100"', 'group_id="100" type="vendor.model"'),
    "no name": ("<name>Футболка базова хлопок</name>", ""),
    "name of digits": ("Футболка базова хлопок", "12345"),
    "name over 110": ("Футболка базова хлопок", "ї" * 111),
    "no description": ("<description><![CDATA[<p>...</p>]]></description>", ""),
    "markup without CDATA": ("<description><![CDATA[<p>...</p>]]>", "<description><p>...</p>"),
    "description over 50000": ("<description><![CDATA[", "<description><![CDATA[" + "ї" * 50_000),
    "Ukrainian description over 50000": ("_ua><![CDATA[", "_ua><![CDATA[" + "ї" * 50_000),
    "Ukrainian name alone": (KEYWORDS_UA, "", DESCRIPTION_UA, ""),
    "Ukrainian description alone": (NAME_UA, "", KEYWORDS_UA, ""),
    "Ukrainian queries alone": (NAME_UA, "", DESCRIPTION_UA, ""),
    "empty Ukrainian description": ("_ua><![CDATA[<p>...</p>]]><", "_ua><"),
    "queries over 1024": ("базовая футболка, хлопковая футболка", "ї" * 1025),
    "no price": ("<price>450.00</price>", ""),
    "price 0": ("450.00", "0.00"),
    "negative price": ("450.00", "-450.00"),
    "price with a comma": ("450.00", "1 200,50"),
    "price with a currency": ("450.00", "450 UAH"),
    "price with an exponent": ("450.00", "4.5E2"),
    "both oldprice and discount": ("<oldprice>", "<discount>30%</discount><oldprice>"),
    "synonym of oldprice": ("<oldprice>520.00</oldprice>", "<price_old>520.00</price_old>"),
    "discount of nothing": ("<oldprice>520.00</oldprice>", "<discount>0%</discount>"),
    "discount of everything": ("<oldprice>520.00</oldprice>", "<discount>100%</discount>"),
    "no currency": ("<currencyId>UAH</currencyId>", ""),
    "currency as a sign": ("<currencyId>UAH", "<currencyId>₴"),
    "no category": ("<categoryId>15</categoryId>", ""),
    "portal category as a word": ("<portal_category_id>35506", "<portal_category_id>abc"),
    "portal category twice": (
        "<vendor>",
        "<portal_category_url>https://prom.ua/x</portal_category_url><vendor>",
    ),
    "no tiers in prices": (TIER, ""),
    "tier from 0": ("<quantity>5</quantity>", "<quantity>0</quantity>"),
    "least quantity of 0": ("<minimum_order_quantity>1", "<minimum_order_quantity>0"),
    "fractional quantity": ("<quantity_in_stock>12", "<quantity_in_stock>12.0"),
    "negative quantity": ("<quantity_in_stock>12", "<quantity_in_stock>-1"),
    "synonym of quantity_in_stock": (
        "<quantity_in_stock>12</quantity_in_stock>",
        "<stock_quantity>12</stock_quantity>",
    ),
    "no picture": (PICTURE, ""),
    "relative picture": ("<picture>https://shop.example", "<picture>"),
    "picture with a space": ("1.jpg", "1 a.jpg"),
    "eleven pictures": (PICTURE, PICTURE * 11),
    "two lines in vendor": ("Без бренда", "Без\nбренда"),
    "gtin with letters": ("4820000000017", "482000000001X"),
    "gtin of ten digits": ("4820000000017", "4820000000"),
    "weight in grams": ('unit="kg"', 'unit="g"'),
    "width without unit": ('<width unit="cm">', "<width>"),
    "width 0": (">20<", ">0<"),
    "unknown measure": ('<width unit="cm">20</width>', '<depth unit="cm">20</depth>'),
    "param without name": ('<param name="Розмір">', "<param>"),
    "param with an empty name": ('name="Розмір"', 'name=""'),
    "param without value": (PARAM, '<param name="Розмір"/>'),
    "param with an empty value": ("Бавовна|Еластан", "Бавовна||Еластан"),
    "unknown tag": ("<vendor>", "<presence>available</presence><vendor>"),
    "text between tags": ("<vendor>", "12<vendor>"),
}
ACCEPTED = {
    "sold out": ('available="true"', 'available=""', ' in_stock="true"', ""),
    "on order": ('available="true"', 'available="false"', ' in_stock="true"', ""),
    "id of 255": ('offer id="SKU-100-M"', f'offer id="{"ї" * 255}"'),
    "greatest group": ('group_id="100"', 'group_id="999999999"'),
    "name of 110": ("Футболка базова хлопок", "ї" * 110),
    "empty description": ("<description><![CDATA[<p>...</p>]]>", "<description>"),
    "no Ukrainian texts": (NAME_UA, "", DESCRIPTION_UA, "", KEYWORDS_UA, ""),
    "no Ukrainian queries": (KEYWORDS_UA, ""),
    "discount in percent": ("<oldprice>520.00</oldprice>", "<discount>12.5%</discount>"),
    "discount under one percent": ("<oldprice>520.00</oldprice>", "<discount>0.05%</discount>"),
    "discount as an amount": ("<oldprice>520.00</oldprice>", "<discount>50.00</discount>"),
    "price under one": ("450.00", "0.01"),
    "several tiers": (TIER, TIER * 3),
    "nothing in stock": ("<quantity_in_stock>12", "<quantity_in_stock>0"),
    "ten pictures": (PICTURE, PICTURE * 10),
    "portal category by address": (
        "<portal_category_id>35506</portal_category_id>",
        "<portal_category_url>https://prom.ua/x</portal_category_url>",
    ),
    "many attributes": (PARAM, PARAM * 100),
    "attribute with unit": ('name="Розмір"', 'name="Розмір" unit="см"'),
    "comma in a value": ("Бавовна|Еластан", "Бавовна, еластан"),
}
# What other shops send and the addon does not.
LOOSE_ONLY = (
    *("no shop name", "category with a word as id", "available not said", "available yes"),
    *("in_stock false", "selling type as a word", "group as a tag", "type vendor.model"),
    *("no name", "no description", "Ukrainian name alone", "no price", "no currency"),
    *("both oldprice and discount", "synonym of oldprice", "synonym of quantity_in_stock"),
    *("no picture", "eleven pictures", "no category"),
)


def edit(*replacements):
    """Return the full document, parsed, with some parts replaced: old, new, old, new..."""
    text = FULL
    for old, new in zip(replacements[::2], replacements[1::2], strict=True):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return etree.fromstring(text)


def check(schema, document):
    """Fail with the complaints of the schema unless it accepts the document."""
    assert schema.validate(document), schema.error_log


def test_full_offer_is_accepted():
    check(STRICT, edit())
    check(LOOSE, edit())


@pytest.mark.parametrize("replacements", REFUSED.values(), ids=REFUSED)
def test_broken_price_list_is_refused(replacements):
    assert not STRICT.validate(edit(*replacements))


def find_accepted(change):
    """Return which elements of the full document may be changed, as ``parent/tag``.

    :param change: takes an element and its parent, and changes one of them
    :rtype: set[str]
    """
    accepted = set()
    for number in range(1, len(list(edit().iter()))):
        document = edit()
        element = list(document.iter())[number]
        parent = element.getparent()
        change(element, parent)
        if STRICT.validate(document):
            accepted.add(f"{parent.tag}/{element.tag}")
    return accepted


def test_only_a_description_may_be_empty():
    def empty(element, _parent):
        element[:] = []
        element.text = None

    assert find_accepted(empty) == {
        # It is empty anyway.
        "currencies/currency",
        *("shop/categories", "shop/offers", "offer/description", "offer/dimensions"),
    }


def test_only_members_of_lists_may_repeat():
    def repeat(element, _parent):
        element.addnext(deepcopy(element))

    assert find_accepted(repeat) == {
        *("currencies/currency", "categories/category", "offers/offer"),
        *("offer/picture", "offer/param", "prices/price"),
    }


def test_name_description_price_currency_group_and_picture_are_required():
    def remove(element, parent):
        parent.remove(element)

    assert find_accepted(remove) == {
        *("categories/category", "offers/offer", "offer/keywords", "offer/keywords_ua"),
        *("offer/oldprice", "offer/prices", "offer/portal_category_id"),
        *("offer/vendor", "offer/vendorCode", "offer/gtin", "offer/mpn", "offer/country"),
        *("offer/quantity_in_stock", "offer/minimum_order_quantity", "offer/dimensions"),
        *(f"dimensions/{name}" for name in ("weight", "width", "height", "length")),
        "offer/param",
    }


@pytest.mark.parametrize("replacements", ACCEPTED.values(), ids=ACCEPTED)
def test_other_way_to_publish_is_accepted(replacements):
    check(STRICT, edit(*replacements))


@pytest.mark.parametrize("what", LOOSE_ONLY)
def test_habits_of_other_shops_are_accepted_by_the_loose_schema(what):
    check(LOOSE, edit(*REFUSED[what]))


@pytest.mark.parametrize("name", ["single_offer_uuid_ids", "variants_group_id_excerpt"])
def test_real_price_list_is_accepted_by_the_loose_schema_only(name):
    document = etree.parse(SAMPLES / f"{name}.xml")
    check(LOOSE, document)
    assert not STRICT.validate(document)


# === ANY OFFER === #

# Letters that every version of libxml2 knows, and what XML has to escape.
LINE = (
    st.text(st.sampled_from("абвгґїЯxyzQ 0189-_./,;:!?'\"<>&()[]{}%№’ü\U0001f3fa"), min_size=1)
    .map(str.strip)
    .filter(bool)
)
PHRASE = LINE.map(lambda line: line[:40].strip())
NAME = LINE.map(lambda line: f"ї{line}"[:110].strip())
HTML = LINE.map(lambda line: f"<p>{line}\n\n]]></p>")
ADDRESS = st.integers(1, 10**9).map("https://shop.example/зображення/{}.jpg?a=1&b=2".format)
NUMBER = st.integers(1, 10**9)
AMOUNT = st.decimals("0.01", 10**7, places=2)
DISCOUNT = AMOUNT.map(str) | st.integers(1, 99).map("{}%".format)


def maybe(strategy, nothing=""):
    return st.just(nothing) | strategy


@st.composite
def offers(draw):
    """Draw an offer of the kind that the addon publishes."""
    available = draw(st.sampled_from(["true", "false", ""]))
    oldprice, discount = draw(
        st.tuples(maybe(AMOUNT, None), st.just("")) | st.tuples(st.none(), DISCOUNT)
    )
    name_ua, description_ua, keywords_ua = draw(
        st.just(("", "", "")) | st.tuples(NAME, HTML, maybe(PHRASE))
    )
    portal_id, portal_url = draw(
        st.tuples(maybe(NUMBER.map(str)), st.just("")) | st.tuples(st.just(""), ADDRESS)
    )
    measures = draw(st.dictionaries(st.sampled_from(["weight", "width", "height"]), AMOUNT))
    return Offer(
        id=draw(LINE.map(lambda line: line[:255].strip())),
        available=available,
        in_stock=available == "true" and draw(st.booleans()),
        selling_type=draw(st.sampled_from(["", "r", "w", "u", "s"])),
        group_id=draw(maybe(st.integers(1, 999_999_999).map(str))),
        name=draw(NAME),
        name_ua=name_ua,
        description=draw(maybe(HTML)),
        description_ua=description_ua,
        keywords=draw(maybe(PHRASE)),
        keywords_ua=keywords_ua,
        price=draw(AMOUNT),
        oldprice=oldprice,
        discount=discount,
        currency=draw(st.sampled_from(["UAH", "USD", "EUR"])),
        tiers=tuple(draw(st.lists(st.builds(Tier, AMOUNT, NUMBER), max_size=3))),
        category_id=str(draw(NUMBER)),
        portal_category_id=portal_id,
        portal_category_url=portal_url,
        pictures=tuple(draw(st.lists(ADDRESS, min_size=1, max_size=10))),
        vendor=draw(maybe(LINE)),
        vendor_code=draw(maybe(LINE)),
        gtin=draw(maybe(st.sampled_from(["48200017", "4820000000017"]))),
        mpn=draw(maybe(LINE)),
        country=draw(maybe(LINE)),
        quantity=draw(maybe(st.integers(0, 10**6), None)),
        minimum_order_quantity=draw(maybe(NUMBER, None)),
        dimensions=tuple(
            Dimension(name, value, "kg" if name == "weight" else "cm")
            for name, value in measures.items()
        ),
        params=tuple(
            Param(name, tuple(values), unit)
            for name, values, unit in draw(
                st.lists(
                    st.tuples(PHRASE, st.lists(PHRASE, min_size=1, max_size=3), maybe(PHRASE)),
                    max_size=4,
                )
            )
        ),
    )


def write(offer, shuffle):
    """Return an offer as XML.

    :param Offer offer: what to write
    :param shuffle: takes a list of lists of elements with the same tag and puts it into some order
    :rtype: lxml.etree._Element
    """
    element = etree.Element("offer", id=offer.id, available=offer.available)
    for name, value in (
        ("in_stock", "true" if offer.in_stock else ""),
        ("selling_type", offer.selling_type),
        ("group_id", offer.group_id),
    ):
        if value:
            element.set(name, value)
    tags = []
    for field, (tag, *_synonyms) in (TEXTS | AMOUNTS | QUANTITIES).items():
        value = getattr(offer, field)
        if value not in ("", None) or tag == "description":
            tags.append([_tag(tag, value)])
    tags.append([_tag("picture", picture) for picture in offer.pictures])
    tags.append(
        [
            _tag("param", "|".join(param.values), name=param.name, unit=param.unit)
            for param in offer.params
        ]
    )
    if offer.tiers:
        prices = _tag("prices")
        for tier in offer.tiers:
            price = etree.SubElement(prices, "price")
            price.extend([_tag("quantity", tier.quantity), _tag("value", tier.price)])
        tags.append([prices])
    if offer.dimensions:
        dimensions = _tag("dimensions")
        dimensions.extend(_tag(part.name, part.value, unit=part.unit) for part in offer.dimensions)
        tags.append([dimensions])
    for same in shuffle(tags):
        element.extend(same)
    return element


def _tag(tag, text="", **attributes):
    element = etree.Element(tag, {name: value for name, value in attributes.items() if value})
    element.text = str(text)
    return element


@PROPERTY
@given(offers(), st.randoms(use_true_random=False))
def test_any_offer_is_valid_in_any_order_and_reads_back_equal(offer, random):
    def shuffle(tags):
        return random.sample(tags, len(tags))

    document = edit()
    document.find("shop/offers")[:] = [write(offer, shuffle)]
    content = etree.tostring(document, encoding="UTF-8", xml_declaration=True)
    check(STRICT, etree.fromstring(content))
    check(LOOSE, etree.fromstring(content))
    assert read(content).offers == (offer,)
