from odoo.tests import tagged
from odoo.tools import html2plaintext

from .status_common import StatusCase


@tagged("post_install", "-at_install")
class TestStaffLang(StatusCase):
    """What Odoo writes down by itself is in the language of the people who read it."""

    two_companies = True

    def _prepare(self):
        super()._prepare()
        for code in ("uk_UA", "pl_PL"):
            self.env["res.lang"]._activate_lang(code)
        users = self.env["res.users"].with_context(active_test=False).search([])
        users.lang = "en_US"
        self.company.partner_id.lang = "en_US"

    def _load_ukrainian(self):
        """Load the Ukrainian words of fields, and let somebody read them."""
        self.user.lang = "uk_UA"
        names = ("garazd_merchant_center", "garazd_product_feed")
        modules = self.env["ir.module.module"].search([("name", "in", names)])
        modules._update_translations(["uk_UA"])

    def _get_kind(self, kind, lang):
        operations = self.env["merchant.operation"].with_context(lang=lang)
        return dict(operations._fields["kind"]._description_selection(operations.env))[kind]

    def test_english_that_nobody_chose_gives_way_to_ukrainian(self):
        self.assertEqual(self.company._get_staff_lang(), "en_US")
        self.user.lang = "uk_UA"
        self.assertEqual(self.company._get_staff_lang(), "uk_UA")
        self.assertEqual(self.other_company._get_staff_lang(), "en_US")

    def test_language_that_somebody_chose_stays(self):
        self.user.lang = "uk_UA"
        self.company.partner_id.lang = "pl_PL"
        self.assertEqual(self.company._get_staff_lang(), "pl_PL")
        self.company.partner_id.lang = "en_US"
        self.company.country_id = self.env.ref("base.uk")
        self.assertEqual(self.company._get_staff_lang(), "en_US")

    def test_status_and_history_of_a_sales_order(self):
        self._load_ukrainian()
        sale = self._import_sale("1", payment_state="paid")
        english = dict(sale.merchant_order_id._fields["payment_state"].selection)["paid"]
        self.assertNotIn(english, sale.merchant_status)
        sale.action_confirm()
        self._send()
        self.env.flush_all()
        history = " ".join(html2plaintext(message.body) for message in sale.message_ids)
        self.assertIn("1", history)
        for words in ("Imported from", "took the status"):
            self.assertNotIn(words, history)

    def test_history_of_a_store_begins_in_the_language_of_each_reader(self):
        store = self._make_store(name="Калина", api_token="kalyna")
        feed = self.env["product.data.feed"].create({"name": "Калина"})
        self._load_ukrainian()
        for record, text, translated in (
            (store, "Store added", "Магазин додано"),
            (feed, "Data feed created", "Фід товарів створено"),
        ):
            with self.subTest(text):
                first = record.message_ids.sorted("id")[:1]
                # Odoo shows the subtype in place of this text, which is stored in one language.
                self.assertIn("o_mail_notification", first.body)
                self.assertFalse(first.notified_partner_ids)
                for lang, words in (("en_US", text), ("uk_UA", translated)):
                    description = first.with_context(lang=lang).subtype_id.description
                    self.assertEqual(description, words)

    def test_change_that_failed(self):
        """Also when the system sends it, or somebody who reads English has made it."""
        self._load_ukrainian()
        order = self._import_order("1")
        names = [self._get_kind("order_status", lang) for lang in ("uk_UA", "en_US")]
        self.assertNotEqual(*names)
        order.with_user(self.admin)._push_status(self._status("accepted"))
        self.market.refusals = {"1": "Not now"}
        self._send()
        issue = self._get_issues("operation_failed")
        self.assertTrue(issue.values["kind"].startswith(names[0]), issue.values)
        self.assertTrue(issue.record_name.startswith(names[0]), issue.record_name)
