from odoo import api, fields, models

CODE = "listing_category"
# Who may see the catalogue of a marketplace.
READERS = "garazd_merchant_center.group_user,product.group_product_manager"


class MerchantStore(models.Model):
    _inherit = "merchant.store"

    track_category_changes = fields.Boolean(
        tracking=True,
        help="An issue tells when the marketplace shows a product in another category than the one "
        "it was given in Odoo.",
    )


class ProductCategory(models.Model):
    _inherit = "product.category"

    merchant_category_id = fields.Many2one(
        "merchant.category",
        string="Category on the Marketplace",
        groups=READERS,
        domain="[('store_id', '=', False), ('is_leaf', '=', True)]",
        help="For all products of this category, and of those below it, that have none of their "
        "own. The price lists publish it.",
    )

    def _get_merchant_category(self):
        """Return the category of the nearest one upwards that has any."""
        category = self
        while category and not category.merchant_category_id:
            category = category.parent_id
        return category.merchant_category_id


class ProductTemplate(models.Model):
    _inherit = "product.template"

    merchant_category_id = fields.Many2one(
        "merchant.category",
        string="Category in the Catalogue",
        compute="_compute_merchant_category_id",
        inverse="_inverse_merchant_category_id",
        groups=READERS,
        domain="[('store_id', '=', False), ('is_leaf', '=', True)]",
        help="Chosen here, it stands above as its number.",
    )

    @api.depends("portal_category_ref")
    def _compute_merchant_category_id(self):
        categories = self.env["merchant.category"].search(
            [("store_id", "=", False), ("external_id", "in", self.mapped("portal_category_ref"))]
        )
        by_id = {category.external_id: category for category in categories}
        for template in self:
            template.merchant_category_id = by_id.get(template.portal_category_ref)

    def _inverse_merchant_category_id(self):
        for template in self:
            template.portal_category_ref = template.merchant_category_id.external_id

    def _get_portal_category_ref(self):
        """Return the number of the category that the product was given, its own or its group's."""
        self.ensure_one()
        own = self.portal_category_ref
        return own or self.sudo().categ_id._get_merchant_category().external_id


class ProductDataFeed(models.Model):
    _inherit = "product.data.feed"

    def _get_portal_refs(self):
        """Extend with the categories that product categories were given; groups come first."""
        refs = {}
        if self.category_source == "internal":
            categories = self.env["product.category"].sudo()
            given = categories.search([("merchant_category_id", "!=", False)])
            for category in categories.search([("id", "child_of", given.ids)]):
                found = category._get_merchant_category()
                refs[self._get_group_number(category)] = found.external_id
        return refs | super()._get_portal_refs()


class MerchantListing(models.Model):
    """Notices that the marketplace put a product into another category."""

    _inherit = "merchant.listing"

    def _track_categories(self, store):
        """Tell which listings stand in another category than the one they were given."""
        if not store.track_category_changes:
            return
        issues = self.env["merchant.issue"]
        listings = self.filtered("product_id")
        moved = {}
        for listing in listings:
            wanted = listing.product_id.product_tmpl_id._get_portal_category_ref()
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
