from odoo import fields, models
from odoo.exceptions import AccessError


class MerchantStore(models.Model):
    """What a store does not give away, and how long it keeps what it was told of its buyers."""

    _inherit = "merchant.store"

    payload_days = fields.Integer(
        string="Keep Orders as Received",
        required=True,
        default=180,
        help="So many days after an order was completed or cancelled, Odoo forgets the order as "
        "the marketplace sent it, with all that stands in it about the buyer. The sales order and "
        "what the list of orders shows stay. 0: nothing is forgotten.",
    )

    _payload_days_positive = models.Constraint(
        "CHECK (payload_days >= 0)", "The number of days cannot be negative."
    )

    def _export_rows(self, fields, *args, **kwargs):
        """Override: what is not offered for export is not exported either, by no way.

        Odoo leaves it out of its dialog only; templates of exports and programs could name it.

        :raises AccessError: a field is not for export
        """
        names = {path[0] for path in fields if path}
        for name in names & self._fields.keys():
            if not self._fields[name].exportable:
                raise AccessError(self.env._("The field %(name)s cannot be exported.", name=name))
        return super()._export_rows(fields, *args, **kwargs)
