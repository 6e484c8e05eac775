from odoo import models


class MerchantOrderBuilder(models.AbstractModel):
    """A discount of the marketplace is taxed as the goods are: taxes are due on what is paid."""

    _inherit = "merchant.order.builder"

    def _get_discount_lines(self, sale_order):
        """Return the lines of the marketplace's discount: one for each set of taxes."""
        product = self.env.ref("garazd_merchant_center.product_discount")
        return sale_order.order_line.filtered(lambda line: line.product_id == product)

    def _split_discount(self, sale_order, data):
        """Return the part of the discount that goods with each set of taxes bear.

        :param OrderData data:
        :return: tuples of taxes and amount; the amounts make the discount, to the last kopeck
        :rtype: list[tuple[account.tax, float]]
        """
        if not data.discount:
            return []
        goods = sale_order.order_line.filtered("merchant_line_ref").grouped("tax_ids")
        totals = {taxes: sum(lines.mapped("price_total")) for taxes, lines in goods.items()}
        left, rest = float(data.discount), sum(totals.values())
        parts = []
        for taxes, total in totals.items():
            part = sale_order.currency_id.round(left * total / rest) if rest != total else left
            parts.append((taxes, part))
            left, rest = left - part, rest - total
        return parts

    def _set_discount(self, sale_order, data):
        """Bring the lines of the discount in line with the goods.

        :param OrderData data:
        :return: lines that are not needed any more
        """
        lines = self._get_discount_lines(sale_order)
        parts = self._split_discount(sale_order, data)
        vals = self._prepare_discount_vals(data) | {"order_id": sale_order.id}
        lines += lines.create([vals] * (len(parts) - len(lines)))
        for line, (taxes, part) in zip(lines, parts, strict=False):
            line.write({"tax_ids": taxes.ids, "product_uom_qty": 1})
            self._set_price(line, -part)
        return lines[len(parts) :]
