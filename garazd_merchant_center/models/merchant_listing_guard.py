from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .merchant_listing_push import (
    PRICES,
    STOCK,
    add_values,
    get_sold_out,
    keep_values,
    leave_out,
)
from .merchant_store import GROUP_ADMINISTRATOR
from .merchant_store_push import FEW

AVAILABLE = ("in_stock", "on_order")


class MerchantListing(models.Model):
    """Keeps back what looks like a mistake until an administrator agrees."""

    _inherit = "merchant.listing"

    left_values = fields.Json(
        help="What an administrator left on the marketplace as it is, of the values that are not "
        "sent again; users have the others sent again, but not these."
    )
    sold_out_held_at = fields.Datetime(
        help="Since when it is held that the product becomes sold out. Empty where it is not."
    )

    _sold_out_held_idx = models.Index(
        "(store_id, sold_out_held_at) WHERE sold_out_held_at IS NOT NULL"
    )

    # === ACTION METHODS === #

    def action_push_again(self):
        """Extend to tell what only an administrator has sent again."""
        result = super().action_push_again()
        left = self.sudo().filtered("left_values")
        if not left:
            return result
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "Not sent: %(count)s. An administrator left them as they are; only an "
                    "administrator can have them sent again.",
                    count=len(left),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BUSINESS METHODS === #

    def _forget_refused(self):
        """Extend to keep what an administrator left, unless it is one who has it sent again."""
        left = self.browse()
        if not self.env.user.has_group(GROUP_ADMINISTRATOR):
            left = self.filtered("left_values")
        super(MerchantListing, self - left)._forget_refused()
        (self - left).filtered("left_values").left_values = False
        for listing in left:
            listing.refused_values = listing.left_values

    def _note_outcome(self, change, outcome):
        """Extend to forget what was left, once the marketplace took or refused something else."""
        super()._note_outcome(change, outcome)
        if self.left_values:
            self.left_values = keep_values(self.left_values, self.refused_values) or False

    def _hold_risky(self, store):
        """Hold those values of listings that would change too much; the others go on.

        :param store: the store of all these listings
        :return: the listings that still have something to send
        """
        may_vanish = store._may_vanish()
        risky = {listing: listing._get_risky(may_vanish) for listing in self}
        for listing, values in risky.items():
            if values:
                listing.held_values = add_values(listing.held_values, values)
            if get_sold_out(values):
                listing.sold_out_held_at = fields.Datetime.now()
        return self.filtered(lambda listing: listing.push_state == "waiting")

    def _get_risky(self, may_vanish):
        """Return what an administrator has to agree to before it is sent, and has not.

        :param bool may_vanish: whether products may become unavailable
        """
        waiting = self._get_waiting()
        risky = {}
        if self._is_price_risky(waiting):
            risky = {name: waiting[name] for name in PRICES if name in waiting}
        if not may_vanish and self.confirmed_presence in AVAILABLE:
            risky |= get_sold_out(waiting)
        return leave_out(risky, self.agreed_values)

    def _forget_answers(self):
        """End what was asked and answered about values that are not wanted any more."""
        wanted = self._get_unconfirmed()
        for name in ("agreed_values", "held_values"):
            if self[name]:
                self[name] = keep_values(self[name], wanted) or False
        if self.sold_out_held_at and not get_sold_out(self.held_values or {}):
            self.sold_out_held_at = False
        if ended := leave_out(self.left_values or {}, wanted):
            refused = leave_out(self.refused_values or {}, ended)
            left = leave_out(self.left_values, ended)
            self.write({"left_values": left or False, "refused_values": refused or False})
            self.error = self.error if refused else False

    def _is_price_risky(self, waiting):
        """Tell whether the price would change by more than the store allows, all steps together."""
        price, limit = waiting.get("price"), self.store_id.max_price_percent
        if not price:
            return False
        return any(abs(price - old) / old * 100 > limit for old in self._get_reference_prices())

    def _get_held(self):
        """Return what waits for consent.

        :rtype: dict
        """
        wanted = leave_out(self._get_unconfirmed(), self.refused_values)
        return keep_values(wanted, self.held_values)

    @api.model
    def _search_held(self, stores):
        """Return the listings of stores that ask for consent."""
        return self.sudo().search([("store_id", "in", stores.ids), ("is_held", "=", True)])


