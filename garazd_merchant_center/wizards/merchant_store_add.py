from odoo import api, fields, models

from ..models.merchant_store import GROUP_ADMINISTRATOR


class MerchantStoreAdd(models.TransientModel):
    """Connects a store: the token is tried first, the store is made when it works."""

    _name = "merchant.store.add"
    _description = "Add Store"

    marketplace = fields.Selection(
        selection="_selection_marketplace",
        required=True,
        default=lambda self: self._default_marketplace(),
    )
    name = fields.Char(string="Store Name", required=True)
    logo = fields.Image(max_width=256, max_height=256)
    api_token = fields.Char(string="API Token", required=True, groups=GROUP_ADMINISTRATOR)
    token_expires_on = fields.Date(
        string="Token Valid Until",
        groups=GROUP_ADMINISTRATOR,
        help="As shown beside the token in the cabinet of the marketplace. Odoo tells 30, 7 and 1 "
        "days before.",
    )
    api_url = fields.Char(
        string="API Address",
        compute="_compute_api_url",
        store=True,
        readonly=False,
        precompute=True,
        groups=GROUP_ADMINISTRATOR,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    feed_id = fields.Many2one(
        "product.data.feed",
        string="Data Feed",
        domain="[('company_id', 'in', (False, company_id))]",
        help="The price list that the marketplace reads, if there is one already.",
    )
    import_from = fields.Date(
        string="Import Orders From",
        help="Orders made before this day do not become sales orders. Empty: all orders that the "
        "marketplace still has.",
    )

    @api.model
    def _selection_marketplace(self):
        return self.env["merchant.store"]._fields["marketplace"]._description_selection(self.env)

    @api.model
    def _default_marketplace(self):
        known = self._selection_marketplace()
        return known[0][0] if len(known) == 1 else False

    @api.depends("marketplace")
    def _compute_api_url(self):
        for wizard in self:
            if wizard.marketplace:
                store = self.env["merchant.store"].new({"marketplace": wizard.marketplace})
                wizard.api_url = store._get_adapter()._get_default_api_url()

    def _prepare_store_vals(self):
        return {
            "marketplace": self.marketplace,
            "name": self.name,
            "logo": self.logo,
            "api_token": self.api_token.strip(),
            "token_expires_on": self.token_expires_on,
            "api_url": self.api_url,
            "company_id": self.company_id.id,
            "feed_id": self.feed_id.id,
            "import_from": self.import_from,
        }

    def action_add(self):
        """Try the token and create the store.

        :return: the action that opens the store's form
        :raises UserError: the token or the address does not work; nothing is created
        """
        self.ensure_one()
        stores = self.env["merchant.store"]
        stores._check_administrator()
        vals = self._prepare_store_vals()
        stores.new(vals)._try_connection()
        store = stores.create(vals)
        store._mark_connected()
        store._check_token_expiry()
        # No token is left behind, not even one of an attempt that failed.
        self.search([("create_uid", "=", self.env.uid)]).unlink()
        return {
            "type": "ir.actions.act_window",
            "res_model": store._name,
            "res_id": store.id,
            "views": [(False, "form")],
            "target": "current",
        }
