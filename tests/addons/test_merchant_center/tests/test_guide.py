from lxml import html

from odoo.tests import tagged

from .common import DemoCase


@tagged("post_install", "-at_install")
class TestGuide(DemoCase):
    """What an empty list says."""

    two_companies = True

    def _get_guide(self, user, model="merchant.store"):
        guide = self.env["merchant.store"].with_user(user).get_guide(model)
        return html.fragment_fromstring(guide, create_parent="div") if guide else None

    def _get_buttons(self, guide):
        return [" ".join(a.text_content().split()) for a in guide.xpath("//a[@type='action']")]

    def test_administrators_get_the_buttons_of_the_first_steps(self):
        self.env["merchant.store"].search([]).active = False
        self.env["product.data.feed"].search([]).active = False
        guide = self._get_guide(self.admin)
        self.assertEqual(self._get_buttons(guide), ["Make a Price List", "Connect a Store"])
        self.env["product.data.feed"].create({"name": "Feed", "company_id": self.company.id})
        self.assertIn("Open the Price Lists", self._get_buttons(self._get_guide(self.admin)))

    def test_users_read_whom_to_ask(self):
        self.env["merchant.store"].search([]).active = False
        guide = self._get_guide(self.user)
        self.assertFalse(self._get_buttons(guide))
        self.assertIn(self.admin.name, guide.text_content())

    def test_every_list_leads_to_the_first_steps(self):
        self.env["merchant.store"].search([]).active = False
        for model in ("merchant.order", "merchant.listing", "merchant.issue"):
            self.assertIn("Connect a Store", self._get_buttons(self._get_guide(self.admin, model)))

    def test_lists_of_a_store_that_was_never_read_lead_to_it(self):
        guide = self._get_guide(self.user, "merchant.order")
        self.assertEqual(self._get_buttons(guide), [self.store.name])
        self.assertEqual(guide.xpath("//a/@data-resid"), [str(self.store.id)])
        self._sync("orders")
        self.assertIsNone(self._get_guide(self.user, "merchant.order"))
        self.assertIsNotNone(self._get_guide(self.user, "merchant.listing"))

    def test_lists_without_a_next_step_keep_what_they_say(self):
        self.assertIsNone(self._get_guide(self.user, "merchant.issue"))

    def test_stores_of_other_companies_do_not_count(self):
        self.assertIn("Only administrators", self._get_guide(self.other_user).text_content())
