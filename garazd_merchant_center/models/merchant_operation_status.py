from odoo import api, fields, models


class MerchantOperation(models.Model):
    """Operations of the kind ``order_status``."""

    _inherit = "merchant.operation"

    new_status = fields.Char(
        string="What Is Sent",
        compute="_compute_new_status",
        help="The status that the order gets on the marketplace, and why it is cancelled; or the "
        "tracking number.",
    )

    # === COMPUTE METHODS === #

    @api.depends("payload")
    @api.depends_context("lang")
    def _compute_new_status(self):
        self.new_status = False
        for operation in self.filtered(lambda o: o.kind == "order_status" and o.payload):
            payload = operation.payload
            reasons = operation.store_id._get_adapter()._get_cancel_reasons()
            names = {reason.code: reason.name for reason in reasons}
            parts = [
                operation._get_status().name or payload["status"],
                names.get(payload.get("reason")),
                payload.get("comment"),
            ]
            operation.new_status = ": ".join(filter(None, parts))

    # === BUSINESS METHODS === #

    def _finish(self, state, message=False):
        """Extend: the order shows the status that the marketplace has confirmed."""
        super()._finish(state, message)
        if state == "done":
            for operation in self.filtered(lambda o: o.kind == "order_status"):
                order = self.env[operation.res_model].browse(operation.res_id).exists()
                order._note_status(operation._get_status())

    def _get_status(self):
        """Return the status that the order is to get; nothing when it is not known any more."""
        self.ensure_one()
        statuses = self.store_id.with_context(active_test=False).status_ids
        return statuses.filtered(lambda status: status.external_id == self.payload["status"])

    def _get_status_rank(self):
        """Return how far an order with that status has come."""
        status = self._get_status()
        return status._get_rank() if status else 0

    def _is_on_its_way(self):
        """Tell whether nothing more is needed to do in this store what the operation says."""
        self.ensure_one()
        is_test = self.store_id.mode == "test"
        return self.state == "pending" or (is_test and self.state == "withheld")
