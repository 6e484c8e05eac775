from datetime import datetime, time, timedelta

import pytz
from dateutil.relativedelta import relativedelta
from pytz import UTC

from odoo import api, fields, models
from odoo.exceptions import UserError

# How far a reading of changed orders goes back behind the newest change already read.
ORDERS_OVERLAP = timedelta(hours=1)
# How old orders are that are read once a day whether they have changed or not: fees and refunds
# come without a new time of change.
RECENT = timedelta(days=30)


class MerchantStore(models.Model):
    """When a store is read, and from which moment on."""

    _inherit = "merchant.store"

    def _recover_orders(self, first_day, last_day):
        """Read the orders made on these days, however old, and import them.

        :param date first_day: by the calendar of the store's company
        :param date last_day: the last day that belongs to the period
        """
        self.ensure_one()
        until = self._get_day_start(last_day + timedelta(days=1))
        self._start_sync("recover", since=self._get_day_start(first_day), until=until)

    def _start_sync(self, kind, **options):
        """Put a synchronization in the queue of its scheduled action and wake it.

        :param str kind: see ``merchant.sync.run.kind``
        :param options: ``since`` and ``until`` with the kinds ``recover`` and ``recent``;
            ``is_patient`` where no person asks, so that a pause of the marketplace is kept
        """
        self.check_access("read")
        runs = self.env["merchant.sync.run"].sudo()
        for store in self:
            if not store.sudo().api_token:
                raise UserError(
                    self.env._("Give the store %(store)s its API token first.", store=store.name)
                )
            runs |= runs._get_or_start(store, kind, **options)
        runs._wake()

    def action_stop_sync(self):
        """Stop what is being read from these stores, after the page it is at."""
        self.check_access("read")
        runs = self.env["merchant.sync.run"]
        is_open = [("store_id", "in", self.ids), ("state", "in", runs._OPEN_STATES)]
        runs.search(is_open).action_stop()

    def _get_orders_since(self):
        """Return the moment from which changed orders are read, with an overlap.

        It is in the marketplace's own time, taken from the orders it sent, so that the clocks
        need not agree.

        :return: an aware datetime, or None to read everything
        """
        self.ensure_one()
        if self.orders_read_until:
            return UTC.localize(self.orders_read_until - ORDERS_OVERLAP)
        start = self._get_import_start()
        return UTC.localize(start) if start else None

    def _get_import_start(self):
        """Return the beginning of the first day whose orders are wanted.

        :return: naive UTC, or None without such a day
        """
        self.ensure_one()
        return self._get_day_start(self.import_from) if self.import_from else None

    def _get_day_start(self, day):
        """Return the moment a day begins where the store's company is.

        :return: naive UTC
        """
        timezone = pytz.timezone(self._get_timezone())
        start = timezone.localize(datetime.combine(day, time.min))
        return start.astimezone(UTC).replace(tzinfo=None)

    def _get_timezone(self):
        """Return the name of the time zone in which the company's days begin."""
        return self.company_id.partner_id.tz or "Europe/Kyiv"

    def _mark_read(self, step, newest_change):
        """Note that a step was read to its end.

        :param str step: see ``merchant.sync.run.step``
        :param newest_change: the newest change met on the way (naive UTC), if any
        """
        now = fields.Datetime.now()
        if step == "categories":
            self.last_sync_base_at = now
        elif step == "listings":
            self.last_sync_products_at = now
        elif step == "orders":
            self.last_sync_orders_at = now
            if newest_change:
                self.orders_read_until = max(filter(None, [self.orders_read_until, newest_change]))

    @api.model
    def _cron_sync_base(self):
        """Read the dictionaries of every store, and its recent orders once more.

        Entry point of `cron_sync_base`.
        """
        self._work_on("base")

    @api.model
    def _cron_sync_products(self):
        """Read the listings of every store. Entry point of `cron_sync_products`."""
        self._work_on("products")

    @api.model
    def _cron_sync_orders(self):
        """Read the orders of every store. Entry point of `cron_sync_orders`."""
        self._work_on("orders")

    @api.model
    def _work_on(self, kind):
        """Start what is due and work on all that is open, until the time of the job is up."""
        runs = self.env["merchant.sync.run"]
        for store in self._get_stores_due(kind):
            runs._get_or_start(store, kind)
            if kind == "base":
                store._read_recent_orders()
        runs._work_on_open(kind)

    def _read_recent_orders(self):
        """Ask for the orders of the last month, unless that is under way."""
        self.ensure_one()
        runs = self.env["merchant.sync.run"]
        is_open = [("kind", "=", "recent"), ("state", "in", runs._OPEN_STATES)]
        if self.last_sync_orders_at and not runs.search_count(
            [("store_id", "=", self.id), *is_open], limit=1
        ):
            now = fields.Datetime.now()
            since = max(filter(None, [now - RECENT, self._get_import_start()]))
            if since < now:
                runs._get_or_start(self, "recent", since=since, until=now)

    @api.model
    def _get_stores_due(self, kind):
        """Return the stores whose turn it is.

        A scheduled action is called again and again while work is left, and it is also woken for
        a single store. So while work is open, only stores join in that have waited longer than
        the interval of the action.
        """
        runs = self.env["merchant.sync.run"]
        stores = self.search([("state", "!=", "draft")]).filtered(lambda s: s.sudo().api_token)
        stores -= runs.search(
            [("kind", "in", (kind, "full")), ("state", "in", runs._OPEN_STATES)]
        ).store_id
        if not runs._search_open(kind):
            return stores
        since = fields.Datetime.now() - self._get_interval(kind)
        served = runs.search([("kind", "in", (kind, "full")), ("create_date", ">", since)]).store_id
        return stores - served

    @api.model
    def _get_cron(self, kind):
        """Return the scheduled action of a kind of synchronization.

        :param str kind: ``base``, ``products`` or ``orders``
        """
        # Elevated: people without access to Odoo's settings may know when it runs.
        return self.env.ref(f"garazd_merchant_center.cron_sync_{kind}").sudo()

    @api.model
    def _get_interval(self, kind):
        """Return how often a kind of synchronization is done.

        :rtype: relativedelta
        """
        cron = self._get_cron(kind)
        return relativedelta(**{cron.interval_type: cron.interval_number})
