from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain

from ..schema import ListingData, ListingDetails, Page

# So many products are made in one page, and with their variations at most so many.
PAGE = 20
PAGE_LIMIT = 60


class MerchantAdapter(models.AbstractModel):
    _inherit = "merchant.adapter"

    def _read_listing_details(self, store, external_ids):
        """Return all that products in Odoo are made from.

        By default what the lists have told already, without texts and pictures.

        :param list[str] external_ids: identifiers on the marketplace
        :return: by identifier the details, None where the marketplace says that there is none, or
            an error where this one cannot be understood. Those that are missing in it are asked
            for once more; there must be at least one.
        :rtype: dict[str, ListingDetails | None | MarketplaceError]
        :raises MarketplaceError: nothing could be found out
        """
        listings = self.env["merchant.listing"].search(
            [("store_id", "=", store.id), ("external_id", "in", external_ids)]
        )
        return {listing.external_id: listing._as_details() for listing in listings}

    def _get_gone_statuses(self):
        """Return the statuses of listings that were deleted on the marketplace.

        :rtype: tuple[str]
        """
        return ()

    def _read_creation(self, store, cursor):
        """Return the next products that somebody wants in Odoo.

        :return: pairs of the id of a ``merchant.listing`` and what there is to know about it
        :rtype: Page[tuple[int, ListingDetails | None | MarketplaceError]]
        """
        done = (cursor or {}).get("done", 0)
        listings = self.env["merchant.listing"]._take_requested(store)
        if not listings:
            return Page(records=(), share=1)
        details = self._read_listing_details(store, listings.mapped("external_id"))
        records = tuple(
            (listing.id, details[listing.external_id])
            for listing in listings
            if listing.external_id in details
        )
        done += len(records)
        waiting = self.env["merchant.listing"]._count_requested(store) - len(records)
        return Page(
            records=records,
            cursor={"done": done} if waiting else None,
            share=done / (done + waiting) if done else 0,
        )


