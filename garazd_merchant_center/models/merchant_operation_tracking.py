from odoo import api, fields, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

KIND = "tracking"
# The issue of a delivery method whose carrier the marketplace does not accept.
CARRIER = "tracking_carrier"


class MerchantIssue(models.Model):
    """Carriers that the marketplace does not accept with tracking numbers."""

    _inherit = "merchant.issue"

    code = fields.Selection(
        selection_add=[(CARRIER, "A carrier is not accepted with tracking numbers")],
        ondelete={CARRIER: "cascade"},
    )

    @api.model
    def _get_details(self):
        return super()._get_details() | {
            CARRIER: _lt(
                "The marketplace does not take tracking numbers of orders with the delivery method "
                "%(method)s, because it does not accept their carrier (%(carrier)s). An "
                "administrator opens the delivery method and enters the marketplace's code of the "
                "carrier under Carrier for Tracking Numbers: the numbers are then sent by "
                "themselves, and this issue closes. The answer was: %(reason)s."
            ),
        }


class MerchantOperation(models.Model):
    """Operations of the kind ``tracking``: the number of a parcel is told to the marketplace."""

    _inherit = "merchant.operation"

    kind = fields.Selection(
        selection_add=[(KIND, "Send the tracking number")], ondelete={KIND: "cascade"}
    )

    # === COMPUTE METHODS === #

    @api.depends("payload")
    @api.depends_context("lang")
    def _compute_new_status(self):
        """Extend: the number that the order gets."""
        numbers = self.filtered(lambda o: o.kind == KIND and o.payload)
        super(MerchantOperation, self - numbers)._compute_new_status()
        for operation in numbers:
            operation.new_status = operation.payload["number"]

    # === BUSINESS METHODS === #

    def _finish(self, state, message=False):
        """Extend: note on the order which number the marketplace has taken."""
        super()._finish(state, message)
        numbers = self.filtered(lambda o: o.kind == KIND)
        if state == "done":
            for operation in numbers:
                operation._get_order()._note_tracking(operation.payload["number"])
        if state != "failed":
            for operation in numbers:
                operation._get_order().delivery_method_id._settle_carrier(state == "done")

    def _report_failure(self, outcome):
        """Extend: a carrier that is not accepted is told once for all its orders."""
        cause = outcome.cause
        method = self.kind == KIND and self._get_order().delivery_method_id
        if not method or not cause or cause.code != CARRIER:
            super()._report_failure(outcome)
            return
        values = {"method": method.name, "carrier": "-"} | cause.values
        self.env["merchant.issue"]._report(self.store_id, CARRIER, method, **values)

    def _get_order(self):
        """Return the order whose number it is; nothing when it was deleted."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id).exists()
