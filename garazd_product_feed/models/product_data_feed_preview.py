import contextlib

from lxml import etree

from odoo import api, fields, models
from odoo.exceptions import UserError

PREVIEW_PRODUCTS = 20


class ProductDataFeedPreview(models.AbstractModel):
    """How products would be published with the settings of a feed, without publishing them."""

    _name = "product.data.feed.preview"
    _description = "Preview of a Data Feed"

    preview_product_id = fields.Many2one(
        "product.product",
        string="Preview Of",
        compute="_compute_preview_product_id",
        readonly=False,
        help="How this product would be published with what you see here, even before you save.",
    )
    preview_text = fields.Text(string="Preview", compute="_compute_preview")
    preview_findings = fields.Text(compute="_compute_preview")

    # === ONE PRODUCT ON THE FORM === #

    @api.depends("domain", "company_id")
    def _compute_preview_product_id(self):
        for feed in self:
            product = self.env["product.product"]
            with contextlib.suppress(UserError):
                product = product.search(feed._get_product_domain(), limit=1)
            feed.preview_product_id = product

    @api.depends(
        lambda self: [
            "preview_product_id",
            "value_ids.sequence",
            "value_ids.target",
            "value_ids.source",
            "value_ids.field_path",
            "value_ids.attribute_id",
            "value_ids.text",
            "value_ids.param_name",
            "value_ids.uom_id",
        ]
    )
    def _compute_preview(self):
        for feed in self:
            feed.preview_text = feed.preview_findings = False
            # The product is rendered with elevated rights: not one that the reader may not see.
            if (
                feed.preview_product_id.has_access("read")
                and feed.preview_product_id
                and feed.format
            ):
                feed._fill_preview()

    def _fill_preview(self):
        """Show one product as it would be published with the settings on the screen."""
        try:
            self._check_readable()
            text, findings = self._render_products(self.preview_product_id)
        except (UserError, etree.LxmlError) as error:
            self.preview_findings = str(error)
            return
        self.preview_text = text.strip()
        issues = self.env["product.data.feed.issue"]
        self.preview_findings = "\n".join(
            issues._get_message(code, values) for code, values in findings
        )

    def _check_readable(self):
        """Refuse settings that could not be saved: they are rendered with elevated rights.

        :raises UserError: somebody may not read what is asked for
        """
        self._check_own_company()
        self._check_company()

        def is_unchecked(line):
            saved = line._origin
            is_saved = (saved.source, saved.field_path) == ("field", line.field_path)
            return line.source == "field" and line.field_path and not is_saved

        self.value_ids.filtered(is_unchecked)._check_field_path()

    # === SEVERAL ON A PAGE === #

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

    def _render_preview(self, limit=PREVIEW_PRODUCTS):
        """Return the file with only its first products, and what the checks say about them.

        Nothing is stored or published.

        :param int limit: how many products
        :return: the file, and ``(product, code, values)`` for each finding
        :rtype: tuple[bytes, list]
        """
        feed = self._with_feed_context()
        feed.env.flush_all()
        products = feed.env["product.product"].search(
            feed._get_product_domain(), order="product_tmpl_id.id, id", limit=limit
        )
        offers, findings = feed._prepare_preview(products)
        numbers = {offer["category_id"] for offer in offers}
        categories = feed._get_format()._prepare_categories(feed, numbers)
        text = "".join(feed._render_parts(offers, categories)).strip()
        return text.encode(), [
            (self.env["product.product"].browse(product_id), code, values)
            for product_id, found in findings.items()
            for code, values in found
        ]

    def _render_products(self, products):
        """Return the offers of a few products, and what the checks say about them.

        Products that errors keep out of the file are shown all the same.

        :param product.product products: variants
        :return: a piece of XML, and ``(code, values)`` for each finding
        :rtype: tuple[str, list]
        """
        feed = self._with_feed_context()
        feed.env.flush_all()
        offers, findings = feed._prepare_preview(products.with_env(feed.env), keep_all=True)
        found = [finding for item in findings.values() for finding in item]
        return "".join(feed._render_parts(offers)[1:-1]), found

    def _prepare_preview(self, products, keep_all=False):
        feed = self.with_context(product_feed_keep_all=True) if keep_all else self
        generation = feed._new_generation()
        return feed._get_format()._prepare_offers(feed, products, generation), generation.findings
