from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..exceptions import MarketplaceError

# Issues that ask for a decision about changes.
CODES = ("order_changed", "order_cancelled")


class MerchantOrderChange(models.Model):
    """One difference between a sales order and what the marketplace says by now.

    It waits for a person: the sales order is confirmed, so it belongs to the staff.
    """

    _name = "merchant.order.change"
    _description = "Change of a Marketplace Order"
    _order = "id"

    order_id = fields.Many2one("merchant.order", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    kind = fields.Selection(
        selection=[
            ("cancelled", "Order cancelled"),
            ("restored", "Order no longer cancelled"),
            ("added", "Product added"),
            ("removed", "Product removed"),
            ("quantity", "Quantity"),
            ("total", "Amount"),
            ("discount", "Discount"),
            ("amount", "Order total"),
            ("recipient", "Recipient"),
            ("phone", "Recipient's phone"),
            ("address", "Address"),
        ],
        string="What Changed",
        required=True,
    )
    subject = fields.Char(string="Product")
    old_value = fields.Char(string="Before")
    new_value = fields.Char(string="On the Marketplace")


class MerchantOrder(models.Model):
    _inherit = "merchant.order"

    # What the sales order was made from, or brought up to; see `merchant.order.updater`.
    facts = fields.Json(groups="base.group_system")
    change_ids = fields.One2many(
        "merchant.order.change", "order_id", string="Changes on the Marketplace", readonly=True
    )
    has_changes = fields.Boolean(compute="_compute_has_changes", search="_search_has_changes")

    @api.depends("change_ids")
    def _compute_has_changes(self):
        for order in self:
            order.has_changes = bool(order.change_ids)

    def _search_has_changes(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = [("change_ids", "!=", False)]
        if set(value) == {True, False}:
            return []
        return found if True in value else ["!", *found]

    # === ACTION METHODS === #

    def action_apply_changes(self):
        """Change the sales orders as the marketplace says.

        :raises UserError: something cannot be changed any more, in words
        """
        self.check_access("read")
        # Elevated: what was read belongs to the system.
        for order in self.sudo().filtered("has_changes"):
            with order._explaining():
                order.with_env(order.store_id._in_own_context().env)._apply_changes()

    def action_ignore_changes(self):
        """Leave the sales orders as they are; later changes are told again.

        :raises UserError: what was read last cannot be understood
        """
        self.check_access("read")
        for order in self.sudo().filtered("has_changes"):
            with order._explaining():
                data = order.store_id._get_adapter()._parse_order(order.store_id, order.payload)
            order._settle_changes(data)
            order.sale_order_id.message_post(
                body=self.env._(
                    "%(user)s left the order as it is, in spite of the changes on the marketplace.",
                    user=self.env.user.name,
                )
            )

    # === BUSINESS METHODS === #

    @contextmanager
    def _explaining(self):
        """Tell a person who presses a button what is wrong with the order.

        :raises UserError: in place of a ``MarketplaceError``
        """
        try:
            yield
        except MarketplaceError as error:
            raise UserError(self.store_id._explain(error)) from error

    def _apply_changes(self):
        self.ensure_one()
        data = self.store_id._get_adapter()._parse_order(self.store_id, self.payload)
        if self.sale_order_id.locked:
            raise UserError(
                self.env._("The sales order %(name)s is locked.", name=self.sale_order_id.name)
            )
        updater = self.env["merchant.order.updater"]
        changes = updater._describe(self.change_ids)
        updater._apply(self, data)
        self.sale_order_id.message_post(
            body=self.env._(
                "%(user)s applied what was changed on the marketplace: %(changes)s.",
                user=self.env.user.name,
                changes=changes,
            )
        )
        self._settle_changes(data)

    def _settle_changes(self, data):
        """Write down that the sales order is as it should be by now.

        :param OrderData data: what the marketplace says
        """
        facts = self.env["merchant.order.updater"]._get_facts(self.store_id, data, self.facts)
        if self.facts and (facts["cancelled"] or self.sale_order_id.state == "cancel"):
            # The sales order did not follow the rest, and will when it lives again.
            facts = self.facts | {"cancelled": facts["cancelled"]}
        self.facts = facts
        self._forget_changes()

    def _settle_cancelled(self):
        """Note that these sales orders were cancelled: no change of them waits for a decision."""
        for order in self.filtered("change_ids"):
            order.facts = order.facts | {"cancelled": order.status_id.kind == "cancelled"}
            order._forget_changes()

    def _forget_changes(self):
        self.change_ids.unlink()
        self.env["merchant.issue"]._resolve(self.store_id, CODES, self)
