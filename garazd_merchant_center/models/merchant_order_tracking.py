from odoo import fields, models

from .merchant_operation_tracking import KIND


class MerchantOrder(models.Model):
    """The number of the parcel, on its way to the marketplace."""

    _inherit = "merchant.order"

    waybill_sent = fields.Char(
        string="Tracking Number Sent",
        readonly=True,
        help="The number of the parcel that the marketplace has taken from Odoo.",
    )

    def _get_shown_tracking(self):
        """Return the number that buyers see on the marketplace, as far as is known."""
        self.ensure_one()
        return self.waybill_number or self.waybill_sent

    def _push_tracking(self, number):
        """Tell the marketplace the number of the parcel, before anything else that waits.

        Nothing is written down when it has the number already, or when there is nobody to be told.
        A number that still waits is replaced.

        :param str number: of the parcel
        """
        self.ensure_one()
        if number == self._get_shown_tracking():
            reason = self.env._("The marketplace has the number %(number)s already", number=number)
            self._drop_tracking(reason)
            return
        waiting = self._get_waiting_tracking()
        if any(o._is_on_its_way() and o.payload["number"] == number for o in waiting):
            return
        store = self.store_id
        if store.active and store._get_adapter()._takes_tracking(self):
            self.env["merchant.operation"]._enqueue(
                store, KIND, self, {"number": number}, is_urgent=True
            )

    def _drop_tracking(self, reason):
        """Do not send the numbers that wait.

        :param str reason: in words
        """
        self._get_waiting_tracking()._finish("cancelled", reason)

    def _get_waiting_tracking(self):
        """Return the numbers that may still be sent, by themselves or by a person."""
        # Elevated: operations belong to the system.
        operations = self.env["merchant.operation"].sudo()
        return operations.search(
            [
                ("kind", "=", KIND),
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("state", "in", ("pending", "withheld", "failed")),
            ]
        )

    def _note_tracking(self, number):
        """Note that the marketplace has taken a number.

        :param str number: of the parcel
        """
        self.write({"waybill_number": number, "waybill_sent": number})
