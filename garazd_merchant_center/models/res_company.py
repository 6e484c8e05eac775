from odoo import models

ENGLISH, UKRAINIAN = "en_US", "uk_UA"


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_staff_lang(self):
        """Return the language of what Odoo writes down for the staff: reasons, history, statuses.

        It is that of the company's contact. But Odoo makes its first company in English, whoever
        installs it, and nobody looks for a language there: where people of the company read
        Ukrainian, English gives way to it.
        """
        self.ensure_one()
        # Elevated: whoever makes Odoo write need not know the company and its people. It is asked
        # in every transaction, so two columns are read and not all of the company and its contact.
        company = self.sudo().with_context(prefetch_fields=False)
        lang = company.partner_id.lang or ENGLISH
        if lang != ENGLISH or company.country_id.code not in (False, "UA"):
            return lang
        staff = [("share", "=", False), ("lang", "=", UKRAINIAN), ("company_ids", "in", self.ids)]
        reads_ukrainian = company.env["res.users"].search_count(staff, limit=1)
        return UKRAINIAN if reads_ukrainian else lang
