import re
from dataclasses import dataclass

from odoo import models

from ..tools.text import find_contact, find_forbidden, has_letter, is_shouting

# The group of products without a category. Ids of groups are kept for ever and must not meet a
# database id.
OTHER_GROUP_ID = 999999999
MAX_VARIANT_GROUP_ID = 999999999


@dataclass(frozen=True)
class Rules:
    """What a marketplace accepts.

    :ivar name: characters of a name that are published
    :ivar description_min: fewer characters give a warning
    :ivar description_max: more characters give a warning
    :ivar description_limit: characters after which a description is cut
    :ivar reference: regular expression of a suitable article
    :ivar pictures: how many pictures
    :ivar params: how many attributes
    :ivar keywords: characters of all search queries together
    :ivar phrase: characters of one search query
    :ivar separator: joins several values of one attribute
    :ivar discounts: the price before the discount may be written as a discount
    """

    name: int = 110
    description_min: int = 30
    description_max: int = 12160
    description_limit: int = 50000
    reference: str = r"[\w./ -]{1,25}"
    pictures: int = 10
    params: int = 100
    keywords: int = 1024
    phrase: int = 50
    separator: str = "|"
    discounts: bool = True


class ProductDataFeedChecks(models.AbstractModel):
    """What a marketplace accepts, and how offers are checked against it."""

    _name = "product.data.feed.checks"
    _description = "Checks of Offers"

    _rules = Rules()

    def _check_variants(self, variants, generation):
        """See to it that the variants of a product have the same attributes, and differ.

        :param list variants: values of all offers of one template; their attributes are changed
        :param Generation generation: takes the findings
        """
        if not variants[0]["group_id"]:
            return
        if variants[0]["group_id"] > MAX_VARIANT_GROUP_ID:
            for vals in variants:
                generation.report(vals["product_id"], "group_number")
        common = set.intersection(
            *({(name, unit) for name, _value, unit in vals["params"]} for vals in variants)
        )
        seen = set()
        for vals in variants:
            odd = [name for name, _value, unit in vals["params"] if (name, unit) not in common]
            if odd:
                generation.report(vals["product_id"], "variant_attributes", names=", ".join(odd))
                vals["params"] = [p for p in vals["params"] if (p[0], p[2]) in common]
            values = tuple(vals["params"])
            if values in seen:
                generation.report(vals["product_id"], "variant_same")
            seen.add(values)

    def _check_offer(self, vals, generation):
        """Report what is wrong with an offer.

        :param dict vals: by ``_prepare_offer_vals``
        :param Generation generation: takes the findings
        """
        product_id = vals["product_id"]
        self._check_name(vals, generation)
        self._check_description(vals, generation)
        self._check_content(vals, generation)
        if not vals["price"]:
            generation.report(product_id, "price_missing")
        if not vals["pictures"]:
            generation.report(product_id, "picture_missing")
        if vals["category_id"] == OTHER_GROUP_ID:
            generation.report(product_id, "category_missing")
        if not vals["vendor"]:
            generation.report(product_id, "vendor_missing")
        if vals["long_keywords"]:
            generation.report(
                product_id, "keywords_left_out", phrases=", ".join(vals["long_keywords"])[:200]
            )
        self._check_reference(vals, generation)

    def _check_reference(self, vals, generation):
        reference = vals["vendor_code"]
        if not reference:
            return
        if not re.fullmatch(self._rules.reference, reference):
            generation.report(vals["product_id"], "reference_unsuitable", reference=reference)
        elif reference == vals["gtin"]:
            generation.report(vals["product_id"], "reference_is_barcode", reference=reference)

    def _check_name(self, vals, generation):
        name, product_id = vals["full_name"], vals["product_id"]
        if not name:
            generation.report(product_id, "name_missing")
        elif not has_letter(name):
            generation.report(product_id, "name_no_letters", name=name)
        elif is_shouting(name):
            generation.report(product_id, "name_capitals")
        if len(name) > self._rules.name:
            generation.report(product_id, "name_cut", length=len(name), limit=self._rules.name)

    def _check_description(self, vals, generation):
        length, product_id = len(vals["plain_description"]), vals["product_id"]
        if not length:
            generation.report(product_id, "description_missing")
        elif length < self._rules.description_min:
            generation.report(
                product_id, "description_short", length=length, limit=self._rules.description_min
            )
        elif (length := len(vals["description"])) > self._rules.description_max:
            generation.report(
                product_id, "description_long", length=length, limit=self._rules.description_max
            )

    def _check_content(self, vals, generation):
        """Look for what marketplaces forbid in texts."""
        product_id = vals["product_id"]
        texts = (vals["full_name"], vals["plain_description"], vals["keywords"])
        texts += vals.get("other_texts", ())
        if contact := next(filter(None, map(find_contact, texts)), ""):
            generation.report(product_id, "contact_in_text", contact=contact)
        if word := next(filter(None, map(find_forbidden, texts)), ""):
            generation.report(product_id, "forbidden_word", word=word)
