from odoo import api, fields, models
from odoo.exceptions import UserError

from ..exceptions import FileRefused


class MerchantAdapter(models.AbstractModel):
    """What a marketplace knows about the files of its own catalogue.

    The files are read in the background: whatever is wrong with one is a ``FileRefused``, whatever
    may pass a ``RetryLater``.
    """

    _inherit = "merchant.adapter"

    def _parse_category_file(self, content):
        """Return what a file with the categories of the marketplace says; no network.

        :param bytes content: in whatever form the marketplace publishes them
        :return: the same for the same file: a reading that was interrupted goes on within it
        :rtype: PortalFile
        :raises FileRefused: it is no such file
        """
        raise FileRefused("kind")

    def _fetch_category_file(self):
        """Return the list of categories that the marketplace publishes.

        :rtype: bytes
        :raises RetryLater: it does not answer now
        :raises FileRefused: it gives no file
        """
        raise FileRefused("refused")

    def _parse_attribute_file(self, content):
        """Return what a file with the attributes of categories says; no network.

        :return: see :meth:`_parse_category_file`
        :rtype: PortalAttributeFile
        :raises FileRefused: it is no such file
        """
        raise FileRefused("kind")

    def _check_attribute_link(self, link):
        """Refuse a link that does not lead to the marketplace; no network. It is a secret.

        :raises UserError: with a text that does not have the link in it
        """
        raise UserError(self.env._("This marketplace has no list of attributes."))

    def _fetch_attribute_file(self, link):
        """Return the file that a link of the cabinet leads to; no error may have the link in it.

        :rtype: bytes
        :raises RetryLater: it does not answer now
        :raises FileRefused: it leads elsewhere, or gives no file
        """
        raise FileRefused("refused")


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
    is_unlisted = fields.Boolean(
        readonly=True,
        help="It stands above others, but no list gives it a number of its own.",
    )
    commission_rate = fields.Float(
        string="Commission (%)",
        digits=(5, 2),
        readonly=True,
        aggregator=False,
        help="What the marketplace takes of a sale, as its table of commissions said last.",
    )
    listing_ids = fields.One2many(
        "merchant.listing", "portal_category_id", groups="garazd_merchant_center.group_user"
    )
    listing_count = fields.Integer(
        string="Products",
        compute="_compute_listing_count",
        # Who chooses a category for a product need not see what the stores have in it.
        groups="garazd_merchant_center.group_user",
        help="The products of your stores that the marketplace shows in this category.",
    )
    import_id = fields.Many2one(
        "merchant.catalogue.import",
        string="Changed by Import",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="The last import that added, changed or archived the category.",
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

    @api.depends_context("uid", "allowed_company_ids")
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

    # === ACTION METHODS === #

    def action_open_listings(self):
        """Open the products of the stores that stand in these categories."""
        self.check_access("read")
        self.env["merchant.listing"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "garazd_merchant_center.merchant_listing_action"
        )
        return action | {"domain": [("portal_category_id", "in", self.ids)], "context": {}}
