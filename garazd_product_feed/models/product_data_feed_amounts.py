from typing import NamedTuple

from odoo import models
from odoo.fields import Domain

from .product_data_feed_page import AmountsPage


class Amounts(NamedTuple):
    """What the price list says of one product.

    :ivar price: what one piece costs in the feed's currency; None when it has no price
    :ivar compare_price: the crossed-out price, higher than the price; 0 when there is none
    :ivar quantity: how many may be sold; None when the stock is not counted
    :ivar presence: ``in_stock``, ``on_order`` or ``sold_out``
    """

    price: float | None
    compare_price: float
    quantity: int | None
    presence: str


class ProductDataFeed(models.Model):
    _inherit = "product.data.feed"

    def _get_amounts(self, products):
        """Return the prices and quantities that the price list has, for whoever sends them too.

        A product that was chosen and is archived or not for sale any more is sold out. What the
        feed leaves out because of its texts or pictures has its amounts all the same.

        :param product.product products: with archived ones
        :return: by product id; products that were not chosen are missing
        :rtype: dict[int, Amounts]
        """
        feed = self._with_feed_context()
        chosen = Domain("id", "in", products.ids) & feed._get_chosen_domain()
        products = feed.env["product.product"].with_context(active_test=False).search(chosen)
        products = products.with_env(feed.env)
        page = AmountsPage(feed, products)
        get_availability = feed._get_format()._get_availability
        round_price = feed.currency_id.round
        result = {}
        for product in products:
            price = round_price(page.prices[product.id])
            compare_price = page.compare_prices.get(product.id, 0) if price > 0 else 0
            # The template: through the variant the field would be computed for each one.
            if product.active and product.product_tmpl_id.sale_ok:
                quantity = page.quantities[product.id]
                presence = get_availability(page, product.id)
                if presence == "sold_out" and feed.zero_stock_availability == "false":
                    presence = "on_order"
            else:
                quantity, presence = 0, "sold_out"
            result[product.id] = Amounts(
                price if price > 0 else None, compare_price, quantity, presence
            )
        return result
