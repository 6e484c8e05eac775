import logging
from datetime import timedelta

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, MissingError

from .merchant_store import GROUP_ADMINISTRATOR

_logger = logging.getLogger(__name__)

MASK = "***"
# Debug mode ends by itself: nobody remembers to switch it off.
DEBUG_HOURS = 24
KEPT = timedelta(days=7)
MAX_TEXT = 8000
# Shorter tokens are no secrets; masking them would spoil the texts.
_MASKED_LENGTH = 8


class MerchantExchange(models.Model):
    """One request to a marketplace and its answer, kept while the store is in debug mode.

    It is written in a transaction of its own: what went wrong is what somebody wants to look at,
    and then the caller's transaction is undone.
    """

    _name = "merchant.exchange"
    _description = "Request to a Marketplace"
    _order = "id desc"
    _rec_name = "path"
    _log_access = False

    store_id = fields.Many2one("merchant.store", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="store_id.company_id", store=True)
    made_at = fields.Datetime(string="Time", required=True, index=True)
    method = fields.Char(required=True)
    path = fields.Char(required=True)
    status = fields.Integer(
        string="HTTP Status", aggregator=None, help="0: no complete answer came."
    )
    duration = fields.Integer(
        string="Duration, ms", aggregator="avg", help="From the request to the end of the answer."
    )
    attempt = fields.Integer(aggregator=None, help="Calls that fail are repeated where it is safe.")
    request = fields.Text(help="What was sent, without the token and without people.")
    answer = fields.Text(help="The beginning of what came, without the token and without people.")
    failure = fields.Char(help="Why the answer does not count.")

    @api.model
    def _record(self, store, values):
        """Keep an exchange, whatever becomes of the caller's transaction.

        A failure to do so is told in the log and breaks nothing.

        :param merchant.store store:
        :param dict values: see :meth:`MerchantStore._record_exchange`
        """
        token = (store.sudo().api_token or "").strip()  # to keep it out, should it be echoed
        vals = {
            name: _clean(value, token) if isinstance(value, str) else value
            for name, value in values.items()
        }
        vals |= {"store_id": store.id, "made_at": fields.Datetime.now()}
        try:
            with self.env.registry.cursor() as cr:
                # Whoever calls may hold a lock on the store: never wait for oneself.
                cr.execute("SET LOCAL lock_timeout = '500ms'")
                cr.execute("SET LOCAL synchronous_commit = off")
                api.Environment(cr, SUPERUSER_ID, {})[self._name].create(vals)
        except (psycopg2.Error, MissingError) as error:
            _logger.warning("A request of store %s was not kept: %s", store.id, error)

    @api.autovacuum
    def _gc_old_exchanges(self):
        """Forget requests after seven days."""
        self.search([("made_at", "<", fields.Datetime.now() - KEPT)]).unlink()


def _clean(text, token):
    """Return a text that PostgreSQL takes, short and without the token."""
    if len(token) >= _MASKED_LENGTH:
        text = text.replace(token, MASK)
    text = text.replace("\0", "").encode("utf-8", "replace").decode()
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"


class MerchantStore(models.Model):
    _inherit = "merchant.store"

    debug = fields.Boolean(
        string="Debug mode",
        compute="_compute_debug",
        inverse="_inverse_debug",
        search="_search_debug",
        groups=GROUP_ADMINISTRATOR,
        help="For 24 hours each request and its answer are kept under Requests and written to "
        "Odoo's log, without the token and without the contacts of buyers.",
    )
    debug_until = fields.Datetime(
        readonly=True,
        copy=False,
        groups=GROUP_ADMINISTRATOR,
        help="When debug mode switches itself off. The requests stay for seven days.",
    )
    exchange_count = fields.Integer(
        string="Requests", compute="_compute_exchange_count", groups=GROUP_ADMINISTRATOR
    )

    @api.depends("debug_until")
    def _compute_debug(self):
        now = fields.Datetime.now()
        for store in self:
            store.debug = bool(store.debug_until and store.debug_until > now)

    def _inverse_debug(self):
        until = fields.Datetime.now() + timedelta(hours=DEBUG_HOURS)
        for store in self:
            store.debug_until = until if store.debug else False

    def _search_debug(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        on, off = True in value, False in value
        if on and off:
            return []
        if on:
            return [("debug_until", ">", now)]
        return ["|", ("debug_until", "=", False), ("debug_until", "<=", now)]

    def _compute_exchange_count(self):
        groups = self.env["merchant.exchange"]._read_group(
            [("store_id", "in", self.ids)], ["store_id"], ["__count"]
        )
        counts = {store.id: count for store, count in groups}
        for store in self:
            store.exchange_count = counts.get(store.id, 0)

    def _record_exchange(self, **values):
        """Keep a request and its answer while the store is in debug mode.

        :param str method: of HTTP
        :param str path: with what was asked for
        :param int status: of HTTP, 0 without a complete answer
        :param int duration: milliseconds
        :param int attempt: 1 for the first
        :param str request: what was sent; the adapter leaves people out of it
        :param str answer: what came; the adapter leaves people out of it
        :param failure: str, why the answer does not count, or False
        """
        self.ensure_one()
        # Elevated: whether is for administrators; a store that is not saved has no journal.
        if self.id and self.sudo().debug:
            self.env["merchant.exchange"]._record(self, values)

    def action_open_exchanges(self):
        """Open the requests made in debug mode.

        :raises AccessError: they are for administrators
        """
        if not self.env["merchant.exchange"].has_access("read"):
            raise AccessError(self.env._("Only administrators of Merchant Center see requests."))
        return self._open("garazd_merchant_center.merchant_exchange_action")
