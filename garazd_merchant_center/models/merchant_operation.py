import json
import logging
import random
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..exceptions import MarketplaceError, get_reason
from ..schema import Outcome
from .merchant_store import GROUP_ADMINISTRATOR

_logger = logging.getLogger(__name__)

# Waiting before attempt n+1 is random up to 30 s * 2^n, at most an hour.
BACKOFF_BASE = 30
BACKOFF_LIMIT = 3600
MAX_ATTEMPTS = 12
# A worker that died while sending holds its operations no longer than this.
LEASE = timedelta(minutes=5)
BATCH = 50


class MerchantOperation(models.Model):
    """A change that Odoo wants to make on a marketplace.

    It is written down in the transaction of its cause and sent by a scheduled action after the
    commit: what is rolled back is never sent, and what could not be sent is not lost.
    """

    _name = "merchant.operation"
    _description = "Marketplace Operation"
    _order = "id desc"

    store_id = fields.Many2one("merchant.store", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="store_id.company_id", store=True)
    store_mode = fields.Selection(related="store_id.mode")
    kind = fields.Selection(
        selection=[("order_status", "Set the status of an order")], required=True, readonly=True
    )
    res_model = fields.Char(string="Record Kind", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    record_name = fields.Char(string="About", readonly=True)
    payload = fields.Json(readonly=True)
    is_urgent = fields.Boolean(readonly=True, help="Sent before others, whatever waits.")
    state = fields.Selection(
        selection=[
            ("pending", "Waiting"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("withheld", "Withheld"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="pending",
        readonly=True,
        index=True,
        help="Withheld: the store is in the Test Environment, so nothing was sent.",
    )
    attempts = fields.Integer(readonly=True)
    next_attempt = fields.Datetime(readonly=True)
    leased_until = fields.Datetime(readonly=True)
    done_at = fields.Datetime(readonly=True)
    error = fields.Char(readonly=True)
    request = fields.Json(readonly=True, groups=GROUP_ADMINISTRATOR)
    response = fields.Json(readonly=True, groups=GROUP_ADMINISTRATOR)
    exchange_text = fields.Text(
        string="Request and Answer", compute="_compute_exchange_text", groups=GROUP_ADMINISTRATOR
    )

    _pending_idx = models.Index("(next_attempt, id) WHERE state = 'pending'")
    _record_idx = models.Index("(res_model, res_id)")

    # === COMPUTE METHODS === #

    @api.depends("request", "response")
    def _compute_exchange_text(self):
        for operation in self:
            parts = [operation.request, operation.response]
            operation.exchange_text = "\n\n".join(
                json.dumps(part, ensure_ascii=False, indent=2) for part in parts if part
            )

    @api.depends("kind", "record_name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for operation in self:
            operation.display_name = f"{kinds.get(operation.kind)}: {operation.record_name}"

    # === ACTION METHODS === #

    def _check_may_send(self):
        """Refuse to send what was withheld or cancelled but by administrators in Production."""
        for operation in self:
            if operation.state in ("withheld", "cancelled"):
                operation.store_id._check_administrator()
                if operation.store_id.mode != "production":
                    raise UserError(
                        self.env._(
                            "The store %(store)s is in the Test Environment: nothing is sent.",
                            store=operation.store_id.name,
                        )
                    )
        self.check_access("read")

    def action_retry(self):
        """Send these operations again, now.

        :raises AccessError: only administrators send what was withheld or cancelled
        :raises UserError: that is sent in Production only
        """
        self._check_may_send()
        self.sudo().filtered(lambda o: o.state != "done").write(
            {"state": "pending", "attempts": 0, "next_attempt": False, "error": False}
        )
        self._wake()

    def action_cancel(self):
        """Do not send these operations."""
        self.check_access("read")
        waiting = self.sudo().filtered(lambda o: o.state in ("pending", "failed", "withheld"))
        waiting._finish("cancelled", self.env._("Cancelled by %(user)s", user=self.env.user.name))

    def action_open_record(self):
        """Open the record that is to be changed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    @api.model
    def _enqueue(self, store, kind, record, payload, is_urgent=False):
        """Write down a change to be sent after the commit; an older one of its kind is dropped.

        :param record: what is to be changed on the marketplace
        :param dict payload: how; the adapter knows its keys
        :param bool is_urgent: nothing that is not waits before it, not even about the same record
        :return: the operation
        """
        operations = self.sudo()
        about = [
            ("store_id", "=", store.id),
            ("kind", "=", kind),
            ("res_model", "=", record._name),
            ("res_id", "=", record.id),
            ("state", "in", ("pending", "withheld", "failed")),
        ]
        operations.search(about)._finish("cancelled", self.env._("Replaced by a later change"))
        operation = operations.create(
            {
                "store_id": store.id,
                "kind": kind,
                "res_model": record._name,
                "res_id": record.id,
                "record_name": record.display_name,
                "payload": payload,
                "is_urgent": is_urgent,
            }
        )
        if store.mode != "production":
            operation._withhold()
        else:
            operation._wake()
        return operation

    def _withhold(self):
        """Keep operations from being sent and show what would have been."""
        self._prepare().write({"state": "withheld", "leased_until": False})

    def _prepare(self):
        """Work out the exact requests; an operation that has none has failed.

        :return: the operations that have their request
        """
        ready = self.browse()
        for operation in self:
            store = operation.store_id._in_own_context()
            try:
                request = operation._prepare_request(store).as_json()
            except MarketplaceError as error:
                operation._settle(Outcome(state="failed", message=store._explain(error)))
            except Exception as error:
                _logger.exception("Operation %s has no request", operation.id)
                operation._settle(Outcome(state="failed", message=get_reason(error)))
            else:
                operation.request = request
                ready += operation
        return ready

    def _prepare_request(self, store):
        """Return the exact request, see ``merchant.adapter``.

        :param store: the store in its own context
        :rtype: WriteRequest
        :raises MarketplaceError: there is none
        """
        return store._get_adapter()._prepare_operation(self)

    @api.model
    def _wake(self, at=None):
        self.env.ref("garazd_merchant_center.cron_operations").sudo()._trigger(at)

    def _finish(self, state, message=False):
        self.write(
            {
                "state": state,
                "error": message,
                "leased_until": False,
                "next_attempt": False,
                "done_at": fields.Datetime.now(),
            }
        )
        if state != "failed":
            for store, operations in self.grouped("store_id").items():
                self.env["merchant.issue"]._resolve(store, ["operation_failed"], operations)

    # === SENDING === #

    @api.model
    def _cron_send(self):
        """Send what waits, store by store. Entry point of `cron_operations`."""
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(self._search_due()))
        tried = self.browse()
        while batch := (self._search_due() - tried)._take_batch():
            tried |= batch
            ready = batch._prepare_to_send()
            progress()  # the lease is in the database before anything is sent, no lock is held
            outcomes, error = ready._send()
            progress()  # a new transaction, which sees what others did meanwhile
            ready._note(outcomes, error)
            if not progress(len(batch)):
                break
        upcoming = self.search(
            [("state", "=", "pending"), ("next_attempt", ">", fields.Datetime.now())],
            order="next_attempt",
            limit=1,
        )
        if upcoming:
            self._wake(upcoming.next_attempt)

    @api.model
    def _search_due(self):
        """Return the operations whose turn it is: of each record the oldest that waits.

        What is urgent goes first and does not wait for what is not, which may pause for an hour.
        A store that needs attention waits as a whole; it is woken when it is connected again.
        """
        now = fields.Datetime.now()
        oldest = self._read_group(
            [("state", "=", "pending")],
            ["store_id", "res_model", "res_id", "is_urgent"],
            ["id:min"],
        )
        return self.search(
            [
                ("id", "in", [operation_id for *_record, operation_id in oldest]),
                ("store_id.active", "=", True),
                ("store_id.state", "!=", "attention"),
                "|",
                ("next_attempt", "=", False),
                ("next_attempt", "<=", now),
                "|",
                ("leased_until", "=", False),
                ("leased_until", "<", now),
            ],
            order="is_urgent desc, id",
        )

    def _take_batch(self):
        """Take a lease on the first operations of one store and kind.

        :return: those that no other worker holds; empty when nothing is left
        """
        if not self:
            return self
        store, kind = self[0].store_id, self[0].kind
        batch = self.filtered(lambda o: o.store_id == store and o.kind == kind)[:BATCH]
        batch = batch.try_lock_for_update()
        batch.write({"leased_until": fields.Datetime.now() + LEASE})
        return batch

    def _prepare_to_send(self):
        """Return what of a leased batch is to be sent; in the Test Environment nothing."""
        if self.store_id.mode == "production":
            return self._prepare()
        self._withhold()
        return self.browse()

    def _send(self):
        """Send a leased batch of one store and kind.

        :return: the outcomes by identifier, and the error that concerns all of them, if any
        :rtype: tuple[dict[int, Outcome], MarketplaceError | None]
        """
        if not self:
            return {}, None
        store = self.store_id._in_own_context()
        try:
            return store._get_adapter()._send_operations(self.with_env(store.env)), None
        except MarketplaceError as error:
            message, seconds = store._explain(error), getattr(error, "seconds", None)
            outcome = Outcome(state="retry", message=message, seconds=seconds)
            return dict.fromkeys(self.ids, outcome), error
        except Exception as error:
            _logger.exception("Operations %s of store %s failed", self.ids, store.id)
            return dict.fromkeys(self.ids, Outcome(state="retry", message=get_reason(error))), None

    def _note(self, outcomes, error):
        """Write down what became of a batch that was sent.

        :param dict outcomes: see :meth:`_send`
        :param MarketplaceError | None error: see :meth:`_send`
        """
        silence = Outcome(state="retry", message=self.env._("Nothing was told about it"))
        for operation in self.exists():
            outcome = outcomes.get(operation.id, silence)
            # It may have been cancelled on its way; but what is done is done.
            if operation.state == "pending" or outcome.state == "done":
                operation._settle(outcome)
        if error:
            error.values.setdefault("step", self[0].kind)
            self.store_id._report_error(error)
        elif self:
            self.env["merchant.issue"]._resolve_step(self.store_id, self[0].kind)

    def _settle(self, outcome):
        """Write down what became of an operation.

        :param Outcome outcome:
        """
        self.ensure_one()
        self.write({"attempts": self.attempts + 1, "response": outcome.response})
        if outcome.state == "done":
            self._finish("done", outcome.message)
        elif outcome.state == "retry" and self.attempts < MAX_ATTEMPTS:
            limit = min(BACKOFF_LIMIT, BACKOFF_BASE * 2**self.attempts)
            # Full jitter, so that stores that failed together do not come back together.
            seconds = outcome.seconds or random.uniform(1, limit)
            self.write(
                {
                    "leased_until": False,
                    "error": outcome.message,
                    "next_attempt": fields.Datetime.now() + timedelta(seconds=seconds),
                }
            )
        else:
            self._finish("failed", outcome.message)
            self._report_failure(outcome)

    def _report_failure(self, outcome):
        """Open the issue of an operation that has failed for good.

        :param Outcome outcome:
        """
        self.env["merchant.issue"]._report(
            self.store_id,
            "operation_failed",
            self,
            kind=self.display_name,
            reason=outcome.message,
        )

    @api.autovacuum
    def _gc_old_operations(self):
        """Forget settled operations after 60 days."""
        limit = fields.Datetime.now() - timedelta(days=60)
        settled = [("state", "in", ("done", "cancelled")), ("done_at", "<", limit)]
        self.search(settled).unlink()
