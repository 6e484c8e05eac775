from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class MerchantFeedImportStart(models.TransientModel):
    """Asks what the marketplace may change when it reads the price list, and warns."""

    _name = "merchant.feed.import.start"
    _description = "Send Price List"

    store_id = fields.Many2one("merchant.store", required=True, readonly=True, ondelete="cascade")
    repeat_id = fields.Many2one("merchant.feed.import", readonly=True)
    # With the rights of who looks, who may have named the store of others.
    feed_id = fields.Many2one(related="store_id.feed_id", related_sudo=False)
    mode = fields.Selection(related="store_id.mode", related_sudo=False)
    offer_count = fields.Integer(compute="_compute_state_of_feed")
    generated_at = fields.Datetime(compute="_compute_state_of_feed")
    left_out_count = fields.Integer(compute="_compute_state_of_feed")
    line_ids = fields.One2many(
        "merchant.feed.import.start.line",
        "wizard_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    only_available = fields.Boolean(
        string="Only Available Products",
        help="The marketplace passes over what is not in stock: neither its price nor its "
        "availability changes.",
    )
    missing_policy = fields.Selection(
        selection=lambda self: (
            self.env["merchant.feed.import"]
            ._fields["missing_policy"]
            ._description_selection(self.env)
        ),
        string="Products Missing in the Price List",
        required=True,
        default="keep",
        help="What the marketplace does with every product it has that is not in the price list.",
    )
    missing_confirmed = fields.Boolean(
        string="I understand, do so with all missing products",
        compute="_compute_missing_confirmed",
        store=True,
        readonly=False,
    )
    duplicates_confirmed = fields.Boolean(string="I understand, make them a second time")

    # Why it cannot be done, and what to think of before
    problem = fields.Char(compute="_compute_warnings")
    is_local = fields.Boolean(compute="_compute_warnings")
    is_unknown = fields.Boolean(compute="_compute_warnings")
    duplicate_count = fields.Integer(compute="_compute_warnings")
    revived_count = fields.Integer(compute="_compute_warnings")
    held_count = fields.Integer(string="Held Changes", compute="_compute_warnings")

    # === COMPUTE METHODS === #

    @api.depends("store_id")
    def _compute_state_of_feed(self):
        for wizard in self:
            # Elevated: everybody who sees the store may know how its price list stands.
            feed = wizard.store_id.feed_id.sudo()
            wizard.offer_count = feed.offer_count
            wizard.generated_at = feed.generated_at
            wizard.left_out_count = 0 if feed.keep_errors else feed.error_count

    @api.depends("store_id", "repeat_id")
    def _compute_line_ids(self):
        for wizard in self:
            chosen = wizard.repeat_id.field_codes
            options = wizard.store_id and wizard.store_id._get_adapter()._get_feed_import_fields()
            wizard.line_ids = [Command.clear()] + [
                Command.create(
                    {
                        "code": option.code,
                        "name": option.name,
                        "hint": option.hint,
                        "is_chosen": option.code in chosen if chosen else option.is_default,
                    }
                )
                for option in options or ()
            ]

    @api.depends("missing_policy")
    def _compute_missing_confirmed(self):
        # Who agreed that products are hidden has not agreed that they are deleted.
        self.missing_confirmed = False

    @api.depends("store_id")
    def _compute_warnings(self):
        for wizard in self:
            store = wizard.store_id
            wizard.problem = store and store._get_feed_import_problem()
            is_possible = store and not wizard.problem
            wizard.is_local = is_possible and store._is_feed_local()
            wizard.is_unknown = is_possible and self._has_unknown_end(store)
            wizard.duplicate_count = store._count_feed_duplicates() if is_possible else 0
            wizard.revived_count = store._count_revived() if is_possible else 0
            wizard.held_count = store.push_held_count if is_possible else 0

    def _has_unknown_end(self, store):
        """Tell whether the last import may still be at work."""
        asked = [("store_id", "=", store.id), ("state", "not in", ("withheld", "cancelled"))]
        return self.env["merchant.feed.import"].search(asked, limit=1).state == "unknown"

    # === ACTION METHODS === #

    def action_open_duplicates(self):
        """Open what the marketplace has already and would have a second time."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "garazd_merchant_center.merchant_listing_action"
        )
        ids = [id_ for ids in self.store_id._find_feed_duplicates().values() for id_ in ids]
        return action | {"domain": [("id", "in", ids)], "context": {}}

    def action_start(self):
        """Write it down; the marketplace is asked in the background.

        :return: the action that shows the import
        :raises UserError: it is not possible, or not confirmed
        """
        self.ensure_one()
        codes = self.line_ids.filtered("is_chosen").mapped("code")
        if not codes:
            raise UserError(self.env._("Choose what the import may change."))
        record = self.env["merchant.feed.import"]._ask(
            self.store_id,
            codes,
            missing_policy=self.missing_policy,
            only_available=self.only_available,
            missing_confirmed=self.missing_confirmed,
            duplicates_confirmed=self.duplicates_confirmed,
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }


class MerchantFeedImportStartLine(models.TransientModel):
    """Something that an import can change."""

    _name = "merchant.feed.import.start.line"
    _description = "What an Import Changes"

    wizard_id = fields.Many2one("merchant.feed.import.start", required=True, ondelete="cascade")
    code = fields.Char(required=True)
    name = fields.Char(string="Change")
    hint = fields.Char(string="What It Means")
    is_chosen = fields.Boolean(string="Chosen")
