from odoo.tests import tagged

from .common import FeedCommon, make_picture

SVG = b"PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSI4IiBoZWlnaHQ9IjgiLz4="


@tagged("post_install", "-at_install")
class TestFeedIssues(FeedCommon):
    def _assert_left_out(self, product, code):
        root = self._generate()
        issue = self.feed.issue_ids.filtered(lambda i: i.product_id == product and i.code == code)
        self.assertEqual(issue.severity, "error")
        self.assertFalse(root.xpath("//offer[@id=$id]", id=self.feed._get_offer_id(product)))
        self.assertTrue(issue.message)

    def _assert_warned(self, product, code):
        self.assertIn(code, self._get_codes(product))
        issue = self.feed.issue_ids.filtered(lambda i: i.product_id == product and i.code == code)
        self.assertEqual(issue.severity, "warning")
        self.assertTrue(self._get_offer(product) is not None)

    def test_good_product_has_no_issue(self):
        self.assertEqual(self._get_codes(self._make_product()), set())

    def test_product_without_picture_is_left_out(self):
        self._assert_left_out(self._make_product(image_1920=False), "picture_missing")

    def test_product_without_price_is_left_out(self):
        self._assert_left_out(self._make_product(list_price=0), "price_missing")

    def test_product_without_readable_name_is_left_out(self):
        self._assert_left_out(self._make_product(name="\x0b \x1b"), "name_missing")
        self._assert_left_out(self._make_product(name="12345"), "name_no_letters")

    def test_drawing_does_not_count_as_picture(self):
        product = self._make_product(image_1920=SVG)
        self._assert_left_out(product, "picture_missing")
        self.assertIn("picture_format", self._get_codes(product))

    def test_weak_texts_are_warned_about(self):
        self._assert_warned(self._make_product(description_sale=False), "description_missing")
        self._assert_warned(self._make_product(description_sale="Short"), "description_short")
        self._assert_warned(
            self._make_product(description_sale="long text " * 1300), "description_long"
        )
        self._assert_warned(self._make_product(name="ГОРЩИК ГЛИНЯНИЙ"), "name_capitals")
        self._assert_warned(
            self._make_product(description_sale="Call us about this pot: 067 123 45 67."),
            "contact_in_text",
        )

    def test_unsuitable_reference_is_warned_about(self):
        self._assert_warned(self._make_product(default_code="x" * 26), "reference_unsuitable")
        self._assert_warned(self._make_product(default_code="GP#1"), "reference_unsuitable")

    def test_variants_that_do_not_differ_are_left_out(self):
        template = self._make_template()
        template.attribute_line_ids.value_ids.name = "Same"
        self._generate()
        self.assertEqual(self.feed.issue_ids.mapped("code"), ["variant_same"])
        self.assertEqual(self.feed.offer_count, 1)

    def test_issues_are_replaced_by_each_generation(self):
        product = self._make_product(image_1920=False, description_sale="Short")
        self._generate()
        kept = self.feed.issue_ids.filtered(lambda issue: issue.code == "description_short")
        self.assertEqual(self.feed.error_count, 1)
        product.image_1920 = make_picture()
        self._generate()
        # What is still wrong is not written again.
        self.assertEqual(self.feed.issue_ids, kept)
        self.assertEqual((self.feed.error_count, self.feed.warning_count), (0, 1))

    def test_issue_names_figures_in_the_readers_language(self):
        product = self._make_product(name="слово " * 30)
        self._generate()
        issue = self.feed.issue_ids.filtered(lambda i: i.product_id == product)
        self.assertIn("179", issue.message)
        self.assertIn("179", issue.with_context(lang="uk_UA").message)

    def test_every_code_has_a_severity_and_a_text(self):
        model = self.env["product.data.feed.issue"]
        codes = {code for code, _label in model._fields["code"].selection}
        self.assertEqual(codes, set(model._get_severities()))
        self.assertEqual(codes, set(model._get_messages()))

    def test_issue_opens_its_product(self):
        product = self._make_product(image_1920=False)
        self._generate()
        action = self.feed.issue_ids[0].action_open_product()
        self.assertEqual((action["res_model"], action["res_id"]), ("product.product", product.id))
