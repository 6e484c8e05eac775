from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..schema import FeedImportRequest

FAILED = "feed_import_failed"
ERRORS = "feed_import_errors"
UNKNOWN = "feed_import_unknown"
CODES = (FAILED, ERRORS, UNKNOWN)
# How an import ended -> what no longer matters of those before it.
OVERTAKEN = {"done": CODES, "partial": CODES, "failed": (FAILED,), "unknown": (FAILED, UNKNOWN)}


class MerchantFeedImport(models.Model):
    """One time that a marketplace was asked to read the price list of a store.

    Asking goes through ``merchant.operation``; what becomes of it is read until it stays the same.
    The marketplace would import a price list that it is asked for twice twice at the same time, so
    a store has at most one import that is open, and one that may have begun is never repeated
    unless a person says so.
    """

    _name = "merchant.feed.import"
    _description = "Price List Import"
    _order = "id desc"
    _OPEN_STATES = ("waiting", "running")

    store_id = fields.Many2one(
        "merchant.store", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="store_id.company_id", store=True)
    feed_id = fields.Many2one(
        "product.data.feed", string="Data Feed", readonly=True, ondelete="set null"
    )
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("partial", "Done, with errors"),
            ("failed", "Failed"),
            ("unknown", "Not Known"),
            ("withheld", "Withheld"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
        help="Waiting: the marketplace has not been asked yet.\n"
        "Running: the marketplace works on it; Odoo looks again and again until the end.\n"
        "Not Known: nothing tells whether the marketplace has done it.\n"
        "Withheld: the store is in the Test Environment, so the marketplace was not asked.",
    )
    is_open = fields.Boolean(compute="_compute_is_open")
    external_id = fields.Char(string="Identifier on the Marketplace", readonly=True)
    user_id = fields.Many2one("res.users", string="Asked By", readonly=True)
    started_at = fields.Datetime(string="Started", readonly=True)
    finished_at = fields.Datetime(string="Finished", readonly=True)
    message = fields.Text(readonly=True)

    fresh_since = fields.Datetime(
        readonly=True, help="The price list that is read was generated after this."
    )
    is_sent = fields.Boolean(
        readonly=True, help="The request is on its way, and nobody knows yet what became of it."
    )

    # What was asked
    field_codes = fields.Json(readonly=True)
    field_names = fields.Char(string="Changes", compute="_compute_field_names")
    only_available = fields.Boolean(string="Only Available Products", readonly=True)
    missing_policy = fields.Selection(
        selection=[
            ("keep", "Nothing"),
            ("sold_out", "They become sold out"),
            ("hide", "They are hidden"),
            ("delete", "They are deleted"),
        ],
        string="Products Missing in the Price List",
        required=True,
        readonly=True,
        default="keep",
        help="What the marketplace does with its products that are not in the price list.",
    )
    missing_confirmed = fields.Boolean(readonly=True)
    duplicates_confirmed = fields.Boolean(readonly=True)

    # What was told
    total_count = fields.Integer(string="In the Price List", readonly=True)
    created_count = fields.Integer(string="Created", readonly=True)
    updated_count = fields.Integer(string="Changed", readonly=True)
    unchanged_count = fields.Integer(string="Unchanged", readonly=True)
    failed_count = fields.Integer(string="Not Taken", readonly=True)
    missing_count = fields.Integer(
        string="Not in the Price List",
        readonly=True,
        help="Products of the store that the price list does not have.",
    )
    error_ids = fields.One2many(
        "merchant.feed.import.error", "import_id", string="Errors", readonly=True
    )
    error_count = fields.Integer(compute="_compute_error_count")

    _open_uniq = models.UniqueIndex(
        "(store_id) WHERE state IN ('waiting', 'running')",
        "The marketplace is already busy with the price list of this store.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state")
    def _compute_is_open(self):
        for record in self:
            record.is_open = record.state in self._OPEN_STATES

    @api.depends("feed_id")
    def _compute_display_name(self):
        for record in self:
            # Without words: issues and operations keep it, and are read in other languages.
            name = record.feed_id.sudo().name or record.store_id.name
            record.display_name = f"{name} #{record.id}"

    @api.depends("field_codes", "store_id")
    @api.depends_context("lang")
    def _compute_field_names(self):
        for record in self:
            options = record.store_id._get_adapter()._get_feed_import_fields()
            codes = record.field_codes or []
            record.field_names = ", ".join(o.name for o in options if o.code in codes)

    @api.depends("error_ids")
    def _compute_error_count(self):
        groups = self.env["merchant.feed.import.error"]._read_group(
            [("import_id", "in", self.ids)], ["import_id"], ["__count"]
        )
        counts = {record.id: count for record, count in groups}
        for record in self:
            record.error_count = counts.get(record.id, 0)

    # === ACTION METHODS === #

    def action_repeat(self):
        """Open the wizard with the same choices."""
        self.ensure_one()
        action = self.store_id.action_import_feed()
        context = {"default_repeat_id": self.id, "default_only_available": self.only_available}
        return action | {"context": action["context"] | context}

    def action_retry(self):
        """Look again at what became of these imports, or ask for them again.

        Only what has certainly ended is asked for again without looking.

        :raises UserError: it touches missing products, and nobody is warned here
        """
        for record in self:
            if record.state == "unknown" and record.external_id:
                record._follow_again()
            elif not record.is_open:
                if record.missing_policy != "keep":
                    record.store_id._check_administrator()
                    raise UserError(
                        self.env._(
                            "Open %(name)s and press Repeat: choose and confirm once more what is "
                            "to become of products missing in the price list.",
                            name=record.display_name,
                        )
                    )
                self._ask(
                    record.store_id,
                    record.field_codes or [],
                    only_available=record.only_available,
                    duplicates_confirmed=record.duplicates_confirmed,
                )

    def action_cancel(self):
        """Do not ask the marketplace after all."""
        self.check_access("read")
        self._get_operations().action_cancel()

    def action_open_operation(self):
        """Open the request to the marketplace."""
        self.ensure_one()
        self.check_access("read")
        operations = self._get_operations()
        if len(operations) == 1:
            return {
                "type": "ir.actions.act_window",
                "res_model": operations._name,
                "res_id": operations.id,
                "views": [(False, "form")],
            }
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "garazd_merchant_center.merchant_operation_action"
        )
        return action | {"domain": [("id", "in", operations.ids)], "context": {}}

    def action_open_errors(self):
        """Open the report."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "garazd_merchant_center.merchant_feed_import_error_action"
        )
        return action | {"domain": [("import_id", "=", self.id)]}

    # === BUSINESS METHODS === #

    @api.model
    def _ask(self, store, codes, *, missing_policy="keep", **choices):
        """Write down that the marketplace is to read the price list, after the commit.

        :param store: the ``merchant.store``
        :param codes: of :class:`FeedImportField`, at least one
        :param str missing_policy: other than ``keep``: administrators only
        :param choices: ``only_available``, and what a person has agreed to after a warning:
            ``missing_confirmed``, ``duplicates_confirmed``
        :return: the import
        :raises UserError: it cannot be imported now, or somebody has to agree
        """
        store.ensure_one()
        store.check_access("read")
        if missing_policy != "keep":
            store._check_administrator()
        known = {option.code for option in store._get_adapter()._get_feed_import_fields()}
        if not codes or not known.issuperset(codes):
            raise UserError(self.env._("Choose what the import may change."))
        # Elevated: imports belong to the system.
        record = self.sudo().new({"store_id": store.id})
        record.update({"missing_policy": missing_policy, "feed_id": store.feed_id.id, **choices})
        record._check_possible()
        record = self.sudo().create(
            {
                "store_id": store.id,
                "feed_id": store.feed_id.id,
                "user_id": self.env.uid,
                "field_codes": list(codes),
                "missing_policy": missing_policy,
                **choices,
            }
        )
        self.env["merchant.operation"]._enqueue(store, "feed_import", record, {})
        record._refresh_price_list()
        return record.with_env(self.env)

    def _refresh_price_list(self):
        """Have the price list generated anew, which the request waits for.

        The one that is published may be hours old: prices sent since would go back to older ones.
        """
        waiting = self.filtered(lambda record: record.state == "waiting")
        waiting.fresh_since = fields.Datetime.now()
        # Elevated: whoever may have it imported need not be allowed to change it.
        waiting.feed_id.sudo()._request_generation()

    @api.model
    def _note_generation(self, feeds):
        """Have the marketplace asked to read price lists, whose generation has come to an end.

        Nothing is written: whoever sends may be writing on the same records.
        """
        waiting = [("feed_id", "in", feeds.ids), ("state", "=", "waiting")]
        if self.sudo().search_count(waiting, limit=1):
            self.env["merchant.operation"]._wake()

    def _check_possible(self):
        """Refuse an import that cannot work, and one that nobody has agreed to.

        :raises UserError:
        """
        self.ensure_one()
        store = self.store_id
        if self.feed_id != store.feed_id:
            raise UserError(
                self.env._("The store has got another data feed. Send the price list anew.")
            )
        if problem := store._get_feed_import_problem(own=self):
            raise UserError(problem)
        if self.missing_policy != "keep" and not self.missing_confirmed:
            raise UserError(
                self.env._("Confirm what is to become of products missing in the price list.")
            )
        count = 0 if self.duplicates_confirmed else store._count_feed_duplicates()
        if count:
            raise UserError(
                self.env._(
                    "Products that would be made a second time on the marketplace: %(count)s. "
                    "Press Send Price List on the store to see what to do.",
                    count=count,
                )
            )

    def _get_operations(self):
        """Return the operations that carry, or carried, the question to the marketplace."""
        domain = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        return self.env["merchant.operation"].search(domain)

    def _get_request(self):
        """Return what the marketplace is asked; with the link of the price list as it is now.

        :rtype: FeedImportRequest
        """
        self.ensure_one()
        return FeedImportRequest(
            url=self.feed_id.sudo().url or "",
            fields=tuple(self.field_codes or ()),
            missing=self.missing_policy,
            only_available=self.only_available,
        )

    def _finish(self, state, reason=False):
        """Write down how it ended, and open or close the issues about it.

        :param str state: none of the open ones
        :param str reason: in the marketplace's words or ours
        """
        self.ensure_one()
        self.write(
            {
                "state": state,
                "message": reason,
                "finished_at": fields.Datetime.now(),
                "next_read_at": False,
            }
        )
        issues = self.env["merchant.issue"]
        issues._resolve(self.store_id, CODES, self)
        before = self.search([("store_id", "=", self.store_id.id), ("id", "<", self.id)])
        issues._resolve(self.store_id, OVERTAKEN.get(state, ()), before)
        if state == "partial":
            count = max(self.error_count, self.failed_count)
            issues._report(self.store_id, ERRORS, self, "warning", count=count)
        elif state in ("failed", "unknown"):
            code = FAILED if state == "failed" else UNKNOWN
            env = self.store_id._in_own_context().env
            reason = (reason or "").rstrip(" .") or env._("it gave no reason")
            issues._report(self.store_id, code, self, reason=reason)
        if state in ("done", "partial"):
            # New products have identifiers only the marketplace can tell.
            runs = self.env["merchant.sync.run"].sudo()
            runs._get_or_start(self.store_id, "products")._wake()

    @api.autovacuum
    def _gc_old_imports(self):
        """Forget imports after 60 days, except those that an open issue is about."""
        issues = self.env["merchant.issue"].search(
            [("res_model", "=", self._name), ("state", "=", "open")]
        )
        limit = fields.Datetime.now() - timedelta(days=60)
        self.search(
            [
                ("state", "not in", self._OPEN_STATES),
                ("create_date", "<", limit),
                ("id", "not in", issues.mapped("res_id")),
            ]
        ).unlink()
