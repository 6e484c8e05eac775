from itertools import chain

from odoo import api, fields, models
from odoo.fields import Domain

# How a report may name a product: fields of `FeedImportProblem` and of `merchant.listing`.
NAMES = ("seller_id", "external_id", "sku")
# More lines are not kept: nobody reads them, and the first show what is wrong.
MAX_ERRORS = 5000


class MerchantFeedImportError(models.Model):
    """One line of the report about an import of the price list."""

    _name = "merchant.feed.import.error"
    _description = "Price List Import Error"
    _order = "import_id desc, id"
    _rec_name = "message"

    import_id = fields.Many2one(
        "merchant.feed.import", required=True, readonly=True, index=True, ondelete="cascade"
    )
    store_id = fields.Many2one(related="import_id.store_id", store=True, index=True)
    company_id = fields.Many2one(related="import_id.company_id", store=True)
    stage = fields.Selection(
        selection=[
            ("download", "Reading the price list"),
            ("file", "Storing the price list"),
            ("validation", "Checking the products"),
            ("import", "Taking the products"),
            ("pictures", "Reading pictures"),
            ("other", "Other"),
        ],
        required=True,
        readonly=True,
    )
    message = fields.Text(readonly=True)
    reference = fields.Char(
        string="Identifier", readonly=True, help="How the marketplace names the product."
    )
    product_id = fields.Many2one(
        "product.product", readonly=True, index="btree_not_null", ondelete="set null"
    )
    listing_id = fields.Many2one(
        "merchant.listing", readonly=True, index="btree_not_null", ondelete="set null"
    )

    @api.model
    def _replace(self, feed_import, problems):
        """Keep what the marketplace reports now in place of what it reported before.

        :param feed_import: the ``merchant.feed.import``
        :param problems: :class:`FeedImportProblem` values
        """
        self.search([("import_id", "=", feed_import.id)]).unlink()
        problems = problems[:MAX_ERRORS]
        products, listings = self._find_about(feed_import, problems)
        vals_list = []
        for problem in problems:
            references = _get_references(problem)
            listing = _find_listing(references, listings)
            product = (
                products.get(problem.seller_id)
                or (listing and listing.product_id)
                or next((products[r] for r in references.values() if r in products), None)
            )
            vals_list.append(
                {
                    "import_id": feed_import.id,
                    "stage": problem.stage,
                    "message": problem.message,
                    "reference": next(iter(references.values()), problem.name),
                    "product_id": product.id if product else False,
                    "listing_id": listing.id if listing else False,
                }
            )
        self.create(vals_list)

    @api.model
    def _find_about(self, feed_import, problems):
        """Return the products and listings that the lines of a report may name.

        :return: products by identifier in the price list; listings by field and its value, but
            for values that several have
        :rtype: tuple[dict[str, product.product], dict[str, dict[str, merchant.listing]]]
        """
        references = {r for problem in problems for r in _get_references(problem).values()}
        references = list(references)
        feed = feed_import.feed_id
        products = feed._find_products(references) if feed else {}
        store = Domain("store_id", "=", feed_import.store_id.id)
        listings = {}
        for name in NAMES:
            found = self.env["merchant.listing"].search(store & Domain(name, "in", references))
            listings[name] = {
                value: group for value, group in found.grouped(name).items() if len(group) == 1
            }
        return products, listings


def _get_references(problem):
    """Return how a line names its product, by field of ``merchant.listing``; the surest first."""
    return {name: getattr(problem, name) for name in NAMES if getattr(problem, name)}


def _find_listing(references, listings):
    """Return the listing that a line is about: one kind of identifier may be taken for another.

    :rtype: merchant.listing | None
    """
    other = ((name, reference) for reference in references.values() for name in NAMES)
    found = (listings[name].get(reference) for name, reference in chain(references.items(), other))
    return next(filter(None, found), None)
