from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ResLang(models.Model):
    _inherit = "res.lang"

    def write(self, vals):
        """Override to keep the languages that feeds are written in.

        :raises UserError: a language that a feed uses would be switched off
        """
        if "active" in vals and not vals["active"]:
            # Elevated: they may belong to companies that the user does not see.
            feeds_sudo = self.env["product.data.feed"].sudo().with_context(active_test=False)
            names = ("lang_id", "secondary_lang_id")
            if used_by := feeds_sudo.search(Domain.OR(Domain(n, "in", self.ids) for n in names)):
                raise UserError(
                    self.env._(
                        "A language cannot be switched off while data feeds, archived ones too, "
                        "are written in it. Choose another language there first: %(feeds)s",
                        feeds=", ".join(used_by.mapped("name")),
                    )
                )
        return super().write(vals)
