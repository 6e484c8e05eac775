from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.garazd_merchant_center.models.merchant_catalogue_name import normalise

from .catalogue_common import LIST, SAMPLE, CatalogueCase, make_xlsx


@tagged("post_install", "-at_install")
class TestCatalogueUse(CatalogueCase):
    """What Prom's categories and attributes are good for in Odoo."""

    def test_category_of_the_product_goes_before_that_of_its_category(self):
        self._import(make_xlsx(LIST))
        parent = self.env["product.category"].create({"name": "Clothes"})
        child = parent.create({"name": "Shirts", "parent_id": parent.id})
        parent.merchant_category_id = self._get("35506")
        product = next(iter(self.products.values()))
        product.categ_id = child
        template = product.product_tmpl_id
        self.assertEqual(template._get_portal_category_ref(), "35506")
        feed = self.env["product.data.feed"].create({"name": "F", "company_id": self.company.id})
        self.assertEqual(feed._get_portal_refs()[feed._get_group_number(child)], "35506")
        basis = feed._get_basis()
        self.assertEqual(feed._get_basis(), basis)
        child.merchant_category_id = self._get("70306")
        # Offers are rendered anew.
        self.assertNotEqual(feed._get_basis(), basis)
        template.merchant_category_id = self._get("70306")
        self.assertEqual(template.portal_category_ref, "70306")
        self.assertEqual(template._get_portal_category_ref(), "70306")

    def test_changed_category_is_told_and_can_be_accepted(self):
        self.store.track_category_changes = True
        self._sync("products")
        listing = self.env["merchant.listing"].search(
            [("store_id", "=", self.store.id), ("product_id", "!=", False)], limit=1
        )
        template = listing.product_id.product_tmpl_id
        template.portal_category_ref = "70306"
        self._import(make_xlsx(LIST))
        self._sync("products")
        issue = self._get_issues("listing_category")
        self.assertEqual(issue._get_record(), listing)
        self.assertIn("Шафи серверні", issue.detail)
        self.assertTrue(listing.is_category_moved)
        listing.with_user(self.admin).action_accept_category()
        listing.invalidate_recordset(["is_category_moved"])
        self.assertFalse(listing.is_category_moved)
        self.assertEqual(template.portal_category_ref, listing.category_external_id)
        self._sync("products")
        self.assertFalse(self._get_issues("listing_category"))

    def test_restored_category_is_told_again_only_after_it_was_right(self):
        self.store.track_category_changes = True
        self._sync("products")
        listing = self.env["merchant.listing"].search(
            [("store_id", "=", self.store.id), ("product_id", "!=", False)], limit=1
        )
        template = listing.product_id.product_tmpl_id
        template.portal_category_ref = "70306"
        listing._track_categories(self.store)
        self.assertTrue(listing.is_category_moved)
        listing.with_user(self.admin).action_restore_category()
        listing.invalidate_recordset(["is_category_moved"])
        self.assertFalse(listing.is_category_moved)
        listing._track_categories(self.store)
        self.assertFalse(self._get_issues("listing_category"))
        self.assertEqual(template.portal_category_ref, "70306")
        shown, listing.category_external_id = listing.category_external_id, "70306"
        listing._track_categories(self.store)
        listing.category_external_id = shown
        listing._track_categories(self.store)
        self.assertEqual(self._get_issues("listing_category")._get_record(), listing)

    def test_category_whose_last_child_vanished_can_be_chosen(self):
        self._import(make_xlsx(LIST))
        self._import(make_xlsx([*LIST[:3], LIST[4]]))
        self.assertFalse(self._get("35506").active)
        self.assertTrue(self._get("355").is_leaf)

    # === MATCHING === #

    def _propose(self):
        self._import(SAMPLE.read_bytes(), "attributes")
        match = self.env["merchant.attribute.match"].with_user(self.admin)
        return match.browse(match.action_propose("prom")["res_id"])

    def _add_attribute(self, name, *values):
        return self.env["product.attribute"].create(
            {"name": name, "value_ids": [(0, 0, {"name": value}) for value in values]}
        )

    def test_attributes_have_their_names_in_both_languages(self):
        self.env["res.lang"]._activate_lang("uk_UA")
        self.env["res.lang"]._activate_lang("ru_RU")
        self._import(SAMPLE.read_bytes(), "attributes")
        colour = self._get("814").attribute_ids.filtered(lambda a: a.external_id == "4846")
        for lang, name in (("uk_UA", "Колір"), ("ru_RU", "Цвет")):
            self.assertEqual(colour.with_context(lang=lang).name, name)
        red = colour.value_ids.filtered(lambda v: v.external_id == "30788")
        self.assertEqual(red.with_context(lang="ru_RU").name, "Алый")

    def test_safe_proposals_write_the_official_names(self):
        colour = self._add_attribute(" колір", "ЧЕРВОНИЙ", "Рожевий", "Свій")
        match = self._propose()
        match.action_accept_safe()
        self.assertEqual(colour.portal_name, "Колір")
        self.assertEqual(colour.value_ids.mapped("portal_name"), ["Червоний", False, False])
        self.assertFalse(match.line_ids.filtered(lambda line: line.attribute_id == colour))
        again = self._propose().line_ids
        self.assertFalse(again.filtered(lambda line: line.attribute_id == colour))

    def test_unit_is_written_after_a_person_accepted_it(self):
        weight = self._add_attribute("Фасовка  матеріалу", "5")
        match = self._propose()
        match.action_accept_safe()
        self.assertFalse(weight.portal_name)
        match.line_ids.filtered(lambda line: line.attribute_id == weight).action_accept()
        self.assertEqual((weight.portal_name, weight.portal_unit), ("Фасовка матеріалу", "кг"))

    def test_kinds_of_apostrophes_are_the_same(self):
        for apostrophe in "'\u2019\u02bc`":
            self.assertEqual(normalise(f" ОБ{apostrophe}єм"), normalise("Об`єм"))

    def test_only_administrators_match_attributes(self):
        with self.assertRaises(AccessError):
            self.env["merchant.attribute.match"].with_user(self.user).action_propose("prom")
