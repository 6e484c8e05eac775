from lxml import etree

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import STORE_MODELS, MerchantCase

# Where an administrator looks for a setting of the store.
TABS = {
    "orders": (
        "import_status_id",
        "set_status_id",
        "confirm_orders",
        "unknown_product_policy",
        "import_from",
        "push_confirmed",
        "confirmed_status_id",
        "push_delivered",
        "delivered_status_id",
        "push_cancelled",
        "cancelled_status_id",
        "user_id",
        "team_id",
        "source_id",
        "order_tag_ids",
        "warehouse_id",
        "pricelist_id",
    ),
    "partners": ("create_delivery_address", "partner_lang", "partner_tag_ids"),
    "payments": ("payment_journal_id", "payment_method_ids", "recording", "journal_id"),
    "products": ("track_category_changes",),
}
# What the page Merchant of a sales order tells, by the name of the group.
MERCHANT_PAGE = {
    "order": ("reference", "status", "cancellation", "cancelled_by_buyer", "url"),
    "delivery": (
        "delivery_method_id",
        "recipient_name",
        "recipient_phone",
        "delivery_address",
        "delivery_cost",
        "delivery_payer",
        "delivery_promotion",
        "waybill_number",
        "shipping_state",
    ),
    "payment": ("payment_method_id", "payment_state"),
    "fees": ("fee_sale", "fee_advertising", "fee_instalment", "fee_refunded", "fee", "margin"),
}


