from odoo import api, fields, models

KIND = "tracking"


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
        if state == "done":
            for operation in self.filtered(lambda o: o.kind == KIND):
                order = self.env[operation.res_model].browse(operation.res_id).exists()
                order._note_tracking(operation.payload["number"])
