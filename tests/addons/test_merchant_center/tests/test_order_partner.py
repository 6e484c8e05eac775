from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.garazd_merchant_center.schema import PersonData

from .common import DemoCase

PHONE = "+380501112233"
SPELLINGS = (
    "+380501112233",
    "+380 50 111 22 33",
    "+38 050 1112233",
    "+38 (050) 111-22-33",
    "380501112233",
    "00380501112233",
    "80501112233",
    "0501112233",
    "050 111 22 33",
    "(050) 111-22-33",
    "050.111.22.33",
)


@tagged("post_install", "-at_install")
class TestOrderPartner(DemoCase):
    two_companies = True

    def _make_partner(self, **vals):
        return self.env["res.partner"].create({"name": "Known"} | vals)

    def _import_buyer(self, order_id="1", buyer=None, **changes):
        return self._import_order(order_id, buyer=buyer or {}, **changes).sale_order_id

    def test_new_buyer_becomes_a_customer(self):
        tag = self.env["res.partner.category"].create({"name": "Demo Market"})
        self.store.partner_tag_ids = tag
        buyer = {"name": "Olena Koval", "phone": "+380501112233", "email": "o@example.com"}
        self.assertRecordValues(
            self._import_buyer(buyer=buyer).partner_id,
            [buyer | {"company_id": self.company.id, "category_id": tag.ids}],
        )

    def test_buyer_is_known_by_phone_before_e_mail(self):
        by_phone = self._make_partner(phone="+380501112233")
        self._make_partner(email="o@example.com")
        sale = self._import_buyer(buyer={"phone": "+380501112233", "email": "o@example.com"})
        self.assertEqual(sale.partner_id, by_phone)

    def _find(self, **buyer):
        builder = self.env["merchant.order.builder"]
        return builder._find_customers(self.store, PersonData(**buyer))

    def _without_phone_validation(self):
        """Let partners be as they are where `phone_validation` is not installed."""
        if "phone_sanitized" in self.env["res.partner"]._fields:
            self.env.flush_all()
            self.env.cr.execute("UPDATE res_partner SET phone_sanitized = NULL")
            self.env.invalidate_all()

    def test_phone_is_known_however_it_is_written(self):
        for written in SPELLINGS:
            partner = self._make_partner(phone=written)
            with self.subTest(written):
                self.assertEqual(self._find(phone=PHONE), partner)
                self._without_phone_validation()
                self.assertEqual(self._find(phone=PHONE), partner)
            partner.unlink()

    def test_phone_that_only_looks_alike_is_another(self):
        finland = self.env.ref("base.fi")
        for vals in (
            {"phone": "+48 501 112 233"},
            {"phone": "501112233"},
            {"phone": "11 22 33"},
            {"phone": "+380501112233 5"},
            {"phone": "050 111 22 33", "country_id": finland.id},
        ):
            partner = self._make_partner(**vals)
            self._without_phone_validation()
            with self.subTest(vals):
                self.assertFalse(self._find(phone=PHONE))
            partner.unlink()

    def test_phone_nobody_can_read_is_compared_as_it_is(self):
        partner = self._make_partner(phone="ask Olena")
        self.assertEqual(self._find(phone="ask Olena"), partner)
        self.assertFalse(self._find(phone="ask Ivan"))
        partner.phone = "050 111-22-33"
        self.assertEqual(self._find(phone="0501112233"), partner)

    def test_contacts_under_a_customer_are_not_customers(self):
        customer = self._make_partner(phone="+380671112233")
        for kind in ("contact", "delivery"):
            self._make_partner(parent_id=customer.id, type=kind, phone=PHONE, email="o@example.com")
        self.assertFalse(self._find(phone=PHONE, email="o@example.com"))

    def test_customer_of_all_companies_is_taken(self):
        shared = self._make_partner(phone=PHONE, company_id=False)
        self.assertEqual(self._find(phone=PHONE), shared)

    def test_customer_is_found_by_one_query_on_an_index(self):
        partner = self._make_partner(phone="050 111 22 33")
        self.env.flush_all()
        self.env.cr.execute(
            "INSERT INTO res_partner (name, phone, active, autopost_bills) "
            "SELECT 'Partner ' || n, '+38067' || (1000000 + n), true, 'ask' "
            "FROM generate_series(1, 10000) AS n; ANALYZE res_partner"
        )
        self._find(phone=PHONE)
        with self.assertQueryCount(1):
            self.assertEqual(self._find(phone=PHONE), partner)
        partners = self.env["res.partner"]
        query = partners._search(partners._get_merchant_phone_domain(PHONE))
        plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        self.assertIn("res_partner_merchant_phone_digits_idx", str(plan))

    def test_several_customers_with_one_phone_are_told_once(self):
        older = self._make_partner(name="Older", phone="050 111 22 33")
        newer = self._make_partner(name="Newer", phone=PHONE)
        order = self._import_order("1", buyer={"name": "Olena", "phone": PHONE})
        self.assertEqual(order.sale_order_id.partner_id, newer)
        issue = self._get_issues("partner_ambiguous")
        self.assertEqual((issue.severity, issue._get_record()), ("warning", order))
        self.assertIn(f"Newer (ID {newer.id}), Older (ID {older.id})", issue.detail)
        self.market.orders[0]["status"] = "accepted"
        self._sync()
        order.action_retry()
        self.assertEqual((issue.state, issue.occurrences), ("open", 1))
        issue.with_user(self.user).action_retry()
        self.assertEqual(issue.state, "open")
        issue.with_user(self.user).action_resolve()
        self.market.orders[0]["status"] = "paid"
        self._sync()
        self.assertFalse(self._get_issues("partner_ambiguous"))

    def test_customer_is_clear_once_the_staff_took_another_or_merged_them(self):
        older, newer = (self._make_partner(name=n, phone=PHONE) for n in ("Older", "Newer"))
        first = self._import_order("1", buyer={"name": "Olena", "phone": PHONE})
        second = self._import_order("2", buyer={"name": "Olena", "phone": PHONE})
        first.sale_order_id.partner_id = older
        issues = self._get_issues("partner_ambiguous")
        issues.with_user(self.user).action_retry()
        self.assertEqual(self._get_issues("partner_ambiguous")._get_record(), second)
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge([older.id, newer.id], newer)
        second.sale_order_id.action_confirm()
        self.assertFalse(self._get_issues("partner_ambiguous"))

    def test_buyer_known_by_the_marketplace_is_not_ambiguous_again(self):
        for name in ("Older", "Newer"):
            self._make_partner(name=name, phone=PHONE)
        buyer = {"external_id": "b7", "name": "Olena", "phone": PHONE}
        first = self._import_buyer("1", buyer)
        self._make_partner(name="Newest", phone=PHONE)
        self.assertEqual(self._import_buyer("2", buyer).partner_id, first.partner_id)
        self.assertEqual(len(self._get_issues("partner_ambiguous")), 1)

    def test_one_customer_with_phone_and_e_mail_is_not_ambiguous(self):
        self._make_partner(phone=PHONE, email="o@example.com")
        self._import_buyer(buyer={"phone": PHONE, "email": "o@example.com"})
        self.assertFalse(self._get_issues("partner_ambiguous"))

    def test_new_customers_speak_the_language_of_the_store(self):
        ukrainian = self.env["res.lang"]._activate_lang("uk_UA")
        self.env["res.partner"].search([("lang", "=", "uk_UA")]).lang = "en_US"
        self.env["res.users"].search([("lang", "=", "uk_UA")]).lang = "en_US"
        ukrainian.active = False
        self.assertEqual(self._make_store(name="First").partner_lang, "en_US")
        ukrainian.active = True
        self.env["res.lang"]._activate_lang("pl_PL")
        self.assertEqual(self._make_store(name="Second").partner_lang, "uk_UA")
        self.store.partner_lang = "pl_PL"
        first = self._import_buyer("1", {"name": "Jan"}, address="Kyiv, branch 5")
        self.assertEqual(first.partner_id.lang, "pl_PL")
        self.assertEqual(first.partner_shipping_id.lang, "pl_PL")
        self.env["res.partner"].search([("lang", "=", "pl_PL")]).lang = "en_US"
        self.env["res.lang"]._lang_get("pl_PL").active = False
        self.assertEqual(self._import_buyer("2", {"name": "Ivan"}).partner_id.lang, "uk_UA")

    def test_buyer_is_known_by_e_mail_in_any_case(self):
        partner = self._make_partner(email="Olena <O@Example.com>")
        sale = self._import_buyer(buyer={"phone": "+380509999999", "email": "o@example.com"})
        self.assertEqual(sale.partner_id, partner)

    def test_buyer_is_known_by_the_marketplace(self):
        first = self._import_buyer("1", {"external_id": "b7", "name": "O", "phone": "+380501"})
        tag = self.env["res.partner.category"].create({"name": "Demo Market"})
        self.store.partner_tag_ids = tag
        second = self._import_buyer("2", {"external_id": "b7", "name": "O", "phone": "+380502"})
        self.assertEqual(first.partner_id, second.partner_id)
        self.assertEqual(first.partner_id.category_id, tag)
        mapping = self.env["merchant.mapping"].search([("model", "=", "res.partner")])
        self.assertEqual(mapping.resource_ref, first.partner_id)

    def test_deleted_customer_is_made_again(self):
        buyer = {"external_id": "b7", "name": "Olena", "phone": "+380501112233"}
        order = self._import_order("1", buyer=buyer)
        partner = order.sale_order_id.partner_id
        order.sale_order_id.unlink()
        partner.unlink()
        again = self._import_buyer("2", buyer)
        mapping = self.env["merchant.mapping"].search([("model", "=", "res.partner")])
        self.assertEqual(mapping.resource_ref, again.partner_id)

    def test_the_same_name_is_not_the_same_person(self):
        known = self._make_partner(name="Olena Koval", phone="+380671234567")
        sale = self._import_buyer(buyer={"name": "Olena Koval", "phone": "+380501112233"})
        self.assertNotEqual(sale.partner_id, known)

    def test_customer_of_another_company_is_not_taken(self):
        other = self._make_partner(phone="+380501112233", company_id=self.other_company.id)
        sale = self._import_buyer(buyer={"phone": "+380501112233"})
        self.assertNotEqual(sale.partner_id, other)

    def test_buyer_without_a_name_is_called_by_what_is_known(self):
        self.assertEqual(self._import_buyer("1", {"phone": "+380501"}).partner_id.name, "+380501")
        self.assertEqual(self._import_buyer("2", {}).partner_id.name, "Buyer of order 2")

    def test_other_recipient_becomes_a_delivery_contact_once(self):
        buyer = {"name": "Olena", "phone": "+380501112233"}
        delivery = {
            "recipient": {"name": "Ivan", "phone": "+380671112233"},
            "address": "Kyiv, branch 5",
        }
        sale = self._import_buyer("1", buyer, **delivery)
        self.assertRecordValues(
            sale.partner_shipping_id,
            [
                {
                    "parent_id": sale.partner_id.id,
                    "type": "delivery",
                    "name": "Ivan",
                    "phone": "+380671112233",
                    "street": "Kyiv, branch 5",
                }
            ],
        )
        again = self._import_buyer("2", buyer, **delivery)
        self.assertEqual(again.partner_shipping_id, sale.partner_shipping_id)
        self.assertEqual(again.partner_invoice_id, sale.partner_id)

    def test_recipients_without_a_phone_are_told_by_name(self):
        buyer = {"name": "Olena", "phone": "+380501112233"}
        other = self._import_buyer("1", buyer, recipient={"name": "Ivan"})
        self.assertEqual(other.partner_shipping_id.name, "Ivan")
        same = self._import_buyer("2", buyer, recipient={"name": "Olena"})
        self.assertEqual(same.partner_shipping_id, same.partner_id)

    def test_no_delivery_contact_where_the_store_wants_none(self):
        self.store.create_delivery_address = False
        sale = self._import_buyer("1", {"name": "Olena"}, address="Kyiv, branch 5")
        self.assertEqual(sale.partner_shipping_id, sale.partner_id)
