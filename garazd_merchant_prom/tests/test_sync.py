from odoo.tests import tagged

from .common import PromCase, money

# Everything a synchronization may make.
MODELS = (
    "merchant.category",
    "merchant.delivery.method",
    "merchant.listing",
    "merchant.mapping",
    "merchant.operation",
    "merchant.order",
    "merchant.order.status",
    "merchant.payment.method",
    "product.product",
    "res.partner",
    "sale.order",
    "sale.order.line",
)


@tagged("post_install", "-at_install")
class TestFirstSync(PromCase):
    """The Sync button on a shop that holds an order of every kind."""

    shop = {"orders": 25, "products": 30}

    def _picture(self):
        """Return how many records of each kind there are, and when a sales order changed last."""
        sales = self.env["sale.order"].search([])
        numbers = {
            model: self.env[model].with_context(active_test=False).search_count([])
            for model in MODELS
        }
        return numbers | {"changed": max(sales.mapped("write_date"))}

    def test_everything_arrives_once(self):
        run = self._sync("full")
        state = self.sim.state
        self.assertRecordValues(run, [{"state": "done", "failed": 0, "progress": 100}])
        self.assertEqual(self._count("merchant.order"), len(state.orders))
        self.assertEqual(self._count("merchant.listing"), len(state.products))
        listed = len(state.groups) - len(state.unlisted_groups)
        self.assertEqual(self._count("merchant.category"), listed)
        self.assertEqual(self._count("merchant.payment.method"), 6)
        self.assertEqual(self._count("merchant.delivery.method"), 8)
        # Prom's six and the two of the shop.
        self.assertEqual(self._count("merchant.order.status"), 8)
        self._check_form()
        self._check_sales()
        before = self._picture()
        run = self._read_all_again("full")
        self.assertRecordValues(run, [{"state": "done", "created": 0, "updated": 0, "failed": 0}])
        # The products come twice: as a whole list and group by group.
        self.assertGreaterEqual(run.unchanged, before["merchant.order"] + 30)
        self.assertEqual(self._picture(), before)
        self.assertFalse(self.sim.writes())

    def _check_form(self):
        self.assertRecordValues(
            self.store,
            [
                {
                    "state": "connected",
                    "order_count": 25,
                    "sale_order_count": 25 - len(self.sim.orders_of("draft")),
                    "listing_count": 30,
                    "run_id": False,
                }
            ],
        )
        for name in ("base", "products", "orders"):
            self.assertTrue(self.store[f"last_sync_{name}_at"])

    def _check_sales(self):
        orders = [row for row in self.sim.state.orders.values() if row["status"] != "draft"]
        sales = self.env["sale.order"].search([("merchant_store_id", "=", self.store.id)])
        self.assertEqual(
            {int(sale.client_order_ref): round(sale.amount_total, 2) for sale in sales},
            {order["id"]: float(money(order["price"])) for order in orders},
        )


@tagged("post_install", "-at_install")
class TestSync(PromCase):
    """What the parts of a synchronization bring, and what the next ones read."""

    def test_only_changes_are_asked_for(self):
        order_id = int(self._import().external_id)
        newest = self.sim.state.orders[order_id]["date_modified"]
        self.sim.touch(order_id, status="received")
        self.sim.world.journal.clear()
        run = self._sync()
        since = self.sim.requests("/orders/list")[0].query["last_modified_from"]
        self.assertRegex(since, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$")
        self.assertLess(since, newest)
        self.assertEqual(run.updated, 1)
        self.assertEqual(self._get_order(order_id).status_id.external_id, "received")

    def test_names_are_ukrainian(self):
        self._sync("base")
        names = self.env["merchant.order.status"].search([("store_id", "=", self.store.id)])
        self.assertIn("Новий", names.mapped("name"))
        self.assertIn("Відправлено", names.mapped("name"))

    def test_status_of_the_shop_is_one_status(self):
        """The list of statuses and the orders must name it alike."""
        self._import("custom_status")
        self._sync("base")
        statuses = self.env["merchant.order.status"].search([("store_id", "=", self.store.id)])
        own = statuses.filtered(lambda status: status.kind == "custom")
        self.assertEqual(set(own.mapped("external_id")), {"custom-137204", "custom-137205"})
        self.assertNotIn("unknown", statuses.mapped("kind"))

    def test_groups_make_a_tree(self):
        self._sync("base")
        groups = self.sim.state.groups
        for category in self.env["merchant.category"].search([("store_id", "=", self.store.id)]):
            parent_id = groups[int(category.external_id)]["parent_group_id"]
            expected = "" if parent_id in self.sim.state.unlisted_groups else str(parent_id or "")
            self.assertEqual(category.parent_id.external_id or "", expected)

    def test_changed_order_is_brought_up_to_date(self):
        order = self._import("evopay_unpaid")
        order_id = int(order.external_id)
        sale = order.sale_order_id
        self.assertEqual(order.payment_state, "unpaid")
        payment = self.sim.state.orders[order_id]["payment_data"] | {"status": "paid"}
        self.sim.touch(
            order_id,
            status="received",
            payment_data=payment,
            cpa_commission={"amount": "12.34", "is_refunded": None},
        )
        self._sync()
        self.assertRecordValues(
            order,
            [{"payment_state": "paid", "commission": 12.34, "sale_order_id": sale.id}],
        )
        self.assertEqual(sale.merchant_fee, 12.34)
        self.assertIn(order.status_id.name, sale.merchant_status)
        self.assertEqual(order.status_id.external_id, "received")

    def test_draft_becomes_a_sale_when_it_is_placed(self):
        order = self._import("draft")
        self.assertEqual(order.state, "skipped")
        self.sim.touch(int(order.external_id), status="pending")
        self._sync()
        self.assertEqual(order.state, "imported")

    def test_order_is_read_again_on_request(self):
        order = self._import()
        order.with_user(self.user).action_refresh()
        self._run_cron("sync_orders")
        self.assertFalse(order.refresh_requested)
        self.assertTrue(self.sim.requests(f"/orders/{order.external_id}"))

    def test_order_that_prom_does_not_know_any_more_is_told(self):
        for answer in ("404", "error"):
            with self.subTest(answer):
                self.sim.options.unknown_order = answer
                order = self._import()
                del self.sim.state.orders[int(order.external_id)]
                order.action_refresh()
                self._run_cron("sync_orders")
                issue = self._get_issues("request_refused")
                self.assertEqual(issue.res_id, order.id)
                self.assertFalse(order.refresh_requested)
                self.assertTrue(order.sale_order_id)
                issue.action_resolve()

    def test_link_leads_to_the_cabinet(self):
        order = self._import()
        self.assertEqual(order.url, f"{self.sim.origin}/cms/order/edit/{order.external_id}")
