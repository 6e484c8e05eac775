from odoo import api, fields, models

from .merchant_category_portal import write_translations


class MerchantCategoryAttribute(models.Model):
    """An attribute that the marketplace asks for in one of its categories."""

    _name = "merchant.category.attribute"
    _description = "Marketplace Attribute"
    _order = "category_id, sequence, id"

    category_id = fields.Many2one(
        "merchant.category", required=True, index=True, ondelete="cascade"
    )
    external_id = fields.Char(string="External Identifier", required=True)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer()
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        selection=[
            ("select", "One of a list"),
            ("multiselect", "Several of a list"),
            ("real", "Number"),
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
        "merchant.category.attribute.value", "attribute_id", string="Values"
    )

    _external_uniq = models.Constraint(
        "UNIQUE(category_id, external_id)", "The category has this attribute already."
    )

    @api.model
    def _import_portal(self, marketplace, file):
        """Bring the attributes of the categories in a file up to date.

        :param str marketplace: a key of ``merchant.store.marketplace``
        :param PortalAttributeFile file: what it says
        :return: the numbers of created, updated, unchanged and archived attributes
        :rtype: dict[str, int]
        """
        counts = dict.fromkeys(("created", "updated", "unchanged", "archived"), 0)
        categories = self.env["merchant.category"].sudo().with_context(active_test=False)
        for external_id, attributes in file.attributes.items():
            category = categories.search(
                [
                    ("marketplace", "=", marketplace),
                    ("store_id", "=", False),
                    ("external_id", "=", external_id),
                ]
            ) or categories.create(
                {
                    "marketplace": marketplace,
                    "external_id": external_id,
                    "name": _pick_name(file.names.get(external_id), self.env.lang) or external_id,
                }
            )
            category._set_names(file.names.get(external_id) or {})
            for key, count in self._merge_category(category, attributes).items():
                counts[key] += count
        return counts

    def _merge_category(self, category, attributes):
        counts = dict.fromkeys(("created", "updated", "unchanged", "archived"), 0)
        model = self.sudo().with_context(active_test=False)
        known = model.search([("category_id", "=", category.id)]).grouped("external_id")
        for number, data in enumerate(attributes):
            vals = {
                "name": _pick_name(data.names, self.env.lang),
                "sequence": number,
                "active": True,
                "kind": data.kind,
                "unit": _pick_name(data.units, self.env.lang),
                "minimum": data.minimum or 0,
                "maximum": data.maximum or 0,
            }
            attribute = known.get(data.external_id)
            if not attribute:
                identity = {"category_id": category.id, "external_id": data.external_id}
                attribute = model.create(vals | identity)
                counts["created"] += 1
                attribute._translate(data)
                attribute._merge_values(data.values)
                continue
            changes = {name: value for name, value in vals.items() if attribute[name] != value}
            if changes:
                attribute.write(changes)
            changed = [
                changes,
                attribute._translate(data),
                attribute._merge_values(data.values),
            ]
            counts["updated" if any(changed) else "unchanged"] += 1
        named = {data.external_id for data in attributes}
        gone = model.union(*(a for key, a in known.items() if key not in named)).filtered("active")
        gone.active = False
        counts["archived"] = len(gone)
        return counts

    def _translate(self, data):
        """Write name and unit in the languages that are installed; tell whether any changed."""
        named = write_translations(self, "name", data.names)
        return write_translations(self, "unit", data.units) or named

    def _merge_values(self, values):
        """Bring the values of the list up to date; tell whether anything changed.

        :param values: pairs of identifier and names by language
        """
        known = self.with_context(active_test=False).value_ids.grouped("external_id")
        changed = False
        for number, (external_id, names) in enumerate(values):
            vals = {
                "name": _pick_name(names, self.env.lang),
                "sequence": number,
                "active": True,
            }
            value = known.pop(external_id, None)
            if value is None:
                identity = {"attribute_id": self.id, "external_id": external_id}
                value = self.value_ids.create(vals | identity)
                changed = True
            elif changes := {key: new for key, new in vals.items() if value[key] != new}:
                value.write(changes)
                changed = True
            changed = write_translations(value, "name", names) or changed
        gone = self.value_ids.browse([value.id for value in known.values() if value.active])
        gone.active = False
        return changed or bool(gone)


class MerchantCategoryAttributeValue(models.Model):
    """A value that the marketplace offers for an attribute."""

    _name = "merchant.category.attribute.value"
    _description = "Marketplace Attribute Value"
    _order = "attribute_id, sequence, id"

    attribute_id = fields.Many2one(
        "merchant.category.attribute", required=True, index=True, ondelete="cascade"
    )
    external_id = fields.Char(string="External Identifier", required=True)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer()
    active = fields.Boolean(default=True)

    _external_uniq = models.Constraint(
        "UNIQUE(attribute_id, external_id)", "The attribute has this value already."
    )


def _pick_name(names, lang):
    """Return the name in a language, else in Ukrainian, else any; False without one."""
    names = names or {}
    return names.get(lang) or names.get("uk_UA") or next(iter(names.values()), False)
