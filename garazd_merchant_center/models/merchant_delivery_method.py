from odoo import api, fields, models


class MerchantDeliveryMethod(models.Model):
    """A way to deliver that a store offers its buyers on the marketplace."""

    _name = "merchant.delivery.method"
    _inherit = ["merchant.store.dictionary"]
    _description = "Marketplace Delivery Method"
    _store_field = "delivery_method_ids"

    carrier_code = fields.Char(
        readonly=True, help="How the marketplace calls the carrier of this method, if it has one."
    )
    waybill_code = fields.Char(
        string="Carrier for Tracking Numbers",
        help="The carrier's code that the marketplace wants with tracking numbers of this method. "
        "Empty: the one that it tells itself.",
    )

    @api.model
    def _prepare_entry_vals(self, store, data):
        """Extend: the carrier, which only the list of the store tells."""
        vals = super()._prepare_entry_vals(store, data)
        return vals | {"carrier_code": data.carrier_code} if data.carrier_code else vals
