from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from .common import TOKEN, DemoCase


@tagged("post_install", "-at_install")
class TestAccess(DemoCase):
    two_companies = True

    def _prepare(self):
        super()._prepare()
        self._make_product("A1")
        self._order("1")
        self._order("2", total="much")
        self._product("p1", sku="A1")
        self._sync("full")

    def test_plain_user_does_the_everyday_work(self):
        store = self.store.with_user(self.user)
        for name in ("sync", "sync_base", "sync_products", "sync_orders"):
            getattr(store, f"action_{name}")()
        for name in ("orders", "sale_orders", "listings", "issues", "withheld"):
            action = getattr(store, f"action_open_{name}")()
            self.assertEqual(action["domain"][0][2], store.id)
        order = self._get_order("2").with_user(self.user)
        order.action_retry()
        order.action_refresh()
        self._get_listing("p1").with_user(self.user).action_retry()
        issue = self._get_issues("order_unreadable").with_user(self.user)
        issue.action_retry()
        issue.action_open_record()
        issue.action_resolve()
        self.assertEqual(issue.state, "resolved")

    def test_plain_user_does_not_decide(self):
        store = self.store.with_user(self.user)
        for name in ("check_connection", "set_production", "set_test"):
            with self.assertRaises(AccessError):
                getattr(store, f"action_{name}")()
        for vals in ({"mode": "production"}, {"confirm_orders": True}, {"api_token": "mine"}):
            with self.assertRaises(AccessError):
                store.write(vals)
        with self.assertRaises(AccessError):
            store.copy()
        with self.assertRaises(AccessError):
            store.unlink()

    def test_plain_user_writes_no_records_of_the_system(self):
        for record, vals in (
            (self._get_order("1"), {"state": "new"}),
            (self._get_listing("p1"), {"product_id": False}),
            (self._get_listing("p1").mapping_id, {"external_id": "other"}),
            (self._get_issues()[0], {"state": "ignored"}),
            (self.store.status_ids[0], {"kind": "done"}),
        ):
            with self.assertRaises(AccessError):
                record.with_user(self.user).write(vals)

    def test_nobody_takes_the_order_of_a_marketplace_for_a_sales_order(self):
        """Who could would read its buyer, and confirm it on the marketplace."""
        salesman = self._make_user(
            "salesman", "sales_team.group_sale_salesman_all_leads", self.other_company
        )
        orders = self.env["sale.order"].with_user(salesman)
        vals = {"partner_id": salesman.partner_id.id}
        stolen = self._get_order("2").id
        with self.assertRaises(AccessError):
            orders.create(vals).write({"merchant_order_id": stolen})
        with self.assertRaises(AccessError):
            orders.create({**vals, "merchant_order_id": stolen})
        with self.assertRaises(AccessError):
            orders.with_context(default_merchant_order_id=stolen).create(vals)

    def test_nobody_takes_the_order_of_a_marketplace_for_a_delivery_or_a_payment(self):
        """Who could would read what its buyer writes, or keep its payment from being recorded."""
        stolen = self._get_order("2").id
        storekeeper = self._make_user("storekeeper", "stock.group_stock_user", self.other_company)
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.other_company.id)], limit=1
        )
        transfers = self.env["stock.picking"].with_user(storekeeper)
        transfer = transfers.create({"picking_type_id": warehouse.out_type_id.id})
        with self.assertRaises(AccessError):
            transfer.write({"merchant_order_id": stolen})
        accountant = self._make_user(
            "accountant", "account.group_account_invoice", self.other_company
        )
        bank = self._make_books(self.other_company)
        vals = {"amount": 1, "journal_id": bank.id, "merchant_order_id": stolen}
        with self.assertRaises(AccessError):
            self.env["account.payment"].with_user(accountant).create(vals)

    def test_buyer_with_a_portal_sees_nothing_of_the_marketplace(self):
        sale = self._get_order("1").sale_order_id
        buyer = self._make_user("buyer", "base.group_portal", self.company)
        sale.partner_id = buyer.partner_id
        sale.state = "sent"
        sale = sale.with_user(buyer)
        self.assertEqual(sale.search([("name", "=", sale.name)]), sale)
        self.assertTrue(sale.name_search(sale.name))
        for record in (sale, sale.order_line):
            names = [name for name in record._fields if name.startswith("merchant_")]
            self.assertTrue(names)
            for name in names:
                with self.subTest(name), self.assertRaises(AccessError):
                    record.read([name])
                with self.subTest(name), self.assertRaises(AccessError):
                    record.search([(name, "!=", False)])
        with self.assertRaises(AccessError):
            sale.order_line.search([("order_id.merchant_fee_sale", ">", 0)])

    def test_buyer_with_a_portal_sorts_and_counts_by_nothing_of_the_marketplace(self):
        """Odoo does not look at the groups of related fields there."""
        sale = self._get_order("1").sale_order_id
        sale.action_confirm()
        buyer = self._make_user("buyer", "base.group_portal", self.company)
        sale.partner_id = sale.picking_ids.partner_id = buyer.partner_id
        for record in (sale.with_user(buyer), sale.picking_ids[:1].with_user(buyer)):
            self.assertEqual(record.search([("name", "=", record.name)]), record)
            self.assertTrue(record._read_group([], ["partner_id"]))
            fields_ = [
                field
                for name, field in record._fields.items()
                if name.startswith("merchant_") and field.related and field.type != "one2many"
            ]
            self.assertTrue(fields_)
            for field in fields_:
                with self.subTest(field), self.assertRaises(AccessError):
                    record.search([(field.name, "!=", False)])
                with self.subTest(field), self.assertRaises(AccessError):
                    record.search([], order=field.name)
                with self.subTest(field), self.assertRaises(AccessError):
                    record._read_group([], [field.name])
                with self.subTest(field), self.assertRaises(AccessError):
                    record._read_group([], [], [f"{field.name}:array_agg"])

    def test_buttons_do_nothing_for_another_company(self):
        for record, name in (
            (self.store, "action_sync"),
            (self._get_order("2"), "action_retry"),
            (self._get_order("2"), "action_refresh"),
            (self._get_listing("p1"), "action_retry"),
            (self._get_issues()[0], "action_resolve"),
            (self._get_issues()[0], "action_ignore"),
        ):
            with self.assertRaises(AccessError):
                getattr(record.with_user(self.other_user), name)()

    def test_token_is_read_by_nobody_but_administrators(self):
        store = self.store.with_user(self.user)
        with self.assertRaises(AccessError):
            store.read(["api_token"])
        with self.assertRaises(AccessError):
            store.search([("api_token", "like", "d%")])
        with self.assertRaises(UserError):
            store.export_data(["api_token"])
        values = store.read()[0]
        self.assertNotIn(TOKEN, str(values))
        self.assertEqual(self.store.with_user(self.admin).api_token, TOKEN)

    def test_token_is_exported_by_nobody(self):
        """Odoo's dialog does not offer it; templates of exports and programs could name it."""
        self.env.ref("base.group_allow_export").user_ids |= self.admin
        store = self.store.with_user(self.admin)
        self.assertTrue(store.export_data(["name", "mode"])["datas"])
        order = self._get_order("1").with_user(self.admin)
        for record, path in ((store, "api_token"), (order, "store_id/api_token")):
            with self.subTest(path), self.assertRaises(AccessError):
                record.export_data(["id", path])

    def test_settings_can_be_chosen_without_other_rights(self):
        stores = self.env["merchant.store"].with_user(self.admin)
        arch = stores.get_view(view_type="form")
        for name in arch["models"]["merchant.store"]:
            field = stores._fields[name]
            is_ours = "garazd_merchant_center" in field._modules
            if is_ours and field.relational and field.type != "one2many":
                comodel = self.env[field.comodel_name].with_user(self.admin)
                self.assertTrue(comodel.has_access("read"), name)

    def test_payload_is_read_by_administrators(self):
        order = self._get_order("2")
        with self.assertRaises(AccessError):
            order.with_user(self.user).read(["payload"])
        self.assertIn("much", order.with_user(self.admin).payload_text)

    def test_token_is_not_in_the_log(self):
        self.store.debug = True
        with self.assertLogs(level="DEBUG") as logs:
            self._sync("full")
        # What PostgreSQL is asked is not logged outside of debugging sessions.
        lines = [line for line in logs.output if "odoo.sql_db" not in line]
        self.assertNotIn(TOKEN, "\n".join(lines))

    def test_copied_store_starts_from_nothing(self):
        self.store.set_status_id = self._status("accepted")
        self.store.action_set_production()
        copy = self.store.with_user(self.admin).copy()
        self.assertRecordValues(
            copy,
            [
                {
                    "mode": "test",
                    "state": "draft",
                    "api_token": False,
                    "set_status_id": False,
                    "orders_read_until": False,
                }
            ],
        )

    def test_neutralized_copy_cannot_sell(self):
        self.store.set_status_id = self._status("accepted")
        self.store.action_set_production()
        order = self._import_order("3")
        self.assertEqual(self._operations().res_id, order.id)
        self.env.flush_all()
        for query in get_neutralization_queries(["garazd_merchant_center"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertRecordValues(
            self.store, [{"mode": "test", "state": "draft", "api_token": False}]
        )
        self.assertEqual(self._operations().state, "withheld")

    def test_neutralized_copy_keeps_nothing_that_works(self):
        """Each statement is looked at: an older place of a token is as good as the newest."""
        now = fields.Datetime.now()
        self.store.write(
            {"debug": True, "token_expires_on": "2030-01-01", "token_check": [{"code": "orders"}]}
        )
        run = self.env["merchant.sync.run"]._get_or_start(self.store, "orders")
        secrets = self.env["merchant.store.add"].create(
            {"marketplace": "demo", "name": "New", "api_token": TOKEN}
        )
        secrets = [secrets, self.env["merchant.pace"].create({"key": "k", "free_at": now})]
        exchange = {"store_id": self.store.id, "made_at": now, "method": "GET", "path": "/"}
        secrets.append(self.env["merchant.exchange"].create(exchange))
        self.env.flush_all()
        for query in get_neutralization_queries(["garazd_merchant_center"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertRecordValues(
            self.store,
            [
                {
                    "debug": False,
                    "debug_until": False,
                    "token_expires_on": False,
                    "token_check": False,
                }
            ],
        )
        self.assertEqual(run.state, "failed")
        self.assertTrue(run.finished_at)
        self.assertFalse([record for record in secrets if record.exists()])
