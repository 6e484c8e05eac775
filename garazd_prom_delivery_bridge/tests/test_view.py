from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import DeliveryCase

SHIPPING = (
    "delivery_method_ids",
    "add_shipping",
    "carrier_id",
    "push_tracking",
    "pull_tracking",
    "completed_when",
    "tracking_deadline",
    "warn_late_tracking",
    "tracking_user_id",
)


@tagged("post_install", "-at_install")
class TestView(DeliveryCase):
    """What people find on their screens, and where."""

    def _get_arch(self, model, view_type, user=None):
        records = self.env[model].with_user(user or self.user)
        return etree.fromstring(records.get_view(view_type=view_type)["arch"])

    def test_settings_stand_on_the_tab_shipping(self):
        arch = self._get_arch("merchant.store", "form", self.admin)
        for name in SHIPPING:
            with self.subTest(name):
                self.assertTrue(arch.xpath(f"//page[@name='shipping']//field[@name='{name}']"))

    def test_orders_at_risk_are_a_counter_and_a_filter(self):
        store = self._get_arch("merchant.store", "form")
        button = "//button[@name='action_open_late_orders']/field[@name='late_count']"
        self.assertTrue(store.xpath(button))
        for model, name in (
            ("merchant.order", "late"),
            ("sale.order", "merchant_late"),
            ("stock.picking", "merchant_late"),
        ):
            with self.subTest(model):
                arch = self._get_arch(model, "search", self.env.user)
                [domain] = arch.xpath(f"//filter[@name='{name}']/@domain")
                self.assertFalse(self.env[model].search(safe_eval(domain)))
