from markupsafe import Markup

from odoo import fields, models
from odoo.tools import format_date

from .merchant_store import GROUP_ADMINISTRATOR

GROUP_USER = "garazd_merchant_center.group_user"
# How many days before its end a token is an issue, and how bad a one.
EXPIRY = ((1, "error"), (7, "warning"), (30, "info"))


class MerchantStore(models.Model):
    """Whom a store tells about its issues, and that its token comes to an end."""

    _inherit = "merchant.store"

    notify_severity = fields.Selection(
        selection=[
            ("none", "Nothing"),
            ("error", "Errors"),
            ("warning", "Errors and warnings"),
            ("info", "Everything"),
        ],
        string="Tell About",
        required=True,
        default="error",
        help="Which issues people are told about, at most once a day for each cause. Issues that "
        "usually pass by themselves are told when they last for an hour. The end of the API token "
        "is told 30, 7 and 1 days before, whatever is chosen here but nothing.",
    )
    notify_by = fields.Selection(
        selection=[("activity", "An activity"), ("message", "A message")],
        string="Tell By",
        required=True,
        default="activity",
        help="An activity: on the store; it goes by itself when the last issue of its cause is "
        "closed. A message: by e-mail, or in the inbox of who prefers that.",
    )
    notify_user_ids = fields.Many2many(
        "res.users",
        "merchant_store_notify_user_rel",
        string="Tell Whom",
        domain=lambda self: [("all_group_ids", "in", self.env.ref(GROUP_USER).ids)],
        help="Empty: all administrators of the Merchant Center in the company of the store.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        """Override: a new token has a new last day, and may be what the store waited for."""
        is_mended = self.browse()
        if "api_token" in vals:
            renewed = self.filtered(lambda store: store.api_token != vals["api_token"])
            is_mended = renewed.filtered(lambda store: store.state == "attention")
            if renewed and "token_expires_on" not in vals:
                vals = vals | {"token_expires_on": False}
        result = super().write(vals)
        if "token_expires_on" in vals:
            self._check_token_expiry()
        if is_mended and vals["api_token"]:
            is_mended._start_sync("orders")
        return result

    # === THE END OF THE TOKEN === #

    def _follow_token_expiry(self):
        """Open, raise or close the issues of all tokens that have a last day."""
        known = [("state", "!=", "draft"), ("token_expires_on", "!=", False)]
        for store in self.search(known):
            store._check_token_expiry()

    def _check_token_expiry(self):
        """Bring the issues of these stores in line with the last day of their tokens."""
        issues = self.env["merchant.issue"].sudo()
        for store in self:
            severity = store._get_expiry_severity()
            # Elevated: the last day is for administrators.
            last_day = store.sudo().token_expires_on
            about = [("store_id", "=", store.id), ("code", "=", "token_expiring")]
            present = issues.search([*about, ("state", "in", ("open", "ignored"))], limit=1)
            key = str(last_day)
            if present and (not severity or (present.values or {}).get("day") != key):
                # Also what was ignored: that was said of another day.
                present._close("resolved")
                present = issues
            if severity and present.severity != severity:
                date = format_date(store._in_own_context().env, last_day)
                issues._report(store, "token_expiring", severity=severity, date=date, day=key)

    def _get_expiry_severity(self):
        """Return how bad it is that the token ends on its day; None while that is far away."""
        self.ensure_one()
        last_day = self.sudo().token_expires_on
        if not last_day:
            return None
        today = fields.Date.context_today(self.with_context(tz=self._get_timezone()))
        days = (last_day - today).days
        return next((severity for limit, severity in EXPIRY if days <= limit), None)

    # === TELLING === #

    def _get_notified_users(self):
        """Return who is told about issues: only people who can see them."""
        self.ensure_one()
        administrators = self.env.ref(GROUP_ADMINISTRATOR).sudo().all_user_ids
        return (self.notify_user_ids or administrators).filtered(
            lambda user: (
                user.active and self.company_id in user.company_ids and user.has_group(GROUP_USER)
            )
        )

    def _get_issue_activities(self, code):
        """Return the activities about a cause of issues of these stores."""
        # Elevated: they are other people's, too.
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("merchant_issue_code", "=", code),
                ]
            )
        )

    def _notify_about(self, user, issues):
        """Tell a person about issues of one cause, in the person's language.

        :param res.users user:
        :param merchant.issue issues: the open ones, the newest first
        """
        self.ensure_one()
        reader = self.with_context(lang=user.lang)
        issues = issues.with_env(reader.env)
        title = f"{reader.name}: {issues[0].title}"
        text = issues._describe()
        if self.notify_by == "message":
            link = Markup('<p><a href="%s">%s</a></p>') % (
                f"{self.get_base_url()}/odoo/merchant.store/{self.id}",
                reader.env._("Open the store"),
            )
            reader.message_notify(partner_ids=user.partner_id.ids, subject=title, body=text + link)
            return
        code = issues[0].code
        present = self._get_issue_activities(code).filtered(lambda a: a.user_id == user)
        if present:
            present.write({"summary": title, "note": text})
            return
        reader.activity_schedule(
            "garazd_merchant_center.mail_activity_attention",
            summary=title,
            note=text,
            user_id=user.id,
            merchant_issue_code=code,
        )
