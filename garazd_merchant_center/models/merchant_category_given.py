from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Who may see the catalogue of a marketplace.
READERS = "garazd_merchant_center.group_user,product.group_product_manager"


class MerchantCategory(models.Model):
    """The category of the marketplace that a product group of a store was given.

    The most specific one counts: that of the product, of its group in the store or the nearest one
    above, of its group in the data feed, of its product category or the nearest one above.
    """

    _inherit = "merchant.category"

    portal_category_id = fields.Many2one(
        "merchant.category",
        string="Category on the Marketplace",
        index="btree_not_null",
        ondelete="set null",
        domain="[('store_id', '=', False), ('marketplace', '=', marketplace), "
        "('is_leaf', '=', True)]",
        help="For the products that the store shows in this group or below it. It goes before the "
        "category of their product category and of the group in the data feed; a category that a "
        "product was given itself goes before this one.",
    )

    @api.constrains("portal_category_id", "store_id")
    def _check_portal_category_id(self):
        for group in self.filtered("portal_category_id"):
            given = group.portal_category_id
            if not group.store_id or given.store_id or given.marketplace != group.marketplace:
                raise ValidationError(
                    self.env._(
                        "The product group of a store takes a category of the marketplace: "
                        "%(group)s",
                        group=group.complete_name,
                    )
                )

    def _get_given_category(self):
        """Return the category that the nearest group upwards was given."""
        group = self
        while group and not group.portal_category_id:
            group = group.parent_id
        return group.portal_category_id


class ProductCategory(models.Model):
    _inherit = "product.category"

    merchant_category_id = fields.Many2one(
        "merchant.category",
        string="Category on the Marketplace",
        groups=READERS,
        domain="[('store_id', '=', False), ('is_leaf', '=', True)]",
        help="For all products of this category, and of those below it, that have none of their "
        "own and none by their group in the store or in the data feed. The price lists publish it.",
    )

    def _get_merchant_category(self):
        """Return the category of the nearest one upwards that has any."""
        category = self
        while category and not category.merchant_category_id:
            category = category.parent_id
        return category.merchant_category_id


class ProductTemplate(models.Model):
    _inherit = "product.template"

    merchant_category_id = fields.Many2one(
        "merchant.category",
        string="Category in the Catalogue",
        compute="_compute_merchant_category_id",
        inverse="_inverse_merchant_category_id",
        groups=READERS,
        domain="[('store_id', '=', False), ('is_leaf', '=', True)]",
        help="Chosen here, it stands above as its number. It goes before the category of the "
        "product's group in the store and of its product category.",
    )

    @api.depends("portal_category_ref")
    def _compute_merchant_category_id(self):
        categories = self.env["merchant.category"].search(
            [("store_id", "=", False), ("external_id", "in", self.mapped("portal_category_ref"))]
        )
        by_id = {category.external_id: category for category in categories}
        for template in self:
            template.merchant_category_id = by_id.get(template.portal_category_ref)

    def _inverse_merchant_category_id(self):
        for template in self:
            template.portal_category_ref = template.merchant_category_id.external_id

    def _get_portal_category_ref(self):
        """Return the number of the category that the product was given, whatever the store.

        Its own, or that of its product category.
        """
        self.ensure_one()
        own = self.portal_category_ref
        return own or self.sudo().categ_id._get_merchant_category().external_id
