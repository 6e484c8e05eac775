from odoo import api, fields, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

# What a person has to find out before the parcel can be sent.
DOUBTS = {
    "kind": _lt("it is not clear whether the parcel goes to a branch, a parcel locker or a door"),
    "provider": _lt("the carrier is not known"),
    "city": _lt("the city is not known"),
    "branch": _lt("the branch is not known"),
    "street": _lt("street and house are not known"),
    "contradiction": _lt("the order contradicts itself"),
    "recipient": _lt("the recipient has no name"),
    "phone": _lt("the recipient has no phone"),
}
# A parcel of which nothing is to be cleared up any more.
ENDED_STATES = ("delivered", "returned")
# Orders of which nothing is sent any more, or not yet.
CLOSED_KINDS = ("draft", "done", "cancelled")
# Where a person lives, or fetches parcels.
PLACE = (
    "delivery_city",
    "delivery_city_ref",
    "delivery_city_code",
    "delivery_region",
    "delivery_branch_ref",
    "delivery_branch_number",
    "delivery_street",
    "delivery_street_ref",
    "delivery_building",
    "delivery_apartment",
    "delivery_zip",
)
# Fields that are the facts of `schema.DeliveryData`, by their names there.
FACTS = {
    "kind": "delivery_kind",
    "provider": "delivery_provider",
    "provider_code": "delivery_provider_code",
    "city": "delivery_city",
    "city_ref": "delivery_city_ref",
    "city_code": "delivery_city_code",
    "region": "delivery_region",
    "branch_ref": "delivery_branch_ref",
    "branch_number": "delivery_branch_number",
    "street": "delivery_street",
    "street_ref": "delivery_street_ref",
    "building": "delivery_building",
    "apartment": "delivery_apartment",
    "postcode": "delivery_zip",
    "is_contradictory": "is_delivery_contradictory",
    "payer": "delivery_payer",
    "waybill": "waybill_number",
    "state": "shipping_state",
    "status": "shipping_status",
}


