from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import FeedCommon


@tagged("post_install", "-at_install")
class TestResLang(FeedCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.polish = cls.env["res.lang"]._activate_lang("pl_PL")

    def test_language_that_feeds_use_cannot_be_switched_off(self):
        company = self.env["res.company"].create({"name": "Another"})
        main = self._make_feed(name="Main text", lang_id=self.polish.id, company_id=company.id)
        second = self._make_feed(name="Second text", secondary_lang_id=self.polish.id)
        second.active = False
        # Whoever sets languages up may know one company only.
        self.env.user.company_ids = [Command.unlink(company.id)]
        with self.assertRaisesRegex(UserError, "Main text, Second text"):
            self.polish.action_archive()
        main.lang_id = self.english
        with self.assertRaisesRegex(UserError, ": Second text"):
            self.polish.active = False
        second.secondary_lang_id = False
        self.polish.active = False
        self.assertFalse(self.polish.active)
