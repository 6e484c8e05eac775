import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..exceptions import MarketplaceError, RetryLater, StoreUnavailable, get_reason
from .merchant_job import CONFLICTS

_logger = logging.getLogger(__name__)

# Waiting before the first reading; each further one waits longer, up to the longest.
FIRST_WAIT = timedelta(seconds=30)
GROWTH = 1.5
LONGEST_WAIT = timedelta(minutes=5)
# What has stayed the same for so long is the end: when all products are accounted for, and when
# the marketplace counts in another way than we do.
QUIET = timedelta(minutes=1)
LONG_QUIET = timedelta(minutes=20)
# After so long nobody waits any more.
DEADLINE = timedelta(hours=3)


class MerchantFeedImport(models.Model):
    """Follows imports to their end.

    The first answers about an import may be plainly wrong ("done", with nothing counted). So an
    end is believed when something was counted and two readings, some time apart, say the same.
    """

    _name = "merchant.feed.import"
    _inherit = ["merchant.feed.import", "merchant.job"]

    read_count = fields.Integer(string="Times Looked", readonly=True)
    next_read_at = fields.Datetime(string="Looks Again", readonly=True)
    follow_until = fields.Datetime(readonly=True)
    last_reading = fields.Json(readonly=True)
    last_changed_at = fields.Datetime(readonly=True)

    # === ACTION METHODS === #

    def action_stop(self):
        """Look no longer at what becomes of these imports."""
        self.check_access("read")
        # Elevated: imports belong to the system.
        for record in self.sudo().filtered(lambda record: record.state == "running"):
            env = record.store_id._in_own_context().env
            reason = env._("%(user)s stopped looking at it", user=self.env.user.name)
            record._finish("unknown", reason)

    # === BUSINESS METHODS === #

    def _follow(self):
        """Look at what becomes of the import from now on."""
        self.ensure_one()
        now = fields.Datetime.now()
        self.write(
            {
                "state": "running",
                "finished_at": False,
                "message": False,
                "read_count": 0,
                "last_reading": False,
                "last_changed_at": now,
                "follow_until": now + DEADLINE,
                "next_read_at": now + FIRST_WAIT,
            }
        )
        self._wake(self.next_read_at)

    def _follow_again(self):
        """Look again at an import that was given up.

        :raises UserError: another import of the store is under way
        """
        self.check_access("read")
        # Elevated: imports belong to the system.
        record = self.sudo()
        if record.store_id._is_import_open():
            raise UserError(self.env._("Another import of this store is under way."))
        record._follow()

    @api.model
    def _wake(self, at=None):
        self.env.ref("garazd_merchant_center.cron_feed_imports").sudo()._trigger(at)

    @api.model
    def _search_due(self):
        """Return the imports to look at now; of a store that does not work those given up."""
        now = fields.Datetime.now()
        return self.search(
            [
                ("state", "=", "running"),
                ("next_read_at", "<=", now),
                "|",
                ("follow_until", "<=", now),
                "&",
                ("store_id.active", "=", True),
                ("store_id.state", "!=", "attention"),
            ],
            order="next_read_at, id",
        )

    @api.model
    def _cron_follow(self):
        """Look at every import that is due. Entry point of `cron_feed_imports`."""
        due = self._search_due()
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(due))
        if self._is_time_up():
            return
        for record_id in due.ids:
            self.browse(record_id)._look_and_note()
            if not progress(1):
                self._wake()  # goes on as soon as the others had their turn
                break
        upcoming = self.search(
            [("state", "=", "running"), ("next_read_at", ">", fields.Datetime.now())],
            order="next_read_at",
            limit=1,
        )
        if upcoming:
            self._wake(upcoming.next_read_at)

    def _look_and_note(self):
        """Read how far one import has come and write it down."""
        data, error = self._look()
        # That took its time: a new transaction sees what others did meanwhile.
        self.env["ir.cron"]._commit_progress()
        try:
            self.lock_for_update()
            if self.state == "running":
                self._note_guarded(data, error)
            self.env.flush_all()
        except CONFLICTS:
            # Somebody works on it. It is still due, so the next run takes it.
            self.env.cr.rollback()
            self._wake(fields.Datetime.now() + timedelta(minutes=1))

    def _look(self):
        """Ask the marketplace, without holding a lock.

        :return: what it says, and why it says nothing
        :rtype: tuple[FeedImportData | None, MarketplaceError | None]
        """
        store = self.store_id._in_own_context()
        if not store.active or store.state == "attention":
            return None, None
        try:
            return store._get_adapter()._read_feed_import(store, self.external_id), None
        except MarketplaceError as error:
            return None, error
        except Exception as error:
            _logger.exception("Import %s of a price list could not be read", self.id)
            return None, MarketplaceError("sync_failed", reason=get_reason(error))

    def _note_guarded(self, data, error):
        """Write down a reading; one that cannot be written down is an error; see :meth:`_look`."""
        try:
            with self.env.cr.savepoint():
                self._note_reading(data, error)
        except CONFLICTS:
            raise
        except Exception as strange:
            _logger.exception("What was read about import %s could not be kept", self.id)
            self._note_reading(None, MarketplaceError("sync_failed", reason=str(strange)))

    def _note_reading(self, data, error):
        """Write down a reading and decide whether it is the end; see :meth:`_look`."""
        store = self.store_id._in_own_context()
        if data:
            store._mark_connected()
            self._note_data(data)
        elif error:
            self.message = store._explain(error)
            if isinstance(error, StoreUnavailable | RetryLater):
                store._report_error(error)
        if self.state == "running" and fields.Datetime.now() >= self.follow_until:
            env = store.env
            reason = self.message or env._("the marketplace has not told the end for hours")
            self._finish("unknown", reason)
        if self.state == "running":
            self._read_later(getattr(error, "seconds", None))

    def _note_data(self, data):
        """Write down what the marketplace says.

        :param FeedImportData data:
        """
        now = fields.Datetime.now()
        counts = ("total", "created", "updated", "unchanged", "failed", "missing")
        reading = [data.state, *(getattr(data, name) for name in counts), len(data.problems)]
        vals = {f"{name}_count": getattr(data, name) for name in counts}
        if self.last_reading != reading:
            vals |= {"last_reading": reading, "last_changed_at": now}
            self.env["merchant.feed.import.error"]._replace(self, data.problems)
        self.write(vals | {"message": data.message})
        if data.state == "failed":
            self._finish("failed", data.message or self.error_ids[:1].message)
        elif self._is_settled(data, now - self.last_changed_at):
            is_bad = data.state == "partial" or data.failed or data.problems
            self._finish("partial" if is_bad else "done", data.message)

    @api.model
    def _is_settled(self, data, quiet):
        """Tell whether this is the end of an import.

        :param FeedImportData data: what the marketplace says
        :param timedelta quiet: how long it has been saying just that
        """
        if data.state == "running" or not (data.total or data.processed):
            return False
        is_complete = data.total and data.processed >= data.total
        return quiet >= (QUIET if is_complete else LONG_QUIET)

    def _read_later(self, seconds=None):
        """Plan the next reading.

        :param float seconds: how long the marketplace asked to wait
        """
        wait = min(FIRST_WAIT * GROWTH ** min(self.read_count, 10), LONGEST_WAIT)
        wait = max(wait, timedelta(seconds=seconds or 0))
        at = min(fields.Datetime.now() + wait, self.follow_until)
        self.write({"read_count": self.read_count + 1, "next_read_at": at})
        self._wake(at)
