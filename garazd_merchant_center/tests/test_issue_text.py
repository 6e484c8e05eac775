import re
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import code_translations

from odoo.addons.garazd_merchant_center.models.merchant_issue import DETAILS


@tagged("post_install", "-at_install")
class TestIssueText(TransactionCase):
    def _make_issue(self, code, **values):
        return self.env["merchant.issue"].new({"code": code, "values": values})

    def test_every_code_has_a_text(self):
        codes = set(self.env["merchant.issue"]._fields["code"].get_values(self.env))
        self.assertEqual(codes, set(self.env["merchant.issue"]._get_details()))
        for code in codes:
            issue = self._make_issue(code)
            self.assertTrue(issue.title)
            self.assertNotIn("%(", issue.detail)

    def test_values_stand_in_the_text(self):
        issue = self._make_issue("order_total_differs", number="7", expected="10", actual="9.99")
        self.assertIn("Order 7 costs 10", issue.detail)
        self.assertIn("9.99", issue.detail)

    def test_value_with_a_full_stop_leaves_one(self):
        for reason, end in (("it is closed.", "it is closed."), ("wait...", "wait....")):
            detail = self._make_issue("request_refused", reason=reason).detail
            self.assertTrue(detail.endswith(f": {end}"), detail)

    def test_missing_value_shows_as_a_dash(self):
        self.assertIn("(-)", self._make_issue("token_rejected").detail)

    def test_placeholders_are_named(self):
        for code, text in DETAILS.items():
            self.assertFalse(re.search(r"%[^(]", text._source), code)

    def test_text_is_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("uk_UA")
        label = self.env.ref(
            "garazd_merchant_center.selection__merchant_issue__code__order_without_lines"
        )
        label.with_context(lang="uk_UA").name = "У замовленні немає товарів"
        source = DETAILS["order_without_lines"]._source
        translations = {source: "Замовлення %(number)s порожнє."}
        issue = self._make_issue("order_without_lines", number="7")

        def get_translations(module, lang):
            return translations if lang == "uk_UA" else {}

        with patch.object(code_translations, "get_python_translations", get_translations):
            ukrainian = issue.with_context(lang="uk_UA")
            self.assertEqual(ukrainian.detail, "Замовлення 7 порожнє.")
            self.assertEqual(ukrainian.title, "У замовленні немає товарів")
            english = issue.with_context(lang="en_US")
            self.assertIn("Order 7 has no products", english.detail)
            self.assertEqual(english.title, "An order has no products")
