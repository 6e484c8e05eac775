import hashlib
import json
import re
import secrets

from lxml import etree

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Settings that do not change what an offer says. Some choose the products; whatever is chosen has
# its own stamp.
IDLE_FIELDS = {
    "active",
    "domain",
    "drop_accepted",
    "excluded_product_ids",
    "generate_on_change",
    "included_product_ids",
    "interval_hours",
    "link_grace_hours",
    "max_drop_percent",
    "name",
    "product_categ_ids",
    "product_tag_ids",
}
TEMPLATE_CALL = re.compile(r"""t-call=["']([\w.]+)["']""")
STAMP_MASK = (1 << 63) - 1


class ProductDataFeedStamp(models.AbstractModel):
    """What the file of a feed depends on, so that only what changed is rendered again.

    The *basis* is a digest of what every offer depends on; when it differs, all of them are
    rendered. The *stamp* of a product is a number made of the versions of the rows that only its
    own offers are read from.

    A version is where PostgreSQL keeps the row and which transaction wrote it (``ctid`` and
    ``xmin``): every change of a row gives it another one, whoever makes it and however, and they
    are only ever compared for being equal. Moving the database elsewhere gives new ones to all
    rows, which costs one full generation.

    Whatever cannot be known this way (the code of other modules, a template that asks for
    unforeseen fields) is covered by the full generation once a day.
    """

    _name = "product.data.feed.stamp"
    _description = "Stamp of a Data Feed"

    # === BASIS === #

    def _get_basis(self):
        """Return a digest of what all offers depend on.

        :return: another one each time when that cannot be known
        :rtype: str
        """
        return self._get_basis_of(self.value_ids, self._get_content_settings())

    def _get_basis_of(self, lines, parts):
        """Return a digest of parts, of the settings and of what some values are read from.

        :param product.data.feed.value lines: the sources of the values
        :param list parts: what else is to be in it
        """
        dependencies = self._get_value_dependencies(lines)
        if dependencies is None:
            return secrets.token_hex(16)
        return _digest(
            [
                *parts,
                self._get_settings(),
                self._get_modules(),
                self._get_rates(),
                self._get_table_versions(dependencies),
            ]
        )

    def _get_amounts_stamps(self, products):
        """Return what the prices and quantities of products depend on; see ``_get_amounts``.

        As long as it is the same, so are they. It says nothing about what cannot be known this way
        (the code of other modules), so whoever relies on it asks for the amounts now and then all
        the same.

        :param product.product products: with archived ones
        :return: a text by product id
        :rtype: dict[int, str]
        """
        feed = self._with_feed_context()
        # Much is read past the ORM.
        feed.env.flush_all()
        products = products.with_env(feed.env).with_context(active_test=False)
        lines = feed.value_ids.filtered(lambda line: line.target == "on_order")
        basis = feed._get_basis_of(lines, [feed.id])
        rows = products._read_group(
            [("id", "in", products.ids)], ["product_tmpl_id"], ["id:array_agg"]
        )
        variants = {template.id: sorted(ids) for template, ids in rows}
        queries = feed._get_amounts_version_queries()
        if lines:
            # They may be read from anything.
            queries += feed._get_content_version_queries()
        stamps = feed._get_stamps(variants, queries)
        is_chosen = Domain("id", "in", products.ids) & feed._get_company_domain()
        chosen = set(products.search(is_chosen & feed._get_chosen_domain()).ids)
        return {
            product_id: _digest([basis, stamps[template_id], product_id in chosen])
            for template_id, product_ids in variants.items()
            for product_id in product_ids
        }

    def _get_content_settings(self):
        """Return what texts, categories and pictures are made with besides the own fields."""
        return [self._get_public_path(), self._get_template_source(), self._get_portal_refs()]

    def _get_settings(self):
        """Return the settings of the feed that matter for its offers, amounts among them."""
        names = [
            name
            for name, field in self._fields.items()
            if field.store
            and not field.readonly
            and field.type != "one2many"
            and name not in IDLE_FIELDS
        ]
        lines = self.value_ids
        return [
            self.read(sorted(names), load=None),
            lines.read([name for name, field in lines._fields.items() if field.store], load=None),
            self.company_id.currency_id.id,
            # The sales prices of products that all companies share are in this one.
            self.env["res.company"]._get_main_company().currency_id.id,
        ]

    def _get_template_source(self):
        """Return the template with everything it calls, as it is after all inheritance."""
        found = {}
        waiting = [self.template_id or self._get_format()._get_template()]
        while waiting:
            view = waiting.pop()
            if view.id not in found:
                found[view.id] = self._get_combined_source(view)
                waiting += self._get_called_templates(found[view.id])
        return found

    @api.model
    def _get_combined_source(self, view):
        """Return a template after all inheritance."""
        return etree.tostring(view._get_combined_arch(), encoding="unicode")

    @api.model
    def _get_called_templates(self, source):
        """Return the templates that one calls by their names.

        :param str source: by ``_get_combined_source``
        :rtype: ir.ui.view
        """
        views = self.env["ir.ui.view"]
        for key in dict.fromkeys(TEMPLATE_CALL.findall(source)):
            views |= views._get_template_view(key, raise_if_not_found=False) or views
        return views

    def _get_modules(self):
        """Return the versions of all modules: other code may give other texts."""
        rows = self.env.execute_query(
            SQL(
                "SELECT name, latest_version FROM ir_module_module WHERE state = 'installed' "
                "ORDER BY name"
            )
        )
        return [list(row) for row in rows]

    def _get_rates(self):
        """Return today's rates of all currencies."""
        currencies = self.env["res.currency"].with_context(active_test=False)
        currencies = currencies.search([("rate_ids", "!=", False)])
        return currencies._get_rates(self.company_id, fields.Date.context_today(self))

    def _get_value_dependencies(self, lines):
        """Return the models that values are read from, ``None`` when that cannot be known."""
        found = set(self._get_format()._get_dependencies(self))
        for line in lines:
            names = line._get_dependencies()
            if names is None:
                return None
            found |= names
        return found

    def _get_table_versions(self, model_names):
        """Return one number for each table that is not read product by product.

        :param set model_names: of what the values of the feed are read from
        :rtype: list
        """
        tables = [
            SQL("SELECT 0, %s FROM uom_uom v", _sum_versions()),
            # Without what every inventory changes.
            SQL(
                "SELECT 1,"
                " sum(hashtext(concat_ws(',', id, usage, active, parent_path, company_id)))"
                " FROM stock_location"
            ),
            SQL("SELECT 2, %s FROM stock_warehouse v", _sum_versions()),
            SQL("SELECT 4, %s FROM res_currency v", _sum_versions()),
            SQL("SELECT 5, %s FROM decimal_precision v", _sum_versions()),
            SQL(
                "SELECT 3, %s FROM ir_config_parameter v WHERE key LIKE 'product.%%'",
                _sum_versions(),
            ),
            *self._get_pricelist_queries(),
        ]
        for number, name in enumerate(sorted(model_names), 100):
            model = self.env[name]
            if model._auto and not model._abstract:
                tables.append(
                    SQL(
                        "SELECT %s, %s FROM %s v",
                        number,
                        _sum_versions(),
                        SQL.identifier(model._table),
                    )
                )
        union = SQL(" UNION ALL ").join(tables)
        return sorted([list(map(str, row)) for row in self.env.execute_query(union)])

    def _get_pricelist_queries(self):
        """Return the queries about pricelist rules that hold for more than one product."""
        chain = self._get_pricelist_chain(self.pricelist_id | self.compare_pricelist_id)
        if not chain:
            return []
        queries = [
            SQL(
                # Without what every change of one of its rules changes.
                "SELECT 10, sum(hashtext(concat_ws(',', id, currency_id))) FROM product_pricelist"
                " WHERE id = ANY(%s)",
                chain.ids,
            ),
            SQL(
                "SELECT 11, %s FROM product_pricelist_item v"
                " WHERE pricelist_id = ANY(%s) AND product_tmpl_id IS NULL AND product_id IS NULL"
                " AND %s",
                _sum_versions(),
                chain.ids,
                self._get_rule_is_valid(),
            ),
        ]
        if chain.item_ids.categ_id:
            queries.append(
                SQL(
                    "SELECT 12, sum(hashtext(concat_ws(',', id, parent_path)))"
                    " FROM product_category"
                )
            )
        return queries

    def _get_rule_is_valid(self):
        """Return the condition that the rule ``v`` holds now."""
        now = fields.Datetime.now()
        return SQL(
            "(v.date_start IS NULL OR v.date_start <= %s)"
            " AND (v.date_end IS NULL OR v.date_end >= %s)",
            now,
            now,
        )

    # === STAMPS === #

    def _get_stamps(self, product_ids, queries=None):
        """Return what each product's offers depend on.

        :param dict product_ids: the variants to publish by product template
        :param list[SQL] queries: that give the versions of rows; None: of all that matters
        :return: a number by product template
        :rtype: dict[int, int]
        """
        if queries is None:
            queries = self._get_amounts_version_queries() + self._get_content_version_queries()
        versions = self._get_versions(list(product_ids), queries)
        kits = self._get_kit_quantities(product_ids)
        return {
            template_id: hash((versions.get(template_id, 0), *ids, *kits.get(template_id, ())))
            & STAMP_MASK
            for template_id, ids in product_ids.items()
        }

    def _get_kit_quantities(self, product_ids):
        """Return how many there are of kits: as many as the rows of their components allow.

        :param dict product_ids: the variants to publish by product template
        :return: whole numbers by product template
        :rtype: dict[int, list[int]]
        """
        if "mrp.bom" not in self.env:
            return {}
        kits = self.env["mrp.bom"].search(
            [("type", "=", "phantom"), ("product_tmpl_id", "in", list(product_ids))]
        )
        template_ids = kits.product_tmpl_id.ids
        products = self.env["product.product"].browse(
            [id_ for template_id in template_ids for id_ in product_ids[template_id]]
        )
        # At once: the core would read the components of one kit after the other.
        kits.bom_line_ids.product_id.mapped("type")
        quantities = self._get_quantities(products)
        return {
            template_id: [
                -1 if (n := quantities[id_]) is None else n for id_ in product_ids[template_id]
            ]
            for template_id in template_ids
        }

    def _get_versions(self, template_ids, queries):
        rows = self.env.execute_query(
            SQL(
                # A condition, not a join: it reaches each of the queries, so that a page of a
                # large catalogue does not read all of it.
                """
              SELECT template_id, (sum(version) %% %s)::bigint
                FROM (%s) AS row_versions (template_id, version)
               WHERE template_id = ANY(%s)
            GROUP BY template_id
                """,
                STAMP_MASK,
                SQL(" UNION ALL ").join(queries),
                template_ids,
            )
        )
        return dict(rows)

    def _get_amounts_version_queries(self):
        """Return the queries about rows that prices and quantities are made of.

        :return: each gives ``(product template, version)`` of rows
        :rtype: list[SQL]
        """
        queries = [
            SQL("SELECT v.id, %s FROM product_template v", _version(1)),
            SQL("SELECT v.product_tmpl_id, %s FROM product_product v", _version(2)),
            # With the extra price.
            SQL(
                "SELECT v.product_tmpl_id, %s FROM product_template_attribute_value v", _version(4)
            ),
            SQL(
                "SELECT p.product_tmpl_id, %s FROM stock_quant v"
                " JOIN product_product p ON p.id = v.product_id"
                " WHERE v.company_id = %s",
                _version(9),
                self.company_id.id,
            ),
        ]
        if self.quantity_basis == "forecast":
            queries.append(
                SQL(
                    "SELECT p.product_tmpl_id, %s FROM stock_move v"
                    " JOIN product_product p ON p.id = v.product_id"
                    " WHERE v.state IN ('waiting', 'confirmed', 'assigned', 'partially_available')",
                    _version(10),
                )
            )
        chain = self._get_pricelist_chain(self.pricelist_id | self.compare_pricelist_id)
        if chain:
            queries.append(
                SQL(
                    "SELECT COALESCE(v.product_tmpl_id, p.product_tmpl_id), %s"
                    " FROM product_pricelist_item v"
                    " LEFT JOIN product_product p ON p.id = v.product_id"
                    " WHERE v.pricelist_id = ANY(%s)"
                    " AND (v.product_tmpl_id IS NOT NULL OR v.product_id IS NOT NULL) AND %s",
                    _version(11),
                    chain.ids,
                    self._get_rule_is_valid(),
                )
            )
        return queries

    def _get_content_version_queries(self):
        """Return the queries about rows that texts, pictures and attributes are made of.

        :return: each gives ``(product template, version)`` of rows
        :rtype: list[SQL]
        """
        queries = [
            SQL(
                "SELECT v.product_tmpl_id, %s # %s FROM product_template_attribute_line v"
                " JOIN product_attribute a ON a.id = v.attribute_id",
                _version(3),
                _version(103, "a"),
            ),
            SQL(
                "SELECT v.product_tmpl_id, %s FROM product_template_attribute_value v"
                " JOIN product_attribute_value a ON a.id = v.product_attribute_value_id",
                _version(104, "a"),
            ),
            SQL(
                "SELECT r.product_template_id, %s FROM product_tag_product_template_rel r"
                " JOIN product_tag v ON v.id = r.product_tag_id",
                _version(5),
            ),
            SQL(
                "SELECT p.product_tmpl_id, %s FROM product_tag_product_product_rel r"
                " JOIN product_tag v ON v.id = r.product_tag_id"
                " JOIN product_product p ON p.id = r.product_product_id",
                _version(6),
            ),
            SQL(
                "SELECT v.res_id, %s FROM ir_attachment v"
                " WHERE v.res_model = 'product.template' AND v.res_field = 'image_1920'",
                _version(7),
            ),
            SQL(
                "SELECT p.product_tmpl_id, %s FROM ir_attachment v"
                " JOIN product_product p ON p.id = v.res_id"
                " WHERE v.res_model = 'product.product' AND v.res_field = 'image_variant_1920'",
                _version(8),
            ),
            SQL(
                "SELECT COALESCE(p.product_tmpl_id, v.res_id), %s # %s FROM product_document d"
                " JOIN ir_attachment v ON v.id = d.ir_attachment_id"
                " LEFT JOIN product_product p"
                " ON v.res_model = 'product.product' AND p.id = v.res_id"
                " WHERE d.is_feed_picture"
                " AND v.res_model IN ('product.product', 'product.template')",
                _version(14),
                _version(114, "d"),
            ),
        ]
        if "product.image" in self.env:
            queries.append(
                SQL(
                    "SELECT COALESCE(i.product_tmpl_id, p.product_tmpl_id), %s # %s"
                    " FROM product_image i"
                    " LEFT JOIN product_product p ON p.id = i.product_variant_id"
                    " JOIN ir_attachment v ON v.res_model = 'product.image'"
                    " AND v.res_field = 'image_1920' AND v.res_id = i.id",
                    _version(12),
                    _version(112, "i"),
                )
            )
        if self.category_source == "public" and "product.public.category" in self.env:
            field = self.env["product.template"]._fields["public_categ_ids"]
            queries.append(
                SQL(
                    # The first one counts, which is said by their rows.
                    "SELECT %s, %s # %s FROM %s v JOIN product_public_category c ON c.id = %s",
                    SQL.identifier("v", field.column1),
                    _version(13),
                    _version(113, "c"),
                    SQL.identifier(field.relation),
                    SQL.identifier("v", field.column2),
                )
            )
        return queries


def _digest(parts):
    """Return a digest of something made of texts, numbers, lists and dictionaries.

    :rtype: str
    """
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _version(seed, alias="v"):
    """Return the version of a row as a number.

    :param int seed: other numbers for other tables
    """
    row = SQL.identifier(alias)
    return SQL("hashtextextended(%s.ctid::text || %s.xmin::text, %s)", row, row, seed)


def _sum_versions():
    """Return one number for all rows of the table ``v``."""
    return SQL("sum(%s)", _version(0))
