from math import ceil

from odoo import api, fields, models
from odoo.fields import Domain

# What the core's pricelist rules may be about. Other modules may know more.
ORDINARY_RULES = ("3_global", "2_product_category", "1_product", "0_product_variant")


class ProductDataFeedPricing(models.AbstractModel):
    """What the products of a feed cost.

    The methods answer for many products at once; the number of their queries does not depend on
    how many. Whatever sends prices by another way than the file asks here too, so that both always
    say the same.
    """

    _name = "product.data.feed.pricing"
    _description = "Prices of a Data Feed"

    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        help="All prices are converted into this currency at today's rate.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        help="Prices for one piece by this pricelist. Empty: the sales price of the product. Taxes "
        "are not added: the prices must be those that buyers pay.",
    )
    compare_pricelist_id = fields.Many2one(
        "product.pricelist",
        string="Old Price Pricelist",
        check_company=True,
        help="When its price is higher, it is published as the price before the discount.",
    )
    compare_sales_price = fields.Boolean(
        string="Sales Price Is the Old Price",
        help="When the sales price of the product is higher than the price by the pricelist, it is "
        "published as the price before the discount.",
    )
    compare_style = fields.Selection(
        selection=[
            ("oldprice", "Old price, crossed out"),
            ("amount", "Discount, as an amount"),
            ("percent", "Discount, in percent"),
        ],
        string="Show the Old Price As",
        required=True,
        default="oldprice",
        help="Prom.ua takes either the old price or a discount, never both.",
    )
    wholesale = fields.Boolean(
        string="Wholesale Prices",
        default=True,
        help="Pricelist rules with a minimum quantity are published as wholesale prices.",
    )

    @api.depends("company_id")
    def _compute_currency_id(self):
        hryvnia = self.env["res.currency"].search([("name", "=", "UAH")], limit=1)
        for feed in self:
            if not feed.currency_id:
                feed.currency_id = hryvnia or feed.company_id.currency_id

    def _get_prices(self, products):
        """Return what one piece costs, in the feed's currency.

        :return: rounded amounts by product id
        :rtype: dict[int, float]
        """
        return self._get_pricelist_prices(products, self.sudo().pricelist_id)

    def _get_compare_prices(self, products, prices=None):
        """Return the prices before the discount; products without one are missing.

        :param dict prices: by ``_get_prices``, if they are known already
        :return: rounded amounts by product id, in the feed's currency, higher than the price
        :rtype: dict[int, float]
        """
        pricelist_sudo = self.sudo().compare_pricelist_id
        if not pricelist_sudo and not self.compare_sales_price:
            return {}
        old = self._get_pricelist_prices(products, pricelist_sudo)
        new = self._get_prices(products) if prices is None else prices
        compare = self.sudo().currency_id.compare_amounts
        return {id_: price for id_, price in old.items() if compare(price, new[id_]) > 0}

    def _get_tier_prices(self, products, prices=None):
        """Return the wholesale prices: each quantity from which a piece gets cheaper.

        :param dict prices: by ``_get_prices``, if they are known already
        :return: by product id ``(minimum quantity, price)``, growing quantities and falling prices;
            products without one are missing
        :rtype: dict[int, list[tuple[int, float]]]
        """
        feed = self._with_feed_context()
        if not feed.wholesale or not feed.pricelist_id:
            return {}
        compare = feed.currency_id.compare_amounts
        last = dict(feed._get_prices(products) if prices is None else prices)
        tiers = {}
        for quantity in feed._get_tier_quantities(products):
            tier_prices = feed._get_pricelist_prices(products, feed.pricelist_id, quantity)
            for product_id, price in tier_prices.items():
                if price > 0 and compare(price, last[product_id]) < 0:
                    tiers.setdefault(product_id, []).append((quantity, price))
                    last[product_id] = price
        return tiers

    def _get_tier_quantities(self, products):
        """Return the quantities over 1 from which some rule may hold for these products."""
        rules = self.env["product.pricelist.item"].search(
            Domain.OR(
                Domain(pricelist._get_applicable_rules_domain(products, fields.Datetime.now()))
                for pricelist in self._get_pricelist_chain(self.pricelist_id)
            )
            & Domain("min_quantity", ">", 1)
        )
        return sorted({ceil(quantity) for quantity in rules.mapped("min_quantity")})

    @api.model
    def _get_pricelist_chain(self, pricelists):
        """Return these pricelists with those that their rules are based on.

        :rtype: product.pricelist
        """
        found = pricelists
        while pricelists:
            rules = self.env["product.pricelist.item"].search(
                [("pricelist_id", "in", pricelists.ids), ("base", "=", "pricelist")]
            )
            pricelists = rules.base_pricelist_id - found
            found |= pricelists
        return found

    def _get_pricelist_prices(self, products, pricelist, quantity=1.0):
        """Return what one piece costs by a pricelist, in the feed's currency, rounded."""
        feed = self._with_feed_context()
        products, pricelist = products.with_env(feed.env), pricelist.with_env(feed.env)
        currency = feed.currency_id
        now = fields.Datetime.now()
        rules = feed._get_rules(products, pricelist, quantity, now)
        # The amounts of rules (fixed prices, surcharges, margins) are in the pricelist's currency,
        # and the core takes them as they are, whatever currency it is asked for.
        own = pricelist.currency_id or currency
        # Asked once: it is the same for all of them, and looking it up takes its time.
        rate = own._get_conversion_rate(own, currency, feed.company_id, now)

        def get_price(product):
            rule = rules[product.id]
            price = rule._compute_price(product, quantity, product.uom_id, now, currency=own)
            return currency.round(price * rate)

        return {product.id: get_price(product) for product in products}

    @api.model
    def _get_rules(self, products, pricelist, quantity, date):
        """Return the pricelist rule that holds for each product.

        The core tries every rule for every product. As long as rules look at nothing but the
        product itself and its category, products of one category that no rule names have the same
        rule, so the core is asked about one of them.

        :return: rules by product id, possibly empty
        :rtype: dict[int, product.pricelist.item]
        """
        rules = pricelist._get_applicable_rules(products, date)
        if not rules:
            return dict.fromkeys(products.ids, rules)
        is_ordinary = all(rule.applied_on in ORDINARY_RULES for rule in rules)
        named_products = set(rules.product_id.ids)
        named_templates = set(rules.product_tmpl_id.ids)
        keys = {}
        for product in products:
            is_named = product.id in named_products or product.product_tmpl_id.id in named_templates
            is_alone = is_named or not is_ordinary
            keys[product.id] = ("product", product.id) if is_alone else product.categ_id.id
        samples = {key: product_id for product_id, key in keys.items()}
        found = pricelist._compute_price_rule(
            products.browse(samples.values()), quantity, date=date, compute_price=False
        )
        by_key = {key: rules.browse(found[id_][1] or ()) for key, id_ in samples.items()}
        return {product_id: by_key[key] for product_id, key in keys.items()}
