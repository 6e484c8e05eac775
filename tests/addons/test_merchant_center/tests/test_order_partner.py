from odoo.tests import tagged

from .common import DemoCase


@tagged("post_install", "-at_install")
class TestOrderPartner(DemoCase):
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

    def test_phone_is_known_however_it_is_written(self):
        if "phone_sanitized" not in self.env["res.partner"]._fields:
            self.skipTest("no module brings sanitized phones")
        partner = self._make_partner(phone="+380 50 111 22 33")
        self.assertEqual(self._import_buyer(buyer={"phone": "+380501112233"}).partner_id, partner)

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
