import logging
from datetime import timedelta

from pytz import UTC

from odoo import api, fields, models

from ..exceptions import MarketplaceError, NeedsUser, RetryLater, get_reason
from .merchant_job import CONFLICTS, PAUSE_AFTER_CONFLICTS
from .merchant_sync_run import SINGLE, STEPS

_logger = logging.getLogger(__name__)

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
# Who goes on behind a record that the marketplace stumbles over each time it is asked for alone.
PASSABLE = {
    "requested_orders": "merchant.order",
    "requested_listings": "merchant.listing",
    "single_listings": "merchant.listing.inquiry",
}
# Steps that say nothing about the connection with the marketplace.
UNCONNECTED = ("values", "pictures")

# Waiting before the next attempt of a run that met a passing fault: 1, 2, 4, 8, 16 minutes.
MAX_ATTEMPTS = 6
MAX_PAGE_CONFLICTS = 6


class MerchantSyncRun(models.Model):
    """Reads page after page, whatever the marketplace answers and whoever is in the way."""

    _inherit = "merchant.sync.run"

    @api.model
    def _work_on_open(self, kind):
        """Work on the open runs in turn, a page each, until all are finished or the time is up.

        Those that are opened meanwhile have their turn too, before any other store has a second
        one.

        :param str kind: ``base``, ``products`` or ``orders``
        """
        progress = self.env["ir.cron"]._commit_progress
        runs = self._search_open(kind)
        progress(remaining=len(runs))
        if self._is_time_up():
            return
        unserved = self.browse()
        while runs:
            run = unserved or runs[0]
            # Nobody waits for a run that waits for another one.
            was_turn = run._work_on_page(is_patient=len(runs) == 1)
            runs = self._search_open(kind, served=run.store_id)
            # Where there was nothing to read, its turn is not over.
            unserved = self.browse() if was_turn else run & runs
            if not progress(1, remaining=len(runs)):
                # They go on as soon as other scheduled actions had their turn.
                runs._wake()
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
        newest = page.newest_change and page.newest_change.astimezone(UTC)
        # Odoo keeps whole seconds; downwards, so that nothing is passed over.
        newest = newest and newest.replace(tzinfo=None, microsecond=0)
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
        if self._pass_over(error):
            return
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

    def _pass_over(self, error):
        """Go on behind the one record that nobody answers about, the second time.

        It may be the marketplace, and then the next record or step meets the same. But if it is
        the record, it must not keep all that comes after it from ever being read.

        :return: whether there is such a record
        :rtype: bool
        """
        step = self._get_step()
        if not (self.attempts and error.record_id and step in PASSABLE) or error.seconds:
            return False
        record = self.env[PASSABLE[step]].sudo().browse(error.record_id).exists()
        if not record:
            return False
        now = fields.Datetime.now()
        self.write(
            {
                "state": "running",
                "started_at": self.started_at or now,
                "step": step,
                "cursor": record._pass_over(error, self.cursor),
                "attempts": 0,
                "next_attempt": False,
                "failed": self.failed + 1,
                "worked_at": now,
            }
        )
        return True

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
