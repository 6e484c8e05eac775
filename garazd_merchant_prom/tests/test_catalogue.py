import base64
import io
import zipfile
from pathlib import Path
from unittest.mock import patch

import openpyxl
import xlwt

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.garazd_merchant_center.wizards.merchant_attribute_match import normalise

from ..api.catalogue.attributes import read_attributes
from ..api.catalogue.categories import read_categories
from ..api.catalogue.errors import FileUnreadable
from .common import PromCase

LIST = (
    ("Рівень 1", "Рівень 2", "Рівень 3", "Рівень 4", "Посилання", "Ідентифікатор"),
    ("Одяг", None, None, None, "https://prom.ua/Odezhda", 35),
    ("Одяг", "Футболки", None, None, None, 355),
    ("Одяг", "Футболки", "Чоловічі футболки", None, "https://prom.ua/Futbolki", 35506),
    ("Дім", "Меблі", "Шафи", "Шафи серверні", None, 70306),
)
TREE = """<?xml version="1.0" encoding="utf-8"?>
<categories>
  <category id="1" caption="Каталог">
    <category id="35" caption="одяг"><category id="35506" caption="чоловічі футболки"/></category>
    <category id="29" nameUK="Товари, загальне" nameRU="Товары, общее"/>
    <category id="x" caption="зламана"/>
  </category>
</categories>
""".encode()
SAMPLE = Path(__file__).resolve().parents[2] / "tests/samples/attributes_category_814.xml"


