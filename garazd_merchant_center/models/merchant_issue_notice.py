from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

# How bad each severity is.
RANK = {"info": 1, "warning": 2, "error": 3}
# What usually passes by itself is told when it is still there after this time.
PASSING = ("marketplace_unreachable", "answer_unreadable")
PATIENCE = timedelta(hours=1)
# Told whatever the severity, unless the store wants nobody to be told: it has a date.
ALWAYS_TOLD = ("token_expiring",)
# Of one cause in one store people hear at most once in this time.
PAUSE = timedelta(days=1)
# Issues of one cause that are told in words, the others are counted.
SHOWN = 5


class MerchantIssue(models.Model):
    """Who is told about issues, and how often.

    It is told by a scheduled action and by nothing else: an import is not held up by mails, what
    closes itself within minutes bothers nobody, and two workers never tell the same.
    """

    _inherit = "merchant.issue"

    is_told = fields.Boolean(
        readonly=True, copy=False, help="Nothing about this issue is left to be told to anybody."
    )
    told_at = fields.Datetime(readonly=True, copy=False)

    _untold_idx = models.Index("(store_id, code) WHERE state = 'open' AND is_told IS NOT TRUE")

    def _prepare_again_vals(self, severity, values, now):
        """Extend `garazd_merchant_center`: what became worse is told again."""
        vals = super()._prepare_again_vals(severity, values, now)
        if RANK[severity] > RANK[self.severity]:
            vals["is_told"] = False
        return vals

    def _close(self, state):
        """Extend `garazd_merchant_center`: a cause without open issues needs no activity."""
        super()._close(state)
        for store, code in {(issue.store_id, issue.code) for issue in self.sudo()}:
            still_open = [("store_id", "=", store.id), ("code", "=", code), ("state", "=", "open")]
            if not self.sudo().search_count(still_open, limit=1):
                store._get_issue_activities(code).unlink()

    # === TELLING === #

    @api.model
    def _cron_tell(self):
        """Tell people what is new, a cause at a time. Entry point of `cron_issues`."""
        self.env["merchant.store"]._follow_token_expiry()
        progress = self.env["ir.cron"]._commit_progress
        causes = self._read_group(
            [("state", "=", "open"), ("is_told", "=", False)], ["store_id", "code"]
        )
        progress(remaining=len(causes))
        for store, code in causes:
            self._tell(store, code)
            if not progress(1):
                break

    @api.model
    def _tell(self, store, code):
        """Tell about one cause in one store, unless that was done within a day."""
        now = fields.Datetime.now()
        cause = [("store_id", "=", store.id), ("code", "=", code)]
        if self.search_count([*cause, ("told_at", ">", now - PAUSE)], limit=1):
            return
        issues = self.search([*cause, ("state", "=", "open")])
        news = issues.filtered(lambda issue: not issue.is_told)
        if code in PASSING:
            news = news.filtered(lambda issue: issue.first_seen_at < now - PATIENCE)
        if not news:
            return
        news.is_told = True
        worst = max(RANK[severity] for severity in news.mapped("severity"))
        wanted = RANK.get(store.notify_severity)
        if wanted and (code in ALWAYS_TOLD or worst >= wanted):
            news.told_at = now
            for user in store._get_notified_users():
                store._notify_about(user, issues)

    def _describe(self):
        """Return the issues of one cause as HTML, in the language of the environment."""
        details = Markup().join(
            Markup("<li>%s</li>") % (issue.detail or issue.title) for issue in self[:SHOWN]
        )
        text = Markup("<ul>%s</ul>") % details
        if len(self) > SHOWN:
            more = self.env._("And %(count)s more.", count=len(self) - SHOWN)
            text += Markup("<p>%s</p>") % more
        return text
