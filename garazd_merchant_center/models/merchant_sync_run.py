import logging
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.tools import mute_logger

_logger = logging.getLogger(__name__)

# What each kind of synchronization reads, in this order.
STEPS = {
    "base": ("statuses", "payment_methods", "delivery_methods", "categories"),
    "products": ("values", "listings", "single_listings"),
    "compare": ("values",),
    "creation": ("creation", "pictures"),
    "refresh": ("requested_listings",),
    "orders": ("requested_orders", "orders"),
    "recover": ("orders_created",),
    "recent": ("orders_created",),
}
# What was bought is among what is asked for one by one, so that comes last.
STEPS["full"] = (*STEPS["base"], "values", "listings", "orders", "single_listings")

# Steps that ask for single records: where none waits, nothing is asked.
SINGLE = ("single_listings", "requested_listings", "requested_orders", "creation", "pictures")

# Kinds that read what is new. Who asks for one that has begun may ask for what it has passed
# already, so another one waits until it has ended.
REPEATED = ("orders", "creation", "refresh")

# The scheduled actions that work on the kinds that have none of their own name.
CRONS = {
    "full": "base",
    "recover": "orders",
    "recent": "base",
    "compare": "products",
    "creation": "products",
    "refresh": "products",
}


class MerchantSyncRun(models.Model):
    """One synchronization of one store: what it did, and where it stands.

    A run is worked on page by page. After each page the records, the counters and the place to go
    on are committed together, so a run that is interrupted anywhere continues from there, and a
    page that is read twice changes nothing.
    """

    _name = "merchant.sync.run"
    _inherit = ["merchant.job"]
    _description = "Marketplace Synchronization"
    _order = "id desc"
    _OPEN_STATES = ("pending", "running")

    store_id = fields.Many2one("merchant.store", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="store_id.company_id", store=True)
    kind = fields.Selection(
        selection=[
            ("full", "Initial"),
            ("base", "Base"),
            ("products", "Products"),
            ("orders", "Orders"),
            ("recover", "Orders of a period"),
            ("recent", "Recent orders"),
            ("compare", "Prices and quantities"),
            ("creation", "Creation of products"),
            ("refresh", "Products to read again"),
        ],
        required=True,
    )
    created_since = fields.Datetime(
        string="Orders Made From", help="The period whose orders are read, whether changed or not."
    )
    created_until = fields.Datetime(string="Orders Made Before")
    state = fields.Selection(
        selection=[
            ("pending", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("partial", "Done, with issues"),
            ("failed", "Failed"),
            ("stopped", "Stopped"),
        ],
        required=True,
        default="pending",
        index=True,
    )
    is_open = fields.Boolean(compute="_compute_is_open")
    step = fields.Selection(
        selection=[
            ("statuses", "Order statuses"),
            ("payment_methods", "Payment methods"),
            ("delivery_methods", "Delivery methods"),
            ("categories", "Product groups"),
            ("values", "Prices and quantities"),
            ("listings", "Products"),
            ("single_listings", "Products that the lists do not show"),
            ("requested_listings", "Products to read again"),
            ("requested_orders", "Orders to read again"),
            ("orders", "Orders"),
            ("orders_created", "Orders of a period"),
            ("creation", "Products to create"),
            ("pictures", "Pictures"),
        ]
    )
    cursor = fields.Json(help="The place to go on within the step.")
    newest_change = fields.Datetime(help="The newest change met so far, in the marketplace's time.")
    started_at = fields.Datetime()
    finished_at = fields.Datetime()
    worked_at = fields.Datetime(help="When the last page was tried.")
    attempts = fields.Integer()
    next_attempt = fields.Datetime()
    created = fields.Integer()
    updated = fields.Integer()
    unchanged = fields.Integer()
    failed = fields.Integer()
    progress = fields.Integer(help="In percent of the steps.")
    error_code = fields.Char()
    error_values = fields.Json()
    message = fields.Char(compute="_compute_message", compute_sudo=False)

    _one_waiting_and_one_running = models.UniqueIndex(
        "(store_id, kind, state, COALESCE(created_since, '-infinity'), "
        "COALESCE(created_until, '-infinity')) WHERE state IN ('pending', 'running')",
        "This synchronization is already waiting.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state")
    def _compute_is_open(self):
        for run in self:
            run.is_open = run.state in self._OPEN_STATES

    @api.depends("state", "step", "created", "updated", "unchanged", "failed", "error_code")
    @api.depends_context("lang")
    def _compute_message(self):
        steps = dict(self._fields["step"]._description_selection(self.env))
        issues = self.env["merchant.issue"]
        for run in self:
            if run.error_code:
                run.message = issues.new(
                    {"code": run.error_code, "values": run.error_values}
                ).detail
            elif run.state == "pending":
                run.message = self.env._("Waiting to start")
            else:
                counts = self.env._(
                    "new: %(created)s, changed: %(updated)s, unchanged: %(unchanged)s, "
                    "with issues: %(failed)s",
                    created=run.created,
                    updated=run.updated,
                    unchanged=run.unchanged,
                    failed=run.failed,
                )
                step = run.state == "running" and steps.get(run.step)
                run.message = f"{step} - {counts}" if step else counts

    @api.depends("kind", "started_at", "store_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for run in self:
            run.display_name = f"{run.store_id.name}: {kinds.get(run.kind)}"

    # === ACTION METHODS === #

    def action_stop(self):
        """Stop these synchronizations after the page they are at; what was read stays.

        Nothing is lost: the next one reads what this one did not.
        """
        self.check_access("read")
        # Elevated: runs belong to the system.
        self.sudo().filtered(lambda run: run.state in self._OPEN_STATES).write(
            {"state": "stopped", "finished_at": fields.Datetime.now(), "next_attempt": False}
        )

    # === LIFE OF A RUN === #

    @api.model
    def _get_or_start(self, store, kind, since=False, until=False, is_patient=False):
        """Return the open run of this kind, ready to go on at once; make one if there is none.

        A run of ``REPEATED`` that has begun does not count: another one is to follow it.

        :param since: when the orders to read were made (naive UTC), for the step ``orders_created``
        :param until: the moment after that period (naive UTC)
        :param bool is_patient: nobody waits for it, so a pause that the run makes stays
        """
        vals = {
            "store_id": store.id,
            "kind": kind,
            "created_since": since,
            "created_until": until,
        }
        same = [(key, "=", value) for key, value in vals.items()]
        runs = self.search([*same, ("state", "in", self._OPEN_STATES)], order="state, id")
        if not is_patient:
            # Writing in vain would make the page that is being done meet a conflict.
            runs.filtered("next_attempt").next_attempt = False
        if kind in REPEATED:
            runs = runs.filtered(lambda run: run.state == "pending")
        if runs:
            return runs[0]
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return self.create(vals | self._get_place(same))
        except UniqueViolation:
            # Somebody else has just asked for the same; the run is in good hands.
            return self.browse()

    @api.model
    def _get_place(self, same):
        """Return where the run before stood when the token was rejected; empty otherwise.

        Everything that it had read is kept, so the next one goes on there.

        :param list same: the domain of runs that read the same
        :return: values of the next run
        :rtype: dict
        """
        last = self.search(same, limit=1)
        if last.state != "failed" or last.error_code != "token_rejected":
            return {}
        place = ("step", "cursor", "newest_change", "started_at", "progress")
        return {name: last[name] for name in place}

    @api.model
    def _search_open(self, kind, served=None):
        """Return the open runs that a scheduled action works on.

        Those of the store that has waited the longest for a turn come first, so that a slow store
        delays the others by a page and no more. One that follows another waits until that has
        ended.

        :param str kind: ``base``, ``products`` or ``orders``
        :param merchant.store served: which has just had a turn
        """
        kinds = [kind, *(other for other, cron in CRONS.items() if cron == kind)]
        runs = self.search(
            [
                ("kind", "in", kinds),
                ("state", "in", self._OPEN_STATES),
                ("store_id.active", "=", True),
                "|",
                ("next_attempt", "=", False),
                ("next_attempt", "<=", fields.Datetime.now()),
            ],
            order="id",
        )
        running = self.search([("state", "=", "running")])
        followed = {run._get_subject() for run in running}
        runs = runs.filtered(
            lambda run: run.state == "running" or run._get_subject() not in followed
        )
        # By store: a run that has just been opened is not the first turn of its store.
        worked = [
            ("kind", "in", kinds),
            ("store_id", "in", runs.store_id.ids),
            ("worked_at", "!=", False),
        ]
        turns = dict(self._read_group(worked, ["store_id"], ["worked_at:max"]))
        # Who never had a turn comes before whoever had one.
        return runs.sorted(
            lambda run: (
                str(turns.get(run.store_id, "")),
                run.store_id == served,
                str(run.worked_at or ""),
                run.id,
            )
        )

    def _get_subject(self):
        """Return what is read; of runs with the same one, one is worked on at a time."""
        return self.store_id, self.kind, self.created_since, self.created_until

    @api.model
    def _restart_orders(self, stores):
        """Let the runs of these stores read the orders from the first page again.

        Also those that failed: the next one may go on where they stood.
        """
        runs = self.search(
            [
                ("store_id", "in", stores.ids),
                ("step", "=", "orders"),
                ("state", "in", (*self._OPEN_STATES, "failed")),
            ]
        )
        runs.write({"cursor": False, "newest_change": False})

    def _open(self):
        """Return the action that shows this run."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _wake(self, at=None):
        """Wake the scheduled actions of these runs when the transaction commits."""
        for kind in set(self.mapped("kind")):
            name = CRONS.get(kind, kind)
            self.env.ref(f"garazd_merchant_center.cron_sync_{name}").sudo()._trigger(at)

    @api.autovacuum
    def _gc_old_runs(self):
        """Forget finished runs after 60 days."""
        limit = fields.Datetime.now() - timedelta(days=60)
        self.search([("state", "not in", self._OPEN_STATES), ("finished_at", "<", limit)]).unlink()
