import time

from odoo import api, models

from ..schema import Page
from .merchant_listing_values import PAGE, SHARES

# Seconds for which the comparisons take the same part of what has not changed: as long as it is
# from one to the next.
SHARE_TIME = 3 * 3600


class MerchantAdapter(models.AbstractModel):
    _inherit = "merchant.adapter"

    def _read_values(self, store, cursor):
        """Return the listings to compare with the price list; no network.

        :rtype: Page[int]
        """
        after = (cursor or {}).get("after", 0)
        listings = self.env["merchant.listing"]._search_compared(
            [("store_id", "=", store.id), ("id", ">", after)], order="id", limit=PAGE
        )
        is_last = len(listings) < PAGE
        return Page(
            records=tuple(listings.ids), cursor=None if is_last else {"after": listings.ids[-1]}
        )


class MerchantListingComparison(models.AbstractModel):
    """Compares listings with the price list: finds what nobody noted.

    Rules that begin or end on a day, rates of currencies, components of kits, and, within a day,
    whatever a module changes by itself.
    """

    _name = "merchant.listing.comparison"
    _description = "Comparison of Listings"

    @api.model
    def _merge(self, store, records):
        """Bring what listings should show up to date.

        :param records: ids of listings
        :return: the numbers of created, updated, unchanged and failed listings
        :rtype: dict[str, int]
        """
        listings = self.env["merchant.listing"].sudo().browse(records).exists()
        share = int(time.time() // SHARE_TIME) % SHARES
        updated = len(listings._refresh_desired(share))
        self._report_currencies(store, listings)
        unchanged = len(listings) - updated
        return {"created": 0, "updated": updated, "unchanged": unchanged, "failed": 0}

    def _report_currencies(self, store, listings):
        """Tell that prices cannot be sent because listings have another currency.

        All of them are counted only where it matters: there are many pages of a large store.

        :param merchant.listing listings: a page of the store
        """
        issues = self.env["merchant.issue"]
        currency = store.feed_id.sudo().currency_id
        foreign = [("store_id", "=", store.id), ("currency_id", "not in", (False, currency.id))]

        def is_any(*domain):
            return store.push_prices and listings._search_compared([*foreign, *domain], limit=1)

        if is_any(("id", "in", listings.ids)):
            issues._report(
                store,
                "listing_currency",
                severity="warning",
                count=listings._search_compared(foreign, count_only=True),
                currency=currency.name,
                step="values",
            )
            return
        told = issues.sudo().search(
            [("store_id", "=", store.id), ("code", "=", "listing_currency"), ("state", "=", "open")]
        )
        if told and not is_any():
            told._close("resolved")
