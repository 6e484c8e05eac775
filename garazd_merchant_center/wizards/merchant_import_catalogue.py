import base64

from odoo import fields, models
from odoo.exceptions import UserError

# Rows that are named in the report.
SHOWN = 20


class MerchantImportCatalogue(models.AbstractModel):
    """What the import of categories and that of attributes share."""

    _name = "merchant.import.catalogue"
    _description = "Import from the Catalogue of a Marketplace"

    marketplace = fields.Selection(
        selection=lambda self: (
            self.env["merchant.store"]._fields["marketplace"]._description_selection(self.env)
        ),
        required=True,
    )
    source = fields.Selection(
        selection=[("file", "A file"), ("address", "An address of the marketplace")],
        required=True,
        default="file",
    )
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    report = fields.Text(readonly=True)

    def _get_adapter(self):
        return self.env[f"merchant.adapter.{self.marketplace}"]

    def _read_file(self):
        """Return the uploaded file.

        :raises UserError: there is none
        """
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        return base64.b64decode(self.file)

    def _show(self, counts, skipped):
        """Tell what was done, and open the wizard again with it.

        :param dict counts: by what was done
        :param skipped: pairs of the number of a row and why it was left out
        :return: an action
        """
        texts = {
            "created": self.env._("New: %s"),
            "updated": self.env._("Changed: %s"),
            "unchanged": self.env._("Unchanged: %s"),
            "archived": self.env._("Archived, because the list does not name them any more: %s"),
            "kept": self.env._(
                "Missing in the list, but too many to be believed, so they were kept: %s"
            ),
        }
        lines = [texts[key] % count for key, count in counts.items() if count or key == "created"]
        if skipped:
            lines.append(self.env._("Left out: %s", len(skipped)))
            lines += [
                self.env._("row %(row)s: %(reason)s", row=row, reason=reason)
                for row, reason in skipped[:SHOWN]
            ]
            if len(skipped) > SHOWN:
                lines.append(self.env._("and %s more", len(skipped) - SHOWN))
        self.write({"report": "\n".join(lines), "file": False, "filename": False})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }


class MerchantImportCategories(models.TransientModel):
    """Reads the categories of a marketplace's catalogue from a file."""

    _name = "merchant.import.categories"
    _inherit = ["merchant.import.catalogue"]
    _description = "Import Categories"

    def action_import(self):
        """Read the list and bring the catalogue up to date.

        :raises UserError: the list cannot be read
        """
        self.ensure_one()
        adapter = self._get_adapter()
        # The network comes first, before anything is locked.
        is_file = self.source == "file"
        content = self._read_file() if is_file else adapter._fetch_category_file()
        file = adapter._parse_category_file(content)
        counts = self.env["merchant.category"]._import_portal(self.marketplace, file)
        return self._show(counts, file.skipped)


class MerchantImportAttributes(models.TransientModel):
    """Reads the attributes of categories from a file, or by a link of the cabinet."""

    _name = "merchant.import.attributes"
    _inherit = ["merchant.import.catalogue"]
    _description = "Import Attributes"

    link = fields.Char(
        compute="_compute_link",
        inverse="_inverse_link",
        help="The link has a key to your cabinet in it: it is used once and never kept.",
    )

    def _compute_link(self):
        self.link = False

    def _inverse_link(self):
        """Read what the link leads to at once, so that the link need not be kept."""
        for wizard in self.filtered("link"):
            content = wizard._get_adapter()._fetch_attribute_file(wizard.link.strip())
            wizard.file = base64.b64encode(content)

    def action_import(self):
        """Read the attributes and bring those of their categories up to date.

        :raises UserError: the file cannot be read
        """
        self.ensure_one()
        file = self._get_adapter()._parse_attribute_file(self._read_file())
        attributes = self.env["merchant.category.attribute"]
        counts = attributes._import_portal(self.marketplace, file)
        return self._show(counts, file.skipped)
