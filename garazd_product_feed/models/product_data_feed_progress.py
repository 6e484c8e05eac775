from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# A generation that has not been heard of for so long is gone.
SILENCE = timedelta(minutes=5)


class GenerationStopped(Exception):
    """Somebody does not want the file that is being generated."""


class ProductDataFeedProgress(models.Model):
    """How far the generation of a feed is.

    A generation sees the catalogue as it was at its beginning, so it is one transaction and nobody
    sees anything of it before its end. These rows are written beside it, by connections of their
    own, and carry the wish to stop the other way.
    """

    _name = "product.data.feed.progress"
    _description = "Progress of a Data Feed Generation"
    _log_access = False

    # No foreign key: writing here must not wait for the row of the feed.
    feed_key = fields.Integer(required=True, readonly=True)
    done = fields.Integer(readonly=True)
    total = fields.Integer(readonly=True)
    seen_at = fields.Datetime(readonly=True)
    stop_requested = fields.Boolean(readonly=True)

    _feed_uniq = models.UniqueIndex("(feed_key)")

    # === BUSINESS METHODS === #

    @api.model
    @contextmanager
    def _following(self, feed):
        """Show how far the generation is that happens inside.

        :return: a function that is told the numbers of products that are and that have to be
            rendered; it raises :class:`GenerationStopped` when somebody wants that
        """
        try:
            yield lambda done, total: self._tell(feed, done, total)
        finally:
            self._forget(feed)

    @api.model
    def _tell(self, feed, done, total):
        """Show how far a generation is; tell whether somebody wants it to stop.

        :param int done: products that are rendered; 0 begins a new generation
        :param int total: products to render
        :raises GenerationStopped: somebody wants it to stop
        """
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    """
                    INSERT INTO product_data_feed_progress
                                (feed_key, done, total, seen_at, stop_requested)
                         VALUES (%(feed)s, %(done)s, %(total)s, %(now)s, FALSE)
                    ON CONFLICT (feed_key)
                      DO UPDATE SET done = EXCLUDED.done,
                                    total = EXCLUDED.total,
                                    seen_at = EXCLUDED.seen_at,
                                    stop_requested = EXCLUDED.done > 0
                                                 AND product_data_feed_progress.stop_requested
                      RETURNING stop_requested
                    """,
                    feed=feed.id,
                    done=done,
                    total=total,
                    now=fields.Datetime.now(),
                )
            )
            [stop_requested] = cr.fetchone()
        if stop_requested:
            raise GenerationStopped

    @api.model
    def _forget(self, feed):
        """The generation is over, however it ended."""
        with self.env.registry.cursor() as cr:
            cr.execute(SQL("DELETE FROM product_data_feed_progress WHERE feed_key = %s", feed.id))

    @api.model
    def _get_running(self, feeds):
        """Return the progress of the feeds that are being generated now.

        :rtype: dict[int, product.data.feed.progress]
        """
        limit = fields.Datetime.now() - SILENCE
        rows = self.search([("feed_key", "in", feeds.ids), ("seen_at", ">", limit)])
        return {row.feed_key: row for row in rows}
