from odoo import fields, models

from odoo.addons.garazd_merchant_center.models.merchant_order_updater import DELIVERY


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
        method = data.delivery_method
        facts["delivery_method"] = method.name if method else ""
        facts["delivery_method_ref"] = method.external_id if method else ""
        if store.add_shipping:
            charge = self.env["merchant.order.builder"]._get_charge(data)
            facts["delivery_charge"] = f"{charge:.2f}"
        return facts

    def _get_value_facts(self):
        return (*super()._get_value_facts(), "delivery_method", "delivery_charge")

    def _is_changed(self, key, old, new):
        """Extend `garazd_merchant_center`: a delivery method with another name is the same."""
        ref = "delivery_method_ref"
        if key == "delivery_method" and old.get(ref) and new.get(ref):
            key = ref
        return super()._is_changed(key, old, new)

    def _apply(self, order, data):
        """Extend `garazd_merchant_center` to bring the delivery up to date.

        That is the method, its line, and the branch or parcel locker.
        """
        old = order.facts
        super()._apply(order, data)
        new = self._get_facts(order.store_id, data, old)
        if new["cancelled"]:
            return
        is_other = self._is_changed("delivery_method", old, new)
        if is_other or self._is_changed("delivery_charge", old, new):
            self._apply_carrier(order, data, is_other)
        if is_other or any(self._is_changed(key, old, new) for key in DELIVERY):
            builder = self.env["merchant.order.builder"]
            builder._set_pickup_point(order, data, order.sale_order_id)

    def _apply_carrier(self, order, data, is_other):
        """Bring the delivery method and its line up to date, also on what is still to be sent.

        :param bool is_other: the order has another delivery method on the marketplace
        """
        sale_order = order.sale_order_id
        carrier = order._get_carrier() if is_other else sale_order.carrier_id
        if carrier:
            self.env["merchant.order.builder"]._set_carrier(order, data, sale_order, carrier)
        else:
            order._report_unmapped()
            if not is_other:
                return
            # The carrier of the method before, and what it costs, are wrong by now.
            if order.store_id.add_shipping:
                sale_order._remove_delivery_line()
            sale_order.carrier_id = False
        waiting = sale_order.picking_ids._filter_to_buyer()
        waiting.filtered(lambda p: p.state not in ("done", "cancel")).carrier_id = carrier
