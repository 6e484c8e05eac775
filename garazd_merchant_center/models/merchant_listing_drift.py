from datetime import timedelta

from odoo import fields, models

from .merchant_listing_push import add_values
from .merchant_listing_values import PRESENCES

# What was read so soon after a change was confirmed may be older than it.
GRACE = timedelta(minutes=15)
# A difference counts when it still stands after this time. A list may show a product twice, and
# orders, which take off the quantity, are read every half an hour.
SEEN_AGAIN = timedelta(minutes=45)
# So often a value is sent again that somebody else changes back each time.
REPAIRS = 3
# What has stood that long is no tug-of-war any more.
PEACE = timedelta(days=2)


class MerchantListing(models.Model):
    """Notices what somebody else changed on the marketplace."""

    _inherit = "merchant.listing"

    drift_values = fields.Json(help="What was read last instead of what was confirmed.")
    drift_at = fields.Datetime(help="When it was read first.")
    drift_count = fields.Integer(help="How often a value was sent again because of that.")

    def _follow_observed(self):
        """Compare what was just read with what the marketplace had confirmed.

        What Odoo does not send is simply as it was read. Of the rest, a difference counts when it
        is read again later: the marketplace takes an order off the quantity before Odoo knows it.
        """
        for listing in self:
            owned = listing._get_owned()
            foreign = {"price", "quantity", "presence"} - owned
            vals = listing._prepare_observed_as_confirmed(foreign)
            if any(listing[name] != value for name, value in vals.items()):
                listing.write(vals)
            if not listing.confirmed_at:
                listing.confirmed_at = fields.Datetime.now()
            elif owned and not listing._is_settling():
                listing._follow_drift(listing._get_drift(owned))
            if listing.refused_values and listing.push_state == "none":
                # Odoo does not want any more what was refused.
                listing.write({"refused_values": False, "left_values": False})
                self.env["merchant.issue"]._resolve(listing.store_id, ["push_refused"], listing)

    def _get_owned(self):
        """Return the names of the values that Odoo decides about."""
        store = self.store_id
        if not self.confirmed_at or not self.desired_presence or store.mode != "production":
            return set()
        switches = {
            "price": store.push_prices,
            "quantity": store.push_stock and self.is_counted,
            "presence": store.push_presence,
        }
        return {name for name, is_on in switches.items() if is_on}

    def _is_settling(self):
        """Tell whether a change is on its way, or came too lately to be read."""
        now = fields.Datetime.now()
        return bool(
            self.uncertain_names
            or self.confirmed_at > now - GRACE
            or (self.push_leased_until and self.push_leased_until > now)
        )

    def _prepare_observed_as_confirmed(self, names):
        """Return what is confirmed by having been read."""
        vals = {}
        if "price" in names:
            vals["confirmed_price"] = self.observed_price
            vals["confirmed_compare_price"] = self.observed_compare_price
        if "quantity" in names:
            vals["confirmed_quantity"] = self.observed_quantity
            vals["has_quantity"] = self.observed_has_quantity
        if "presence" in names:
            known = self.observed_presence in dict(PRESENCES)
            vals["confirmed_presence"] = known and self.observed_presence
        return vals

    def _get_drift(self, owned):
        """Return what was read that is not what was confirmed.

        :param set owned: the names of values to look at
        :rtype: dict
        """
        pairs = {
            "price": [list(self._get_prices_shown(p)) for p in ("observed", "confirmed")],
            "quantity": [
                self.observed_has_quantity and self.observed_quantity,
                self.has_quantity and self.confirmed_quantity,
            ],
            "presence": [self.observed_presence, self.confirmed_presence],
        }
        return {name: pairs[name][0] for name in owned if pairs[name][0] != pairs[name][1]}

    def _follow_drift(self, drift):
        issues = self.env["merchant.issue"]
        if not drift:
            if self.drift_values:
                self.drift_values = False
                issues._resolve(self.store_id, ["listing_drift"], self)
            if self.drift_count and self.confirmed_at < fields.Datetime.now() - PEACE:
                self.drift_count = 0
            return
        now = fields.Datetime.now()
        if drift != self.drift_values:
            self.write({"drift_values": drift, "drift_at": now})
            return
        if self.drift_at > now - SEEN_AGAIN:
            return
        if self.store_id.drift_policy == "repair" and self.drift_count < REPAIRS:
            self._send_again(drift, self.drift_count + 1)
            self._wake()
            return
        issues._report(self.store_id, "listing_drift", self, severity="warning", name=self.name)

    def _send_again(self, drift, count):
        """Take what was read for what the marketplace has, so that ours is sent once more.

        :param drift: the names of the values
        :param int count: how often that happened
        """
        before = self._get_unconfirmed()
        vals = self._prepare_observed_as_confirmed(drift)
        self.write(vals | {"drift_count": count, "drift_values": False})
        # It was there already, so nobody has to agree to it.
        again = {n: value for n, value in self._get_unconfirmed().items() if n not in before}
        self.agreed_values = add_values(self.agreed_values, again)
