from odoo import api, fields, models
from odoo.tools import SQL

CODE = "listing_category"


class MerchantStore(models.Model):
    _inherit = "merchant.store"

    track_category_changes = fields.Boolean(
        tracking=True,
        help="An issue tells when the marketplace shows a product in another category than the one "
        "it was given in Odoo.",
    )


class MerchantListing(models.Model):
    """Notices that the marketplace put a product into another category."""

    _inherit = "merchant.listing"

    is_category_moved = fields.Boolean(compute="_compute_is_category_moved")

    # === COMPUTE METHODS === #

    @api.depends("category_external_id", "product_id")
    def _compute_is_category_moved(self):
        # As the open issue says, which whoever restores the category closes.
        moved = set(self._get_category_issues("open").mapped("res_id"))
        for listing in self:
            listing.is_category_moved = listing.id in moved

    def _track_categories(self, store):
        """Tell which listings stand in another category than the one they were given."""
        if not store.track_category_changes:
            return
        issues = self.env["merchant.issue"]
        listings = self.filtered("product_id")
        feed_refs = store.feed_id._with_feed_context()._get_portal_refs() if store.feed_id else {}
        moved = {}
        for listing in listings:
            wanted = listing._get_wanted_category_ref(feed_refs)
            shown = listing.category_external_id
            # An address says nothing that could be compared.
            if wanted and shown and wanted.isdigit() and wanted != shown:
                moved[listing] = wanted
        settled = listings - self.browse().union(*moved)
        issues._resolve(store, [CODE], settled)
        # The next move is another matter than the one that a person has settled.
        settled._get_category_issues("ignored")._close("resolved")
        shown = [listing.category_external_id for listing in moved]
        known = self.env["merchant.category"]._find_portal(
            store.marketplace, [*moved.values(), *shown]
        )
        for listing, wanted in moved.items():
            shown = listing.category_external_id
            issues._report(
                store,
                CODE,
                listing,
                severity="warning",
                name=listing.name,
                old=_describe(known.get(wanted), wanted),
                new=_describe(known.get(shown), listing.category or shown),
            )

    def _get_wanted_category_ref(self, feed_refs):
        """Return the number, or address, of the category that the product was given.

        :param dict feed_refs: those of the groups of the store's data feed, by their numbers
        """
        self.ensure_one()
        template = self.product_id.product_tmpl_id
        if own := template.portal_category_ref:
            return own
        if of_group := self.category_id._get_given_category():
            return of_group.external_id
        if feed := self.store_id.feed_id.sudo():
            category = feed._get_category(template.sudo())
            if category and (ref := feed_refs.get(feed._get_group_number(category))):
                return ref
        return template._get_portal_category_ref()

    @api.model
    def _follow_portal(self, marketplace):
        """Find the categories of the catalogue for listings that were read before it was."""
        self.flush_model(["category_external_id", "portal_category_id", "store_id"])
        self.env["merchant.category"].flush_model()
        self.env.execute_query(
            SQL(
                "UPDATE merchant_listing AS listing SET portal_category_id = category.id "
                "FROM merchant_store AS store, merchant_category AS category "
                "WHERE store.id = listing.store_id AND store.marketplace = %(marketplace)s "
                "AND category.marketplace = %(marketplace)s AND category.store_id IS NULL "
                "AND category.active AND category.external_id = listing.category_external_id "
                "AND listing.portal_category_id IS DISTINCT FROM category.id "
                "RETURNING listing.id",
                marketplace=marketplace,
            )
        )
        self.invalidate_model(["portal_category_id"])

    def action_accept_category(self):
        """Let products have the category that the marketplace gave them."""
        self.check_access("read")
        for listing in self.filtered(lambda l: l.product_id and l.category_external_id):
            listing.product_id.product_tmpl_id.portal_category_ref = listing.category_external_id
            self.env["merchant.issue"]._resolve(listing.store_id, [CODE], listing)

    def action_restore_category(self):
        """Keep the category that products were given: it goes out with the next price list.

        The marketplace shows the other one until then, so that the issues are ignored.
        """
        self.check_access("read")
        self._get_category_issues("open").action_ignore()

    def _get_category_issues(self, state):
        return self.env["merchant.issue"].search(
            [
                ("code", "=", CODE),
                ("state", "=", state),
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
            ]
        )


def _describe(category, text):
    """Return a category for people, with its commission where it is known."""
    if not category:
        return text
    rate = category.commission_rate
    return f"{category.complete_name} ({rate:g} %)" if rate else category.complete_name
