from odoo import api, fields, models
from odoo.exceptions import UserError

from ..exceptions import MarketplaceError
from ..models.merchant_store import GROUP_ADMINISTRATOR

# What decides which permissions there are.
CONNECTION = frozenset({"marketplace", "api_token", "api_url"})


class MerchantStoreAdd(models.TransientModel):
    """Connects a store: the token is tried first, the store is made when it works."""

    _name = "merchant.store.add"
    _inherit = ["merchant.token.check"]
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
                wizard.api_url = wizard._get_adapter()._get_default_api_url()

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

    def _get_adapter(self):
        """Return the model that speaks with the marketplace of the store to be."""
        return self._make_probe()._get_adapter()

    def _explain(self, error):
        """Return what went wrong, in words."""
        return self._make_probe()._explain(error)

    def _make_probe(self):
        """Return the store to be, which is not saved."""
        vals = self._prepare_store_vals() if self.api_token else {"marketplace": self.marketplace}
        return self.env["merchant.store"].new(vals)

    @api.onchange(*CONNECTION)
    def _onchange_token(self):
        # What another token opened says nothing of this one.
        self.token_check = False

    def write(self, vals):
        """Override to forget what another token opened."""
        if not CONNECTION.isdisjoint(vals):
            vals = {"token_check": False, **vals}
        return super().write(vals)

    def action_check_token(self):
        """Try what the token opens, and show it without losing what was typed.

        :return: the action that shows this wizard again
        :raises UserError: nothing works with this token or address
        """
        self.ensure_one()
        self.env["merchant.store"]._check_administrator()
        probe = self._make_probe()
        try:
            errors = probe._get_adapter()._check_permissions(probe)
            if errors and all(errors.values()):
                raise next(iter(errors.values()))
        except MarketplaceError as error:
            raise UserError(probe._explain(error)) from error
        if not errors:
            return probe.action_check_connection()
        self._note_token_check(errors)
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add Store"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
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
        probe = stores.new(vals)
        probe._try_connection()
        store = stores.create(vals | {"token_check": probe.token_check})
        store._mark_connected()
        store._follow_permissions()
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
