from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..secret import seal

# How long reports are kept.
KEPT = timedelta(days=60)
# Why nothing could be made of a file.
ERRORS = {
    "empty": "The file is empty.",
    "too_large": "The file is too large to be what it should be.",
    "kind": "The file is of a kind that cannot be read.",
    "broken": "The file is damaged, or it is something else than its name says.",
    "page": (
        "This is a page of the website and no file: the marketplace may want you to log in. "
        "Download the file in its cabinet and choose it as a file."
    ),
    "no_ids": "There is no column with the numbers of categories in the file.",
    "no_rows": "There is nothing to import in the file.",
    "not_found": (
        "There is nothing at this link. Download the file in the cabinet of the marketplace and "
        "choose it as a file."
    ),
    "moved": "The link leads to another website, where Odoo did not follow.",
    "refused": (
        "The marketplace does not give the file at this link. Download it in its cabinet and "
        "choose it as a file."
    ),
    "silent": (
        "The marketplace did not answer, although Odoo tried several times. Try again, or download "
        "the file in its cabinet and choose it as a file."
    ),
    "link_gone": "The link is not kept any longer. Paste it again.",
    "crashed": (
        "Reading was broken off several times at the same place, so Odoo does not try it any more. "
        "Show the file to whoever maintains your Odoo."
    ),
    "unexpected": (
        "An error nobody expected. Try again; when it happens once more, show it to whoever "
        "maintains your Odoo."
    ),
}


