import re

from odoo import models
from odoo.tools import float_repr
from odoo.tools.barcode import check_barcode_encoding

from ..tools.text import (
    cdata,
    clean_html,
    clean_line,
    cut_words,
    find_contact,
    has_letter,
    is_shouting,
    plain_text,
    text_to_html,
)

MAX_NAME = 110
MIN_DESCRIPTION = 30
# What the description column of a price list may hold.
MAX_DESCRIPTION = 12160
MAX_REFERENCE = 25
MAX_PARAMS = 100
REFERENCE = re.compile(r"[\w./ -]+", re.UNICODE)
BARCODES = ("ean13", "ean8", "upca", "gtin14")
# Several values of one attribute in one tag.
VALUE_SEPARATOR = "|"
# The group of products without a category. Ids of groups are kept for ever and must not meet a
# database id.
OTHER_GROUP_ID = 999999999
# Where a description for buyers may be, best first. eCommerce brings the first field.
DESCRIPTION_FIELDS = ("description_ecommerce", "description_sale")


class ProductDataFeedFormatProm(models.AbstractModel):
    """The XML price list of Prom.ua.

    The bare tags hold the main language, those that end in ``_ua`` the Ukrainian texts; Prom.ua
    takes the Ukrainian name and description only together.
    """

    _name = "product.data.feed.format.prom"
    _inherit = ["product.data.feed.format"]
    _description = "Data Feed Format of Prom.ua"

    def _get_template(self):
        return self.env.ref("garazd_product_feed.prom_feed")

    # === SHOP === #

    def _prepare_document_vals(self, feed):
        vals = super()._prepare_document_vals(feed)
        vals["shop_name"] = clean_line(feed.company_id.name)
        return vals

    def _prepare_categories(self, feed, generation):
        ids = [id_ for id_ in generation.category_ids if id_ != OTHER_GROUP_ID]
        model = feed.env["product.category"]
        categories = model.search([("id", "parent_of", ids)]) if ids else model
        vals = [
            self._prepare_category_vals(category)
            for category in categories.sorted(lambda category: category.parent_path.count("/"))
        ]
        if OTHER_GROUP_ID in generation.category_ids:
            name = feed.env._("Other Products")
            vals.append({"id": OTHER_GROUP_ID, "parent_id": False, "name": name})
        return vals

    def _prepare_category_vals(self, category):
        """Return the values of one group. Its id is the database id: Prom.ua knows it by that.

        :rtype: dict
        """
        return {
            "id": category.id,
            "parent_id": category.parent_id.id,
            "name": clean_line(category.name),
        }

    # === OFFER === #

    def _prepare_offer_vals(self, feed, product, page, generation):
        quantity = page.quantities[product.id]
        vals = {
            "id": page.offer_ids[product.id],
            "available": self._get_available(feed, quantity),
            "selling_type": "s" if product.type == "service" else False,
            "category_id": product.categ_id.id or OTHER_GROUP_ID,
            "group_id": self._get_group_id(product),
            "currency": feed.currency_id.name,
            "price": self._format_amount(feed, page.prices[product.id]),
            "oldprice": self._format_amount(feed, page.compare_prices.get(product.id)),
            "quantity": quantity,
            "pictures": page.pictures[product.id][0],
            "vendor_code": clean_line(product.default_code),
            "weight": self._get_weight(product),
            **self._prepare_barcode_vals(product, generation),
            **self._prepare_params_vals(feed, product, generation),
            **self._prepare_text_vals(feed, product, generation),
        }
        if page.pictures[product.id][1]:
            generation.report(product, "picture_format", count=page.pictures[product.id][1])
        if product.default_code in page.shared_references:
            generation.report(
                product,
                "reference_shared",
                reference=clean_line(product.default_code),
                offer_id=vals["id"],
            )
        return vals

    def _get_available(self, feed, quantity):
        """Return the attribute ``available``: an empty text means "not available" to Prom.ua.

        :param int | None quantity: pieces that may be sold; None: not counted, always available
        """
        if quantity is None or quantity > 0:
            return "true"
        return "false" if feed.zero_stock_availability == "false" else ""

    def _get_group_id(self, product):
        """Return what joins the variants of one product, or False when it has only one."""
        template = product.product_tmpl_id
        return template.id if template.product_variant_count > 1 else False

    def _format_amount(self, feed, amount):
        """Return an amount with a decimal point, or False for nothing to pay."""
        if not amount or feed.currency_id.compare_amounts(amount, 0.0) <= 0:
            return False
        return float_repr(amount, feed.currency_id.decimal_places)

    def _get_weight(self, product):
        """Return the weight in kilograms, or False."""
        if product.weight <= 0:
            return False
        unit = product.product_tmpl_id._get_weight_uom_id_from_ir_config_parameter()
        kilogram = product.env.ref("uom.product_uom_kgm")
        weight = unit._compute_quantity(product.weight, kilogram, round=False)
        return float_repr(weight, 3).rstrip("0").rstrip(".")

    def _prepare_barcode_vals(self, product, generation):
        barcode = clean_line(product.barcode)
        if barcode and not any(check_barcode_encoding(barcode, kind) for kind in BARCODES):
            generation.report(product, "barcode_invalid", barcode=barcode)
            barcode = ""
        return {"gtin": barcode}

    # === ATTRIBUTES === #

    def _prepare_params_vals(self, feed, product, generation):
        """Return the attributes, in the language that the portal's own attributes have.

        All variants of a product carry the same attribute names, as Prom.ua demands.
        """
        _main, ukrainian = self._get_lang_codes(feed)
        product = product.with_context(lang=ukrainian or feed.lang_id.code)
        of_variant = product.product_template_attribute_value_ids.grouped("attribute_line_id")
        params = {}
        for line in product.product_tmpl_id.attribute_line_ids:
            values = of_variant.get(line)
            if values is None and line.attribute_id.create_variant == "no_variant":
                # These make no variants: they hold for all of them.
                values = line.value_ids
            for value in values or ():
                params.setdefault(clean_line(line.attribute_id.name), []).append(
                    clean_line(value.name)
                )
        if len(params) > MAX_PARAMS:
            generation.report(product, "too_many_attributes", count=len(params), limit=MAX_PARAMS)
        pairs = [(name, VALUE_SEPARATOR.join(filter(None, v))) for name, v in params.items()]
        return {"params": [pair for pair in pairs if all(pair)][:MAX_PARAMS]}

    # === TEXTS === #

    def _get_lang_codes(self, feed):
        """Return the codes of the main and of the Ukrainian language.

        A shop that only writes Ukrainian publishes its texts in both places.

        :return: the second one is False when no text is Ukrainian
        :rtype: tuple[str, str | bool]
        """
        main, second = feed.lang_id.code, feed.secondary_lang_id.code
        if main.startswith("uk"):
            return second or main, main
        return main, second

    def _prepare_text_vals(self, feed, product, generation):
        main, ukrainian = self._get_lang_codes(feed)
        name, description = self._get_texts(product, main)
        vals = {
            "full_name": name,
            "name": cut_words(name, MAX_NAME),
            "plain_description": plain_text(description),
            "description": cdata(description),
            "name_ua": False,
            "description_ua": False,
        }
        if not ukrainian:
            return vals
        if ukrainian != main:
            name, description = self._get_texts(product, ukrainian)
        if name and description:
            vals["name_ua"] = cut_words(name, MAX_NAME)
            vals["description_ua"] = cdata(description)
        elif vals["plain_description"] and (name or description):
            # Where the main text is missing too, that is what has to be written first.
            generation.report(product, "translation_incomplete")
        return vals

    def _get_texts(self, product, lang):
        """Return name and description in one language.

        :rtype: tuple[str, str]
        """
        product = product.with_context(lang=lang)
        return clean_line(product.name), self._get_description(product)

    def _get_description(self, product):
        """Return the description for buyers as HTML, in the language of the context.

        :rtype: str
        """
        for field_name in DESCRIPTION_FIELDS:
            field = product._fields.get(field_name)
            if not field or not product[field_name]:
                continue
            convert = clean_html if field.type == "html" else text_to_html
            if description := convert(product[field_name]):
                return description
        return ""

    # === CHECKS === #

    def _check_offer(self, product, vals, generation):
        self._check_name(product, vals, generation)
        self._check_description(product, vals, generation)
        if not vals["price"]:
            generation.report(product, "price_missing")
        if not vals["pictures"]:
            generation.report(product, "picture_missing")
        if vals["category_id"] == OTHER_GROUP_ID:
            generation.report(product, "category_missing")
        reference = vals["vendor_code"]
        if reference and (len(reference) > MAX_REFERENCE or not REFERENCE.fullmatch(reference)):
            generation.report(product, "reference_unsuitable", reference=reference)
        if vals["group_id"] and tuple(vals["params"]) in generation.variants[vals["group_id"]]:
            generation.report(product, "variant_same")
        return super()._check_offer(product, vals, generation)

    def _check_name(self, product, vals, generation):
        name = vals["full_name"]
        if not name:
            generation.report(product, "name_missing")
        elif not has_letter(name):
            generation.report(product, "name_no_letters", name=name)
        if len(name) > MAX_NAME:
            generation.report(product, "name_cut", length=len(name), limit=MAX_NAME)
        if is_shouting(name):
            generation.report(product, "name_capitals")
        if contact := find_contact(f"{name} {vals['plain_description']}"):
            generation.report(product, "contact_in_text", contact=contact)

    def _check_description(self, product, vals, generation):
        plain = vals["plain_description"]
        if not plain:
            generation.report(product, "description_missing")
        elif len(plain) < MIN_DESCRIPTION:
            generation.report(
                product, "description_short", length=len(plain), limit=MIN_DESCRIPTION
            )
        elif len(vals["description"]) > MAX_DESCRIPTION:
            generation.report(
                product,
                "description_long",
                length=len(vals["description"]),
                limit=MAX_DESCRIPTION,
            )

    def _remember_offer(self, product, vals, generation):
        if vals["group_id"]:
            generation.variants[vals["group_id"]].add(tuple(vals["params"]))
        return super()._remember_offer(product, vals, generation)
