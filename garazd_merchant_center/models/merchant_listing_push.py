import random
from datetime import timedelta

from odoo import api, fields, models

from ..schema import ListingChange

# A worker that died while sending holds its listings no longer than this.
LEASE = timedelta(minutes=5)
# Waiting before attempt n+1 is random up to 30 s * 2^n, at most an hour.
BACKOFF_BASE = 30
BACKOFF_LIMIT = 3600
# So often a value is sent that the marketplace neither takes nor refuses.
ASKED_IN_VAIN = 4
STOCK = ("quantity", "presence")
PRICES = ("price", "compare_price")


class MerchantListing(models.Model):
    """What of a listing is still to be sent.

    The listing itself is the queue: whatever differs between desired and confirmed is sent, in its
    latest state, however often it changed meanwhile.
    """

    _inherit = "merchant.listing"

    push_state = fields.Selection(
        selection=[
            ("none", "Nothing to send"),
            ("waiting", "Waiting"),
            ("held", "Asks for consent"),
            ("refused", "Not sent"),
        ],
        string="To Send",
        compute="_compute_push_state",
        store=True,
    )
    push_urgent = fields.Boolean(
        compute="_compute_push_state", store=True, help="It waits to become sold out."
    )
    is_held = fields.Boolean(
        string="Asks for Consent",
        compute="_compute_push_state",
        store=True,
        help="A change is so large that it may be a mistake; other values are sent meanwhile.",
    )
    push_attempts = fields.Integer()
    push_ignored_count = fields.Integer(
        help="How often values were sent that the marketplace neither took nor refused."
    )
    push_next_attempt = fields.Datetime(string="Next Attempt")
    push_leased_until = fields.Datetime()
    uncertain_names = fields.Json(
        help="The names of values that were on their way when the answer was lost, or the worker "
        "died: the marketplace may have them or not."
    )
    held_values = fields.Json(help="What waits for the consent of an administrator.")
    agreed_values = fields.Json(help="What an administrator agreed to send.")
    refused_values = fields.Json(
        help="What the marketplace refused, or an administrator; not sent again as it is."
    )
    withheld_values = fields.Json(help="What was shown as withheld in the Test Environment.")
    error = fields.Char()

    _push_idx = models.Index(
        "(store_id, push_urgent DESC, desired_at, id) WHERE push_state = 'waiting'"
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "product_id",
        "currency_id",
        "is_counted",
        "desired_price",
        "desired_compare_price",
        "desired_quantity",
        "desired_presence",
        "confirmed_price",
        "confirmed_compare_price",
        "confirmed_quantity",
        "confirmed_presence",
        "confirmed_at",
        "has_quantity",
        "uncertain_names",
        "held_values",
        "refused_values",
        "store_id.push_prices",
        "store_id.push_compare_prices",
        "store_id.push_stock",
        "store_id.push_presence",
    )
    def _compute_push_state(self):
        for listing in self:
            values = listing._get_unconfirmed()
            wanted = leave_out(values, listing.refused_values)
            waiting = leave_out(wanted, listing.held_values)
            listing.push_urgent = bool(get_sold_out(waiting))
            listing.is_held = waiting != wanted
            if waiting:
                listing.push_state = "waiting"
            elif wanted:
                listing.push_state = "held"
            else:
                listing.push_state = "refused" if values else "none"

    # === ACTION METHODS === #

    def action_retry(self):
        """Extend to send prices and quantities again."""
        super().action_retry()
        return self.action_push_again()

    def action_push_again(self):
        """Send what was refused, changed by others, or waits for its next attempt now.

        :return: the action that tells what is not sent all the same, or nothing
        """
        self.check_access("read")
        # Elevated: listings belong to the system.
        listings = self.sudo()
        for listing in listings.filtered("drift_values"):
            listing._send_again(listing.drift_values, 0)
            self.env["merchant.issue"]._resolve(listing.store_id, ["listing_drift"], listing)
        listings.write({"push_attempts": 0, "push_ignored_count": 0, "push_next_attempt": False})
        listings._forget_refused()
        listings.store_id.filtered("sending_paused_until").sending_paused_until = False
        self._wake()

    # === BUSINESS METHODS === #

    def _forget_refused(self):
        """Let what was refused be sent once more."""
        self.write({"refused_values": False, "error": False})

    def _get_prices_shown(self, prefix):
        """Return the price and the crossed-out price in the way the store sends them.

        Where the store leaves discounts to the marketplace, only the price before a discount
        counts, and there is no crossed-out one.

        :param str prefix: ``desired``, ``confirmed`` or ``observed``
        :rtype: tuple[float, float]
        """
        price, compare = self[f"{prefix}_price"], self[f"{prefix}_compare_price"]
        if self.store_id.push_compare_prices:
            return price, compare
        return (price if prefix == "desired" else compare or price), 0.0

    def _get_unconfirmed(self):
        """Return what the store would send for this listing.

        :return: any of ``price`` (with ``compare_price``), ``quantity``, ``presence``
        :rtype: dict
        """
        self.ensure_one()
        store = self.store_id
        if not (self.product_id and self.desired_presence and self.confirmed_at):
            return {}
        values = {}
        uncertain = set(self.uncertain_names or ())
        if store.push_prices and self.desired_price > 0 and self._has_currency_of_feed():
            desired, confirmed = (self._get_prices_shown(p) for p in ("desired", "confirmed"))
            if desired != confirmed or "price" in uncertain:
                values["price"] = desired[0]
                if desired[1] or confirmed[1] or "compare_price" in uncertain:
                    values["compare_price"] = desired[1]
        if store.push_stock and self.is_counted:
            shown = self.confirmed_quantity if self.has_quantity else None
            if self.desired_quantity != shown or "quantity" in uncertain:
                values["quantity"] = self.desired_quantity
        if store.push_presence and (
            self.desired_presence != self.confirmed_presence or "presence" in uncertain
        ):
            values["presence"] = self.desired_presence
        return values

    def _has_currency_of_feed(self):
        """Tell whether the price list has the currency in which the listing is sold."""
        currency = self.store_id.feed_id.sudo().currency_id
        return not self.currency_id or self.currency_id == currency

    def _get_waiting(self):
        """Return what is to be sent now, see :meth:`_get_unconfirmed`."""
        wanted = leave_out(self._get_unconfirmed(), self.refused_values)
        return leave_out(wanted, self.held_values)

    def _as_change(self):
        """Return what is to be sent in the words of the adapter.

        :rtype: ListingChange
        """
        return ListingChange(
            external_id=self.external_id, seller_id=self.seller_id or None, **self._get_waiting()
        )

    # === TAKING === #

    @api.model
    def _search_to_push(self, store, limit=None):
        """Return the listings of a store whose turn it is, the urgent ones first."""
        now = fields.Datetime.now()
        return self.sudo().search(
            [
                ("store_id", "=", store.id),
                ("push_state", "=", "waiting"),
                "|",
                ("push_next_attempt", "=", False),
                ("push_next_attempt", "<=", now),
                *self._get_unleased_domain("push_leased_until"),
            ],
            order="push_urgent desc, desired_at, id",
            limit=limit,
        )

    def _lease(self):
        """Take these listings for sending; return those that no other worker holds."""
        listings = self.try_lock_for_update()
        until = fields.Datetime.now() + LEASE
        for listing in listings:
            uncertain = {*(listing.uncertain_names or ()), *listing._get_waiting()}
            listing.write({"push_leased_until": until, "uncertain_names": sorted(uncertain)})
        return listings

    # === VERDICT === #

    def _note_outcome(self, change, outcome):
        """Write down what became of a listing that was sent.

        :param ListingChange change: what was sent
        :param ListingOutcome outcome: what became of it
        """
        self.ensure_one()
        sent = change.get_values()
        refused = {name: words for name, words in outcome.refused.items() if name in sent}
        ignored = outcome.ignored & sent.keys()
        if self.push_ignored_count + 1 >= ASKED_IN_VAIN:
            words = self.env._("the marketplace goes on showing another value")
            refused |= dict.fromkeys(ignored, words)
        confirmed = {name: sent[name] for name in outcome.confirmed if name in sent}
        settled = confirmed.keys() | refused.keys()
        vals = {"push_leased_until": False, "error": outcome.message or False}
        vals |= self._prepare_confirmed_vals(confirmed)
        if confirmed and self.refused_values:
            # What was refused before another value was taken may be taken the next time.
            vals["refused_values"] = forget_values(self.refused_values, confirmed)
        if refused:
            names = {*refused, *(PRICES if not refused.keys().isdisjoint(PRICES) else ())}
            vals["refused_values"] = add_values(
                vals.get("refused_values", self.refused_values),
                {name: sent[name] for name in names if name in sent},
            )
            vals["error"] = "; ".join(dict.fromkeys(refused.values()))
        uncertain = set(self.uncertain_names or ()) - settled
        vals["uncertain_names"] = sorted(uncertain) or False
        if settled:
            agreed = self.agreed_values or {}
            vals |= {
                "push_attempts": 0,
                "push_ignored_count": 0,
                "push_next_attempt": False,
                "agreed_values": {n: agreed[n] for n in agreed if n not in settled} or False,
            }
        else:
            limit = min(BACKOFF_LIMIT, BACKOFF_BASE * 2**self.push_attempts)
            # Full jitter, so that what failed together does not come back together.
            seconds = outcome.seconds or random.uniform(1, limit)
            vals["push_attempts"] = min(self.push_attempts + 1, 20)
            vals["push_ignored_count"] = self.push_ignored_count + bool(ignored)
            # What has changed on the way does not wait for what was sent.
            is_same = self._as_change().get_values() == sent
            at = fields.Datetime.now() + timedelta(seconds=seconds)
            vals["push_next_attempt"] = is_same and at
        self.write(vals)
        self._follow_refused(bool(refused), vals["error"])

    def _follow_refused(self, is_new, reason):
        """Open or close the issue of what the marketplace refused."""
        issues = self.env["merchant.issue"]
        if is_new:
            values = {"name": self.name, "reason": reason}
            issues._report(self.store_id, "push_refused", self, severity="warning", **values)
        elif self.push_state == "none":
            issues._resolve(self.store_id, ["push_refused"], self)

    def _prepare_confirmed_vals(self, values):
        """Return what the marketplace has by now.

        :param dict values: what it confirmed, by the names of :meth:`_get_unconfirmed`
        """
        if not values:
            return {}
        vals = {"confirmed_at": fields.Datetime.now()}
        for name in STOCK:
            if name in values:
                vals[f"confirmed_{name}"] = values[name]
        if "quantity" in values:
            vals["has_quantity"] = True
        if "price" in values:
            if self.store_id.push_compare_prices:
                vals["confirmed_price"] = values["price"]
                vals["confirmed_compare_price"] = values.get("compare_price") or 0
            else:
                name = "compare_price" if self.confirmed_compare_price else "price"
                vals[f"confirmed_{name}"] = values["price"]
        return vals