class MerchantOrder(models.Model):
    """Where the parcel goes and who carries it, in parts that a carrier's module can use.

    What could not be understood stays in the address as it came and asks for a person; it never
    keeps an order from being imported.
    """

    _inherit = "merchant.order"

    # Who carries it, and what the marketplace says became of it
    delivery_provider = fields.Selection(
        selection=[
            ("nova_poshta", "Nova Poshta"),
            ("ukrposhta", "Ukrposhta"),
            ("meest", "Meest"),
            ("justin", "Justin"),
            ("delivery", "Delivery"),
            ("rozetka", "Rozetka Delivery"),
            ("other", "Another carrier"),
        ],
        string="Carrier",
        help="Who carries the parcel. Empty when the buyer fetches it, or nobody knows.",
    )
    delivery_provider_code = fields.Char(
        string="Carrier Code", help="How the marketplace calls the carrier."
    )
    waybill_number = fields.Char(
        string="Tracking Number", help="The number of the parcel that the marketplace shows."
    )
    shipping_state = fields.Selection(
        selection=[
            ("registered", "Registered"),
            ("on_the_way", "On its way"),
            ("arrived", "Arrived"),
            ("delivered", "Delivered"),
            ("returned", "Returned"),
            ("unknown", "Unknown"),
        ],
        string="Shipping Status",
        help="Where the parcel is, as the marketplace heard from the carrier.",
    )
    shipping_status = fields.Char(
        string="Status in Its Words", help="The shipping status as the marketplace calls it."
    )

    # Where it goes
    delivery_kind = fields.Selection(
        selection=[
            ("branch", "Branch"),
            ("locker", "Parcel locker"),
            ("door", "Address"),
            ("pickup", "Pickup"),
            ("unknown", "Not clear"),
        ],
        string="Destination",
    )
    delivery_city = fields.Char(string="City")
    delivery_city_ref = fields.Char(
        string="City Reference", help="The identifier of the city at the carrier."
    )
    delivery_city_code = fields.Char(
        string="City Code", help="The code of the city in the official register of settlements."
    )
    delivery_region = fields.Char(string="Region")
    delivery_branch_ref = fields.Char(
        string="Branch Reference",
        help="The identifier of the branch or parcel locker at the carrier; of the post, its "
        "postcode.",
    )
    delivery_branch_number = fields.Char(string="Branch Number")
    delivery_street = fields.Char(string="Street")
    delivery_street_ref = fields.Char(
        string="Street Reference", help="The identifier of the street at the carrier."
    )
    delivery_building = fields.Char(string="Building")
    delivery_apartment = fields.Char(string="Apartment")
    delivery_zip = fields.Char(string="Postcode")
    delivery_summary = fields.Char(string="Send To", compute="_compute_delivery_summary")

    # What it costs
    delivery_charge = fields.Monetary(
        string="Delivery in the Order",
        help="What the buyer pays for the delivery together with the goods.",
    )
    delivery_payer = fields.Selection(
        selection=[
            ("buyer", "The buyer"),
            ("shared", "The buyer a part, a promotion or the seller the rest"),
            ("promotion", "A promotion of the marketplace"),
            ("seller", "The seller, or the buyer on receipt"),
        ],
        string="Delivery Paid By",
    )
    delivery_promotion = fields.Char()
    delivery_promotion_terms = fields.Text(
        string="Terms of the Promotion", help="What the seller has to do to keep it."
    )
    is_delivery_promotion_lost = fields.Boolean(
        string="Promotion Lost",
        help="The order had a promotion of the delivery, and the marketplace took it away.",
    )

    # What a person has to look at
    is_delivery_contradictory = fields.Boolean()
    is_delivery_checked = fields.Boolean(
        string="Address Checked",
        readonly=True,
        help="Somebody has found out what was not clear. When the address changes on the "
        "marketplace, it has to be looked at again.",
    )
    needs_delivery_check = fields.Boolean(
        string="Check the Address", compute="_compute_needs_delivery_check", store=True
    )
    delivery_doubts = fields.Char(string="Not Clear", compute="_compute_delivery_doubts")

    # === COMPUTE METHODS === #

    @api.depends(
        "delivery_provider",
        "delivery_kind",
        "delivery_city",
        "delivery_branch_ref",
        "delivery_branch_number",
        "delivery_street",
        "delivery_building",
        "delivery_zip",
        "is_delivery_contradictory",
        "is_delivery_checked",
        "recipient_name",
        "recipient_phone",
        "status_id.kind",
    )
    def _compute_needs_delivery_check(self):
        for order in self:
            order.needs_delivery_check = (
                not order.is_delivery_checked
                and order.status_id.kind not in CLOSED_KINDS
                and bool(order._get_delivery_doubts())
            )

    @api.depends("needs_delivery_check")
    @api.depends_context("lang")
    def _compute_delivery_doubts(self):
        for order in self:
            order.delivery_doubts = order.needs_delivery_check and order._describe_doubts()

    @api.depends("delivery_provider", "delivery_kind", "delivery_address")
    @api.depends_context("lang")
    def _compute_delivery_summary(self):
        providers = dict(self._fields["delivery_provider"]._description_selection(self.env))
        kinds = dict(self._fields["delivery_kind"]._description_selection(self.env))
        for order in self:
            how = [providers.get(order.delivery_provider)]
            if order.delivery_kind in ("branch", "locker", "pickup"):
                how.append(kinds[order.delivery_kind])
            parts = [", ".join(filter(None, how)), order.delivery_address]
            order.delivery_summary = ": ".join(filter(None, parts))

    # === ACTION METHODS === #

    def action_delivery_checked(self):
        """Note that a person knows where these orders go."""
        self.check_access("read")
        # Elevated: what was read belongs to the system.
        for order in self.sudo().filtered(lambda o: not o.is_delivery_checked):
            staff = order.with_env(order.store_id._in_own_context().env)
            staff._log(
                staff.env._(
                    "The address of the delivery was checked. What was not clear: %(doubts)s.",
                    doubts=staff._describe_doubts() or "-",
                ),
                with_deliveries=True,
            )
            order.is_delivery_checked = True

    # === BUSINESS METHODS === #

    def _get_delivery_doubts(self):
        """Return what is missing to send the parcel.

        :return: keys of ``DOUBTS``; empty where nothing is known of the delivery at all
        :rtype: list[str]
        """
        self.ensure_one()
        kind = self.delivery_kind
        if not kind or kind == "pickup":
            return []
        house = self.delivery_street and self.delivery_building
        missing = {
            "kind": kind == "unknown",
            "contradiction": self.is_delivery_contradictory,
            "recipient": not self.recipient_name,
            "phone": not self.recipient_phone,
        }
        if kind in ("branch", "locker"):
            missing["provider"] = not self.delivery_provider
            branch = self.delivery_branch_ref or self.delivery_branch_number
            missing["branch"] = not (branch or house)
            missing["city"] = not (self.delivery_city or self.delivery_branch_ref)
        elif kind == "door":
            missing["city"] = not self.delivery_city
            missing["street"] = not house
        return [doubt for doubt in DOUBTS if missing.get(doubt)]

    def _describe_doubts(self):
        """Return what is missing to send the parcel, in words; empty for nothing."""
        return "; ".join(self.env._(DOUBTS[doubt]) for doubt in self._get_delivery_doubts())

    def _left_unchecked(self):
        """Tell whether a parcel that has left still goes to an address nobody has cleared up."""
        self.ensure_one()
        return (
            not self.is_delivery_checked
            and self.status_id.kind != "cancelled"
            and self.shipping_state not in ENDED_STATES
            and bool(self._get_delivery_doubts())
        )

    # === IMPORT === #

    def _prepare_order_vals(self, data):
        """Extend `garazd_merchant_center`: the delivery, see the fields above."""
        vals = super()._prepare_order_vals(data)
        delivery = data.delivery
        if not delivery:
            return vals
        vals |= {field_name: getattr(delivery, name) for name, field_name in FACTS.items()}
        vals["delivery_charge"] = float(delivery.charge)
        vals |= self._prepare_promotion_vals(data)
        where = ("delivery_address", "recipient_name", "recipient_phone", "delivery_kind")
        if any((self[name] or False) != (vals[name] or False) for name in where):
            vals["is_delivery_checked"] = False
        return vals

    def _prepare_promotion_vals(self, data):
        """Return the promotion; one that is not told any more, of an open order, was lost."""
        delivery = data.delivery
        if delivery.promotion:
            return {
                "delivery_promotion": delivery.promotion,
                "delivery_promotion_terms": delivery.promotion_terms,
                "is_delivery_promotion_lost": False,
            }
        if data.status.kind in CLOSED_KINDS:
            return {}
        return {"is_delivery_promotion_lost": bool(self.delivery_promotion)}
