import random
from datetime import timedelta

from odoo import api, fields, models

from ..schema import ListingChange

# A worker that died while sending holds its listings no longer than this.
LEASE = timedelta(minutes=5)
# Waiting before attempt n+1 is random up to 30 s * 2^n, at most an hour.
BACKOFF_BASE = 30
BACKOFF_LIMIT = 3600
STOCK = ("quantity", "presence")


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
            ("refused", "Refused"),
        ],
        string="To Send",
        compute="_compute_push_state",
        store=True,
    )
    push_urgent = fields.Boolean(compute="_compute_push_state", store=True)
    push_attempts = fields.Integer()
    push_next_attempt = fields.Datetime(string="Next Attempt")
    push_leased_until = fields.Datetime()
    uncertain_names = fields.Json(
        help="The names of values that were on their way when the answer was lost, or the worker "
        "died: the marketplace may have them or not."
    )
    held_values = fields.Json(help="What waits for the consent of an administrator.")
    agreed_values = fields.Json(help="What an administrator agreed to send.")
    refused_values = fields.Json(help="What the marketplace refused; not sent again as it is.")
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
            waiting = listing._leave_out_refused(values)
            listing.push_urgent = waiting.get("quantity") == 0 or (
                waiting.get("presence") == "sold_out"
            )
            if waiting:
                is_held = waiting == listing.held_values
                listing.push_state = "held" if is_held else "waiting"
            else:
                listing.push_state = "refused" if values else "none"

    # === ACTION METHODS === #

    def action_retry(self):
        """Extend to send prices and quantities again."""
        super().action_retry()
        self.action_push_again()

    def action_push_again(self):
        """Send what was refused, changed by others, or waits for its next attempt now."""
        self.check_access("read")
        # Elevated: listings belong to the system.
        listings = self.sudo()
        for listing in listings.filtered("drift_values"):
            vals = listing._prepare_observed_as_confirmed(listing.drift_values)
            listing.write(vals | {"drift_values": False, "drift_count": 0})
            self.env["merchant.issue"]._resolve(listing.store_id, ["listing_drift"], listing)
        listings.write(
            {
                "refused_values": False,
                "push_attempts": 0,
                "push_next_attempt": False,
                "error": False,
            }
        )
        self.env["merchant.listing"]._wake()

    # === BUSINESS METHODS === #

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

    def _leave_out_refused(self, values):
        refused = self.refused_values or {}
        return {name: value for name, value in values.items() if refused.get(name) != value}

    def _get_waiting(self):
        """Return what is to be sent now, see :meth:`_get_unconfirmed`."""
        return self._leave_out_refused(self._get_unconfirmed())

    def _as_change(self):
        """Return what is to be sent in the words of the adapter.

        :rtype: ListingChange
        """
        return ListingChange(
            external_id=self.external_id, seller_id=self.seller_id or None, **self._get_waiting()
        )

    def _consent(self):
        """Note that an administrator agreed to these values, and no others."""
        for listing in self:
            listing.write({"agreed_values": listing.held_values, "held_values": False})
        for store in self.store_id:
            self.env["merchant.issue"]._resolve(store, ["push_held"])
        self.env["merchant.listing"]._wake()

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
                "|",
                ("push_leased_until", "=", False),
                ("push_leased_until", "<", now),
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

    # === GUARDS === #

    def _hold_risky(self, store):
        """Keep back what looks like a mistake until an administrator agrees.

        :param store: the store of all these listings
        :return: the others
        """
        prices = self.filtered(lambda listing: listing._is_price_risky())
        vanishing = self.filtered(lambda listing: listing._is_vanishing())
        if not store._may_vanish(len(vanishing)):
            vanishing = vanishing.filtered(lambda listing: not listing._is_agreed())
        else:
            vanishing = self.browse()
        held = prices | vanishing
        for listing in held:
            listing.held_values = listing._get_waiting()
        if held:
            all_held = self.search([("store_id", "=", store.id), ("push_state", "=", "held")])
            vanishing = all_held.filtered(lambda listing: listing._is_vanishing())
            self.env["merchant.issue"]._report(
                store, "push_held", prices=len(all_held - vanishing), vanishing=len(vanishing)
            )
        elif not store.push_held_count:
            self.env["merchant.issue"]._resolve(store, ["push_held"])
        return self - held

    def _is_agreed(self):
        return bool(self.agreed_values) and self.agreed_values == self._get_waiting()

    def _is_price_risky(self):
        """Tell whether the price would change by more than the store allows."""
        price = self._get_waiting().get("price")
        old = self._get_prices_shown("confirmed")[0]
        if not price or not old or self._is_agreed():
            return False
        return abs(price - old) / old * 100 > self.store_id.max_price_percent

    def _is_vanishing(self):
        """Tell whether buyers could not buy any more what they can buy now."""
        waiting = self._get_waiting()
        is_there = self.confirmed_presence == "in_stock"
        return is_there and (waiting.get("presence") == "sold_out" or waiting.get("quantity") == 0)

    # === VERDICT === #

    def _note_outcome(self, change, outcome):
        """Write down what became of a listing that was sent.

        :param ListingChange change: what was sent
        :param ListingOutcome outcome: what became of it
        """
        self.ensure_one()
        sent = change.get_values()
        vals = {"push_leased_until": False, "error": outcome.message or False}
        vals |= self._prepare_confirmed_vals(
            {name: sent[name] for name in outcome.confirmed if name in sent}
        )
        if outcome.refused:
            refused = {name: sent[name] for name in outcome.refused if name in sent}
            vals["refused_values"] = (self.refused_values or {}) | refused
            vals["error"] = "; ".join(dict.fromkeys(outcome.refused.values()))
        settled = outcome.confirmed | outcome.refused.keys()
        uncertain = set(self.uncertain_names or ()) - settled
        vals["uncertain_names"] = sorted(uncertain) or False
        if settled:
            vals |= {"push_attempts": 0, "push_next_attempt": False, "agreed_values": False}
        else:
            limit = min(BACKOFF_LIMIT, BACKOFF_BASE * 2**self.push_attempts)
            # Full jitter, so that what failed together does not come back together.
            seconds = outcome.seconds or random.uniform(1, limit)
            vals["push_attempts"] = min(self.push_attempts + 1, 20)
            vals["push_next_attempt"] = fields.Datetime.now() + timedelta(seconds=seconds)
        self.write(vals)
        issues = self.env["merchant.issue"]
        if outcome.refused:
            values = {"name": self.name, "reason": vals["error"]}
            issues._report(self.store_id, "push_refused", self, severity="warning", **values)
        elif outcome.confirmed and self.push_state != "refused":
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
