from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    merchant_fee = fields.Monetary(
        string="Marketplace Fee",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What the marketplace charges the seller for this product.",
    )
    # Which line of the marketplace's order it is.
    merchant_line_ref = fields.Char(readonly=True, copy=False, groups="base.group_user")

    def _compute_tax_ids(self):
        """Override of `sale`: the prices of an order that is just imported hold their taxes."""
        super()._compute_tax_ids()
        if self.env.context.get("merchant_taxes_included"):
            builder = self.env["merchant.order.builder"]
            for taxes, lines in self.grouped("tax_ids").items():
                lines.tax_ids = builder._get_included_taxes(taxes)
