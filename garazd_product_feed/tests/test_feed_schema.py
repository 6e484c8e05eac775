import importlib
import unittest
from contextlib import suppress
from pathlib import Path

from lxml import etree

from odoo import Command
from odoo.tests import tagged
from odoo.tools import file_path

from ..tools.text import clean_line, cut_words, describe
from .common import FeedCommon, make_picture

try:
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st
except ImportError:
    given = None

SAMPLE = "tests/samples/variants_group_id_excerpt.xml"
# What a shop writes: anything that a database can hold.
TEXTS = given and st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=200
)


@tagged("post_install", "-at_install")
class TestFeedSchema(FeedCommon):
    """The file is what Prom.ua's format says, whatever is in the database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = file_path("garazd_product_feed/tests/data/prom_feed.rng")
        cls.schema = etree.RelaxNG(etree.parse(path))
        cls.feed.secondary_lang_id = cls.ukrainian

    def _assert_valid(self, root):
        self.assertTrue(self.schema.validate(root), self.schema.error_log)

    def _set_values(self, *lines):
        self.feed.value_ids = [Command.create({"source": "text", **line}) for line in lines]

    def _make_rich_product(self, **changes):
        """Create a product that has everything the format knows."""
        product = self._make_product(
            default_code="SKU-100",
            barcode="4006381333931",
            weight=0.2,
            portal_category_ref="35506",
            **changes,
        )
        product.with_context(lang="uk_UA").write(
            {"name": "Горщик", "description_sale": "Глиняний горщик, випалений у печі двічі."}
        )
        product.product_tmpl_id.product_tag_ids = self.env["product.tag"].create({"name": "pot"})
        self._set_stock(product, 12)
        return product

    def test_offer_with_everything(self):
        self._make_rich_product()
        category = self.env["product.category"].create({"name": "Home"})
        self.category.parent_id = category
        self.feed.pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Prom",
                "currency_id": self.hryvnia.id,
                "item_ids": [
                    Command.create({"compute_price": "fixed", "fixed_price": 450}),
                    Command.create(
                        {"compute_price": "fixed", "fixed_price": 400, "min_quantity": 5}
                    ),
                    Command.create(
                        {"compute_price": "fixed", "fixed_price": 350, "min_quantity": 9.5}
                    ),
                ],
            }
        )
        self.feed.compare_pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Old",
                "currency_id": self.hryvnia.id,
                "item_ids": [Command.create({"compute_price": "fixed", "fixed_price": 520})],
            }
        )
        self._set_values(
            {"target": "vendor", "text": "Без бренда"},
            {"target": "mpn", "text": "M-1"},
            {"target": "country", "text": "Україна"},
            {"target": "minimum_order_quantity", "text": "1"},
            {"target": "ready_to_ship", "text": "1"},
            {"target": "width", "text": "20"},
            {"target": "height", "text": "3,5"},
            {"target": "length", "text": "25"},
            {"target": "param", "param_name": "Об`єм", "text": "1 | 2"},
        )
        self._generate()
        self.feed.group_ids.filtered(
            lambda group: group.number == category.id
        ).portal_ref = "https://prom.ua/ua/Posuda"
        root = self._generate()
        self._assert_valid(root)
        offer = root.find(".//offer")
        self.assertEqual(
            dict(offer.attrib),
            {"id": "SKU-100", "available": "true", "in_stock": "true", "selling_type": "u"},
        )
        values = {child.tag: child.text for child in offer}
        self.assertLessEqual(
            {
                "name": "Clay pot",
                "name_ua": "Горщик",
                "categoryId": str(self.category.id),
                "portal_category_id": "35506",
                "price": "450.00",
                "oldprice": "520.00",
                "currencyId": "UAH",
                "minimum_order_quantity": "1",
                "quantity_in_stock": "12",
                "vendor": "Без бренда",
                "vendorCode": "SKU-100",
                "gtin": "4006381333931",
                "mpn": "M-1",
                "country": "Україна",
                "keywords": "pot",
                "keywords_ua": "pot",
                "param": "1 / 2",
            }.items(),
            values.items(),
        )
        tiers = [(tier[0].text, tier[1].text) for tier in offer.iterfind("prices/price")]
        self.assertEqual(tiers, [("400.00", "5"), ("350.00", "10")])
        sizes = {size.tag: (size.text, size.get("unit")) for size in offer.find("dimensions")}
        self.assertEqual(
            sizes,
            {
                "weight": ("0.2", "kg"),
                "width": ("20", "cm"),
                "height": ("3.5", "cm"),
                "length": ("25", "cm"),
            },
        )
        self.assertEqual(root.xpath("//category/@portal_url"), ["https://prom.ua/ua/Posuda"])
        self.assertFalse(self.feed.issue_ids)

    def test_discount_is_written_instead_of_the_old_price(self):
        self._make_product()
        self.feed.pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Prom",
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 25})],
            }
        )
        self.feed.compare_sales_price = True
        for style, discount in (("amount", "100.00"), ("percent", "25%")):
            self.feed.compare_style = style
            root = self._generate()
            self._assert_valid(root)
            self.assertEqual(root.findtext(".//offer/price"), "400.00")
            self.assertEqual(root.findtext(".//offer/discount"), discount)
            self.assertIsNone(root.find(".//oldprice"))

    def test_variants_services_and_sold_out_products(self):
        self._make_template()
        self._make_product(type="service", is_storable=False)
        self._make_product(is_storable=False)
        self._make_product(categ_id=False)
        self.feed.domain = repr([("create_uid", "=", self.env.uid)])
        root = self._generate()
        self._assert_valid(root)
        self.assertGreaterEqual(len(root.findall(".//offer")), 5)

    def test_variants_with_different_attributes_get_the_common_ones(self):
        template = self._make_template()
        template.product_variant_ids[0].weight = 5
        self.feed.value_ids = [
            Command.create({"target": "param", "param_name": "Weight", "field_path": "weight"})
        ]
        root = self._generate()
        names = [sorted(offer.xpath("param/@name")) for offer in root.findall(".//offer")]
        self.assertEqual(names, [["Color"], ["Color"]])
        self.assertIn("variant_attributes", self.feed.issue_ids.mapped("code"))

    def test_attributes_that_the_marketplace_knows_come_first(self):
        template = self._make_template()
        known = self.env["product.attribute"].create(
            {
                "name": "Size",
                "sequence": 99,
                "create_variant": "no_variant",
                "portal_name": "Розмір",
                "portal_unit": "см",
                "value_ids": [
                    Command.create({"name": "Big", "portal_name": "Великий"}),
                    Command.create({"name": "Small|er"}),
                ],
            }
        )
        template.attribute_line_ids = [
            Command.create(
                {"attribute_id": known.id, "value_ids": [Command.set(known.value_ids.ids)]}
            )
        ]
        root = self._generate()
        self._assert_valid(root)
        params = [
            (param.get("name"), param.text, param.get("unit"))
            for param in root.find(".//offer").iterfind("param")
        ]
        self.assertEqual(params, [("Розмір", "Великий|Small/er", "см"), ("Color", "Red", None)])

    @unittest.skipUnless(given, "needs hypothesis")
    def test_any_text_comes_back_as_it_is(self):
        product = self._make_rich_product()
        attribute = self.env["product.attribute"].create({"name": "x", "value_ids": []})
        value = self.env["product.attribute.value"].create(
            {"name": "x", "attribute_id": attribute.id}
        )
        self.env["product.product"].browse(product.id).product_tmpl_id.attribute_line_ids = [
            Command.create({"attribute_id": attribute.id, "value_ids": [Command.set(value.ids)]})
        ]
        product = product.product_tmpl_id.product_variant_id
        self._set_values({"target": "vendor", "text": "x"})
        vendor = self.feed.value_ids.filtered(lambda line: line.target == "vendor")
        ukrainian = product.with_context(lang="uk_UA")

        @given(TEXTS, TEXTS, TEXTS)
        @settings(
            max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None
        )
        def check(name, description, word):
            product.write({"name": name, "description_sale": description, "default_code": word})
            ukrainian.write({"name": word, "description_sale": name})
            vendor.text = description or "x"
            attribute.name = value.name = word
            text, _findings = self.feed._render_products(product)
            offer = etree.fromstring(text)
            self.assertEqual(offer.findtext("name"), cut_words(clean_line(name), 110))
            self.assertEqual(offer.findtext("description"), describe(description, False).html)
            self.assertEqual(offer.findtext("vendorCode") or "", clean_line(word))
            self.assertEqual(offer.findtext("vendor") or "", clean_line(description or "x"))
            param = offer.find("param")
            if clean_line(word):
                self.assertEqual(param.get("name"), clean_line(word))
                self.assertEqual(param.text, clean_line(word).replace("|", "/"))

        check()


@tagged("post_install", "-at_install")
class TestFeedLikeOthers(FeedCommon):
    """The same goods give the same offers as in the feed of a real shop, tag by tag."""

    def test_shop_of_the_sample(self):
        reader = None
        with suppress(ImportError):
            reader = importlib.import_module("tests.feed.reader")
        root = Path(file_path("garazd_product_feed")).parent
        if not reader or not (root / SAMPLE).exists():
            self.skipTest("The reader and the samples are only in the repository")
        sample = reader.read((root / SAMPLE).read_bytes())
        theirs = sorted(
            (offer for offer in sample.offers if offer.group_id == sample.offers[0].group_id),
            key=lambda offer: offer.vendor_code,
        )
        ours = self._build(theirs)
        self.assertEqual(len(ours), len(theirs))
        for our, their in zip(ours, theirs, strict=True):
            # Numbers of this database, its pictures, no page of a shop; descriptions were entered
            # as plain text; and variants have no size in their name.
            expected = {"id", "group_id", "category_id", "pictures", "url", "name", "name_ua"}
            expected |= {"description", "description_ua"}
            if their.quantity is None:
                # That shop only says that it is sold out; we say 0 too.
                expected.add("quantity")
            self.assertEqual(set(reader.compare(our, their)), expected)

    def _build(self, offers):
        """Make the products of a shop in Odoo and return how this feed offers them."""
        names = [param.name for param in offers[0].params]
        lines = []
        for name in names:
            values = dict.fromkeys(
                value
                for offer in offers
                for p in offer.params
                if p.name == name
                for value in p.values
            )
            attribute = self.env["product.attribute"].create(
                {"name": name, "value_ids": [Command.create({"name": value}) for value in values]}
            )
            lines.append(
                Command.create(
                    {
                        "attribute_id": attribute.id,
                        "value_ids": [Command.set(attribute.value_ids.ids)],
                    }
                )
            )
        template = self.env["product.template"].create(
            {
                "name": "Велюровий чоловічок",
                "description_sale": "Стриманий монохромний чоловічок із м'якої бавовни.",
                "list_price": float(offers[0].price),
                "categ_id": self.category.id,
                "is_storable": True,
                "image_1920": make_picture(),
                "attribute_line_ids": lines,
            }
        )
        values_of = {
            frozenset(v for p in offer.params for v in p.values): offer for offer in offers
        }
        for product in template.product_variant_ids:
            key = frozenset(product.product_template_attribute_value_ids.mapped("name"))
            product.default_code = values_of[key].vendor_code
            if values_of[key].quantity:
                self._set_stock(product, values_of[key].quantity)
        self.feed.write(
            {
                "lang_id": self.ukrainian.id,
                "currency_id": self.hryvnia.id,
                "pricelist_id": self.env["product.pricelist"]
                .create(
                    {
                        "name": "Prom",
                        "currency_id": self.hryvnia.id,
                        "item_ids": [
                            Command.create(
                                {"compute_price": "fixed", "fixed_price": float(offers[0].price)}
                            )
                        ],
                    }
                )
                .id,
                "value_ids": [
                    Command.create(
                        {"target": "vendor", "source": "text", "text": offers[0].vendor}
                    ),
                    Command.create({"target": "ready_to_ship", "source": "text", "text": "1"}),
                ],
            }
        )
        self._generate()
        reader = importlib.import_module("tests.feed.reader")
        content = reader.read(self.feed.sudo().attachment_id.raw)
        return sorted(content.offers, key=lambda offer: offer.vendor_code)