class MerchantListing(models.Model):
    """Lets people have the products made in Odoo that are not there yet."""

    _inherit = "merchant.listing"

    requested_creation = fields.Selection(
        selection=[("product", "Product"), ("stock", "Product with its quantity")],
        string="To Be Created",
        readonly=True,
        index="btree_not_null",
        copy=False,
    )
    is_created = fields.Boolean(
        string="Product Made From It",
        readonly=True,
        help="Its product in Odoo was made from what the marketplace shows.",
    )
    creation_run_id = fields.Many2one(
        "merchant.sync.run",
        string="Made By",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        copy=False,
    )

    # === ACTION METHODS === #

    def action_create_products(self):
        """Open the wizard that says what creating products for these listings means."""
        self.store_id._check_administrator()
        return self._open_creation({"default_scope": "selected", "default_listing_ids": self.ids})

    def action_create_all_products(self):
        """Open the wizard for all listings of a store that have no product."""
        self.check_access("read")
        self.env["merchant.store"]._check_administrator()
        return self._open_creation({"default_scope": "all"})

    def _open_creation(self, context):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Create Products"),
            "res_model": "merchant.product.create",
            "view_mode": "form",
            "target": "new",
            "context": context,
        }

    def action_retry(self):
        """Extend to create the products once more that could not be created."""
        failed = self._filter_not_created()
        result = super().action_retry()
        failed.sudo().filtered(lambda l: not l.product_id)._request_creation("product")
        return result

    def _filter_not_created(self):
        """Return those of the listings whose product could not be created."""
        issues = self.env["merchant.issue"].search(
            [
                ("code", "=", "listing_not_created"),
                ("state", "=", "open"),
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
            ]
        )
        return self.browse(issues.mapped("res_id"))

    # === BUSINESS METHODS === #

    def _count_families(self):
        """Return how many products these listings are when variations are counted together."""
        self.fetch(["store_id", "external_id", "base_external_id", "variation_group"])
        families = set()
        for listing in self:
            base = listing.base_external_id or listing.external_id
            families.add((listing.store_id.id, listing.variation_group or base))
        return len(families)

    @api.model
    def _get_missing_domain(self):
        """Return the condition that Odoo has nothing that a listing could be, as far as known."""
        return Domain(
            [
                ("product_id", "=", False),
                ("is_left_out", "=", False),
                ("state", "=", "unmatched"),
            ]
        )

    @api.model
    def _search_missing(self, store):
        """Return the listings of a store to make all missing products from.

        What was deleted on the marketplace, or is not found there any more, is not missing.
        """
        gone = store._get_adapter()._get_gone_statuses()
        return self.search(
            self._get_missing_domain()
            & Domain("store_id", "=", store.id)
            & Domain("absent_since", "=", False)
            & Domain("status", "not in", list(gone))
        )

    def _request_creation(self, kind):
        """Have products made from these listings in the background.

        The caller has checked the rights. Listings that have a product, or may have one, are left
        alone.

        :param str kind: a key of ``requested_creation``
        :return: the runs that do it
        """
        listings = self.sudo().filtered_domain(self._get_missing_domain())
        listings.requested_creation = kind
        runs = self.env["merchant.sync.run"].sudo()
        for store in listings.store_id:
            runs |= runs._get_or_start(store, "creation")
        runs._wake()
        return runs

    @api.model
    def _get_requested_domain(self, store):
        return [("store_id", "=", store.id), ("requested_creation", "!=", False)]

    @api.model
    def _count_requested(self, store):
        return self.sudo().search_count(self._get_requested_domain(store))

    @api.model
    def _take_requested(self, store):
        """Return the next listings to make products from; variations come together."""
        listings = self.sudo()
        requested = self._get_requested_domain(store)
        taken = listings.search(requested, order="id", limit=PAGE)
        family = listings.search(
            Domain(requested) & taken._get_family_domain(), limit=PAGE_LIMIT, order="id"
        )
        return (taken | family)[:PAGE_LIMIT]

    def _get_family_domain(self):
        """Return the condition to be a variation of the same products as these listings, or theirs.

        The listings themselves fulfil it if they belong together with any other.
        """
        groups = list(filter(None, self.mapped("variation_group")))
        bases = list(filter(None, self.mapped("base_external_id")))
        return (
            Domain("variation_group", "in", groups)
            | Domain("external_id", "in", bases)
            | Domain("base_external_id", "in", bases + self.mapped("external_id"))
        )

    def _get_siblings(self):
        """Return the other variations of the same product in the same store, however known."""
        self.ensure_one()
        return self.sudo().search(
            Domain("store_id", "=", self.store_id.id)
            & Domain("id", "!=", self.id)
            & self._get_family_domain()
        )

    def _as_details(self):
        """Return what the lists have told about the product.

        :rtype: ListingDetails
        """
        self.ensure_one()
        has_price = bool(self.observed_price)
        return ListingDetails(
            listing=ListingData(
                external_id=self.external_id,
                name=self.name,
                seller_id=self.seller_id or None,
                sku=self.sku or None,
                category=self.category or None,
                category_external_id=self.category_external_id or None,
                group_external_id=self.group_external_id or None,
                status=self.status or None,
                presence=self.observed_presence or None,
                presence_word=self.observed_presence_word or None,
                price=Decimal(str(self.observed_price)) if has_price else None,
                compare_price=Decimal(str(self.observed_compare_price)) or None,
                currency=self.currency_id.name or None,
                quantity=(
                    Decimal(str(self.observed_quantity)) if self.observed_has_quantity else None
                ),
                url=self.url or None,
                base_external_id=self.base_external_id or None,
                variation_group=self.variation_group or None,
            ),
            names={self.env.lang: self.name},
        )

    # === WHAT MUST NOT BE SENT === #

    def _get_risky(self, may_vanish):
        """Extend to ask before a product becomes sold out that nobody has counted yet."""
        return super()._get_risky(may_vanish and not self._is_uncounted())

    def _is_uncounted(self):
        """Tell whether the product was made from the listing and never had any stock."""
        product = self.product_id
        if not self.is_created or not product.is_storable:
            return False
        moves = self.env["stock.move"].sudo()
        return not moves.search_count(
            [("product_id", "=", product.id), ("state", "=", "done")], limit=1
        )


class MerchantSyncRun(models.Model):
    _inherit = "merchant.sync.run"

    product_count = fields.Integer(string="Products", compute="_compute_product_count")

    @api.depends("created")
    def _compute_product_count(self):
        for run in self:
            run.product_count = len(run._get_products())

    # === ACTION METHODS === #

    def action_open_products(self):
        """Open the products that this run has made."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Products"),
            "res_model": "product.template",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": [("id", "in", self._get_products().ids)],
        }

    def action_stop(self):
        """Extend to create no more of the products that were asked for."""
        super().action_stop()
        listings = self.env["merchant.listing"].sudo()
        for run in self.filtered(lambda run: run.kind == "creation"):
            requested = listings.search(listings._get_requested_domain(run.store_id))
            requested.requested_creation = False

    # === BUSINESS METHODS === #

    def _get_products(self):
        """Return the products in Odoo that this run has made.

        :rtype: product.template
        """
        made = [("creation_run_id", "in", self.ids), ("product_id", "!=", False)]
        return self.env["merchant.listing"].search(made).product_id.product_tmpl_id

    def _merge_page(self, store, step, records):
        """Extend to remember which products this run has made."""
        if step != "creation":
            return super()._merge_page(store, step, records)
        listings = self.env["merchant.listing"].sudo().browse([id_ for id_, _data in records])
        before = listings.exists().filtered("is_created")
        counts = super()._merge_page(store, step, records)
        (listings.exists().filtered("is_created") - before).creation_run_id = self
        return counts