def _has_agreed_stock(model, alias, query):
    """Return the condition that consent to a quantity or presence was given."""
    column = model._field_to_sql(alias, "agreed_values", query)
    return SQL("%s ?| %s", column, list(STOCK))


class MerchantStore(models.Model):
    _inherit = "merchant.store"

    def _may_vanish(self):
        """Tell whether all products that are to become unavailable may do so.

        Those that became it lately, or are held since then, count, too: a hundred small portions
        are a large one. A question that is older does not count, however many it is about: until
        somebody answers it, products go on selling out one by one, and that must be told.
        """
        self.ensure_one()
        listings = self.env["merchant.listing"].sudo()
        available = Domain("store_id", "=", self.id) & Domain("confirmed_presence", "in", AVAILABLE)
        # What is urgent waits; said as well, so that the index of the queue is used.
        waiting = Domain("push_state", "=", "waiting") & Domain("push_urgent", "=", True)
        vanishing = available & waiting
        lately = self._get_lately_sold_out() | (available & self._get_lately_held(vanishing))
        if listings.search_count(vanishing | lately, limit=FEW + 1) <= FEW:
            return True
        # Those that an administrator has seen do not count.
        agreed = vanishing & ~lately & Domain.custom(to_sql=_has_agreed_stock)
        count = listings.search_count(vanishing | lately) - listings.search_count(agreed)
        shown = listings.search_count(available | lately)
        return count <= FEW or count * 100 <= shown * self.max_unavailable_percent

    def _get_lately_held(self, vanishing):
        """Return the condition on listings that are held as sold out since a short time.

        What was wanted before others were held, and still waits, is of one piece with them,
        however long the sender could not go on.

        :param Domain vanishing: the condition on those that are to become unavailable
        """
        listings = self.env["merchant.listing"].sudo()
        oldest = listings.search(vanishing, order="desired_at", limit=1).desired_at
        start = min(filter(None, (oldest, self._get_window_start())))
        return Domain("is_held", "=", True) & Domain("sold_out_held_at", ">=", start)

    def _follow_held(self):
        """Ask for consent with the numbers, or close the issue where nothing is held any more."""
        issues = self.env["merchant.issue"].sudo()
        for store in self:
            held = [lis._get_held() for lis in self.env["merchant.listing"]._search_held(store)]
            about = [("store_id", "=", store.id), ("code", "=", "push_held")]
            issue = issues.search([*about, ("state", "in", ("open", "ignored"))], limit=1)
            values = {
                "prices": sum("price" in values for values in held),
                "vanishing": sum(bool(get_sold_out(values)) for values in held),
            }
            if not held:
                issues._resolve(store, ["push_held"])
            elif not issue or issue.values != values:
                issues._report(store, "push_held", **values)

    # === ACTION METHODS === #

    def action_push_held(self):
        """Send what was held, exactly as it is now."""
        self._check_administrator()
        listings = self.env["merchant.listing"]
        for listing in listings._search_held(self):
            agreed = add_values(listing.agreed_values, listing._get_held())
            listing.write(
                {"agreed_values": agreed, "held_values": False, "sold_out_held_at": False}
            )
        self._follow_held()
        listings._wake()

    def action_leave_held(self):
        """Leave on the marketplace what is there, until Odoo has other values again."""
        self._check_administrator()
        listings = self.env["merchant.listing"]
        error = self.env._("%(user)s left it as it is.", user=self.env.user.name)
        for listing in listings._search_held(self):
            held = listing._get_held()
            listing.write(
                {
                    "refused_values": add_values(listing.refused_values, held),
                    "left_values": add_values(listing.left_values, held),
                    "held_values": False,
                    "sold_out_held_at": False,
                    "error": error,
                }
            )
        self._follow_held()


class MerchantIssue(models.Model):
    _inherit = "merchant.issue"

    def action_push_held(self):
        """Send what the issue asks about."""
        self.store_id.action_push_held()

    def action_leave_held(self):
        """Leave on the marketplace what is there."""
        self.store_id.action_leave_held()

    def action_ignore(self):
        """Extend: to ignore the question is an answer too, so that nothing waits unseen."""
        asking = self.filtered(lambda issue: issue.code == "push_held" and issue.state == "open")
        if asking:
            asking.action_leave_held()
        super(MerchantIssue, self - asking).action_ignore()

    def action_open_held(self):
        """Open the list of what the issue asks about."""
        action = self.store_id.action_open_changes()
        return action | {"context": {"search_default_held": 1}}
