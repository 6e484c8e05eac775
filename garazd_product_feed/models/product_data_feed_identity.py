from collections import Counter

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.text import clean_line

MAX_OFFER_ID = 255
# Identifiers made of the database id. No reference of this form is used as it is, so the two kinds
# cannot collide.
ID_PREFIX = "odoo-"


class ProductDataFeedIdentity(models.AbstractModel):
    """By which identifiers a marketplace knows the products of a feed.

    A marketplace takes an unknown identifier for a new product. So whatever was published under an
    identifier keeps it for ever (``product.data.feed.offer``); only for the others the identifier
    is made from the product as it is now.
    """

    _name = "product.data.feed.identity"
    _description = "Identifiers of a Data Feed"

    offer_id_source = fields.Selection(
        selection=[
            ("default_code", "Internal Reference"),
            ("barcode", "Barcode"),
            ("database", "Number in Odoo"),
        ],
        string="Identifier",
        required=True,
        default="default_code",
        help="The marketplace recognizes a product by it. Once the feed has been published it "
        "cannot be changed: the marketplace would create every product a second time.",
    )
    offer_ids = fields.One2many("product.data.feed.offer", "feed_id", readonly=True)

    def write(self, vals):
        if "offer_id_source" in vals:
            self._check_offer_id_source(vals["offer_id_source"])
        return super().write(vals)

    def _check_offer_id_source(self, source):
        """Refuse another kind of identifiers once products are known by the present one."""
        changed = self.filtered(lambda feed: feed.offer_id_source != source)
        known = self.env["product.data.feed.offer"].sudo()
        if known.search_count([("feed_id", "in", changed.ids)], limit=1):
            raise UserError(
                self.env._(
                    "The marketplace knows the products of this feed by their present identifiers. "
                    "With other ones it would create every product a second time.\n\n"
                    "If that is what you want, duplicate the feed, choose the identifier there and "
                    "give its link to the marketplace."
                )
            )

    def _get_offer_id(self, product):
        """Return the identifier that this feed gives to a product.

        :param product.product product: one variant
        :rtype: str
        """
        return self._get_offer_ids(product)[product.id]

    def _get_offer_ids(self, products):
        """Return the identifiers that this feed gives to products.

        For a product that was never published it is the chosen reference when that is unique among
        the company's active products, else ``odoo-`` and the database id.

        :param product.product products: any number of variants
        :return: identifiers by product id
        :rtype: dict[int, str]
        """
        feed = self._with_feed_context()
        known = feed._get_known_offer_ids(products)
        result = {id_: known[id_] for id_ in products.ids if id_ in known}
        strangers = products.sudo().filtered(lambda product: product.id not in result)
        references = feed._get_references(strangers)
        taken = feed._get_taken_references(references)
        for product_id, reference in references.items():
            usable = reference not in taken and is_usable_id(reference)
            result[product_id] = reference if usable else f"{ID_PREFIX}{product_id}"
        return result

    def _get_known_offer_ids(self, products):
        """Return the identifiers under which these products were published, by product id."""
        offers = self.env["product.data.feed.offer"].sudo()
        query = offers._search(
            [("feed_id", "=", self._origin.id), ("product_id", "in", products.ids)]
        )
        columns = (SQL.identifier("product_id"), SQL.identifier("offer_id"))
        return dict(self.env.execute_query(query.select(*columns)))

    def _get_reference_field(self):
        """Return the name of the field that identifiers are made of, empty if there is none."""
        return "" if self.offer_id_source == "database" else self.offer_id_source

    def _get_references(self, products):
        """Return what the identifiers are made of.

        :return: texts by product id; empty where the product has none
        :rtype: dict[int, str]
        """
        name = self._get_reference_field()
        return {product.id: (name and product[name]) or "" for product in products}

    def _get_taken_references(self, references):
        """Return the references that cannot be identifiers, since others have them too.

        :param dict references: of products without an identifier, by product id
        :rtype: set[str]
        """
        counts = Counter(filter(None, references.values()))
        if not counts:
            return set()
        texts = list(counts)
        offers = self.env["product.data.feed.offer"]
        taken = offers.sudo().search_fetch(
            [("feed_id", "=", self._origin.id), ("offer_id", "in", texts)], ["offer_id"]
        )
        several = {text for text, count in counts.items() if count > 1}
        return several | {offer.offer_id for offer in taken} | self._get_shared_references(texts)

    def _get_shared_references(self, texts):
        """Return those of the texts that several active products have as their reference."""
        name = self._get_reference_field()
        if not name:
            return set()
        model = self.env["product.product"]
        query = model._search(self._get_company_domain() & Domain(name, "in", texts))
        column = model._field_to_sql(model._table, name, query)
        query.groupby = column
        query.having = SQL("COUNT(*) > 1")
        return {row[0] for row in self.env.execute_query(query.select(column))}

    def _remember_offer_ids(self, offer_ids):
        """Keep identifiers for ever, since they are about to be published.

        :param dict offer_ids: by product id
        """
        if offer_ids:
            # One statement: a first publication may hold a hundred thousand.
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO product_data_feed_offer
                        (feed_id, product_id, offer_id,
                         create_uid, write_uid, create_date, write_date)
                    SELECT %s, product_id, offer_id, %s, %s, %s, %s
                      FROM unnest(%s::int[], %s::text[]) AS known (product_id, offer_id)
                    ON CONFLICT (feed_id, product_id) DO NOTHING
                    RETURNING id
                    """,
                    self.id,
                    *[self.env.uid] * 2,
                    *[self.env.cr.now()] * 2,
                    list(offer_ids.keys()),
                    list(offer_ids.values()),
                )
            )
            self.env["product.data.feed.offer"].invalidate_model()

    def _find_products(self, offer_ids):
        """Return the products that identifiers of this feed stand for.

        Products that no longer fit the feed's conditions are found too, archived ones only when no
        active product has that reference.

        :param offer_ids: identifiers as the feed gives them
        :return: one product for each identifier that means exactly one
        :rtype: dict[str, product.product]
        """
        feed = self._with_feed_context().with_context(active_test=False)
        wanted = set(filter(None, offer_ids))
        known = feed.env["product.data.feed.offer"].search_fetch(
            [("feed_id", "=", feed.id), ("offer_id", "in", list(wanted))], ["product_id"]
        )
        result = {offer.offer_id: offer.product_id for offer in known}
        result |= feed._find_strangers(wanted - result.keys())
        # The caller decides with which rights the products are read.
        return {key: product.with_env(self.env) for key, product in result.items()}

    def _find_strangers(self, offer_ids):
        """Return the products that would be published under these identifiers."""
        numbers = {}
        references = set()
        for offer_id in offer_ids:
            number = offer_id.removeprefix(ID_PREFIX)
            if not is_own_form(offer_id):
                references.add(offer_id)
            elif int(number) < 1 << 31 and offer_id == f"{ID_PREFIX}{int(number)}":
                numbers[int(number)] = offer_id
        domain = Domain("id", "in", list(numbers))
        field_name = self._get_reference_field()
        if field_name:
            domain |= Domain(field_name, "in", list(references))
        products = self.env["product.product"].search(domain & self._get_company_domain())
        result = {numbers[product.id]: product for product in products if product.id in numbers}
        if field_name:
            for reference, group in products.grouped(field_name).items():
                candidates = group.filtered("active") or group
                if reference in references and len(candidates) == 1:
                    result[reference] = candidates
        return result


class ProductDataFeedOffer(models.Model):
    """A product that was published, with the identifier that it keeps for ever."""

    _name = "product.data.feed.offer"
    _description = "Product Data Feed Offer"
    _rec_name = "offer_id"
    _order = "offer_id"

    feed_id = fields.Many2one(
        "product.data.feed", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="feed_id.company_id")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    offer_id = fields.Char(string="Identifier", required=True, readonly=True)

    _product_uniq = models.Constraint(
        "UNIQUE(feed_id, product_id)", "A product has one identifier in a feed."
    )
    _offer_id_uniq = models.Constraint(
        "UNIQUE(feed_id, offer_id)", "Two products of a feed cannot have the same identifier."
    )


def is_own_form(text):
    """Tell whether a text looks like an identifier made of a database id."""
    number = text.removeprefix(ID_PREFIX)
    return number != text and number.isascii() and number.isdigit()


def is_usable_id(reference):
    """Tell whether a reference can be an identifier as it is."""
    return bool(
        reference
        and len(reference) <= MAX_OFFER_ID
        and reference == clean_line(reference)
        and not is_own_form(reference)
    )
