from odoo.tests import tagged

from .common import FeedCommon

NASTY = "Чашка \x0b<&>\"' ]]> \u2028🏺\ufffe\x1b та блюдце"
UA_DESCRIPTION = "Глиняна чашка ручної роботи, глазурована всередині."


@tagged("post_install", "-at_install")
class TestFeedTexts(FeedCommon):
    def test_any_unicode_gives_a_well_formed_file(self):
        self.category.name = NASTY
        self.company.name = NASTY
        product = self._make_product(
            name=NASTY, description_sale=f"{NASTY}\n\n{NASTY}", default_code="A&<1>"
        )
        offer = self._get_offer(product)
        self.assertEqual(offer.findtext("name"), "Чашка <&>\"' ]]> 🏺 та блюдце")
        self.assertIn("]]&gt;", offer.findtext("description"))
        self.assertEqual(offer.get("id"), "A&<1>")

    def test_description_is_html_in_cdata(self):
        self._make_product(description_sale="One & two\nthree")
        self.feed._generate()
        raw = self.feed.sudo().attachment_id.raw.decode()
        self.assertIn("<description><![CDATA[<p>One &amp; two<br>three</p>]]></description>", raw)

    def test_one_language_gives_no_ukrainian_tags(self):
        offer = self._get_offer(self._make_product())
        self.assertIsNone(offer.find("name_ua"))
        self.assertIsNone(offer.find("description_ua"))

    def test_two_languages_give_both_pairs(self):
        self.feed.secondary_lang_id = self.ukrainian
        product = self._make_product()
        product.with_context(lang="uk_UA").write(
            {"name": "Глиняна чашка", "description_sale": UA_DESCRIPTION}
        )
        offer = self._get_offer(product)
        self.assertEqual(offer.findtext("name"), "Clay pot")
        self.assertEqual(offer.findtext("name_ua"), "Глиняна чашка")
        self.assertIn("A pot made of clay", offer.findtext("description"))
        self.assertIn(UA_DESCRIPTION, offer.findtext("description_ua"))

    def test_ukrainian_as_main_language_still_goes_to_the_ukrainian_tags(self):
        self.feed.write({"lang_id": self.ukrainian.id, "secondary_lang_id": self.english.id})
        product = self._make_product()
        product.with_context(lang="uk_UA").name = "Глиняна чашка"
        offer = self._get_offer(product)
        self.assertEqual(offer.findtext("name"), "Clay pot")
        self.assertEqual(offer.findtext("name_ua"), "Глиняна чашка")

    def test_shop_that_only_writes_ukrainian_has_it_in_both_places(self):
        self.feed.lang_id = self.ukrainian
        product = self._make_product()
        product.with_context(lang="uk_UA").name = "Глиняна чашка"
        offer = self._get_offer(product)
        self.assertEqual(offer.findtext("name"), "Глиняна чашка")
        self.assertEqual(offer.findtext("name_ua"), "Глиняна чашка")

    def test_ukrainian_name_without_description_is_left_out(self):
        self.feed.secondary_lang_id = self.ukrainian
        product = self._make_product()
        product.with_context(lang="uk_UA").write({"name": "Чашка", "description_sale": ""})
        offer = self._get_offer(product)
        self.assertIsNone(offer.find("name_ua"))
        self.assertIsNone(offer.find("description_ua"))
        self.assertIn("translation_incomplete", self._get_codes(product))

    def test_name_is_cut_at_a_word(self):
        product = self._make_product(name="горщик " * 30)
        name = self._get_offer(product).findtext("name")
        self.assertLessEqual(len(name), 110)
        self.assertTrue(name.endswith("горщик"))
        self.assertIn("name_cut", self._get_codes(product))

    def test_description_for_marketplaces_comes_before_all_others(self):
        product = self._make_product()
        product.portal_description = "<ul><li>For buyers <b>there</b></li></ul>"
        self.assertEqual(
            self._get_offer(product).findtext("description"),
            "<ul><li>For buyers <b>there</b></li></ul>",
        )
        product.portal_description = "<p><br></p>"
        self.assertIn("glazed", self._get_offer(product).findtext("description"))

    def test_description_for_marketplaces_is_a_text_of_its_own_in_each_language(self):
        product = self._make_product()
        ukrainian = product.with_context(lang="uk_UA")
        product.portal_description = "<p>For buyers</p>"
        ukrainian.portal_description = "<p>Для покупців</p><p>Ще</p>"
        self.assertEqual(product.portal_description, "<p>For buyers</p>")
        self.assertEqual(ukrainian.portal_description, "<p>Для покупців</p><p>Ще</p>")

    def test_description_for_marketplaces_has_nothing_dangerous(self):
        bad, good = "<p>A<script>alert(1)</script></p>", "<p>A</p>"
        product = self._make_product(portal_description=bad)
        self.assertEqual(product.portal_description, good)
        product.product_tmpl_id.portal_description = bad
        self.assertEqual(product.portal_description, good)
        product.update_field_translations("portal_description", {"uk_UA": bad, "en_US": bad})
        self.assertEqual(product.with_context(lang="uk_UA").portal_description, good)
        self.assertEqual(product.with_context(lang="en_US").portal_description, good)

    def test_ecommerce_description_comes_first_where_it_exists(self):
        product = self._make_product()
        if "description_ecommerce" not in product._fields:
            self.skipTest("the database has no eCommerce")
        product.description_ecommerce = "<p>For <b>buyers</b></p>"
        self.assertEqual(
            self._get_offer(product).findtext("description"), "<p>For <b>buyers</b></p>"
        )

    def test_groups_are_the_categories_with_their_parents(self):
        parent = self.env["product.category"].create({"name": "Дім"})
        self.category.parent_id = parent
        unused = self.env["product.category"].create({"name": "Unused", "parent_id": parent.id})
        product = self._make_product()
        root = self._generate()
        self.assertEqual(
            root.xpath("//categories/category/@id"), [str(parent.id), str(self.category.id)]
        )
        child = root.xpath("//category")[1]
        self.assertEqual(child.get("parentId"), str(parent.id))
        self.assertNotIn(str(unused.id), root.xpath("//category/@id"))
        self.assertEqual(root.xpath("//offer/categoryId/text()"), [str(product.categ_id.id)])

    def test_product_without_category_goes_into_a_declared_group(self):
        product = self._make_product(categ_id=False)
        self.feed.domain = repr([("id", "=", product.id)])
        root = self._generate()
        self.assertEqual(root.xpath("//categoryId/text()"), root.xpath("//category/@id"))
        self.assertIn("category_missing", self._get_codes(product))

    def test_reference_barcode_and_weight_are_published(self):
        product = self._make_product(default_code="GP-1", barcode="4006381333931", weight=1.25)
        offer = self._get_offer(product)
        self.assertEqual(offer.findtext("vendorCode"), "GP-1")
        self.assertEqual(offer.findtext("gtin"), "4006381333931")
        self.assertEqual(offer.findtext("dimensions/weight"), "1.25")

    def test_barcode_of_our_own_is_not_published_as_gtin(self):
        product = self._make_product(barcode="SHELF-12")
        self.assertIsNone(self._get_offer(product).find("gtin"))
        self.assertIn("barcode_invalid", self._get_codes(product))
