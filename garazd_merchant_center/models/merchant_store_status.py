from odoo import api, fields, models
from odoo.exceptions import ValidationError

# What happens to a sales order -> the meaning of the marketplace's own status for it.
EVENT_KINDS = {"confirmed": "accepted", "delivered": "done", "cancelled": "cancelled"}
# What the settings of a store say about its statuses.
STATUS_FIELDS = (
    "import_status_id",
    "set_status_id",
    *(f"{event}_status_id" for event in EVENT_KINDS),
)


class MerchantStore(models.Model):
    """Which statuses are sent to the marketplace, and when."""

    _inherit = "merchant.store"

    push_confirmed = fields.Boolean(
        string="When Confirmed",
        default=True,
        help="When a sales order is confirmed, the marketplace is told that the order was "
        "accepted. An order that has come further there is left alone.",
    )
    confirmed_status_id = fields.Many2one(
        "merchant.order.status",
        string="Status When Confirmed",
        copy=False,
        ondelete="restrict",
        domain="[('store_id', '=', id)]",
        help="The status that an order gets when it is confirmed in Odoo. Empty: the marketplace's "
        "own status for accepted orders.",
    )
    push_delivered = fields.Boolean(
        string="When Delivered",
        default=True,
        help="When the last delivery to the customer is validated, the marketplace is told that "
        "the order is completed. While a backorder waits nothing is sent. Orders that have only "
        "services are never completed by themselves.",
    )
    delivered_status_id = fields.Many2one(
        "merchant.order.status",
        string="Status When Delivered",
        copy=False,
        ondelete="restrict",
        domain="[('store_id', '=', id)]",
        help="The status that an order gets when everything was delivered. Empty: the "
        "marketplace's own status for completed orders.",
    )
    push_cancelled = fields.Boolean(
        string="When Cancelled",
        default=True,
        help="When a sales order is cancelled, Odoo asks for the reason and cancels the order on "
        "the marketplace too. An order that the buyer cancelled is not sent back.",
    )
    cancelled_status_id = fields.Many2one(
        "merchant.order.status",
        string="Status When Cancelled",
        copy=False,
        ondelete="restrict",
        domain="[('store_id', '=', id)]",
        help="The status that an order gets when it is cancelled in Odoo. Empty: the marketplace's "
        "own status for cancelled orders. An own status of the store does not cancel the order on "
        "the marketplace, so no reason is asked for.",
    )

    @api.constrains(*STATUS_FIELDS)
    def _check_statuses(self):
        for store in self:
            for name in STATUS_FIELDS:
                status = store[name]
                if status and status.store_id != store:
                    raise ValidationError(
                        self.env._(
                            "The status %(status)s belongs to another store.", status=status.name
                        )
                    )

    def _get_event_status(self, event):
        """Return the status that orders get on the marketplace at an event.

        :param str event: ``confirmed``, ``delivered`` or ``cancelled``
        :return: a status of the store; nothing when the marketplace has none with that meaning
        """
        self.ensure_one()
        kind = EVENT_KINDS[event]
        known = self.status_ids.filtered(lambda status: status.kind == kind)
        if status := self[f"{event}_status_id"] or known[:1]:
            return status
        # The statuses of the store were not read yet.
        data = self._get_adapter()._get_own_status(kind)
        return self.env["merchant.order.status"]._get_or_create(self, data)
