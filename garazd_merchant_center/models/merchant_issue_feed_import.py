from odoo import api, fields, models
from odoo.tools import LazyTranslate

from .merchant_feed_import import ERRORS, FAILED, UNKNOWN

_lt = LazyTranslate(__name__)


class MerchantIssue(models.Model):
    """What can go wrong with an import of the price list."""

    _inherit = "merchant.issue"

    code = fields.Selection(
        selection_add=[
            (FAILED, "The price list was not imported"),
            (ERRORS, "Products of the price list were not imported"),
            (UNKNOWN, "The end of an import is not known"),
        ],
        ondelete=dict.fromkeys((FAILED, ERRORS, UNKNOWN), "cascade"),
    )

    @api.model
    def _get_details(self):
        return super()._get_details() | {
            FAILED: _lt(
                "The marketplace did not import the price list: %(reason)s. It also refuses when "
                "an earlier import hangs or when it was asked too often on one day. Mend the cause "
                "or wait until tomorrow, then retry; this issue closes with the next import."
            ),
            ERRORS: _lt(
                "The marketplace has imported the price list, but not all of it. Number of "
                "errors: %(count)s. Open the import: it names the products as far as the "
                "marketplace does. Correct them and send the price list again; this issue closes "
                "with the next import."
            ),
            UNKNOWN: _lt(
                "Nothing tells whether the marketplace has imported the price list: %(reason)s. It "
                "is not repeated by itself, since two imports at once may make products twice. "
                "Look at the imports in the cabinet of the marketplace, then retry here."
            ),
        }
