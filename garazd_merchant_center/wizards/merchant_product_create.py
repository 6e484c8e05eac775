from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class MerchantProductCreate(models.TransientModel):
    """Says what creating products from those of a store means, and starts it."""

    _name = "merchant.product.create"
    _description = "Create Products"

    scope = fields.Selection(
        selection=[("selected", "Selected"), ("all", "All that Odoo does not have")],
        required=True,
        default="selected",
    )
    store_id = fields.Many2one(
        "merchant.store",
        compute="_compute_store_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    listing_ids = fields.Many2many("merchant.listing", string="Selected Products of the Store")
    take_quantities = fields.Boolean(
        string="Put Quantities on Stock",
        help="The quantity that the marketplace shows is counted into the stock of the store's "
        "warehouse, as by an inventory. Otherwise the products begin without any stock.",
    )
    # What will happen
    listing_count = fields.Integer(compute="_compute_counts")
    product_count = fields.Integer(compute="_compute_counts")
    doubtful_count = fields.Integer(compute="_compute_counts")
    gone_count = fields.Integer(compute="_compute_counts")
    sends_stock = fields.Boolean(compute="_compute_counts")
    summary = fields.Char(compute="_compute_texts")
    doubtful_text = fields.Char(compute="_compute_texts")
    gone_text = fields.Char(compute="_compute_texts")

    @api.depends("scope")
    def _compute_store_id(self):
        stores = self.env["merchant.store"].search([], limit=2)
        for wizard in self:
            if wizard.scope == "all" and not wizard.store_id and len(stores) == 1:
                wizard.store_id = stores

    @api.depends("scope", "store_id", "listing_ids")
    def _compute_counts(self):
        for wizard in self:
            listings = wizard._get_listings()
            wizard.listing_count = len(listings)
            wizard.product_count = listings._count_families()
            candidates = wizard._get_candidates_domain()
            wizard.doubtful_count = listings.search_count(
                candidates & Domain("state", "in", ("proposed", "ambiguous"))
            )
            missing = listings.search_count(candidates & listings._get_missing_domain())
            wizard.gone_count = missing - len(listings)
            wizard.sends_stock = any(
                store.mode == "production" and (store.push_stock or store.push_presence)
                for store in listings.store_id
            )

    @api.depends("listing_count", "product_count", "doubtful_count", "gone_count")
    @api.depends_context("lang")
    def _compute_texts(self):
        for wizard in self:
            wizard.summary = self.env._(
                "Products to be created in Odoo: %(products)s. Products of the store that they are "
                "made from: %(listings)s.",
                products=wizard.product_count,
                listings=wizard.listing_count,
            )
            wizard.doubtful_text = self.env._(
                "Left out: %(count)s. A product in Odoo may be the same. Decide about them under "
                "Matching first.",
                count=wizard.doubtful_count,
            )
            wizard.gone_text = self.env._(
                "Left out: %(count)s. They were deleted on the marketplace.",
                count=wizard.gone_count,
            )

    def _get_candidates_domain(self):
        """Return the condition to be one of the listings that it may be about."""
        if self.scope == "selected":
            return Domain("id", "in", self.listing_ids._origin.ids)
        return Domain("store_id", "=", self.store_id.id) & Domain("is_left_out", "=", False)

    def _get_listings(self):
        """Return the listings to create products from."""
        listings = self.env["merchant.listing"]
        if self.scope == "all":
            return listings._search_missing(self.store_id) if self.store_id else listings
        return listings.search(self._get_candidates_domain() & listings._get_missing_domain())

    def action_create_products(self):
        """Have the products made in the background.

        :return: the action that shows how it goes
        :raises UserError: there is none to make
        """
        self.ensure_one()
        listings = self._get_listings()
        (listings.store_id or self.env["merchant.store"])._check_administrator()
        if not listings:
            raise UserError(self.env._("There is no product to create."))
        runs = listings._request_creation("stock" if self.take_quantities else "product")
        return runs[:1]._open()
