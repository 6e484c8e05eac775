from odoo import api, fields, models
from odoo.exceptions import UserError


class MerchantStoreProduction(models.TransientModel):
    """Says what a store begins to send, and asks for a tick before it does."""

    _name = "merchant.store.production"
    _description = "Switch to Production"

    store_id = fields.Many2one("merchant.store", required=True, ondelete="cascade")
    effects = fields.Json(compute="_compute_effects")
    is_understood = fields.Boolean(string="I know what will be sent from now on")

    @api.depends("store_id")
    @api.depends_context("lang")
    def _compute_effects(self):
        for wizard in self:
            wizard.effects = wizard.store_id and wizard.store_id._get_production_effects()

    def action_switch(self):
        """Switch the store to Production.

        :raises AccessError: it is not a store of the person, or the person no administrator
        :raises UserError: the tick is missing
        """
        self.ensure_one()
        self.store_id._check_administrator()
        if not self.is_understood:
            raise UserError(self.env._("Tick that you know what will be sent, then go on."))
        self.store_id.action_set_production()

    # What the rows of `effects` offer.

    def action_open_changes(self):
        """Open the prices and quantities that wait."""
        return self.store_id.action_open_changes()

    def action_open_withheld(self):
        """Open what was withheld."""
        return self.store_id.action_open_withheld()
