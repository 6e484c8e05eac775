"""What is read at once for the products of one page of a feed."""

from collections.abc import Callable
from typing import NamedTuple

from ..tools.text import clean_line, describe

# What the core reads of every variant for its price and its stock.
SHARED_FIELDS = ("categ_id", "currency_id", "is_storable", "list_price", "type", "uom_id")


class Reader(NamedTuple):
    """Reads a value from one source.

    :ivar read: takes a product id and a language, returns what is not empty
    :ivar is_html: the value is HTML, not plain text
    :ivar factor: turns the number into kilograms or centimeters
    """

    read: Callable
    is_html: bool
    factor: float


class Page:
    """The products of a page with everything that takes a query.

    The number of queries is the same for one product and for hundreds.

    :param product.data.feed feed: in its own view (``_with_feed_context``)
    :param product.product products: variants of one template are neighbours
    :param tuple langs: codes of the languages that texts are written in, the main one first
    :param Generation generation: keeps names that all pages share
    """

    def __init__(self, feed, products, langs, generation):
        self.feed = feed
        self.langs = langs
        self._fetch_texts(products)
        self._read_records(products)
        self._read_amounts(products)
        self.offer_ids = feed._get_offer_ids(products)
        self.references = feed._get_references(products)
        self.portal_refs = feed._get_product_portal_refs(products)
        self.tiers = feed._get_tier_prices(products, self.prices)
        self.pictures = feed._get_picture_urls(products)
        self.attributes = feed._get_attribute_values(products)
        self.variant_counts = feed._get_variant_counts(products)
        #: Attribute id -> name by language, ``portal`` (its name on the marketplace), ``unit``.
        self.attribute_names = generation.memory["attribute_names"]
        self._value_names = generation.memory["attribute_value_names"]
        self._read_names()
        self._compile_readers(feed.value_ids)
        #: What the attributes are called that are made of fields or fixed texts.
        self.param_keys = [key for key in self._readers if isinstance(key, tuple)]

    def _read_amounts(self, products):
        """Read what products cost and how many there are."""
        self.prices = self.feed._get_prices(products)
        self.compare_prices = self.feed._get_compare_prices(products, self.prices)
        self.quantities = self.feed._get_quantities(products)

    def _compile_readers(self, lines):
        """Prepare the sources of values.

        :param product.data.feed.value lines: in the order in which they are tried
        """
        self._readers = {}
        for line in lines:
            reader = Reader(line._compile(self), line._is_html(), line._get_factor())
            self._readers.setdefault(line._get_key(), []).append(reader)

    def _fetch_texts(self, products):
        """Read the columns of the products; texts of all languages in one query."""
        templates = products.product_tmpl_id
        for records in (products, templates):
            names = [
                name
                for name, field in records._fields.items()
                if field.prefetch is True and field.column_type
            ]
            records.with_context(prefetch_langs=True).fetch(names)

    def _read_records(self, products):
        """Prepare the records in each language."""
        templates = products.product_tmpl_id
        _share_with_variants(products)
        self.products = {}
        self.templates = {}
        for lang in self.langs:
            in_lang = dict(zip(templates.ids, templates.with_context(lang=lang), strict=True))
            self.products[lang] = dict(
                zip(products.ids, products.with_context(lang=lang), strict=True)
            )
            self.templates[lang] = {
                product.id: in_lang[product.product_tmpl_id.id] for product in products
            }

    def _read_names(self):
        """Add the names of attributes and their values that no page before had."""
        found = self.attributes.values()
        self._remember_names(
            self.feed.env["product.attribute"],
            self.attribute_names,
            {attribute_id for values in found for attribute_id in values},
        )
        self._remember_names(
            self.feed.env["product.attribute.value"],
            self._value_names,
            {id_ for values in found for ids in values.values() for id_ in ids},
        )

    def _remember_names(self, model, names, ids):
        records = model.browse(sorted(ids - names.keys()))
        for record in records:
            names[record.id] = {"portal": clean_line(record.portal_name)}
            if "portal_unit" in record._fields:
                names[record.id]["unit"] = clean_line(record.portal_unit)
        for lang in self.langs:
            for record in records.with_context(lang=lang):
                names[record.id][lang] = clean_line(record.name)

    def get_value_name(self, value_id, lang):
        """Return the name of an attribute value.

        :param int value_id: of ``product.attribute.value``
        :param str lang: a language of the page, or ``portal``: as the marketplace calls it, empty
            where nobody said
        """
        return self._value_names[value_id][lang]

    def get_values(self, target, product_id, lang):
        """Return a value from the first of its sources that has one.

        :param target: a target of ``product.data.feed.value``, or one of ``param_keys``
        :return: the values and the source that gave them
        :rtype: tuple[list, Reader | None]
        """
        for reader in self._readers.get(target, ()):
            found = reader.read(product_id, lang)
            if values := [value for value in found if not _is_blank(value, reader.is_html)]:
                return values, reader
        return [], None


class AmountsPage(Page):
    """The same products with nothing but their prices, quantities and availability.

    :param product.data.feed feed: in its own view (``_with_feed_context``)
    :param product.product products: in any order
    """

    def __init__(self, feed, products):  # without what the other page reads
        self.feed = feed
        self.langs = (feed.lang_id.code,)
        # Without the texts, which are most of what there is to read.
        products.fetch(["active", "product_tmpl_id"])
        products.product_tmpl_id.fetch([*SHARED_FIELDS, "sale_ok"])
        self._read_records(products)
        self._read_amounts(products)
        lines = feed.value_ids.filtered(lambda line: line.target == "on_order")
        if "attribute" in lines.mapped("source"):
            self.attributes = feed._get_attribute_values(products)
            self.attribute_names, self._value_names = {}, {}
            self._read_names()
        self._compile_readers(lines)


def _is_blank(value, is_html):
    """Tell whether a text has nothing to read in it, as what editors leave of a deleted one."""
    if not isinstance(value, str):
        return False
    # Called as by the format: what is parsed here is not parsed again there.
    return not (describe(value, is_html).plain if is_html else clean_line(value))


def _share_with_variants(products):
    """Put what variants have from their template into the cache.

    The ORM would compute each of these fields for one variant after the other, which takes longer
    than reading them all.
    """
    templates = products.product_tmpl_id
    template_ids = [product.product_tmpl_id.id for product in products]
    for name in SHARED_FIELDS:
        # Reads or computes it for all of them.
        templates.mapped(name)
        cached = templates._fields[name]._get_cache(templates.env)
        products._fields[name]._insert_cache(products, [cached[id_] for id_ in template_ids])
