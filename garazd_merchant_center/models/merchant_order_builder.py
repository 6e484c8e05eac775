from decimal import Decimal

from odoo import Command, models
from odoo.fields import Domain
from odoo.tools import float_compare

from ..exceptions import NeedsUser


class MerchantOrderBuilder(models.AbstractModel):
    """Makes the sales order of a marketplace order.

    Each ``_prepare_*`` and ``_get_*`` method is there to be extended.
    """

    _name = "merchant.order.builder"
    _description = "Sales Order Builder"

    def _build(self, order, data):
        """Create the sales order, with exactly the total that the buyer pays for the goods.

        :param order: the ``merchant.order``
        :param OrderData data: what its payload says
        :return: the ``sale.order``
        :raises NeedsUser: the order cannot become a correct sales order
        """
        if not data.lines:
            raise NeedsUser("order_without_lines")
        if not order.currency_id:
            raise NeedsUser("order_currency_unknown", currency=data.currency)
        customer = self._get_customer(order, data)
        delivery = self._get_delivery_contact(order.store_id, customer, data)
        refs = self.env["merchant.order.updater"]._get_line_refs(data.lines)
        line_vals, unknown = self._prepare_lines(order, data, refs)
        vals = self._prepare_sale_order_vals(order, data, customer, delivery)
        # The lines together with the order: one after the other Odoo would compute everything anew.
        vals["order_line"] = [Command.create(line) for line in line_vals]
        # Taxes that count as included from the beginning, else all amounts are computed twice.
        sale_order = self._create("sale.order", vals, merchant_taxes_included=True)
        self._fill_lines(sale_order.order_line, data)
        self._check_total(data, sale_order)
        self._complete(order, data, sale_order)
        if order.status_id.kind != "cancelled":
            self._report_unknown(order, unknown)
        if order.status_id.kind == "cancelled":
            sale_order._action_cancel()
        return sale_order

    def _create(self, model, vals, **context):
        """Create a record without Odoo's message that it was created.

        The order has a message of ours that says more; to the buyer it tells nothing, and writing
        the two takes an eighth of the time of an import.
        """
        records = self.env[model].with_context(mail_create_nolog=True, **context)
        return records.create(vals).with_env(self.env)

    def _report_unknown(self, order, names):
        """Open the issue of products that are not known in Odoo, if there are some."""
        if names:
            self.env["merchant.issue"]._report(
                order.store_id,
                "order_unknown_product",
                order,
                severity="warning",
                number=order.number,
                products=", ".join(names),
            )

    def _complete(self, order, data, sale_order):
        """Add what is not goods, for example delivery; the total of the goods is checked."""

    # === ORDER === #

    def _prepare_sale_order_vals(self, order, data, customer, delivery):
        """Return the values of the sales order without its lines."""
        store = order.store_id
        campaign = self._get_campaign(data)
        vals = {
            "company_id": store.company_id.id,
            "partner_id": customer.id,
            "partner_shipping_id": delivery.id,
            "date_order": order.date_order,
            "origin": data.number,
            "client_order_ref": data.number,
            "merchant_order_id": order.id,
            "pricelist_id": self._get_pricelist(order).id,
            "currency_id": order.currency_id.id,
            "user_id": store.user_id.id,
            **campaign,
            "source_id": store.source_id.id or campaign.get("source_id"),
            "tag_ids": [(6, 0, store.order_tag_ids.ids)],
        }
        if store.team_id:
            vals["team_id"] = store.team_id.id
        if store.warehouse_id:
            vals["warehouse_id"] = store.warehouse_id.id
        return vals

    def _get_campaign(self, data):
        """Return where the buyer came from: source, medium and campaign of Odoo's statistics."""
        mixin = self.env["utm.mixin"].sudo()
        fields = {"source": "source_id", "medium": "medium_id", "campaign": "campaign_id"}
        return {
            field_name: mixin._find_or_create_record(
                self.env["sale.order"]._fields[field_name].comodel_name, name
            ).id
            for key, field_name in fields.items()
            if (name := data.campaign and getattr(data.campaign, key))
        }

    def _get_pricelist(self, order):
        """Return a pricelist in the order's currency; it only carries the currency."""
        store, currency = order.store_id, order.currency_id
        pricelist = store.pricelist_id
        if pricelist.currency_id == currency or (
            not pricelist and currency == store.company_id.currency_id
        ):
            return pricelist
        pricelists = self.env["product.pricelist"].sudo()
        # Without rules of its own, so that it never touches the prices of the order.
        found = pricelists.search(
            [
                ("company_id", "=", store.company_id.id),
                ("currency_id", "=", currency.id),
                ("item_ids", "=", False),
            ],
            limit=1,
        )
        return found or pricelists.create(
            {
                "name": f"{store.name} ({currency.name})",
                "currency_id": currency.id,
                "company_id": store.company_id.id,
            }
        )

    # === LINES === #

    def _prepare_lines(self, order, data, refs):
        """Return the values of the lines, and the names of the products that are not known.

        :param list refs: what tells each of ``data.lines`` apart, kept on the line
        :rtype: tuple[list[dict], list[str]]
        """
        placeholder = self.env.ref("garazd_merchant_center.product_unknown")
        unknown, vals_list = [], []
        products = self._get_products(order, data)
        for ref, line, product in zip(refs, data.lines, products, strict=True):
            if not product:
                unknown.append(line.name)
            vals = self._prepare_line_vals(line, product or placeholder)
            vals_list.append(vals | {"merchant_line_ref": ref})
        if data.discount:
            vals_list.append(self._prepare_discount_vals(data))
        return vals_list, unknown

    def _fill_lines(self, lines, data):
        """Give lines that were just created the quantities and amounts of the marketplace.

        :param lines: in the order of ``_prepare_lines``
        """
        for line, line_data in zip(lines, data.lines, strict=False):
            self._fill_line(line, line_data)
        if data.discount:
            self._set_discount(lines.order_id, data)

    def _fill_line(self, line, line_data):
        """Give a line the quantity and the amount that the marketplace tells.

        :param OrderLineData line_data:
        :raises NeedsUser: Odoo would round the quantity
        """
        if line.product_uom_qty != float(line_data.quantity):
            line.product_uom_qty = float(line_data.quantity)
        self._check_quantity(line, line_data)
        self._set_price(line, line_data.price_total)

    def _get_products(self, order, data):
        """Return the product of each line; nothing where nobody knows which one it is.

        :rtype: list[product.product]
        :raises NeedsUser: a product is not known and the store wants such orders held
        """
        store = order.store_id
        proposals = self.env["merchant.listing"]._propose_products(store, data.lines)
        found = [products for products, _found_by in proposals]
        # A cancelled order moves no goods.
        policy = store.unknown_product_policy if order.status_id.kind != "cancelled" else None
        if policy == "create":
            found = [
                products or self._get_or_create_product(order, line)
                for line, products in zip(data.lines, found, strict=True)
            ]
        found = [products if len(products) == 1 else products.browse() for products in found]
        if policy == "hold" and not all(found):
            names = [line.name for line, p in zip(data.lines, found, strict=True) if not p]
            raise NeedsUser("order_unknown_product", products=", ".join(names))
        return found

    def _get_or_create_product(self, order, line):
        """Return the product that an earlier line made, or make it where it can be told again.

        :param OrderLineData line: its product is not known
        """
        listings = self.env["merchant.listing"]
        [(known, _found_by)] = listings._propose_products(order.store_id, [line])
        vals = self._prepare_product_vals(order, line)
        # What was removed from the marketplace has nothing by which it could be found next time.
        if known or not (line.external_id or vals["default_code"]):
            return known
        company = order.store_id.company_id
        # Elevated: made by the system, as the rest of the order. Only the company's own taxes.
        products = self.env["product.product"].sudo().with_context(allowed_company_ids=company.ids)
        product = products.create(vals).with_env(self.env)
        if line.external_id:
            self.env["merchant.mapping"]._link(
                order.store_id, product._name, [(product, line.external_id, line.name)]
            )
        return product

    def _prepare_product_vals(self, order, line):
        """Return the values of a product that is made for a line.

        The SKU becomes the internal reference unless another product has it, if only an archived.
        """
        company = order.store_id.company_id
        taken = self.env["product.product"].with_context(active_test=False)
        taken = line.sku and taken.search_count(
            Domain("default_code", "=", line.sku) & Domain(taken._check_company_domain(company)),
            limit=1,
        )
        price = float(line.price_total / line.quantity) if line.quantity else 0
        return {
            "name": line.name,
            "default_code": not taken and line.sku,
            "list_price": order.currency_id._convert(
                price, company.currency_id, company, order.date_order
            ),
            "type": "consu",
            "company_id": company.id,
            **({"uom_id": unit.id} if (unit := self._get_unit(line)) else {}),
        }

    def _fill_placeholders(self, order, data):
        """Put the products that are known by now in place of the placeholder.

        Only in a quotation: what was confirmed belongs to the staff.

        :param order: a ``merchant.order`` with a sales order
        :param OrderData data: what its payload says
        """
        placeholder = self.env.ref("garazd_merchant_center.product_unknown")
        sale_order = order.sale_order_id
        lines = sale_order.order_line.filtered(lambda line: line.product_id == placeholder)
        if not lines or sale_order.state not in ("draft", "sent"):
            return
        proposals = self.env["merchant.listing"]._propose_products(order.store_id, data.lines)
        by_name = {}
        for line, (products, _found_by) in zip(data.lines, proposals, strict=True):
            by_name.setdefault(line.name, []).append((line, products))
        for line in lines:
            # A line is told by its name; where several have the same, all must mean one product.
            found = by_name.get(line.name, [])
            line_data, product = found[0] if found else (None, placeholder.browse())
            if len(product) != 1 or any(other != product for _line, other in found):
                continue
            # What the marketplace says stays: only the product and its taxes change.
            price_unit = line.price_unit
            kept = {key: line[key] for key in ("name", "product_uom_qty")}
            unit = self._get_line_unit(line_data, product)
            line.write(kept | {"product_id": product.id, "product_uom_id": unit.id})
            self._set_price_unit(line, price_unit)

    def _prepare_line_vals(self, line, product):
        """Return the values of a line; its taxes are looked at when Odoo has found them."""
        quantity = float(line.quantity)
        return {
            "product_id": product.id,
            "name": line.name,
            "product_uom_qty": quantity,
            "product_uom_id": self._get_line_unit(line, product).id,
            "merchant_fee": float(line.commission or 0),
            **self._prepare_price_vals(float(line.price_total) / quantity if quantity else 0),
        }

    def _prepare_discount_vals(self, data):
        return {
            "product_id": self.env.ref("garazd_merchant_center.product_discount").id,
            "name": data.discount_name or self.env._("Discount of the marketplace"),
            "product_uom_qty": 1,
            **self._prepare_price_vals(-float(data.discount)),
        }

    def _prepare_price_vals(self, price_unit):
        """Return the price of one unit as one that is not Odoo's to compute again, also if it is 0.

        Odoo takes a price for its own as long as it equals the technical one.
        """
        return {"price_unit": price_unit, "technical_price_unit": price_unit + 1}

    def _check_quantity(self, line, line_data):
        """Refuse a quantity that Odoo would round, for example 0.125 kg with two decimals."""
        if float_compare(line.product_uom_qty, float(line_data.quantity), precision_digits=6):
            raise NeedsUser(
                "order_quantity_rounded",
                product=line_data.name,
                expected=str(line_data.quantity),
                actual=str(line.product_uom_qty),
            )

    def _set_price(self, line, total):
        """Give a line the price that makes its total, taxes included.

        :param Decimal total: what the buyer pays for the whole line
        """
        quantity = line.product_uom_qty
        self._set_price_unit(line, float(total) / quantity if quantity else 0)

    def _set_price_unit(self, line, price_unit):
        """Give a line the price of one unit, taxes included."""
        taxes = self._get_included_taxes(line.tax_ids)
        vals = self._prepare_price_vals(price_unit) | {"discount": 0}
        changes = {key: value for key, value in vals.items() if line[key] != value}
        if taxes != line.tax_ids:
            changes["tax_ids"] = [Command.set(taxes.ids)]
        if changes:
            line.write(changes)

    def _get_included_taxes(self, taxes):
        """Return the same taxes, counted as part of the price: the buyer pays no more than it.

        A tax that is added on top has a twin that is included; it is made once. Of a group of taxes
        each counts by itself.
        """
        result = self.env["account.tax"]
        for tax in taxes.flatten_taxes_hierarchy():
            if tax.price_include or not tax.amount:
                result |= tax
                continue
            name = self.env._("%(tax)s (included in the price)", tax=tax.name)
            twins = self.env["account.tax"].sudo()
            twin = twins.search(
                [
                    ("company_id", "=", tax.company_id.id),
                    ("type_tax_use", "=", "sale"),
                    ("amount_type", "=", tax.amount_type),
                    ("amount", "=", tax.amount),
                    ("price_include_override", "=", "tax_included"),
                    ("name", "=", name),
                ],
                limit=1,
            )
            # Not in place of other taxes: that is for fiscal positions, and the tax's own part.
            result |= twin or tax.sudo().copy(
                {
                    "name": name,
                    "price_include_override": "tax_included",
                    "original_tax_ids": False,
                }
            )
        return result

    def _check_total(self, data, sale_order):
        """Refuse a sales order whose total is not the marketplace's, to the last kopeck."""
        if sale_order.currency_id.compare_amounts(
            sale_order.amount_total, float(data.amount_total)
        ):
            raise NeedsUser(
                "order_total_differs",
                number=data.number,
                expected=str(data.amount_total),
                actual=str(Decimal(str(sale_order.amount_total))),
            )
