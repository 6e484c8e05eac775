from odoo import api, fields, models

from ..models.merchant_catalogue_name import OFFICIAL_LANG, normalise

# So many names are told, then how many more there are.
FEW_NAMES = 5


class MerchantAttributeMatch(models.TransientModel):
    """Proposes the official names of the marketplace for the attributes of Odoo."""

    _name = "merchant.attribute.match"
    _description = "Match Attributes"

    marketplace = fields.Char(required=True, readonly=True)
    line_ids = fields.One2many("merchant.attribute.match.line", "match_id", string="Proposals")
    message = fields.Text(compute="_compute_message", help="Why there is nothing to accept.")

    @api.depends("marketplace", "line_ids")
    def _compute_message(self):
        for match in self:
            reasons = [] if match.line_ids else match._explain_nothing()
            match.message = "\n".join(reasons)

    @api.model
    def action_propose(self, marketplace):
        """Open the proposals of a marketplace.

        :param str marketplace: a key of ``merchant.store.marketplace``
        :return: an action
        """
        lines = [fields.Command.create(vals) for vals in self._propose(marketplace)]
        return self.create({"marketplace": marketplace, "line_ids": lines})._show()

    def action_accept_safe(self):
        """Accept the proposals that leave no doubt."""
        self.ensure_one()
        self.line_ids.filtered("is_safe")._accept()
        return self._show()

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Match Attributes"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # === PROPOSALS === #

    @api.model
    def _propose(self, marketplace):
        """Return the values of one line for each name that could be made official."""
        official, attributes, langs = self._get_both(marketplace)
        by_name = _group_by_names(official)
        lines = []
        for attribute in attributes:
            found = self._find_equal(attribute, by_name, langs)
            if not found:
                continue
            names, units = sorted(set(found.mapped("name"))), set(found.mapped("unit"))
            unit = units.pop() if len(units) == 1 else False
            if attribute.portal_name != names[0] or (unit and attribute.portal_unit != unit):
                lines.append(
                    {
                        "attribute_id": attribute.id,
                        "official_name": names[0],
                        "unit": unit,
                        # Whether the numbers in Odoo are in this unit only a person can know.
                        "is_safe": len(names) == 1 and not (unit or units),
                    }
                )
            lines += self._propose_values(attribute, found.value_ids, langs)
        return lines

    @api.model
    def _get_both(self, marketplace):
        """Return the attributes of the marketplace, those of Odoo, and the languages to look in.

        :rtype: tuple[merchant.category.attribute, product.attribute, list[str]]
        """
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        lang = OFFICIAL_LANG if OFFICIAL_LANG in langs else self.env.lang
        official = self.env["merchant.category.attribute"].with_context(lang=lang)
        official = official.search([("category_id.marketplace", "=", marketplace)])
        attributes = self.env["product.attribute"].with_context(lang=lang)
        return official, attributes.search([("value_ids", "!=", False)]), langs

    def _propose_values(self, attribute, official, langs):
        by_name = _group_by_names(official)
        for value in attribute.value_ids:
            found = self._find_equal(value, by_name, langs)
            names = sorted(set(found.mapped("name"))) if found else []
            # Without a name of its own the value is published as it is.
            if names and (value.portal_name or value.name) not in names:
                yield {
                    "attribute_id": attribute.id,
                    "value_id": value.id,
                    "official_name": names[0],
                    "is_safe": len(names) == 1,
                }

    def _find_equal(self, record, by_name, langs):
        """Return what is called as a record in any language, its official name first."""
        names = [record.portal_name, *(record.with_context(lang=lang).name for lang in langs)]
        return next((by_name[key] for key in map(normalise, names) if key in by_name), None)

    # === NOTHING TO ACCEPT === #

    def _explain_nothing(self):
        """Return sentences that say what is missing, or that all is done.

        :rtype: list[str]
        """
        self.ensure_one()
        official, attributes, langs = self._get_both(self.marketplace)
        if not attributes:
            return [
                self.env._("Odoo has no attributes with values. Add them to your products first.")
            ]
        sentences = []
        if official:
            by_name = _group_by_names(official)
            strange = attributes.filtered(lambda a: not self._find_equal(a, by_name, langs))
            if known := attributes - strange:
                sentences.append(
                    self.env._(
                        "Already as on the marketplace: %(names)s.", names=self._name_few(known)
                    )
                )
            if strange:
                sentences.append(
                    self.env._(
                        "Not called as any imported attribute, so nothing is proposed: %(names)s. "
                        "Rename them, or type the official name into the attribute.",
                        names=self._name_few(strange),
                    )
                )
            sentences.append(
                self.env._(
                    "Attributes were imported for the categories: %(names)s.",
                    names=self._name_few(official.category_id),
                )
            )
        else:
            sentences.append(self.env._("No attributes of the marketplace were imported yet."))
        if missing := self._get_used_categories() - official.category_id:
            sentences.append(
                self.env._(
                    "Your products are in categories whose attributes were not imported: "
                    "%(names)s. Import them, then match again.",
                    names=self._name_few(missing),
                )
            )
        return sentences

    def _name_few(self, records):
        """Return the names of the first records, and how many more there are.

        :rtype: str
        """
        # In the language of the user, not in that of the official names.
        records = records.with_env(self.env)
        names = ", ".join(records[:FEW_NAMES].mapped("display_name"))
        return f"{names} (+{len(records) - FEW_NAMES})" if len(records) > FEW_NAMES else names

    def _get_used_categories(self):
        """Return the categories of the marketplace that products of the stores are in."""
        groups = self.env["merchant.listing"]._read_group(
            [
                ("portal_category_id", "!=", False),
                ("store_id.marketplace", "=", self.marketplace),
            ],
            ["portal_category_id"],
        )
        return self.env["merchant.category"].union(*(category for (category,) in groups))


class MerchantAttributeMatchLine(models.TransientModel):
    """A proposal: the official name of an attribute or of one of its values."""

    _name = "merchant.attribute.match.line"
    _description = "Proposed Name of an Attribute"

    match_id = fields.Many2one("merchant.attribute.match", required=True, ondelete="cascade")
    attribute_id = fields.Many2one("product.attribute", required=True, ondelete="cascade")
    value_id = fields.Many2one("product.attribute.value", ondelete="cascade")
    official_name = fields.Char(required=True)
    unit = fields.Char()
    is_safe = fields.Boolean(
        string="Safe",
        help="There is one official name only, and no unit that a person should compare.",
    )

    def action_accept(self):
        """Write the official name and show what is left."""
        match = self.match_id
        self._accept()
        return match._show()

    def _accept(self):
        for line in self:
            if line.value_id:
                line.value_id.portal_name = line.official_name
            else:
                vals = {"portal_name": line.official_name}
                line.attribute_id.write(vals | ({"portal_unit": line.unit} if line.unit else {}))
        self.unlink()


def _group_by_names(records):
    """Return what the marketplace has under each of its names, in whatever language.

    :rtype: dict[str, merchant.catalogue.name]
    """
    found = {}
    for record in records:
        for name in {record.name, *(record.names or {}).values()}:
            found.setdefault(normalise(name), []).append(record.id)
    return {name: records.browse(ids) for name, ids in found.items()}
