"""The reader understands the files of other shops, and loses nothing of them."""

from collections import Counter
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from .reader import Category, Dimension, Offer, Param, Tier, compare, read

SAMPLES = Path(__file__).parents[1] / "samples"
# Amounts and quantities, which say the same in another spelling.
NUMBERS = {"price", "quantity_in_stock"}


def read_offer(inside, attributes='id="1"'):
    return read(
        f"<yml_catalog><shop><offers><offer {attributes}>{inside}</offer></offers></shop>"
        "</yml_catalog>".encode()
    ).offers[0]


def find_values(element):
    """Return every attribute and text of an XML element that is not empty."""
    for node in element.iter(etree.Element):
        yield from filter(None, node.attrib.values())
        text = (node.text or "").strip()
        if text and not len(node):
            yield f"{Decimal(text):f}" if node.tag in NUMBERS else text
        assert not (node.tail or "").strip()


def find_read_values(value):
    """Return every text and number in a dataclass; a yes as "true", like in the file."""
    if is_dataclass(value):
        value = [getattr(value, field.name) for field in fields(value)]
    if isinstance(value, (tuple, list)):
        for part in value:
            yield from find_read_values(part)
    elif value is True:
        yield "true"
    elif value not in (None, "") and value is not False:
        yield str(value)


@pytest.mark.parametrize("name", ["single_offer_uuid_ids", "variants_group_id_excerpt"])
def test_every_value_of_a_real_price_list_is_read_once(name):
    content = (SAMPLES / f"{name}.xml").read_bytes()
    catalogue = read(content)
    assert catalogue.offers
    assert not any(offer.others for offer in catalogue.offers)
    written = Counter(find_values(etree.fromstring(content)))
    assert Counter(find_read_values(catalogue)) == written


def test_real_varieties_share_a_group_and_differ_in_size():
    catalogue = read((SAMPLES / "variants_group_id_excerpt.xml").read_bytes())
    sizes = [{p.name: p.values for p in offer.params} for offer in catalogue.offers]
    assert [size["Розмір дитячого одягу (за зростом)"] for size in sizes] == [
        ("56",),
        ("62",),
        ("68",),
    ]
    assert {offer.group_id for offer in catalogue.offers} == {"2451"}
    assert [offer.available for offer in catalogue.offers] == ["true", "true", ""]
    assert [offer.quantity for offer in catalogue.offers] == [1, 1, None]


PRICE_UA = """<?xml version="1.0" encoding="UTF-8"?>
<price date="2026-11-01 08:00"><shop>
  <catalog>
    <category id="1">Посуд</category>
    <category id="2" parentID="1" portal_id="380601">Чашки</category>
  </catalog>
  <items>
    <item id="c-1" selling_type="u" group_id="7">
      <name>Чашка</name><categoryId>2</categoryId><priceuah>99.50</priceuah>
      <image>https://shop.example/1.jpg</image><image>https://shop.example/2.jpg</image>
      <available>true</available>
      <prices><price><value>90</value><quantity>5</quantity></price></prices>
      <dimensions><weight unit="kg">0.3</weight><width unit="cm">9</width></dimensions>
      <param name="Об`єм" unit="мл">250 | 300</param>
    </item>
  </items>
</shop></price>"""


def test_flavour_of_price_ua_is_read_like_the_other_one():
    catalogue = read(PRICE_UA.encode())
    assert catalogue.categories == (
        Category("1", "", "", "", "Посуд"),
        Category("2", "1", "380601", "", "Чашки"),
    )
    assert catalogue.offers == (
        Offer(
            id="c-1",
            available="true",
            selling_type="u",
            group_id="7",
            name="Чашка",
            category_id="2",
            price=Decimal("99.50"),
            pictures=("https://shop.example/1.jpg", "https://shop.example/2.jpg"),
            tiers=(Tier(Decimal(90), 5),),
            dimensions=(Dimension("weight", Decimal("0.3"), "kg"), Dimension("width", 9, "cm")),
            params=(Param("Об`єм", ("250", "300"), "мл"),),
        ),
    )


def test_blocks_may_stand_in_the_root():
    catalogue = read(b'<price><catalog/><items><item id="1"/></items></price>')
    assert catalogue.offers == (Offer("1"),)


