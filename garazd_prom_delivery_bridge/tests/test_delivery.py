from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import NOVA_POSHTA, UKRPOSHTA, DeliveryCase


@tagged("post_install", "-at_install")
class TestDelivery(DeliveryCase):
    """The delivery method of Prom's orders on sales orders and transfers."""

    two_companies = True

    # === WHICH CARRIER === #

    def test_nothing_happens_without_a_carrier(self):
        self.store.add_shipping = True
        sale = self._sell("delivery_cost")
        self.assertFalse(sale.carrier_id)
        self.assertFalse(sale.order_line.filtered("is_delivery"))
        self._assert_goods(sale)

    def test_carrier_of_the_store_is_the_default(self):
        self.store.carrier_id = self.carrier
        sale = self._sell()
        self.assertEqual(sale.carrier_id, self.carrier)
        self.assertFalse(sale.order_line.filtered("is_delivery"))
        self._assert_goods(sale)

    def test_carrier_of_the_method_goes_first(self):
        self.store.carrier_id = self.carrier
        self._method(UKRPOSHTA).carrier_id = self.other_carrier
        self.assertEqual(self._sell("ukrposhta").carrier_id, self.other_carrier)
        self.assertEqual(self._sell("np_branch").carrier_id, self.carrier)

    def test_method_alone_will_do(self):
        self._method(NOVA_POSHTA).carrier_id = self.carrier
        self.assertEqual(self._sell("np_locker").carrier_id, self.carrier)
        self.assertFalse(self._sell("meest").carrier_id)

    def test_order_without_a_delivery_method(self):
        self.store.carrier_id = self.carrier
        self.assertEqual(self._sell("no_delivery_option").carrier_id, self.carrier)

    def test_what_the_buyer_fetches_is_not_sent_by_the_usual_carrier(self):
        self.store.carrier_id = self.carrier
        self.assertFalse(self._sell("pickup").carrier_id)
        self._method("14869283").carrier_id = self.other_carrier
        self.assertEqual(self._sell("pickup").carrier_id, self.other_carrier)

    def test_carrier_of_another_company_is_refused(self):
        foreign = self._make_carrier("Foreign", company_id=self.other_company.id)
        with self.assertRaisesRegex(UserError, "company"):
            self.store.carrier_id = foreign
        with self.assertRaisesRegex(UserError, "company"):
            self._method(NOVA_POSHTA).carrier_id = foreign

    # === METHODS WITHOUT ONE === #

    def test_unmapped_method_is_told_once_and_not_per_order(self):
        for _number in range(3):
            self._sell("np_branch")
        self._sell("meest")
        issues = self._get_issues("delivery_unmapped")
        self.assertEqual(len(issues), 2)
        self.assertEqual(sorted(issues.mapped("occurrences")), [1, 3])
        self.assertIn("Нова Пошта", "".join(issues.mapped("detail")))

    def test_issue_leads_to_the_mapping(self):
        self._sell("np_branch")
        issue = self._get_issues("delivery_unmapped").with_user(self.user)
        action = issue.action_open_record()
        method = self._method(NOVA_POSHTA)
        self.assertEqual((action["res_model"], action["res_id"]), (method._name, method.id))
        self.assertEqual(issue.fix_label, "Open the Delivery Method")
        # Nothing has changed: there is nothing to be had from trying again.
        issue.action_retry()
        self.assertEqual(issue.state, "open")

    def test_issue_closes_when_the_method_is_mapped(self):
        self._sell("np_branch")
        self._sell("meest")
        self._method(NOVA_POSHTA).with_user(self.admin).carrier_id = self.carrier
        [issue] = self._get_issues("delivery_unmapped")
        self.assertIn("Meest", issue.detail)
        self.store.with_user(self.admin).carrier_id = self.carrier
        self.assertFalse(self._get_issues("delivery_unmapped"))

    def test_ignored_issue_stays_ignored(self):
        self._sell("np_branch")
        self._get_issues("delivery_unmapped").action_ignore()
        self._sell("np_branch")
        self.assertFalse(self._get_issues("delivery_unmapped"))

    def test_cancelled_order_and_one_without_a_method_tell_nothing(self):
        self._sell("canceled_by_buyer")
        self._sell("no_delivery_option")
        self.assertFalse(self._get_issues("delivery_unmapped"))

    def test_open_orders_get_the_method_when_it_is_mapped(self):
        quotation = self._sell("np_branch")
        confirmed = self._ship("np_branch")
        delivered = self._ship("np_branch")
        self._validate(delivered)
        other = self._sell("meest")
        chosen = self._sell("np_branch")
        chosen.carrier_id = self.other_carrier
        self._method(NOVA_POSHTA).carrier_id = self.carrier
        self.assertEqual(quotation.carrier_id, self.carrier)
        self.assertEqual(confirmed.carrier_id, self.carrier)
        self.assertEqual(confirmed.sale_id.carrier_id, self.carrier)
        self.assertFalse(delivered.carrier_id)
        self.assertFalse(other.carrier_id)
        self.assertEqual(chosen.carrier_id, self.other_carrier)

    # === WHAT COMES AFTER === #

    def test_cancelled_order(self):
        self.store.write({"carrier_id": self.carrier.id, "add_shipping": True})
        sale = self._sell("canceled_by_buyer+delivery_cost")
        self.assertEqual(sale.state, "cancel")
        self.assertEqual(sale.carrier_id, self.carrier)

    def test_transfer_gets_the_carrier_and_the_order(self):
        self.env["product.product"].search([]).filtered(
            lambda product: product.type == "consu"
        ).is_storable = True
        self.store.carrier_id = self.carrier
        sale = self._sell("plain")
        sale.action_confirm()
        self.assertEqual(sale.picking_ids.carrier_id, self.carrier)
        self.assertEqual(sale.picking_ids.merchant_order_id, sale.merchant_order_id)

    def test_quotation_follows_another_method(self):
        self._method(NOVA_POSHTA).carrier_id = self.carrier
        self._method(UKRPOSHTA).carrier_id = self.other_carrier
        sale = self._sell("np_branch")
        option = {"id": int(UKRPOSHTA), "name": "Укрпошта", "shipping_service": None}
        self.sim.touch(int(sale.client_order_ref), delivery_option=option)
        self._sync()
        self.assertEqual(sale.carrier_id, self.other_carrier)

    def test_method_with_another_name_is_the_same(self):
        self._method(NOVA_POSHTA).carrier_id = self.carrier
        picking = self._ship("np_branch")
        picking.sale_id.carrier_id = self.other_carrier
        order = picking.merchant_order_id
        option = {"id": int(NOVA_POSHTA), "name": "Новая Почта", "shipping_service": None}
        self.sim.touch(int(order.external_id), delivery_option=option)
        self._sync()
        self.assertFalse(order.change_ids)
        self.assertEqual(picking.sale_id.carrier_id, self.other_carrier)

    def test_confirmed_order_asks_about_another_method(self):
        self._method(NOVA_POSHTA).carrier_id = self.carrier
        self._method(UKRPOSHTA).carrier_id = self.other_carrier
        picking = self._ship("np_branch")
        order = picking.merchant_order_id
        option = {"id": int(UKRPOSHTA), "name": "Укрпошта", "shipping_service": None}
        self.sim.touch(int(order.external_id), delivery_option=option)
        self._sync()
        self.assertEqual(picking.carrier_id, self.carrier)
        self.assertIn("delivery_method", order.change_ids.mapped("kind"))
        order.action_apply_changes()
        self.assertEqual(picking.carrier_id, self.other_carrier)
        self.assertEqual(picking.sale_id.carrier_id, self.other_carrier)
        self.assertFalse(order.change_ids)
