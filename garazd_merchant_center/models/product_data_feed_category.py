from odoo import fields, models
from odoo.tools import SQL, LazyTranslate

_lt = LazyTranslate(__name__)

BELOW = "portal_category_below"
GONE = "portal_category_gone"


class ProductDataFeed(models.Model):
    """Which category of the marketplace an offer is published in; see ``merchant.category``."""

    _inherit = "product.data.feed"

    def _get_portal_refs(self):
        """Extend with the categories that product categories were given; groups come first."""
        refs = {}
        if self.category_source == "internal":
            categories = self.env["product.category"].sudo()
            given = categories.search([("merchant_category_id", "!=", False)])
            for category in categories.search([("id", "child_of", given.ids)]):
                found = category._get_merchant_category()
                refs[self._get_group_number(category)] = found.external_id
        return refs | super()._get_portal_refs()

    def _get_product_portal_refs(self, products):
        """Extend with the categories that the groups of the stores were given.

        Where several stores show a product, the first store counts.
        """
        refs = super()._get_product_portal_refs(products)
        by_group = self._get_store_group_refs()
        if by_group:
            # Elevated: the file must not depend on who pressed the button.
            listings = self.env["merchant.listing"].sudo()
            domain = [("product_id", "in", products.ids), ("category_id", "in", list(by_group))]
            names = ["product_id", "category_id", "store_id"]
            found = listings.search_fetch(domain, names, order="id")
            for listing in found.sorted(lambda listing: (listing.store_id.id, listing.id)):
                refs.setdefault(listing.product_id.id, by_group[listing.category_id.id])
        return refs

    def _get_store_group_refs(self):
        """Return the categories of the marketplace by the group of one of this feed's stores.

        :return: numbers by the id of the ``merchant.category``
        :rtype: dict[int, str]
        """
        # Elevated: the file must not depend on who pressed the button.
        groups = self.env["merchant.category"].sudo().with_context(active_test=False)
        of_stores = [("store_id", "in", self.sudo().store_ids.ids)]
        if not groups.search_count([*of_stores, ("portal_category_id", "!=", False)], limit=1):
            return {}
        given = {group.id: group._get_given_category() for group in groups.search(of_stores)}
        return {id_: category.external_id for id_, category in given.items() if category}

    # === CATEGORIES IN WHICH NOTHING CAN BE SOLD === #

    def _get_category_troubles(self):
        """Return which of the categories that are used cannot have products.

        :return: code of the issue and full name by number
        :rtype: dict[str, tuple[str, str]]
        """
        # Elevated: the file must not depend on who pressed the button.
        templates = self.env["product.template"].sudo()
        used = {
            *self._get_portal_refs().values(),
            *self._get_store_group_refs().values(),
            *(
                ref
                for (ref,) in templates._read_group(
                    [("portal_category_ref", "!=", False)], ["portal_category_ref"]
                )
            ),
        }
        # Without a store nobody knows but the format.
        marketplaces = self.sudo().store_ids.mapped("marketplace") or [self.format]
        categories = self.env["merchant.category"].sudo().with_context(active_test=False)
        found = categories.search(
            [
                ("store_id", "=", False),
                ("marketplace", "in", marketplaces),
                ("external_id", "in", list(used)),
                "|",
                ("active", "=", False),
                ("is_leaf", "=", False),
            ]
        )
        return {c.external_id: (BELOW if c.active else GONE, c.complete_name) for c in found}

    def _new_generation(self):
        generation = super()._new_generation()
        generation.memory["category_troubles"] = self._get_category_troubles()
        return generation

    # === WHAT THE FILE DEPENDS ON === #

    def _get_content_settings(self):
        return [*super()._get_content_settings(), sorted(self._get_category_troubles().items())]

    def _get_content_version_queries(self):
        """Extend with the category that a product has by its group in a store."""
        queries = super()._get_content_version_queries()
        by_group = self._get_store_group_refs()
        if by_group:
            queries.append(
                SQL(
                    "SELECT p.product_tmpl_id,"
                    " hashtextextended(concat_ws(',', v.store_id, v.product_id, given.ref), 21)"
                    " FROM merchant_listing v"
                    " JOIN product_product p ON p.id = v.product_id"
                    " JOIN unnest(%s::int[], %s::text[]) AS given (group_id, ref)"
                    " ON given.group_id = v.category_id",
                    list(by_group),
                    list(by_group.values()),
                )
            )
        return queries


class ProductDataFeedFormat(models.AbstractModel):
    _inherit = "product.data.feed.format"

    def _check_offer(self, vals, generation):
        """Extend to tell where a category can have no products."""
        super()._check_offer(vals, generation)
        ref = vals["portal_category_id"]
        if not ref and not vals["portal_category_url"]:
            ref = generation.memory["portal_refs"].get(vals["category_id"])
        code, name = generation.memory["category_troubles"].get(ref, (None, None))
        if code:
            generation.report(vals["product_id"], code, reference=ref, name=name)


class ProductDataFeedIssue(models.Model):
    _inherit = "product.data.feed.issue"

    code = fields.Selection(
        selection_add=[
            (BELOW, "Category on the marketplace is divided further"),
            (GONE, "Category on the marketplace does not exist any more"),
        ],
        ondelete={BELOW: "cascade", GONE: "cascade"},
    )

    def _get_messages(self):
        return super()._get_messages() | {
            BELOW: lambda reference, name, **_: _lt(
                "The category %(name)s (%(reference)s) has others below it, so the marketplace "
                "puts no products into it. Choose one of those below it.",
                name=name,
                reference=reference,
            ),
            GONE: lambda reference, name, **_: _lt(
                "The category %(name)s (%(reference)s) is not in the marketplace's catalogue any "
                "more. Choose another one.",
                name=name,
                reference=reference,
            ),
        }

    def _get_severities(self):
        return super()._get_severities() | {BELOW: "warning", GONE: "warning"}