def make_xlsx(*sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def make_xls(rows):
    book = xlwt.Workbook()
    sheet = book.add_sheet("1")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell is not None:
                sheet.write(number, column, cell)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def make_csv(rows, encoding="utf-8-sig", delimiter=";"):
    lines = (delimiter.join("" if cell is None else str(cell) for cell in row) for row in rows)
    return "\n".join(lines).encode(encoding)


def make_workbook(count=40):
    """Make a commission workbook as it is described: data from row 5, rates as fractions."""
    rows = [["Категорії з комісією за замовлення"], [], ["Шлях"], [None] * 6 + ["ID", "Назва"]]
    rows[3] += ["«Економ»", "«Єдина комісія»", "«Більше продажів»", "«Турбо»"]
    for number in range(count):
        path = ["Одяг", f"Категорія {number}", None, None, None]
        rows.append([*path, 2, 2600 + number, f"Категорія {number}", 0.1, 0.1888, 0.2, 0.25])
    return make_xlsx(rows, [["Комісія за перехід"], [1, 2]])


@tagged("post_install", "-at_install")
class TestCatalogue(PromCase):
    """The files in which Prom publishes its categories and attributes."""

    def _wizard(self, name, user=None, **vals):
        model = self.env[f"merchant.import.{name}"].with_user(user or self.admin)
        return model.create({"marketplace": "prom", **vals})

    def _import(self, content, name="categories", **options):
        wizard = self._wizard(name, file=base64.b64encode(content), **options)
        wizard.action_import()
        return wizard.report

    def _get(self, external_id):
        return (
            self.env["merchant.category"]
            .with_context(active_test=False)
            .search([("store_id", "=", False), ("external_id", "=", external_id)])
        )

    # === READING === #

    def test_every_form_of_the_list_says_the_same(self):
        without_headers = LIST[1:]
        swapped = [(*row[:4], row[5]) for row in LIST]
        for name, content in {
            "XLS": make_xls(LIST),
            "XLSX": make_xlsx(LIST),
            "XLSX without headers": make_xlsx(without_headers),
            "CSV": make_csv(LIST),
            "CSV of Excel": make_csv(LIST, "cp1251"),
            "CSV with tabs": make_csv(LIST, "utf-16", "\t"),
            "other columns": make_csv(swapped, delimiter=","),
        }.items():
            with self.subTest(name):
                found = read_categories(content)
                self.assertEqual(
                    [(c.external_id, c.path[-1], c.parent_id) for c in found.categories],
                    [
                        ("35", "Одяг", None),
                        ("355", "Футболки", "35"),
                        ("35506", "Чоловічі футболки", "355"),
                        ("70306", "Шафи серверні", None),
                    ],
                )
                self.assertFalse(found.skipped)

    def test_tree_has_an_artificial_root(self):
        found = read_categories(TREE)
        names = {c.external_id: (c.path, c.parent_id) for c in found.categories}
        self.assertEqual(
            names,
            {
                "35": (("Одяг",), None),
                "35506": (("Одяг", "Чоловічі футболки"), "35"),
                "29": (("Товари, загальне",), None),
            },
        )
        self.assertEqual(found.skipped, [(6, "no_id")])

    def test_commission_workbook_has_the_normal_rate(self):
        found = read_categories(make_workbook())
        self.assertTrue(found.has_rates)
        self.assertEqual(len(found.categories), 40)
        self.assertEqual({float(c.rate) for c in found.categories}, {18.88})
        self.assertEqual(found.categories[3].path, ("Одяг", "Категорія 3"))

    def test_bad_rows_are_left_out_and_named(self):
        rows = [*LIST, ("Дім", None, None, None, None, "немає"), (None,) * 5 + (77,), LIST[1]]
        found = read_categories(make_csv([*rows, ("Сад", "", "", "", "", 1)]))
        reasons = dict(found.skipped)
        self.assertEqual(reasons[6], "no_id")
        self.assertEqual(reasons[7], "no_name")
        self.assertEqual(reasons[8], "repeated")
        self.assertEqual(len(found.categories), 5)

    def test_what_is_no_list_is_refused_in_words(self):
        bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(5):
                archive.writestr(f"{number}.xml", b"0" * 50_000_000)
        for content, text in (
            (b" ", "empty"),
            (bomb, "damaged"),
            (packed.getvalue(), "too large"),
            (b"PK nonsense", "damaged"),
            (b"\xd0\xcf\x11\xe0 nonsense", "damaged"),
            (b"<html>", "damaged"),
            (b"<html></html>", "nothing"),
            ("привіт".encode(), "numbers"),
            (b"\0\1\2\3\0\0", "none of"),
        ):
            with self.subTest(content[:20]), self.assertRaisesRegex(UserError, text):
                self._import(content)

    def test_entities_are_refused_in_any_encoding(self):
        text = (
            '<?xml version="1.0" encoding="%s"?><!DOCTYPE a [<!ENTITY b "c">]>'
            '<categories><category id="1" nameUK="&b;"/></categories>'
        )
        for encoding in ("utf-8", "utf-16"):
            with self.subTest(encoding), self.assertRaises(FileUnreadable):
                read_attributes((text % encoding).encode(encoding))

    def test_any_bytes_are_read_or_refused(self):
        for number in range(0, 256, 7):
            content = bytes((number * step) % 256 for step in range(400))
            for read in (read_categories, read_attributes):
                try:
                    read(content)
                except FileUnreadable:
                    continue

    # === KEEPING === #

    def test_list_becomes_a_tree_and_again_changes_nothing(self):
        report = self._import(make_xlsx(LIST))
        self.assertIn("New: 4", report)
        shirts = self._get("35506")
        self.assertEqual(shirts.complete_name, "Одяг / Футболки / Чоловічі футболки")
        self.assertEqual((shirts.is_leaf, self._get("35").is_leaf), (True, False))
        # A parent without a row of its own.
        self.assertEqual(self._get("70306").complete_name, "Дім / Меблі / Шафи / Шафи серверні")
        again = self._import(make_csv(LIST))
        self.assertIn("Unchanged: 4", again)
        self.assertIn("New: 0", again)

    def test_what_vanished_is_archived_and_comes_back(self):
        self._import(make_xlsx(LIST))
        self.assertIn("Archived", self._import(make_xlsx(LIST[:4])))
        self.assertFalse(self._get("70306").active)
        self._import(make_xlsx(LIST))
        self.assertTrue(self._get("70306").active)

    def test_list_that_lacks_most_is_not_believed(self):
        self._import(make_xlsx(LIST))
        self.assertIn("kept", self._import(make_xlsx(LIST[:2])))
        self.assertTrue(self._get("35506").active)

    def test_workbook_adds_rates_and_archives_nothing(self):
        self._import(make_xlsx(LIST))
        self._import(make_workbook())
        self.assertEqual(self._get("2601").commission_rate, 18.88)
        self.assertTrue(self._get("70306").active)
        self.assertEqual(self._get("2601").parent_id, self._get("35"))

    def test_thousands_of_rows_take_one_transaction_of_few_queries(self):
        rows = [
            ("Одяг", f"Група {n % 50}", f"Категорія {n}", None, None, n + 1) for n in range(3000)
        ]
        self._import(make_xlsx(rows))
        self.assertEqual(
            self.env["merchant.category"].search_count(
                [("store_id", "=", False), ("is_leaf", "=", True)]
            ),
            3000,
        )

    def test_only_administrators_import(self):
        with self.assertRaises(AccessError):
            self._wizard("categories", user=self.user)

    # === ATTRIBUTES === #

    def test_attributes_of_the_real_sample(self):
        self.env["res.lang"]._activate_lang("uk_UA")
        content = SAMPLE.read_bytes()
        report = self._import(content, "attributes")
        category = self._get("814").with_context(lang="uk_UA")
        self.assertEqual(category.name, "Пігменти")
        colour = category.attribute_ids.filtered(lambda a: a.external_id == "4846")
        self.assertEqual((colour.name, colour.kind), ("Колір", "select"))
        # Two Russian values have one Ukrainian name.
        self.assertEqual(colour.value_ids.mapped("name").count("Червоний"), 2)
        weight = category.attribute_ids.filtered(lambda a: a.external_id == "9148")
        self.assertEqual((weight.kind, weight.unit, weight.maximum), ("real", "кг", 50))
        self.assertIn(f"New: {len(category.attribute_ids)}", report)
        self.assertIn(
            f"Unchanged: {len(category.attribute_ids)}", self._import(content, "attributes")
        )

    def test_link_is_used_and_forgotten(self):
        secret = "https://my.prom.ua/cabinet/export?category_id=814&token=top-secret"
        adapter = type(self.env["merchant.adapter.prom"])
        with patch.object(adapter, "_prom_fetch", return_value=SAMPLE.read_bytes()) as fetch:
            wizard = self._wizard("attributes", source="address", link=secret)
            wizard.action_import()
        self.assertEqual(fetch.call_args.args, (secret,))
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM merchant_import_attributes")
        self.assertNotIn("top-secret", str(self.env.cr.fetchall()))
        wizard.invalidate_recordset()
        self.assertFalse(wizard.link)

    def test_links_lead_to_prom_only(self):
        for link in (
            "http://my.prom.ua/x",
            "https://evil.example/x",
            "https://my.prom.ua.evil.example/x",
            "https://my.prom.ua:8080/x",
            "https://user@evil.example#my.prom.ua",
            "file:///etc/passwd",
            "https://[::1",
        ):
            with self.subTest(link), self.assertRaisesRegex(UserError, "no address of Prom"):
                self._wizard("attributes", source="address", link=link)

    # === WHAT IT IS GOOD FOR === #

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
        listing.with_user(self.admin).action_accept_category()
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
        listing.with_user(self.admin).action_restore_category()
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
