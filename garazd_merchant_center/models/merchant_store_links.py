from odoo import models


class MerchantStore(models.Model):
    """Leads from a store to what belongs to it."""

    _inherit = "merchant.store"

    # === ACTION METHODS === #

    def action_open_orders(self):
        """Open the orders read from this store."""
        return self._open("garazd_merchant_center.merchant_order_action")

    def action_open_sale_orders(self):
        """Open the sales orders of this store."""
        action = self._open("sale.action_orders")
        action["domain"] = [("merchant_store_id", "=", self.id)]
        return action

    def action_open_listings(self):
        """Open the listings of this store."""
        return self._open("garazd_merchant_center.merchant_listing_action")

    def action_open_issues(self):
        """Open the issues of this store."""
        action = self._open("garazd_merchant_center.merchant_issue_action")
        action["context"] = {"search_default_open": 1}
        return action

    def action_open_withheld(self):
        """Open what Production would have sent."""
        action = self._open("garazd_merchant_center.merchant_operation_action")
        action["context"] = {"search_default_withheld": 1}
        return action

    def _open(self, xml_id):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        return action | {"domain": [("store_id", "=", self.id)], "context": {}}
