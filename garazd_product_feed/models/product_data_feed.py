import secrets

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ..tools.document import Document
from ..tools.generation import Generation

# Products read and rendered together.
PAGE_SIZE = 500
PREVIEW_OFFERS = 20
PREVIEW_PAGE_SIZE = 100


class ProductDataFeed(models.Model):
    """A price list that is published as a file under a public link.

    *What* is offered is the business of ``product.data.feed.source``, *where and when* that of
    ``product.data.feed.publication``, *how it is written* that of the format (``_get_format``) and
    of the QWeb template. This model brings them together.
    """

    _name = "product.data.feed"
    _description = "Product Data Feed"
    _inherit = ["mail.thread", "product.data.feed.source", "product.data.feed.publication"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(
        default=True, help="The link of an archived feed answers as if there were no such feed."
    )
    format = fields.Selection(
        selection=[("prom", "Prom.ua (XML)")],
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

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for feed, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%(name)s (copy)", name=feed.name)
        return vals_list

    # === ACTIONS === #

    def action_preview(self):
        """Open the first offers of the file as it would be generated now.

        :return: the action that opens a new tab of the browser
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/product_feed/preview/{self.id}",
            "target": "new",
        }

    def action_open_issues(self):
        """Open what the last generation found, grouped by cause.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "garazd_product_feed.product_data_feed_issue_action"
        )
        return action | {"domain": [("feed_id", "=", self.id)]}

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

    def _generate(self):
        feed = self._with_feed_context()
        generation = Generation()
        with Document() as document:
            for offers in feed._iter_offers(generation):
                document.append(feed._render_parts(offers=offers)[1])
            categories = feed._get_format()._prepare_categories(feed, generation)
            head, _offers, tail = feed._render_parts(categories=categories)
            content = document.finish(head, tail)
        feed._publish(content, generation.offer_count)
        feed.env["product.data.feed.issue"]._replace(feed, generation.findings)

    def _render_preview(self, limit=PREVIEW_OFFERS):
        """Return the file with only its first offers. Nothing is stored or published.

        :param int limit: how many offers
        :rtype: bytes
        """
        feed = self._with_feed_context()
        generation = Generation()
        offers = next(feed._iter_offers(generation, PREVIEW_PAGE_SIZE), [])[:limit]
        generation.category_ids = {offer["category_id"] for offer in offers}
        categories = feed._get_format()._prepare_categories(feed, generation)
        return "".join(feed._render_parts(offers, categories)).strip().encode()

    def _iter_offers(self, generation, page_size=PAGE_SIZE):
        """Yield the values of the offers to publish, page by page.

        :param Generation generation: takes the findings and the counters
        :param int page_size: products read together
        :rtype: Iterator[list[dict]]
        """
        model = self.env["product.product"]
        # Variants of one template are neighbours: the rules about groups need that.
        found = model.search(self._get_product_domain(), order="product_tmpl_id.id, id")
        for page_ids in split_every(page_size, found.ids):
            offers = self._get_format()._prepare_offers(self, model.browse(page_ids), generation)
            generation.offer_count += len(offers)
            if offers:
                yield offers
            if len(found) > page_size:
                # A big catalogue with all its texts does not fit into memory.
                self.env.invalidate_all()

    def _render_parts(self, offers=(), categories=()):
        """Render the template and cut it around the offers.

        :param list offers: values by the format's ``_prepare_offers``
        :param list categories: values by the format's ``_prepare_categories``
        :return: what comes before the offers, the offers, what comes after
        :rtype: list[str]
        :raises UserError: the template does not say where the offers begin and end
        """
        # Random, so that no text of a product can contain it.
        cut = Markup("<!--%s-->") % secrets.token_hex(8)
        values = {
            **self._get_format()._prepare_document_vals(self),
            "offers": offers,
            "categories": categories,
            "cut": cut,
        }
        template = self.template_id or self._get_format()._get_template()
        parts = str(self.env["ir.qweb"]._render(template.id, values)).split(str(cut))
        if len(parts) != 3:
            # Not in the language of the products.
            env = self._with_company_lang().env
            raise UserError(
                env._(
                    'The template %(template)s must print <t t-out="cut"/> once before and once '
                    "after the offers.",
                    template=template.display_name,
                )
            )
        return parts
