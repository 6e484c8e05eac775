from odoo import api, fields, models

# Fewer listings than this may always become unavailable at once.
FEW = 20


class MerchantStore(models.Model):
    """Which prices and quantities a store sends, and what keeps it from sending nonsense."""

    _inherit = "merchant.store"

    push_prices = fields.Boolean(
        string="Send Prices",
        tracking=True,
        help="A price that changes in Odoo is sent to the marketplace within a minute. The price "
        "is the one of the data feed.",
    )
    push_compare_prices = fields.Boolean(
        string="Send Crossed-out Prices",
        tracking=True,
        help="Together with the price, its crossed-out price is sent, or taken away where the data "
        "feed has none. Without it, discounts of the marketplace are left as they are.",
    )
    push_stock = fields.Boolean(
        string="Send Quantities",
        tracking=True,
        help="A quantity that changes in Odoo is sent to the marketplace within a minute, counted "
        "as the data feed counts it. What is sold out is sent first.",
    )
    push_presence = fields.Boolean(
        string="Send Availability",
        tracking=True,
        help="Products become available, on order or sold out on the marketplace as in the data "
        "feed.",
    )
    max_unavailable_percent = fields.Integer(
        string="Sold Out at Once",
        default=20,
        help="When more than this share of the available products (and more than 20 of them) would "
        "become sold out, at once or in small portions within the time below, the marketplace is "
        "not told before an administrator agrees.",
    )
    max_price_percent = fields.Integer(
        string="Price Change",
        default=30,
        help="A price that would change by more than this, at once or step by step within the time "
        "below, is not sent before an administrator agrees.",
    )
    drift_policy = fields.Selection(
        selection=[("repair", "Send ours again"), ("report", "Only tell")],
        string="Changed by Others",
        required=True,
        default="repair",
        help="What happens when the marketplace shows another price or quantity than the one it "
        "confirmed.",
    )
    sending_paused_until = fields.Datetime(
        copy=False, help="The marketplace could not be reached, or asked to wait."
    )
    push_count = fields.Integer(string="Waiting Prices and Quantities", compute="_compute_pushed")
    push_held_count = fields.Integer(string="Held Changes", compute="_compute_pushed")

    _max_unavailable_percent_range = models.Constraint(
        "CHECK (max_unavailable_percent BETWEEN 0 AND 100)",
        "The share of products that may be sold out at once is between 0 and 100 percent.",
    )
    _max_price_percent_positive = models.Constraint(
        "CHECK (max_price_percent >= 0)", "The change of a price cannot be negative."
    )

    # === COMPUTE METHODS === #

    def _compute_pushed(self):
        groups = self.env["merchant.listing"]._read_group(
            [("store_id", "in", self.ids), ("push_state", "in", ("waiting", "held"))],
            ["store_id", "is_held"],
            ["__count"],
        )
        counts = {(store, is_held): count for store, is_held, count in groups}
        for store in self:
            store.push_held_count = counts.get((store, True), 0)
            store.push_count = counts.get((store, False), 0) + store.push_held_count

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to compare with the price list from the start."""
        stores = super().create(vals_list)
        self.env["merchant.listing.change"]._note_stores(stores)
        return stores

    def write(self, vals):
        """Override to compare with another price list, and to wake the sender."""
        # What is not active was not compared.
        outdated = self.filtered(
            lambda store: (
                ("feed_id" in vals and store.feed_id.id != vals["feed_id"])
                or (vals.get("active") and not store.active)
            )
        )
        result = super().write(vals)
        outdated._forget_desired()
        if not {"feed_id", "active"}.isdisjoint(vals):
            self.env["merchant.listing.change"]._note_stores(self)
        if any(name.startswith("push_") for name in vals) or vals.get("mode") == "production":
            # Elevated: listings belong to the system.
            waiting = [("store_id", "in", self.ids), ("push_next_attempt", "!=", False)]
            listings = self.env["merchant.listing"].sudo()
            listings.search(waiting).push_next_attempt = False
            listings._wake()
        return result

    def _forget_desired(self):
        """Send nothing before everything was compared again."""
        # Elevated: listings belong to the system.
        listings = self.env["merchant.listing"].sudo()
        listings.search([("store_id", "in", self.ids)])._forget_desired()

    # === ACTION METHODS === #

    def action_open_changes(self):
        """Open the prices and quantities that wait, with what the marketplace has."""
        action = self._open("garazd_merchant_center.merchant_listing_push_action")
        action["context"] = {"search_default_to_send": 1}
        return action
