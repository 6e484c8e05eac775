from odoo import models


class MerchantDeliveryMethod(models.Model):
    """A way to deliver that a store offers its buyers on the marketplace."""

    _name = "merchant.delivery.method"
    _inherit = ["merchant.store.dictionary"]
    _description = "Marketplace Delivery Method"
    _store_field = "delivery_method_ids"