class MerchantCatalogueImport(models.Model):
    """One file of a marketplace's catalogue, read in the background, and what became of it.

    The catalogue is the marketplace's own, so an import belongs to no store and no company. The
    file is kept with it: whatever interrupts the reading, it goes on within the same file.
    """

    _name = "merchant.catalogue.import"
    _description = "Catalogue Import"
    _order = "id desc"
    _OPEN_STATES = ("waiting", "running")

    marketplace = fields.Selection(
        selection=lambda self: (
            self.env["merchant.store"]._fields["marketplace"]._description_selection(self.env)
        ),
        required=True,
        readonly=True,
    )
    kind = fields.Selection(
        selection=[("categories", "Categories"), ("attributes", "Attributes")],
        required=True,
        readonly=True,
    )
    source = fields.Selection(
        selection=[("file", "A file"), ("address", "A link of the marketplace")],
        required=True,
        readonly=True,
    )
    file = fields.Binary(
        copy=False, readonly=True, groups="garazd_merchant_center.group_administrator"
    )
    filename = fields.Char(string="File Name", readonly=True)
    # The link has a key to the seller's cabinet in it: sealed, for administrators only, in no
    # export and no copy, and wiped with the commit that keeps its file.
    sealed_link = fields.Char(
        copy=False,
        exportable=False,
        readonly=True,
        groups="garazd_merchant_center.group_administrator",
    )
    user_id = fields.Many2one("res.users", string="Asked By", readonly=True)

    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("partial", "Done, Look at the Report"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    is_open = fields.Boolean(compute="_compute_is_open")
    error = fields.Selection(
        selection=list(ERRORS.items()),
        string="What Went Wrong",
        readonly=True,
    )
    error_detail = fields.Char(readonly=True)
    started_at = fields.Datetime(string="Started", readonly=True)
    finished_at = fields.Datetime(string="Finished", readonly=True)

    # How far it is
    attempts = fields.Integer(readonly=True)
    next_attempt = fields.Datetime(readonly=True)
    position = fields.Integer(readonly=True, help="So much of the file has been dealt with.")
    total = fields.Integer(readonly=True)
    progress = fields.Integer(compute="_compute_progress", help="In percent of the file.")

    # What became of it
    row_count = fields.Integer(string="Read", readonly=True, help="Rows of the file, good and bad.")
    created = fields.Integer(string="Added", readonly=True)
    updated = fields.Integer(string="Changed", readonly=True)
    unchanged = fields.Integer(readonly=True)
    skipped = fields.Integer(readonly=True, help="Rows that were left out.")
    archived = fields.Integer(
        readonly=True, help="The file does not name them any more. Nothing is deleted."
    )
    kept = fields.Integer(
        string="Missing, but Kept",
        readonly=True,
        help="So many are missing in the file that it may be of something else: nothing was "
        "archived.",
    )
    row_ids = fields.One2many(
        "merchant.catalogue.import.row", "import_id", string="Rows Left Out", readonly=True
    )
    category_ids = fields.Many2many("merchant.category", string="Categories", readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("state")
    def _compute_is_open(self):
        for record in self:
            record.is_open = record.state in self._OPEN_STATES

    @api.depends("state", "position", "total")
    def _compute_progress(self):
        for record in self:
            if record.state in ("done", "partial"):
                record.progress = 100
            else:
                # The end is there when what vanished is archived.
                record.progress = 99 * record.position // record.total if record.total else 0

    @api.depends("kind", "create_date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for record in self:
            record.display_name = self.env._(
                "%(kind)s, import %(number)s", kind=kinds.get(record.kind), number=record.id
            )

    # === ACTION METHODS === #

    def action_cancel(self):
        """Read no further. What was read already stays."""
        self._check_administrator()
        for record in self.sudo().filtered("is_open"):
            record._finish("cancelled")

    def action_retry(self):
        """Read the same file again from its beginning.

        :raises UserError: there is no file, and the link to it is gone
        """
        self._check_administrator()
        for record in self.sudo():
            if record.is_open:
                continue
            if not record.file and record.kind == "attributes":
                raise UserError(self.env._("The link is not kept any longer. Paste it again."))
            record.row_ids.unlink()
            record.write(
                {
                    **dict.fromkeys(
                        ("error", "error_detail", "finished_at", "next_attempt"), False
                    ),
                    **dict.fromkeys(
                        ("position", "total", "attempts", "row_count", "created", "updated"), 0
                    ),
                    **dict.fromkeys(("unchanged", "skipped", "archived", "kept"), 0),
                    "state": "waiting",
                }
            )
            record._wake()

    def action_open_categories(self):
        """Open the categories that the import added, changed or archived."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "garazd_merchant_center.merchant_portal_category_action"
        )
        domain = [("import_id", "=", self.id)]
        if self.kind == "attributes":
            domain = [("id", "in", self.category_ids.ids)]
        return action | {"domain": domain, "context": {"active_test": False}}

    # === BUSINESS METHODS === #

    @api.model
    def _ask(self, kind, marketplace, *, file=False, filename=False, link=None):
        """Write down that a file is to be read, and wake the scheduled action at the commit.

        :param str kind: ``categories`` or ``attributes``
        :param str marketplace: a key of ``merchant.store.marketplace``
        :param file: in base64; without one it is read by the marketplace's link
        :param str | None link: where the attributes are; a secret
        :return: the import
        :raises UserError: neither a file nor a link was given
        """
        self._check_administrator()
        if not file and kind == "attributes" and not link:
            raise UserError(self.env._("Choose a file, or paste a link, first."))
        # Elevated: imports belong to the system.
        record = self.sudo().create(
            {
                "kind": kind,
                "marketplace": marketplace,
                "source": "file" if file else "address",
                "file": file,
                "filename": filename,
                "sealed_link": seal(self.env, link) if link else False,
                "user_id": self.env.uid,
            }
        )
        record._wake()
        return record.with_env(self.env)

    def _check_administrator(self):
        """Refuse whoever may not import.

        :raises AccessError:
        """
        self.env["merchant.category"].check_access("write")

    def _open(self):
        """Return the action that shows the import."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    @api.model
    def _wake(self, at=None):
        self.env.ref("garazd_merchant_center.cron_catalogue_imports").sudo()._trigger(at)

    def _finish(self, state, error=False, detail=False):
        """Write down how it ended. The link is not needed any more."""
        self.write(
            {
                "state": state,
                "error": error,
                "error_detail": detail,
                "sealed_link": False,
                "next_attempt": False,
                "finished_at": fields.Datetime.now(),
            }
        )

    @api.autovacuum
    def _gc_old_imports(self):
        """Forget imports with their files after 60 days."""
        limit = fields.Datetime.now() - KEPT
        self.search([("state", "not in", self._OPEN_STATES), ("create_date", "<", limit)]).unlink()


class MerchantCatalogueImportRow(models.Model):
    """A row of a file that was left out."""

    _name = "merchant.catalogue.import.row"
    _description = "Row Left Out"
    _order = "import_id, number, id"
    _rec_name = "number"

    import_id = fields.Many2one(
        "merchant.catalogue.import", required=True, index=True, ondelete="cascade"
    )
    number = fields.Integer(string="Row", aggregator=False)
    reason = fields.Selection(
        selection=[
            ("no_id", "No number"),
            ("no_name", "No name"),
            ("repeated", "The same number once more"),
            ("unexpected", "Odoo could not take it"),
        ],
        required=True,
    )
    text = fields.Char(string="What It Says")
