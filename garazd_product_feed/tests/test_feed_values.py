from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import FeedCommon


@tagged("post_install", "-at_install")
class TestFeedValues(FeedCommon):
    """Where each value comes from is said by lines that anybody can change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._make_product(default_code="GP-1")
        cls.feed.secondary_lang_id = cls.ukrainian

    def _set_values(self, *lines):
        self.feed.value_ids = [
            Command.create({"sequence": 100 + number, **line}) for number, line in enumerate(lines)
        ]

    def _find(self, tag, product=None):
        return self._get_offer(product or self.product).findtext(tag)

    def test_new_feed_knows_where_the_usual_values_are(self):
        targets = set(self.feed.value_ids.mapped("target"))
        self.assertLessEqual(
            {"name", "description", "keywords", "vendor_code", "gtin", "weight"}, targets
        )

    def test_manufacturer_from_a_fixed_text(self):
        self._set_values({"target": "vendor", "source": "text", "text": "Без бренда"})
        self.assertEqual(self._find("vendor"), "Без бренда")

    def test_manufacturer_from_an_attribute(self):
        brand = self.env["product.attribute"].create(
            {
                "name": "Brand",
                "create_variant": "no_variant",
                "value_ids": [Command.create({"name": "Opishnia"})],
            }
        )
        # A product that was just created brings a context that makes no attribute values.
        product = self.env["product.product"].browse(self.product.id)
        product.product_tmpl_id.attribute_line_ids = [
            Command.create(
                {"attribute_id": brand.id, "value_ids": [Command.set(brand.value_ids.ids)]}
            )
        ]
        self._set_values({"target": "vendor", "source": "attribute", "attribute_id": brand.id})
        self.assertEqual(self._find("vendor"), "Opishnia")

    def test_attribute_called_brand_is_the_manufacturer_of_new_feeds(self):
        brand = self.env["product.attribute"].create({"name": "БРЕНД"})
        line = self._make_feed().value_ids.filtered(lambda line: line.target == "vendor")
        self.assertEqual(line.attribute_id, brand)

    def test_first_source_that_is_not_empty_counts(self):
        self._set_values(
            {"target": "mpn", "field_path": "barcode"},
            {"target": "mpn", "field_path": "default_code"},
            {"target": "mpn", "source": "text", "text": "none"},
        )
        self.assertEqual(self._find("mpn"), "GP-1")
        self.product.default_code = False
        self.assertEqual(self._find("mpn"), "none")

    def test_source_that_only_looks_filled_does_not_hide_the_next(self):
        self.feed.value_ids.filtered(lambda line: line.target == "description").unlink()
        self._set_values(
            {"target": "description", "field_path": "description"},
            {"target": "description", "field_path": "description_sale"},
            {"target": "vendor", "source": "text", "text": " "},
            {"target": "vendor", "source": "text", "text": "Opishnia"},
        )
        for blank in ("<p><br></p>", "<p>&nbsp;</p>", "<div><ul><li> </li></ul></div>"):
            self.product.description = blank
            with self.subTest(blank=blank):
                self.assertIn("glazed inside", self._find("description"))
        self.product.description = "<p>Made on a wheel.</p>"
        self.assertEqual(self._find("description"), "<p>Made on a wheel.</p>")
        self.assertEqual(self._find("vendor"), "Opishnia")

    def test_field_of_a_related_record(self):
        ukraine = self.env.ref("base.ua")
        self.product.company_id = self.company
        self.company.country_id = ukraine
        self._set_values({"target": "country", "field_path": "company_id.country_id"})
        name = ukraine.with_context(lang="uk_UA").name
        self.assertEqual(self._find("country"), name)

    def test_search_queries_from_tags_in_both_languages(self):
        tags = self.env["product.tag"].create([{"name": "clay pot"}, {"name": "gift"}])
        tags[0].with_context(lang="uk_UA").name = "глиняний горщик"
        self.product.product_tmpl_id.product_tag_ids = tags[0]
        self.product.additional_product_tag_ids = tags[1]
        self.assertEqual(self._find("keywords"), "clay pot, gift")
        self.assertEqual(self._find("keywords_ua"), "глиняний горщик, gift")

    def test_too_long_search_query_is_left_out_and_told(self):
        tags = self.env["product.tag"].create([{"name": "x" * 51}, {"name": "gift"}])
        self.product.product_tmpl_id.product_tag_ids = tags
        self.assertEqual(self._find("keywords"), "gift")
        self.assertIn("keywords_left_out", self._get_codes(self.product))

    def test_size_of_the_package_in_other_units(self):
        self.product.write({"weight": 1.5, "volume": 0.25})
        meter = self.env.ref("uom.product_uom_meter")
        self._set_values({"target": "width", "field_path": "volume", "uom_id": meter.id})
        dimensions = self._get_offer(self.product).find("dimensions")
        self.assertEqual(dimensions.findtext("weight"), "1.5")
        self.assertEqual(dimensions.findtext("width"), "25")
        self.assertEqual(dimensions.find("width").get("unit"), "cm")
        self.assertIsNone(dimensions.find("height"))

    def test_own_attribute(self):
        self._set_values(
            {"target": "param", "param_name": "Стан", "source": "text", "text": "Новий"},
            {"target": "param", "param_name": "Вага", "field_path": "weight"},
        )
        self.product.weight = 0.25
        params = {p.get("name"): p.text for p in self._get_offer(self.product).iter("param")}
        self.assertEqual(params, {"Стан": "Новий", "Вага": "0.25"})

    def test_ready_to_ship_only_when_in_stock(self):
        self._set_values({"target": "ready_to_ship", "source": "text", "text": "так"})
        self.assertIsNone(self._get_offer(self.product).get("in_stock"))
        self._set_stock(self.product, 3)
        self.assertEqual(self._get_offer(self.product).get("in_stock"), "true")

    def test_on_order_when_sold_out(self):
        self._set_values({"target": "on_order", "field_path": "sale_ok"})
        self.assertEqual(self._get_offer(self.product).get("available"), "false")
        self.feed.include_unavailable = False
        self.assertEqual(self._get_offer(self.product).get("available"), "false")

    def test_fixed_no_means_no(self):
        self._set_values({"target": "on_order", "source": "text", "text": "Ні"})
        self.assertEqual(self._get_offer(self.product).get("available"), "")

    def test_kind_of_sale_and_minimum_quantity(self):
        self._set_values(
            {"target": "selling_type", "source": "text", "text": "w"},
            {"target": "minimum_order_quantity", "source": "text", "text": "5"},
        )
        offer = self._get_offer(self.product)
        self.assertEqual(offer.get("selling_type"), "w")
        self.assertEqual(offer.findtext("minimum_order_quantity"), "5")

    def test_nonsense_in_numbers_is_left_out(self):
        for text in ("many", "-3", "0", "nan", "inf"):
            with self.subTest(text):
                self.feed.value_ids.filtered(
                    lambda line: line.target == "minimum_order_quantity"
                ).unlink()
                self._set_values(
                    {"target": "minimum_order_quantity", "source": "text", "text": text}
                )
                self.assertIsNone(self._find("minimum_order_quantity"))

    def test_category_on_the_marketplace_by_number_address_or_nonsense(self):
        template = self.product.product_tmpl_id
        template.portal_category_ref = " 35506 "
        self.assertEqual(self._find("portal_category_id"), "35506")
        template.portal_category_ref = "https://prom.ua/ua/Futbolki"
        self.assertIsNone(self._find("portal_category_id"))
        self.assertEqual(self._find("portal_category_url"), "https://prom.ua/ua/Futbolki")
        template.portal_category_ref = "T-shirts"
        self.assertIn("portal_category_invalid", self._get_codes(self.product))

    def test_line_without_a_source_is_refused(self):
        for line in (
            {"target": "vendor", "source": "field"},
            {"target": "vendor", "source": "text"},
            {"target": "vendor", "source": "attribute"},
            {"target": "param", "source": "text", "text": "x"},
            {"target": "selling_type", "source": "text", "text": "both"},
            {"target": "vendor", "field_path": "no_such_field"},
            {"target": "vendor", "field_path": "name.name"},
            {"target": "vendor", "field_path": "categ_id.nothing"},
            {"target": "vendor", "field_path": "image_1920"},
            {"target": "vendor", "field_path": "name."},
        ):
            with self.subTest(line), self.assertRaises(ValidationError):
                self._set_values(line)

    def test_fields_that_are_nobodys_business_cannot_be_published(self):
        paths = [
            "create_uid.name",
            "write_uid.partner_id.phone",
            "message_ids.preview",
            "message_partner_ids.name",
            "activity_ids.note",
            "activity_summary",
            "company_id.user_ids.login",
            "company_id.partner_id.child_ids.name",
            "stock_move_ids.picking_id.partner_id.phone",
            "included_feed_ids.access_token",
        ]
        if "totp_secret" in self.env["res.users"]:
            paths.append("create_uid.totp_secret")
        for path in paths:
            line = Command.create({"target": "param", "param_name": "X", "field_path": path})
            for feed in (self.feed.with_user(self.manager), self.feed):
                with self.subTest(path, uid=feed.env.uid), self.assertRaises(ValidationError):
                    feed.value_ids = [line]

    def test_fields_of_the_catalogue_can_be_published(self):
        for path in (
            "company_id.name",
            "categ_id.parent_id.name",
            "seller_ids.partner_id.name",
            "product_tag_ids.name",
            "attribute_line_ids.value_ids.name",
        ):
            line = Command.create({"target": "param", "param_name": "X", "field_path": path})
            with self.subTest(path):
                self.feed.with_user(self.manager).value_ids = [line]

    def test_records_of_other_companies_are_not_published(self):
        other = self.env["res.company"].create({"name": "Other"})
        partner = self.env["res.partner"].create({"name": "Supplier"})
        self.product.company_id = False
        self.product.seller_ids = [
            Command.create(
                {"partner_id": partner.id, "product_name": name, "company_id": company.id}
            )
            for name, company in (("Secret", other), ("Ours", self.company))
        ]
        self._set_values({"target": "vendor", "field_path": "seller_ids.product_name"})
        self.assertEqual(self._find("vendor"), "Ours")

    def test_stock_users_cannot_change_where_values_come_from(self):
        with self.assertRaises(AccessError):
            self.feed.value_ids[0].with_user(self.reader).sequence = 5

    def test_field_of_a_removed_module_is_as_good_as_empty(self):
        line = self.feed.value_ids.filtered(lambda line: line.target == "gtin")
        self.env.cr.execute(
            "UPDATE product_data_feed_value SET field_path = 'gone_field' WHERE id = %s", [line.id]
        )
        line.invalidate_recordset()
        self.assertIsNone(self._find("gtin"))

    def test_preview_shows_one_product_with_unsaved_lines(self):
        # Whatever the language of the person and of the texts.
        self.feed.lang_id = self.ukrainian
        self.assertEqual(self.feed.preview_product_id, self.product)
        draft = self.feed.new(origin=self.feed)
        draft.value_ids += draft.value_ids.new(
            {"target": "vendor", "source": "text", "text": "Unsaved"}
        )
        draft.preview_product_id = self.product
        self.assertIn("<vendor>Unsaved</vendor>", draft.preview_text)
        self.assertNotIn("Unsaved", self.feed.preview_text)

    def test_preview_of_a_product_with_errors_shows_it_and_what_is_wrong(self):
        self.product.list_price = 0
        self.feed.preview_product_id = self.product
        self.assertIn("<offer", self.feed.preview_text)
        self.assertIn("The price is zero", self.feed.preview_findings)

    def test_preview_shows_no_product_that_the_reader_may_not_see(self):
        other = self.env["res.company"].create({"name": "Other"})
        secret = self._make_product(company_id=other.id, name="Secret")
        draft = self.feed.with_user(self.manager).new(origin=self.feed)
        draft.preview_product_id = secret.with_user(self.manager)
        self.assertFalse(draft.preview_text)

    def _preview(self, *lines, **changes):
        """Return what the form shows when a manager changes the feed and has not saved yet."""
        names = {"target": {}, "param_name": {}, "source": {}, "field_path": {}, "text": {}}
        shown = ("preview_product_id", "preview_text", "preview_findings", *changes)
        spec = {name: {} for name in shown} | {"value_ids": {"fields": names}}
        lines = [*lines, [0, "new", {"target": "mpn", "source": "text", "text": "Draft"}]]
        changes |= {"preview_product_id": self.product.id, "value_ids": lines}
        feed = self.feed.with_user(self.manager)
        return feed.onchange(changes, list(changes), spec)["value"]

    def test_preview_refuses_what_could_not_be_saved(self):
        line = {"target": "vendor", "source": "field"}
        shown = self._preview([0, "v", {**line, "field_path": "create_uid.login"}])
        self.assertFalse(shown["preview_text"])
        self.assertIn("create_uid.login", shown["preview_findings"])
        shown = self._preview([0, "v", {**line, "field_path": "type"}])
        self.assertIn("<vendor>Goods", shown["preview_text"])

    def test_preview_checks_a_path_that_was_saved_without_being_used(self):
        self._set_values(
            {"target": "vendor", "source": "text", "text": "T", "field_path": "create_uid.login"}
        )
        line = self.feed.value_ids.filtered(lambda line: line.text == "T")
        self.assertIn("<vendor>T", self._preview()["preview_text"])
        shown = self._preview([1, line.id, {"source": "field"}])
        self.assertFalse(shown["preview_text"])
        self.assertIn("create_uid.login", shown["preview_findings"])

    def test_preview_refuses_companies_and_pricelists_of_others(self):
        other = self.env["res.company"].create({"name": "Other"})
        pricelist = self.env["product.pricelist"].create(
            {"name": "Secret", "company_id": other.id, "currency_id": self.hryvnia.id}
        )
        for changes in ({"company_id": other.id}, {"pricelist_id": pricelist.id}):
            with self.subTest(changes):
                shown = self._preview(**changes)
                self.assertFalse(shown["preview_text"])
                self.assertIn("Other", shown["preview_findings"])

    def test_preview_tells_when_a_line_is_not_complete(self):
        draft = self.feed.new(origin=self.feed)
        draft.value_ids += draft.value_ids.new({"target": "vendor", "source": "field"})
        draft.value_ids += draft.value_ids.new({"target": "vendor", "source": "attribute"})
        draft.preview_product_id = self.product
        self.assertIn("<offer", draft.preview_text)

    def test_changed_line_is_saved_as_it_was_typed(self):
        self._set_values({"target": "vendor", "field_path": "default_code"})
        self.feed.lang_id = self.ukrainian
        position = len(self.feed.value_ids) - 1
        with Form(self.feed.with_user(self.manager)) as form:
            with form.value_ids.edit(position) as line:
                line.source = "text"
                line.text = "Nova"
            self.assertIn("<vendor>Nova</vendor>", form.preview_text)
        self.assertEqual(self.feed.value_ids[position].text, "Nova")

    def test_copy_of_a_feed_takes_the_lines_along(self):
        self._set_values({"target": "vendor", "source": "text", "text": "Own"})
        copy = self.feed.copy()
        self.assertEqual(copy.value_ids.mapped("target"), self.feed.value_ids.mapped("target"))
        self.assertTrue(copy.value_ids.filtered(lambda line: line.text == "Own"))


@tagged("post_install", "-at_install")
class TestFeedTemplate(FeedCommon):
    """The template is the format, and an administrator can change it."""

    def test_administrators_own_copy_is_independent(self):
        product = self._make_product()
        admin = new_test_user(
            self.env,
            "feed_admin",
            groups="base.group_system,product.group_product_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        feed = self.feed.with_user(admin)
        original = self._get_offer(product).findtext("name")
        action = feed.action_customize_template()
        self.assertEqual(action["res_model"], "ir.ui.view")
        copy = self.env["ir.ui.view"].browse(action["res_id"])
        self.assertNotEqual(copy, self.env.ref("garazd_product_feed.prom_feed"))
        self.assertEqual(self._get_offer(product).findtext("name"), original)
        copy.arch = copy.arch.replace("<categoryId ", "<model>X</model><categoryId ")
        self.assertEqual(self._get_offer(product).findtext("model"), "X")
        other = self._make_feed(name="Other")
        self.assertIsNone(self._get_offer(product, other).find("model"))

    def test_copy_of_a_template_calls_copies_of_what_it_called(self):
        feed = self._make_feed(format="google", name="Google")
        feed.action_customize_template()
        called = feed._get_called_templates(feed._get_combined_source(feed.template_id))
        self.assertEqual(len(called), 1)
        self.assertNotEqual(called, self.env.ref("garazd_product_feed.google_feed_item"))

    def test_only_administrators_copy_templates(self):
        with self.assertRaises(AccessError):
            self.feed.with_user(self.manager).action_customize_template()

    def test_template_without_cuts_is_explained(self):
        self._make_product()
        self.feed.template_id = self.env["ir.ui.view"].create(
            {"name": "Mine", "type": "qweb", "arch": '<t t-name="mine"><x/></t>'}
        )
        with self.assertRaisesRegex(UserError, "Mine.*cut"):
            self.feed._generate()


@tagged("post_install", "-at_install")
class TestFeedGoogle(FeedCommon):
    """Another format is another template and other limits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.feed = cls._make_feed(format="google", name="Google")

    def _get_item(self, product):
        root = self._generate()
        self.assertEqual(root.tag, "rss")
        namespaces = {"g": "http://base.google.com/ns/1.0"}
        offer_id = self.feed._get_offer_id(product)
        (item,) = root.xpath("//item[g:id=$id]", id=offer_id, namespaces=namespaces)
        return {
            element.tag.removeprefix("{http://base.google.com/ns/1.0}"): element.text
            for element in item
        }

    def test_item_has_what_google_demands(self):
        product = self._make_product(default_code="GP-1", barcode="4006381333931")
        self._set_stock(product, 2)
        item = self._get_item(product)
        self.assertEqual(item["title"], "Clay pot")
        self.assertEqual(item["price"], "400.00 UAH")
        self.assertEqual(item["availability"], "in_stock")
        self.assertEqual(item["gtin"], "4006381333931")
        self.assertEqual(item["product_type"], "Кераміка")
        self.assertTrue(item["image_link"].startswith("http"))
        self.assertTrue(item["link"].startswith("http"))
        self.assertEqual(item["description"], product.description_sale)

    def test_lower_price_is_the_sale_price_whatever_the_style(self):
        product = self._make_product()
        self.feed.pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Google",
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 10})],
            }
        )
        self.feed.write({"compare_sales_price": True, "compare_style": "percent"})
        item = self._get_item(product)
        self.assertEqual((item["price"], item["sale_price"]), ("400.00 UAH", "360.00 UAH"))

    def test_variants_share_a_group_and_show_their_attributes(self):
        template = self._make_template()
        items = [self._get_item(product) for product in template.product_variant_ids]
        self.assertEqual({item["item_group_id"] for item in items}, {str(template.id)})
        self.assertIn("product_detail", items[0])
