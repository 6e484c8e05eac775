from odoo.tests import BaseCase, tagged

from odoo.addons.garazd_merchant_center.tools.variations import split_names

from .creation_common import CreationCase


@tagged("post_install", "-at_install")
class TestProductVariation(CreationCase):
    """Variations become variants of one product."""

    def _get_values(self, *external_ids):
        values = self._get_products(*external_ids).product_template_attribute_value_ids
        return values.mapped("name")

    def _get_products(self, *external_ids):
        products = self.env["product.product"]
        return products.concat(*(self._get_product(ref) for ref in external_ids))

    def test_variations_are_variants_of_one_product(self):
        self._product("base", title="Чашка «Зоря»", family="f", sku="C", price="100.00")
        self._variation(1, "Чашка «Зоря» біла", sku="C-W", price="110.00")
        self._variation(2, "Чашка «Зоря» синя", sku="C-B", price="90.00")
        run = self._create()
        self.assertRecordValues(run, [{"state": "done", "created": 3, "failed": 0}])
        products = self._get_products("base", "v1", "v2")
        template = products.product_tmpl_id
        self.assertEqual(len(template), 1)
        self.assertEqual(template.product_variant_ids, products)
        self.assertEqual(template.name, "Чашка «Зоря»")
        attribute = self.env.ref("garazd_merchant_center.attribute_variation")
        self.assertEqual(template.attribute_line_ids.attribute_id, attribute)
        self.assertEqual(self._get_values("base", "v1", "v2"), ["Основний", "біла", "синя"])
        self.assertEqual(products.mapped("default_code"), ["C", "C-W", "C-B"])
        self.assertEqual(products.mapped("lst_price"), [100, 110, 90])

    def test_names_are_compared_in_each_language(self):
        self._product("base", title="Чашка", titles={"uk_UA": "Чашка", "en_US": "Cup"}, family="f")
        titles = {"uk_UA": "Чашка біла", "en_US": "White Cup"}
        self._variation(1, "Чашка біла", titles=titles)
        self._variation(2, "Чашка синя", titles={"uk_UA": "Чашка синя", "en_US": "Blue Cup"})
        self._create()
        template = self._get_product("v1").product_tmpl_id
        self.assertEqual(template.with_context(lang="uk_UA").name, "Чашка")
        self.assertEqual(template.with_context(lang="en_US").name, "Cup")
        values = self._get_product("v1").product_template_attribute_value_ids
        self.assertEqual(values.with_context(lang="uk_UA").name, "біла")
        self.assertEqual(values.with_context(lang="en_US").name, "White")

    def test_variation_that_appears_later_joins_the_product(self):
        self._product("base", title="Чашка", family="f")
        self._variation(1, "Чашка біла")
        self._create()
        template = self._get_product("base").product_tmpl_id
        self._variation(2, "Чашка синя", price="120.00")
        self.assertEqual(self._create().created, 1)
        self.assertEqual(self._get_product("v2").product_tmpl_id, template)
        self.assertEqual(len(template.product_variant_ids), 3)
        self.assertEqual(self._get_values("v1", "v2"), ["біла", "синя"])
        self.assertEqual(self._get_product("v2").lst_price, 120)

    def test_variations_asked_for_one_by_one_make_one_product(self):
        self._product("base", title="Чашка", family="f")
        self._variation(1, "Чашка біла")
        self._variation(2, "Чашка синя")
        for external_id in ("v2", "base", "v1"):
            self._create(external_id)
        products = self._get_products("base", "v1", "v2")
        self.assertEqual(len(products.product_tmpl_id), 1)
        self.assertEqual(self._get_values("base", "v1", "v2"), ["Основний", "біла", "синя"])

    def test_product_that_gets_its_first_variation_keeps_its_variant(self):
        self._product("base", title="Чашка", sku="C")
        self._create()
        product = self._get_product("base")
        self.assertFalse(product.product_template_attribute_value_ids)
        self._variation(1, "Чашка біла")
        self._create()
        self.assertEqual(self._get_product("base"), product)
        self.assertEqual(
            product.product_tmpl_id.product_variant_ids, product + self._get_product("v1")
        )
        self.assertEqual(self._get_values("base", "v1"), ["Основний", "біла"])

    def test_products_that_people_made_stay_as_they_are(self):
        own = self._make_product("C")
        self._product("base", title="Чашка", family="f", sku="C")
        self._variation(1, "Чашка біла")
        self._create()
        self.assertEqual(self._get_product("base"), own)
        self.assertFalse(own.product_tmpl_id.attribute_line_ids)
        self.assertNotEqual(self._get_product("v1").product_tmpl_id, own.product_tmpl_id)

    def test_variations_of_the_same_name_are_told_apart(self):
        self._product("base", title="Чашка", family="f")
        self._variation(1, "Чашка біла", sku="W1")
        self._variation(2, "Чашка біла")
        self._create()
        self.assertEqual(len(self._get_products("base", "v1", "v2")), 3)
        self.assertEqual(self._get_values("v1", "v2"), ["біла", "біла (v2)"])

    def test_variations_are_known_by_their_group_alone(self):
        self._product("a", title="Чашка біла", family="f")
        self._product("b", title="Чашка синя", family="f")
        self._product("c", title="Чашка синя", family="g")
        self._create()
        products = self._get_products("a", "b")
        self.assertEqual(len(products.product_tmpl_id), 1)
        self.assertNotEqual(self._get_product("c").product_tmpl_id, products.product_tmpl_id)
        self.assertFalse(self._get_product("c").product_template_attribute_value_ids)

    def test_renamed_attribute_and_values_are_kept(self):
        self._product("base", title="Чашка", family="f")
        self._variation(1, "Чашка біла")
        self._create()
        line = self._get_product("v1").product_tmpl_id.attribute_line_ids
        line.attribute_id.name = "Колір"
        line.value_ids[1].name = "Білий"
        self._variation(2, "Чашка синя")
        self._create()
        self.assertEqual(line.attribute_id.name, "Колір")
        self.assertEqual(self._get_values("v1", "v2"), ["Білий", "синя"])

    def test_attribute_that_was_deleted_is_made_again(self):
        self.env.ref("garazd_merchant_center.attribute_variation").unlink()
        self._product("base", title="Чашка", family="f")
        self._variation(1, "Чашка біла")
        self._create()
        self._variation(2, "Чашка синя")
        self._create()
        self.assertEqual(self._get_values("v1", "v2"), ["біла", "синя"])

    def test_bad_variation_stops_no_other(self):
        self._product("base", title="Чашка", family="f")
        self._variation(1, "Чашка біла", currency="XXX")
        self._variation(2, "Чашка синя")
        run = self._create()
        self.assertRecordValues(run, [{"created": 2, "failed": 1}])
        template = self._get_product("base").product_tmpl_id
        self.assertEqual(len(template.product_variant_ids), 2)

    def test_archived_variant_of_a_removed_mapping_comes_back(self):
        self._product("base", title="Чашка", family="f")
        self._variation(1, "Чашка біла")
        self._create()
        listing = self._get_listing("v1")
        product = listing.product_id
        product.active = False
        listing.mapping_id.unlink()
        product.default_code = False
        self._create()
        self.assertEqual(self._get_product("v1"), product)
        self.assertTrue(product.active)


