from odoo import Command, models

from ..tools.translations import pick_text, write_translations
from ..tools.variations import split_names

ATTRIBUTE = "garazd_merchant_center.attribute_variation"


class MerchantProductBuilder(models.AbstractModel):
    """Makes the variants of one product from variations that are products of their own there.

    A marketplace tells what belongs together, but not by what it differs. So the product gets one
    attribute, and its values are what remains of the names without what they have in common.
    """

    _inherit = "merchant.product.builder"

    def _make_variant(self, listing, siblings, data, details):
        """Return the variant of a listing; of the product that its siblings have, if they do.

        :param siblings: the other variations of the same product
        :rtype: product.product
        """
        template = self._get_family_template(siblings)
        common, parts = self._split_family(listing + siblings, details, template)
        if template:
            self._make_first_variant(template, siblings, parts)
        else:
            template = self._make_family_template(listing, data, common)
        value = self._get_free_value(listing, template, parts[listing])
        combination = self._add_value(template, value)
        product = template._get_variant_for_combination(combination)
        price = self._get_price(listing.store_id, data.listing)
        combination.price_extra = price - template.list_price
        product.write({"active": True, **self._prepare_variant_vals(listing, data)})
        return product

    # === THE PRODUCT === #

    def _get_family_template(self, siblings):
        """Return the product that gets another variant; empty if there is none yet.

        It is one that was made here. Products that people have made stay as they are.

        :rtype: product.template
        """
        made = siblings.filtered(lambda l: l.is_created and l.product_id)
        for template in made.product_id.product_tmpl_id:
            variants = template.with_context(active_test=False).product_variant_ids
            is_single = not template.attribute_line_ids and len(variants) == 1
            if is_single or self._get_line(template):
                return template
        return self.env["product.template"]

    def _make_family_template(self, listing, data, common):
        """Return a new product for variations; its only variant will be the first of them.

        :param dict common: what the names have in common, by language
        :rtype: product.template
        """
        vals = self._prepare_product_vals(listing, data)
        vals["name"] = common.get(self.env.lang) or vals["name"]
        template = self.env["product.template"].create(vals)
        self._translate(template, data.names | common, data.descriptions)
        return template

    def _make_first_variant(self, template, siblings, parts):
        """Let a product that was none of several variations become the first of them.

        :param dict parts: by what each listing of the family differs, by language
        """
        if not self._get_line(template):
            [first] = siblings.filtered(lambda l: l.product_id == template.product_variant_ids)
            self._add_value(template, self._get_value(parts[first]))

    # === ITS ATTRIBUTE === #

    def _get_attribute(self):
        """Return the attribute by which variations differ; people may rename it.

        :rtype: product.attribute
        """
        attribute = self.env.ref(ATTRIBUTE, raise_if_not_found=False)
        if not attribute:
            attribute = self.env["product.attribute"].create({"name": self.env._("Variation")})
            self.env["ir.model.data"]._update_xmlids(
                [{"xml_id": ATTRIBUTE, "record": attribute, "noupdate": True}]
            )
        return attribute

    def _get_line(self, template):
        attribute = self._get_attribute()
        return template.attribute_line_ids.filtered(lambda line: line.attribute_id == attribute)

    def _add_value(self, template, value):
        """Give a product one more value, and the variant of it.

        Odoo keeps the variant that is there when the product gets its first value.

        :return: the value of this product
        :rtype: product.template.attribute.value
        """
        line = self._get_line(template)
        if not line:
            vals = {"attribute_id": value.attribute_id.id, "value_ids": [Command.set(value.ids)]}
            template.attribute_line_ids = [Command.create(vals)]
            line = self._get_line(template)
        elif value not in line.value_ids:
            line.value_ids = [Command.link(value.id)]
        return line.product_template_value_ids.filtered(
            lambda own: own.product_attribute_value_id == value
        )

    def _get_free_value(self, listing, template, texts):
        """Return a value whose variant is no other product of the store."""
        value = self._get_value(texts)
        own = self._get_line(template).product_template_value_ids.filtered(
            lambda own: own.product_attribute_value_id == value
        )
        product = own and template._get_variant_for_combination(own)
        if product and listing.search_count(
            [("store_id", "=", listing.store_id.id), ("product_id", "=", product.id)], limit=1
        ):
            mark = self._get_reference(listing) or listing.external_id
            value = self._get_value({lang: f"{text} ({mark})" for lang, text in texts.items()})
        return value

    def _get_value(self, texts):
        """Return the value of the attribute with this name, made if there is none.

        :param dict texts: by language, among them that of the environment
        :rtype: product.attribute.value
        """
        attribute = self._get_attribute()
        name = texts[self.env.lang]
        values = self.env["product.attribute.value"]
        value = values.search([("attribute_id", "=", attribute.id), ("name", "=", name)], limit=1)
        if not value:
            value = values.create({"attribute_id": attribute.id, "name": name})
            write_translations(value, "name", texts)
        return value

    # === NAMES === #

    def _split_family(self, family, details, template):
        """Return what the names of a family have in common, and by what each listing differs.

        The names in the lists are in one language; in the others those are compared that are known.

        :param dict details: of some of the listings, by id
        :param template: the product that was made from some of the listings, if any
        :return: texts by language, and the same for each listing
        :rtype: tuple[dict[str, str], dict[merchant.listing, dict[str, str]]]
        """
        shared, rests = split_names(family.mapped("name"))
        common, parts = {}, {listing: {} for listing in family}
        known = {listing: details[listing.id].names for listing in family if listing.id in details}
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        for lang in installed.intersection(lang for names in known.values() for lang in names):
            named = [listing for listing, names in known.items() if lang in names]
            names = [known[listing][lang] for listing in named]
            if template:
                names.append(template.with_context(lang=lang).name)
            if len(names) > 1:
                common[lang], differing = split_names(names)
                for listing, part in zip(named, differing, strict=False):
                    parts[listing][lang] = part or self._get_main_name(lang)
        mine = self.env.lang
        common[mine] = pick_text(common, mine) or shared
        for listing, part in zip(family, rests, strict=True):
            parts[listing][mine] = (
                pick_text(parts[listing], mine) or part or self._get_main_name(mine)
            )
        return {lang: text for lang, text in common.items() if text}, parts

    def _get_main_name(self, lang):
        """Return the value of the variation that has the name of the product itself."""
        return self.with_context(lang=lang).env._("Main")
