import logging
import time
from datetime import timedelta
from xml.parsers.expat import ExpatError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..tools.text import clean_line
from .product_data_feed_progress import GenerationStopped

_logger = logging.getLogger(__name__)

# Hours between two generations.
MAX_INTERVAL = 8760
# After a failure the next attempt does not wait longer than this.
RETRY_HOURS = 1
# Characters of a failure kept on the record.
MAX_ERROR = 2000
# A failure that comes and goes is told at most once in this time.
TELL_PAUSE = timedelta(days=1)


class ProductDataFeedPublication(models.AbstractModel):
    """The publication of a feed: when it is made, what the last attempt said.

    The inheriting model provides ``_generate()``.
    """

    _name = "product.data.feed.publication"
    _description = "Publication of a Data Feed"

    interval_hours = fields.Integer(
        string="Refresh Every (Hours)",
        required=True,
        default=4,
        help="The file is generated again after so many hours. Prom.ua itself reads prices and "
        "availability every 4 hours.",
    )
    next_generation_at = fields.Datetime(
        string="Next Generation",
        compute="_compute_next_generation_at",
        store=True,
        precompute=True,
        index=True,
        copy=False,
    )
    generate_on_change = fields.Boolean(
        string="Refresh on Changes",
        help="The file is also refreshed within a quarter of an hour after a product, a price or "
        "the stock has changed.",
    )
    # Who pressed the button, and whether everything is to be rendered.
    requested_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    full_requested = fields.Boolean(readonly=True, copy=False)
    full_generated_at = fields.Datetime(readonly=True, copy=False)
    max_drop_percent = fields.Integer(
        string="Stop if Fewer Offers (%)",
        required=True,
        default=30,
        help="When the number of offers falls by more than this share at once, the new file is not "
        "published until somebody agrees: the marketplace may remove what is missing. 100: "
        "never ask.",
    )
    held_offer_count = fields.Integer(readonly=True, copy=False)
    is_held = fields.Boolean(readonly=True, copy=False)
    drop_accepted = fields.Boolean(readonly=True, copy=False)
    last_error = fields.Text(readonly=True, copy=False)
    # Whether followers know that it fails, and since when: it may come and go.
    is_failure_told = fields.Boolean(readonly=True, copy=False)
    failure_told_at = fields.Datetime(readonly=True, copy=False)
    run_ids = fields.One2many("product.data.feed.run", "feed_id", readonly=True)
    is_generating = fields.Boolean(compute="_compute_progress")
    progress_done = fields.Integer(string="Products Written", compute="_compute_progress")
    progress_total = fields.Integer(string="Products to Write", compute="_compute_progress")
    progress_percent = fields.Integer(string="Progress", compute="_compute_progress")
    progress_message = fields.Char(string="Current Step", compute="_compute_progress")
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("published", "Published"),
            ("held", "Needs a Decision"),
            ("failed", "Failed"),
        ],
        compute="_compute_state",
    )

    _max_drop_percent_range = models.Constraint(
        "CHECK(max_drop_percent BETWEEN 0 AND 100)", "A share is between 0 and 100 percent."
    )
    _interval_hours_range = models.Constraint(
        f"CHECK(interval_hours BETWEEN 1 AND {MAX_INTERVAL})",
        "A feed is refreshed every 1 to 8760 hours (a year).",
    )

    # === SCHEDULE === #

    @api.depends("generated_at", "interval_hours")
    def _compute_next_generation_at(self):
        now = fields.Datetime.now()
        for feed in self:
            # Before it is saved a form may hold any number.
            interval = timedelta(hours=max(1, min(feed.interval_hours, MAX_INTERVAL)))
            feed.next_generation_at = feed.generated_at + interval if feed.generated_at else now

    @api.depends("last_error", "is_held", "generated_at", "next_generation_at")
    def _compute_state(self):
        now = fields.Datetime.now()
        for feed in self:
            if not feed.next_generation_at or feed.next_generation_at <= now:
                feed.state = "waiting"
            elif feed.last_error:
                feed.state = "failed"
            elif feed.is_held:
                feed.state = "held"
            else:
                feed.state = "published"

    def _compute_progress(self):
        # Elevated: everybody who sees the feed may know how far it is.
        running = self.env["product.data.feed.progress"].sudo()._get_running(self)
        for feed in self:
            row = running.get(feed.id)
            feed.is_generating = bool(row)
            feed.progress_done = row.done if row else 0
            feed.progress_total = row.total if row else 0
            feed.progress_percent = 100 * row.done // row.total if row and row.total else 0
            feed.progress_message = row and self.env._(
                "The file is being written: %(done)s of %(total)s products",
                done=row.done,
                total=row.total,
            )

    def action_stop(self):
        """Stop the generation after the page it is at; the last file stays.

        :return: a notification
        :rtype: dict
        """
        self.check_access("write")
        # Elevated: the rows belong to the system.
        running = self.env["product.data.feed.progress"].sudo()._get_running(self)
        for row in running.values():
            row.stop_requested = True
        return self._notify(self.env._("It stops in a moment; the last file stays."))

    def action_generate(self):
        """Have the files generated in the background, at once.

        :return: a notification
        :rtype: dict
        """
        self._request_generation()
        return self._notify(
            self.env._(
                "The file is being prepared. Reload the page in a moment; until then the link "
                "gives the last file, if there is one."
            )
        )

    def action_generate_all(self):
        """Have every offer rendered again in the background, whether it has changed or not.

        :return: a notification
        :rtype: dict
        """
        self._request_generation(full=True)
        return self._notify(self.env._("Every product is being written again."))

    def action_publish_anyway(self):
        """Publish although many offers are missing that were in the last file.

        :return: a notification
        :rtype: dict
        :raises UserError: no file waits for an answer (any more)
        """
        self.check_access("write")
        if not all(self.mapped("is_held")):
            raise UserError(self.env._("Nothing waits for your decision any more."))
        self._request_generation()
        # Elevated: the question is not answered by writing on the field.
        self.sudo().drop_accepted = True
        return self._notify(self.env._("The file is being published with fewer offers."))

    def _request_generation(self, full=False):
        """Put these feeds into the queue and wake the scheduled action at commit.

        :param bool full: render unchanged offers too
        """
        self.check_access("write")
        # Elevated: the time is not writable by hand, the job belongs to the system.
        self.sudo().write(
            {
                "next_generation_at": fields.Datetime.now(),
                "requested_by_id": self.env.uid,
                # What was asked for before is still to be done.
                **({"full_requested": True} if full else {}),
            }
        )
        self.env.ref("garazd_product_feed.cron_generate").sudo()._trigger()

    def _notify(self, message, sticky=False):
        """Return the action that shows a message and then the record as it is now."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if sticky else "info",
                "sticky": sticky,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _cron_generate(self):
        """Generate the feeds that are due. Entry point of `cron_generate`.

        The job runs once at a time, so feeds need no lock. Whoever changes the settings of a feed
        meanwhile makes its result be thrown away, and it is done again.
        """
        is_due = Domain("next_generation_at", "<=", fields.Datetime.now())
        feed_ids = self.search(is_due, order="next_generation_at, id").ids
        feed_ids += self.search(Domain("generate_on_change", "=", True) & ~is_due).ids
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(feed_ids))
        for feed_id in feed_ids:
            # One by one: a commit empties the cache, siblings would be read again each time. And
            # meanwhile somebody may have deleted or archived it.
            feed = self.search(Domain("id", "=", feed_id))
            try:
                if feed:
                    with self.env["product.data.feed.progress"]._following(feed) as tell:
                        feed._generate_guarded(tell)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                _logger.info("Product feed %s changed while it was generated", feed_id)
                cron = self.env.ref("garazd_product_feed.cron_generate")
                cron._trigger(at=fields.Datetime.now() + timedelta(minutes=1))
            if not progress(1):
                break

    def _generate_guarded(self, tell=None):
        """Generate one feed; a failure is recorded on it and leaves the last good file.

        :param tell: see ``_generate``
        :raises psycopg2.Error: somebody else changed the feed; roll back and try again
        """
        started = time.monotonic()
        is_due = self.next_generation_at <= fields.Datetime.now()
        origin = "user" if self.requested_by_id else "schedule" if is_due else "change"
        try:
            with self.env.cr.savepoint():
                vals = self._generate(full=self._needs_full(), only_changes=not is_due, tell=tell)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except GenerationStopped:
            vals = {"state": "stopped"}
            interval = timedelta(hours=self.interval_hours)
            self.next_generation_at = fields.Datetime.now() + interval
        except Exception as error:
            _logger.exception("Product feed %s was not generated", self.id)
            vals = {"state": "failed", "message": self._record_failure(error)}
        if vals:
            self.env["product.data.feed.run"].create(
                {
                    "feed_id": self.id,
                    "seconds": time.monotonic() - started,
                    "origin": origin,
                    "user_id": self.requested_by_id.id,
                    **vals,
                }
            )
        if self.requested_by_id:
            self.requested_by_id = False

    def _needs_full(self):
        """Tell whether every offer is to be rendered: on request, and once a day.

        Some of what a file depends on cannot be seen (``product.data.feed.stamp``).
        """
        yesterday = fields.Datetime.now() - timedelta(days=1)
        return (
            self.full_requested or not self.full_generated_at or self.full_generated_at <= yesterday
        )

    # === PUBLICATION === #

    def _generate(self, full=False, only_changes=False, tell=None):
        """Render the file and publish it, in the current transaction.

        :param bool full: render unchanged offers too
        :param bool only_changes: do nothing when nothing has changed
        :param tell: called with the numbers of products that are and that have to be rendered;
            what it raises stops the generation
        :return: values of the ``product.data.feed.run`` that tells about it; empty if there is
            nothing to tell
        :rtype: dict
        :raises Exception: whatever went wrong; the caller's savepoint keeps the last good file
        """
        raise NotImplementedError

    def _loses_many(self, offer_count):
        """Tell whether so few offers need somebody's consent.

        :param int offer_count: how many the new file has
        """
        # Who agreed to fewer offers has not agreed to still fewer.
        before = self.held_offer_count if self.drop_accepted else self.offer_count
        if not before:
            return False
        lost = (before - offer_count) / before * 100
        return lost > self.max_drop_percent

    def _hold(self, offer_count):
        """Keep the last file and ask.

        :param int offer_count: how many offers the new file would have
        """
        if not self.is_held or self.drop_accepted:
            env = self._with_company_lang().env
            self._tell_followers(
                env._(
                    "The new file would have %(new)s offers instead of %(old)s, so it was not "
                    "published. If that is right, press Publish Anyway.",
                    new=offer_count,
                    old=self.offer_count,
                )
            )
        interval = timedelta(hours=self.interval_hours)
        self.write(
            {
                "is_held": True,
                "held_offer_count": offer_count,
                "drop_accepted": False,
                "next_generation_at": fields.Datetime.now() + interval,
            }
        )

    def _note_publication(self, offer_count, full):
        """Write down that a new file is published.

        :param int offer_count: how many offers are in it
        :param bool full: every offer was rendered
        """
        if self.is_failure_told:
            env = self._with_company_lang().env
            self._tell_followers(env._("The file is generated again without errors."))
        now = fields.Datetime.now()
        vals = {
            "generated_at": now,
            "offer_count": offer_count,
            "last_error": False,
            "is_failure_told": False,
            "is_held": False,
            "drop_accepted": False,
            "full_requested": False,
        }
        if full:
            vals["full_generated_at"] = now
        self.write(vals)

    def _record_failure(self, error):
        """Tell what went wrong, and when it will be tried again.

        :param Exception error: what stopped the generation
        :return: the reason in words
        :rtype: str
        """
        readable = isinstance(error, (UserError, ExpatError))
        text = clean_line(str(error)) if readable else f"{type(error).__name__}: {error}"
        text = text[:MAX_ERROR]
        hours = min(self.interval_hours, RETRY_HOURS)
        now = fields.Datetime.now()
        self.write({"last_error": text, "next_generation_at": now + timedelta(hours=hours)})
        is_quiet = self.failure_told_at and self.failure_told_at > now - TELL_PAUSE
        if not (self.is_failure_told or is_quiet):
            self.write({"is_failure_told": True, "failure_told_at": now})
            env = self._with_company_lang().env
            body = env._("The file could not be generated. Reason: %(reason)s", reason=text)
            if self.generated_at:
                body = env._(
                    "The file could not be generated; the link gives the last good one. "
                    "Reason: %(reason)s",
                    reason=text,
                )
            self._tell_followers(body)
        return text

    def _with_company_lang(self):
        """Return the feed in the language of its company: the job itself has none."""
        return self.with_context(lang=self.company_id.partner_id.lang or self.env.lang)

    def _tell_followers(self, body):
        """Post a message that reaches the followers; a mere note would not."""
        self.message_post(body=body, subtype_xmlid="mail.mt_comment")
