import re

from odoo import api, fields, models

from .merchant_store_deadline import MAX_AGE

# Odoo puts a comma between the numbers of one delivery, people put other signs.
SEPARATORS = re.compile(r"[,;|/\n]")
# Blanks group the digits of one number; what is as long as this is a number of its own.
WHOLE_NUMBER = 10
# The field of OCA's module `delivery_state`, and its value for what the buyer has got.
OCA_STATE, OCA_DELIVERED = "delivery_state", "customer_delivered"
# Kinds of delivery methods of Odoo itself, which know nothing of numbers.
WITHOUT_NUMBERS = ("fixed", "base_on_rule")
# What became of a number, the worst first.
URGENCY = ("failed", "withheld", "waiting", "other", "shown")


def split_numbers(text):
    """Return the tracking numbers that a text holds, without blanks.

    :rtype: list[str]
    """
    numbers = []
    for part in SEPARATORS.split(text or ""):
        groups = part.split()
        is_several = all(len(group) >= WHOLE_NUMBER for group in groups)
        numbers += groups if is_several else ["".join(groups)]
    return numbers


class StockPicking(models.Model):
    """Tells the marketplace of tracking numbers, whoever writes them: people or modules."""

    _inherit = "stock.picking"

    merchant_is_late = fields.Boolean(related="merchant_order_id.is_late", groups="base.group_user")
    merchant_tracking_state = fields.Selection(
        selection=[
            ("waiting", "Waiting to be sent"),
            ("withheld", "Withheld in the Test Environment"),
            ("failed", "Could not be sent"),
            ("shown", "Known"),
            ("other", "Another number is shown"),
        ],
        string="Number on the Marketplace",
        compute="_compute_merchant_tracking_state",
        compute_sudo=True,
        groups="base.group_user",
        help="Whether the marketplace knows the tracking number. It shows one number per order, "
        "that of the first parcel.",
    )
    merchant_tracking_note = fields.Char(
        compute="_compute_merchant_tracking_state", compute_sudo=True, groups="base.group_user"
    )

    merchant_lacks_number = fields.Boolean(
        compute="_compute_merchant_lacks_number", compute_sudo=True, groups="base.group_user"
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "date_done", "carrier_tracking_ref", "merchant_order_id.waybill_number")
    def _compute_merchant_lacks_number(self):
        # What left long ago is forgotten: a shop that was just connected has many of these.
        limit = fields.Datetime.now() - MAX_AGE
        for picking in self:
            has_left = picking.state == "done" and picking.date_done and picking.date_done > limit
            orders = picking._filter_to_buyer()._get_merchant_orders() if has_left else ()
            picking.merchant_lacks_number = any(order._lacks_number() for order in orders)

    @api.depends("carrier_tracking_ref", "merchant_order_id.waybill_number", "state")
    def _compute_merchant_tracking_state(self):
        self.merchant_tracking_state = False
        self.merchant_tracking_note = False
        for parcel in self._filter_to_buyer().filtered("carrier_tracking_ref"):
            found = [parcel._get_tracking_state(order) for order in parcel._get_merchant_orders()]
            # Of several orders in one parcel, the one that needs a person most.
            found = [pair for pair in found if pair[0]]
            if found:
                state, note = min(found, key=lambda pair: URGENCY.index(pair[0]))
                parcel.merchant_tracking_state, parcel.merchant_tracking_note = state, note

    def _get_tracking_state(self, order):
        """Return what the marketplace knows of the number of this parcel, and a remark.

        :param order: a ``merchant.order`` whose goods are in the parcel
        :rtype: tuple[str | bool, str | bool]
        """
        numbers, shown = self._get_numbers(), order._get_shown_tracking()
        if order._shows_one_of(numbers):
            return "shown", False
        waiting = order._get_waiting_tracking()
        waiting = waiting.filtered(lambda operation: operation.payload["number"] in numbers)[:1]
        if waiting:
            state = "waiting" if waiting.state == "pending" else waiting.state
            return state, waiting.error
        return ("other", shown) if shown else (False, False)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to tell the marketplace of tracking numbers."""
        pickings = super().create(vals_list)
        pickings.filtered("carrier_tracking_ref")._tell_tracking()
        return pickings

    def write(self, vals):
        """Override to tell the marketplace of tracking numbers, and of parcels handed over."""
        numbers = {}
        if "carrier_tracking_ref" in vals:
            numbers = {picking: picking.carrier_tracking_ref or "" for picking in self}
        result = super().write(vals)
        changed = [p for p, before in numbers.items() if (p.carrier_tracking_ref or "") != before]
        self.browse([picking.id for picking in changed])._tell_tracking()
        if not vals.keys().isdisjoint(self._get_carrier_state_fields()):
            self._push_deliveries()
        return result

    # === HOOKS FOR MODULES OF CARRIERS === #

    def _get_carrier_state_fields(self):
        """Return the fields that tell where a parcel is; extended by modules of carriers.

        Whenever one of them is written, the marketplace may hear that an order is delivered. A
        module that keeps the state elsewhere calls :meth:`_push_deliveries` when it changes.

        :rtype: tuple[str, ...]
        """
        return (OCA_STATE,) if OCA_STATE in self._fields else ()

    def _is_received_by_buyer(self):
        """Tell whether the carrier has handed the parcel over; extended by modules of carriers.

        :rtype: bool
        """
        self.ensure_one()
        return OCA_STATE in self._fields and self[OCA_STATE] == OCA_DELIVERED

    def _gets_number_by_validation(self):
        """Tell whether the validation brings the number; extended by modules of carriers.

        :rtype: bool
        """
        self.ensure_one()
        carrier = self.carrier_id
        return (
            carrier.delivery_type not in (False, *WITHOUT_NUMBERS)
            and carrier.integration_level == "rate_and_ship"
            and self.picking_type_id.print_label
        )

    # === BUSINESS METHODS === #

    def _get_merchant_questions(self):
        """Extend `garazd_merchant_center`: an order would be completed without a number."""
        questions = super()._get_merchant_questions()
        for order in self._get_orders_without_number():
            questions.append(
                self.env._(
                    "Order %(number)s of %(store)s has no tracking number yet, and this delivery "
                    "completes it on the marketplace.",
                    number=order.number,
                    store=order.store_id.name,
                )
            )
        return questions

    def _get_orders_without_number(self):
        """Return the orders that these deliveries would complete without a tracking number."""
        leaving = self._filter_to_buyer()
        silent = leaving.filtered(lambda picking: not picking._gets_number_by_validation())
        return silent._get_merchant_orders().filtered(
            lambda order: order._lacks_number() and order._is_completed_with(leaving)
        )

    def _get_numbers(self):
        """Return the tracking numbers of the delivery, without blanks.

        :rtype: list[str]
        """
        return split_numbers(self.carrier_tracking_ref)

    def _tell_tracking(self):
        """Tell the marketplaces what became of the numbers of these deliveries."""
        self._filter_to_buyer()._get_merchant_orders()._tell_tracking()

    def _add_delivery_cost_to_so(self):
        """Override of `stock_delivery`: the buyer pays what the marketplace has told him."""
        if not self._get_merchant_orders():
            super()._add_delivery_cost_to_so()
