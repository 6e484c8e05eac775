from odoo import api, fields, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

ERROR = "error"
WARNING = "warning"

# Code -> severity. An error leaves the offer out of the file, a warning does not.
SEVERITIES = {
    "duplicate_id": ERROR,
    "name_missing": ERROR,
    "name_no_letters": ERROR,
    "price_missing": ERROR,
    "picture_missing": ERROR,
    "variant_same": ERROR,
    "reference_shared": WARNING,
    "reference_unsuitable": WARNING,
    "name_cut": WARNING,
    "name_capitals": WARNING,
    "description_missing": WARNING,
    "description_short": WARNING,
    "description_long": WARNING,
    "translation_incomplete": WARNING,
    "contact_in_text": WARNING,
    "picture_format": WARNING,
    "category_missing": WARNING,
    "barcode_invalid": WARNING,
    "too_many_attributes": WARNING,
}

# Code -> what to tell the reader, in the reader's language. Functions, because a lazy text takes
# its values when it is made.
MESSAGES = {
    "duplicate_id": lambda offer_id, **_: _lt(
        "Another product in the file has the identifier %(offer_id)s already.", offer_id=offer_id
    ),
    "name_missing": lambda **_: _lt("The product has no name."),
    "name_no_letters": lambda name, **_: _lt("There is no letter in the name %(name)s.", name=name),
    "price_missing": lambda **_: _lt("The price is zero. Set a sales price or a pricelist rule."),
    "picture_missing": lambda **_: _lt("Add a picture to the product."),
    "variant_same": lambda **_: _lt(
        "Another variant of the same product has exactly the same attribute values."
    ),
    "reference_shared": lambda reference, offer_id, **_: _lt(
        "Several products have the internal reference %(reference)s. The offer goes by the "
        "identifier %(offer_id)s until the reference is unique.",
        reference=reference,
        offer_id=offer_id,
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
    "description_missing": lambda **_: _lt("The product has no description for buyers."),
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
            ("duplicate_id", "Same identifier twice"),
            ("name_missing", "No name"),
            ("name_no_letters", "No letters in the name"),
            ("price_missing", "No price"),
            ("picture_missing", "No picture"),
            ("variant_same", "Variants do not differ"),
            ("reference_shared", "Internal reference is not unique"),
            ("reference_unsuitable", "Internal reference does not suit"),
            ("name_cut", "Name is too long"),
            ("name_capitals", "Name in capitals"),
            ("description_missing", "No description"),
            ("description_short", "Description is too short"),
            ("description_long", "Description is too long"),
            ("translation_incomplete", "Translation is incomplete"),
            ("contact_in_text", "Contact in the text"),
            ("picture_format", "Picture format does not suit"),
            ("category_missing", "No category"),
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
        messages = self._get_messages()
        for issue in self:
            issue.message = self.env._(messages[issue.code](**(issue.data or {})))

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
    def _replace(self, feed, findings):
        """Make the issues of a feed what the last generation found. What stays is not touched.

        :param product.data.feed feed: whose issues
        :param dict findings: product id -> list of ``(code, values)``
        """
        severities = self._get_severities()
        wanted = {
            (product_id, code, repr(sorted(values.items()))): values
            for product_id, found in findings.items()
            for code, values in found
        }
        gone = self.browse()
        for issue in self.search([("feed_id", "=", feed.id)]):
            key = (issue.product_id.id, issue.code, repr(sorted((issue.data or {}).items())))
            if wanted.pop(key, None) is None:
                gone += issue
        gone.unlink()
        self.create(
            [
                {
                    "feed_id": feed.id,
                    "product_id": product_id,
                    "code": code,
                    "severity": severities[code],
                    "data": values,
                }
                for (product_id, code, _key), values in wanted.items()
            ]
        )

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
