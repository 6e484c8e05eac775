from odoo import fields, models


class MerchantOrderChange(models.Model):
    _inherit = "merchant.order.change"

    kind = fields.Selection(
        selection_add=[
            ("delivery_method", "Delivery method"),
            ("delivery_charge", "Delivery cost"),
        ],
        ondelete={"delivery_method": "cascade", "delivery_charge": "cascade"},
    )


class MerchantOrderUpdater(models.AbstractModel):
    """Follows what changes in the delivery of an order: the method and the cost."""

    _inherit = "merchant.order.updater"

    def _get_facts(self, store, data, before=None):
        """Extend `garazd_merchant_center`: the method, and the cost where it has a line."""
        facts = super()._get_facts(store, data, before)
        facts["delivery_method"] = data.delivery_method.name if data.delivery_method else ""
        if store.add_shipping:
            charge = self.env["merchant.order.builder"]._get_charge(data)
            facts["delivery_charge"] = f"{charge:.2f}"
        return facts

    def _get_value_facts(self):
        return (*super()._get_value_facts(), "delivery_method", "delivery_charge")

    def _apply(self, order, data):
        """Extend `garazd_merchant_center` to bring the delivery method and its line up to date."""
        old = order.facts
        super()._apply(order, data)
        new = self._get_facts(order.store_id, data, old)
        is_other = self._is_changed("delivery_method", old, new)
        if new["cancelled"] or not (is_other or self._is_changed("delivery_charge", old, new)):
            return
        sale_order = order.sale_order_id
        carrier = order._get_carrier() if is_other else sale_order.carrier_id
        if not carrier:
            order._report_unmapped()
            return
        self.env["merchant.order.builder"]._set_carrier(order, data, sale_order, carrier)
        waiting = sale_order.picking_ids._filter_to_buyer()
        waiting.filtered(lambda p: p.state not in ("done", "cancel")).carrier_id = carrier
