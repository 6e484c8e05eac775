import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, LazyTranslate

_lt = LazyTranslate(__name__)

ERROR = "error"
WARNING = "warning"

# Code -> severity. An error leaves the offer out of the file, a warning does not.
SEVERITIES = {
    "name_missing": ERROR,
    "name_no_letters": ERROR,
    "price_missing": ERROR,
    "picture_missing": ERROR,
    "variant_same": ERROR,
    "group_number": ERROR,
    "variant_attributes": WARNING,
    "identifier_differs": WARNING,
    "reference_unsuitable": WARNING,
    "reference_is_barcode": WARNING,
    "name_cut": WARNING,
    "name_capitals": WARNING,
    "description_missing": WARNING,
    "description_short": WARNING,
    "description_long": WARNING,
    "translation_incomplete": WARNING,
    "contact_in_text": WARNING,
    "forbidden_word": WARNING,
    "keywords_left_out": WARNING,
    "picture_format": WARNING,
    "too_many_pictures": WARNING,
    "vendor_missing": WARNING,
    "category_missing": WARNING,
    "portal_category_missing": WARNING,
    "portal_category_invalid": WARNING,
    "barcode_invalid": WARNING,
    "too_many_attributes": WARNING,
}
# What is left out even if the feed publishes despite errors: nothing could recognize it.
FATAL = frozenset(("name_missing", "group_number"))

# Code -> what to tell the reader, in the reader's language. Functions, because a lazy text takes
# its values when it is made.
MESSAGES = {
    "name_missing": lambda **_: _lt("The product has no name."),
    "name_no_letters": lambda name, **_: _lt("There is no letter in the name %(name)s.", name=name),
    "price_missing": lambda **_: _lt("The price is zero. Set a sales price or a pricelist rule."),
    "picture_missing": lambda **_: _lt("Add a picture to the product."),
    "variant_same": lambda **_: _lt(
        "Another variant of the same product has exactly the same attribute values."
    ),
    "group_number": lambda **_: _lt(
        "The marketplace joins variants by a number of nine digits, and the number of this product "
        "is greater."
    ),
    "variant_attributes": lambda names, **_: _lt(
        "Not all variants of the product have these attributes, so they are not published: "
        "%(names)s",
        names=names,
    ),
    "identifier_differs": lambda reference, offer_id, **_: _lt(
        "The marketplace knows the product as %(offer_id)s, not as %(reference)s: another product "
        "has that reference too, or it was changed after the first publication.",
        reference=reference,
        offer_id=offer_id,
    ),
    "reference_is_barcode": lambda reference, **_: _lt(
        "The internal reference %(reference)s is the barcode; the marketplace takes it for an "
        "article.",
        reference=reference,
    ),
    "reference_unsuitable": lambda reference, **_: _lt(
        "The internal reference %(reference)s has more than 25 characters or other ones than "
        "letters, digits, spaces, hyphens, underscores, dots and slashes.",
        reference=reference,
    ),
    "name_cut": lambda length, limit, **_: _lt(
        "The name has %(length)s characters; only the first %(limit)s are published.",
        length=length,
        limit=limit,
    ),
    "name_capitals": lambda **_: _lt("The name is written in capital letters."),
    "description_missing": lambda **_: _lt(
        "The product has no description for buyers. Write one where the page Values says, usually "
        "in the Sales Description."
    ),
    "description_short": lambda length, limit, **_: _lt(
        "The description has %(length)s characters; at least %(limit)s are expected.",
        length=length,
        limit=limit,
    ),
    "description_long": lambda length, limit, **_: _lt(
        "The description has %(length)s characters; the marketplace may refuse more than "
        "%(limit)s.",
        length=length,
        limit=limit,
    ),
    "translation_incomplete": lambda **_: _lt(
        "Either the name or the description is missing in Ukrainian, so neither is published in "
        "Ukrainian."
    ),
    "contact_in_text": lambda contact, **_: _lt(
        "Phone numbers, e-mail addresses and links are forbidden in texts: %(contact)s",
        contact=contact,
    ),
    "picture_format": lambda count, **_: _lt(
        "Pictures in a format that the marketplace cannot read: %(count)s. Use JPEG or PNG.",
        count=count,
    ),
    "forbidden_word": lambda word, **_: _lt(
        "The rules of the marketplace forbid this in names, descriptions and search queries: "
        "%(word)s",
        word=word,
    ),
    "keywords_left_out": lambda phrases, **_: _lt(
        "Search queries that are too long are not published: %(phrases)s", phrases=phrases
    ),
    "too_many_pictures": lambda count, limit, **_: _lt(
        "The product has %(count)s pictures; only the first %(limit)s are published.",
        count=count,
        limit=limit,
    ),
    "vendor_missing": lambda **_: _lt(
        "The product has no manufacturer. Say on the page Values where to take it from."
    ),
    "portal_category_missing": lambda **_: _lt(
        "The marketplace will guess the category of the product. Choose it for the group, on the "
        "page Groups, or on the product."
    ),
    "portal_category_invalid": lambda reference, **_: _lt(
        "%(reference)s is neither the number nor the link of a category of the marketplace.",
        reference=reference,
    ),
    "category_missing": lambda **_: _lt(
        "The product has no category; it is published in the group of other products."
    ),
    "barcode_invalid": lambda barcode, **_: _lt(
        "%(barcode)s is not a valid EAN or UPC, so no barcode is published.", barcode=barcode
    ),
    "too_many_attributes": lambda count, limit, **_: _lt(
        "The product has %(count)s attributes; only the first %(limit)s are published.",
        count=count,
        limit=limit,
    ),
}


