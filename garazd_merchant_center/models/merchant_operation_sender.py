import logging
import random
from datetime import timedelta
from functools import partial

from odoo import api, fields, models

from ..exceptions import MarketplaceError, RetryLater, get_reason
from ..schema import Outcome

_logger = logging.getLogger(__name__)

# Waiting before attempt n+1 is random up to 30 s * 2^n, at most an hour.
BACKOFF_BASE = 30
BACKOFF_LIMIT = 3600
MAX_ATTEMPTS = 12
# A worker that died while sending holds its operations no longer than this.
LEASE = timedelta(minutes=5)
BATCH = 50


class MerchantOperation(models.Model):
    """Sends what waits: in order per record, in turn per store."""

    _name = "merchant.operation"
    _inherit = ["merchant.operation", "merchant.job"]

    tried_at = fields.Datetime(string="Last Attempt", readonly=True)
    is_uncertain = fields.Boolean(
        readonly=True,
        help="The marketplace may have carried it out already: the answer was lost, or the worker "
        "that sent it died. It is looked up before it is sent again.",
    )

    _tried_idx = models.Index("(store_id, tried_at)")

    # === TAKING === #

    @api.model
    def _cron_send(self):
        """Send what waits, store by store. Entry point of `cron_operations`."""
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(self._search_due()))
        if self._is_time_up():
            return
        tried = self.browse()
        while batch := self._insist(partial(self._take_next, tried)):
            tried |= batch
            batch._send_batch()
            if not progress(len(batch)):
                self._wake()  # goes on as soon as the others had their turn
                break
        else:
            if batch is None:
                self._wake()  # others were in the way each time
            # What is left is in the hands of another worker.
            progress(remaining=0)
        self._insist(self._wake_for_upcoming)

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
                *self._get_unleased_domain("leased_until"),
            ],
            order="is_urgent desc, id",
        )

    @api.model
    def _take_next(self, tried):
        """Take a lease on a batch of the store that has waited the longest for its turn.

        :param tried: operations that had their turn already
        :return: those of one store and kind; empty when nothing is left
        """
        due = self._search_due() - tried
        for operations in due._sort_by_turn().grouped(lambda o: (o.store_id, o.kind)).values():
            if batch := operations._take_batch():
                return batch
        return self.browse()

    def _sort_by_turn(self):
        """Return the operations: what is urgent, then the store that waited longest for a turn."""
        domain = [("store_id", "in", self.store_id.ids), ("tried_at", "!=", False)]
        served = self._read_group(domain, ["store_id"], ["tried_at:max"])
        turns = {store: moment.timestamp() for store, moment in served}
        return self.sorted(lambda o: (not o.is_urgent, turns.get(o.store_id, 0), o.id))

    def _take_batch(self):
        """Take a lease on the first of these operations, which are of one store and kind.

        :return: those that no other worker holds
        """
        batch = self[:BATCH].try_lock_for_update()
        # Whoever had a lease that ran out has died on the way.
        batch.filtered("leased_until").is_uncertain = True
        batch.leased_until = fields.Datetime.now() + LEASE
        return batch

    @api.model
    def _wake_for_upcoming(self):
        """Let the sender begin again when the next pause is over."""
        upcoming = self.search(
            [("state", "=", "pending"), ("next_attempt", ">", fields.Datetime.now())],
            order="next_attempt",
            limit=1,
        )
        if upcoming:
            self._wake(upcoming.next_attempt)

    # === SENDING === #

    def _send_batch(self):
        """Send a leased batch and write down what became of it, in the words of its company."""
        batch = self.with_env(self.store_id._in_own_context().env)
        ready = batch._insist(batch._prepare_to_send)
        if not ready:
            return
        # The lease is in the database before anything is sent, and no lock is held.
        outcomes, error = ready._send()
        # That took its time: go on in a new transaction, which sees what others did meanwhile.
        self.env["ir.cron"]._commit_progress()
        self._insist(lambda: ready._note(outcomes, error))

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
            outcomes = store._get_adapter()._send_operations(self.with_env(store.env))
            problems = (outcome.error for outcome in outcomes.values())
            return outcomes, next(filter(None, problems), None)
        except MarketplaceError as error:
            message, seconds = store._explain(error), getattr(error, "seconds", None)
            outcome = Outcome(state="retry", message=message, seconds=seconds)
            return dict.fromkeys(self.ids, outcome), error
        except Exception as error:
            _logger.exception("Operations %s of store %s failed", self.ids, store.id)
            outcome = Outcome(state="retry", message=get_reason(error), is_uncertain=True)
            return dict.fromkeys(self.ids, outcome), None

    def _note(self, outcomes, error):
        """Write down what became of a batch that was sent.

        :param dict outcomes: see :meth:`_send`
        :param MarketplaceError | None error: see :meth:`_send`
        """
        silence = Outcome(
            state="retry", message=self.env._("Nothing was told about it"), is_uncertain=True
        )
        operations = self.exists()
        for operation in operations:
            outcome = outcomes.get(operation.id, silence)
            # It may have been cancelled on its way; but what is done is done.
            if operation.state == "pending" or outcome.state == "done":
                operation._settle(outcome)
        if not operations:
            return
        store, kind = operations.store_id, operations[0].kind
        if error:
            error.values.setdefault("step", kind)
            store._report_error(error)
            if isinstance(error, RetryLater):
                self._pause_others(store, error)
        else:
            if any(outcome.state == "unsent" for outcome in outcomes.values()):
                self._wake()  # what there was no time for goes on after the others
            self.env["merchant.issue"]._resolve_step(store, kind)
            if any(outcome.state == "done" for outcome in outcomes.values()):
                store._mark_connected()
        store._settle_unconfirmed()

    @api.model
    def _pause_others(self, store, error):
        """Let the other operations of a store wait too: they would meet the same error.

        :param RetryLater error: what those met that were sent
        """
        others = self._search_due().filtered(lambda operation: operation.store_id == store)
        if others := others.try_lock_for_update():
            seconds = error.seconds or random.uniform(1, BACKOFF_BASE)
            others.next_attempt = fields.Datetime.now() + timedelta(seconds=seconds)

    # === VERDICT === #

    def _settle(self, outcome):
        """Write down what became of an operation.

        :param Outcome outcome:
        """
        self.ensure_one()
        if outcome.state == "unsent":
            self.leased_until = False
            return
        self.write(
            {
                "attempts": self.attempts + 1,
                "tried_at": fields.Datetime.now(),
                "is_uncertain": outcome.is_uncertain,
                "response": outcome.response,
            }
        )
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
