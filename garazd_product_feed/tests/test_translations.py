import re

import polib

from odoo.tests import BaseCase
from odoo.tools import file_path

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|</?[\w-]+[^>]*>")


class TestTranslations(BaseCase):
    def test_ukrainian_is_complete_and_keeps_placeholders(self):
        template = polib.pofile(file_path("garazd_product_feed/i18n/garazd_product_feed.pot"))
        ukrainian = polib.pofile(file_path("garazd_product_feed/i18n/uk.po"))
        translated = {entry.msgid: entry.msgstr for entry in ukrainian}
        for entry in template:
            with self.subTest(term=entry.msgid):
                self.assertTrue(translated.get(entry.msgid))
                self.assertEqual(
                    sorted(PLACEHOLDER.findall(entry.msgid)),
                    sorted(PLACEHOLDER.findall(translated[entry.msgid])),
                )
