import secrets

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.base.models.ir_qweb import QWebError

from ..tools.document import Document
from ..tools.generation import Generation, without_garbage_collection
from ..tools.readable import protect

# What a wrong template ends in.
TEMPLATE_ERRORS = (
    QWebError,
    ArithmeticError,
    AttributeError,
    LookupError,
    NameError,
    SyntaxError,
    TypeError,
    ValueError,
)
# Products read and rendered together.
PAGE_SIZE = 1000


class ProductDataFeed(models.Model):
    """A price list that is published as a file under a public link.

    *What* is offered is said by ``product.data.feed.source`` (products, groups, quantities,
    pictures), ``.pricing`` and ``.identity``; *where each value comes from* by ``.value``; *how it
    is written* by the format (``_get_format``) and the QWeb template; *when and where* by
    ``.publication`` and ``.file``; *what has to be rendered again* by ``.stamp``. This model brings
    them together.
    """

    _name = "product.data.feed"
    _description = "Product Data Feed"
    _inherit = [
        "mail.thread",
        "product.data.feed.source",
        "product.data.feed.pricing",
        "product.data.feed.identity",
        "product.data.feed.stamp",
        "product.data.feed.publication",
        "product.data.feed.link",
        "product.data.feed.file",
        "product.data.feed.preview",
    ]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(
        default=True, help="The link of an archived feed answers as if there were no such feed."
    )
    format = fields.Selection(
        selection=[("prom", "Prom.ua (XML)"), ("google", "Google Merchant Center (RSS)")],
        required=True,
        default="prom",
        help="The marketplace whose rules the file follows.",
    )
    template_id = fields.Many2one(
        "ir.ui.view",
        compute="_compute_template_id",
        store=True,
        readonly=False,
        precompute=True,
        # Not required: removing the module removes its templates before its feeds.
        ondelete="restrict",
        domain=[("type", "=", "qweb")],
        help="The QWeb template that writes the file. Choose another one only to add what the "
        "settings here do not offer.",
    )
    lang_id = fields.Many2one(
        "res.lang",
        string="Language",
        required=True,
        default=lambda self: self._default_lang_id(),
        help="The main language of names and descriptions.",
    )
    secondary_lang_id = fields.Many2one(
        "res.lang",
        string="Second Language",
        default=lambda self: self._default_secondary_lang_id(),
        help="Prom.ua takes names and descriptions in two languages. Ukrainian, chosen here or "
        "above, is published as the Ukrainian text, the other language as the main text. With "
        "Ukrainian alone both texts are Ukrainian.",
    )
    value_ids = fields.One2many(
        "product.data.feed.value",
        "feed_id",
        string="Values",
        copy=True,
        default=lambda self: self._default_value_ids(),
    )
    group_ids = fields.One2many("product.data.feed.group", "feed_id", string="Groups", copy=True)
    keep_errors = fields.Boolean(
        string="Publish Despite Errors",
        help="Products with errors are published as they are. Those without a name never are.",
    )
    ignored_codes = fields.Json(readonly=True, help="Causes that nobody wants to hear about.")
    ignored_causes = fields.Char(compute="_compute_ignored_causes")
    issue_ids = fields.One2many("product.data.feed.issue", "feed_id", readonly=True)
    error_count = fields.Integer(string="Left Out", compute="_compute_issue_counts")
    warning_count = fields.Integer(string="Warnings", compute="_compute_issue_counts")

    @api.model
    def _default_lang_id(self):
        languages = self.env["res.lang"].search([("active", "=", True)])
        for code in ("ru_RU", "uk_UA", self.env.lang, self.env.company.partner_id.lang):
            if found := languages.filtered(lambda lang, code=code: lang.code == code):
                return found
        return languages[:1]

    @api.model
    def _default_secondary_lang_id(self):
        ukrainian = self.env["res.lang"].search([("code", "=", "uk_UA")])
        return ukrainian - self._default_lang_id()

    @api.model
    def _default_value_ids(self):
        return [
            Command.create(vals)
            for vals in self.env["product.data.feed.value"]._get_default_lines()
        ]

    @api.depends("format")
    def _compute_template_id(self):
        for feed in self:
            # Elevated: only administrators may read templates.
            feed.template_id = feed.sudo()._get_format()._get_template() if feed.format else False

    @api.depends("issue_ids.severity", "issue_ids.product_id")
    def _compute_issue_counts(self):
        groups = self.env["product.data.feed.issue"]._read_group(
            [("feed_id", "in", self.ids)],
            ["feed_id", "severity"],
            ["product_id:count_distinct"],
        )
        counts = {(feed.id, severity): products for feed, severity, products in groups}
        for feed in self:
            feed.error_count = counts.get((feed._origin.id, "error"), 0)
            feed.warning_count = counts.get((feed._origin.id, "warning"), 0)

    @api.depends("ignored_codes")
    @api.depends_context("lang")
    def _compute_ignored_causes(self):
        titles = dict(
            self.env["product.data.feed.issue"]._fields["code"]._description_selection(self.env)
        )
        for feed in self:
            codes = feed.ignored_codes or []
            feed.ignored_causes = ", ".join(titles[code] for code in codes if code in titles)

    @api.constrains("ignored_codes")
    def _check_ignored_codes(self):
        severities = self.env["product.data.feed.issue"]._get_severities()
        for feed in self.filtered("ignored_codes"):
            codes = feed.ignored_codes
            if not isinstance(codes, list) or any(
                not isinstance(code, str) or severities.get(code) == "error" for code in codes
            ):
                raise ValidationError(self.env._("Only the causes of warnings can be ignored."))

    def write(self, vals):
        """Override to keep what is read-only from being written by hand over RPC.

        :raises AccessError: a value is kept by the feed itself
        """
        own = [name for name in vals if (field := self._fields.get(name)) and field.readonly]
        if own and not self.env.su:
            raise AccessError(
                self.env._(
                    "These values are kept by the feed itself: %(names)s", names=", ".join(own)
                )
            )
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for feed, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%(name)s (copy)", name=feed.name)
        return vals_list

    def _creation_subtype(self):
        """Override to begin the history in the language of whoever reads it."""
        return self.env.ref("garazd_product_feed.mail_message_subtype_feed_created")

    # === ACTIONS === #

    def action_open_issues(self):
        """Open what the last generation found, grouped by cause.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "garazd_product_feed.product_data_feed_issue_action"
        )
        return action | {"domain": [("feed_id", "=", self.id)]}

    def action_open_runs(self):
        """Open the list of generations.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "garazd_product_feed.product_data_feed_run_action"
        )
        return action | {"domain": [("feed_id", "=", self.id)]}

    def action_customize_template(self):
        """Copy the template, with everything it calls, and open the copy to be changed.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("write")
        template = self.template_id or self._get_format()._get_template()
        self.template_id = self._copy_template(template, {})
        return {
            "type": "ir.actions.act_window",
            "name": self.template_id.name,
            "res_model": "ir.ui.view",
            "res_id": self.template_id.id,
            "view_mode": "form",
        }

    def _copy_template(self, template, copies):
        """Return a copy of a template that calls copies of what it called.

        :param dict copies: new key by old key, filled on the way
        """
        source = self._get_combined_source(template)
        key = copies[template.key] = f"garazd_product_feed.copy_{secrets.token_hex(4)}"
        for called in self._get_called_templates(source):
            if called.key not in copies:
                self._copy_template(called, copies)
        for old, new in copies.items():
            source = source.replace(f't-call="{old}"', f't-call="{new}"')
        # With the rights of the user: only administrators may write templates.
        return self.env["ir.ui.view"].create(
            {
                "name": self.env._(
                    "%(template)s for %(feed)s", template=template.name, feed=self.name
                ),
                "type": "qweb",
                "key": key,
                "arch": source,
            }
        )

    def action_restore_causes(self):
        """Report all causes again, from the next generation on.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("write")
        # Elevated: the list is only written by buttons.
        self.sudo().ignored_codes = False
        return self.action_generate_all()

    # === GENERATION === #

    def _get_format(self):
        """Return the model that knows the rules of this feed's format.

        :rtype: product.data.feed.format
        :raises UserError: no module provides it
        """
        self.ensure_one()
        name = f"product.data.feed.format.{self.format}"
        if name not in self.env:
            raise UserError(
                self.env._("No module provides the feed format %(format)s.", format=self.format)
            )
        return self.env[name]

    def _generate(self, full=False, only_changes=False, tell=None):
        feed = self._with_feed_context()
        # Much is read past the ORM.
        feed.env.flush_all()
        product_ids = feed._get_product_ids()
        basis = feed._get_basis()
        stamps = feed._get_stamps(product_ids)
        with feed._open_edition() as published:
            previous = published if published and published.basis == basis and not full else None
            with Document(previous, feed._get_folder()) as document:
                changed = [key for key in product_ids if not document.keep(key, stamps[key])]
                if only_changes and previous and not document.is_changed(changed):
                    return {}
                feed._render_changed(document, changed, product_ids, stamps, tell)
                pieces = document.pieces
                vals = {
                    "offer_count": sum(piece.offers for piece in pieces),
                    "rendered_count": sum(len(product_ids[key]) for key in changed),
                }
                vals["left_out_count"] = feed._count_left_out(product_ids)
                if feed._loses_many(vals["offer_count"]):
                    feed._hold(vals["offer_count"])
                    return vals | {"state": "held"}
                head, tail = feed._render_frame({p.category for p in pieces if p.offers})
                feed._store_edition(*document.finish(basis, head, tail))
        feed._note_publication(vals["offer_count"], full=previous is None)
        return vals | {"state": "published", "file_size": feed.file_size}

    def _render_changed(self, document, template_ids, product_ids, stamps, tell=None):
        """Render products page by page.

        :param Document document: takes the pieces
        :param list template_ids: the product templates to render
        :param dict product_ids: the variants to publish of each template
        :param dict stamps: what each template depends on
        :param tell: see ``_generate``
        """
        generation = self._new_generation()
        done, total = 0, sum(len(product_ids[key]) for key in template_ids)
        for page in self._paginate(template_ids, product_ids):
            if tell:
                tell(done, total)
            with without_garbage_collection():
                self._render_page(document, page, product_ids, stamps, generation)
            done += sum(len(product_ids[key]) for key in page)
            # A big catalogue with all its texts does not fit into memory.
            self.env.invalidate_all()
        if tell and total:
            tell(done, total)

    def _render_page(self, document, template_ids, product_ids, stamps, generation):
        ids = [id_ for template_id in template_ids for id_ in product_ids[template_id]]
        products = self.env["product.product"].browse(ids)
        offers = self._get_format()._prepare_offers(self, products, generation)
        texts = self._render_parts(offers)[1:-1]
        rendered = {}
        for offer, text in zip(offers, texts, strict=True):
            rendered.setdefault(offer["template_id"], []).append((text, offer["category_id"]))
        for key in template_ids:
            pieces = rendered.get(key, [])
            text = "".join(text for text, _category in pieces)
            category = pieces[0][1] if pieces else 0
            document.add(key, stamps[key], text, len(pieces), category)
        self._remember_offer_ids({offer["product_id"]: offer["id"] for offer in offers})
        self.env["product.data.feed.issue"]._replace(self, ids, generation.findings)
        generation.findings.clear()

    def _count_left_out(self, product_ids):
        """Forget what was found about products of the past; count those that errors keep out.

        :param dict product_ids: the variants to publish by product template
        :rtype: int
        """
        issues = self.env["product.data.feed.issue"]
        issues._keep_only(self, [id_ for ids in product_ids.values() for id_ in ids])
        if self.keep_errors:
            return 0
        domain = [("feed_id", "=", self.id), ("severity", "=", "error")]
        return issues._read_group(domain, aggregates=["product_id:count_distinct"])[0][0]

    def _new_generation(self):
        generation = Generation(ignored=frozenset(self.ignored_codes or ()))
        generation.memory["portal_refs"] = self._get_portal_refs()
        return generation

    @api.model
    def _paginate(self, template_ids, product_ids):
        """Cut a list of templates into pages of about ``PAGE_SIZE`` variants.

        :rtype: Iterator[list[int]]
        """
        page, size = [], 0
        for template_id in template_ids:
            page.append(template_id)
            size += len(product_ids[template_id])
            if size >= PAGE_SIZE:
                yield page
                page, size = [], 0
        if page:
            yield page

    def _render_frame(self, numbers):
        """Render what comes before the offers and what comes after them.

        :param set numbers: of the groups that the offers are in
        :rtype: tuple[str, str]
        """
        categories = self._get_format()._prepare_categories(self, numbers)
        self.env["product.data.feed.group"]._update_names(
            self, {group["id"]: group["name"] for group in categories}
        )
        head, tail = self._render_parts(categories=categories)
        return head, tail

    def _get_portal_refs(self):
        """Return the categories of the marketplace by the numbers of groups.

        :rtype: dict[int, str]
        """
        return {group.number: group.portal_ref for group in self.group_ids if group.portal_ref}

    def _get_product_portal_refs(self, products):
        """Return the categories of the marketplace of products that have none of their own value.

        They go before those of groups.

        :return: numbers or addresses by product id
        :rtype: dict[int, str]
        """
        return {}

    def _is_left_out(self, codes):
        """Tell whether findings keep an offer out of the file."""
        issues = self.env["product.data.feed.issue"]
        if self.env.context.get("product_feed_keep_all"):
            return False
        return issues._is_fatal(codes) or (not self.keep_errors and issues._is_error(codes))

    # === RENDERING === #

    def _render_parts(self, offers=(), categories=()):
        """Render the template and cut it before the first and after each offer.

        :param list offers: values by the format's ``_prepare_offers``
        :param list categories: values by the format's ``_prepare_categories``
        :return: what comes before the offers, each offer, what comes after
        :rtype: list[str]
        :raises UserError: the template does not say where the offers begin and end
        """
        # Random, so that no text of a product can contain it.
        cut = Markup("<!--%s-->") % secrets.token_hex(8)
        values = protect(
            {
                **self._get_format()._prepare_document_vals(self),
                "offers": offers,
                "categories": categories,
                "cut": cut,
            }
        )
        template = self.template_id or self._get_format()._get_template()
        parts = self._render_template(template, values).split(str(cut))
        if len(parts) != len(offers) + 2:
            # Not in the language of the products.
            env = self._with_company_lang().env
            raise UserError(
                env._(
                    'The template %(template)s must print <t t-out="cut"/> once before the offers '
                    "and once after each of them.",
                    template=template.display_name,
                )
            )
        return parts

    def _render_template(self, template, values):
        """Render a template with nothing but these values.

        :rtype: str
        :raises UserError: somebody wrote what cannot be rendered
        """
        try:
            return str(self.env["product.data.feed.qweb"]._render(template.id, values))
        except TEMPLATE_ERRORS as error:
            env = self._with_company_lang().env
            raise UserError(
                env._(
                    "The template %(template)s cannot be rendered: %(reason)s",
                    template=template.display_name,
                    reason=error,
                )
            ) from error
