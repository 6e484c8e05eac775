from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, float_round

from ..tools.picture import extension

# Ids of internal categories are published as they are, those of eCommerce categories behind this
# number: the two kinds never meet, and both stay the same for ever.
PUBLIC_GROUPS = 500_000_000


class ProductDataFeedSource(models.AbstractModel):
    """What a feed offers: which products, in which groups, how many, with which pictures.

    The methods answer for many products at once; the number of their queries does not depend on
    how many. Whatever sends quantities by another way than the file asks here too, so that both
    always say the same.
    """

    _name = "product.data.feed.source"
    _description = "Products of a Data Feed"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )

    # Products
    domain = fields.Char(
        string="Conditions",
        required=True,
        default=repr([("type", "=", "consu")]),
        help="Only products that fit these conditions are published. Archived products and those "
        "that are not for sale never are.",
    )
    product_categ_ids = fields.Many2many(
        "product.category",
        relation="product_data_feed_category_rel",
        column1="feed_id",
        column2="category_id",
        string="Product Categories",
        help="Only products of these categories and of those below them. Empty: all categories.",
    )
    product_tag_ids = fields.Many2many(
        "product.tag",
        relation="product_data_feed_tag_rel",
        column1="feed_id",
        column2="tag_id",
        string="Product Tags",
        help="Only products with one of these tags. Empty: with any or no tag.",
    )
    included_product_ids = fields.Many2many(
        "product.product",
        relation="product_data_feed_included_rel",
        column1="feed_id",
        column2="product_id",
        string="Always Publish",
        domain=[("sale_ok", "=", True)],
        help="These products are published even if they do not fit the conditions.",
    )
    excluded_product_ids = fields.Many2many(
        "product.product",
        relation="product_data_feed_excluded_rel",
        column1="feed_id",
        column2="product_id",
        string="Never Publish",
        help="These products are left out even if they fit the conditions.",
    )
    has_public_categories = fields.Boolean(compute="_compute_has_public_categories")
    category_source = fields.Selection(
        selection=[
            ("internal", "Product categories"),
            ("public", "eCommerce categories"),
        ],
        string="Groups From",
        required=True,
        default="internal",
        help="The categories that become the groups of products on the marketplace.",
    )
    image_limit = fields.Integer(
        string="Pictures per Product",
        default=10,
        help="The main picture comes first. Prom.ua takes up to 10.",
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

    @api.constrains("domain")
    def _check_domain(self):
        for feed in self:
            # Constraints run with elevated rights; conditions on fields that are hidden from
            # whoever writes them are refused.
            try:
                feed.env(su=False)["product.product"].search_count(feed._parse_domain(), limit=1)
            except (ValueError, TypeError, KeyError) as error:
                raise ValidationError(feed._get_domain_error()) from error

    @api.constrains("company_id")
    def _check_own_company(self):
        """Refuse companies of others: the file would show their catalogue.

        :raises AccessError: whoever sets the company does not belong to it
        """
        # Constraints run with elevated rights, for the user who writes.
        env = self.env(su=False)
        foreign = self.company_id.sudo() - env.user.company_ids
        if foreign and not env.su:
            raise AccessError(
                self.env._(
                    "You do not belong to the company %(company)s.",
                    company=", ".join(foreign.mapped("name")),
                )
            )

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

    def _compute_has_public_categories(self):
        self.has_public_categories = "product.public.category" in self.env

    @api.constrains("category_source")
    def _check_category_source(self):
        for feed in self:
            if feed.category_source == "public" and "product.public.category" not in self.env:
                raise ValidationError(
                    self.env._("There are no eCommerce categories: eCommerce is not installed.")
                )

    def _get_product_domain(self):
        """Return the domain of all products that this feed may publish.

        :rtype: odoo.fields.Domain
        """
        # Said here too: the conditions may ask for others, nobody can buy those.
        for_sale = Domain("active", "=", True) & Domain("sale_ok", "=", True)
        return self._get_chosen_domain() & for_sale

    def _get_chosen_domain(self):
        """Return the domain of the products that were chosen, for sale or not.

        :rtype: odoo.fields.Domain
        """
        chosen = self._parse_domain()
        if self.product_categ_ids:
            chosen &= Domain("categ_id", "child_of", self.product_categ_ids.ids)
        if self.product_tag_ids:
            chosen &= Domain("all_product_tag_ids", "in", self.product_tag_ids.ids)
        if self.included_product_ids:
            chosen |= Domain("id", "in", self.included_product_ids.ids)
        if self.excluded_product_ids:
            chosen &= Domain("id", "not in", self.excluded_product_ids.ids)
        return chosen & self._get_company_domain()

    def _get_product_ids(self):
        """Return the products to publish.

        :return: variant ids by product template id, both growing
        :rtype: dict[int, list[int]]
        """
        model = self.env["product.product"]
        query = model._search(self._get_product_domain(), order="product_tmpl_id.id, id")
        template = model._field_to_sql(model._table, "product_tmpl_id", query)
        found = {}
        rows = self.env.execute_query(query.select(template, SQL.identifier(model._table, "id")))
        for template_id, product_id in rows:
            found.setdefault(template_id, []).append(product_id)
        return found

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

    # === QUANTITIES === #

    def _get_quantities(self, products):
        """Return how many pieces may be sold: the stock less the safety stock, never below 0.

        :return: whole numbers by product id; ``None`` where the stock is not counted
        :rtype: dict[int, int | None]
        """
        feed = self._with_feed_context()
        products = products.with_env(feed.env)
        counted = products.filtered(self._is_counted)
        field_name = feed._get_quantity_field()
        # Without the fields: they would compute and keep five numbers for each product. Kits are
        # counted by their components here too.
        stock = counted._compute_quantities_dict(None, None, None)
        result = dict.fromkeys(products.ids)
        for product_id in counted.ids:
            left = max(stock[product_id][field_name] - feed.stock_buffer, 0.0)
            result[product_id] = int(float_round(left, precision_digits=0, rounding_method="DOWN"))
        return result

    @api.model
    def _is_counted(self, product):
        """Tell whether the stock says how many pieces of a product there are."""
        # `is_kits` comes with Manufacturing.
        # The template: through the variant the field would be computed for each one.
        is_storable = product.product_tmpl_id.is_storable
        return is_storable or ("is_kits" in product._fields and product.is_kits)

    def _get_quantity_field(self):
        """Return the name of the product's field that the quantity basis stands for."""
        return {"free": "free_qty", "on_hand": "qty_available", "forecast": "virtual_available"}[
            self.quantity_basis
        ]

    # === GROUPS === #

    def _get_category(self, template):
        """Return the category whose group a product is published in, possibly empty.

        :param product.template template: the product
        :rtype: product.category | product.public.category
        """
        if self.category_source == "public" and "public_categ_ids" in template._fields:
            return template.public_categ_ids[:1]
        return template.categ_id

    @api.model
    def _get_group_number(self, category):
        """Return the number by which the marketplace knows the group of a category.

        :rtype: int
        """
        is_internal = category._name == "product.category"
        return category.id if is_internal else PUBLIC_GROUPS + category.id

    def _find_categories(self, numbers):
        """Return the categories of these groups with all above them, parents first.

        :param numbers: by ``_get_group_number``
        :rtype: product.category | product.public.category
        """
        is_public = self.category_source == "public" and "product.public.category" in self.env
        model = self.env["product.public.category" if is_public else "product.category"]
        ids = [number - PUBLIC_GROUPS if is_public else number for number in numbers]
        found = model.search([("id", "parent_of", ids)]) if ids else model
        return found.sorted(lambda category: (category.parent_path.count("/"), category.id))

    # === VARIANTS === #

    def _get_variant_counts(self, products):
        """Return how many active variants the products have, by product template.

        :rtype: dict[int, int]
        """
        groups = self.env["product.product"]._read_group(
            [("product_tmpl_id", "in", products.product_tmpl_id.ids)],
            ["product_tmpl_id"],
            ["__count"],
        )
        return {template.id: count for template, count in groups}

    def _get_attribute_values(self, products):
        """Return the attribute values of these variants.

        Attributes that make no variants hold for all variants of a product. What is still to be
        written to the database is not seen.

        :return: for each product id the values by attribute, ids in the order of the product form
        :rtype: dict[int, dict[int, list[int]]]
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT product.id, line.attribute_id, value.product_attribute_value_id
                  FROM product_product product
                  JOIN product_template_attribute_line line
                    ON line.product_tmpl_id = product.product_tmpl_id AND line.active
                  JOIN product_attribute attribute ON attribute.id = line.attribute_id
                  JOIN product_template_attribute_value value
                    ON value.attribute_line_id = line.id AND value.ptav_active
                  JOIN product_attribute_value name ON name.id = value.product_attribute_value_id
             LEFT JOIN product_variant_combination combination
                    ON combination.product_product_id = product.id
                   AND combination.product_template_attribute_value_id = value.id
                 WHERE product.id = ANY(%s)
                   AND (attribute.create_variant = 'no_variant'
                        OR combination.product_product_id IS NOT NULL)
              ORDER BY line.sequence, attribute.sequence, line.id, name.sequence, name.id
                """,
                products.ids,
            )
        )
        found = {id_: {} for id_ in products.ids}
        for product_id, attribute_id, value_id in rows:
            found[product_id].setdefault(attribute_id, []).append(value_id)
        return found

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
