from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, float_round

from ..tools.picture import extension
from ..tools.text import clean_line

MAX_OFFER_ID = 255
# Identifiers made of the database id. No internal reference of this form is used as it is, so the
# two kinds cannot collide.
ID_PREFIX = "odoo-"


class ProductDataFeedSource(models.AbstractModel):
    """What a feed offers: which products, by which identifier, at which price, how many.

    The methods answer for many products at once; the number of their queries does not depend on
    how many. Whatever sends prices or quantities by another way than the file asks here too, so
    that both always say the same.
    """

    _name = "product.data.feed.source"
    _description = "Products of a Data Feed"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )

    # Products
    domain = fields.Char(
        string="Products",
        required=True,
        default=repr([("sale_ok", "=", True), ("type", "=", "consu")]),
        help="Only products that fit these conditions are published.",
    )
    image_limit = fields.Integer(
        string="Pictures per Product",
        default=10,
        help="The main picture comes first. Prom.ua takes up to 10.",
    )

    # Prices
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
        help="Prices for one piece by this pricelist. Empty: the sales price of the product.",
    )
    compare_pricelist_id = fields.Many2one(
        "product.pricelist",
        string="Old Price Pricelist",
        check_company=True,
        help="When its price is higher, it is published as the crossed-out price.",
    )

    # Quantities
    warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Warehouses",
        check_company=True,
        help="Only the stock of these warehouses is offered. Empty: all warehouses of the company.",
    )
    quantity_basis = fields.Selection(
        selection=[
            ("free", "Free to use"),
            ("on_hand", "On hand"),
            ("forecast", "Forecasted"),
        ],
        required=True,
        default="free",
        help="Free to use: on hand less what is reserved for orders.\n"
        "On hand: everything in the warehouse, reserved or not.\n"
        "Forecasted: on hand with expected receipts and deliveries.",
    )
    stock_buffer = fields.Integer(
        string="Safety Stock",
        help="Pieces kept back: with 2, a product of which 5 are left is offered 3 times, and one "
        "of which 2 are left is sold out.",
    )
    include_unavailable = fields.Boolean(
        string="Publish Sold-Out Products",
        default=True,
        help="Sold-out products stay in the file and are marked as not available. Without it they "
        "are left out, and the marketplace does what its import settings say about missing "
        "products.",
    )
    zero_stock_availability = fields.Selection(
        selection=[("empty", "Not available"), ("false", "On order")],
        string="Sold Out Means",
        required=True,
        default="empty",
        help="Not available: buyers cannot order it (an empty value in the file).\n"
        "On order: buyers can order it and wait (the value false).",
    )

    _image_limit_range = models.Constraint(
        "CHECK(image_limit BETWEEN 1 AND 10)",
        "Pictures per Product is a number from 1 to 10.",
    )
    _stock_buffer_positive = models.Constraint(
        "CHECK(stock_buffer >= 0)", "Safety Stock cannot be negative."
    )

    @api.depends("company_id")
    def _compute_currency_id(self):
        hryvnia = self.env["res.currency"].search([("name", "=", "UAH")], limit=1)
        for feed in self:
            if not feed.currency_id:
                feed.currency_id = hryvnia or feed.company_id.currency_id

    @api.constrains("domain")
    def _check_domain(self):
        for feed in self:
            # With the rights of whoever writes it: conditions on hidden fields are refused.
            try:
                feed.env["product.product"].search_count(feed._parse_domain(), limit=1)
            except (ValueError, TypeError, KeyError) as error:
                raise ValidationError(feed._get_domain_error()) from error

    # === PRODUCTS === #

    def _parse_domain(self):
        """Return the condition on products.

        :rtype: odoo.fields.Domain
        :raises UserError: it cannot be read
        """
        self.ensure_one()
        try:
            return Domain(literal_eval(self.domain))
        except (ValueError, TypeError, SyntaxError) as error:
            raise UserError(self._get_domain_error()) from error

    def _get_domain_error(self):
        return self.env._(
            "The conditions on products of the feed %(feed)s cannot be understood: %(domain)s",
            feed=self.name,
            domain=self.domain,
        )

    def _get_product_domain(self):
        """Return the domain of all products that this feed may publish.

        :rtype: odoo.fields.Domain
        """
        # Said here too: the conditions may ask for archived products, nobody can buy those.
        is_active = Domain("active", "=", True)
        return self._parse_domain() & is_active & self._get_company_domain()

    def _get_company_domain(self):
        """Return the domain of the products that the feed's company can sell."""
        return Domain(self.env["product.product"]._check_company_domain(self.company_id))

    def _with_feed_context(self):
        """Return the feed in the view of its own company, whoever asks."""
        self.ensure_one()
        # Elevated: the file must not depend on who pressed the button. What it may show is said by
        # the domain, the company and the fields that the format prints.
        feed_sudo = self.sudo()
        return feed_sudo.with_context(
            lang=feed_sudo.lang_id.code,
            allowed_company_ids=feed_sudo.company_id.ids,
            warehouse_id=feed_sudo.warehouse_ids.ids or False,
            active_test=True,
        )

    # === IDENTIFIERS === #

    def _get_offer_id(self, product):
        """Return the identifier that this feed gives to a product.

        :param product.product product: one variant
        :rtype: str
        """
        return self._get_offer_ids(product)[product.id]

    def _get_offer_ids(self, products):
        """Return the identifiers that this feed gives to products.

        It is the internal reference when that is unique among the company's active products, else
        ``odoo-`` and the database id. Marketplaces recognize a product by it: whoever changes the
        reference makes a new product of it there.

        :param product.product products: any number of variants
        :return: identifiers by product id
        :rtype: dict[int, str]
        """
        feed = self._with_feed_context()
        shared = feed._get_shared_references(products)
        return {
            product.id: product.default_code
            if product.default_code not in shared and is_usable_id(product.default_code)
            else f"{ID_PREFIX}{product.id}"
            for product in products.sudo()
        }

    def _get_shared_references(self, products):
        """Return the internal references of these products that other products have too."""
        codes = {code for code in products.sudo().mapped("default_code") if code}
        if not codes:
            return set()
        model = self.env["product.product"]
        query = model._search(self._get_company_domain() & Domain("default_code", "in", codes))
        code = model._field_to_sql(model._table, "default_code", query)
        query.groupby = code
        query.having = SQL("COUNT(*) > 1")
        return {row[0] for row in self.env.execute_query(query.select(code))}

    def _find_products(self, offer_ids):
        """Return the products that identifiers of this feed stand for.

        Products that no longer fit the feed's conditions are found too, archived ones only when no
        active product has that reference.

        :param offer_ids: identifiers as the feed gives them
        :return: one product for each identifier that means exactly one
        :rtype: dict[str, product.product]
        """
        feed = self._with_feed_context().with_context(active_test=False)
        model = feed.env["product.product"]
        numbers = {}
        codes = set()
        for offer_id in set(filter(None, offer_ids)):
            number = offer_id.removeprefix(ID_PREFIX)
            if not is_own_form(offer_id):
                codes.add(offer_id)
            elif int(number) < 1 << 31 and offer_id == f"{ID_PREFIX}{int(number)}":
                numbers[int(number)] = offer_id
        domain = Domain("id", "in", list(numbers)) | Domain("default_code", "in", list(codes))
        products = model.search(domain & feed._get_company_domain())
        result = {numbers[product.id]: product for product in products if product.id in numbers}
        for code, group in products.grouped("default_code").items():
            candidates = group.filtered("active") or group
            if code in codes and len(candidates) == 1:
                result[code] = candidates
        # The caller decides with which rights the products are read.
        return {key: product.with_env(self.env) for key, product in result.items()}

    # === PRICES AND QUANTITIES === #

    def _get_prices(self, products):
        """Return what one piece costs, in the feed's currency.

        :return: rounded amounts by product id
        :rtype: dict[int, float]
        """
        return self._get_pricelist_prices(products, self.sudo().pricelist_id)

    def _get_compare_prices(self, products):
        """Return the crossed-out prices; products without one are missing.

        :return: rounded amounts by product id, in the feed's currency
        :rtype: dict[int, float]
        """
        pricelist_sudo = self.sudo().compare_pricelist_id
        if not pricelist_sudo:
            return {}
        old = self._get_pricelist_prices(products, pricelist_sudo)
        new = self._get_prices(products)
        compare = self.sudo().currency_id.compare_amounts
        return {id_: price for id_, price in old.items() if compare(price, new[id_]) > 0}

    def _get_pricelist_prices(self, products, pricelist):
        feed = self._with_feed_context()
        currency = feed.currency_id
        prices = pricelist.with_env(feed.env)._get_products_price(
            products.with_env(feed.env), 1.0, currency=currency
        )
        return {id_: currency.round(price) for id_, price in prices.items()}

    def _get_quantities(self, products):
        """Return how many pieces may be sold: the stock less the safety stock, never below 0.

        :return: whole numbers by product id; ``None`` where the stock is not counted
        :rtype: dict[int, int | None]
        """
        feed = self._with_feed_context()
        field_name = feed._get_quantity_field()
        result = {}
        for product in products.with_env(feed.env):
            if product.is_storable:
                left = max(product[field_name] - feed.stock_buffer, 0.0)
                result[product.id] = int(
                    float_round(left, precision_digits=0, rounding_method="DOWN")
                )
            else:
                result[product.id] = None
        return result

    def _get_quantity_field(self):
        """Return the name of the product's field that the quantity basis stands for."""
        return {"free": "free_qty", "on_hand": "qty_available", "forecast": "virtual_available"}[
            self.quantity_basis
        ]

    # === PICTURES === #

    def _get_picture_urls(self, products):
        """Return the public addresses of the pictures.

        :return: for each product id the addresses, the main picture first, and how many pictures
            are in a format that cannot be published
        :rtype: dict[int, tuple[list[str], int]]
        """
        feed = self._with_feed_context()
        path = feed._get_public_path()
        pictures = products.with_env(feed.env)._get_data_feed_pictures()
        return {
            product_id: (
                [
                    # A new picture gets a new address, so nobody goes on showing the old one.
                    f"{path}/image/{product_id}/{number}/"
                    f"{item.checksum[:10]}.{extension(item.mimetype)}"
                    for number, item in enumerate(items[: feed.image_limit], 1)
                ],
                unreadable,
            )
            for product_id, (items, unreadable) in pictures.items()
        }

    def _find_picture(self, product_id, number):
        """Return the file of one published picture.

        :param int product_id: a variant; it must fit the feed's conditions
        :param int number: 1 for the main picture
        :return: the file, empty when there is none
        :rtype: ir.attachment
        """
        feed = self._with_feed_context()
        product = feed.env["product.product"].search(
            feed._get_product_domain() & Domain("id", "=", product_id)
        )
        pictures = product._get_data_feed_pictures()[product.id][0] if product else []
        if 1 <= number <= min(len(pictures), feed.image_limit):
            return pictures[number - 1]
        return feed.env["ir.attachment"]


def is_own_form(text):
    """Tell whether a text looks like an identifier made of a database id."""
    number = text.removeprefix(ID_PREFIX)
    return number != text and number.isascii() and number.isdigit()


def is_usable_id(reference):
    """Tell whether an internal reference can be an identifier as it is."""
    return bool(
        reference
        and len(reference) <= MAX_OFFER_ID
        and reference == clean_line(reference)
        and not is_own_form(reference)
    )
