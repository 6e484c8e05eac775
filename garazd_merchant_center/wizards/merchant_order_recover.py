import re

from odoo import api, fields, models
from odoo.exceptions import UserError

# Each number is a call of its own.
MAX_NUMBERS = 500
SEPARATORS = re.compile(r"[\s,;]+")


class MerchantOrderRecover(models.TransientModel):
    """Asks for orders that are missing in Odoo; they are read in the background."""

    _name = "merchant.order.recover"
    _description = "Recover Orders"

    store_id = fields.Many2one(
        "merchant.store",
        required=True,
        default=lambda self: self._default_store_id(),
        domain="[('state', '!=', 'draft')]",
    )
    by = fields.Selection(
        selection=[("number", "Their numbers"), ("period", "The days they were made on")],
        string="Find Orders By",
        required=True,
        default="number",
    )
    numbers = fields.Text(
        string="Order Numbers",
        help="As in the cabinet of the marketplace; several with spaces, commas or new lines.",
    )
    first_day = fields.Date(string="From")
    last_day = fields.Date(string="Until", default=fields.Date.context_today)

    @api.model
    def _default_store_id(self):
        stores = self.env["merchant.store"].search([("state", "!=", "draft")], limit=2)
        return stores if len(stores) == 1 else False

    def action_recover(self):
        """Ask for the orders; nothing is read from the marketplace before the background job.

        :return: the action that tells that it was noted
        :raises UserError: it is not said which orders
        """
        self.ensure_one()
        if self.by == "number":
            self._recover_numbers()
        else:
            self._recover_period()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The orders are read in the background. See the progress on the store %(store)s"
                    " and what could not be found under Issues.",
                    store=self.store_id.name,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _recover_numbers(self):
        words = (word.lstrip("#№") for word in SEPARATORS.split(self.numbers or ""))
        numbers = list(dict.fromkeys(filter(None, words)))
        if not numbers:
            raise UserError(self.env._("Write at least one order number."))
        if len(numbers) > MAX_NUMBERS:
            raise UserError(
                self.env._(
                    "At most %(count)s orders are read by their numbers; find so many by the days "
                    "they were made on.",
                    count=MAX_NUMBERS,
                )
            )
        self.env["merchant.order"]._request(self.store_id, numbers)

    def _recover_period(self):
        if not self.first_day or not self.last_day or self.first_day > self.last_day:
            raise UserError(self.env._("Say from which day until which day."))
        self.store_id._recover_orders(self.first_day, self.last_day)
