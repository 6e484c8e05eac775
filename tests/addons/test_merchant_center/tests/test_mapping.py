from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DemoCase


@tagged("post_install", "-at_install")
class TestMapping(DemoCase):
    """What a product is in a store, said by a person."""

    def _prepare(self):
        super()._prepare()
        self.product = self._make_product("A1")
        self._product("p1", sku="other", title="There")
        self._sync("products")
        self.listing = self._get_listing("p1")

    def _set(self, product=None, user=None, **vals):
        action = (product or self.product).with_user(user or self.admin)
        action = action.action_set_merchant_mapping()
        wizard = self.env[action["res_model"]].with_user(user or self.admin)
        wizard = wizard.with_context(**action["context"])
        return wizard.create({"store_id": self.store.id} | vals).action_set()

    def test_set_by_identifier_brings_the_listing_in_line(self):
        self._set(external_id=" p1 ")
        self.assertEqual(self.listing.product_id, self.product)
        self.assertEqual(self.listing.mapping_id.external_name, "There")
        self.assertEqual(self.product.merchant_mapping_names, f"{self.store.name} p1")

    def test_set_by_the_product_there(self):
        self._set(listing_id=self.listing.id)
        self.assertEqual(self.listing.product_id, self.product)

    def test_set_again_replaces_what_was_mapped(self):
        self._set(external_id="p0")
        self._set(external_id="p1")
        self.assertEqual(self.product._get_merchant_mappings().mapped("external_id"), ["p1"])

    def test_identifier_of_another_product_is_refused_with_its_name(self):
        self._set(self._make_product("B2"), external_id="p1")
        with self.assertRaisesRegex(UserError, "Product B2"):
            self._set(external_id="p1")

    def test_identifier_of_a_deleted_product_is_free(self):
        gone = self._make_product("B2")
        self._set(gone, external_id="p1")
        gone.unlink()
        self._set(external_id="p1")
        self.assertEqual(self.listing.product_id, self.product)

    def test_several_stores_have_the_same_product(self):
        other = self._make_store(name="Other", api_token="other")
        self._set(external_id="p1")
        self._set(external_id="p1", store_id=other.id)
        action = self.product.with_user(self.user).action_show_merchant_mappings()
        found = self.env["merchant.mapping"].search(action["domain"])
        self.assertEqual(found.store_id, self.store | other)
        template = self.product.product_tmpl_id
        self.assertEqual(template.action_show_merchant_mappings()["domain"], action["domain"])

    def test_users_only_look(self):
        with self.assertRaises(AccessError):
            self._set(user=self.user, external_id="p1")
        self.assertFalse(self.product.with_user(self.user).merchant_mapping_names)

    def test_mappings_are_imported_and_exported(self):
        mappings = self.env["merchant.mapping"].with_user(self.admin)
        fields = ["store_id", "model", "res_id", "external_id"]
        row = [self.store.name, "product.product", str(self.product.id), "p1"]
        done = mappings.load(fields, [row])
        self.assertFalse(done["messages"])
        self.assertEqual(self.listing.product_id, self.product)
        self.admin.group_ids |= self.env.ref("base.group_allow_export")
        exported = mappings.browse(done["ids"]).export_data(["external_id", "resource_ref"])
        self.assertEqual(
            next(iter(exported.values())), [["p1", f"product.product,{self.product.id}"]]
        )
        twin = self._make_product("B2")
        for again in ([*row[:3], "p2"], [*row[:2], str(twin.id), "p1"]):
            [message] = mappings.load(fields, [again])["messages"]
            self.assertIn("Product A1 is already mapped to p1", message["message"])

    def test_blanks_around_an_imported_identifier_do_not_count(self):
        mappings = self.env["merchant.mapping"].with_user(self.admin)
        fields = ["store_id", "model", "res_id", "external_id"]
        row = [self.store.name, "product.product", str(self.product.id), " p1 "]
        self.assertFalse(mappings.load(fields, [row])["messages"])
        self.assertEqual(self.listing.product_id, self.product)
        mapping = self.product._get_merchant_mappings().with_user(self.admin)
        mapping.external_id = "p0"
        self.assertFalse(self.listing.product_id)
        mapping.external_id = "\tp1"
        self.assertEqual(self.listing.product_id, self.product)
