from odoo.tests import tagged

from odoo.addons.garazd_merchant_prom.tests.common import PromCase


@tagged("post_install", "-at_install")
class TestChecklist(PromCase):
    """The step of the setup that the delivery adds."""

    def _get_row(self):
        self.store.invalidate_recordset()
        checklist = self.store.with_user(self.admin).checklist
        titles = [row["title"] for row in checklist]
        self.assertLess(titles.index("Payments"), titles.index("Delivery"))
        return checklist[titles.index("Delivery")]

    def _make_carrier(self):
        product = self.env["product.product"].create({"name": "Delivery", "type": "service"})
        vals = {"name": "Post", "product_id": product.id, "company_id": self.company.id}
        return self.env["delivery.carrier"].create(vals)

    def test_one_delivery_method_for_all_will_do(self):
        self._sync("base")
        row = self._get_row()
        self.assertEqual((row["state"], row["page"]), ("todo", "shipping"))
        self.store.carrier_id = self._make_carrier()
        self.assertEqual(self._get_row()["state"], "done")

    def test_each_way_to_deliver_may_have_its_own(self):
        self._sync("base")
        methods = self.store.delivery_method_ids
        self.assertGreater(len(methods), 1)
        methods[1:].carrier_id = self._make_carrier()
        row = self._get_row()
        self.assertEqual(row["state"], "todo")
        self.assertIn("Without one: 1.", row["text"])
        methods.carrier_id = methods[1].carrier_id
        self.assertEqual(self._get_row()["state"], "done")

    def test_button_leads_to_the_ways_of_this_store(self):
        self._sync("base")
        action = self.store.with_user(self.admin).action_open_delivery_methods()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, self.store.delivery_method_ids)

    def test_delivery_methods_of_odoo_are_a_press_away(self):
        action = self.store.with_user(self.admin).action_open_carriers()
        self.assertEqual(action["res_model"], "delivery.carrier")
        self.assertEqual(action["context"], {"default_company_id": self.company.id})

    def test_production_says_that_tracking_numbers_are_sent(self):
        def get_state():
            rows = self.store.with_user(self.admin)._get_production_effects()
            title = "When a delivery gets its tracking number"
            return next(row["state"] for row in rows if row["title"] == title)

        self.assertEqual(get_state(), "sent")
        self.store.push_tracking = False
        self.assertEqual(get_state(), "off")
