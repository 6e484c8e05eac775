from odoo import models


class MerchantOperation(models.Model):
    """Operations of the kind ``order_status``."""

    _inherit = "merchant.operation"

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
