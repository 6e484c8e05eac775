from datetime import datetime, time, timedelta

import pytz
from pytz import UTC

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.garazd_merchant_center.models.merchant_order_delivery import CLOSED_KINDS

ACTIVITY = "garazd_prom_delivery_bridge.mail_activity_late_tracking"
# Older orders are not late, they are forgotten: a shop that was just connected has many of them.
MAX_AGE = timedelta(days=14)


class MerchantStore(models.Model):
    """Orders whose tracking number the marketplace should know by a certain hour."""

    _inherit = "merchant.store"

    warn_late_tracking = fields.Boolean(
        string="Warn of Missing Numbers",
        default=True,
        help="Once a day an activity tells how many orders have no tracking number on the "
        "marketplace at this hour. Only in the Production Environment.",
    )
    tracking_deadline = fields.Float(
        string="Numbers Due By",
        default=17.0,
        help="The hour, where the company is, by which parcels of the day should have their "
        "tracking numbers on the marketplace: those of a carrier, and those with a promotion of "
        "the delivery, which is lost otherwise.",
    )
    tracking_user_id = fields.Many2one(
        "res.users",
        string="Person to Warn",
        check_company=True,
        domain="[('share', '=', False)]",
        help="Empty: the salesperson of the store.",
    )
    tracking_warned_on = fields.Date(readonly=True, copy=False)
    late_count = fields.Integer(string="Orders at Risk", compute="_compute_late_count")

    _tracking_deadline_range = models.Constraint(
        "CHECK (tracking_deadline >= 0 AND tracking_deadline < 24)",
        "The hour is between 00:00 and 23:59.",
    )

    # === COMPUTE METHODS === #

    def _compute_late_count(self):
        # Elevated: whoever sees the store need not have access to sales orders. A number only.
        orders = self.env["merchant.order"].sudo()
        for store in self:
            store.late_count = orders.search_count(store._get_late_domain())

    # === ACTION METHODS === #

    def action_open_late_orders(self):
        """Open the orders that have no tracking number on the marketplace yet."""
        action = self._open("garazd_merchant_center.merchant_order_action")
        columns = self.env.ref("garazd_prom_delivery_bridge.merchant_order_view_list_late")
        views = [(columns.id, "list"), (False, "kanban"), (False, "form")]
        return action | {"views": views, "context": {"search_default_late": 1}}

    # === BUSINESS METHODS === #

    def _get_last_deadline(self):
        """Return the last moment at which tracking numbers were due.

        :return: naive UTC
        :rtype: datetime
        """
        now = fields.Datetime.now()
        return max(deadline for deadline in self._get_deadlines(now) if deadline <= now)

    def _get_next_deadline(self, moment):
        """Return when the tracking number of an order of that moment is due.

        :param datetime moment: naive UTC
        :return: naive UTC
        :rtype: datetime
        """
        return min(deadline for deadline in self._get_deadlines(moment) if deadline >= moment)

    def _get_deadlines(self, moment):
        """Return the deadlines of the day of a moment, of the day before and of the one after.

        :param datetime moment: naive UTC
        :return: naive UTC
        :rtype: list[datetime]
        """
        self.ensure_one()
        timezone = pytz.timezone(self._get_timezone())
        day = UTC.localize(moment).astimezone(timezone).date()
        minutes = round(self.tracking_deadline * 60)
        hour = time(min(minutes // 60, 23), minutes % 60 if minutes < 24 * 60 else 59)
        days = (day + timedelta(days=offset) for offset in (-1, 0, 1))
        local = (timezone.localize(datetime.combine(date, hour)) for date in days)
        return [deadline.astimezone(UTC).replace(tzinfo=None) for deadline in local]

    def _get_late_domain(self):
        """Return which orders of the store have no tracking number, although it was due.

        They were made before the last deadline, are to be sent by a carrier or have a promotion,
        and nothing keeps them from being sent: a payment that has not come, for example.

        :rtype: Domain
        """
        self.ensure_one()
        deadline = self._get_last_deadline()
        needs_number = Domain("delivery_provider", "!=", False)
        needs_number &= Domain("delivery_kind", "!=", "pickup")
        needs_number |= Domain("delivery_promotion", "!=", False) & Domain(
            "is_delivery_promotion_lost", "=", False
        )
        return needs_number & Domain(
            [
                ("store_id", "=", self.id),
                ("state", "=", "imported"),
                ("date_order", "<=", deadline),
                ("date_order", ">", deadline - MAX_AGE),
                ("status_id.kind", "not in", (*CLOSED_KINDS, "unknown")),
                ("payment_state", "not in", ("unpaid", "expired", "refunded")),
                ("waybill_number", "=", False),
                ("waybill_sent", "=", False),
                ("sale_order_id.state", "!=", "cancel"),
            ]
        )

    @api.model
    def _cron_warn_late_tracking(self):
        """Tell the responsible people once a day. Entry point of `cron_late_tracking`."""
        stores = self.search(
            [
                ("mode", "=", "production"),
                ("state", "!=", "draft"),
                ("warn_late_tracking", "=", True),
            ]
        )
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(stores))
        for store in stores:
            store._warn_late_tracking()
            if not progress(1):
                break

    def _warn_late_tracking(self):
        """Schedule the activity of the day when its hour has come; that of yesterday goes."""
        self.ensure_one()
        timezone = pytz.timezone(self._get_timezone())
        day = UTC.localize(self._get_last_deadline()).astimezone(timezone).date()
        if self.tracking_warned_on and self.tracking_warned_on >= day:
            return
        self.tracking_warned_on = day
        self._forget_late_tracking()
        count = self.env["merchant.order"].search_count(self._get_late_domain())
        user = self._get_person_to_warn()
        if not count or not user:
            return
        reader = self.with_context(lang=user.lang)
        reader.activity_schedule(
            ACTIVITY,
            date_deadline=day,
            summary=reader.env._("Tracking numbers are missing: %(count)s orders", count=count),
            note=reader.env._(
                "Buyers of %(store)s do not see the tracking numbers of %(count)s orders yet. "
                "Press Orders at Risk on the store. Promotions of the delivery are lost when the "
                "number comes too late.",
                store=self.name,
                count=count,
            ),
            user_id=user.id,
        )

    def _forget_late_tracking(self):
        """Take back the activities about missing numbers."""
        self.activity_unlink([ACTIVITY])

    @api.model
    def _forget_all_late_tracking(self):
        """Delete every activity of the type, also those that people made, before the type goes."""
        activities = self.env["mail.activity"].with_context(active_test=False)
        # Somebody may have deleted the type.
        if kind := self.env.ref(ACTIVITY, raise_if_not_found=False):
            activities.search([("activity_type_id", "=", kind.id)]).unlink()

    def _get_person_to_warn(self):
        """Return the first of the responsible people who may see the store; maybe nobody.

        :rtype: res.users
        """
        for user in (self.tracking_user_id, self.user_id, self.create_uid):
            if user.active and self.with_user(user).has_access("read"):
                return user
        return self.env["res.users"]
