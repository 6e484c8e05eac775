from odoo import api, fields, models
from odoo.exceptions import UserError

# A complete list that lacks more than this share of what is known may be of something else.
MAX_VANISHED = 0.5


class MerchantAdapter(models.AbstractModel):
    _inherit = "merchant.adapter"

    def _parse_category_file(self, content):
        """Return what a file with the categories of the marketplace says; no network.

        :param bytes content: in whatever form the marketplace publishes them
        :rtype: PortalFile
        :raises UserError: it is no such file
        """
        raise UserError(self.env._("This marketplace has no list of categories."))

    def _fetch_category_file(self):
        """Return the list of categories that the marketplace publishes.

        :rtype: bytes
        :raises UserError: it does not answer
        """
        raise UserError(self.env._("This marketplace publishes no list of categories."))

    def _parse_attribute_file(self, content):
        """Return what a file with the attributes of categories says; no network.

        :rtype: PortalAttributeFile
        :raises UserError: it is no such file
        """
        raise UserError(self.env._("This marketplace has no list of attributes."))

    def _fetch_attribute_file(self, link):
        """Return the file that a link of the cabinet leads to. The link is a secret.

        :rtype: bytes
        :raises UserError: it leads elsewhere, or does not answer
        """
        raise UserError(self.env._("This marketplace has no list of attributes."))


class MerchantCategory(models.Model):
    """A category of the marketplace's own catalogue, or a product group of a store."""

    _inherit = "merchant.category"

    store_id = fields.Many2one(
        required=False, help="Empty: a category of the marketplace's own catalogue."
    )
    marketplace = fields.Selection(
        selection=lambda self: (
            self.env["merchant.store"]._fields["marketplace"]._description_selection(self.env)
        ),
        compute="_compute_marketplace",
        store=True,
        readonly=False,
        precompute=True,
    )
    is_leaf = fields.Boolean(
        string="Can Be Chosen",
        compute="_compute_is_leaf",
        store=True,
        help="Products belong into categories that have none below them.",
    )
    commission_rate = fields.Float(
        string="Commission (%)", digits=(5, 2), readonly=True, aggregator=False
    )
    # Who chooses a category for a product need not see what the stores have in it.
    listing_count = fields.Integer(
        string="Products",
        compute="_compute_listing_count",
        groups="garazd_merchant_center.group_user",
    )
    attribute_ids = fields.One2many(
        "merchant.category.attribute",
        "category_id",
        string="Attributes",
        groups="garazd_merchant_center.group_user",
    )

    _portal_uniq = models.UniqueIndex(
        "(marketplace, external_id) WHERE store_id IS NULL", "This category is already known."
    )

    @api.depends("store_id")
    def _compute_marketplace(self):
        for category in self:
            category.marketplace = category.store_id.marketplace or category.marketplace

    @api.depends("child_ids", "child_ids.active", "store_id")
    def _compute_is_leaf(self):
        for category in self:
            children = category.child_ids.filtered("active")
            category.is_leaf = not category.store_id and not children

    def _compute_listing_count(self):
        groups = self.env["merchant.listing"]._read_group(
            [("portal_category_id", "in", self.ids)], ["portal_category_id"], ["__count"]
        )
        counts = {category.id: count for category, count in groups}
        for category in self:
            category.listing_count = counts.get(category.id, 0)

    @api.model
    def _find_portal(self, marketplace, external_ids):
        """Return categories of the catalogue by their identifiers.

        :rtype: dict[str, merchant.category]
        """
        found = self.sudo().search(
            [
                ("marketplace", "=", marketplace),
                ("store_id", "=", False),
                ("external_id", "in", [ref for ref in external_ids if ref]),
            ]
        )
        return {category.external_id: category for category in found}

    # === IMPORT === #

    @api.model
    def _import_portal(self, marketplace, file):
        """Bring the catalogue up to date with a file.

        :param str marketplace: a key of ``merchant.store.marketplace``
        :param PortalFile file: what it says
        :return: the numbers of created, updated, unchanged, archived and kept categories; kept are
            those that are missing in a file which lacks too much to be believed
        :rtype: dict[str, int]
        """
        categories = self.sudo().with_context(active_test=False)
        known = categories.search([("marketplace", "=", marketplace), ("store_id", "=", False)])
        by_id = {category.external_id: category for category in known}
        counts = dict.fromkeys(("created", "updated", "unchanged", "archived", "kept"), 0)
        by_path = {category._get_path(): category for category in known}
        used = set()
        # Parents first, so that each finds its own; those without a row are made up.
        for data in sorted(file.categories, key=lambda data: len(data.path)):
            parent = by_id.get(data.parent_external_id) or self._get_made_up(
                marketplace, data.path[:-1], by_id, by_path
            )
            vals = self._prepare_portal_vals(data, parent)
            category = by_id.get(data.external_id)
            if category is None:
                identity = {"marketplace": marketplace, "external_id": data.external_id}
                by_id[data.external_id] = category = categories.create(vals | identity)
                counts["created"] += 1
            elif changes := category._get_portal_changes(vals):
                category.write(changes)
                counts["updated"] += 1
            else:
                counts["unchanged"] += 1
            category._set_names(data.names)
            by_path[data.path] = category
            while category and category.id not in used:
                used.add(category.id)
                category = category.parent_id
        if file.is_complete:
            gone = known.filtered(lambda c: c.active and c.id not in used)
            counts |= gone._vanish(len(known.filtered(lambda c: c.active and c.is_leaf)))
        return counts

    def _get_path(self):
        """Return the names from the top down to this category."""
        path, category = (), self
        while category:
            path, category = (category.name, *path), category.parent_id
        return path

    def _get_made_up(self, marketplace, path, by_id, by_path):
        """Return the category with a path that has no row of its own."""
        if not path:
            return self.browse()
        if path not in by_path:
            external_id = " > ".join(path)
            category = by_id.get(external_id)
            if category is None:
                parent = self._get_made_up(marketplace, path[:-1], by_id, by_path)
                category = self.sudo().create(
                    {
                        "marketplace": marketplace,
                        "external_id": external_id,
                        "name": path[-1],
                        "parent_id": parent.id,
                    }
                )
                by_id[external_id] = category
            category.active = True
            by_path[path] = category
        return by_path[path]

    @api.model
    def _prepare_portal_vals(self, data, parent):
        vals = {"parent_id": parent.id, "active": True}
        if name := data.names.get(self.env.lang) or data.names.get("") or data.path[-1]:
            vals["name"] = name
        if data.commission_rate is not None:
            vals["commission_rate"] = float(data.commission_rate)
        return vals

    def _get_portal_changes(self, vals):
        return {
            name: value
            for name, value in vals.items()
            if (self[name].id if name == "parent_id" else self[name]) != value
        }

    def _set_names(self, names):
        """Write the names in the languages that are installed."""
        write_translations(self, "name", names)

    def _vanish(self, known_count):
        """Archive categories that a complete list does not name any more.

        :param int known_count: how many were known that products can be in
        """
        if len(self.filtered("is_leaf")) > known_count * MAX_VANISHED:
            return {"kept": len(self)}
        self.active = False
        return {"archived": len(self)}


def write_translations(record, field_name, texts):
    """Write a text in those of its languages that are installed.

    :param dict texts: by code of the language
    :return: whether anything changed
    :rtype: bool
    """
    changed = False
    for code, _name in record.env["res.lang"].get_installed():
        translated = record.with_context(lang=code)
        if code in texts and translated[field_name] != texts[code]:
            translated[field_name] = texts[code]
            changed = True
    return changed
