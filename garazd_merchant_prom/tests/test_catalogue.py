import logging

from odoo.exceptions import UserError
from odoo.tests import tagged

from .catalogue_common import LIST, SAMPLE, TREE, CatalogueCase, make_csv, make_workbook, make_xlsx


@tagged("post_install", "-at_install")
class TestCatalogue(CatalogueCase):
    """The files in which Prom publishes its categories and attributes."""

    # === FILES === #

    def test_list_becomes_a_tree_and_again_changes_nothing(self):
        self._check(self._import(make_xlsx(LIST)), state="done", row_count=4, created=4)
        shirts = self._get("35506")
        self.assertEqual(shirts.complete_name, "Одяг / Футболки / Чоловічі футболки")
        self.assertEqual((shirts.is_leaf, self._get("35").is_leaf), (True, False))
        # A parent without a row of its own.
        self.assertEqual(self._get("70306").complete_name, "Дім / Меблі / Шафи / Шафи серверні")
        again = self._import(self.make_xls(LIST))
        self._check(again, created=0, updated=0, unchanged=4, archived=0)

    def test_each_kind_of_file_gives_the_same_tree(self):
        rows = LIST[:4]
        kinds = {"xls": self.make_xls(rows), "xlsx": make_xlsx(rows), "csv": make_csv(rows)}
        for kind, content in (kinds | {"xml": TREE}).items():
            with self.subTest(kind):
                self.env["merchant.category"].search([("store_id", "=", False)]).unlink()
                record = self._import(content, filename=f"categories.{kind}")
                self._check(record, state="done", row_count=3, created=3, skipped=0)
                shirts = self._get("35506")
                self.assertEqual(shirts.complete_name, "Одяг / Футболки / Чоловічі футболки")
                self.assertEqual(shirts.parent_id.external_id, "355")

    def test_what_vanished_is_archived_and_comes_back(self):
        self._import(make_xlsx(LIST))
        self._check(self._import(make_xlsx(LIST[:4])), archived=4)
        self.assertFalse(self._get("70306").active)
        self._import(make_xlsx(LIST))
        self.assertTrue(self._get("70306").active)

    def test_workbook_adds_rates_and_archives_nothing(self):
        self._import(make_xlsx(LIST))
        self._check(self._import(make_workbook()), state="done", created=40, archived=0)
        self.assertEqual(self._get("2601").commission_rate, 18.88)
        self.assertTrue(self._get("70306").active)
        self.assertEqual(self._get("2601").parent_id, self._get("35"))

    def test_bad_rows_are_in_the_report(self):
        rows = [*LIST, ("Дім", None, None, None, None, "немає"), LIST[1]]
        record = self._import(make_xlsx(rows))
        self._check(record, state="partial", row_count=6, created=4, skipped=2)
        self.assertRecordValues(
            record.row_ids,
            [
                {"number": 6, "reason": "no_id", "text": "Дім | немає"},
                {"number": 7, "reason": "repeated", "text": "Одяг | https://prom.ua/Odezhda | 35"},
            ],
        )

    def test_what_is_no_list_is_refused_in_words(self):
        words = dict(self.env["merchant.catalogue.import"]._fields["error"].selection)
        for content, code in (
            (b" ", "empty"),
            (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "broken"),
            (b"PK nonsense", "broken"),
            (b"<html></html>", "page"),
            ("привіт".encode(), "no_ids"),
            (b"\0\1\2\3\0\0", "kind"),
        ):
            with self.subTest(code):
                self._check(self._import(content), state="failed", error=code)
                self.assertTrue(words[code].endswith("."))

    # === ADDRESSES === #

    def test_list_is_read_from_the_public_address(self):
        record = self._import(source="address")
        self._check(record, state="done", row_count=60, created=60, skipped=0)
        self.assertEqual(self._get("161304").complete_name, "Інструмент / Електроінструменти")
        self.assertEqual(self._get("14191106").parent_id.parent_id.name, "Техніка")
        self.assertEqual(len(self.sim.requests("/cabinet/*")), 1)

    def test_second_address_is_asked_where_the_first_gives_no_file(self):
        self.sim.faults.add("server_error", path="/cabinet/export_categories/xls", status=404)
        self._check(self._import(source="address"), state="done")
        self.assertEqual(self._get("161304").complete_name, "Інструмент / Електроінструменти")

    def test_names_in_both_languages_come_from_two_lists(self):
        for lang in ("uk_UA", "ru_RU"):
            self.env["res.lang"]._activate_lang(lang)
        self._import(source="address")
        self.sim.options.sections_language = "ru"
        self._check(self._import(source="address"), created=0, updated=60, archived=0)
        dishes = self._get("181204")
        self.assertEqual(dishes.with_context(lang="uk_UA").name, "Посуд")
        self.assertEqual(dishes.with_context(lang="ru_RU").name, "Посуда")
        self.assertEqual(dishes.complete_name, "Дім і сад / Посуд")

    def test_address_that_gives_no_file_is_told(self):
        for fault, args, code in (
            ("html_200", {}, "page"),
            ("server_error", {"status": 404}, "not_found"),
            ("redirect", {"to": "http://evil.example/"}, "moved"),
            ("bomb", {"kind": "huge"}, "too_large"),
            ("bomb", {"kind": "zip", "megabytes": 100}, "too_large"),
            ("bomb", {"kind": "gzip"}, "too_large"),
            ("bomb", {"kind": "entities"}, "broken"),
        ):
            with self.subTest(fault, **args):
                self.sim.faults.clear()
                self.sim.faults.add(fault, path="/cabinet/*", times=None, **args)
                self._check(self._import(source="address"), state="failed", error=code)
        self.assertFalse(self._get("161304"))

    def test_address_that_is_busy_is_asked_again(self):
        self.sim.faults.add("server_error", path="/cabinet/*", status=503)
        record = self._import(source="address")
        self._check(record, state="running", position=0)
        record.next_attempt = False
        self._run_cron("catalogue_imports")
        self._check(record, state="done", row_count=60)

    def test_nobody_asks_prom_while_the_person_waits(self):
        self._wizard("categories", source="address").action_import()
        self._wizard(
            "attributes", source="address", link=self.sim.attribute_link(814)
        ).action_import()
        self.assertFalse(self.sim.requests("/cabinet/*"))

    # === ATTRIBUTES === #

    def test_attributes_of_the_real_sample(self):
        self.env["res.lang"]._activate_lang("uk_UA")
        content = SAMPLE.read_bytes()
        record = self._import(content, "attributes")
        category = self._get("814").with_context(lang="uk_UA")
        self.assertEqual(category.name, "Пігменти")
        colour = category.attribute_ids.filtered(lambda a: a.external_id == "4846")
        self.assertEqual((colour.name, colour.kind), ("Колір", "select"))
        # Two Russian values have one Ukrainian name.
        self.assertEqual(colour.value_ids.mapped("name").count("Червоний"), 2)
        weight = category.attribute_ids.filtered(lambda a: a.external_id == "9148")
        self.assertEqual((weight.kind, weight.unit, weight.maximum), ("real", "кг", 50))
        count = len(category.attribute_ids)
        self._check(record, state="done", row_count=count, created=count, skipped=0)
        self._check(self._import(content, "attributes"), created=0, unchanged=count)

    def test_link_is_used_and_forgotten(self):
        link = self.sim.attribute_link(814)
        secret = link.rpartition("=")[2]
        with self.assertLogs(level=logging.DEBUG) as logs:
            record = self._import(name="attributes", source="address", link=link)
        self._check(record, state="done", row_count=7, created=7, sealed_link=False)
        self.assertEqual(len(self._get("814").attribute_ids), 7)
        self.assertNotIn(secret, " ".join(logs.output))
        self.env.flush_all()
        for table in ("merchant_import_attributes", "merchant_catalogue_import"):
            self.env.cr.execute(f"SELECT * FROM {table}")
            self.assertNotIn(secret, str(self.env.cr.fetchall()))
        self.assertNotIn(secret, str(self.env["merchant.issue"].search([]).mapped("values")))

    def test_wrong_link_is_told_without_naming_it(self):
        link = self.sim.attribute_link(814) + "wrong"
        record = self._import(name="attributes", source="address", link=link)
        self._check(record, state="failed", error="page", error_detail=False, sealed_link=False)

    def test_links_lead_to_prom_only(self):
        for link in (
            "http://my.prom.ua/x",
            "https://evil.example/x",
            "https://my.prom.ua.evil.example/x",
            "https://my.prom.ua:8080/x",
            "https://user@evil.example#my.prom.ua",
            "http://127.0.0.1:1/cabinet/x",
            "file:///etc/passwd",
            "https://[::1",
        ):
            with self.subTest(link), self.assertRaisesRegex(UserError, "no link of Prom"):
                self._wizard("attributes", source="address", link=link)
