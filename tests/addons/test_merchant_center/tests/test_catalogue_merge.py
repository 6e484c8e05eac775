import json

from odoo import Command
from odoo.tests import tagged

from .catalogue_common import CatalogueCase


@tagged("post_install", "-at_install")
class TestCatalogueMerge(CatalogueCase):
    """What the files say becomes a tree, with names in all their languages."""

    def _tree(self, *rows, **changes):
        return self._import(self._file(*rows, **changes))

    def test_category_above_others_may_have_no_row_of_its_own(self):
        self._tree(self._row("5", "Home", "Light", "Lamps"), self._row("6", "Home", "Beds"))
        self.assertEqual(self._get("5").complete_name, "Home / Light / Lamps")
        self.assertEqual(self._get("6").parent_id, self._get("5").parent_id.parent_id)
        self.assertEqual((self._get("5").is_leaf, self._get("6").parent_id.is_leaf), (True, False))
        self.assertEqual(self._tree(self._row("5", "Home", "Light", "Lamps")).created, 0)

    def test_category_that_moved_keeps_its_record(self):
        self._tree(self._row("1", "A"), self._row("2", "B"), self._row("3", "A", "C", parent="1"))
        category = self._get("3")
        self._tree(self._row("1", "A"), self._row("2", "B"), self._row("3", "B", "C", parent="2"))
        self.assertEqual(category.complete_name, "B / C")
        self.assertEqual((self._get("1").is_leaf, self._get("2").is_leaf), (True, False))

    def test_parent_and_child_may_change_places(self):
        self._tree(self._row("1", "A"), self._row("2", "A", "B", parent="1"))
        record = self._tree(self._row("2", "B"), self._row("1", "B", "A", parent="2"))
        self.assertEqual(record.state, "done")
        self.assertEqual(self._get("1").complete_name, "B / A")

    def test_renamed_parent_renames_what_is_below(self):
        self._tree(self._row("1", "A"), self._row("2", "A", "B"), self._row("3", "A", "B", "C"))
        self._tree(
            self._row("1", "X"),
            self._row("2", "X", "B", parent="1"),
            self._row("3", "X", "B", "C", parent="2"),
        )
        self.assertEqual(self._get("3").complete_name, "X / B / C")

    def test_names_of_two_files_in_two_languages_come_together(self):
        self._tree(
            self._row("1", "Одяг", names={"uk_UA": "Одяг"}),
            self._row("2", "Одяг", "Сорочки", names={"uk_UA": "Сорочки"}),
        )
        self._tree(
            self._row("1", "Одежда", names={"ru_RU": "Одежда"}),
            self._row("2", "Одежда", "Рубашки", names={"ru_RU": "Рубашки"}),
        )
        shirts = self._get("2")
        self.assertEqual(shirts.with_context(lang="uk_UA").name, "Сорочки")
        self.assertEqual(shirts.with_context(lang="ru_RU").name, "Рубашки")
        # Nobody reads English names there: the official language stands for all.
        self.assertEqual(shirts.with_context(lang="en_US").name, "Сорочки")
        self.assertEqual(shirts.complete_name, "Одяг / Сорочки")
        self.assertEqual(shirts.with_context(lang="uk_UA").other_names, "Рубашки")
        self.assertEqual(shirts.with_context(lang="ru_RU").other_names, "Сорочки")

    def test_category_without_a_row_gets_its_name_in_another_language(self):
        self._tree(
            self._row("5", "Дім", "Світло", "Лампи", names={"uk_UA": "Лампи"}),
            self._row("6", "Дім", "Ліжка", names={"uk_UA": "Ліжка"}),
        )
        above = self._get("5").parent_id
        record = self._tree(
            self._row("5", "Дом", "Свет", "Лампы", names={"ru_RU": "Лампы"}),
            self._row("6", "Дом", "Кровати", names={"ru_RU": "Кровати"}),
        )
        self.assertEqual(self._values(record, "created", "updated", "archived"), (0, 2, 0))
        self.assertEqual(self._get("5").parent_id, above)
        self.assertEqual(above.parent_id, self._get("6").parent_id)
        self.assertEqual(above.names, {"uk_UA": "Світло", "ru_RU": "Свет"})
        self.assertEqual(above.parent_id.with_context(lang="ru_RU").name, "Дом")
        self.assertEqual(self._get("5").complete_name, "Дім / Світло / Лампи")

    def test_category_that_gets_a_row_of_its_own_takes_the_place(self):
        self._tree(self._row("5", "Home", "Lamps"), self._row("6", "Home", "Beds"))
        made_up = self._get("5").parent_id
        self.assertTrue(made_up.is_unlisted)
        self._tree(
            self._row("4", "Home"), self._row("5", "Home", "Lamps"), self._row("6", "Home", "Beds")
        )
        self.assertEqual((self._get("5") | self._get("6")).parent_id, self._get("4"))
        self.assertFalse(made_up.active)

    def test_names_are_found_in_languages_that_odoo_does_not_have(self):
        self.env["res.lang"].search([("code", "=", "ru_RU")]).active = False
        self._tree(self._row("2", "Сорочки", names={"uk_UA": "Сорочки", "ru_RU": "Рубашки"}))
        categories = self.env["merchant.category"]
        for name in ("рубаш", "сороч", "2"):
            self.assertEqual(categories.name_search(name)[0][0], self._get("2").id, name)
        found = categories.search([("other_names", "ilike", "РУБАШ")])
        self.assertEqual(found, self._get("2"))
        self.assertFalse(categories.search([("other_names", "ilike", "uk_UA")]))
        self.assertNotIn(found, categories.search([("other_names", "not ilike", "рубаш")]))

    def test_parents_are_found_by_the_names_of_another_language(self):
        self._tree(self._row("1", "Одяг", names={"uk_UA": "Одяг", "ru_RU": "Одежда"}))
        self._tree(self._row("2", "Одежда", "Рубашки", names={"ru_RU": "Рубашки"}), complete=False)
        self.assertEqual(self._get("2").parent_id, self._get("1"))

    def test_table_of_commissions_adds_rates_and_archives_nothing(self):
        self._tree(self._row("1", "A"), self._row("2", "B"))
        record = self._tree(self._row("2", "B", rate="18.88"), complete=False)
        self.assertEqual(self._get("2").commission_rate, 18.88)
        self.assertTrue(self._get("1").active)
        self.assertEqual(self._values(record, "updated", "archived"), (1, 0))
        again = self._tree(self._row("2", "B", rate="18.88"), complete=False)
        self.assertEqual(again.unchanged, 1)
        # A list without rates says nothing about them.
        self._tree(self._row("1", "A"), self._row("2", "B"))
        self.assertEqual(self._get("2").commission_rate, 18.88)

    def test_list_that_lacks_most_is_not_believed(self):
        self._tree(*(self._row(str(n), f"Category {n}") for n in range(1, 6)))
        record = self._tree(self._row("1", "Category 1"))
        self.assertEqual(self._values(record, "state", "archived", "kept"), ("partial", 0, 4))
        self.assertEqual(self._count(), 5)

    def test_category_comes_back(self):
        rows = [self._row(str(n), f"Category {n}") for n in range(1, 6)]
        self._tree(*rows)
        self._tree(*rows[:4])
        self.assertFalse(self._get("5").active)
        record = self._tree(*rows)
        self.assertTrue(self._get("5").active)
        self.assertEqual(self._values(record, "created", "updated"), (0, 1))

    def test_pages_take_few_queries(self):
        rows = [self._row("1", "Top")]
        rows += [self._row(str(n), "Top", f"Category {n}", parent="1") for n in range(10, 800)]
        record = self._ask(self._file(*rows))
        self.assertLess(self._work(record), 200)
        self.assertEqual((record.created, self._count()), (791, 791))

    # === ATTRIBUTES === #

    def _attributes(self, *rows, category="5"):
        content = json.dumps({"attributes": {category: rows}, "names": {category: {"": "Lamps"}}})
        return self._import(content.encode(), name="attributes")

    def test_attributes_belong_to_their_category_and_change_with_the_file(self):
        colour = {
            "id": "7",
            "kind": "select",
            "names": {"uk_UA": "Колір", "ru_RU": "Цвет"},
            "values": [["1", {"uk_UA": "Червоний"}], ["2", {"uk_UA": "Червоний"}]],
        }
        weight = {"id": "8", "names": {"uk_UA": "Вага"}, "units": {"uk_UA": "кг", "ru_RU": "кг"}}
        record = self._attributes(colour, weight)
        self.assertEqual(self._values(record, "state", "row_count", "created"), ("done", 2, 2))
        self.assertEqual(record.category_ids, self._get("5"))
        attributes = self._get("5").attribute_ids
        self.assertEqual(attributes.mapped("name"), ["Колір", "Вага"])
        self.assertEqual(attributes[0].with_context(lang="ru_RU").name, "Цвет")
        self.assertEqual(attributes[0].value_ids.mapped("name"), ["Червоний", "Червоний"])
        self.assertEqual(attributes[1].unit, "кг")
        self.assertEqual(self._attributes(colour, weight).unchanged, 2)
        # A value less, and no unit any more.
        colour = colour | {"values": colour["values"][:1]}
        record = self._attributes(colour, weight | {"units": {}})
        self.env.invalidate_all()
        self.assertEqual(self._values(record, "updated", "unchanged"), (2, 0))
        values = attributes[0].with_context(active_test=True).value_ids
        self.assertEqual((len(values), attributes[1].unit), (1, False))
        record = self._attributes(colour)
        self.assertEqual(self._values(record, "unchanged", "archived"), (1, 1))
        self.assertFalse(attributes[1].active)

    def _read_why_nothing_is_proposed(self):
        match = self.env["merchant.attribute.match"].with_user(self.admin)
        match = match.browse(match.action_propose("demo")["res_id"])
        match.action_accept_safe()
        return match.message

    def test_match_without_imported_attributes_asks_for_those_of_the_products(self):
        self.env["product.attribute"].create(
            {"name": "Колір", "value_ids": [Command.create({"name": "Синій"})]}
        )
        self.assertEqual(
            self._read_why_nothing_is_proposed(),
            "No attributes of the marketplace were imported yet.",
        )
        self._list_in("5")
        self.assertIn(
            "categories whose attributes were not imported: " + self._get("5").display_name,
            self._read_why_nothing_is_proposed(),
        )

    def test_match_says_what_is_missing_after_an_import(self):
        attributes = self.env["product.attribute"]
        attributes.search([]).active = False
        names = {"uk_UA": "Об`єм"}
        self._attributes({"id": "7", "kind": "text", "names": names})
        self.assertIn("Odoo has no attributes with values", self._read_why_nothing_is_proposed())
        for name in ("Об`єм", "Смак"):
            attributes.create({"name": name, "value_ids": [Command.create({"name": "1"})]})
        message = self._read_why_nothing_is_proposed()
        self.assertIn("Already as on the marketplace: Об`єм.", message)
        self.assertIn(
            "Not called as any imported attribute, so nothing is proposed: Смак.", message
        )
        category = self._get("5")
        self.assertIn(f"imported for the categories: {category.display_name}.", message)
        self.assertNotIn("were not imported", message)
        self._list_in("3")
        self.assertIn(
            "not imported: " + self._get("3").display_name, self._read_why_nothing_is_proposed()
        )

    def _list_in(self, category):
        """Have a product of the store in a category of the marketplace."""
        self._tree(self._row("3", "Chairs"), self._row("5", "Lamps"))
        self.env["merchant.listing"].create(
            {
                "store_id": self.store.id,
                "external_id": f"l{category}",
                "name": "Thing",
                "portal_category_id": self._get(category).id,
            }
        )

    def test_attributes_are_proposed_by_any_of_their_names(self):
        self.env["res.lang"].search([("code", "=", "ru_RU")]).active = False
        self._attributes(
            {
                "id": "7",
                "kind": "select",
                "names": {"uk_UA": "Об`єм", "ru_RU": "Объем"},
                "values": [["1", {"uk_UA": "Великий", "ru_RU": "Большой"}]],
            }
        )
        for name, value in (("об\u2019ЄМ", "великий"), ("ОБЪЕМ", "большой")):
            attribute = self.env["product.attribute"].create(
                {"name": name, "value_ids": [Command.create({"name": value})]}
            )
            match = self.env["merchant.attribute.match"].with_user(self.admin)
            match.browse(match.action_propose("demo")["res_id"]).action_accept_safe()
            self.assertEqual(attribute.portal_name, "Об`єм")
            self.assertEqual(attribute.value_ids.portal_name, "Великий")
