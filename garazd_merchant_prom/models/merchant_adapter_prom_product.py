from dataclasses import replace

from odoo import fields, models

from odoo.addons.garazd_merchant_center import exceptions, schema

from .. import const
from ..api import errors
from ..api import schema as prom_schema
from ..api.paging import fetch_page, record_id
from .merchant_adapter_prom import neutral_errors


class MerchantAdapterProm(models.AbstractModel):
    """Reads products: the lists in every way there is, and single ones that no list shows."""

    _inherit = "merchant.adapter.prom"

    # === Lists === #

    def _read_listings(self, store, cursor):
        """Override of `garazd_merchant_center`: GET products/list, whole and group by group.

        Without a group some shops get everything and some only the root group, so both ways are
        read; the base drops what comes twice. Products that were made meanwhile stand at the top of
        the whole list, so its beginning is read once more at the end.
        """
        cursor = cursor or {"group": None, "page": None}
        group, newest = cursor["group"], cursor.get("newest")
        client = self._prom_client(store)

        def fetch(last_id, limit):
            return client.products_list(group_id=group, last_id=last_id, limit=limit)

        refusals = ()
        with neutral_errors():
            try:
                records, page = fetch_page(fetch, cursor["page"])
            except (errors.NotFound, errors.RequestRejected) as error:
                if group is None:
                    raise
                # Groups that were deleted there stay known here, and keep no other from being read.
                records, page = [], None
                if not isinstance(error, errors.NotFound):
                    refusals = (exceptions.NeedsUser("request_refused", reason=str(error)),)
        ids = [number for number in map(record_id, records) if number is not None]
        if newest is None:
            newest = max(ids, default=0)
        following = {**cursor, "page": page, "newest": newest}
        if cursor.get("again"):
            # Down to what the first reading began with.
            following = following if page and min(ids) > newest else None
        elif page is None:
            following = self._prom_next_list(store, group) | {"newest": newest}
        elif group is None:
            following |= self._prom_whole_share(store, cursor, len(ids))
        share = following["share"] if following else 1
        result = self._prom_page(records, following, self._prom_listing)
        return replace(result, records=(*result.records, *refusals), share=share)

    def _prom_whole_share(self, store, cursor, count):
        """Return how far the whole list is, which takes about half of the time.

        :param int count: of products on this page
        :return: a part of the cursor
        :rtype: dict
        """
        seen = cursor.get("seen", 0) + count
        known = self.env["merchant.listing"].search_count([("store_id", "=", store.id)])
        return {"seen": seen, "share": 0.5 * min(1, seen / known) if known else 0}

    def _prom_next_list(self, store, group):
        """Return where to go on after the list of a group, or of all, was read to its end.

        :param str | None group: its identifier
        :return: the beginning of a cursor
        :rtype: dict
        """
        groups = self._prom_groups(store)
        later = [ref for ref in groups if not group or ref > group]
        if later:
            share = 1 - 0.5 * len(later) / len(groups)
            return {"group": min(later), "page": None, "share": share}
        return {"group": None, "page": None, "again": True, "share": 1}

    def _prom_groups(self, store):
        """Return the identifiers of all groups that are known, however.

        Prom lists neither the root group nor some others, but groups name their parents and
        products their groups.

        :rtype: set[str]
        """
        mine = [("store_id", "=", store.id)]
        groups = self.env["merchant.category"].with_context(active_test=False).search(mine)
        named = self.env["merchant.listing"]._read_group(
            [*mine, ("group_external_id", "!=", False)], ["group_external_id"]
        )
        return {
            *groups.mapped("external_id"),
            *filter(None, groups.mapped("parent_external_id")),
            *(ref for (ref,) in named),
        }

    # === Single products === #

    def _get_listing_keys(self):
        """Override of `garazd_merchant_center`: by Prom's number and by the seller's identifier."""
        return ("external_id", "seller_id")

    def _read_listing(self, store, key, reference):
        """Override of `garazd_merchant_center`: GET products/{id} or by_external_id/{id}."""
        try:
            record = self._prom_read_product(store, key, reference)
            return record and self._prom_listing(record)
        except errors.SchemaError as error:
            return exceptions.NeedsUser("record_unreadable", path=error.path, value=error.excerpt)
        except exceptions.NeedsUser as error:
            return error
        except exceptions.RetryLater as error:
            # Some portals of the family answer with a page for people, whatever is asked for.
            if error.code == "answer_unreadable":
                return error
            raise
        except ValueError:
            # No address can carry it.
            return exceptions.NeedsUser("record_unreadable", path=key, value=reference)

    def _prom_read_product(self, store, key, reference):
        """Return what Prom says about one product, None when there is none.

        Only a real 404 says so.

        :raises MarketplaceError: it could not be asked
        :raises ValueError: there cannot be such a product
        """
        client = self._prom_client(store)
        read = client.product if key == "external_id" else client.product_by_external_id
        with neutral_errors():
            try:
                return read(reference)
            except errors.NotFound:
                return None

    # === Understanding === #

    def _prom_listing(self, record):
        product = prom_schema.Product.from_json(record)
        price, compare_price = self._prom_prices(product)
        return schema.ListingData(
            external_id=product.id,
            name=product.name or product.id,
            seller_id=product.external_id,
            sku=product.sku,
            category=product.category.name if product.category else None,
            category_external_id=product.category.id if product.category else None,
            group_external_id=product.group.id if product.group else None,
            status=product.status,
            presence=product.presence and const.PRESENCES.get(product.presence, "other"),
            presence_word=product.presence,
            price=price,
            compare_price=compare_price,
            currency=product.price.currency if product.price else None,
            quantity=product.quantity_in_stock,
            base_external_id=product.variation_base_id,
            variation_group=product.variation_group_id,
        )

    def _prom_prices(self, product):
        """Return what a buyer pays, and the price before the discount if there is one.

        :rtype: tuple[Decimal | None, Decimal | None]
        """
        if not product.price:
            return None, None
        before = product.price.amount
        today = fields.Date.context_today(self.with_context(tz="Europe/Kyiv"))
        paid = product.discount.apply(before, today) if product.discount else before
        return paid, (before if paid != before else None)

    def _get_listing_status_names(self):
        """Override of `garazd_merchant_center`: the statuses of products in the cabinet."""
        return {word: self.env._(name) for word, name in const.PRODUCT_STATUS_NAMES.items()}

    def _get_presence_names(self):
        """Override of `garazd_merchant_center`: what is neither there nor gone."""
        return {word: self.env._(name) for word, name in const.PRESENCE_NAMES.items()}
