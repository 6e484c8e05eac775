import math
import re

from odoo import fields, models
from odoo.tools import groupby
from odoo.tools.barcode import check_barcode_encoding

from ..tools import words
from ..tools.text import (
    clean_line,
    cut_html,
    cut_words,
    describe,
    element,
    join_phrases,
)
from .product_data_feed_checks import OTHER_GROUP_ID
from .product_data_feed_page import Page
from .product_data_feed_value import SELLING_TYPES

BARCODES = ("ean13", "ean8", "upca", "gtin14")
PORTAL_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
PORTAL_ADDRESS = re.compile(r"https?://[^\s/]+\.\S+")


class ProductDataFeedFormat(models.AbstractModel):
    """How a feed is written down: the contract of every format, and what they share.

    A format is data and a template: a module adds the format ``x`` with a selection value of
    ``product.data.feed.format``, a QWeb template, and a model ``product.data.feed.format.x`` that
    inherits this one and says its rules. The feed arrives with elevated rights, in its own company
    and language (``_with_feed_context``).
    """

    _name = "product.data.feed.format"
    _inherit = ["product.data.feed.checks"]
    _description = "Data Feed Format"

    def _get_template(self):
        """Return the QWeb template of new feeds.

        It gets the values of ``_prepare_document_vals``, ``offers`` (each with its ``product``),
        ``categories`` and ``cut``, which it prints once before the offers and once after each of
        them. Of records it can only read what may be published, see ``..tools.readable``.

        :rtype: ir.ui.view
        """
        raise NotImplementedError

    def _get_langs(self, feed):
        """Return the codes of the languages that texts are written in, the main one first.

        :rtype: tuple[str, ...]
        """
        return (feed.lang_id.code,)

    def _get_param_lang(self, feed):
        """Return the code of the language of attributes."""
        return self._get_langs(feed)[-1]

    def _get_dependencies(self, feed):
        """Return the models that offers are read from beside the product and what the feed maps.

        :rtype: set[str]
        """
        return set()

    def _prepare_document_vals(self, feed):
        """Return what the template needs beside offers and categories.

        :param product.data.feed feed: the feed
        :rtype: dict
        """
        now = fields.Datetime.context_timestamp(feed, fields.Datetime.now())
        return {
            "feed": feed,
            "company": feed.company_id,
            "shop_name": clean_line(feed.company_id.name),
            "date": now.strftime("%Y-%m-%d %H:%M"),
            "currency": feed.currency_id,
            "base_url": feed.get_base_url(),
            "element": element,
        }

    # === GROUPS === #

    def _prepare_categories(self, feed, numbers):
        """Return the values of the groups that the offers are in, parents first.

        :param product.data.feed feed: the feed
        :param set numbers: of the groups, by ``_get_group_number``
        :rtype: list[dict]
        """
        portal_refs = feed._get_portal_refs()
        lang = self._get_param_lang(feed)
        categories = feed._find_categories(numbers - {OTHER_GROUP_ID}).with_context(lang=lang)
        vals = [
            {
                "id": feed._get_group_number(category),
                "parent_id": category.parent_id and feed._get_group_number(category.parent_id),
                "name": clean_line(category.name),
                "category": category,
            }
            for category in categories
        ]
        if OTHER_GROUP_ID in numbers:
            name = feed.with_context(lang=lang).env._("Other Products")
            vals.append({"id": OTHER_GROUP_ID, "parent_id": False, "name": name, "category": None})
        for group in vals:
            group.update(split_portal_ref(portal_refs.get(group["id"], "")))
        return vals

    # === OFFERS === #

    def _prepare_offers(self, feed, products, generation):
        """Return the values of the offers to publish.

        Sold-out products are left out if the feed says so, and products with errors unless the
        feed keeps them.

        :param product.data.feed feed: the feed
        :param product.product products: one page; all variants of a template or none
        :param Generation generation: takes the findings
        :return: values for the template, with at least ``id``, ``product_id``, ``template_id`` and
            ``category_id``
        :rtype: list[dict]
        """
        page = Page(feed, products, self._get_langs(feed), generation)
        prepared = (
            self._prepare_offer_vals(feed, product, page, generation)
            for product in products
            if feed.include_unavailable or self._get_availability(page, product.id) != "sold_out"
        )
        offers = []
        for _template_id, variants in groupby(prepared, lambda vals: vals["template_id"]):
            self._check_variants(variants, generation)
            for vals in variants:
                self._check_offer(vals, generation)
                if not feed._is_left_out(generation.codes(vals["product_id"])):
                    offers.append(vals)
        return offers

    def _prepare_offer_vals(self, feed, product, page, generation):
        """Return the values of one offer.

        :param product.data.feed feed: the feed
        :param product.product product: the variant
        :param Page page: what was read for its page
        :param Generation generation: takes what is noticed on the way
        :rtype: dict
        """
        template = page.templates[page.langs[0]][product.id]
        category = feed._get_category(template)
        tiers = page.tiers.get(product.id, [])
        vals = {
            "id": page.offer_ids[product.id],
            "product_id": product.id,
            "template_id": template.id,
            # For templates that were extended in the interface.
            "product": product,
            "category_id": feed._get_group_number(category) if category else OTHER_GROUP_ID,
            "group_id": template.id if page.variant_counts[template.id] > 1 else False,
            "availability": self._get_availability(page, product.id),
            "ready_to_ship": self._read_flag(page, "ready_to_ship", product.id),
            "quantity": page.quantities[product.id],
            "minimum_order_quantity": self._read_number(
                page, "minimum_order_quantity", product.id, digits=0
            ),
            "currency": feed.currency_id.name,
            "tiers": [
                (amount, number)
                for number, price in tiers
                if (amount := self._format_amount(feed, price))
            ],
            "pictures": page.pictures[product.id][0][: self._rules.pictures],
            "params": self._prepare_params(feed, product, page, generation),
            **self._prepare_price_vals(feed, page, product.id),
            **self._prepare_identity_vals(feed, page, product.id, generation),
            **self._prepare_package_vals(page, product.id),
            **self._prepare_text_vals(page, product.id, page.langs[0]),
        }
        vals["selling_type"] = self._get_selling_type(page, template, vals)
        self._report_page_findings(feed, product, page, vals, generation)
        return vals

    def _report_page_findings(self, feed, product, page, vals, generation):
        """Report what the values no longer show."""
        found, unreadable = page.pictures[product.id]
        if unreadable:
            generation.report(product.id, "picture_format", count=unreadable)
        if len(found) > self._rules.pictures:
            generation.report(
                product.id, "too_many_pictures", count=len(found), limit=self._rules.pictures
            )
        reference = clean_line(page.references[product.id])
        if reference and reference != vals["id"]:
            generation.report(
                product.id, "identifier_differs", reference=reference, offer_id=vals["id"]
            )

    def _get_availability(self, page, product_id):
        """Return ``in_stock``, ``on_order`` or ``sold_out``."""
        quantity = page.quantities[product_id]
        if quantity is None or quantity > 0:
            return "in_stock"
        return "on_order" if self._read_flag(page, "on_order", product_id) else "sold_out"

    def _get_selling_type(self, page, template, vals):
        """Return ``r`` (retail), ``w`` (wholesale), ``u`` (both), ``s`` (service), or False."""
        chosen = self._read_line(page, "selling_type", vals["product_id"]).lower()
        if chosen in SELLING_TYPES:
            return chosen
        if template.type == "service":
            return "s"
        return "u" if vals["tiers"] else False

    # === VALUES === #

    def _read_line(self, page, target, product_id, lang=None):
        """Return a value as one line of text, several joined by commas."""
        values, _reader = page.get_values(target, product_id, lang or page.langs[0])
        return ", ".join(filter(None, (clean_line(_as_text(value)) for value in values)))

    def _read_flag(self, page, target, product_id):
        values, _reader = page.get_values(target, product_id, page.langs[0])
        return any(str(value).strip().lower() not in words.NO for value in values)

    def _read_number(self, page, target, product_id, digits):
        """Return a positive number as text without superfluous zeros, or False."""
        values, reader = page.get_values(target, product_id, page.langs[0])
        if not values:
            return False
        try:
            number = float(str(values[0]).replace(",", ".")) * reader.factor
        except ValueError:
            return False
        if not 0 < number < math.inf:
            return False
        text = f"{number:.{digits}f}"
        if digits:
            text = text.rstrip("0").rstrip(".")
        return text if text.strip("0.") else False

    def _prepare_price_vals(self, feed, page, product_id):
        """Return ``price`` with ``oldprice`` or ``discount``, never both."""
        price, old = page.prices[product_id], page.compare_prices.get(product_id)
        vals = {"price": False, "oldprice": False, "discount": False}
        if price <= 0:
            return vals
        vals["price"] = self._format_amount(feed, price)
        if not old:
            return vals
        if feed.compare_style == "oldprice" or not self._rules.discounts:
            return vals | {"oldprice": self._format_amount(feed, old)}
        vals["price"] = self._format_amount(feed, old)
        if feed.compare_style == "amount":
            return vals | {"discount": self._format_amount(feed, old - price)}
        percent = f"{(old - price) / old * 100:.2f}".rstrip("0").rstrip(".")
        if percent in ("0", "100"):
            # It would say something else than the prices.
            return vals | {"price": self._format_amount(feed, price)}
        return vals | {"discount": f"{percent}%"}

    def _format_amount(self, feed, amount):
        """Return an amount with a decimal point; False when it rounds to nothing."""
        text = f"{amount:.{feed.currency_id.decimal_places}f}"
        return text if amount > 0 and text.strip("0.") else False

    def _prepare_identity_vals(self, feed, page, product_id, generation):
        """Return what identifies the product beyond this shop, and its place on the marketplace."""
        barcode = self._read_line(page, "gtin", product_id)
        if barcode and not is_gtin(barcode):
            generation.report(product_id, "barcode_invalid", barcode=barcode)
            barcode = ""
        portal_ref = self._read_line(page, "portal_category", product_id)
        portal_ref = portal_ref or page.portal_refs.get(product_id, "")
        if portal_ref and not any(split_portal_ref(portal_ref).values()):
            generation.report(product_id, "portal_category_invalid", reference=portal_ref)
        return {
            "gtin": barcode,
            "mpn": self._read_line(page, "mpn", product_id),
            "vendor": self._read_line(page, "vendor", product_id),
            "vendor_code": self._read_line(page, "vendor_code", product_id),
            "country": self._read_line(page, "country", product_id, page.langs[-1]),
            **split_portal_ref(portal_ref),
        }

    def _prepare_package_vals(self, page, product_id):
        """Return weight in kilograms and lengths in centimeters."""
        return {
            "weight": self._read_number(page, "weight", product_id, digits=3),
            "width": self._read_number(page, "width", product_id, digits=1),
            "height": self._read_number(page, "height", product_id, digits=1),
            "length": self._read_number(page, "length", product_id, digits=1),
        }

    def _prepare_params(self, feed, product, page, generation):
        """Return the attributes: those that the marketplace knows first.

        :return: name, value, unit
        :rtype: list[tuple[str, str, str]]
        """
        lang = self._get_param_lang(feed)
        known, own = {}, {}
        for attribute_id, value_ids in page.attributes[product.id].items():
            attribute = page.attribute_names[attribute_id]
            names = [
                page.get_value_name(id_, "portal") or page.get_value_name(id_, lang)
                for id_ in value_ids
            ]
            params = known if attribute["portal"] else own
            name = attribute["portal"] or attribute[lang]
            params.setdefault((name, attribute["unit"]), []).extend(filter(None, names))
        for key in page.param_keys:
            values, _reader = page.get_values(key, product.id, lang)
            texts = filter(None, (clean_line(_as_text(value)) for value in values))
            own.setdefault((clean_line(key[1]), ""), []).extend(texts)
        separator = self._rules.separator
        params = [
            # A value with the separator in it would be read as several.
            (name, separator.join(v.replace(separator, "/") for v in dict.fromkeys(values)), unit)
            for (name, unit), values in (known | own).items()
            if name and values
        ]
        if len(params) > self._rules.params:
            generation.report(
                product.id, "too_many_attributes", count=len(params), limit=self._rules.params
            )
        return params[: self._rules.params]

    # === TEXTS === #

    def _prepare_text_vals(self, page, product_id, lang):
        """Return the texts in one language.

        :return: ``full_name``, ``name``, ``plain_description``, ``description`` (HTML),
            ``keywords`` and ``long_keywords`` (those that do not fit)
        :rtype: dict
        """
        full_name = self._read_line(page, "name", product_id, lang)
        values, reader = page.get_values("description", product_id, lang)
        description = describe(str(values[0]), reader.is_html) if values else describe("", False)
        phrases = [str(value) for value in page.get_values("keywords", product_id, lang)[0]]
        keywords, long_keywords = ("", [])
        if phrases:
            keywords, long_keywords = join_phrases(
                phrases, self._rules.keywords, self._rules.phrase
            )
        html = description.html
        if len(html) > self._rules.description_limit:
            html = cut_html(html, self._rules.description_limit)
        return {
            "full_name": full_name,
            "name": cut_words(full_name, self._rules.name),
            "plain_description": description.plain,
            "description": html,
            "keywords": keywords,
            "long_keywords": long_keywords,
        }


def is_gtin(barcode):
    """Tell whether a text is a valid EAN, UPC or GTIN."""
    return any(check_barcode_encoding(barcode, kind) for kind in BARCODES)


def split_portal_ref(reference):
    """Return a category of the marketplace as its number or its address.

    :param str reference: a number, an address, or anything else, which is neither
    :rtype: dict
    """
    reference = clean_line(reference)
    return {
        "portal_category_id": reference if PORTAL_NUMBER.fullmatch(reference) else False,
        "portal_category_url": reference if PORTAL_ADDRESS.fullmatch(reference) else False,
    }


def _as_text(value):
    """Return a value as people write it."""
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return "+" if value is True else str(value)
