from odoo import models

from ..tools.text import cdata


class ProductDataFeedFormatProm(models.AbstractModel):
    """The XML price list of Prom.ua.

    The bare tags hold the main language, those that end in ``_ua`` the Ukrainian texts; Prom.ua
    takes the Ukrainian name and description only together, and the search queries with both.
    """

    _name = "product.data.feed.format.prom"
    _inherit = ["product.data.feed.format"]
    _description = "Data Feed Format of Prom.ua"

    def _get_template(self):
        return self.env.ref("garazd_product_feed.prom_feed")

    def _get_langs(self, feed):
        """Return the main language and, behind it, the one of the Ukrainian texts.

        A shop that only writes Ukrainian publishes its texts in both places.
        """
        main, second = feed.lang_id.code, feed.secondary_lang_id.code
        if main.startswith("uk"):
            return (second or main, main)
        return (main, second) if second else (main,)

    def _prepare_offer_vals(self, feed, product, page, generation):
        vals = super()._prepare_offer_vals(feed, product, page, generation)
        vals["available"] = self._get_available(feed, vals)
        vals["in_stock"] = vals["ready_to_ship"] and vals["available"] == "true"
        vals.update(self._prepare_ukrainian_vals(page, vals, generation))
        vals["description"] = cdata(vals["description"])
        return vals

    def _get_available(self, feed, vals):
        """Return the attribute ``available``: "" is "not available", "false" is "on order"."""
        if not vals["price"]:
            return ""
        on_order = "false"
        sold_out = on_order if feed.zero_stock_availability == "false" else ""
        return {"in_stock": "true", "on_order": on_order, "sold_out": sold_out}[
            vals["availability"]
        ]

    def _prepare_ukrainian_vals(self, page, main, generation):
        vals = {"name_ua": False, "description_ua": False, "keywords_ua": False}
        if len(page.langs) == 1:
            return vals
        texts = main
        if page.langs[1] != page.langs[0]:
            texts = self._prepare_text_vals(page, main["product_id"], page.langs[1])
        if texts["name"] and texts["description"]:
            return {
                "name_ua": texts["name"],
                "description_ua": cdata(texts["description"]),
                "keywords_ua": texts["keywords"],
                "other_texts": ()
                if texts is main
                else (texts["full_name"], texts["plain_description"], texts["keywords"]),
            }
        if main["plain_description"] and (texts["name"] or texts["description"]):
            # Where the main text is missing too, that is what has to be written first.
            generation.report(main["product_id"], "translation_incomplete")
        return vals

    def _check_offer(self, vals, generation):
        super()._check_offer(vals, generation)
        portal_refs = generation.memory["portal_refs"]
        own = vals["portal_category_id"] or vals["portal_category_url"]
        if not own and not portal_refs.get(vals["category_id"]):
            generation.report(vals["product_id"], "portal_category_missing")
