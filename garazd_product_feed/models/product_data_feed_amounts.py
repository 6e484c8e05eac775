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

    def _get_amounts(self, products, known=None):
        """Return the prices and quantities that the price list has, for whoever sends them too.

        A product that was chosen and is archived or not for sale any more is sold out. What the
        feed leaves out because of its texts or pictures has its amounts all the same.

        :param product.product products: with archived ones
        :param product.product known: those of them that had amounts before. They have them also
            when they are not chosen any more while nothing is left of them: a condition on the
            stock leaves out just those of which whoever shows them must hear.
        :return: by product id; other products that were not chosen are missing
        :rtype: dict[int, Amounts]
        """
        feed = self._with_feed_context()
        of_company = Domain("id", "in", products.ids) & feed._get_company_domain()
        model = feed.env["product.product"].with_context(active_test=False)
        products = model.search(of_company & feed._get_chosen_domain())
        left_out = set(known.ids if known else ()) - set(products.ids)
        if left_out:
            products += model.search(of_company & Domain("id", "in", left_out))
        products = products.with_env(feed.env)
        page = AmountsPage(feed, products)
        get_availability = feed._get_format()._get_availability
        round_price = feed.currency_id.round
        result = {}
        for product in products:
            quantity = page.quantities[product.id]
            if product.id in left_out and (quantity is None or quantity > 0):
                continue  # not because nothing is left
            price = round_price(page.prices[product.id])
            compare_price = page.compare_prices.get(product.id, 0) if price > 0 else 0
            # The template: through the variant the field would be computed for each one.
            if product.active and product.product_tmpl_id.sale_ok:
                presence = get_availability(page, product.id)
                if presence == "sold_out" and feed.zero_stock_availability == "false":
                    presence = "on_order"
            else:
                quantity, presence = 0, "sold_out"
            result[product.id] = Amounts(
                price if price > 0 else None, compare_price, quantity, presence
            )
        return result
