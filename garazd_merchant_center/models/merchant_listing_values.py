from odoo import fields, models

PRESENCES = [("in_stock", "In stock"), ("on_order", "On order"), ("sold_out", "Sold out")]


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
    confirmed_quantity = fields.Float(digits="Product Unit", aggregator=False)
    confirmed_presence = fields.Selection(PRESENCES, string="Confirmed Availability")
    confirmed_at = fields.Datetime(string="Last Confirmed")
