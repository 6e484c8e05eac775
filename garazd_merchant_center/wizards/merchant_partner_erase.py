from odoo import api, fields, models
from odoo.exceptions import UserError


class MerchantPartnerErase(models.TransientModel):
    """Says what is erased of a buyer and what stays, and asks."""

    _name = "merchant.partner.erase"
    _description = "Erase Personal Data"

    partner_id = fields.Many2one(
        "res.partner", string="Buyer", required=True, readonly=True, ondelete="cascade"
    )
    contact_count = fields.Integer(string="Contacts", compute="_compute_found")
    merchant_order_count = fields.Integer(string="Marketplace Orders", compute="_compute_found")
    sale_order_count = fields.Integer(string="Sales Orders", compute="_compute_found")
    is_named = fields.Boolean(compute="_compute_found")
    open_orders = fields.Char(string="Orders Under Way", compute="_compute_found")
    with_accounting = fields.Boolean(
        string="The time to keep accounting documents is over",
        help="Then name and address are erased too. Amounts and numbers of documents stay.",
    )
    open_confirmed = fields.Boolean(string="I understand, erase the buyer all the same")

    @api.depends("partner_id")
    def _compute_found(self):
        for wizard in self:
            # What follows is elevated.
            wizard.partner_id._check_may_erase()
            family = wizard.partner_id._get_merchant_family()
            sale_orders, pickings = family._get_merchant_documents()
            wizard.contact_count = len(family)
            wizard.merchant_order_count = len(family._get_merchant_orders(sale_orders))
            wizard.sale_order_count = len(sale_orders)
            wizard.is_named = bool(family._get_named_in_accounting())
            waiting = pickings.filtered(lambda p: p.state not in ("done", "cancel")).sale_id
            waiting |= sale_orders.filtered(lambda o: o.state in ("draft", "sent"))
            wizard.open_orders = ", ".join(waiting.mapped("name"))

    def action_erase(self):
        """Forget the buyer.

        :return: the action that tells so
        :rtype: dict
        :raises UserError: orders are under way and nobody confirmed
        """
        self.ensure_one()
        if self.open_orders and not self.open_confirmed:
            raise UserError(
                self.env._(
                    "These orders are under way and could not be delivered any more: %(orders)s. "
                    "Finish or cancel them first, or confirm.",
                    orders=self.open_orders,
                )
            )
        self.partner_id._erase_merchant_buyer(with_accounting=self.with_accounting)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The personal data of the buyer were erased."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
