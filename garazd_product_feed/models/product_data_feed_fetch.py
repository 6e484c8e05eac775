import contextlib
import logging
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.tools import SQL, mute_logger

from ..tools.text import clean_line

_logger = logging.getLogger(__name__)

KEPT_DAYS = 90
KEPT_PER_FEED = 1000
MAX_AGENT = 255


class ProductDataFeedFetch(models.Model):
    """One visit of somebody who collected the file of a feed by its link.

    These are rows of their own because a visit must not wait for a running generation, nor
    disturb it: nothing is ever written on the feed.
    """

    _name = "product.data.feed.fetch"
    _description = "Product Data Feed Collection"
    _order = "id desc"
    _rec_name = "fetched_at"

    feed_id = fields.Many2one(
        "product.data.feed", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="feed_id.company_id", store=True)
    fetched_at = fields.Datetime(
        string="Collected", required=True, readonly=True, default=fields.Datetime.now
    )
    user_agent = fields.Char(
        string="Collected By",
        readonly=True,
        help="How the program that collected the file introduced itself.",
    )
    status = fields.Selection(
        selection=[("sent", "Sent"), ("unchanged", "Unchanged")],
        required=True,
        readonly=True,
        help="Unchanged: the reader still had the same file, so it was not sent again.",
    )
    compressed = fields.Boolean(readonly=True)
    by_old_link = fields.Boolean(
        readonly=True,
        help="The marketplace still uses the link from before the last change.",
    )

    # Requests that come at the same moment do not see each other.
    _once_a_minute = models.UniqueIndex(
        "(feed_id, user_agent, status, date_trunc('minute', fetched_at))"
    )

    @api.model
    def _record(self, feed, user_agent, status, compressed, by_old_link):
        """Write down a visit unless the same reader came for the same within a minute.

        A failure is logged: the file is delivered in any case.

        :param product.data.feed feed: whose file was collected
        :param str user_agent: what the reader calls itself
        :param str status: a value of the field ``status``
        :param bool compressed: the compressed file was asked for
        :param bool by_old_link: with the token from before the last change
        """
        vals = {
            "feed_id": feed.id,
            "user_agent": clean_line(user_agent)[:MAX_AGENT],
            "status": status,
        }
        a_minute_ago = fields.Datetime.now() - timedelta(minutes=1)
        domain = [(name, "=", value) for name, value in vals.items()]
        try:
            # The index refuses what another request has written at the same moment; that is fine.
            with (
                contextlib.suppress(UniqueViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                if not self.search_count([*domain, ("fetched_at", ">", a_minute_ago)], limit=1):
                    self.create(vals | {"compressed": compressed, "by_old_link": by_old_link})
        except Exception:
            _logger.exception("A visit to product feed %s was not recorded", feed.id)

    @api.autovacuum
    def _gc_fetches(self):
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        surplus = self.env.execute_query(
            SQL(
                """
                SELECT id
                  FROM (
                        SELECT id, fetched_at,
                               row_number() OVER (PARTITION BY feed_id ORDER BY id DESC) AS place
                          FROM product_data_feed_fetch
                       ) AS visit
                 WHERE place > %s OR fetched_at < %s
                """,
                KEPT_PER_FEED,
                limit,
            )
        )
        self.browse(id_ for (id_,) in surplus).unlink()
