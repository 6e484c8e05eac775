from odoo import api, fields, models

from .merchant_listing import DOUBTS, NO_PROPOSAL, PRODUCT


class MerchantStore(models.Model):
    _inherit = "merchant.store"

    match_automatically = fields.Boolean(
        string="Map by Themselves",
        default=True,
        tracking=True,
        help="Products that are found without doubt, by your identifier, SKU or barcode, are "
        "mapped as soon as they are read. Without it they wait in Products > Matching until an "
        "administrator accepts them. Nothing changes on the marketplace in either case.",
    )


class MerchantListing(models.Model):
    """Lets people decide which product of Odoo a listing shows."""

    _inherit = "merchant.listing"

    proposed_product_id = fields.Many2one(
        PRODUCT, index="btree_not_null", ondelete="set null", readonly=True
    )
    proposal_basis = fields.Selection(
        selection=[("seller_id", "Own identifier"), ("sku", "SKU"), ("barcode", "Barcode")],
        string="Found By",
        readonly=True,
    )
    is_left_out = fields.Boolean(
        string="Left Out", readonly=True, help="Odoo does not look for its product any more."
    )
    is_guessed = fields.Boolean(
        readonly=True, help="Mapped by its SKU, without a person, because no other listing had it."
    )
    candidate_ids = fields.Many2many(
        PRODUCT, string="Products That Fit", compute="_compute_candidate_ids"
    )
    rival_ids = fields.Many2many(
        "merchant.listing", string="Listings of the Same", compute="_compute_rival_ids"
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "store_id", "external_id", "seller_id", "sku")
    def _compute_candidate_ids(self):
        self.candidate_ids = False
        for store, listings in self.filtered("store_id").grouped("store_id").items():
            proposals = self._propose_products(store, listings)
            for listing, (products, _found_by) in zip(listings, proposals, strict=True):
                listing.candidate_ids = products

    @api.depends("candidate_ids")
    def _compute_rival_ids(self):
        for listing in self:
            rivals = [("product_id", "in", listing.candidate_ids.ids)]
            if listing.sku:
                rivals = ["|", *rivals, ("sku", "=", listing.sku)]
            listing.rival_ids = self.search(
                [("store_id", "=", listing.store_id.id), ("id", "!=", listing._origin.id), *rivals]
            )

    # === ACTION METHODS === #

    def action_accept_proposal(self):
        """Map these listings to the products that are proposed, as far as nothing is doubtful.

        :return: the action that tells how many, or nothing when the only one was mapped
        :raises AccessError: the user is not an administrator
        """
        proposed = self.filtered(lambda l: l.state == "proposed")
        for store, listings in proposed._group_for_administrator().items():
            listings._match(store, accept=True)
        accepted = proposed.filtered("product_id")
        if len(self) == 1 and accepted:
            return None
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if accepted else "warning",
                "message": self.env._(
                    "Products accepted: %(accepted)s. Not accepted, because nothing safe is "
                    "proposed for them: %(left)s.",
                    accepted=len(accepted),
                    left=len(self - accepted),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_accept_all(self):
        """Map all the listings that have a proposal, in the stores that the user sees.

        :return: the action that tells how many
        """
        self.env["merchant.store"]._check_administrator()
        self.check_access("read")
        return self.search([("state", "=", "proposed")]).action_accept_proposal()

    def action_leave_out(self):
        """Look for the products of these listings no more."""
        for store, listings in self._group_for_administrator().items():
            open_ones = listings.filtered(lambda l: not l.product_id)
            open_ones.write({"is_left_out": True, "state": "unmatched", **NO_PROPOSAL})
            for listing in open_ones:
                self.env["merchant.issue"]._resolve(store, DOUBTS, listing)

    def action_take_back(self):
        """Look for the products of these listings again."""
        for store, listings in self._group_for_administrator().items():
            listings.is_left_out = False
            listings._match(store)

    def action_choose_product(self):
        """Open the wizard that maps this listing to a product."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set Mapping"),
            "res_model": "merchant.mapping.set",
            "view_mode": "form",
            "target": "new",
            "context": {
                "choose_product": True,
                "default_listing_id": self.id,
                "default_store_id": self.store_id.id,
                "default_product_id": self.proposed_product_id.id,
            },
        }

    # === BUSINESS METHODS === #

    def _group_for_administrator(self):
        """Return these listings by store, with the rights to change them."""
        self.check_access("read")
        self.store_id._check_administrator()
        return self.sudo().grouped("store_id")

    @api.model
    def _note_guessed(self, matches):
        """Note which listings were mapped by nothing but their SKU.

        :param list matches: tuples of what it was found by, the listing and the product
        """
        guessed = [
            listing.id for by, listing, goods in matches if listing._is_found_by_sku(goods, by)
        ]
        self.browse(guessed).is_guessed = True

    def _doubt_rivals(self, store):
        """Let go of what was mapped by the same SKU before this listing was read.

        Lists come in pages, and the first listing met is not the right one for that. Once values
        are sent, a new listing takes nothing from one that works.
        """
        if store.mode == "production":
            return
        rivals = self.search(
            [("store_id", "=", store.id), ("sku", "=", self.sku), ("is_guessed", "=", True)]
        )
        rivals.mapping_id.unlink()
        for rival in rivals:
            rival._report_doubt("listing_sku_repeated", sku=self.sku)

    def _propose(self, product, found_by):
        """Let the product wait until a person agrees."""
        self.ensure_one()
        vals = {
            "state": "proposed",
            "proposed_product_id": product.id,
            "proposal_basis": found_by,
        }
        if changes := self._get_changes(vals):
            self.write(changes)
            self.env["merchant.issue"]._resolve(self.store_id, DOUBTS, self)
