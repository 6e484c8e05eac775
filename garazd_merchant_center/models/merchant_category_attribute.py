from odoo import api, fields, models


class MerchantCategoryAttribute(models.Model):
    """An attribute that the marketplace asks for in one of its categories."""

    _name = "merchant.category.attribute"
    _inherit = ["merchant.catalogue.name"]
    _description = "Marketplace Attribute"
    _order = "category_id, sequence, id"

    category_id = fields.Many2one(
        "merchant.category", required=True, index=True, ondelete="cascade"
    )
    external_id = fields.Char(string="External Identifier", required=True)
    sequence = fields.Integer()
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        selection=[
            ("select", "One of a list"),
            ("multiselect", "Several of a list"),
            ("real", "Decimal number"),
            ("integer", "Whole number"),
            ("bool", "Yes or no"),
            ("text", "Text"),
        ],
        required=True,
    )
    unit = fields.Char(translate=True)
    minimum = fields.Float()
    maximum = fields.Float()
    value_ids = fields.One2many(
        "merchant.category.attribute.value", "attribute_id", string="Allowed Values"
    )

    _external_uniq = models.Constraint(
        "UNIQUE(category_id, external_id)", "The category has this attribute already."
    )

    @api.model
    def _merge_portal(self, category, attributes):
        """Bring the attributes of a category up to date; doing it twice changes nothing.

        Those that are not named any more are archived, as are their values.

        :param category: the ``merchant.category``
        :param attributes: ``PortalAttribute`` values
        :return: the numbers of created, updated, unchanged and archived attributes
        :rtype: dict[str, int]
        """
        # In no language: the name that stands for all of them.
        model = self.sudo().with_context(active_test=False, lang=None)
        known = model.search([("category_id", "=", category.id)]).grouped("external_id")
        vals_by_key, units = {}, {}
        for number, data in enumerate(attributes):
            vals_by_key[data.external_id] = {
                "category_id": category.id,
                "external_id": data.external_id,
                "sequence": number,
                "active": True,
                "kind": data.kind,
                "minimum": data.minimum or 0,
                "maximum": data.maximum or 0,
                "names": dict(data.names),
            }
            units[data.external_id] = data.units
        records, created, changed = model._merge_entries(known, vals_by_key)
        changed |= model._write_translations(
            "unit",
            {records[key]: self._get_translations(texts) for key, texts in units.items()},
        )
        values = self.env["merchant.category.attribute.value"]
        changed |= values._merge_portal(
            {records[data.external_id]: data.values for data in attributes}
        )
        gone = model.union(*(a for key, a in known.items() if key not in records))
        gone = gone.filtered("active")
        gone.active = False
        return {
            "created": len(created),
            "updated": len(changed - created),
            "unchanged": len(records) - len(changed | created),
            "archived": len(gone),
        }


class MerchantCategoryAttributeValue(models.Model):
    """A value that the marketplace offers for an attribute."""

    _name = "merchant.category.attribute.value"
    _inherit = ["merchant.catalogue.name"]
    _description = "Marketplace Attribute Value"
    _order = "attribute_id, sequence, id"

    attribute_id = fields.Many2one(
        "merchant.category.attribute", required=True, index=True, ondelete="cascade"
    )
    external_id = fields.Char(string="External Identifier", required=True)
    sequence = fields.Integer()
    active = fields.Boolean(default=True)

    _external_uniq = models.Constraint(
        "UNIQUE(attribute_id, external_id)", "The attribute has this value already."
    )

    @api.model
    def _merge_portal(self, lists):
        """Bring the values of many attributes up to date.

        :param dict lists: by attribute the pairs of identifier and names by language
        :return: the attributes whose values changed
        """
        attributes = self.env["merchant.category.attribute"].union(*lists)
        model = self.sudo().with_context(active_test=False, lang=None)
        known = {
            (value.attribute_id.id, value.external_id): value
            for value in model.search([("attribute_id", "in", attributes.ids)])
        }
        vals_by_key = {
            (attribute.id, external_id): {
                "attribute_id": attribute.id,
                "external_id": external_id,
                "sequence": number,
                "active": True,
                "names": dict(names),
            }
            for attribute, values in lists.items()
            for number, (external_id, names) in enumerate(values)
        }
        records, created, changed = model._merge_entries(known, vals_by_key)
        gone = model.union(*(value for key, value in known.items() if key not in records))
        gone = gone.filtered("active")
        gone.active = False
        return (created | changed | gone).attribute_id
