import base64

from odoo import Command
from odoo.tests import tagged

from .common import FeedCommon, make_picture


@tagged("post_install", "-at_install")
class TestFeedVariants(FeedCommon):
    def test_variants_share_a_group_and_differ_by_an_attribute(self):
        template = self._make_template()
        root = self._generate()
        self.assertEqual(root.xpath("//offer/@group_id"), [str(template.id)] * 2)
        self.assertEqual(sorted(root.xpath("//offer/param[@name='Color']/text()")), ["Blue", "Red"])
        self.assertEqual(len(set(root.xpath("//offer/@id"))), 2)
        self.assertEqual(set(root.xpath("//offer/name/text()")), {"Clay cup"})

    def test_product_without_variants_has_no_group(self):
        self.assertIsNone(self._get_offer(self._make_product()).get("group_id"))

    def test_group_stays_when_a_product_is_added_before(self):
        template = self._make_template()
        before = self._generate().xpath("//offer/@group_id")
        self._make_template(values=("Green", "Black"))
        self.assertEqual(self._generate().xpath("//offer/@group_id")[:2], before)
        self.assertEqual(before[0], str(template.id))

    def test_variants_carry_the_same_attribute_names(self):
        template = self._make_template()
        material = self.env["product.attribute"].create(
            {
                "name": "Material",
                "create_variant": "no_variant",
                "value_ids": [Command.create({"name": "Clay"}), Command.create({"name": "Glaze"})],
            }
        )
        template.attribute_line_ids = [
            Command.create(
                {
                    "attribute_id": material.id,
                    "value_ids": [Command.set(material.value_ids.ids)],
                }
            )
        ]
        for offer in self._generate().xpath("//offer"):
            self.assertEqual(sorted(offer.xpath("param/@name")), ["Color", "Material"])
            self.assertEqual(offer.xpath("param[@name='Material']/text()"), ["Clay|Glaze"])

    def test_attributes_are_ukrainian_when_the_feed_has_ukrainian(self):
        self.feed.secondary_lang_id = self.ukrainian
        template = self._make_template()
        attribute = template.attribute_line_ids.attribute_id
        attribute.with_context(lang="uk_UA").name = "Колір"
        attribute.value_ids[0].with_context(lang="uk_UA").name = 'Червоний "А" <1>'
        root = self._generate()
        self.assertEqual(set(root.xpath("//param/@name")), {"Колір"})
        self.assertIn('Червоний "А" <1>', root.xpath("//param/text()"))

    def test_archived_variant_is_not_published(self):
        template = self._make_template(values=("Red", "Blue", "Green"))
        template.product_variant_ids[0].active = False
        self.assertEqual(len(self._generate().xpath("//offer")), 2)

    def test_archived_products_are_not_published_even_when_asked_for(self):
        self._make_product(active=False)
        self.feed.domain = repr(
            [("categ_id", "=", self.category.id), ("active", "in", [True, False])]
        )
        self.assertFalse(self._generate().xpath("//offer"))

    def test_variant_shows_its_own_picture_and_else_that_of_the_product(self):
        template = self._make_template()
        first, second = template.product_variant_ids
        first.image_variant_1920 = make_picture("green")
        urls = [self._get_offer(product).xpath("picture/text()") for product in (first, second)]
        self.assertEqual([len(group) for group in urls], [1, 1])
        # The last part of the address changes with the picture.
        self.assertNotEqual(urls[0][0].rsplit("/")[-1], urls[1][0].rsplit("/")[-1])

    def _add_document(self, record, color="green", **changes):
        vals = {
            "name": f"{color}.jpg",
            "res_model": record._name,
            "res_id": record.id,
            "raw": base64.b64decode(make_picture(color)),
            "is_feed_picture": True,
        }
        return self.env["product.document"].create(vals | changes)

    def test_documents_that_are_to_be_published_follow_the_main_picture(self):
        template = self._make_template()
        first, second = template.product_variant_ids
        shared = self._add_document(template, "yellow")
        own = self._add_document(first, "black", sequence=99)
        self._add_document(template, "white", is_feed_picture=False)
        self._add_document(template, "pink", active=False)
        self._add_document(
            template,
            name="manual.pdf",
            raw=b"%PDF-1.4",
            mimetype="application/pdf",
        )
        pictures = template.product_variant_ids._get_data_feed_pictures()
        extra = (own + shared).ir_attachment_id
        self.assertEqual(pictures[first.id][0][1:], list(extra))
        self.assertEqual(pictures[second.id][0][1:], list(shared.ir_attachment_id))
        self.assertFalse(pictures[first.id][1])
        self.assertEqual(len(self._get_offer(first).xpath("picture")), 3)
        self.assertEqual(
            self.feed._find_picture(first.id, 2).checksum, own.ir_attachment_id.checksum
        )

    def test_extra_pictures_of_ecommerce_follow_the_main_one(self):
        if "product.image" not in self.env:
            self.skipTest("the database has no eCommerce")
        product = self._make_product()
        self.env["product.image"].create(
            [
                {
                    "name": color,
                    "image_1920": make_picture(color),
                    "product_tmpl_id": product.product_tmpl_id.id,
                }
                for color in ("green", "yellow", "black")
            ]
        )
        self.assertEqual(len(self._get_offer(product).xpath("picture")), 4)
        self.feed.image_limit = 2
        self.assertEqual(len(self._get_offer(product).xpath("picture")), 2)
