from odoo import fields, models

PRODUCT = "product.product"


class ProductProduct(models.Model):
    _inherit = "product.product"

    merchant_mapping_names = fields.Char(
        string="Mapped To",
        compute="_compute_merchant_mapping_names",
        groups="garazd_merchant_center.group_user",
    )

    def _compute_merchant_mapping_names(self):
        mappings = self._get_merchant_mappings().grouped("res_id")
        for product in self:
            product.merchant_mapping_names = ", ".join(
                f"{mapping.store_id.name} {mapping.external_id}"
                for mapping in mappings.get(product.id, ())
            )

    def _get_merchant_mappings(self):
        """Return what these products are in the stores."""
        return self.env["merchant.mapping"].search(
            [("model", "=", PRODUCT), ("res_id", "in", self.ids)]
        )

    def unlink(self):
        """Override to forget what these products are in the stores."""
        # Elevated: mappings belong to administrators of the Merchant Center.
        self.sudo()._get_merchant_mappings().unlink()
        return super().unlink()

    def action_set_merchant_mapping(self):
        """Open the wizard that says which product of a store this is."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set Mapping"),
            "res_model": "merchant.mapping.set",
            "view_mode": "form",
            "target": "new",
            "context": {"default_product_id": self.id},
        }

    def action_show_merchant_mappings(self):
        """Open all mappings of these products."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "garazd_merchant_center.merchant_mapping_action"
        )
        return action | {"domain": [("model", "=", PRODUCT), ("res_id", "in", self.ids)]}


class ProductTemplate(models.Model):
    _inherit = "product.template"

    merchant_mapping_names = fields.Char(
        string="Mapped To",
        compute="_compute_merchant_mapping_names",
        groups="garazd_merchant_center.group_user",
    )

    def _compute_merchant_mapping_names(self):
        for template in self:
            names = template.product_variant_ids.mapped("merchant_mapping_names")
            template.merchant_mapping_names = ", ".join(filter(None, names))

    def unlink(self):
        """Override of `product`: the database deletes the variants, without asking their model."""
        variants = self.with_context(active_test=False).product_variant_ids
        variants.sudo()._get_merchant_mappings().unlink()
        return super().unlink()

    def action_set_merchant_mapping(self):
        """Open the wizard for the only variant."""
        return self.product_variant_id.action_set_merchant_mapping()

    def action_show_merchant_mappings(self):
        """Open all mappings of all variants."""
        return self.product_variant_ids.action_show_merchant_mappings()
