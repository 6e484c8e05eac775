from odoo.exceptions import AccessError, UserError
from odoo.modules import get_module_path
from odoo.tests import tagged
from odoo.tools.misc import file_open

from .common import ADMINISTRATOR, STORE_MODELS, USER, MerchantCase

# What belongs to the marketplace's catalogue is the same for all companies. Wizards are read by who
# opened them: one that makes a store, and the lines of another.
SHARED = {
    "merchant.category.attribute",
    "merchant.category.attribute.value",
    "merchant.feed.import.start.line",
    "merchant.store.add",
}


@tagged("post_install", "-at_install")
class TestSecurity(MerchantCase):
    two_companies = True

    def test_groups_stand_under_one_privilege(self):
        user, administrator = self.env.ref(USER), self.env.ref(ADMINISTRATOR)
        privilege = self.env.ref("garazd_merchant_center.privilege_merchant_center")
        self.assertEqual((user | administrator).privilege_id, privilege)
        self.assertIn(user, administrator.implied_ids)
        self.assertIn(self.env.ref("base.user_admin"), administrator.user_ids)

    def test_users_read_everything_and_write_nothing(self):
        for name in ("merchant.store", *STORE_MODELS):
            model = self.env[name].with_user(self.user)
            self.assertTrue(model.has_access("read"), name)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(model.has_access(operation), f"{name}: {operation}")

    def test_administrators_write_settings_and_nothing_the_system_keeps(self):
        writable = {
            "merchant.store",
            "merchant.mapping",
            "merchant.category",
            "merchant.delivery.method",
            "merchant.order.status",
            "merchant.payment.method",
        }
        for name in ("merchant.store", *STORE_MODELS):
            model = self.env[name].with_user(self.admin)
            self.assertEqual(model.has_access("write"), name in writable, name)

    def test_people_without_a_group_see_nothing(self):
        nobody = self._make_user("nobody", "base.group_user", self.company)
        for name in ("merchant.store", "merchant.store.add", *STORE_MODELS):
            self.assertFalse(self.env[name].with_user(nobody).has_access("read"), name)

    def test_catalogue_is_seen_by_users_and_written_by_the_system_only(self):
        nobody = self._make_user("nobody", "base.group_user", self.company)
        for name in (
            "merchant.catalogue.import",
            "merchant.catalogue.import.row",
            "merchant.category.attribute",
            "merchant.category.attribute.value",
        ):
            self.assertFalse(self.env[name].with_user(nobody).has_access("read"), name)
            for user in (self.user, self.admin, self.other_user):
                model = self.env[name].with_user(user)
                self.assertTrue(model.has_access("read"), name)
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(model.has_access(operation), f"{name}: {operation}")

    def test_everything_of_a_company_is_shown_to_that_company_only(self):
        """Whatever leads to a company has a rule, or is read by the system alone."""
        rules = self.env["ir.rule"].search([("domain_force", "like", "company_ids")])
        # Without a group a rule counts for everybody.
        guarded = set(rules.filtered(lambda rule: not rule.groups).mapped("model_id.model"))
        self.assertLessEqual({"merchant.store", "product.data.feed", *STORE_MODELS}, guarded)
        open_ones = {
            name
            for name in self._get_own_models()
            if self._leads_to_company(name) and name not in guarded and self._is_shown(name)
        }
        self.assertFalse(open_ones - SHARED, "write a rule for them")

    def _get_own_models(self):
        """Return the models of ours that have a table."""
        return [
            name
            for name, model in self.env.items()
            if not model._abstract and self.env["ir.model"]._get(name).modules.startswith("garazd_")
        ]

    def _leads_to_company(self, name, seen=()):
        """Tell whether a record is of a company, by itself or by what it is part of."""
        for field in self.env[name]._fields.values():
            if field.name == "company_id":
                return True
            # What a wizard is about is chosen by who opens it; only the store makes it of somebody.
            is_part = field.type == "many2one" and field.store and field.ondelete == "cascade"
            is_part |= field.name == "store_id"
            own = is_part and field.comodel_name in self._get_own_models()
            is_new = own and field.comodel_name not in (name, *seen)
            if is_new and self._leads_to_company(field.comodel_name, (*seen, name)):
                return True
        return False

    def _is_shown(self, name):
        """Tell whether anybody but those who administer Odoo may read a model."""
        access = self.env["ir.model.access"].search(
            [("model_id.model", "=", name), ("perm_read", "=", True)]
        )
        return bool(access.filtered(lambda a: a.group_id != self.env.ref("base.group_system")))

    def test_only_administrators_open_the_wizard(self):
        with self.assertRaises(AccessError):
            self.env["merchant.store.add"].with_user(self.user).create({"name": "Mine"})

    def test_secrets_are_hidden_from_users(self):
        hidden = {
            "merchant.store": ["api_token", "api_url", "token_expires_on", "debug", "debug_until"],
            "merchant.order": ["payload", "payload_text"],
            "merchant.operation": ["request", "response", "exchange_text"],
            "merchant.catalogue.import": ["file", "sealed_link"],
        }
        for model, names in hidden.items():
            fields = self.env[model].with_user(self.user).fields_get()
            self.assertFalse(set(names) & set(fields), model)
            fields = self.env[model].with_user(self.admin).fields_get()
            self.assertLessEqual(set(names), set(fields), model)

    def test_token_is_neither_copied_nor_exported(self):
        token = self.env["merchant.store"]._fields["api_token"]
        self.assertFalse(token.copy)
        fields = self.env["merchant.store"].with_user(self.admin).fields_get(["api_token"])
        self.assertFalse(fields["api_token"].get("exportable", True))

    def test_unknown_marketplace_is_told_in_words(self):
        store = self.env["merchant.store"].new({"marketplace": "nowhere"})
        with self.assertRaisesRegex(UserError, "nowhere is not installed"):
            store._get_adapter()

    def test_scheduled_actions_run_without_stores(self):
        self.env["merchant.store"].search([]).active = False
        for name in ("sync_base", "sync_products", "sync_orders", "operations"):
            before = self.env["merchant.sync.run"].search_count([])
            self._run_cron(name)
            self.assertEqual(self.env["merchant.sync.run"].search_count([]), before)

    def test_neutralizing_a_copy_is_valid_sql(self):
        path = f"{get_module_path('garazd_merchant_center')}/data/neutralize.sql"
        with file_open(path) as file:
            self.env.cr.execute(file.read())
