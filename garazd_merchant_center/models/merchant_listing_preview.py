from odoo import api, fields, models
from odoo.tools import format_amount, formatLang

from .merchant_listing_push import leave_out


class MerchantListing(models.Model):
    """Says in words what would be sent."""

    _inherit = "merchant.listing"

    change_text = fields.Char(
        string="What Would Be Sent",
        compute="_compute_change_text",
        help="Only what differs from what the marketplace has, and only what the store sends.",
    )
    is_dry_run = fields.Boolean(
        compute="_compute_push_text", help="It is only shown, because of the Test Environment."
    )
    push_text = fields.Char(string="Sending", compute="_compute_push_text")

    @api.depends("push_state", "store_id.mode")
    @api.depends_context("lang")
    def _compute_push_text(self):
        states = dict(self._fields["push_state"]._description_selection(self.env))
        for listing in self:
            waits = listing.push_state in ("waiting", "held")
            listing.is_dry_run = waits and listing.store_id.mode != "production"
            if listing.is_dry_run:
                listing.push_text = self.env._("Not sent: Test Environment")
            else:
                listing.push_text = states.get(listing.push_state)

    def _compute_change_text(self):
        for listing in self:
            values = leave_out(listing._get_unconfirmed(), listing.refused_values)
            texts = (listing._describe_change(name, value) for name, value in values.items())
            listing.change_text = "; ".join(texts)

    def _describe_change(self, name, value):
        """Return one value with what the marketplace has of it.

        :param str name: see :meth:`_get_unconfirmed`
        """
        price, compare_price = self._get_prices_shown("confirmed")
        if name == "price":
            old, new = self._describe_price(price), self._describe_price(value)
            return self.env._("Price: %(old)s → %(new)s", old=old, new=new)
        if name == "compare_price":
            old, new = self._describe_price(compare_price), self._describe_price(value)
            return self.env._("Crossed-out price: %(old)s → %(new)s", old=old, new=new)
        if name == "quantity":
            old = self._describe_quantity(self.confirmed_quantity) if self.has_quantity else "–"
            new = self._describe_quantity(value)
            return self.env._("Quantity: %(old)s → %(new)s", old=old, new=new)
        names = dict(self._fields["desired_presence"]._description_selection(self.env))
        old, new = names.get(self.confirmed_presence, "–"), names[value]
        return self.env._("Availability: %(old)s → %(new)s", old=old, new=new)

    def _describe_price(self, price):
        if not price:
            return "–"
        if not self.currency_id:
            return formatLang(self.env, price)
        return format_amount(self.env, price, self.currency_id)

    def _describe_quantity(self, quantity):
        return formatLang(self.env, quantity, digits=0 if quantity == int(quantity) else 3)
