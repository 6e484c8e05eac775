from urllib.parse import urljoin

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.garazd_merchant_center import exceptions, schema

from ..api.catalogue.attributes import read_attributes
from ..api.catalogue.categories import read_categories
from ..api.catalogue.errors import FileNotGiven, FileUnreadable
from ..api.catalogue.fetch import CATEGORY_PATHS, ORIGIN, fetch, is_address


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
            skipped=tuple(found.skipped),
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
            skipped=tuple(file.skipped),
        )

    def _prom_understand(self, read, content):
        try:
            return read(content)
        except FileUnreadable as error:
            raise exceptions.FileRefused(error.code) from error

    def _check_attribute_link(self, link):
        """Override of `garazd_merchant_center`: the cabinet is at one of Prom's addresses."""
        if not is_address(link, self._prom_origins()):
            raise UserError(
                self.env._(
                    "This is no link of Prom.ua. Copy the whole link in the cabinet, from https "
                    "to its end."
                )
            )

    def _fetch_category_file(self):
        """Override of `garazd_merchant_center`: the addresses that need no login.

        Where the first one gives no file, the other may.
        """
        origin = next(iter(self._prom_origins()), ORIGIN)
        *first, last = (urljoin(origin, path) for path in CATEGORY_PATHS)
        for address in first:
            try:
                return self._prom_fetch(address)
            except exceptions.FileRefused:
                continue
        return self._prom_fetch(last)

    def _fetch_attribute_file(self, link):
        """Override of `garazd_merchant_center`: a link out of the cabinet."""
        return self._prom_fetch(link)

    def _prom_fetch(self, address):
        try:
            return fetch(address, self._prom_origins())
        except FileUnreadable as error:
            raise exceptions.FileRefused(error.code) from error
        except FileNotGiven as error:
            raise exceptions.RetryLater(
                "marketplace_unreachable", error.seconds, reason=str(error)
            ) from error

    def _prom_origins(self):
        """Return where else than at its own address Prom is: sister portals say so in the store.

        :return: addresses
        :rtype: list[str]
        """
        # Elevated: the catalogue is that of all stores; an address is no secret.
        stores = self.env["merchant.store"].sudo()
        urls = stores.search([("marketplace", "=", "prom")], order="id").mapped("api_url")
        return list(dict.fromkeys(urljoin(url, "/") for url in urls if url))
