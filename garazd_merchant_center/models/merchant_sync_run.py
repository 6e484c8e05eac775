import logging
from datetime import timedelta

from psycopg2.errors import UniqueViolation
from pytz import UTC

from odoo import api, fields, models
from odoo.tools import mute_logger

from ..exceptions import MarketplaceError, NeedsUser, RetryLater, get_reason
from .merchant_job import CONFLICTS

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

# Where the records of a step go: the adapter reads them with `_read_<step>(store, cursor)`, the
# model takes them with `_merge(store, records)`.
MODELS = {
    "statuses": "merchant.order.status",
    "payment_methods": "merchant.payment.method",
    "delivery_methods": "merchant.delivery.method",
    "categories": "merchant.category",
    "values": "merchant.listing.comparison",
    "listings": "merchant.listing",
    "single_listings": "merchant.listing.inquiry",
    "requested_listings": "merchant.listing.refresh",
    "requested_orders": "merchant.order",
    "orders": "merchant.order",
    "orders_created": "merchant.order",
    "creation": "merchant.product.builder",
    "pictures": "merchant.listing.picture",
}
# Steps that say nothing about the connection with the marketplace.
UNCONNECTED = ("values", "pictures")
# Steps that ask for single records: where none waits, nothing is asked.
SINGLE = ("single_listings", "requested_listings", "requested_orders", "creation", "pictures")

# The scheduled actions that work on the kinds that have none of their own name.
CRONS = {
    "full": "base",
    "recover": "orders",
    "recent": "base",
    "compare": "products",
    "creation": "products",
    "refresh": "products",
}

