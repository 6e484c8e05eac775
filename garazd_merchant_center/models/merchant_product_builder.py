import logging

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..exceptions import MarketplaceError
from ..tools.translations import pick_text, write_translations
from .merchant_job import CONFLICTS
from .merchant_listing import PRODUCT

_logger = logging.getLogger(__name__)

CATEGORY = "product.category"


class MerchantProductBuilder(models.AbstractModel):
    """Makes the products in Odoo that a store shows and Odoo does not have.

    Each ``_prepare_*`` and ``_get_*`` method is there to be extended. Nothing here writes to the
    marketplace.
    """

    _name = "merchant.product.builder"
    _description = "Product Builder"

    @api.model
    def _merge(self, store, records):
        """Make products, each by itself: what is wrong with one does not stop the others.

        :param records: pairs of the id of a listing and its details, see ``_read_listing_details``
        :return: the numbers of created, updated, unchanged and failed products
        :rtype: dict[str, int]
        """
        counts = dict.fromkeys(("created", "updated", "unchanged", "failed"), 0)
        listings = self.env["merchant.listing"].sudo()
        details = {id_: data for id_, data in records if not self._is_unusable(data)}
        # The newest values, and whether Odoo has got the product meanwhile.
        listings._merge(store, [data.listing for data in details.values()])
        existing = listings.browse([id_ for id_, _data in records]).exists()
        by_id = dict(records)
        # A product before its variations.
        for listing in existing.sorted(lambda l: (bool(l.base_external_id), l.id)):
            counts[self._build_or_report(listing, by_id[listing.id], details)] += 1
        return counts

    @api.model
    def _is_unusable(self, data):
        return data is None or isinstance(data, MarketplaceError)

    def _build_or_report(self, listing, data, details):
        """Make one product, or write down why it could not be made.

        :param data: what is known about the listing, see ``_read_listing_details``
        :param dict details: of all listings of the page that are known, by the id of the listing
        :return: what to count: ``created``, ``unchanged`` or ``failed``
        """
        result, reason = "failed", None
        # What the caller left to write must fail in its own name.
        self.env.flush_all()
        try:
            with self.env.cr.savepoint():
                result = self._build(listing, data, details)
        except CONFLICTS:
            raise
        except MarketplaceError as error:
            reason = listing.store_id._explain(error)
        except Exception as error:
            if not isinstance(error, UserError):
                _logger.exception("No product could be made from listing %s", listing.id)
            reason = str(error)
        listing.requested_creation = False
        issues = self.env["merchant.issue"]
        if reason is None:
            issues._resolve(listing.store_id, ["listing_not_created"], listing)
        else:
            values = {"name": listing.name, "reason": reason.strip().rstrip(".")}
            issues._report(listing.store_id, "listing_not_created", listing, **values)
        return result

    def _build(self, listing, data, details):
        """Make the product of a listing, or its variant of a product that is there.

        :param data: what is known about it, see ``_read_listing_details``
        :param dict details: of all listings of the page that are known, by the id of the listing
        :return: ``created``, or ``unchanged`` where Odoo has the product
        :raises UserError: it cannot be made
        :raises MarketplaceError: it could not be read
        """
        if isinstance(data, MarketplaceError):
            raise data
        if listing.product_id:
            return "unchanged"
        if data is None:
            raise UserError(self.env._("The marketplace has no such product any more."))
        if listing.state != "unmatched":
            raise UserError(
                self.env._("A product in Odoo may be the same. Look at Products > Matching.")
            )
        builder = self._in_company(listing.store_id)
        product = builder._make_product(listing, data, details)
        pair = (product.with_env(self.env), listing.external_id, listing.name)
        self.env["merchant.mapping"]._link(listing.store_id, PRODUCT, [pair])
        builder._take_stock(listing, product, data)
        listing.is_created = True
        self.env["merchant.listing.picture"]._queue(listing, data.pictures)
        return "created"

    def _in_company(self, store):
        """Return the builder with the rights and settings for products of the store's company."""
        # Elevated: products are made by the system, as the listings. Nobody follows a price that
        # has just been set.
        return self.sudo().with_context(
            allowed_company_ids=store.company_id.ids, tracking_disable=True
        )

    def _make_product(self, listing, data, details):
        """Return the new product of a listing.

        :rtype: product.product
        """
        siblings = listing._get_siblings()
        if siblings:
            return self._make_variant(listing, siblings, data, details)
        vals = self._prepare_product_vals(listing, data) | self._prepare_variant_vals(listing, data)
        product = self.env[PRODUCT].create(vals)
        self._translate(product.product_tmpl_id, data.names, data.descriptions)
        return product

    def _translate(self, template, names, descriptions):
        """Write name and description in those of their languages that are installed."""
        write_translations(template, "name", names)
        write_translations(template, "portal_description", descriptions)

    # === VALUES === #

    def _prepare_product_vals(self, listing, data):
        """Return the values of a product that all its variants share."""
        store = listing.store_id
        unit = self._get_unit(data)
        vals = {
            "name": pick_text(data.names, self.env.lang) or listing.name,
            "portal_description": pick_text(data.descriptions, self.env.lang),
            "list_price": self._get_price(store, data.listing),
            "uom_id": unit.id,
            "type": "service" if data.is_service else "consu",
            "is_storable": not data.is_service,
            "company_id": store.company_id.id,
            "taxes_id": [Command.set(self._get_taxes(store).ids)],
            "portal_category_ref": self._get_portal_ref(listing),
        }
        if category := self._get_category(listing):
            vals["categ_id"] = category.id
        return vals

    def _prepare_variant_vals(self, listing, data):
        """Return the values that each variant has of its own."""
        return {"default_code": self._get_reference(listing)}

    def _get_reference(self, listing):
        """Return the SKU where it belongs to this product only, archived ones counted."""
        sku, company = listing.sku, listing.store_id.company_id
        if not sku:
            return False
        products = self.env[PRODUCT].with_context(active_test=False)
        own = products._check_company_domain(company)
        is_taken = products.search_count(Domain("default_code", "=", sku) & Domain(own), limit=1)
        store = [("store_id", "=", listing.store_id.id), ("id", "!=", listing.id)]
        is_repeated = listing.search_count([*store, ("sku", "=", sku)], limit=1)
        return False if is_taken or is_repeated else sku

    def _get_price(self, store, data):
        """Return the price before any discount, in the currency of the company.

        :param ListingData data:
        :raises UserError: there is no rate for it
        """
        amount = data.compare_price or data.price
        if not amount:
            return 0.0
        company = store.company_id
        own = company.currency_id
        currency = store._get_currency(data.currency)
        if not currency:
            raise UserError(
                self.env._(
                    "It is sold in %(currency)s. Activate this currency in Odoo and give it a "
                    "rate.",
                    currency=data.currency or "?",
                )
            )
        if currency != own and not (currency | own).rate_ids.filtered(
            lambda rate: rate.company_id in (company.root_id, company.browse())
        ):
            # Odoo would take one for the other.
            raise UserError(
                self.env._(
                    "It is sold in %(currency)s, and Odoo has no rate of %(currency)s to "
                    "%(own)s. Add one.",
                    currency=currency.name,
                    own=own.name,
                )
            )
        return currency._convert(float(amount), own, company, fields.Date.context_today(store))

    def _get_taxes(self, store):
        """Return the company's usual sales tax, as a part of the price: that is what buyers pay.

        :rtype: account.tax
        """
        usual = store.company_id.account_sale_tax_id
        return self.env["merchant.order.builder"]._get_included_taxes(usual)

    def _get_unit(self, data):
        """Return the unit in which the product is sold; one that nobody knows is made.

        :rtype: uom.uom
        """
        units = self.env["uom.uom"].with_context(active_test=False)
        known = data.unit_ref and self.env.ref(data.unit_ref, raise_if_not_found=False)
        if known or not data.unit:
            return known or self.env.ref("uom.product_uom_unit")
        found = units.search([("name", "=", data.unit)], limit=1)
        return found or units.create({"name": data.unit})

    def _get_category(self, listing):
        """Return the product category that stands for the group of the listing, if it has one."""
        group = listing.category_id
        return group and self._get_product_category(listing.store_id, group)

    def _get_product_category(self, store, group):
        """Return the product category of a group of the store; make it with those above it.

        The mapping keeps the two together, so people may rename and move it. One of the same name
        at the same place is taken for it.

        :param merchant.category group: of the store
        :rtype: product.category
        """
        mappings = self.env["merchant.mapping"]
        known = mappings._find(store, CATEGORY, [group.external_id])
        if known:
            return known[group.external_id]
        categories = self.env[CATEGORY]
        parent = group.parent_id and self._get_product_category(store, group.parent_id)
        place = [("parent_id", "=", parent.id if parent else False), ("name", "=", group.name)]
        category = categories.search(place, limit=2)
        if len(category) != 1 or not mappings._link(
            store, CATEGORY, [(category, group.external_id, group.name)]
        ):
            category = categories.create(
                {"name": group.name, "parent_id": parent.id if parent else False}
            )
            langs = self.env["res.lang"].get_installed()
            names = {code: group.with_context(lang=code).name for code, _name in langs}
            write_translations(category, "name", names)
            mappings._link(store, CATEGORY, [(category, group.external_id, group.name)])
        return category

    def _get_portal_ref(self, listing):
        """Return the number of the category there, unless the product's group gives it already."""
        given = listing.category_id._get_given_category()
        ref = listing.category_external_id
        return False if ref == given.external_id else ref

    # === STOCK === #

    def _take_stock(self, listing, product, data):
        """Put on stock what the marketplace shows, if somebody asked for that."""
        quantity = float(data.listing.quantity or 0)
        if listing.requested_creation != "stock" or not product.is_storable or quantity <= 0:
            return
        location = self._get_warehouse(listing.store_id).lot_stock_id
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        quants.create(
            {
                "product_id": product.id,
                "location_id": location.id,
                "inventory_quantity": quantity,
            }
        ).action_apply_inventory()

    def _get_warehouse(self, store):
        """Return where the goods of the store lie."""
        warehouses = self.env["stock.warehouse"]
        return store.warehouse_id or warehouses.search(
            [("company_id", "=", store.company_id.id)], limit=1
        )
