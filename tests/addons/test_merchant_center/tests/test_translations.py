import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.translate import TranslationModuleReader

# Empty in Ukrainian: the same in both languages.
SAME = {"ID", "Prom.UA", "https://", "Justin", "Meest", "Rozetka Delivery"}
ADVICE = "Run `make i18n` and translate what it names."


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """The files of translations have the terms that the code has now."""

    def _get_modules(self):
        installed = [("state", "=", "installed"), ("name", "=like", "garazd\\_%")]
        return self.env["ir.module.module"].search(installed).mapped("name")

    def _export(self, module):
        """Return the terms of a module as Odoo exports them."""
        rows = TranslationModuleReader(self.env.cr, modules=[module])
        return {source for _module, _type, _name, _id, source, _value, _comments in rows}

    def _read(self, path):
        return {entry.msgid: entry for entry in polib.pofile(file_path(path)) if not entry.obsolete}

    def test_templates_have_the_terms_of_the_code(self):
        modules = self._get_modules()
        self.assertTrue(modules)
        for module in modules:
            with self.subTest(module):
                template = self._read(f"{module}/i18n/{module}.pot")
                self.assertEqual(self._export(module), set(template), ADVICE)

    def test_terms_of_the_code_are_translated(self):
        for module in self._get_modules():
            with self.subTest(module):
                ukrainian = self._read(f"{module}/i18n/uk.po")
                missing = [
                    term
                    for term in self._export(module) - SAME
                    if term not in ukrainian or not ukrainian[term].msgstr or ukrainian[term].fuzzy
                ]
                self.assertFalse(missing, ADVICE)
