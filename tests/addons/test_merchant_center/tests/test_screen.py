from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo import fields
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import DemoCase

MODULES = ("garazd_product_feed", "garazd_merchant_center")
# What contexts of actions may name.
WORDS = {"context_today": fields.Date.today, "relativedelta": relativedelta}
# What runs in the background, and the button that ends it.
JOBS = {
    "merchant.store": "action_stop_sync",
    "merchant.sync.run": "action_stop",
    "merchant.catalogue.import": "action_cancel",
    "merchant.feed.import": "action_stop",
    "product.data.feed": "action_stop",
}


@tagged("post_install", "-at_install")
class TestScreen(DemoCase):
    """What all screens of the suite have in common."""

    def _prepare(self):
        super()._prepare()
        for group in (
            "base.group_system",
            "sales_team.group_sale_salesman_all_leads",
            "stock.group_stock_user",
        ):
            self.admin.group_ids += self.env.ref(group)

    def _find(self, model):
        data = self.env["ir.model.data"].search([("module", "in", MODULES), ("model", "=", model)])
        return self.env[model].browse(data.mapped("res_id"))

    def _get_arch(self, model, view_type, view_id=None):
        env = self.env[model].with_user(self.admin)
        return etree.fromstring(env.get_view(view_id, view_type)["arch"])

    def test_whatever_runs_in_the_background_is_watched_and_can_be_stopped(self):
        for model, button in JOBS.items():
            with self.subTest(model):
                arch = self._get_arch(model, "form")
                self.assertTrue(arch.xpath("//field[@widget='record_watch']"))
                self.assertTrue(arch.xpath(f"//button[@name='{button}']"))
                # How far the marketplace is with a price list nobody knows: it counts only.
                has_bar = bool(arch.xpath("//field[@widget='progressbar']"))
                self.assertEqual(has_bar, model != "merchant.feed.import")

    def test_ready_made_filters_and_measures_exist(self):
        for action in self._find("ir.actions.act_window"):
            context = safe_eval(action.context or "{}", WORDS)
            model = self.env[action.res_model]
            search = self._get_arch(action.res_model, "search", action.search_view_id.id)
            with self.subTest(action.name):
                for key in context:
                    if key.startswith("search_default_"):
                        name = key.removeprefix("search_default_")
                        self.assertTrue(search.xpath(f"//*[@name='{name}']"), name)
                groupings = [
                    *context.get("graph_groupbys", ()),
                    *context.get("pivot_row_groupby", ()),
                    *context.get("pivot_column_groupby", ()),
                ]
                measures = [*context.get("pivot_measures", ()), context.get("graph_measure")]
                measures = [name for name in measures if name and name != "__count"]
                names = [grouping.partition(":")[0] for grouping in groupings]
                for name in {*names, *measures}:
                    self.assertIn(name, model._fields)
                aggregates = [f"{name}:{model._fields[name].aggregator}" for name in measures]
                model._read_group([], groupings, ["__count", *aggregates])

    def test_reports_answer_what_a_shop_asks(self):
        search = self._get_arch("merchant.order.report", "search")
        for name in (
            "store",
            "status",
            "payment_state",
            "payment_method",
            "source",
            "channel",
            "cancellation",
        ):
            self.assertTrue(search.xpath(f"//filter[@name='group_{name}']"), name)
        actions = self._find("ir.actions.act_window")
        reports = actions.filtered(lambda action: action.res_model == "merchant.order.report")
        self.assertGreaterEqual(len(reports), 4)
        self.assertEqual(set(reports.mapped("view_mode")), {"graph,pivot,list"})

    def test_wizards_are_used_by_the_keyboard(self):
        views = self._find("ir.ui.view").filtered(lambda view: view.type == "form")
        wizards = {view.model for view in views if self.env[view.model]._transient}
        wizards.discard("sale.mass.cancel.orders")  # Odoo's own
        self.assertGreater(len(wizards), 8)
        for model in wizards:
            with self.subTest(model):
                arch = self._get_arch(model, "form")
                buttons = arch.xpath("//footer/button[not(@disabled)]")
                mute = [button.get("string") for button in buttons if not button.get("data-hotkey")]
                self.assertTrue(buttons)
                self.assertFalse(mute)

    def test_phones_are_called_and_addresses_copied(self):
        for model, phone, address in (
            ("sale.order", "merchant_recipient_phone", "merchant_delivery_address"),
            ("stock.picking", "merchant_recipient_phone", "merchant_delivery_summary"),
            ("merchant.order", "recipient_phone", "delivery_address"),
        ):
            with self.subTest(model):
                arch = self._get_arch(model, "form")
                self.assertTrue(arch.xpath(f"//field[@name='{phone}'][@widget='phone']"))
                self.assertTrue(arch.xpath(f"//field[@name='{address}'][@widget='merchant_copy']"))
