from odoo import fields, models


class ProductDataFeed(models.Model):
    _inherit = "product.data.feed"

    store_ids = fields.One2many(
        "merchant.store",
        "feed_id",
        string="Stores",
        readonly=True,
        groups="garazd_merchant_center.group_user",
    )
    offer_id_source = fields.Selection(
        selection_add=[("listing", "As on the Marketplace, else Internal Reference")],
        ondelete={"listing": "set default"},
    )

    # === IDENTIFIERS === #

    def _get_reference_field(self):
        return (
            "default_code" if self.offer_id_source == "listing" else super()._get_reference_field()
        )

    def _get_references(self, products):
        """Return the identifiers that the marketplace has already; they come before our own."""
        references = super()._get_references(products)
        if self.offer_id_source != "listing":
            return references
        own, others = self._get_listed_ids(products, references)
        for product_id, reference in references.items():
            if product_id in own:
                references[product_id] = own[product_id]
            elif reference in others:
                # It stands for another product there.
                references[product_id] = ""
        return references

    def _get_listed_ids(self, products, references):
        """Return the identifiers on the marketplace of this feed's stores.

        :return: those of these products, by product id, and those of all listings that are among
            the references
        :rtype: tuple[dict[int, str], set[str]]
        """
        listings_sudo = (
            self.env["merchant.listing"]
            .sudo()
            .search_fetch(
                [
                    ("store_id", "in", self.sudo().store_ids.ids),
                    ("seller_id", "!=", False),
                    "|",
                    ("product_id", "in", products.ids),
                    ("seller_id", "in", list(references.values())),
                ],
                ["product_id", "seller_id"],
                order="id",
            )
        )
        own = {}
        for listing in listings_sudo:
            own.setdefault(listing.product_id.id, listing.seller_id)
        return own, set(listings_sudo.mapped("seller_id"))

    # === FAILURES === #

    def _record_failure(self, error):
        text = super()._record_failure(error)
        self._report_to_stores("feed_failed", reason=text)
        self.env["merchant.feed.import"]._note_generation(self)
        return text

    def _hold(self, offer_count):
        super()._hold(offer_count)
        self._report_to_stores("feed_held", old=self.offer_count, new=offer_count)
        self.env["merchant.feed.import"]._note_generation(self)

    def _note_publication(self, offer_count, full):
        super()._note_publication(offer_count, full)
        for store in self.sudo().store_ids:
            self.env["merchant.issue"]._resolve(store, ("feed_failed", "feed_held"), self)
        self.env["merchant.feed.import"]._note_generation(self)

    def action_retry(self):
        """Generate the file again: what the issue of a store offers to do."""
        return self.action_generate()

    def _report_to_stores(self, code, **values):
        for store in self.sudo().store_ids:
            self.env["merchant.issue"]._report(store, code, self, **values)
