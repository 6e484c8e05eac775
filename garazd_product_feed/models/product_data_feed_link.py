import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import consteq

# A marketplace that has not come for so long has lost the link.
UNREAD_HOURS = 24


class ProductDataFeedLink(models.AbstractModel):
    """The public link of a feed: its secret, the one before it, and who collects the file.

    The inheriting model provides ``active``, ``format``, ``attachment_id``,
    ``generated_at``, ``_request_generation()`` and ``_notify()``.
    """

    _name = "product.data.feed.link"
    _description = "Link of a Data Feed"

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
    link_grace_hours = fields.Integer(
        string="Old Link Works For (Hours)",
        required=True,
        default=24,
        help="After the link was changed, the old one goes on working for so many hours. 0: it "
        "stops working at once.",
    )
    link_made_at = fields.Datetime(
        readonly=True, copy=False, default=fields.Datetime.now, groups="base.group_system"
    )
    previous_token = fields.Char(readonly=True, copy=False, groups="base.group_system")
    previous_token_until = fields.Datetime(readonly=True, copy=False, groups="base.group_system")
    previous_link_until = fields.Datetime(
        string="Old Link Works Until", compute="_compute_previous_link_until", compute_sudo=True
    )
    fetch_ids = fields.One2many("product.data.feed.fetch", "feed_id", readonly=True)
    last_fetch_at = fields.Datetime(string="Last Collected", compute="_compute_last_fetch")
    last_fetch_agent = fields.Char(string="Last Collected By", compute="_compute_last_fetch")
    is_unread = fields.Boolean(
        string="Not Collected", compute="_compute_is_unread", search="_search_is_unread"
    )

    _access_token_uniq = models.Constraint(
        "UNIQUE(access_token)", "Two feeds cannot have the same link."
    )
    _link_grace_hours_range = models.Constraint(
        "CHECK(link_grace_hours BETWEEN 0 AND 720)",
        "An old link works for 0 to 720 hours (30 days).",
    )

    @api.depends("access_token", "format")
    def _compute_url(self):
        for feed in self:
            feed.url = f"{feed._get_public_path()}/{feed.format}.xml" if feed.access_token else ""

    @api.depends("previous_token_until")
    def _compute_previous_link_until(self):
        for feed in self:
            feed.previous_link_until = feed._has_previous_link() and feed.previous_token_until

    @api.depends("fetch_ids.fetched_at", "fetch_ids.user_agent")
    def _compute_last_fetch(self):
        fetches = self.env["product.data.feed.fetch"]
        last_ids = fetches._read_group([("feed_id", "in", self.ids)], ["feed_id"], ["id:max"])
        last = {feed: fetches.browse(id_) for feed, id_ in last_ids}
        for feed in self:
            fetch = last.get(feed._origin, fetches)
            feed.last_fetch_at = fetch.fetched_at
            feed.last_fetch_agent = fetch.user_agent

    @api.depends("active", "generated_at", "fetch_ids.fetched_at")
    def _compute_is_unread(self):
        unread = self.browse(self._query_unread().get_result_ids())
        for feed in self:
            feed.is_unread = feed._origin in unread

    def _search_is_unread(self, operator, value):
        return Domain("id", "in", self._query_unread()) if operator == "in" else NotImplemented

    @api.model
    def _query_unread(self):
        """Find the feeds whose file exists for a day and was not collected for a day.

        :rtype: odoo.tools.Query
        """
        limit = fields.Datetime.now() - timedelta(hours=UNREAD_HOURS)
        # Elevated: the file is hidden, its age is not.
        return self.sudo()._search(
            Domain("active", "=", True)
            # "any!": files of fields are not found otherwise.
            & Domain("attachment_id", "any!", Domain("create_date", "<=", limit))
            & ~Domain("fetch_ids", "any", Domain("fetched_at", ">", limit))
        )

    # === TOKEN === #

    @api.model
    def _new_token(self):
        """Return 192 random bits in a form that fits into a link."""
        return secrets.token_urlsafe(24)

    def _get_public_path(self):
        """Return the address that everything public of this feed begins with."""
        self.ensure_one()
        # Elevated: the token itself is hidden, links made of it are not.
        return f"{self.get_base_url()}/product_feed/{self.sudo().access_token}"

    @api.model
    def _find_by_token(self, token):
        """Return the active feed that a link belongs to, with elevated rights; empty if none.

        :param str token: what somebody sent
        :rtype: product.data.feed
        """
        # Elevated: whoever knows the token may read the file, logged in or not. There are few
        # feeds; comparing with each one tells nothing about a token by how long it takes.
        feeds_sudo = self.sudo().search_fetch(
            [], ["access_token", "previous_token", "previous_token_until"]
        )
        return feeds_sudo.filtered(
            lambda feed: _is_same(feed.access_token, token) | feed._is_previous_token(token)
        )

    def _has_previous_link(self):
        """Tell whether the old link still works."""
        until = self.previous_token_until
        return bool(until) and until > fields.Datetime.now()

    def _is_previous_token(self, token):
        """Tell whether this is the token of the old link, and that link still works.

        :param str token: what somebody sent
        """
        self.ensure_one()
        return self._has_previous_link() and _is_same(self.previous_token, token)

    def _get_token_in_use(self):
        """Return the token that the marketplace has, as far as its visits tell.

        While the old link works and nobody has come by the present one, that is the old one.
        """
        if self._has_previous_link():
            is_present = Domain("feed_id", "=", self.id) & Domain("by_old_link", "=", False)
            came_since = is_present & Domain("fetched_at", ">", self.link_made_at)
            if not self.env["product.data.feed.fetch"].search_count(came_since, limit=1):
                return self.previous_token
        return self.access_token

    def action_rotate_token(self):
        """Make a new link; the one in use works for ``link_grace_hours`` more.

        :return: a notification
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("write")
        # Elevated: tokens are not written by hand.
        feed_sudo = self.sudo()
        hours = self.link_grace_hours
        now = fields.Datetime.now()
        vals = {"previous_token": False, "previous_token_until": False}
        if hours:
            vals = {
                "previous_token": feed_sudo._get_token_in_use(),
                "previous_token_until": now + timedelta(hours=hours),
            }
        feed_sudo.write(vals | {"access_token": self._new_token(), "link_made_at": now})
        # The links to the pictures hold the token too.
        self._request_generation()
        message = self.env._(
            "The link has changed and the old one no longer works. "
            "Give the new link to the marketplace."
        )
        if hours:
            message = self.env._(
                "The link has changed. Give the new link to the marketplace; the old one works "
                "for %(hours)s more hours.",
                hours=hours,
            )
        return self._notify(message, sticky=True)

    def action_stop_previous_link(self):
        """Make the old link stop working at once.

        :return: a notification
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("write")
        # Elevated: as above.
        self.sudo().write({"previous_token": False, "previous_token_until": False})
        return self._notify(self.env._("The old link no longer works."))

    # === FETCHES === #

    def action_open_fetches(self):
        """Open the list of who has collected the file, and when.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "garazd_product_feed.product_data_feed_fetch_action"
        )
        return action | {"domain": [("feed_id", "=", self.id)]}


def _is_same(token, sent):
    # Bytes: text with other letters than those of tokens cannot be compared in constant time.
    return consteq(token.encode(), sent.encode())
