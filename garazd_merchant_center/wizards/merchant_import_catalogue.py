from odoo import fields, models
from odoo.exceptions import UserError

from ..secret import seal, unseal


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
        selection=[("file", "A file"), ("address", "A link of the marketplace")],
        required=True,
        default="file",
    )
    file = fields.Binary(attachment=False)
    filename = fields.Char()

    def _start(self, kind, link=None):
        """Have the file read in the background and show how it goes.

        :param str kind: see ``merchant.catalogue.import.kind``
        :param str | None link: a secret
        :return: an action
        :raises UserError: there is nothing to read
        """
        self.ensure_one()
        if self.source == "file" and not self.file:
            raise UserError(self.env._("Choose a file first."))
        is_file = self.source == "file"
        record = self.env["merchant.catalogue.import"]._ask(
            kind,
            self.marketplace,
            file=self.file if is_file else False,
            filename=self.filename if is_file else False,
            link=None if is_file else link,
        )
        # It is kept with the import.
        self.write({"file": False, "filename": False})
        return record._open()


class MerchantImportCategories(models.TransientModel):
    """Reads the categories of a marketplace's catalogue from a file."""

    _name = "merchant.import.categories"
    _inherit = ["merchant.import.catalogue"]
    _description = "Import Categories"

    def action_import(self):
        """Have the list read, in the background.

        :return: an action
        """
        return self._start("categories")


class MerchantImportAttributes(models.TransientModel):
    """Reads the attributes of categories from a file, or by a link of the cabinet."""

    _name = "merchant.import.attributes"
    _inherit = ["merchant.import.catalogue"]
    _description = "Import Attributes"

    link = fields.Char(
        compute="_compute_link",
        inverse="_inverse_link",
        help="The link has a key to your cabinet in it: it is never shown again, and forgotten as "
        "soon as the file is there.",
    )
    # Between typing it and pressing the button.
    sealed_link = fields.Char(
        copy=False, exportable=False, groups="garazd_merchant_center.group_administrator"
    )

    def _compute_link(self):
        self.link = False

    def _inverse_link(self):
        """Keep the link sealed, once it is known to lead to the marketplace."""
        for wizard in self.filtered("link"):
            link = wizard.link.strip()
            self.env[f"merchant.adapter.{wizard.marketplace}"]._check_attribute_link(link)
            wizard.sealed_link = seal(self.env, link)

    def action_import(self):
        """Have the attributes read, in the background.

        :return: an action
        """
        link = unseal(self.env, self.sealed_link)
        self.sealed_link = False
        return self._start("attributes", link)
