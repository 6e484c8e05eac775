from odoo import fields, models


class ProductAttribute(models.Model):
    _inherit = "product.attribute"

    portal_name = fields.Char(
        string="Name on the Marketplace",
        help="The attribute exactly as the catalog of the marketplace calls it, so that buyers can "
        "filter by it. Attributes with this name are published before the others.",
        groups="base.group_user",
    )
    portal_unit = fields.Char(
        string="Unit on the Marketplace",
        help="As the marketplace writes it: its units are usually Ukrainian.",
        groups="base.group_user",
    )


class ProductAttributeValue(models.Model):
    _inherit = "product.attribute.value"

    portal_name = fields.Char(
        string="Name on the Marketplace",
        help="The value exactly as the list of the marketplace has it. Empty: the value as it is.",
        groups="base.group_user",
    )
