from odoo import models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.garazd_merchant_center import schema

from ..api.catalogue.attributes import read_attributes
from ..api.catalogue.categories import read_categories
from ..api.catalogue.errors import FileUnreadable
from ..api.catalogue.fetch import CATEGORY_ADDRESS, fetch, is_address

_lt = LazyTranslate(__name__)

REFUSALS = {
    "empty": _lt("The file is empty."),
    "too_large": _lt("The file is too large to be what it should be."),
    "kind": _lt("The file is none of XLS, XLSX, CSV and XML."),
    "broken": _lt("The file is damaged, or it is something else than its name says."),
    "no_ids": _lt("There is no column with the numbers of categories in the file."),
    "no_rows": _lt("There is nothing to import in the file."),
}
SKIPPED = {
    "no_id": _lt("no number"),
    "no_name": _lt("no name"),
    "repeated": _lt("the same number once more"),
}


class MerchantAdapterProm(models.AbstractModel):
    """Reads the files in which Prom publishes its catalogue: it has no interface for that."""

    _inherit = "merchant.adapter.prom"

    def _parse_category_file(self, content):
        """Override of `garazd_merchant_center`: category list or commission workbook."""
        found = self._prom_understand(read_categories, content)
        return schema.PortalFile(
            categories=tuple(
                schema.PortalCategory(
                    external_id=category.external_id,
                    path=category.path,
                    names=category.names,
                    parent_external_id=category.parent_id,
                    commission_rate=category.rate,
                )
                for category in found.categories
            ),
            skipped=self._prom_explain(found.skipped),
            # Categories without a commission are missing in the workbook.
            is_complete=not found.has_rates,
        )

    def _parse_attribute_file(self, content):
        """Override of `garazd_merchant_center`: the export of the cabinet."""
        file = self._prom_understand(read_attributes, content)
        return schema.PortalAttributeFile(
            attributes={
                category_id: tuple(
                    schema.PortalAttribute(
                        external_id=attribute.external_id,
                        names=attribute.names,
                        kind=attribute.type,
                        units=attribute.units,
                        minimum=attribute.minimum,
                        maximum=attribute.maximum,
                        values=attribute.values,
                    )
                    for attribute in attributes
                )
                for category_id, attributes in file.attributes.items()
            },
            names=file.names,
            skipped=self._prom_explain(file.skipped),
        )

    def _prom_understand(self, read, content):
        try:
            return read(content)
        except FileUnreadable as error:
            raise UserError(self.env._(REFUSALS[error.code])) from error

    def _prom_explain(self, skipped):
        return tuple((row, self.env._(SKIPPED[reason])) for row, reason in skipped)

    def _fetch_category_file(self):
        """Override of `garazd_merchant_center`: the address that needs no login."""
        return self._prom_fetch(CATEGORY_ADDRESS)

    def _fetch_attribute_file(self, link):
        """Override of `garazd_merchant_center`: a link out of the cabinet."""
        return self._prom_fetch(link)

    def _prom_fetch(self, address):
        """Return what Prom answers at an address; the address is never told, it may have a key.

        :rtype: bytes
        :raises UserError: it is no address of Prom, or it does not answer well
        """
        if not is_address(address):
            raise UserError(self.env._("This is no address of Prom.ua."))
        content = fetch(address)
        if content:
            return content
        raise UserError(
            self.env._(
                "Prom.ua does not give the file at this address. Download it in the cabinet and "
                "choose it here as a file."
            )
        )
