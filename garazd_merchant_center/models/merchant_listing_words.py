from odoo import api, fields, models
from odoo.fields import Domain

from .merchant_listing_values import PRESENCES


class MerchantAdapter(models.AbstractModel):
    _inherit = "merchant.adapter"

    def _get_listing_status_names(self):
        """Return what the marketplace's words for the status of a product mean to people.

        Words that are not among them are shown as they are.

        :return: names in the language of the environment, by word
        :rtype: dict[str, str]
        """
        return {}

    def _get_presence_names(self):
        """Return what the marketplace's words for availability mean to people.

        Only those are shown that mean ``other`` to the base.

        :return: names in the language of the environment, by word
        :rtype: dict[str, str]
        """
        return {}


class MerchantListing(models.Model):
    """Says status and availability in the language of who reads them."""

    _inherit = "merchant.listing"

    observed_presence_word = fields.Char(string="Word for the Availability", readonly=True)
    status_name = fields.Char(
        string="Status on the Marketplace",
        compute="_compute_status_name",
        search="_search_status_name",
    )
    presence_name = fields.Char(
        string="Availability as Shown There", compute="_compute_presence_name"
    )

    @api.depends("status", "store_id")
    @api.depends_context("lang")
    def _compute_status_name(self):
        for store, listings in self.grouped("store_id").items():
            names = store and store._get_adapter()._get_listing_status_names()
            for listing in listings:
                listing.status_name = (names or {}).get(listing.status, listing.status)

    @api.model
    def _search_status_name(self, operator, value):
        if operator not in ("in", "ilike"):
            return NotImplemented
        # Stores of one marketplace have the same words.
        groups = self.env["merchant.store"]._read_group([], ["marketplace"], ["id:recordset"])
        words = {
            word
            for _marketplace, stores in groups
            for word, name in stores[0]._get_adapter()._get_listing_status_names().items()
            if (value.lower() in name.lower() if operator == "ilike" else name in value)
        }
        return Domain("status", "in", list(words)) | Domain("status", operator, value)

    @api.depends("observed_presence", "observed_presence_word", "store_id")
    @api.depends_context("lang")
    def _compute_presence_name(self):
        labels = dict(self._fields["observed_presence"]._description_selection(self.env))
        known = dict(PRESENCES)
        for store, listings in self.grouped("store_id").items():
            names = store and store._get_adapter()._get_presence_names()
            for listing in listings:
                presence, word = listing.observed_presence, listing.observed_presence_word
                if presence in known or not word:
                    listing.presence_name = labels.get(presence)
                else:
                    listing.presence_name = (names or {}).get(word, word)
