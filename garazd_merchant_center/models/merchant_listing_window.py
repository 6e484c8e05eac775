from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

from .merchant_listing_push import get_sold_out

PRICE = "price"


class MerchantListing(models.Model):
    """Remembers what was changed lately, so that small portions add up.

    What an administrator agreed to begins anew: it is no part of a mistake.
    """

    _inherit = "merchant.listing"

    sold_out_at = fields.Datetime(
        help="When the marketplace confirmed that the product is sold out, without anybody's "
        "consent. Empty as soon as it is available again."
    )
    recent_prices = fields.Json(
        help="The prices that were replaced lately, each with the time of that, the oldest first."
    )

    _sold_out_idx = models.Index("(store_id, sold_out_at) WHERE sold_out_at IS NOT NULL")

    def _note_outcome(self, change, outcome):
        """Override to remember what became sold out, and which price was replaced."""
        sent, agreed = change.get_values(), self.agreed_values or {}
        confirmed = {name: sent[name] for name in outcome.confirmed if name in sent}
        price, was_gone = self._get_prices_shown("confirmed")[0], self._is_sold_out()
        super()._note_outcome(change, outcome)
        if PRICE in confirmed:
            is_agreed = agreed.get(PRICE) == confirmed[PRICE]
            self._remember_price(price, begin_anew=is_agreed)
        if not self._is_sold_out():
            if self.sold_out_at:
                self.sold_out_at = False
        elif not was_gone:
            gone = get_sold_out(confirmed)
            if any(agreed.get(name) != value for name, value in gone.items()):
                self.sold_out_at = fields.Datetime.now()

    def _is_sold_out(self):
        """Tell whether the marketplace has confirmed that there is nothing to sell."""
        is_empty = self.has_quantity and not self.confirmed_quantity
        return self.confirmed_presence == "sold_out" or is_empty

    def _remember_price(self, price, begin_anew):
        """Note that a price was replaced.

        :param float price: the one that stood until now
        :param bool begin_anew: forget those before, and this one
        """
        if begin_anew:
            self.recent_prices = False
            return
        now = fields.Datetime.now()
        recent = self._get_recent_prices()
        # In the same second only the first counts.
        if price and (not recent or recent[-1][0] < fields.Datetime.to_string(now)):
            recent.append([fields.Datetime.to_string(now), price])
        self.recent_prices = recent or False

    def _get_recent_prices(self):
        """Return the prices that were replaced within the time that counts.

        :return: pairs of time and price, the oldest first
        :rtype: list
        """
        start = fields.Datetime.to_string(self.store_id._get_window_start())
        return [entry for entry in self.recent_prices or [] if entry[0] > start]

    def _get_reference_prices(self):
        """Return the prices that a new one is compared with: as it is, and as it was before.

        :rtype: list[float]
        """
        prices = [self._get_prices_shown("confirmed")[0]]
        prices += [price for _time, price in self._get_recent_prices()[:1]]
        return [price for price in prices if price]


class MerchantStore(models.Model):
    _inherit = "merchant.store"

    guard_minutes = fields.Integer(
        string="Added Up Over",
        default=60,
        help="Both limits look at this time together: what became sold out in it, in however small "
        "portions, counts against the share, and a price is compared with the one that stood at "
        "its beginning, too. What an administrator agreed to does not count. With 0 each change "
        "stands for itself.",
    )

    _guard_minutes_positive = models.Constraint(
        "CHECK (guard_minutes BETWEEN 0 AND 1440)",
        "Changes are added up over a day (1440 minutes) at most.",
    )

    def _get_window_start(self):
        """Return the beginning of the time whose changes are added up."""
        return fields.Datetime.now() - timedelta(minutes=self.guard_minutes)

    def _get_lately_sold_out(self):
        """Return the condition on listings that became sold out in that time.

        :rtype: odoo.fields.Domain
        """
        start = self._get_window_start()
        return Domain("store_id", "=", self.id) & Domain("sold_out_at", ">", start)
