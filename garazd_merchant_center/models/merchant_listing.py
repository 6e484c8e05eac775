from odoo import api, fields, models
from odoo.fields import Domain

from ..exceptions import MarketplaceError

PRODUCT = "product.product"
# The issues of a listing that cannot be matched without a person.
DOUBTS = ("listing_ambiguous", "listing_sku_repeated", "listing_taken")
# By what a product is found, the surest first.
WAYS = ("mapping", "seller_id", "sku", "barcode")
NO_PROPOSAL = {"proposed_product_id": False, "proposal_basis": False}


class MerchantListing(models.Model):
    """A product variant as a store shows it on the marketplace."""

    _name = "merchant.listing"
    _description = "Marketplace Listing"
    _order = "store_id, name, id"

    store_id = fields.Many2one("merchant.store", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="store_id.company_id", store=True)
    external_id = fields.Char(string="External Identifier", required=True)
    seller_id = fields.Char(
        string="Own Identifier", help="The identifier that the price list gave the product."
    )
    sku = fields.Char(string="SKU", index="btree_not_null")
    name = fields.Char()
    category = fields.Char(string="Category on the Marketplace")
    category_id = fields.Many2one("merchant.category", string="Group", ondelete="set null")
    category_external_id = fields.Char(string="Identifier of the Category", readonly=True)
    portal_category_id = fields.Many2one(
        "merchant.category",
        string="Category in the Catalogue",
        index="btree_not_null",
        ondelete="set null",
    )
    group_external_id = fields.Char(string="Identifier of the Group", readonly=True)
    status = fields.Char(string="Word for the Status")
    url = fields.Char(string="Page")
    base_external_id = fields.Char(
        string="Variation Of",
        index="btree_not_null",
        readonly=True,
        help="The identifier of the product that this one varies.",
    )
    variation_group = fields.Char(
        string="Group of Variations", index="btree_not_null", readonly=True
    )
    product_id = fields.Many2one(
        PRODUCT, string="Product in Odoo", index="btree_not_null", ondelete="set null"
    )
    mapping_id = fields.Many2one("merchant.mapping", compute="_compute_mapping_id")
    state = fields.Selection(
        selection=[
            ("matched", "Matched"),
            ("unmatched", "Not in Odoo"),
            ("proposed", "Proposed"),
            ("ambiguous", "Fits several"),
        ],
        required=True,
        default="unmatched",
        index=True,
    )
    currency_id = fields.Many2one("res.currency")
    observed_price = fields.Monetary(string="Price on the Marketplace")
    observed_quantity = fields.Float(
        string="Quantity on the Marketplace", digits="Product Unit", aggregator=False
    )
    observed_has_quantity = fields.Boolean(string="Quantity Told")
    observed_presence = fields.Selection(
        selection=[
            ("in_stock", "In stock"),
            ("on_order", "On order"),
            ("sold_out", "Sold out"),
            ("other", "Other"),
        ],
        string="Availability on the Marketplace",
    )
    observed_at = fields.Datetime(string="Last Read")

    _external_uniq = models.Constraint(
        "UNIQUE(store_id, external_id)", "This listing is already known."
    )

    # === COMPUTE METHODS === #

    @api.depends("store_id", "external_id", "product_id")
    def _compute_mapping_id(self):
        mappings = self.env["merchant.mapping"].search(
            [
                ("store_id", "in", self.store_id.ids),
                ("model", "=", PRODUCT),
                ("external_id", "in", self.mapped("external_id")),
            ]
        )
        by_key = {(m.store_id, m.external_id): m for m in mappings}
        for listing in self:
            listing.mapping_id = by_key.get((listing.store_id, listing.external_id))

    # === ACTION METHODS === #

    def action_retry(self):
        """Look for the products of these listings again."""
        self.check_access("read")
        for store, listings in self.sudo().grouped("store_id").items():
            listings._match(store)

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_listing_vals(self, store, data, categories, portal_categories, currencies):
        """Return the values of the listing that shows ``data``.

        :param ListingData data:
        :param dict categories: identifier -> product group of the store
        :param dict portal_categories: identifier -> category of the catalogue
        :param dict currencies: ISO code -> res.currency
        """
        category = categories.get(data.group_external_id, self.env["merchant.category"])
        portal_category = portal_categories.get(data.category_external_id, category.browse())
        return {
            "name": data.name,
            "seller_id": data.seller_id,
            "sku": data.sku,
            "category": data.category,
            "category_id": category.id,
            "group_external_id": data.group_external_id,
            "category_external_id": data.category_external_id,
            "portal_category_id": portal_category.id,
            "status": data.status,
            "url": data.url,
            "base_external_id": data.base_external_id,
            "variation_group": data.variation_group,
            "currency_id": currencies.get(data.currency, self.env["res.currency"]).id,
            "observed_price": float(data.price or 0),
            "observed_compare_price": float(data.compare_price or 0),
            "observed_quantity": float(data.quantity or 0),
            "observed_has_quantity": data.quantity is not None,
            "observed_presence": data.presence,
            "observed_presence_word": data.presence_word,
        }

    @api.model
    def _merge(self, store, records):
        """Keep what the store shows and match new listings with products.

        Absence proves nothing: a listing that is not among the records stays as it is.

        :param records: ``ListingData`` values or errors; the same listing may come twice
        :return: the numbers of created, updated, unchanged and failed listings
        :rtype: dict[str, int]
        """
        counts = dict.fromkeys(("created", "updated", "unchanged", "failed"), 0)
        errors = [record for record in records if isinstance(record, MarketplaceError)]
        for error in errors:
            store._report_error(error)
        counts["failed"] = len(errors)
        by_id = {data.external_id: data for data in records if data not in errors}
        listings = self.sudo()
        domain = [("store_id", "=", store.id)]
        known = {
            listing.external_id: listing
            for listing in listings.search(domain + [("external_id", "in", list(by_id))])
        }
        categories = {c.external_id: c for c in self.env["merchant.category"].search(domain)}
        portal_categories = self.env["merchant.category"]._find_portal(
            store.marketplace, [data.category_external_id for data in by_id.values()]
        )
        # Also those that nobody uses: their amounts are no hryvnias either.
        codes = {data.currency for data in by_id.values() if data.currency}
        currencies = self.env["res.currency"].with_context(active_test=False)
        currencies = {c.name: c for c in currencies.search([("name", "in", list(codes))])}
        now = fields.Datetime.now()
        to_create = []
        for external_id, data in by_id.items():
            vals = self._prepare_listing_vals(
                store, data, categories, portal_categories, currencies
            )
            listing = known.get(external_id)
            if listing is None:
                identity = {"store_id": store.id, "external_id": external_id}
                to_create.append(vals | identity | {"observed_at": now})
                continue
            changes = listing._get_changes(vals)
            if changes:
                listing.write(changes | {"observed_at": now})
            counts["updated" if changes else "unchanged"] += 1
        created = listings.create(to_create)
        counts["created"] = len(created)
        read = created | listings.union(*known.values())
        read._match(store)
        read._follow_observed()
        read._track_categories(store)
        return counts

    def _get_changes(self, vals):
        """Return those of the values that differ from the listing's once they are rounded."""

        def cached(name, value):
            return self._fields[name].convert_to_cache(value, self)

        return {
            name: value
            for name, value in vals.items()
            if (cached(name, value) or None) != (cached(name, self[name]) or None)
        }

    def _match(self, store, accept=False):
        """Map the listings whose product is known without doubt; report the doubtful ones.

        :param store: the store of all these listings
        :param bool accept: somebody agreed; otherwise the store says whether a person is to agree
        """
        unmatched = self.filtered(lambda l: not l.product_id and not l.is_left_out)
        repeated = {
            sku
            for sku, number in self._read_group(
                [("store_id", "=", store.id), ("sku", "in", unmatched.mapped("sku"))],
                ["sku"],
                ["__count"],
            )
            if sku and number > 1
        }
        proposals = self._propose_products(store, unmatched)
        safe = []
        for listing, (products, found_by) in zip(unmatched, proposals, strict=True):
            if len(products) > 1:
                names = ", ".join(products.mapped("display_name"))
                listing._report_doubt("listing_ambiguous", candidates=names)
            elif listing.sku in repeated and listing._is_found_by_sku(products, found_by):
                listing._report_doubt("listing_sku_repeated", sku=listing.sku)
                listing._doubt_rivals(store)
            elif not products:
                listing._settle_doubt()
            elif accept or store.match_automatically or found_by == "mapping":
                safe.append((found_by, listing, products))
            else:
                listing._propose(products, found_by)
        # Of two that were found for the same product, the surer way wins.
        safe.sort(key=lambda found: WAYS.index(found[0]))
        pairs = [(product, listing.external_id, listing.name) for _by, listing, product in safe]
        linked = self.env["merchant.mapping"]._link(store, PRODUCT, pairs)
        late = []
        for _by, listing, product in safe:
            if listing.external_id not in linked:
                listing._report_doubt("listing_taken", product=product.display_name)
            elif not listing.product_id:
                # It was mapped before it was read.
                late.append(listing.external_id)
        self._follow_mappings(store, late)
        if not accept:
            self._note_guessed([found for found in safe if found[1].external_id in linked])

    def _is_found_by_sku(self, product, found_by):
        """Tell whether the SKU is what the product was found by, as reference or barcode."""
        return found_by == "sku" or (found_by == "barcode" and product.barcode == self.sku)

    def _settle_doubt(self):
        """Nothing fits any more, so nothing is doubtful either."""
        if self.state != "unmatched":
            self.write({"state": "unmatched", **NO_PROPOSAL})
            self.env["merchant.issue"]._resolve(self.store_id, DOUBTS, self)

    def _report_doubt(self, code, **values):
        self.ensure_one()
        self.write({"state": "ambiguous", **NO_PROPOSAL})
        self.env["merchant.issue"]._resolve(self.store_id, set(DOUBTS) - {code}, self)
        self.env["merchant.issue"]._report(
            self.store_id,
            code,
            self,
            severity="warning",
            name=self.name,
            external_id=self.external_id,
            **values,
        )

    @api.model
    def _propose_products(self, store, references):
        """Find the products that references of the marketplace stand for.

        :param references: anything with ``external_id``, ``seller_id`` and ``sku``
        :return: for each reference the products that fit and by what they were found: the first of
            ``mapping``, ``seller_id``, ``sku``, ``barcode`` that fits any
        :rtype: list[tuple[product.product, str | None]]
        """
        references = list(references)
        mapped = self.env["merchant.mapping"]._find(
            store, PRODUCT, [r.external_id for r in references if r.external_id]
        )
        seller_ids = [r.seller_id for r in references if r.seller_id]
        by_seller_id = store.feed_id.sudo()._find_products(seller_ids) if store.feed_id else {}
        codes = seller_ids + [r.sku for r in references if r.sku]
        by_code = self._group_products(store, "default_code", codes)
        by_barcode = self._group_products(store, "barcode", codes)
        nothing = self.env[PRODUCT]
        proposals = []
        for ref in references:
            ways = (
                ("mapping", mapped.get(ref.external_id, nothing)),
                ("seller_id", by_seller_id.get(ref.seller_id, nothing)),
                ("seller_id", by_code.get(ref.seller_id, nothing)),
                ("sku", by_code.get(ref.sku, nothing)),
                ("barcode", by_barcode.get(ref.sku, nothing)),
                ("barcode", by_barcode.get(ref.seller_id, nothing)),
            )
            found_by, products = next((way for way in ways if way[1]), (None, nothing))
            proposals.append((products, found_by))
        return proposals

    @api.model
    def _group_products(self, store, field_name, values):
        """Return the products of the store's company by the value of a field."""
        products = self.env[PRODUCT]
        products = products.search(
            Domain(field_name, "in", list(set(values)))
            & Domain(products._check_company_domain(store.company_id))
        )
        return products.grouped(field_name)

    @api.model
    def _follow_mappings(self, stores, external_ids):
        """Bring the product of listings in line with the mapping records."""
        mappings = self.env["merchant.mapping"]
        for store in stores:
            products = mappings._find(store, PRODUCT, external_ids)
            for listing in self.sudo().search(
                [("store_id", "=", store.id), ("external_id", "in", list(external_ids))]
            ):
                product = products.get(listing.external_id, self.env[PRODUCT])
                if listing.is_guessed:
                    # A person may have said so now.
                    listing.is_guessed = False
                if listing.product_id != product or listing.state in ("ambiguous", "proposed"):
                    state = "matched" if product else "unmatched"
                    listing.write({"product_id": product.id, "state": state, **NO_PROPOSAL})
                    self.env["merchant.issue"]._resolve(store, DOUBTS, listing)
