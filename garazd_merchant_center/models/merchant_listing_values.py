import logging

from odoo import api, fields, models

from ..exceptions import get_reason
from .merchant_job import CONFLICTS

_logger = logging.getLogger(__name__)

PRESENCES = [("in_stock", "In stock"), ("on_order", "On order"), ("sold_out", "Sold out")]
# How many products are looked at together.
PAGE = 2000
# Prices and quantities that differ by less are the same.
TOLERANCE = 0.000001


class MerchantListing(models.Model):
    """What a listing should show, and what the marketplace has confirmed.

    Every value is there three times: *observed* is what was last read, *desired* what the price
    list of the store says, *confirmed* what the marketplace last confirmed, by its answer to a
    change or by a reading. What differs between desired and confirmed is still to be sent.
    """

    _inherit = "merchant.listing"

    observed_compare_price = fields.Monetary(string="Crossed-out Price on the Marketplace")

    desired_price = fields.Monetary(string="Price to Show")
    desired_compare_price = fields.Monetary(string="Crossed-out Price to Show")
    desired_quantity = fields.Float(
        string="Quantity to Show", digits="Product Unit", aggregator=False
    )
    desired_presence = fields.Selection(
        PRESENCES,
        string="Availability to Show",
        help="Empty: the product is not in the price list of the store, so Odoo leaves it alone.",
    )
    is_counted = fields.Boolean(
        string="Stock Counted", help="Without it, Odoo says nothing about the quantity."
    )
    desired_at = fields.Datetime(string="Last Changed in Odoo")

    confirmed_price = fields.Monetary()
    confirmed_compare_price = fields.Monetary(string="Confirmed Crossed-out Price")
    has_quantity = fields.Boolean(
        string="Quantity Kept There", help="The marketplace has a quantity, not just availability."
    )
    confirmed_quantity = fields.Float(digits="Product Unit", aggregator=False)
    confirmed_presence = fields.Selection(PRESENCES, string="Confirmed Availability")
    confirmed_at = fields.Datetime(string="Last Confirmed")

    # === CRUD METHODS === #

    def write(self, vals):
        """Override to find out what a listing with another product should show."""
        result = super().write(vals)
        if "product_id" in vals:
            self.env["merchant.listing.change"]._note(self.product_id)
            self._forget_desired()
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _apply_changes(self):
        """Bring what listings should show up to date with the changes that were noted.

        :return: whether more is waiting
        :rtype: bool
        """
        product_ids, stores = self.env["merchant.listing.change"]._take(PAGE)
        runs = self.env["merchant.sync.run"].sudo()
        for store in stores.exists():
            runs |= runs._get_or_start(store, "compare")
        # A page that is just being compared has not seen the change: this makes it begin anew.
        runs.write({"next_attempt": False})
        runs._wake()
        listings = self._search_compared([("product_id", "in", list(product_ids))])
        for store, of_store in listings.grouped("store_id").items():
            of_store._try_refresh_desired(store)
        return bool(product_ids or stores)

    def _try_refresh_desired(self, store):
        """Ask the price list of a store; where it fails, no other store has to wait.

        The next comparison of everything takes up what was missed.
        """
        try:
            with self.env.cr.savepoint():
                self._refresh_desired()
        except CONFLICTS:
            raise
        except Exception as error:
            _logger.exception("The price list of store %s has no amounts", store.id)
            self.env["merchant.issue"]._report(
                store, "push_failed", reason=get_reason(error), step="values"
            )

    @api.model
    def _search_compared(self, domain, count_only=False, **options):
        """Return listings, or their number, whose store has a price list to compare them with."""
        managed = [
            ("product_id", "!=", False),
            ("store_id.active", "=", True),
            ("store_id.feed_id", "!=", False),
        ]
        if count_only:
            return self.sudo().search_count([*managed, *domain])
        return self.sudo().search([*managed, *domain], **options)

    def _refresh_desired(self):
        """Ask the price lists what these listings should show.

        :return: the listings that should show something else than before
        """
        changed = self.browse()
        now = fields.Datetime.now()
        for store, listings in self.grouped("store_id").items():
            known = listings.filtered("desired_presence").product_id
            amounts = store.feed_id._get_amounts(listings.product_id, known)
            for listing in listings:
                vals = listing._prepare_desired_vals(amounts.get(listing.product_id.id))
                if any(_differ(listing[name], value) for name, value in vals.items()):
                    # What could not be sent before does not keep the new value waiting.
                    listing.write(vals | {"desired_at": now, "push_next_attempt": False})
                    listing._forget_answers()
                    changed += listing
        return changed

    def _forget_desired(self):
        """Leave these listings alone until they are compared again.

        What was said of another product, by another price list or in another currency, is not to
        be sent.
        """
        self.write({"desired_presence": False, "desired_price": 0, "desired_compare_price": 0})

    def _prepare_desired_vals(self, amounts):
        """Return what the listing should show.

        :param Amounts | None amounts: of its product; None when the price list has nothing of it
        """
        if amounts is None:
            return {"desired_presence": False}
        vals = {
            "desired_quantity": amounts.quantity or 0,
            "is_counted": amounts.quantity is not None,
            "desired_presence": amounts.presence,
        }
        if amounts.price is not None:
            # Without a price the old one stays.
            vals["desired_price"] = amounts.price
            vals["desired_compare_price"] = amounts.compare_price
        return vals


def _differ(old, new):
    if isinstance(new, (int, float)) and not isinstance(new, bool):
        return abs(old - new) > TOLERANCE
    return (old or False) != new
