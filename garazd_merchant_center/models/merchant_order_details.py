from odoo import api, fields, models

from .merchant_order_change import CODES

# Kind of a fee -> where it stands on the order.
FEES = {
    "sale": "fee_sale",
    "advertising": "fee_advertising",
    "instalment": "fee_instalment",
}


class MerchantOrder(models.Model):
    """What people want to know of an order beside its products and its total.

    All of it follows the marketplace, whatever became of the sales order.
    """

    _inherit = "merchant.order"

    # Who gets it, and where
    recipient_name = fields.Char(string="Recipient")
    recipient_phone = fields.Char()
    delivery_address = fields.Char()
    delivery_cost = fields.Monetary(help="What the delivery costs, as the marketplace tells it.")

    # What the buyer says
    buyer_note = fields.Text(string="Buyer's Note")
    do_not_call = fields.Boolean(help="The buyer asks not to be called back.")
    cancellation = fields.Char(string="Cancelled Because")
    cancelled_by_buyer = fields.Boolean()

    channel = fields.Selection(
        selection=[
            ("website", "Marketplace website"),
            ("app", "Mobile app"),
            ("own_site", "Website of the store"),
            ("cabinet", "Entered by the seller"),
            ("partner", "Partner website"),
            ("other", "Other"),
        ],
        string="Ordered Through",
        help="Where the buyer ordered.",
    )

    # What the marketplace charges the seller
    fee_sale = fields.Monetary(string="Sales Fee")
    fee_advertising = fields.Monetary(string="Advertising Fee")
    fee_instalment = fields.Monetary(string="Instalment Fee", help="For paying in parts.")
    fee_refunded = fields.Monetary(
        string="Fee Given Back",
        help="Fees that the marketplace returned, for example of a cancelled order.",
    )
    commission = fields.Monetary(
        string="Marketplace Fee",
        help="What the marketplace charges the seller for this order, without what it gave back.",
    )

    # What waits for a person, beside what the form shows in other ways
    open_issues = fields.Text(compute="_compute_open_issues")

    # === COMPUTE METHODS === #

    @api.depends("error_code")
    @api.depends_context("lang")
    def _compute_open_issues(self):
        domain = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        domain += [("state", "=", "open"), ("code", "not in", CODES)]
        found = self.env["merchant.issue"].search(domain).grouped("res_id")
        for order in self:
            issues = found.get(order.id, self.env["merchant.issue"])
            others = issues.filtered(lambda issue, order=order: issue.code != order.error_code)
            order.open_issues = "\n".join(others.mapped("detail"))

    # === IMPORT === #

    def _prepare_order_vals(self, data):
        """Extend `garazd_merchant_center`: the details, see the fields above."""
        recipient = data.recipient or data.buyer
        return {
            **super()._prepare_order_vals(data),
            "recipient_name": recipient.name,
            "recipient_phone": recipient.phone,
            "delivery_address": data.address,
            "delivery_cost": float(data.delivery_cost or 0),
            "buyer_note": data.note,
            "do_not_call": data.do_not_call,
            "cancellation": data.cancellation,
            "cancelled_by_buyer": data.cancelled_by_buyer,
            "channel": data.channel,
            **self._prepare_fee_vals(data),
        }

    def _prepare_fee_vals(self, data):
        """Return the fees: each kind as it was charged, and what is left of them together.

        Where the marketplace tells only those of the lines, their sum is the fee of the sale.
        """
        charged = dict.fromkeys(FEES, 0.0)
        refunded = 0.0
        for fee in data.fees:
            charged[fee.kind] += float(fee.amount)
            refunded += float(fee.amount) if fee.is_refunded else 0.0
        if not any(fee.kind == "sale" for fee in data.fees):
            charged["sale"] = float(sum(line.commission or 0 for line in data.lines))
        return {
            **{FEES[kind]: amount for kind, amount in charged.items()},
            "fee_refunded": refunded,
            "commission": sum(charged.values()) - refunded,
        }
