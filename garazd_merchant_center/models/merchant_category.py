from odoo import api, fields, models

from ..tools.translations import write_translations


class MerchantCategory(models.Model):
    """A product group that a store keeps on the marketplace."""

    _name = "merchant.category"
    _inherit = ["merchant.store.dictionary", "merchant.catalogue.name"]
    _description = "Marketplace Category"
    _parent_store = True
    _order = "store_id, complete_name, id"
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name", "other_names", "external_id"]

    name = fields.Char(translate=True)
    complete_name = fields.Char(
        string="Full Name", compute="_compute_complete_name", store=True, recursive=True
    )
    parent_external_id = fields.Char(string="Identifier of the Parent", readonly=True)
    parent_id = fields.Many2one("merchant.category", index=True, ondelete="set null", readonly=True)
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("merchant.category", "parent_id", string="Subcategories")

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for category in self:
            parent = category.parent_id.complete_name
            category.complete_name = f"{parent} / {category.name}" if parent else category.name

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_entry_vals(self, store, data):
        """Override of `merchant.store.dictionary` to keep the place in the tree."""
        vals = super()._prepare_entry_vals(store, data)
        return vals | {
            "name": data.names.get(self.env.lang, data.name),
            "names": data.names or False,
            "parent_external_id": data.parent_external_id or False,
        }

    @api.model
    def _merge(self, store, records):
        """Override of `merchant.store.dictionary` to keep the tree and the other languages.

        A parent may come on a later page than its children.
        """
        counts = super()._merge(store, records)
        categories = self.sudo().with_context(active_test=False)
        categories = categories.search([("store_id", "=", store.id)])
        by_external_id = {category.external_id: category for category in categories}
        for category in categories:
            parent = by_external_id.get(category.parent_external_id, self.browse())
            if category.parent_id != parent and not parent._is_below(category):
                category.parent_id = parent
        for data in records:
            if names := getattr(data, "names", None):
                write_translations(by_external_id[data.external_id], "name", names)
        return counts

    def _is_below(self, other):
        """Tell whether this category is the other one or stands under it."""
        return bool(self) and str(other.id) in self.parent_path.split("/")
