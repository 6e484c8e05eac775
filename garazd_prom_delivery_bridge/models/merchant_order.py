from odoo import models

from odoo.addons.garazd_merchant_center.models.merchant_order_delivery import CLOSED_KINDS

from .merchant_issue import DIFFERS, UNMAPPED, WITHDRAWN
from .stock_picking import split_numbers


class MerchantOrder(models.Model):
    """The carrier of an order and the numbers of its parcels, in Odoo and on the marketplace.

    The marketplace shows one number. That of the first parcel is told, and it stays as long as a
    parcel has it: the numbers of further parcels are only in Odoo.
    """

    _inherit = "merchant.order"

    # === ACTION METHODS === #

    def action_retry(self):
        """Extend `garazd_merchant_center` to send tracking numbers that the marketplace lacks."""
        result = super().action_retry()
        # Elevated: what was read belongs to the system.
        orders = self.sudo()
        # The marketplace took a number once and does not show it; a person wants it there.
        lost = orders.filtered(
            lambda o: o.waybill_sent and not o.waybill_number and o.store_id.mode == "production"
        )
        lost.waybill_sent = False
        orders._tell_tracking()
        return result

    # === CARRIER === #

    def _get_carrier(self):
        """Return Odoo's delivery method for the order; nothing when nobody has chosen one.

        :rtype: delivery.carrier
        """
        self.ensure_one()
        method = self.delivery_method_id
        if self.delivery_kind == "pickup":
            return method.carrier_id
        return method.carrier_id or self.store_id.carrier_id

    def _report_unmapped(self):
        """Open the issue of a delivery method without one in Odoo, once for all its orders."""
        method = self.delivery_method_id
        if method and not method.carrier_id:
            self.env["merchant.issue"]._report(
                self.store_id, UNMAPPED, method, severity="warning", method=method.name
            )

    # === PARCELS === #

    def _get_parcels(self):
        """Return the deliveries to the buyer that are not cancelled, the first one first.

        :rtype: stock.picking
        """
        return self._get_deliveries().filtered(lambda p: p.state != "cancel").sorted("id")

    def _get_deliveries(self):
        """Return all deliveries to the buyer, also those that hold goods of other orders too."""
        sale_order = self.sale_order_id
        pickings = sale_order.picking_ids | sale_order.order_line.move_ids.picking_id
        return pickings._filter_to_buyer()

    def _get_parcel_numbers(self):
        """Return the numbers of the parcels, each once.

        :rtype: list[str]
        """
        numbers = [number for parcel in self._get_parcels() for number in parcel._get_numbers()]
        return list(dict.fromkeys(numbers))

    def _needs_number(self):
        """Tell whether the marketplace is to hear a tracking number of the order from Odoo.

        So it is with what a carrier brings, and where a promotion depends on it.
        """
        self.ensure_one()
        is_carried = self.delivery_provider and self.delivery_kind != "pickup"
        is_promoted = self.delivery_promotion and not self.is_delivery_promotion_lost
        return bool(
            self.store_id.push_tracking
            and (is_carried or is_promoted)
            and self.status_id.kind != "cancelled"
            and self.store_id._get_adapter()._takes_tracking(self)
        )

    def _lacks_number(self):
        """Tell whether a number is needed and neither Odoo nor the marketplace has one."""
        known = self._get_shown_tracking() or self._get_parcel_numbers()
        return not known and self._needs_number()

    def _is_completed_with(self, pickings):
        """Tell whether the marketplace would complete the order when these deliveries are done."""
        self.ensure_one()
        store = self.store_id
        return (
            store.push_delivered
            and store.completed_when == "shipped"
            and self.status_id.kind not in CLOSED_KINDS
            and self.sale_order_id._is_delivered(leaving=pickings.move_ids)
        )

    def _shows_one_of(self, numbers):
        """Tell whether the marketplace shows one of these numbers, however it writes it.

        :param list[str] numbers: without blanks
        """
        return not set(numbers).isdisjoint(split_numbers(self._get_shown_tracking()))

    def _is_from_odoo(self, number):
        """Tell whether a number that the marketplace shows, or showed, was sent by Odoo."""
        return split_numbers(number) == split_numbers(self.waybill_sent)

    # === TELLING === #

    def _tell_tracking(self):
        """Tell the marketplace the number of the first parcel, unless it shows one of them.

        Of what waits, nothing is sent that it shows, or that no parcel has any more.
        """
        self._settle_tracking()
        for order in self.filtered(lambda o: o.store_id.push_tracking and o.sale_order_id):
            numbers = order._get_parcel_numbers()
            shown = order._get_shown_tracking()
            if numbers:
                order._push_tracking(shown if order._shows_one_of(numbers) else numbers[0])
            else:
                order._drop_tracking(self.env._("The delivery has no tracking number any more"))
                order._report_withdrawn()

    def _report_withdrawn(self):
        """Open the issue of a number that was sent and that no parcel has any more."""
        shown = self._get_shown_tracking()
        if not shown or not self._is_from_odoo(shown):
            return
        self.env["merchant.issue"]._report(
            self.store_id,
            WITHDRAWN,
            self,
            number=self.number,
            shown=shown,
            deliveries=", ".join(self._get_deliveries().mapped("name")) or "-",
        )

    def _note_tracking(self, number):
        """Extend `garazd_merchant_center` to close what the number settles."""
        super()._note_tracking(number)
        self._settle_tracking()

    def _settle_tracking(self):
        """Close the issues about numbers that are right by now."""
        for order in self:
            numbers = order._get_parcel_numbers()
            if order._shows_one_of(numbers):
                self.env["merchant.issue"]._resolve(order.store_id, [DIFFERS, WITHDRAWN], order)

    # === HEARING === #

    def _understand(self):
        """Extend `garazd_merchant_center` to follow what became of the parcels."""
        before = self.waybill_number
        data = super()._understand()
        if self.sale_order_id:
            self._receive_tracking(before)
            if self.store_id.completed_when == "received" and self._is_delivered():
                self._push_event("delivered")
        return data

    def _receive_tracking(self, before=None):
        """Write a number that was made on the marketplace on a delivery.

        A number that a person or a carrier's module has put there stays, and a difference is told.

        :param str before: the number that the marketplace showed until now
        """
        for order in self.filtered(lambda o: o.waybill_number and o.store_id.pull_tracking):
            numbers = order._get_parcel_numbers()
            if order._shows_one_of(numbers):
                order._tell_tracking()
            elif parcel := order._get_parcel_to_fill(before):
                parcel.carrier_tracking_ref = order.waybill_number
            elif numbers and not order._get_waiting_tracking():
                self.env["merchant.issue"]._report(
                    order.store_id,
                    DIFFERS,
                    order,
                    severity="warning",
                    number=order.number,
                    shown=order.waybill_number,
                    numbers=", ".join(numbers),
                )

    def _get_parcel_to_fill(self, before):
        """Return the delivery that gets the number of the marketplace; nothing if people decide.

        :param str before: the number that the marketplace showed until now
        """
        parcels = self._get_parcels()
        if not self._get_parcel_numbers():
            # What Odoo has sent, and no delivery has any more, was withdrawn.
            is_withdrawn = self._is_from_odoo(self.waybill_number)
            return parcels.browse() if is_withdrawn else parcels[:1]
        if not before or self._is_from_odoo(before):
            return parcels.browse()
        # What came from there follows it.
        before = split_numbers(before)
        return parcels.filtered(lambda parcel: parcel._get_numbers() == before)[:1]

    # === PRIVACY === #

    def _erase(self):
        """Extend `garazd_merchant_center`: the pickup point may hold what the buyer wrote."""
        super()._erase()
        self.sale_order_id.pickup_location_data = False

    # === COMPLETION === #

    def _is_delivered(self):
        """Extend `garazd_merchant_center`: in stores that want it, the carrier has to say so."""
        return super()._is_delivered() and (
            self.store_id.completed_when == "shipped" or self._is_received()
        )

    def _is_received(self):
        """Tell whether the buyer has all parcels, by the carrier or by the marketplace.

        The marketplace knows of one of them, the one whose number it shows.
        """
        parcels = self._get_parcels().filtered(lambda p: p.state == "done")
        told = parcels.browse()
        if self.shipping_state == "delivered":
            shown = parcels.filtered(lambda p: self._shows_one_of(p._get_numbers()))
            told = shown if len(parcels) > 1 else parcels
        return all(parcel._is_received_by_buyer() for parcel in parcels - told)