class ProductDataFeedIssue(models.Model):
    """Something the last generation of a feed found about one product."""

    _name = "product.data.feed.issue"
    _description = "Product Data Feed Issue"
    _order = "severity, code, product_id, id"
    _rec_name = "message"

    feed_id = fields.Many2one(
        "product.data.feed", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="feed_id.company_id", store=True)
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    severity = fields.Selection(
        selection=[(ERROR, "Error"), (WARNING, "Warning")],
        required=True,
        readonly=True,
        help="Errors leave the product out of the file, warnings do not.",
    )
    code = fields.Selection(
        selection=[
            ("name_missing", "No name"),
            ("name_no_letters", "No letters in the name"),
            ("price_missing", "No price"),
            ("picture_missing", "No picture"),
            ("variant_same", "Variants do not differ"),
            ("group_number", "Number of the product is too great"),
            ("variant_attributes", "Variants have different attributes"),
            ("identifier_differs", "Known by another identifier"),
            ("reference_unsuitable", "Internal reference does not suit"),
            ("reference_is_barcode", "Barcode instead of an article"),
            ("name_cut", "Name is too long"),
            ("name_capitals", "Name in capitals"),
            ("description_missing", "No description"),
            ("description_short", "Description is too short"),
            ("description_long", "Description is too long"),
            ("translation_incomplete", "Translation is incomplete"),
            ("contact_in_text", "Contact in the text"),
            ("forbidden_word", "Forbidden word"),
            ("keywords_left_out", "Search query is too long"),
            ("picture_format", "Picture format does not suit"),
            ("too_many_pictures", "Too many pictures"),
            ("vendor_missing", "No manufacturer"),
            ("category_missing", "No category"),
            ("portal_category_missing", "No category on the marketplace"),
            ("portal_category_invalid", "Category on the marketplace is not valid"),
            ("barcode_invalid", "Barcode is not valid"),
            ("too_many_attributes", "Too many attributes"),
        ],
        string="Cause",
        required=True,
        readonly=True,
    )
    # What the message names: lengths, references.
    data = fields.Json(readonly=True)
    message = fields.Text(compute="_compute_message")

    @api.depends("code", "data")
    @api.depends_context("lang")
    def _compute_message(self):
        for issue in self:
            issue.message = self._get_message(issue.code, issue.data)

    @api.model
    def _get_message(self, code, values):
        """Return what a finding says, in the reader's language.

        :param str code: a cause
        :param dict values: what its text names
        :rtype: str
        """
        return self.env._(self._get_messages()[code](**(values or {})))

    @api.model
    def _describe(self, findings):
        """Return findings as a page shows them: the same ones together, errors first.

        :param list findings: ``(product, code, values)``
        :return: ``severity`` (in words), ``is_error``, ``message`` and ``products`` of each
        :rtype: list[dict]
        """
        severities = self._get_severities()
        words = dict(self._fields["severity"]._description_selection(self.env))
        products = {}
        for product, code, values in findings:
            key = (severities[code], self._get_message(code, values))
            products[key] = products.get(key, product.browse()) + product
        return [
            {
                "severity": words[severity],
                "is_error": severity == ERROR,
                "message": message,
                "products": found,
            }
            for (severity, message), found in sorted(products.items(), key=lambda item: item[0])
        ]

    @api.model
    def _get_messages(self):
        """Return code -> function that makes the lazy text. Extend it with new codes.

        :rtype: dict[str, Callable[..., odoo.tools.translate.LazyGettext]]
        """
        return MESSAGES

    @api.model
    def _get_severities(self):
        """Return code -> severity. Extend it with new codes.

        :rtype: dict[str, str]
        """
        return SEVERITIES

    @api.model
    def _is_error(self, codes):
        """Tell whether one of these codes leaves the offer out."""
        severities = self._get_severities()
        return any(severities[code] == ERROR for code in codes)

    @api.model
    def _is_fatal(self, codes):
        """Tell whether one of these codes leaves the offer out, whatever the feed says."""
        return not FATAL.isdisjoint(codes)

    @api.model
    def _replace(self, feed, product_ids, findings):
        """Make the issues of products what was found about them. What stays is not touched.

        :param product.data.feed feed: whose issues
        :param list product_ids: the products that were looked at
        :param dict findings: product id -> list of ``(code, values)``
        """
        severities = self._get_severities()
        wanted = {
            (product_id, code, json.dumps(values, sort_keys=True)): values
            for product_id, found in findings.items()
            for code, values in found
        }
        rows = self.env.execute_query(
            SQL(
                "SELECT id, product_id, code, data FROM product_data_feed_issue"
                " WHERE feed_id = %s AND product_id = ANY(%s)",
                feed.id,
                product_ids,
            )
        )
        gone = [
            id_
            for id_, product_id, code, values in rows
            if wanted.pop((product_id, code, json.dumps(values or {}, sort_keys=True)), None)
            is None
        ]
        if gone:
            self.browse(gone).unlink()
        if wanted:
            # One statement for a whole page: a first generation may find hundreds of thousands.
            self._insert(
                feed,
                [
                    (product_id, code, severities[code], json.dumps(values) if values else None)
                    for (product_id, code, _key), values in wanted.items()
                ],
            )

    @api.model
    def _insert(self, feed, rows):
        columns = [list(column) for column in zip(*rows, strict=True)]
        self.env.execute_query(
            SQL(
                """
                INSERT INTO product_data_feed_issue
                    (feed_id, company_id, create_uid, write_uid, create_date, write_date,
                     product_id, code, severity, data)
                SELECT %s, %s, %s, %s, %s, %s, product_id, code, severity, data::jsonb
                  FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[])
                    AS found (product_id, code, severity, data)
             RETURNING id
                """,
                feed.id,
                feed.company_id.id,
                *[self.env.uid] * 2,
                *[self.env.cr.now()] * 2,
                *columns,
            )
        )
        self.invalidate_model()

    @api.model
    def _keep_only(self, feed, product_ids):
        """Remove the issues of products that are no longer in a feed.

        :param product.data.feed feed: whose issues
        :param list product_ids: the products that are
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT issue.id FROM product_data_feed_issue issue"
                " WHERE issue.feed_id = %s AND NOT EXISTS"
                " (SELECT FROM unnest(%s::int[]) AS kept (id) WHERE kept.id = issue.product_id)",
                feed.id,
                product_ids,
            )
        )
        self.browse([id_ for (id_,) in rows]).unlink()

    def action_ignore_cause(self):
        """Do not report the causes of these warnings any more in their feeds.

        Errors among them stay: they leave products out.

        :raises AccessError: the user may not change the feeds
        :raises UserError: there are only errors
        """
        self.feed_id.check_access("write")
        warnings = self.filtered(lambda issue: issue.severity == WARNING)
        if not warnings:
            raise UserError(self.env._("Errors cannot be ignored: the product is left out."))
        for feed, issues in warnings.grouped("feed_id").items():
            codes = set(issues.mapped("code"))
            # Elevated: nobody may write issues by hand.
            feed.sudo().ignored_codes = sorted({*(feed.ignored_codes or ()), *codes})
            feed.sudo().issue_ids.filtered(lambda issue, codes=codes: issue.code in codes).unlink()

    def action_open_product(self):
        """Open the product that the issue is about.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.product_id.display_name,
            "res_model": "product.product",
            "res_id": self.product_id.id,
            "view_mode": "form",
        }
