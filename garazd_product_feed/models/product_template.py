from odoo import api, fields, models
from odoo.tools import html_sanitize

DESCRIPTION = "portal_description"
# Who may read feeds.
FEED_GROUPS = "stock.group_stock_user,product.group_product_manager"


class ProductTemplate(models.Model):
    _inherit = "product.template"

    portal_category_ref = fields.Char(
        string="Category on the Marketplace",
        help="The number or the link of the category in the catalog of the marketplace, if it "
        "is another one than that of the product's group.",
        groups="base.group_user",
    )
    portal_description = fields.Html(
        string="Description on the Marketplace",
        translate=True,
        # Otherwise Odoo would translate it sentence by sentence, and a text in one language that
        # was written by itself would take the place of that in the other. See _clean_description.
        sanitize=False,
        help="For data feeds, if it is another one than elsewhere. It may have lists, tables and "
        "headings.",
    )
    included_feed_ids = fields.Many2many(
        "product.data.feed",
        string="Always in Feeds",
        compute="_compute_feed_ids",
        inverse="_inverse_included_feed_ids",
        groups=FEED_GROUPS,
        help="Published in these data feeds even if the product does not fit their conditions.",
    )
    excluded_feed_ids = fields.Many2many(
        "product.data.feed",
        string="Never in Feeds",
        compute="_compute_feed_ids",
        inverse="_inverse_excluded_feed_ids",
        groups=FEED_GROUPS,
        help="Left out of these data feeds even if the product fits their conditions.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to take out of descriptions what is dangerous."""
        return super().create([self._clean_description(vals) for vals in vals_list])

    def write(self, vals):
        """Override to take out of descriptions what is dangerous."""
        return super().write(self._clean_description(vals))

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        """Override to take out of descriptions what is dangerous."""
        if field_name == DESCRIPTION:
            translations = {key: text and html_sanitize(text) for key, text in translations.items()}
        return super()._update_field_translations(field_name, translations, digest, source_lang)

    @api.model
    def _clean_description(self, vals):
        if not vals.get(DESCRIPTION):
            return vals
        return {**vals, DESCRIPTION: html_sanitize(vals[DESCRIPTION])}

    # === COMPUTE METHODS === #

    @api.depends("product_variant_ids.included_feed_ids", "product_variant_ids.excluded_feed_ids")
    def _compute_feed_ids(self):
        for template in self:
            variants = template.product_variant_ids
            template.included_feed_ids = _common(variants, "included_feed_ids")
            template.excluded_feed_ids = _common(variants, "excluded_feed_ids")

    def _inverse_included_feed_ids(self):
        for template in self:
            template.product_variant_ids.included_feed_ids = template.included_feed_ids

    def _inverse_excluded_feed_ids(self):
        for template in self:
            template.product_variant_ids.excluded_feed_ids = template.excluded_feed_ids

    def _get_related_fields_variant_template(self):
        # A new product gets its variants after the inverse methods have run.
        return [
            *super()._get_related_fields_variant_template(),
            "included_feed_ids",
            "excluded_feed_ids",
        ]


def _common(variants, field_name):
    """Return the feeds that all variants have."""
    feeds = variants[:1][field_name]
    for variant in variants[1:]:
        feeds &= variant[field_name]
    return feeds
