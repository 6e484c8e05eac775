from odoo import api, fields, models
from odoo.exceptions import UserError

PRODUCT = "product.product"


class MerchantMappingSet(models.TransientModel):
    """Says which product of a store a product of Odoo is."""

    _name = "merchant.mapping.set"
    _description = "Set Mapping"

    product_id = fields.Many2one(PRODUCT, required=True)
    store_id = fields.Many2one(
        "merchant.store",
        required=True,
        compute="_compute_store_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    listing_id = fields.Many2one(
        "merchant.listing",
        string="Product There",
        domain="[('store_id', '=', store_id)]",
        help="Choose the product of the store, or type its identifier below.",
    )
    external_id = fields.Char(
        string="External Identifier",
        required=True,
        compute="_compute_external_id",
        store=True,
        readonly=False,
        precompute=True,
        help="The identifier of the product on the marketplace.",
    )
    current_external_id = fields.Char(
        string="Mapped Until Now", compute="_compute_current_external_id"
    )

    @api.depends("product_id")
    def _compute_store_id(self):
        stores = self.env["merchant.store"]
        for wizard in self:
            company = wizard.product_id.company_id or self.env.company
            found = stores.search([("company_id", "=", company.id)], limit=2)
            wizard.store_id = wizard.store_id or (found if len(found) == 1 else False)

    @api.depends("listing_id")
    def _compute_external_id(self):
        for wizard in self:
            wizard.external_id = wizard.listing_id.external_id or wizard.external_id

    @api.depends("product_id", "store_id")
    def _compute_current_external_id(self):
        for wizard in self:
            wizard.current_external_id = wizard._find(
                [("res_id", "=", wizard.product_id.id)]
            ).external_id

    def action_set(self):
        """Map the product, in place of what it was mapped to in this store before.

        :raises AccessError: the store is not the person's to administer
        :raises UserError: another product is mapped to that identifier
        """
        self.ensure_one()
        self.store_id._check_administrator()
        product = self.product_id
        external_id = (self.external_id or "").strip()
        if not external_id:
            raise UserError(self.env._("Say which product of the store it is."))
        taken = self._find([("external_id", "=", external_id), ("res_id", "!=", product.id)])
        owner = taken.resource_ref
        if owner:
            raise UserError(
                self.env._(
                    "%(external_id)s is mapped to %(product)s in the store %(store)s. Change or "
                    "delete that mapping first: Merchant Center > Configuration > Mapping.",
                    external_id=external_id,
                    product=owner.display_name,
                    store=self.store_id.name,
                )
            )
        # The record it was mapped to is gone.
        taken.unlink()
        listing = self.env["merchant.listing"].search(
            [("store_id", "=", self.store_id.id), ("external_id", "=", external_id)]
        )
        vals = {"external_id": external_id, "external_name": listing.name}
        if own := self._find([("res_id", "=", product.id)]):
            own.write(vals)
        else:
            vals |= {"store_id": self.store_id.id, "model": PRODUCT, "res_id": product.id}
            own.create(vals)
        return {"type": "ir.actions.act_window_close"}

    def _find(self, domain):
        """Return the mappings of products in this store that fit."""
        return self.env["merchant.mapping"].search(
            [("store_id", "=", self.store_id.id), ("model", "=", PRODUCT), *domain]
        )
