import re
import time

from odoo import models

from odoo.addons.garazd_merchant_center import exceptions, schema

from .. import const
from ..api import const as prom
from ..api import errors
from ..api import schema as prom_schema
from ..api.paging import record_id
from .merchant_adapter_prom import neutral_errors

# Seconds after which no further product is read alone.
PATIENCE = 20
# The size in the address of a picture; without it there is the picture as it was uploaded.
SIZE = re.compile(r"_w\d+_h\d+(?=_|\.)")


class MerchantAdapterProm(models.AbstractModel):
    """Tells all that products in Odoo are made from."""

    _inherit = "merchant.adapter.prom"

    def _get_gone_statuses(self):
        """Override of `garazd_merchant_center`: deleted by the seller or by Prom."""
        return (prom.PRODUCT_DELETED, prom.PRODUCT_DELETED_BY_MODERATOR)

    def _read_listing_details(self, store, external_ids):
        """Override of `garazd_merchant_center`: one page of GET products/list, then single reads.

        Products that were read together stand together in the list, so most of them come with one
        call. What does not is read alone: GET products/{id}.
        """
        details = {
            external_id: self._prom_try_details(record)
            for external_id, record in self._prom_read_together(store, external_ids).items()
        }
        deadline = time.monotonic() + PATIENCE
        for external_id in external_ids:
            if external_id in details:
                continue
            if details and time.monotonic() > deadline:
                # A slow Prom would outlast the worker, and with it what was read.
                break
            try:
                record = self._prom_read_product(store, "external_id", external_id)
            except exceptions.NeedsUser as error:
                details[external_id] = error
            except exceptions.MarketplaceError:
                if not details:
                    raise
                # The others are asked for next time.
                break
            else:
                details[external_id] = record and self._prom_try_details(record)
        return details

    def _prom_read_together(self, store, external_ids):
        """Return those of the products that one page of the list has.

        :return: what Prom says about each, by identifier
        :rtype: dict[str, dict]
        """
        wanted = set(external_ids)
        if len(wanted) < 2:
            return {}
        newest = max(wanted, key=int)
        with neutral_errors():
            records = self._prom_client(store).products_list(last_id=newest)
        return {str(record_id(r)): r for r in records if str(record_id(r)) in wanted}

    def _prom_try_details(self, record):
        """Return the details of a product, or an error where they cannot be understood."""
        try:
            return self._prom_details(record)
        except errors.SchemaError as error:
            return exceptions.NeedsUser("record_unreadable", path=error.path, value=error.excerpt)

    def _prom_details(self, record):
        product = prom_schema.Product.from_json(record)
        more = prom_schema.ProductDetails.from_json(record)
        unit = (product.measure_unit or "").lower().replace(" ", "").rstrip(".")
        return schema.ListingDetails(
            listing=self._prom_listing(record),
            names=self._prom_texts(product.names, product.name),
            descriptions=self._prom_texts(more.descriptions, more.description),
            pictures=tuple(map(self._prom_picture, more.pictures)),
            unit=product.measure_unit,
            unit_ref=const.UNITS.get(unit),
            is_service=prom.SELLING_SERVICE in (product.selling_type, product.presence),
        )

    def _prom_texts(self, texts, text):
        """Return texts by the code of Odoo's language; a lone one counts as Ukrainian."""
        known = {const.LANGUAGES[key]: texts[key] for key in texts if key in const.LANGUAGES}
        return known or ({const.LANGUAGES["uk"]: text} if text else {})

    def _prom_picture(self, url):
        """Return where a picture may be: as it was uploaded, and in the size that Prom names."""
        return tuple(dict.fromkeys((SIZE.sub("", url, count=1), url)))
