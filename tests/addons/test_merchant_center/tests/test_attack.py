from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.garazd_merchant_center.tests.common import ADMINISTRATOR

from .common import DemoCase


@tagged("post_install", "-at_install")
class TestAttack(DemoCase):
    """What a curious employee, and the administrator of another company, may try over RPC."""

    two_companies = True

    def _prepare(self):
        super()._prepare()
        self.product = self._make_product("A1", company_id=self.company.id)
        self._product("p1", sku="A1")
        self._product("p2")
        self._import_order("1")
        self._sync("full")
        self.sale = self._get_order("1").sale_order_id
        self.stranger = self._make_user("stranger", ADMINISTRATOR, self.other_company)
        self.own_store = self._make_store(
            name="Their Shop", api_token="their-token", company_id=self.other_company.id
        )

    def _as(self, user, name):
        return self.env[name].with_user(user).with_company(user.company_id)

    def _ask(self, user, name, values, *fields):
        """Return what the web client is told about a form that was never saved."""
        shown = {field: {} for field in (*values, *fields)}
        return self._as(user, name).onchange(values, list(values), shown)["value"]

    def _assert_out_of_reach(self, name, vals, *methods):
        """Nothing can be created that leads to the other company, or it leads nowhere."""
        for method in methods:
            with self.subTest(method), self.assertRaises(UserError):
                wizard = self._as(self.stranger, name).create(vals)
                self.env.invalidate_all()
                getattr(wizard, method)()

    # === ANOTHER COMPANY === #

    def test_mapping_tells_nothing_of_other_stores(self):
        """That something is mapped already is said with its name."""
        partner = self.sale.partner_id
        mappings = self.env["merchant.mapping"]
        mappings._link(self.store, "res.partner", [(partner, "b1", "x")])
        for vals in (
            {"store_id": self.store.id, "external_id": "b1", "res_id": 1},
            {"store_id": self.store.id, "external_id": "new", "res_id": partner.id},
        ):
            with self.subTest(vals), self.assertRaises(AccessError):
                self._as(self.stranger, "merchant.mapping").create({"model": "res.partner"} | vals)

    def test_mapping_leads_to_own_records_only(self):
        """Who could map a customer of others would read its name, and sell to it."""
        partner = self.sale.partner_id
        for model, record in (("res.partner", partner), ("product.product", self.product)):
            vals = {"store_id": self.own_store.id, "external_id": "x"}
            for way in (
                {"model": model, "res_id": record.id},
                {"resource_ref": f"{model},{record.id}"},
            ):
                with self.subTest(way), self.assertRaises(AccessError):
                    self._as(self.stranger, "merchant.mapping").create(vals | way)
        mapping = self._as(self.stranger, "merchant.mapping").create(
            vals | {"model": "res.partner", "res_id": self.stranger.partner_id.id}
        )
        for change in ({"res_id": partner.id}, {"resource_ref": f"res.partner,{partner.id}"}):
            with self.subTest(change), self.assertRaises(AccessError):
                mapping.write(change)

    def test_mapping_knows_products_categories_and_partners_only(self):
        """Of any other model it would tell the names of records that nobody may read."""
        vals = {"store_id": self.store.id, "external_id": "x", "res_id": 1}
        for model in ("ir.config_parameter", "res.users.apikeys", "ir.cron", "no.such.model"):
            with self.subTest(model), self.assertRaises(UserError):
                self._as(self.admin, "merchant.mapping").create(vals | {"model": model})

    def test_settings_lead_to_own_records_only(self):
        """A store that had the price list of others would publish what they sell, and for what."""
        feed = self.env["product.data.feed"].create({"company_id": self.company.id, "name": "x"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)])
        status = self.store.status_ids[:1]
        store = self.own_store.with_user(self.stranger)
        for vals in (
            {"feed_id": feed.id},
            {"warehouse_id": warehouse[:1].id},
            {"payment_journal_id": self._make_books(self.company).id},
            {"set_status_id": status.id},
            {"import_status_id": status.id},
            {"confirmed_status_id": status.id},
        ):
            with self.subTest(vals), self.assertRaises(UserError):
                store.write(vals)
                store.flush_recordset()

    def test_store_cannot_be_moved_to_another_company(self):
        """Neither there, where its orders would appear, nor with what it has read."""
        for record in (self.own_store.with_user(self.stranger), self.store.with_user(self.admin)):
            other = (self.company | self.other_company) - record.company_id
            with self.subTest(other.name), self.assertRaises(UserError):
                record.write({"company_id": other.id})
        with self.assertRaises(UserError):
            self._as(self.stranger, "merchant.store").create(
                {"name": "x", "marketplace": "demo", "company_id": self.company.id}
            )
        with self.assertRaises(UserError):
            self._as(self.stranger, "merchant.store.add").create(
                {
                    "name": "x",
                    "marketplace": "demo",
                    "api_token": "their-token",
                    "company_id": self.company.id,
                }
            ).action_add()

    def test_production_of_others_is_neither_shown_nor_switched(self):
        vals = {"store_id": self.store.id, "is_understood": True}
        self._assert_out_of_reach(
            "merchant.store.production",
            vals,
            "action_switch",
            "action_open_changes",
            "action_open_withheld",
            "read",
        )
        with self.assertRaises(AccessError):
            self._ask(self.stranger, "merchant.store.production", vals, "effects")
        self.assertEqual(self.store.mode, "test")

    def test_products_of_others_are_not_created(self):
        listing = self._get_listing("p2")
        for vals in (
            {"scope": "selected", "listing_ids": [(6, 0, listing.ids)]},
            {"scope": "all", "store_id": self.store.id},
        ):
            self._assert_out_of_reach("merchant.product.create", vals, "action_create_products")
            counts = {"listing_count": 1, "product_count": 1, "gone_count": 1}
            told = {}
            try:
                told = self._ask(self.stranger, "merchant.product.create", vals, *counts)
            except AccessError:
                continue
            self.assertFalse([name for name in counts if told.get(name)], told)
        self.assertFalse(listing.requested_creation)

    def test_price_list_of_others_is_not_imported(self):
        vals = {"store_id": self.store.id}
        self._assert_out_of_reach("merchant.feed.import.start", vals, "action_start", "read")
        for name in ("feed_id", "mode", "offer_count", "held_count", "problem"):
            with self.subTest(name), self.assertRaises(AccessError):
                self._ask(self.stranger, "merchant.feed.import.start", vals, name)
        self.assertFalse(self.env["merchant.feed.import"].search([]))

    def test_products_of_others_are_not_mapped(self):
        vals = {"store_id": self.own_store.id, "external_id": "x", "product_id": self.product.id}
        self._assert_out_of_reach("merchant.mapping.set", vals, "action_set")
        vals = {"store_id": self.store.id, "external_id": "x", "product_id": self.product.id}
        self._assert_out_of_reach("merchant.mapping.set", vals, "action_set")

    def test_orders_of_others_are_not_recovered(self):
        vals = {"store_id": self.store.id, "numbers": "7"}
        self._assert_out_of_reach("merchant.order.recover", vals, "action_recover")

    # === FORMS THAT ARE NEVER SAVED === #

    def test_question_why_names_no_orders_of_others(self):
        """The wizards belong to all employees; only what they are about is somebody's."""
        employee = self._make_user("employee", "base.group_user", self.company)
        salesman = self._make_user(
            "salesman", "sales_team.group_sale_salesman_all_leads", self.other_company
        )
        self.store.push_cancelled = True
        self.sale.action_confirm()
        orders = {"sale_order_ids": [(6, 0, self.sale.ids)]}
        names = ("told_orders", "is_test", "reason_codes")
        colleague = self._make_user(
            "colleague", "sales_team.group_sale_salesman_all_leads", self.company
        )
        told = self._ask(colleague, "merchant.order.cancel", orders, *names)
        self.assertTrue(told["told_orders"], "nothing would be shown, so nothing is proved")
        for user in (employee, salesman):
            with self.subTest(user.login):
                told = self._try(user, "merchant.order.cancel", orders, *names)
                self.assertFalse(any(told.get(name) for name in names), told)

    def test_question_before_a_delivery_names_no_orders_of_others(self):
        employee = self._make_user("employee", "base.group_user", self.company)
        storekeeper = self._make_user("storekeeper", "stock.group_stock_user", self.other_company)
        self.sale.action_confirm()
        order = self._get_order("1")
        order.status_id = self._status("cancelled")
        order.status_id.kind = "cancelled"
        pickings = {"picking_ids": [(6, 0, self.sale.picking_ids.ids)]}
        colleague = self._make_user("colleague", "stock.group_stock_user", self.company)
        told = self._ask(colleague, "merchant.delivery.confirm", pickings, "message")
        self.assertIn("1", told["message"] or "", "nothing would be shown, so nothing is proved")
        for user in (employee, storekeeper):
            with self.subTest(user.login):
                told = self._try(user, "merchant.delivery.confirm", pickings, "message")
                self.assertFalse(told.get("message"), told)

    def test_forms_show_nothing_of_the_orders_of_others(self):
        """A form that is filled in and never saved may name any order of a marketplace."""
        order = self._get_order("1")
        order.recipient_phone = "+380501112233"
        self.sale.action_confirm()
        salesman = self._make_user(
            "salesman", "sales_team.group_sale_salesman_all_leads", self.other_company
        )
        storekeeper = self._make_user("storekeeper", "stock.group_stock_user", self.other_company)
        phone = "merchant_recipient_phone"
        for user, name, vals in (
            (salesman, "sale.order", {"merchant_order_id": order.id}),
            (storekeeper, "stock.picking", {"merchant_order_id": order.id}),
            (storekeeper, "stock.picking", {"sale_id": self.sale.id}),
        ):
            with self.subTest(vals, model=name):
                told = self._try(user, name, vals, phone, "merchant_reference")
                self.assertFalse(told.get(phone), told)
                self.assertFalse(told.get("merchant_reference"), told)
            records = self._as(user, name).with_context(default_merchant_order_id=order.id)
            for record in (records.new({}), records.new(vals)):
                self.assertFalse(record[phone])
        # What is saved is shown, also while somebody changes it.
        colleague = self._make_user(
            "colleague", "sales_team.group_sale_salesman_all_leads", self.company
        )
        sale = self.sale.with_user(colleague)
        self.assertEqual(sale[phone], order.recipient_phone)
        told = sale.onchange({"note": "x"}, ["note"], {"note": {}, phone: {}})["value"]
        self.assertNotIn(phone, told)
        self.assertEqual(sale.new({"note": "x"}, origin=sale)[phone], order.recipient_phone)

    def _try(self, user, *args):
        """As `_ask`; a refusal tells nothing either."""
        try:
            return self._ask(user, *args)
        except AccessError:
            return {}

    # === A PLAIN USER === #

    def test_plain_user_opens_no_wizard_of_administrators(self):
        for name, vals in (
            ("merchant.store.production", {"store_id": self.store.id, "is_understood": True}),
            ("merchant.product.create", {"scope": "all", "store_id": self.store.id}),
            ("merchant.mapping.set", {"store_id": self.store.id, "product_id": self.product.id}),
            ("merchant.partner.erase", {"partner_id": self.sale.partner_id.id}),
            ("merchant.store.add", {"name": "x", "marketplace": "demo", "api_token": "t"}),
        ):
            with self.subTest(name):
                with self.assertRaises(AccessError):
                    self._as(self.user, name).create(vals)
                with self.assertRaises(AccessError):
                    self._as(self.user, name).web_save(vals, {})
                self.assertFalse(self._as(self.user, name).has_access("read"))

    def test_plain_user_agrees_to_nothing(self):
        listing = self._get_listing("p1")
        issue = self.env["merchant.issue"]._report(self.store, "push_held", prices=1, vanishing=0)
        for record, name in (
            (self.store, "action_push_held"),
            (self.store, "action_leave_held"),
            (issue, "action_push_held"),
            (issue, "action_leave_held"),
            (listing, "action_accept_proposal"),
            (listing, "action_accept_all"),
            (listing, "action_leave_out"),
            (listing, "action_take_back"),
            (listing, "action_create_products"),
            (listing, "action_create_all_products"),
        ):
            for user in (self.user, self.stranger):
                if user == self.stranger and name.endswith("_all") or "all_products" in name:
                    continue  # of what they see, which is nothing of this company
                with self.subTest(f"{user.login}: {name}"), self.assertRaises(AccessError):
                    getattr(record.with_user(user), name)()
        for name in ("action_accept_all", "action_create_all_products"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(self._as(self.user, "merchant.listing"), name)()

    def test_fields_of_the_system_are_not_written_by_administrators(self):
        """Consent, permissions and the place in the synchronization are results of methods."""
        listing = self._get_listing("p1").with_user(self.admin)
        for vals in ({"agreed_values": {"price": 1}}, {"held_values": False}, {"product_id": 1}):
            with self.subTest(vals), self.assertRaises(AccessError):
                listing.write(vals)

    def test_templates_are_written_by_those_who_administer_odoo(self):
        """A template is code that runs with the rights of the system."""
        feed = self.env["product.data.feed"].create({"company_id": self.company.id, "name": "x"})
        template = feed.template_id
        for user in (self.user, self.admin):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    template.with_user(user).write({"arch": "<t/>"})
                with self.assertRaises(AccessError):
                    template.with_user(user).copy()
                with self.assertRaises(AccessError):
                    self._as(user, "ir.ui.view").create({"type": "qweb", "arch": "<t/>"})
                with self.assertRaises(AccessError):
                    feed.with_user(user).action_customize_template()
