import json

from odoo import models
from odoo.tools import float_compare

from odoo.addons.garazd_merchant_center.exceptions import NeedsUser

POINTS = ("branch", "locker")


class MerchantOrderBuilder(models.AbstractModel):
    """Puts the delivery on the sales order: the method, the line, the pickup point."""

    _inherit = "merchant.order.builder"

    def _complete(self, order, data, sale_order):
        """Override of `garazd_merchant_center` to put the delivery method on the order."""
        super()._complete(order, data, sale_order)
        carrier = order._get_carrier()
        if carrier:
            self._set_carrier(order, data, sale_order, carrier)
        elif order.status_id.kind != "cancelled":
            order._report_unmapped()
        self._set_pickup_point(order, data, sale_order)

    def _set_carrier(self, order, data, sale_order, carrier):
        """Put a delivery method on a sales order, with a line where the store wants it.

        :param order: a ``merchant.order``
        :param OrderData data: what its payload says
        """
        if order.store_id.add_shipping:
            self._set_delivery_line(data, sale_order, carrier)
        else:
            sale_order.carrier_id = carrier

    def _set_delivery_line(self, data, sale_order, carrier):
        """Add the line of the delivery: what the buyer pays for it in the order, maybe nothing.

        :raises NeedsUser: Odoo makes another amount of it
        """
        charge = self._get_charge(data)
        sale_order.set_delivery_line(carrier, float(charge))
        line = sale_order.order_line.filtered("is_delivery")
        self._set_price(line, charge)
        if note := self._get_payer_note(data):
            line.name = f"{line.name}\n{note}"
        if float_compare(line.price_total, float(charge), precision_digits=6):
            raise NeedsUser(
                "order_total_differs",
                number=data.number,
                expected=str(data.amount_total + charge),
                actual=f"{sale_order.amount_total:.2f}",
            )

    def _get_charge(self, data):
        """Return what the buyer pays for the delivery in the order.

        :rtype: Decimal
        """
        return data.delivery.charge if data.delivery else data.delivery_cost or 0

    def _get_payer_note(self, data):
        """Return who pays for a delivery that the buyer does not pay, as a text of the line."""
        payer = data.delivery and data.delivery.payer
        if payer == "promotion":
            return self.env._("Paid by a promotion of the marketplace")
        if payer == "seller":
            return self.env._("Not part of the order")
        return None

    def _set_pickup_point(self, order, data, sale_order):
        """Tell Odoo that the parcel goes to a branch or a parcel locker.

        A carrier's module that works with pickup points finds it on the order, as if the buyer had
        chosen it in the online shop. The contact with its address is none where a person lives, so
        Odoo does not offer it for other orders. What was known of another place is forgotten.

        :param order: a ``merchant.order``
        :param OrderData | None data: what its payload says; None: its contact has the address
        """
        sale_order.pickup_location_data = False
        if order.delivery_kind not in POINTS:
            return
        sale_order._set_pickup_location(json.dumps(self._prepare_pickup_location(order, data)))
        contact = sale_order.partner_shipping_id
        if contact.type == "delivery" and contact.parent_id == sale_order.partner_id:
            contact.is_pickup_location = True

    def _prepare_pickup_location(self, order, data):
        """Return the pickup point; without a name, so that the contact gets the recipient's.

        :rtype: dict
        """
        place = data.delivery.place if data else order.sale_order_id.partner_shipping_id.street
        place = place or order.delivery_address or order.delivery_branch_number
        return {
            "id": order.delivery_branch_ref or order.delivery_branch_number or False,
            "street": place or False,
            "city": order.delivery_city or False,
            "zip_code": order.delivery_zip or False,
            "state": False,
            "country_code": order.company_id.country_id.code or "UA",
        }
