import json
from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.garazd_merchant_center import exceptions, schema

from .merchant_adapter_demo import neutral_errors

CATEGORIES = "https://demo.example.com/categories"
LINKS = "https://demo.example.com/attributes?key="


class MerchantAdapterDemo(models.AbstractModel):
    """The files of the market's catalogue: JSON."""

    _inherit = "merchant.adapter.demo"

    def _fetch_category_file(self):
        return self._demo_fetch(CATEGORIES)

    def _check_attribute_link(self, link):
        if not link.startswith(LINKS):
            raise UserError(self.env._("This is no address of the Demo Market."))

    def _fetch_attribute_file(self, link):
        return self._demo_fetch(link)

    def _demo_fetch(self, address):
        # Elevated: the catalogue is that of all stores.
        store = self.env["merchant.store"].sudo().search([("marketplace", "=", "demo")], limit=1)
        client = self._demo_market(store)
        try:
            with neutral_errors():
                return client.read_file(address)
        except exceptions.NeedsUser as error:
            raise exceptions.FileRefused("not_found") from error

    def _parse_category_file(self, content):
        file = _read(content)
        return schema.PortalFile(
            categories=tuple(
                schema.PortalCategory(
                    external_id=row["id"],
                    path=tuple(row["path"]),
                    names=row.get("names") or {"": row["path"][-1]},
                    parent_external_id=row.get("parent"),
                    commission_rate=Decimal(row["rate"]) if "rate" in row else None,
                )
                for row in file["categories"]
            ),
            skipped=tuple(map(tuple, file.get("skipped", ()))),
            is_complete=file.get("complete", True),
        )

    def _parse_attribute_file(self, content):
        file = _read(content)
        return schema.PortalAttributeFile(
            attributes={
                category: tuple(
                    schema.PortalAttribute(
                        external_id=row["id"],
                        names=row["names"],
                        kind=row.get("kind", "text"),
                        units=row.get("units", {}),
                        values=tuple(map(tuple, row.get("values", ()))),
                    )
                    for row in rows
                )
                for category, rows in file["attributes"].items()
            },
            names=file.get("names", {}),
        )


def _read(content):
    try:
        return json.loads(content)
    except ValueError as error:
        raise exceptions.FileRefused("broken") from error
