import logging
import secrets
from datetime import timedelta

from lxml import etree

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import consteq

from ..tools.document import compress
from ..tools.text import clean_line

_logger = logging.getLogger(__name__)

# After a failure the next attempt does not wait longer than this.
RETRY_HOURS = 1
# Characters of a failure kept on the record.
MAX_ERROR = 2000


class ProductDataFeedPublication(models.AbstractModel):
    """The file of a feed: its link, when it is made, what the last attempt said.

    The inheriting model provides ``_generate()``, which ends with ``_publish()``.
    """

    _name = "product.data.feed.publication"
    _description = "Publication of a Data Feed"

    access_token = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self._new_token(),
        groups="base.group_system",
    )
    url = fields.Char(
        string="Link",
        compute="_compute_url",
        compute_sudo=True,
        help="Give this link to the marketplace. Whoever knows it can read the file.",
    )
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
    generated_at = fields.Datetime(readonly=True, copy=False)
    offer_count = fields.Integer(string="Offers", readonly=True, copy=False)
    file_size = fields.Integer(string="File Size (Bytes)", readonly=True, copy=False)
    attachment_id = fields.Many2one(
        "ir.attachment", string="File", readonly=True, copy=False, groups="base.group_system"
    )
    compressed_attachment_id = fields.Many2one(
        "ir.attachment",
        string="Compressed File",
        readonly=True,
        copy=False,
        groups="base.group_system",
    )
    last_error = fields.Text(readonly=True, copy=False)
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("published", "Published"),
            ("failed", "Failed"),
        ],
        compute="_compute_state",
    )

    _access_token_uniq = models.Constraint(
        "UNIQUE(access_token)", "Two feeds cannot have the same link."
    )
    _interval_positive = models.Constraint(
        "CHECK(interval_hours >= 1)", "A feed is refreshed every hour at most."
    )

    # === LINK === #

    @api.model
    def _new_token(self):
        """Return 192 random bits in a form that fits into a link."""
        return secrets.token_urlsafe(24)

    def _get_public_path(self):
        """Return the address that everything public of this feed begins with."""
        self.ensure_one()
        # Elevated: the token itself is hidden, links made of it are not.
        return f"{self.get_base_url()}/product_feed/{self.sudo().access_token}"

    @api.depends("access_token", "format")
    def _compute_url(self):
        for feed in self:
            feed.url = f"{feed._get_public_path()}/{feed.format}.xml" if feed.access_token else ""

    @api.model
    def _find_by_token(self, token):
        """Return the active feed that a link belongs to, with elevated rights; empty if none.

        :param str token: what somebody sent
        :rtype: product.data.feed
        """
        # Elevated: whoever knows the token may read the file, logged in or not. There are few
        # feeds; comparing with each one tells nothing about a token by how long it takes.
        feeds_sudo = self.sudo().search_fetch([], ["access_token"])
        sent = token.encode()
        return feeds_sudo.filtered(lambda feed: consteq(feed.access_token.encode(), sent))

    def action_rotate_token(self):
        """Make a new link; the old one stops working at once.

        :return: a notification
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("write")
        self.sudo().access_token = self._new_token()
        # The links to the pictures hold the token too.
        self._request_generation()
        return self._notify(
            self.env._(
                "The link has changed and the old one no longer works. "
                "Give the new link to the marketplace."
            ),
            sticky=True,
        )

    # === SCHEDULE === #

    @api.depends("generated_at", "interval_hours")
    def _compute_next_generation_at(self):
        now = fields.Datetime.now()
        for feed in self:
            interval = timedelta(hours=feed.interval_hours)
            feed.next_generation_at = feed.generated_at + interval if feed.generated_at else now

    @api.depends("last_error", "generated_at", "next_generation_at")
    def _compute_state(self):
        now = fields.Datetime.now()
        for feed in self:
            if not feed.next_generation_at or feed.next_generation_at <= now:
                feed.state = "waiting"
            elif feed.last_error:
                feed.state = "failed"
            else:
                feed.state = "published"

    def action_generate(self):
        """Have the files generated in the background, at once.

        :return: a notification
        :rtype: dict
        """
        self._request_generation()
        return self._notify(
            self.env._(
                "The file is being prepared. Until it is ready, the link gives the previous one."
            )
        )

    def _request_generation(self):
        """Put these feeds into the queue and wake the scheduled action at commit."""
        self.check_access("write")
        # Elevated: the time is not writable by hand, the job belongs to the system.
        self.sudo().next_generation_at = fields.Datetime.now()
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
        domain = [("next_generation_at", "<=", fields.Datetime.now())]
        feed_ids = self.search(domain, order="next_generation_at, id").ids
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(feed_ids))
        for feed_id in feed_ids:
            # One by one: a commit empties the cache, siblings would be read again each time.
            feed = self.browse(feed_id)
            try:
                feed._generate_guarded()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                _logger.info("Product feed %s changed while it was generated", feed_id)
                cron = self.env.ref("garazd_product_feed.cron_generate")
                cron._trigger(at=fields.Datetime.now() + timedelta(minutes=1))
            if not progress(1):
                break

    def _generate_guarded(self):
        """Generate one feed; a failure is recorded on it and leaves the last good file.

        :raises psycopg2.Error: somebody else changed the feed; roll back and try again
        """
        try:
            with self.env.cr.savepoint():
                self._generate()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            _logger.exception("Product feed %s was not generated", self.id)
            self._record_failure(error)

    def _record_failure(self, error):
        """Tell what went wrong, and when it will be tried again.

        :param Exception error: what stopped the generation
        """
        readable = isinstance(error, (UserError, etree.XMLSyntaxError))
        text = clean_line(str(error)) if readable else f"{type(error).__name__}: {error}"
        text = text[:MAX_ERROR]
        is_new = not self.last_error
        hours = min(self.interval_hours, RETRY_HOURS)
        self.write(
            {
                "last_error": text,
                "next_generation_at": fields.Datetime.now() + timedelta(hours=hours),
            }
        )
        if is_new:
            env = self._with_company_lang().env
            body = env._("The file could not be generated. Reason: %(reason)s", reason=text)
            if self.generated_at:
                body = env._(
                    "The file could not be generated; the link gives the last good one. "
                    "Reason: %(reason)s",
                    reason=text,
                )
            self._tell_followers(body)

    def _with_company_lang(self):
        """Return the feed in the language of its company: the job itself has none."""
        return self.with_context(lang=self.company_id.partner_id.lang or self.env.lang)

    def _tell_followers(self, body):
        """Post a message that reaches the followers; a mere note would not."""
        self.message_post(body=body, subtype_xmlid="mail.mt_comment")

    # === FILE === #

    def _generate(self):
        """Render the file and publish it, in the current transaction.

        :raises Exception: whatever went wrong; the caller's savepoint keeps the last good file
        """
        raise NotImplementedError

    def _publish(self, content, offer_count):
        """Put a new file in place of the old one. Readers see it when the transaction ends.

        :param bytes content: the whole file
        :param int offer_count: how many offers are in it
        """
        name = f"{self.format}.xml"
        self._store_file("attachment_id", name, content, "application/xml")
        self._store_file(
            "compressed_attachment_id", f"{name}.gz", compress(content), "application/gzip"
        )
        if self.last_error:
            env = self._with_company_lang().env
            self._tell_followers(env._("The file is generated again without errors."))
        self.write(
            {
                "generated_at": fields.Datetime.now(),
                "offer_count": offer_count,
                "file_size": len(content),
                "last_error": False,
            }
        )

    def _store_file(self, field_name, name, content, mimetype):
        vals = {
            "name": name,
            "raw": content,
            "mimetype": mimetype,
            "res_model": self._name,
            "res_id": self.id,
            # Files of a field are not shown among the documents of the chatter.
            "res_field": field_name,
        }
        if self[field_name]:
            self[field_name].write(vals)
        else:
            self[field_name] = self.env["ir.attachment"].create(vals)
