from odoo import api, fields, models
from odoo.fields import Domain

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
            listing = next((listings[r] for r in references if r in listings), None)
            product = next((products[r] for r in references if r in products), None)
            if product is None and listing:
                product = listing.product_id
            vals_list.append(
                {
                    "import_id": feed_import.id,
                    "stage": problem.stage,
                    "message": problem.message,
                    "reference": next(iter(references), problem.name),
                    "product_id": product.id if product else False,
                    "listing_id": listing.id if listing else False,
                }
            )
        self.create(vals_list)

    @api.model
    def _find_about(self, feed_import, problems):
        """Return the products and listings that the lines of a report name, by that name.

        :rtype: tuple[dict[str, product.product], dict[str, merchant.listing]]
        """
        references = list({r for problem in problems for r in _get_references(problem)})
        feed = feed_import.feed_id
        products = feed._find_products(references) if feed else {}
        store = Domain("store_id", "=", feed_import.store_id.id)
        listings = {}
        # The surest last, so that it wins.
        for name in ("sku", "external_id", "seller_id"):
            found = self.env["merchant.listing"].search(store & Domain(name, "in", references))
            listings |= {listing[name]: listing for listing in found}
        return products, listings


def _get_references(problem):
    references = (problem.seller_id, problem.external_id, problem.sku)
    return list(filter(None, references))
