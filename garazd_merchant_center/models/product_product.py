from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def write(self, vals):
        """Override to note products whose price or presence may change."""
        self.env["merchant.listing.change"]._note(self)
        return super().write(vals)


class ProductTemplate(models.Model):
    _inherit = "product.template"

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
