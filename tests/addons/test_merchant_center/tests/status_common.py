from .common import DemoCase

SALESMAN = "sales_team.group_sale_salesman"
STOCK = "stock.group_stock_user"


class StatusCase(DemoCase):
    """A store in Production, and people who have no access to the Merchant Center."""

    def _prepare(self):
        super()._prepare()
        self.salesman = self._make_user("salesman", SALESMAN, self.company)
        self.storekeeper = self._make_user("storekeeper", STOCK, self.company)
        self._make_product("A1")
        self.store.action_set_production()
        self._sync("base")

    def _import_sale(self, order_id="1", *lines, **changes):
        """Import an order and return its sales order."""
        return self._import_order(order_id, *lines, **changes).sale_order_id

    def _confirm(self, *args, **changes):
        """Import an order, confirm it, and return its sales order."""
        sale = self._import_sale(*args, **changes)
        sale.action_confirm()
        return sale

    def _deliver(self, pickings, quantity=None, backorder=True):
        """Validate deliveries; of a part the rest becomes a backorder or is given up."""
        if quantity is not None:
            pickings.move_ids.quantity = quantity
        pickings.move_ids.picked = True
        given_up = [] if backorder else pickings.ids
        return pickings.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=given_up
        ).button_validate()

    def _send(self):
        """Send what waits, and return what the market was asked since."""
        self.market.requests.clear()
        self._run_cron("operations")
        return [arguments for name, arguments in self.market.requests if name == "set_status"]

    def _sent_statuses(self):
        return [arguments["status"] for arguments in self._send()]

    def _states(self):
        return [(o.payload["status"], o.state) for o in self._operations()]