class TestSplitNames(BaseCase):
    def _split(self, names, common, *parts):
        with self.subTest(names):
            self.assertEqual(split_names(names), (common, list(parts)))

    def test_words_that_differ_are_found(self):
        self._split(["Cup", "Cup red", "Cup blue"], "Cup", "", "red", "blue")
        self._split(["Cup S red", "Cup M blue"], "Cup", "S red", "M blue")
        self._split(["Cup S red", "Cup M red"], "Cup red", "S", "M")
        self._split(["Red cup", "Blue cup"], "cup", "Red", "Blue")
        self._split(["Cup", "Cup"], "Cup", "", "")
        self._split(["Cup"], "Cup", "")
        self._split(["Red cup", "Blue mug"], "", "Red cup", "Blue mug")

    def test_unit_stays_with_its_number(self):
        self._split(["Cable 1,5 m", "Cable 3 m"], "Cable", "1,5 m", "3 m")
        self._split(["Rug 150x200", "Rug 200x220"], "Rug", "150x200", "200x220")

    def test_brackets_and_separators_around_a_part_go(self):
        self._split(["Shirt (S, black)", "Shirt (M, white)"], "Shirt", "S, black", "M, white")
        self._split(["Shirt (S, black)", "Shirt (M, black)"], "Shirt", "S, black", "M, black")
        self._split(["Cup - red", "Cup - blue"], "Cup", "red", "blue")
        self._split(["Cup, red", "Cup, blue"], "Cup", "red", "blue")
        self._split(["Cup red (S)", "Cup blue (S)"], "Cup", "red (S)", "blue (S)")

    def test_strange_names_do_no_harm(self):
        for names in (["", ""], ["(", ")"], ["- -", "-"], ["a" * 300, "b"], ["((a", "((b)"]):
            with self.subTest(names):
                self.assertEqual(len(split_names(names)[1]), len(names))
