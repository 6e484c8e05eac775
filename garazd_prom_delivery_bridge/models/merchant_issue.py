from odoo import api, fields, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

UNMAPPED = "delivery_unmapped"
DIFFERS = "tracking_differs"
WITHDRAWN = "tracking_withdrawn"


class MerchantIssue(models.Model):
    """What can go wrong with parcels."""

    _inherit = "merchant.issue"

    code = fields.Selection(
        selection_add=[
            (UNMAPPED, "A delivery method is not mapped"),
            (DIFFERS, "The tracking number differs on the marketplace"),
            (WITHDRAWN, "The marketplace shows a tracking number that is withdrawn"),
        ],
        ondelete=dict.fromkeys((UNMAPPED, DIFFERS, WITHDRAWN), "cascade"),
    )

    @api.model
    def _get_details(self):
        return super()._get_details() | {
            UNMAPPED: _lt(
                "Orders with the delivery method %(method)s come without a delivery method of "
                "Odoo. An administrator chooses one on the store, tab Shipping; open orders get it "
                "then, and this issue closes. Ignore it if these orders need none."
            ),
            DIFFERS: _lt(
                "The marketplace shows the tracking number %(shown)s for order %(number)s, its "
                "deliveries have %(numbers)s. Correct the delivery or the cabinet of the "
                "marketplace; Retry sends ours again. This issue closes when both are equal."
            ),
            WITHDRAWN: _lt(
                "The marketplace shows buyers the tracking number %(shown)s of order %(number)s, "
                "but no delivery has it any more: %(deliveries)s. Cancel the waybill at the "
                "carrier. A new number of another delivery replaces it and closes this issue."
            ),
        }
