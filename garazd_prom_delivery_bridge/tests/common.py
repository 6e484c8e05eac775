from odoo import Command

from odoo.addons.garazd_merchant_prom.tests.common import PromCase, money

NOVA_POSHTA, UKRPOSHTA, PICKUP = "14869279", "14869280", "14869283"
PATH = "/delivery/save_declaration_id"
NUMBER, OTHER = "20450000000001", "20450000000002"


class DeliveryCase(PromCase):
    """A store of Prom, two delivery methods of Odoo, and goods that are kept in stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carrier = cls._make_carrier("Nova Poshta")
        cls.other_carrier = cls._make_carrier("Ukrposhta")
        # Odoo lets nobody but salesmen read for which postcodes a carrier is there.
        rights = "stock.group_stock_user,sales_team.group_sale_salesman"
        cls.shipper = cls._make_user("shipper", rights, cls.company)
        cls.storekeeper = cls._make_user("storekeeper", "stock.group_stock_user", cls.company)

    @classmethod
    def _make_carrier(cls, name, **changes):
        product = cls.env["product.product"].create(
            {"name": name, "type": "service", "taxes_id": [Command.clear()]}
        )
        vals = {
            "name": name,
            "product_id": product.id,
            "fixed_price": 999,
            "company_id": cls.company.id,
        }
        return cls.env["delivery.carrier"].create(vals | changes)

    # === WORK === #

    def _method(self, external_id):
        if not self.store.delivery_method_ids:
            self._sync("base")
        return self.store.delivery_method_ids.filtered(lambda m: m.external_id == external_id)

    def _sell(self, kind="pending", **changes):
        order = self._import(kind, **changes)
        self.assertEqual(order.state, "imported", order.error)
        return order.sale_order_id

    def _ship(self, kind="np_branch", **changes):
        """Import an order, confirm it, and return its delivery."""
        sale = self._sell(kind, **changes)
        sale.action_confirm()
        return sale.picking_ids

    def _validate(self, pickings):
        pickings.move_ids.picked = True
        return pickings.with_context(skip_backorder=True).button_validate()

    def _send(self):
        """Send what waits, and return the numbers that Prom got."""
        self.sim.world.journal.clear()
        self._operations().next_attempt = False
        self._run_cron("operations")
        return [request.body["declaration_id"] for request in self.sim.requests(PATH)]

    def _tracking(self):
        return self._operations().filtered(lambda operation: operation.kind == "tracking")

    # === WHAT PROM HAS === #

    def _raw(self, order):
        return self.sim.state.orders[int(order.external_id)]

    def _shown(self, order):
        return (self._raw(order)["delivery_provider_data"] or {}).get("declaration_number")

    def _make_waybill(self, order, number, status="initial"):
        """Make a waybill in the cabinet of Prom."""
        data = self._raw(order)["delivery_provider_data"]
        data = {**data, "declaration_number": number, "unified_status": status}
        self.sim.touch(int(order.external_id), delivery_provider_data=data)
        self._sync()

    def _assert_goods(self, sale):
        """The goods cost what Prom says, whatever the delivery costs."""
        goods = sale.order_line.filtered(lambda line: not line.is_delivery)
        total = sum(goods.mapped("price_total"))
        price = money(sale.merchant_order_id.payload["price"])
        self.assertEqual(f"{total:.2f}", f"{price:.2f}")
