from odoo import api, models
from odoo.exceptions import UserError

# What stands in imported orders, even before there is one.
OWN_PRODUCTS = (
    "garazd_merchant_center.product_unknown",
    "garazd_merchant_center.product_discount",
)


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_merchant_products(self):
        for name in OWN_PRODUCTS:
            product = self.env.ref(name, raise_if_not_found=False)
            if product and product in self:
                raise UserError(
                    self.env._(
                        "Orders of marketplaces need the product %(product)s. Archive it if it "
                        "should not be seen.",
                        product=product.display_name,
                    )
                )

    def write(self, vals):
        """Override to note products whose price or presence may change."""
        self.env["merchant.listing.change"]._note(self)
        return super().write(vals)


class ProductTemplate(models.Model):
    _inherit = "product.template"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_merchant_products(self):
        variants = self.with_context(active_test=False).product_variant_ids
        variants._unlink_except_merchant_products()

    def write(self, vals):
        """Override to note products whose price or presence may change."""
        result = super().write(vals)
        # Afterwards, because writing may bring variants back.
        self._note_merchant_changes()
        return result

    def _note_merchant_changes(self):
        variants = self.with_context(active_test=False).product_variant_ids
        self.env["merchant.listing.change"]._note(variants)


class ProductTemplateAttributeValue(models.Model):
    _inherit = "product.template.attribute.value"

    def write(self, vals):
        """Override to note variants whose extra price changes."""
        if "price_extra" in vals:
            self.env["merchant.listing.change"]._note(self.ptav_product_variant_ids)
        return super().write(vals)
