import time

from odoo import api, fields, models

from ..exceptions import MarketplaceError
from ..schema import Page

# So many products are read one by one in a page, and for so many seconds.
PAGE = 20
PATIENCE = 20


class MerchantListing(models.Model):
    """Has products of a store read again, alone and at once."""

    _inherit = "merchant.listing"

    refresh_requested = fields.Boolean(readonly=True)

    # === ACTION METHODS === #

    def action_refresh(self):
        """Read these products again from the marketplace, in the background.

        Where the marketplace shows products in lists only, the lists are read.

        :return: the action that tells so
        :rtype: dict
        """
        self.check_access("read")
        # Elevated: what was read belongs to the system.
        for store, listings in self.sudo().grouped("store_id").items():
            is_single = "external_id" in store._get_adapter()._get_listing_keys()
            listings.refresh_requested = is_single
            store.with_env(self.env)._start_sync("refresh" if is_single else "products")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "Read again in the background; reload the page in a moment to see the result."
                ),
            },
        }

    def _pass_over(self, error, cursor):
        """Leave this product for the next time that somebody asks; the lists have it, too.

        :return: where the others that were asked for go on
        """
        return {"after": self.id}


class MerchantListingRefresh(models.AbstractModel):
    """Keeps what was read of single products; the step ``requested_listings``."""

    _name = "merchant.listing.refresh"
    _description = "Products to Read Again"

    @api.model
    def _search_requested(self, store, after=0):
        """Return the next products that somebody asked for."""
        return (
            self.env["merchant.listing"]
            .sudo()
            .search(
                [
                    ("store_id", "=", store.id),
                    ("refresh_requested", "=", True),
                    ("id", ">", after),
                ],
                order="id",
                limit=PAGE,
            )
        )

    @api.model
    def _merge(self, store, records):
        """Keep what was answered.

        :param records: pairs of the id of a listing and the answer, see ``_read_listing``
        :return: the numbers of created, updated, unchanged and failed listings
        :rtype: dict[str, int]
        """
        listings = self.env["merchant.listing"].sudo()
        issues = self.env["merchant.issue"]
        found, failed = [], 0
        for id_, answer in records:
            listing = listings.browse(id_).exists()
            if not listing:
                continue
            listing.refresh_requested = False
            if isinstance(answer, MarketplaceError):
                failed += 1
                issues._report(store, answer.code, listing, severity="warning", **answer.values)
                continue
            issues._resolve(store, ["record_unreadable", "request_refused"], listing)
            if answer is None:
                listing.absent_since = listing.absent_since or fields.Datetime.now()
            else:
                listing.write({"absent_since": False, "observed_at": fields.Datetime.now()})
                found.append(answer)
        counts = listings._merge(store, found)
        return counts | {"failed": counts["failed"] + failed}


class MerchantAdapter(models.AbstractModel):
    _inherit = "merchant.adapter"

    def _read_requested_listings(self, store, cursor):
        """Return the products that somebody asked to read again, one by one.

        :return: pairs of the id of a ``merchant.listing`` and what :meth:`_read_listing` returns
        :rtype: Page[tuple[int, ListingData | None | MarketplaceError]]
        """
        after = (cursor or {}).get("after", 0)
        listings = self.env["merchant.listing.refresh"]._search_requested(store, after)
        deadline = time.monotonic() + PATIENCE
        records = []
        for listing in listings:
            try:
                answer = self._read_listing(store, "external_id", listing.external_id)
            except MarketplaceError as error:
                if not records:
                    error.record_id = listing.id
                    raise
                # What has been answered is kept; the next page begins with this one.
                break
            records.append((listing.id, answer))
            if time.monotonic() > deadline:
                break
        return Page(records=tuple(records), cursor={"after": records[-1][0]} if records else None)
