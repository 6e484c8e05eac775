from odoo import models

from ..tools.text import clean_line
from .product_data_feed_checks import Rules

# `availability` of an offer -> as Google says it.
AVAILABILITIES = {"in_stock": "in_stock", "on_order": "backorder", "sold_out": "out_of_stock"}


class ProductDataFeedFormatGoogle(models.AbstractModel):
    """The RSS 2.0 feed of Google Merchant Center (support.google.com/merchants/answer/7052112)."""

    _name = "product.data.feed.format.google"
    _inherit = ["product.data.feed.format"]
    _description = "Data Feed Format of Google Merchant Center"

    _rules = Rules(
        name=150,
        description_max=5000,
        description_limit=5000,
        reference=r".{1,70}",
        pictures=11,
        params=1000,
        separator=", ",
        discounts=False,
    )

    def _get_template(self):
        return self.env.ref("garazd_product_feed.google_feed")

    def _get_dependencies(self, feed):
        # Offers show the path of their category.
        return {feed._find_categories(())._name}

    def _prepare_offer_vals(self, feed, product, page, generation):
        vals = super()._prepare_offer_vals(feed, product, page, generation)
        full, currency = vals["oldprice"] or vals["price"], vals["currency"]
        template = page.templates[page.langs[0]][product.id]
        category = feed._get_category(template)
        return vals | {
            "availability": AVAILABILITIES[vals["availability"]],
            "full_price": f"{full} {currency}",
            "sale_price": f"{vals['price']} {currency}",
            "category_path": clean_line(category.display_name).replace(" / ", " > "),
            # The page of the product comes with eCommerce.
            "url": self._get_url(feed, product),
        }

    def _get_url(self, feed, product):
        """Return the address of the product's page, of the shop if there is none.

        :rtype: str
        """
        base = feed.get_base_url()
        return f"{base}{product.website_url}" if "website_url" in product._fields else base