@tagged("post_install", "-at_install")
class TestView(MerchantCase):
    def _get_actions(self):
        menus = self.env["ir.ui.menu"].search(
            [("id", "child_of", self.env.ref("garazd_merchant_center.merchant_center_menu").id)]
        )
        actions = [menu.action for menu in menus if menu.action]
        # A server action makes its window when it is run.
        return [action for action in actions if action._name == "ir.actions.act_window"]

    def test_every_action_of_the_menu_renders(self):
        for user in (self.user, self.admin):
            for action in self._get_actions():
                model = self.env[action.res_model].with_user(user)
                if not model.has_access("read"):
                    continue
                views = [(False, mode) for mode in action.view_mode.split(",")]
                views.append((action.search_view_id.id, "search"))
                for view in model.get_views(views)["views"].values():
                    etree.fromstring(view["arch"])

    def test_every_list_tells_the_next_step_when_it_is_empty(self):
        for action in self._get_actions():
            if action.res_model.startswith("merchant.") and action.target != "new":
                self.assertIn("o_view_nocontent", action.help or "", action.name)

    def test_menu_is_for_the_groups(self):
        root = self.env.ref("garazd_merchant_center.merchant_center_menu")
        add = self.env.ref("garazd_merchant_center.merchant_store_add_menu")
        nobody = self._make_user("nobody", "base.group_user", self.company)
        menus = self.env["ir.ui.menu"]
        self.assertNotIn(root.id, menus.with_user(nobody)._visible_menu_ids())
        self.assertIn(root.id, menus.with_user(self.user)._visible_menu_ids())
        self.assertNotIn(add.id, menus.with_user(self.user)._visible_menu_ids())
        self.assertIn(add.id, menus.with_user(self.admin)._visible_menu_ids())

    def test_users_do_not_see_the_buttons_of_administrators(self):
        button = "//button[@name='action_open_production']"
        for user, is_seen in ((self.user, False), (self.admin, True)):
            arch = self.env["merchant.store"].with_user(user).get_view(view_type="form")["arch"]
            self.assertEqual(bool(etree.fromstring(arch).xpath(button)), is_seen)

    def test_every_setting_of_a_store_says_what_it_does(self):
        stores = self.env["merchant.store"].with_user(self.admin)
        arch = etree.fromstring(stores.get_view(view_type="form")["arch"])
        helps = stores.fields_get(attributes=["help"])
        settings = arch.xpath("//notebook//group//field[not(ancestor::field)]/@name")
        self.assertGreater(len(settings), 15)
        self.assertFalse([name for name in settings if not helps[name].get("help")])

    def test_every_setting_of_a_store_stands_on_its_tab(self):
        for group in ("stock.group_stock_multi_warehouses", "product.group_product_pricelist"):
            self.admin.group_ids += self.env.ref(group)
        stores = self.env["merchant.store"].with_user(self.admin)
        arch = etree.fromstring(stores.get_view(view_type="form")["arch"])
        for tab, names in TABS.items():
            for name in names:
                with self.subTest(tab, name=name):
                    self.assertTrue(arch.xpath(f"//page[@name='{tab}']//field[@name='{name}']"))

    def test_what_the_marketplace_was_asked_and_told_is_shown_to_administrators(self):
        for model, name in (
            ("merchant.order", "payload_text"),
            ("merchant.operation", "exchange_text"),
        ):
            for user, is_seen in ((self.user, False), (self.admin, True)):
                with self.subTest(model, user=user.login):
                    arch = self.env[model].with_user(user).get_view(view_type="form")["arch"]
                    found = etree.fromstring(arch).xpath(f"//page//field[@name='{name}']")
                    self.assertEqual(bool(found), is_seen)

    def test_changes_are_shown_line_by_line_and_applied_or_ignored(self):
        arch = self.env["merchant.order"].with_user(self.user).get_view(view_type="form")["arch"]
        [changes] = etree.fromstring(arch).xpath("//div[@name='changes']")
        columns = changes.xpath("field[@name='change_ids']/list/field/@name")
        self.assertEqual(columns, ["kind", "subject", "old_value", "new_value"])
        buttons = changes.xpath("button/@name")
        self.assertEqual(buttons, ["action_apply_changes", "action_ignore_changes"])

    def test_records_cannot_be_made_by_hand_where_only_the_system_makes_them(self):
        for name in set(STORE_MODELS) - {"merchant.mapping"}:
            arch = etree.fromstring(self.env[name].get_view(view_type="list")["arch"])
            self.assertEqual(arch.get("create"), "0", name)

    def test_phone_shows_cards_with_what_a_person_may_do(self):
        for name, user, buttons in (
            ("matching", self.user, set()),
            (
                "matching",
                self.admin,
                {"action_accept_proposal", "action_choose_product", "action_create_products"},
            ),
            ("push", self.user, {"action_push_again"}),
        ):
            with self.subTest(name, user=user.login):
                action = self.env.ref(f"garazd_merchant_center.merchant_listing_{name}_action")
                modes = {mode: view_id for view_id, mode in action.views}
                self.assertEqual(list(modes), ["list", "kanban", "form"])
                self.assertEqual(action.mobile_view_mode, "kanban")
                listings = self.env["merchant.listing"].with_user(user)
                arch = etree.fromstring(listings.get_view(modes["kanban"], "kanban")["arch"])
                self.assertEqual(set(arch.xpath("//t[@t-name='card']//button/@name")), buttons)

    def test_mapping_records_tell_their_kind_in_words(self):
        mappings = self.env["merchant.mapping"]
        arch = etree.fromstring(mappings.get_view(view_type="list")["arch"])
        self.assertTrue(arch.xpath("//field[@name='model']"))
        kinds = dict(mappings.fields_get(["model"])["model"]["selection"])
        self.assertEqual(kinds["product.category"], "Product Category")
        with self.assertRaises(ValidationError):
            mappings.create({"model": "res.users", "res_id": self.user.id, "external_id": "1"})

    def test_margin_after_fees_stands_under_the_margin(self):
        sales = self.env["sale.order"]
        arch = etree.fromstring(sales.get_view(view_type="form")["arch"])
        names = arch.xpath("//*[field[@name='tax_totals']]//field/@name")
        above = "margin" if "margin" in sales._fields else "tax_totals"
        self.assertLess(names.index(above), names.index("merchant_margin"))

    def test_lists_offer_what_the_marketplace_says_as_columns(self):
        sales = self.env["sale.order"]
        for mode, path, names in (
            ("list", "", ("merchant_reference", "merchant_status", "merchant_fee")),
            ("form", "//field[@name='order_line']/list", ("merchant_fee",)),
        ):
            arch = etree.fromstring(sales.get_view(view_type=mode)["arch"])
            for name in names:
                [column] = arch.xpath(f"{path}//field[@name='{name}'][@optional]")
                self.assertEqual(column.get("optional"), "hide")

    def test_sales_order_tells_what_the_marketplace_says(self):
        arch = etree.fromstring(self.env["sale.order"].get_view(view_type="form")["arch"])
        for group, names in MERCHANT_PAGE.items():
            path = f"//page[@name='merchant']//group[@name='merchant_{group}']"
            for name in names:
                with self.subTest(group, name=name):
                    self.assertTrue(arch.xpath(f"{path}/field[@name='merchant_{name}']"))
        # Above everything else, so that nobody calls before reading it.
        for name in ("merchant_do_not_call", "merchant_buyer_note"):
            with self.subTest(name):
                self.assertTrue(arch.xpath(f"//sheet/preceding-sibling::div[@name='{name}']"))

    def test_sales_orders_are_filtered_and_grouped_by_what_the_marketplace_says(self):
        sales = self.env["sale.order"]
        arch = etree.fromstring(sales.get_view(view_type="search")["arch"])
        for name in ("merchant_reference", "merchant_store_id", "merchant_status"):
            with self.subTest(name):
                self.assertTrue(arch.xpath(f"//field[@name='{name}']"))
        for name in ("merchant", "merchant_paid", "merchant_changed", "merchant_check_delivery"):
            with self.subTest(name):
                [domain] = arch.xpath(f"//filter[@name='{name}']/@domain")
                self.assertFalse(sales.search(safe_eval(domain)))
        for name in ("merchant_store", "merchant_status", "merchant_payment"):
            with self.subTest(name):
                [context] = arch.xpath(f"//filter[@name='group_{name}']/@context")
                sales.formatted_read_group([], [safe_eval(context)["group_by"]], ["__count"])

    def test_sales_order_views_render(self):
        for model, modes in (
            ("sale.order", ("form", "list", "search")),
            ("product.data.feed", ("form",)),
            ("stock.picking", ("form", "list", "search")),
        ):
            for mode in modes:
                etree.fromstring(self.env[model].get_view(view_type=mode)["arch"])