@pytest.mark.parametrize(
    ("field", "tags"),
    [
        ("oldprice", ("oldprice", "price_old", "old_price")),
        ("vendor_code", ("vendorCode", "barcode", "article")),
        ("quantity", ("quantity_in_stock", "stock_quantity")),
        ("country", ("country", "country_of_origin")),
    ],
)
def test_best_synonym_wins_wherever_it_stands(field, tags):
    while tags:
        values = {tag: str(number) for number, tag in enumerate(tags, start=1)}
        inside = "".join(f"<{tag}>{value}</{tag}>" for tag, value in reversed(values.items()))
        offer = read_offer(inside)
        assert str(getattr(offer, field)) == "1"
        assert dict(offer.others) == {tag: values[tag] for tag in tags[1:]}
        tags = tags[1:]


def test_empty_synonym_does_not_hide_a_filled_one():
    assert read_offer("<vendorCode/><article>A-1</article>").vendor_code == "A-1"


@pytest.mark.parametrize(
    ("attributes", "inside", "available"),
    [
        ('available="false"', "<available>true</available>", "false"),
        ('available=""', "<available>true</available>", ""),
        ("", "<available>true</available>", "true"),
        ("", "<available/>", ""),
        ("", "", None),
    ],
)
def test_attribute_available_goes_before_the_tag(attributes, inside, available):
    assert read_offer(inside, f'id="1" {attributes}').available == available


def test_group_is_an_attribute_or_a_tag():
    assert read_offer("<group_id>5</group_id>").group_id == "5"
    assert read_offer("<group_id>5</group_id>", 'id="1" group_id="6"').group_id == "6"


def test_what_prom_ignores_is_kept_apart():
    offer = read_offer(
        "<selling_type>w</selling_type><pickup>true</pickup><model/>", 'id="1" type="vendor.model"'
    )
    assert offer.selling_type == ""
    assert offer.others == (
        ("@type", "vendor.model"),
        ("selling_type", "w"),
        ("pickup", "true"),
    )


def test_comma_does_not_separate_values_but_a_bar_does():
    offer = read_offer('<param name="a">x, y | z|</param>')
    assert offer.params == (Param("a", ("x, y", "z"), ""),)


def test_markup_outside_of_cdata_and_comments_do_not_cut_a_text():
    offer = read_offer("<description>one <b>two</b><!-- no --> <![CDATA[<i>]]>three</description>")
    assert offer.description == "one two <i>three"


@pytest.mark.parametrize(
    "inside",
    [
        "<price>1 200,50</price>",
        "<quantity_in_stock>1.5</quantity_in_stock>",
        "<prices><price><value>x</value></price></prices>",
    ],
)
def test_malformed_number_is_not_taken_for_none(inside):
    with pytest.raises(ValueError):
        read_offer(inside)


@pytest.mark.parametrize("attributes", ["", 'id=""'])
def test_offer_without_id_is_refused(attributes):
    with pytest.raises(ValueError, match="no id"):
        read_offer("", attributes)


def test_entities_are_neither_read_nor_dropped_silently(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    for definition in (f'SYSTEM "{secret.as_uri()}"', '"inside"'):
        document = (
            f"<!DOCTYPE yml_catalog [<!ENTITY x {definition}>]>"
            "<yml_catalog><shop><name>a &x; b</name></shop></yml_catalog>"
        )
        with pytest.raises(ValueError, match="Entities"):
            read(document.encode())


def test_offers_are_compared_field_by_field():
    offer = read(PRICE_UA.encode()).offers[0]
    other = replace(offer, name="Чаша", price=Decimal("99.5"), quantity=0)
    assert compare(offer, offer) == []
    assert compare(offer, other) == ["name", "quantity"]


def test_order_matters_for_pictures_and_not_for_attributes():
    pictures, params = (
        ("https://a.b/1", "https://a.b/2"),
        (Param("a", ("1",), ""), Param("b", (), "")),
    )
    offer = Offer("1", pictures=pictures, params=params)
    other = Offer("1", pictures=pictures[::-1], params=params[::-1])
    assert compare(offer, other) == ["pictures"]
