from odoo import models


class MerchantOrderBuilder(models.AbstractModel):
    _inherit = "merchant.order.builder"

    def _complete(self, order, data, sale_order):
        """Override of `garazd_merchant_center` to put the delivery method on the order."""
        super()._complete(order, data, sale_order)
        carrier = order.delivery_method_id.carrier_id or order.store_id.carrier_id
        if not carrier:
            return
        if not order.store_id.add_shipping:
            sale_order.carrier_id = carrier
            return
        sale_order.set_delivery_line(carrier, 0)
        line = sale_order.order_line.filtered("is_delivery")
        self._set_price(line, data.delivery_cost or 0)
