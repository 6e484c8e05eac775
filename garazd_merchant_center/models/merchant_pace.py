import hashlib
from datetime import timedelta

from psycopg2 import errors as pg_errors

from odoo import api, fields, models
from odoo.tools import SQL

# A turn further away than this is a clock that was put back, and no queue.
LONGEST_QUEUE = 60
# Others who take a turn hold theirs for about a millisecond.
MAX_ATTEMPTS = 20


class MerchantPace(models.Model):
    """When the next call with a token may begin, for all workers of all servers.

    A turn is taken in a transaction of its own that is over before the call begins: nobody holds
    a lock over the network, and whatever the caller's transaction does or undoes, the call counts.
    A table of its own, without relations, so that no person's transaction ever meets it. The time
    is that of the database, because the clocks of servers differ.
    """

    _name = "merchant.pace"
    _description = "Pace of Calls to a Marketplace"
    _log_access = False

    key = fields.Char(required=True)
    free_at = fields.Datetime(required=True)

    _key_uniq = models.Constraint("UNIQUE(key)", "A token has one pace.")

    @api.model
    def _take_turn(self, key, interval):
        """Take the next turn to call.

        :param str key: whose pace it is; calls with the same key keep their distance
        :param float interval: seconds between two calls
        :return: the seconds to wait before the call begins
        :rtype: float
        """
        attempts_left = MAX_ATTEMPTS
        while True:
            attempts_left -= 1
            try:
                with self.env.registry.cursor() as cr:
                    return self._book(cr, key, interval)
            except pg_errors.SerializationFailure:
                # Somebody else took a turn in the same instant.
                if not attempts_left:
                    raise

    def _book(self, cr, key, interval):
        # Not worth waiting for the disk: after a power cut nobody is calling.
        cr.execute("SET LOCAL synchronous_commit = off")
        now = SQL("(clock_timestamp() AT TIME ZONE 'UTC')")
        cr.execute(
            SQL(
                """
                INSERT INTO merchant_pace AS pace (key, free_at)
                     VALUES (%(key)s, %(now)s + %(interval)s)
                ON CONFLICT (key) DO UPDATE
                        SET free_at = %(interval)s + LEAST(
                                GREATEST(pace.free_at, %(now)s), %(now)s + %(longest)s)
                  RETURNING EXTRACT(EPOCH FROM free_at - %(interval)s - %(now)s)
                """,
                key=key,
                now=now,
                interval=SQL("make_interval(secs => %s)", interval),
                longest=SQL("make_interval(secs => %s)", LONGEST_QUEUE),
            ),
            log_exceptions=False,
        )
        [(seconds,)] = cr.fetchall()
        return max(float(seconds), 0.0)

    @api.autovacuum
    def _gc_unused(self):
        """Forget tokens that nobody has used for a day."""
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self.env.cr.execute("DELETE FROM merchant_pace WHERE free_at < %s", [yesterday])


class MerchantStore(models.Model):
    _inherit = "merchant.store"

    def _take_turn(self, interval):
        """Take the next turn to call the marketplace; also with a store that is not saved yet.

        Stores with the same token are one shop to the marketplace, so they share a pace.

        :param float interval: seconds between two calls with the token
        :return: the seconds to wait before the call begins
        :rtype: float
        """
        self.ensure_one()
        store_sudo = self.sudo()  # the token is for administrators only
        shop = f"{store_sudo.api_url or ''} {store_sudo.api_token or ''}"
        key = hashlib.sha256(shop.encode()).hexdigest()
        return self.env["merchant.pace"]._take_turn(key, interval)