# Waiting before the next attempt of a run that met a passing fault: 1, 2, 4, 8, 16 minutes.
MAX_ATTEMPTS = 6
MAX_PAGE_CONFLICTS = 6
PAUSE_AFTER_CONFLICTS = timedelta(minutes=1)


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

    _one_open_per_kind = models.UniqueIndex(
        "(store_id, kind, COALESCE(created_since, '-infinity'), "
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
    def _get_or_start(self, store, kind, since=False, until=False):
        """Return the open run of this kind, ready to go on at once; make one if there is none.

        :param since: when the orders to read were made (naive UTC), for the step ``orders_created``
        :param until: the moment after that period (naive UTC)
        """
        vals = {
            "store_id": store.id,
            "kind": kind,
            "created_since": since,
            "created_until": until,
        }
        same = [(key, "=", value) for key, value in vals.items()]
        run = self.search([*same, ("state", "in", self._OPEN_STATES)], limit=1)
        if run:
            # Writing in vain would make the page that is being done meet a conflict.
            if run.next_attempt:
                run.next_attempt = False
            return run
        # Who has just had a turn does not get the first one again by starting anew.
        latest = self.search([("store_id", "=", store.id), ("kind", "=", kind)], limit=1)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                place = {"worked_at": latest.worked_at, **self._get_place(same)}
                return self.create(vals | place)
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
    def _search_open(self, kind):
        """Return the open runs that a scheduled action works on.

        The one that has waited the longest for its turn comes first, so that a slow store delays
        the others by a page and no more.
        """
        kinds = [kind, *(other for other, cron in CRONS.items() if cron == kind)]
        return self.search(
            [
                ("kind", "in", kinds),
                ("state", "in", self._OPEN_STATES),
                ("store_id.active", "=", True),
                "|",
                ("next_attempt", "=", False),
                ("next_attempt", "<=", fields.Datetime.now()),
            ],
            order="worked_at nulls first, id",
        )

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

    @api.model
    def _work_on_open(self, kind):
        """Work on the open runs in turn, a page each, until all are finished or the time is up.

        Those that are opened meanwhile have their turn too, before any other has a second one.

        :param str kind: ``base``, ``products`` or ``orders``
        """
        progress = self.env["ir.cron"]._commit_progress
        waiting = list(self._search_open(kind))
        known = set(waiting)
        progress(remaining=len(waiting))
        if self._is_time_up():
            return
        while waiting:
            run = waiting.pop(0)
            # Nobody waits for a run that waits for another one.
            was_turn = run._work_on_page(is_patient=not waiting)
            goes_on = run.exists() and run.state in self._OPEN_STATES and not run.next_attempt
            if goes_on and not was_turn:
                waiting.insert(0, run)
            newcomers = [other for other in self._search_open(kind) if other not in known]
            known.update(newcomers)
            waiting += newcomers
            if goes_on and was_turn:
                waiting.append(run)
            if not progress(1, remaining=len(waiting)):
                # They go on as soon as other scheduled actions had their turn.
                self.browse([run.id for run in waiting]).exists()._wake()
                break

    def _work_on_page(self, is_patient=False):
        """Do the next page. Whatever happens is written down on the run, not raised.

        :param bool is_patient: give others time who are in the way
        :return: whether that was a turn; False when there was nothing to read
        :rtype: bool
        """
        self.ensure_one()
        for attempt in range(MAX_PAGE_CONFLICTS):
            if is_patient:
                self._give_way(attempt)
            if not self.exists():
                return True
            try:
                was_turn = self._do_page_or_note()
                # Here, not at the commit: there a conflict could not be met any more.
                self.env.flush_all()
            except CONFLICTS:
                # Somebody else works on the same records. Everything of the page is in the
                # database or on the marketplace, so it can simply be done again.
                self.env.cr.rollback()
            else:
                return was_turn
        at = fields.Datetime.now() + PAUSE_AFTER_CONFLICTS
        self.write({"next_attempt": at, "worked_at": fields.Datetime.now()})
        self._wake(at)
        return True

    def _do_page_or_note(self):
        """Do the next page, or write down why it could not be done; see `_work_on_page`."""
        try:
            was_turn = self._do_page()
            self.env.flush_all()
        except CONFLICTS:
            raise
        except RetryLater as error:
            self.env.cr.rollback()
            self._postpone(error)
        except MarketplaceError as error:
            self.env.cr.rollback()
            self._fail(error)
        except Exception as error:
            self.env.cr.rollback()
            _logger.exception("Synchronization %s failed", self.id)
            self._fail(NeedsUser("sync_failed", reason=get_reason(error)))
        else:
            return was_turn
        return True

    def _get_step(self):
        return self.step or STEPS[self.kind][0]

    def _do_page(self):
        """Read one page, store it and move on; the caller commits. See `_work_on_page`."""
        begun = fields.Datetime.now()
        store = self.store_id._in_own_context()
        step = self._get_step()
        place = (self.step, self.cursor)
        # Over the network, so no locks are held here.
        page = self._read_page(store, step)
        # That took its time: go on in a new transaction, which sees what others did meanwhile.
        self.env["ir.cron"]._commit_progress()
        # One worker at a time, so that two runs never make the same record.
        store.lock_for_update(allow_referencing=True)
        if (self.step, self.cursor) != place or self.state not in self._OPEN_STATES:
            return True  # another worker did this page
        if page.cursor and page.cursor == self.cursor:
            raise RetryLater("answer_unreadable", reason=self.env._("the list does not go on"))
        for record in page.records:
            if isinstance(record, MarketplaceError):
                record.values.setdefault("step", step)
        counts = self._merge_page(store, step, page.records)
        was_turn = bool(page.records) or step not in SINGLE
        if was_turn and step not in UNCONNECTED:
            # Otherwise nothing was read from the marketplace.
            store._mark_connected()
        self._advance(step, page, counts, begun)
        if was_turn:
            self.worked_at = fields.Datetime.now()
        return was_turn

    def _read_page(self, store, step):
        """Return the next page of a step; over the network."""
        read = getattr(store._get_adapter(), f"_read_{step}")
        window = {}
        if step == "orders_created":
            window["since"] = UTC.localize(self.created_since)
            window["until"] = UTC.localize(self.created_until)
        return read(store, self.cursor or None, **window)

    def _merge_page(self, store, step, records):
        """Store the records of a page and return their numbers, see ``_merge`` of their model."""
        options = {"is_recovery": True} if self.kind == "recover" else {}
        if step == "listings":
            self.env["merchant.listing.sighting"]._note(self, records)
        return self.env[MODELS[step]].with_env(store.env)._merge(store, records, **options)

    def _advance(self, step, page, counts, begun):
        """Write down that a page is done, and finish the step or the run with its last page."""
        newest = page.newest_change and page.newest_change.astimezone(UTC).replace(tzinfo=None)
        vals = {
            "state": "running",
            "started_at": self.started_at or begun,
            "step": step,
            "cursor": page.cursor,
            "newest_change": max(filter(None, [self.newest_change, newest]), default=False),
            "attempts": 0,
            "next_attempt": False,
            "error_code": False,
            "error_values": False,
            **{key: self[key] + number for key, number in counts.items()},
        }
        is_last_page = not page.cursor
        steps = STEPS[self.kind]
        done = steps.index(step) + (1 if is_last_page else min(page.share, 1))
        vals["progress"] = int(100 * done / len(steps))
        if is_last_page:
            if done < len(steps):
                vals["step"] = steps[done]
            else:
                failed = self.failed + counts.get("failed", 0)
                vals["state"] = "partial" if failed else "done"
                vals["finished_at"] = fields.Datetime.now()
        self.write(vals)
        # A period that somebody asked for does not show what is outside of it.
        is_whole = is_last_page and self.kind != "recover"
        self.env["merchant.issue"]._resolve_step(
            self.store_id, step, self.started_at if is_whole else None
        )
        if is_last_page:
            # A change in the future must not hide those between now and then.
            newest = self.newest_change and min(self.newest_change, self.started_at)
            self.store_id._mark_read(step, newest)
            if step == "listings":
                self.env["merchant.listing.inquiry"]._gather(self)

    def _postpone(self, error):
        """Try again later, and give up after a number of attempts."""
        attempts = self.attempts + 1
        if attempts >= MAX_ATTEMPTS:
            self._fail(error)
            return
        seconds = max(error.seconds or 0, 60 * 2 ** (attempts - 1))
        at = fields.Datetime.now() + timedelta(seconds=seconds)
        self.write(
            {
                "attempts": attempts,
                "worked_at": fields.Datetime.now(),
                "next_attempt": at,
                "error_code": error.code,
                "error_values": error.values,
            }
        )
        self._report_error(error)
        self._wake(at)

    def _report_error(self, error):
        """Open the issue of an error; its Retry asks for the same as this run."""
        error.values.setdefault("run_id", self.id)
        self.store_id._report_error(error)

    def _fail(self, error):
        error.values.setdefault("step", self._get_step())
        self.write(
            {
                "state": "failed",
                "finished_at": fields.Datetime.now(),
                "error_code": error.code,
                "error_values": error.values,
            }
        )
        self._report_error(error)

    @api.autovacuum
    def _gc_old_runs(self):
        """Forget finished runs after 60 days."""
        limit = fields.Datetime.now() - timedelta(days=60)
        self.search([("state", "not in", self._OPEN_STATES), ("finished_at", "<", limit)]).unlink()
