from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .product_data_feed_format import split_portal_ref


class ProductDataFeedGroup(models.Model):
    """A group of products in a feed, with the category of the marketplace that it stands for.

    The groups are those of the last generation; what was said about them is kept for ever.
    """

    _name = "product.data.feed.group"
    _description = "Product Data Feed Group"
    _order = "name, id"

    feed_id = fields.Many2one(
        "product.data.feed", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="feed_id.company_id")
    number = fields.Integer(
        required=True,
        readonly=True,
        help="The marketplace recognizes the group by this number, so it never changes.",
    )
    name = fields.Char(required=True, readonly=True)
    portal_ref = fields.Char(
        string="Category on the Marketplace",
        help="The number or the link (https://prom.ua/...) of the category in the catalog of "
        "the marketplace, for all products of the group that have none of their own. Choose a "
        "category that has none below it.",
    )

    _number_uniq = models.Constraint("UNIQUE(feed_id, number)", "A feed has each group once.")

    @api.constrains("portal_ref")
    def _check_portal_ref(self):
        for group in self:
            if group.portal_ref and not any(split_portal_ref(group.portal_ref).values()):
                raise ValidationError(
                    self.env._(
                        "%(reference)s is neither the number nor the link of a category.",
                        reference=group.portal_ref,
                    )
                )

    @api.model
    def _update_names(self, feed, names):
        """Add the groups that are new and bring the names of the others up to date.

        :param product.data.feed feed: whose groups
        :param dict names: by number
        """
        known = self.search([("feed_id", "=", feed.id)])
        for group in known:
            name = names.pop(group.number, group.name)
            if name != group.name:
                group.name = name
        self.create(
            [{"feed_id": feed.id, "number": number, "name": name} for number, name in names.items()]
        )