def leave_out(values, known):
    """Return the values that are not among those known; a price and its old price go together.

    :param dict values: see :meth:`MerchantListing._get_unconfirmed`
    :param dict | None known: such values
    :rtype: dict
    """
    known = known or {}
    same = {name for name in STOCK if name in values and known.get(name) == values[name]}
    if all(known.get(name) == values.get(name) for name in PRICES):
        same.update(PRICES)
    return {name: value for name, value in values.items() if name not in same}


def keep_values(values, known):
    """Return the values that are among those known; the rest of :func:`leave_out`."""
    others = leave_out(values, known)
    return {name: value for name, value in values.items() if name not in others}


def add_values(known, values):
    """Return known values with others in their place; a price replaces its old price, too."""
    replaced = {*values, *(PRICES if "price" in values else ())}
    kept = {name: value for name, value in (known or {}).items() if name not in replaced}
    return (kept | values) or False


def forget_values(known, names):
    """Return known values without those named; a price takes its old price with it.

    :param dict known: see :func:`leave_out`
    :param names: any of the names of such values
    """
    gone = {*names, *(PRICES if "price" in names else ())}
    return {name: value for name, value in known.items() if name not in gone} or False


def get_sold_out(values):
    """Return those of the values that make a product unavailable."""
    return {
        name: value
        for name, value in values.items()
        if (name == "presence" and value == "sold_out") or (name == "quantity" and value == 0)
    }
