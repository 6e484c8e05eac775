from odoo import models

# Unit that a marketplace sells in -> the one of Odoo. Whatever else it names counts pieces.
UNITS = {
    "mm": "uom.product_uom_millimeter",
    "cm": "uom.product_uom_cm",
    "m": "uom.product_uom_meter",
    "km": "uom.product_uom_km",
    "m2": "uom.product_uom_square_meter",
    "ml": "uom.product_uom_milliliter",
    "l": "uom.product_uom_litre",
    "m3": "uom.product_uom_cubic_meter",
    "g": "uom.product_uom_gram",
    "kg": "uom.product_uom_kgm",
    "t": "uom.product_uom_ton",
}


class MerchantOrderBuilder(models.AbstractModel):
    """Half a kilogram stays half a kilogram, also of a product that Odoo counts in grams."""

    _inherit = "merchant.order.builder"

    def _get_unit(self, line):
        """Return the unit that a line is sold in; nothing when it is none of Odoo's.

        :param OrderLineData line:
        :rtype: uom.uom
        """
        unit = line.unit in UNITS and self.env.ref(UNITS[line.unit], raise_if_not_found=False)
        return unit or self.env["uom.uom"]

    def _get_line_unit(self, line, product):
        """Return the unit of a line: that of the marketplace where Odoo can convert it.

        :param OrderLineData line:
        :param product: the ``product.product`` of the line
        :rtype: uom.uom
        """
        own, unit = product.uom_id, self._get_unit(line)
        return unit if unit and unit._has_common_reference(own) else own
