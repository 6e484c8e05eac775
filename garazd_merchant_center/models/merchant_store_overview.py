import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import format_date

# The kinds of synchronization that have a scheduled action of their own.
KINDS = ("orders", "products", "base")
# A store is behind when its orders were read longer ago than this many intervals.
PATIENCE = 2
CHART_DAYS = 14


class MerchantStore(models.Model):
    """What the overview tells of a store at a glance: whether all is well, or what to do."""

    _inherit = "merchant.store"

    health = fields.Selection(
        selection=[
            ("draft", "Not connected"),
            ("attention", "Needs attention"),
            ("late", "Behind"),
            ("errors", "Has errors"),
            ("warnings", "Has warnings"),
            ("good", "All is well"),
        ],
        compute="_compute_health",
    )
    health_message = fields.Char(compute="_compute_health")

    orders_today = fields.Integer(compute="_compute_order_trend")
    orders_week = fields.Integer(string="Orders of 7 Days", compute="_compute_order_trend")
    orders_week_before = fields.Integer(
        string="Orders of the 7 Days Before", compute="_compute_order_trend"
    )
    order_chart = fields.Text(compute="_compute_order_trend")

    error_count = fields.Integer(string="Errors", compute="_compute_issues_by_severity")
    warning_count = fields.Integer(string="Warnings", compute="_compute_issues_by_severity")
    notice_count = fields.Integer(string="Notices", compute="_compute_issues_by_severity")
    waiting_count = fields.Integer(string="Waiting Operations", compute="_compute_operations")
    failed_count = fields.Integer(string="Failed Operations", compute="_compute_operations")

    to_match_count = fields.Integer(string="Products to Match", compute="_compute_to_match")
    proposed_count = fields.Integer(string="Proposed Products", compute="_compute_to_match")

    next_sync_base_at = fields.Datetime(string="Next Base", compute="_compute_next_sync")
    next_sync_products_at = fields.Datetime(string="Next Products", compute="_compute_next_sync")
    next_sync_orders_at = fields.Datetime(string="Next Orders", compute="_compute_next_sync")

    feed_generated_at = fields.Datetime(string="Price List Made", compute="_compute_feed_freshness")
    feed_fetched_at = fields.Datetime(
        string="Price List Collected", compute="_compute_feed_freshness"
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "last_sync_orders_at")
    def _compute_health(self):
        limit = fields.Datetime.now() - PATIENCE * self._get_interval("orders")
        for store in self:
            read_at = store.last_sync_orders_at
            if store.state in ("draft", "attention"):
                store.health = store.state
            elif read_at and read_at < limit:
                store.health = "late"
            elif store.error_count:
                store.health = "errors"
            elif store.warning_count:
                store.health = "warnings"
            else:
                store.health = "good"
            store.health_message = store._get_health_message()

    def _get_health_message(self):
        """Return what the health means and what to do, in a sentence."""
        self.ensure_one()
        match self.health:
            case "draft":
                return self.env._("Press Check Connection, then Sync on the store.")
            case "attention":
                return self.env._("Nothing is read or sent before a person acts: see the issues.")
            case "late":
                return self.env._(
                    "Orders were not read for a long time. Check that the scheduled actions run."
                )
            case "errors":
                return self.env._("The rest goes on. The issues say what to do.")
            case "warnings":
                return self.env._("Everything goes on. The issues say what to look at.")
        if not self.last_sync_orders_at:
            return self.env._("Press Sync on the store to read its products and orders.")
        return ""

    def _compute_order_trend(self):
        for timezone, stores in self.grouped(lambda store: store._get_timezone()).items():
            stores._fill_order_trend(timezone)

    def _fill_order_trend(self, timezone):
        """Count the orders of the last days by the calendar of these stores.

        :param str timezone: in which their days begin
        """
        today = fields.Date.context_today(self.with_context(tz=timezone))
        days = [today - timedelta(days=back) for back in reversed(range(CHART_DAYS))]
        groups = (
            self.env["merchant.order"]
            .with_context(tz=timezone)
            ._read_group(
                [
                    ("store_id", "in", self.ids),
                    ("date_order", ">=", self[:1]._get_day_start(days[0])),
                    ("status_id.kind", "!=", "draft"),
                ],
                ["store_id", "date_order:day"],
                ["__count"],
            )
        )
        counts = {(store.id, moment.date()): count for store, moment, count in groups}
        labels = [format_date(self.env, day, date_format="d.MM") for day in days]
        for store in self:
            numbers = [counts.get((store.id, day), 0) for day in days]
            store.orders_today = numbers[-1]
            store.orders_week = sum(numbers[-7:])
            store.orders_week_before = sum(numbers[:-7])
            store.order_chart = json.dumps(
                [
                    {
                        "key": self.env._("Orders"),
                        "values": [
                            {
                                "label": label,
                                "value": number,
                                "type": "past" if index < CHART_DAYS - 7 else "future",
                            }
                            for index, (label, number) in enumerate(
                                zip(labels, numbers, strict=True)
                            )
                        ],
                    }
                ]
            )

    def _compute_issues_by_severity(self):
        groups = self.env["merchant.issue"]._read_group(
            [("store_id", "in", self.ids), ("state", "=", "open")],
            ["store_id", "severity"],
            ["__count"],
        )
        counts = {(store.id, severity): count for store, severity, count in groups}
        for store in self:
            store.error_count = counts.get((store.id, "error"), 0)
            store.warning_count = counts.get((store.id, "warning"), 0)
            store.notice_count = counts.get((store.id, "info"), 0)

    def _compute_operations(self):
        groups = self.env["merchant.operation"]._read_group(
            [("store_id", "in", self.ids), ("state", "in", ("pending", "failed"))],
            ["store_id", "state"],
            ["__count"],
        )
        counts = {(store.id, state): count for store, state, count in groups}
        for store in self:
            store.waiting_count = counts.get((store.id, "pending"), 0)
            store.failed_count = counts.get((store.id, "failed"), 0)

    def _compute_to_match(self):
        # What the screen Matching shows by its filter To Match.
        groups = self.env["merchant.listing"]._read_group(
            [
                ("store_id", "in", self.ids),
                ("product_id", "=", False),
                ("is_left_out", "=", False),
            ],
            ["store_id", "state"],
            ["__count"],
        )
        counts = dict.fromkeys(self, 0)
        proposed = {store: count for store, state, count in groups if state == "proposed"}
        for store, _state, count in groups:
            counts[store] += count
        for store in self:
            store.to_match_count = counts[store]
            store.proposed_count = proposed.get(store, 0)

    def _compute_next_sync(self):
        for kind in KINDS:
            cron = self._get_cron(kind)
            at = cron.active and cron.nextcall
            for store in self:
                store[f"next_sync_{kind}_at"] = store.state == "connected" and at

    def _compute_feed_freshness(self):
        # Elevated: everybody who sees the store may know how its price list stands.
        feeds = self.feed_id.sudo()
        groups = (
            self.env["product.data.feed.fetch"]
            .sudo()
            ._read_group([("feed_id", "in", feeds.ids)], ["feed_id"], ["fetched_at:max"])
        )
        fetched = {feed.id: at for feed, at in groups}
        for store in self:
            store.feed_generated_at = store.feed_id.sudo().generated_at
            store.feed_fetched_at = fetched.get(store.feed_id.id)

    # === ACTION METHODS === #

    def action_open_orders_today(self):
        """Open the orders made today."""
        return self._open_orders_of(0, 0)

    def action_open_orders_week(self):
        """Open the orders of the last seven days."""
        return self._open_orders_of(6, 0)

    def action_open_orders_week_before(self):
        """Open the orders of the seven days before the last seven."""
        return self._open_orders_of(13, 7)

    def _open_orders_of(self, first, last):
        """Open the orders made on some days, by the calendar of the store's company.

        :param int first: how many days ago the first of them was
        :param int last: how many days ago the last of them was
        """
        action = self._open("garazd_merchant_center.merchant_order_action")
        today = fields.Date.context_today(self.with_context(tz=self._get_timezone()))
        since = self._get_day_start(today - timedelta(days=first))
        until = self._get_day_start(today - timedelta(days=last - 1))
        action["domain"] = [
            *action["domain"],
            ("date_order", ">=", fields.Datetime.to_string(since)),
            ("date_order", "<", fields.Datetime.to_string(until)),
            ("status_id.kind", "!=", "draft"),
        ]
        return action

    def action_open_errors(self):
        """Open the issues that are errors."""
        return self._open_issues_of("error")

    def action_open_warnings(self):
        """Open the issues that are warnings."""
        return self._open_issues_of("warning")

    def action_open_notices(self):
        """Open the issues that only tell something."""
        return self._open_issues_of("info")

    def _open_issues_of(self, severity):
        action = self.action_open_issues()
        action["domain"] = [*action["domain"], ("severity", "=", severity)]
        return action

    def action_open_proposals(self):
        """Open the products of this store for which Odoo proposes one of its own."""
        action = self.action_open_matching()
        action["context"] = {"search_default_proposed": 1}
        return action

    def action_open_waiting(self):
        """Open the operations that wait to be sent."""
        return self._open_operations_in("pending")

    def action_open_failed(self):
        """Open the operations that have failed."""
        return self._open_operations_in("failed")

    def _open_operations_in(self, state):
        action = self._open("garazd_merchant_center.merchant_operation_action")
        action["domain"] = [*action["domain"], ("state", "=", state)]
        return action

    def action_open_runs(self):
        """Open the journal of this store's synchronizations."""
        return self._open("garazd_merchant_center.merchant_sync_run_action")

    def action_open_feed(self):
        """Open the price list of this store."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "product.data.feed",
            "res_id": self.feed_id.id,
            "views": [(False, "form")],
        }
