from odoo import fields, models
from odoo.tools import SQL


class MerchantOrderReport(models.Model):
    """The orders of the stores, to be counted and compared. Drafts are no orders yet."""

    _name = "merchant.order.report"
    _description = "Marketplace Orders Analysis"
    _auto = False
    _order = "date_order desc, id desc"
    _rec_name = "number"

    order_id = fields.Many2one("merchant.order", readonly=True)
    number = fields.Char(readonly=True)
    store_id = fields.Many2one("merchant.store", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date_order = fields.Datetime(string="Ordered On", readonly=True)
    status_id = fields.Many2one("merchant.order.status", string="Order Status", readonly=True)
    kind = fields.Selection(
        selection=lambda self: (
            self.env["merchant.order.status"]._fields["kind"]._description_selection(self.env)
        ),
        string="Meaning of the Status",
        readonly=True,
    )
    payment_state = fields.Selection(
        selection=lambda self: (
            self.env["merchant.order"]._fields["payment_state"]._description_selection(self.env)
        ),
        readonly=True,
    )
    payment_method_id = fields.Many2one("merchant.payment.method", readonly=True)
    delivery_method_id = fields.Many2one("merchant.delivery.method", readonly=True)
    channel = fields.Selection(
        selection=lambda self: (
            self.env["merchant.order"]._fields["channel"]._description_selection(self.env)
        ),
        string="Ordered Through",
        readonly=True,
    )
    source_id = fields.Many2one("utm.source", readonly=True)
    cancellation = fields.Char(string="Cancelled Because", readonly=True)
    cancelled_by_buyer = fields.Boolean(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_total = fields.Monetary(string="Total", readonly=True)
    commission = fields.Monetary(string="Marketplace Fee", readonly=True)
    fee_sale = fields.Monetary(string="Sales Fee", readonly=True)
    fee_advertising = fields.Monetary(string="Advertising Fee", readonly=True)
    fee_instalment = fields.Monetary(string="Instalment Fee", readonly=True)
    fee_refunded = fields.Monetary(string="Fee Given Back", readonly=True)
    fee_percent = fields.Float(string="Fee, % of the Total", aggregator="avg", readonly=True)
    completed_count = fields.Integer(string="Completed", readonly=True)
    cancelled_count = fields.Integer(string="Cancelled", readonly=True)
    success_rate = fields.Float(
        string="Success, %",
        aggregator="avg",
        readonly=True,
        help="How many of the orders that have ended were completed.",
    )

    @property
    def _table_query(self):
        """Override to compute the report out of the orders as they are now."""
        return SQL(
            """
            SELECT o.id, o.id AS order_id, o.number, o.store_id, o.company_id, o.date_order,
                   o.status_id, status.kind, o.payment_state, o.payment_method_id,
                   o.delivery_method_id, o.channel, sale.source_id, o.cancellation,
                   o.cancelled_by_buyer, o.currency_id, o.amount_total, o.commission, o.fee_sale,
                   o.fee_advertising, o.fee_instalment, o.fee_refunded,
                   100 * o.commission / NULLIF(o.amount_total, 0) AS fee_percent,
                   (status.kind = 'done')::integer AS completed_count,
                   (status.kind = 'cancelled')::integer AS cancelled_count,
                   CASE status.kind WHEN 'done' THEN 100 WHEN 'cancelled' THEN 0 END AS success_rate
              FROM merchant_order o
              JOIN merchant_order_status status ON status.id = o.status_id
         LEFT JOIN sale_order sale ON sale.id = o.sale_order_id
             WHERE status.kind != 'draft'
            """
        )
