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
        self._report_currencies(store)
        unchanged = len(listings) - updated
        return {"created": 0, "updated": updated, "unchanged": unchanged, "failed": 0}

    def _report_currencies(self, store):
        """Tell that prices cannot be sent because the listing has another currency."""
        issues = self.env["merchant.issue"]
        currency = store.feed_id.sudo().currency_id
        count = store.push_prices and self.env["merchant.listing"]._search_compared(
            [("store_id", "=", store.id), ("currency_id", "not in", (False, currency.id))],
            count_only=True,
        )
        if count:
            issues._report(
                store,
                "listing_currency",
                severity="warning",
                count=count,
                currency=currency.name,
                step="values",
            )
        else:
            issues._resolve(store, ["listing_currency"])
