from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import DemoCase


@tagged("post_install", "-at_install")
class TestOrder(DemoCase):
    def _prepare(self):
        super()._prepare()
        self.product = self._make_product("A1")

    def test_order_becomes_a_sales_order(self):
        order = self._import_order(
            "1",
            self._line(quantity="2", total="250.50", fee="12.00"),
            fee="12.00",
            note="Please call",
            payment_state="paid",
        )
        self.assertRecordValues(
            order,
            [
                {
                    "state": "imported",
                    "number": "1",
                    "amount_total": 250.50,
                    "commission": 12,
                    "payment_state": "paid",
                    "buyer_name": "Olena Koval",
                    "error": False,
                    "url": "https://demo.example.com/orders/1",
                }
            ],
        )
        self.assertEqual(str(order.date_order), "2026-03-01 08:00:00")
        self.assertEqual(order.payment_method_id.name, "Card")
        sale = order.sale_order_id
        self.assertRecordValues(
            sale,
            [
                {
                    "company_id": self.company.id,
                    "state": "draft",
                    "amount_total": 250.50,
                    "client_order_ref": "1",
                    "merchant_order_id": order.id,
                    "merchant_store_id": self.store.id,
                    "merchant_reference": "Demo Shop 1",
                    "merchant_status": "new / Paid, held by the marketplace / Card",
                    "merchant_fee": 12,
                    "user_id": False,
                }
            ],
        )
        self.assertEqual(sale.merchant_buyer_note, "Please call")
        self.assertRecordValues(
            sale.order_line,
            [{"product_id": self.product.id, "product_uom_qty": 2, "merchant_fee": 12}],
        )

    def test_money_that_is_held_is_told_from_money_that_was_paid_out(self):
        for number, (state, words) in enumerate(
            (
                ("paid", "Paid, held by the marketplace"),
                ("paid_out", "Paid out to the seller"),
                ("refunded", "Refunded"),
            )
        ):
            with self.subTest(state):
                sale = self._import_order(str(number), payment_state=state).sale_order_id
                self.assertEqual(sale.merchant_payment_state, state)
                self.assertEqual(sale.merchant_status, f"new / {words} / Card")

    def test_terms_of_the_shop_stay_on_orders_whatever_the_buyer_writes(self):
        self.env["ir.config_parameter"].set_param("account.use_invoice_terms", "True")
        self.company.invoice_terms = "Returns within 14 days"
        for number, note in (("1", "Please call"), ("2", None)):
            sale = self._import_order(number, note=note).sale_order_id
            self.assertIn("Returns within 14 days", sale.note)
            self.assertNotIn("Please call", sale.note)

    def test_order_read_twice_gives_one_sale_order(self):
        order = self._import_order("1")
        sale = order.sale_order_id
        run = self._sync()
        self.assertRecordValues(run, [{"created": 0, "updated": 0, "unchanged": 1}])
        self.assertEqual(order.sale_order_id, sale)
        self.assertEqual(
            self.env["sale.order"].search([("merchant_order_id", "=", order.id)]), sale
        )

    def test_order_twice_on_a_page_is_one(self):
        self._order("1")
        self.market.orders.append(dict(self.market.orders[0]))
        run = self._sync()
        self.assertRecordValues(run, [{"created": 1, "unchanged": 1}])

    def test_change_updates_the_order_and_not_the_quotation(self):
        order = self._import_order("1")
        sale = order.sale_order_id
        self.market.orders[0] |= {"status": "accepted", "payment_state": "paid"}
        run = self._sync()
        self.assertEqual(run.updated, 1)
        self.assertEqual((order.status_id.external_id, order.payment_state), ("accepted", "paid"))
        self.assertEqual(order.sale_order_id, sale)
        self.assertIn("accepted", sale.merchant_status)
        self.assertEqual(sale.state, "draft")

    def test_unchanged_page_costs_nothing(self):
        for number in range(50):
            self._order(str(number))
        self._sync()
        store = self.store._in_own_context()
        self.env.flush_all()
        self.env.invalidate_all()
        page = store._get_adapter()._read_orders(store, None)
        with self.assertQueryCount(3):
            counts = self.env["merchant.order"]._merge(store, page.records)
            self.env.flush_all()
        self.assertEqual(counts["unchanged"], 50)

    def test_cancelled_order_becomes_a_cancelled_sales_order(self):
        order = self._import_order("1", self._line(sku="UNKNOWN"), status="cancelled")
        self.assertEqual(order.sale_order_id.state, "cancel")
        self.assertFalse(self._get_issues())

    def test_order_type_passes_others_over_until_they_get_there(self):
        self.store.import_status_id = self._status("accepted")
        order = self._import_order("1")
        self.assertEqual((order.state, order.sale_order_id.id), ("skipped", False))
        self.market.orders[0]["status"] = "accepted"
        self._sync()
        self.assertEqual(order.state, "imported")

    def test_other_order_type_imports_what_was_passed_over(self):
        self.store.import_status_id = self._status("accepted")
        order = self._import_order("1")
        self.store.import_status_id = False
        self._sync()
        self.assertEqual(order.state, "imported")

    def test_draft_is_passed_over(self):
        self.assertEqual(self._import_order("1", status="draft").state, "skipped")

    def test_settings_of_the_store_stand_on_the_order(self):
        seller = self._make_user("seller", "sales_team.group_sale_salesman", self.company)
        tag = self.env["crm.tag"].create({"name": "Demo"})
        source = self.env["utm.source"].create({"name": "Demo Market"})
        team = self.env["crm.team"].create({"name": "Web", "company_id": self.company.id})
        warehouse = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "SEC", "company_id": self.company.id}
        )
        self.store.write(
            {
                "user_id": seller.id,
                "order_tag_ids": tag.ids,
                "source_id": source.id,
                "team_id": team.id,
                "warehouse_id": warehouse.id,
            }
        )
        self.assertRecordValues(
            self._import_order("1").sale_order_id,
            [
                {
                    "user_id": seller.id,
                    "tag_ids": tag.ids,
                    "source_id": source.id,
                    "team_id": team.id,
                    "warehouse_id": warehouse.id,
                }
            ],
        )

    def test_way_of_the_buyer_stands_in_the_statistics(self):
        way = {"source": "letter 7", "medium": "by letter", "campaign": "Spring"}
        first = self._import_order("1", campaign=way).sale_order_id
        names = (first.source_id.name, first.medium_id.name, first.campaign_id.name)
        self.assertEqual(names, ("letter 7", "by letter", "Spring"))
        self.store.source_id = self.env["utm.source"].create({"name": "Demo Market"})
        second = self._import_order("2", campaign=way).sale_order_id
        self.assertEqual(second.source_id, self.store.source_id)
        self.assertEqual(second.campaign_id, first.campaign_id)

    def test_one_product_that_the_store_shows_twice_is_one_product(self):
        """A SKU is the seller's own word for the product, whichever listing it stands on."""
        for number in "12":
            self._product(f"p{number}", sku="A1")
        self._sync("products")
        lines = [self._line(product=f"p{number}") for number in "12"]
        sale = self._import_order("1", *lines).sale_order_id
        self.assertEqual(sale.order_line.mapped("product_id"), self.product)
        self.assertFalse(self._get_issues("order_unknown_product"))

    def test_line_is_known_by_its_mapping_then_its_sku_then_its_barcode(self):
        mapped = self._make_product("Z9")
        by_barcode = self._make_product("B2", barcode="4820000000017")
        self._make_product("C3", barcode="A1")
        for _number in range(2):
            self._make_product("TWICE")
        self.env["merchant.mapping"].create(
            {
                "store_id": self.store.id,
                "model": "product.product",
                "res_id": mapped.id,
                "external_id": "p1",
            }
        )
        lines = [
            self._line("A1", product="p1"),
            self._line("A1", product="p2"),
            self._line("4820000000017"),
            self._line("TWICE"),
        ]
        sale = self._import_order("1", *lines).sale_order_id
        unknown = self.env.ref("garazd_merchant_center.product_unknown")
        self.assertEqual(
            [line.product_id for line in sale.order_line],
            [mapped, self.product, by_barcode, unknown],
        )

    def test_order_is_confirmed_where_the_store_says_so(self):
        self.store.confirm_orders = True
        order = self._import_order("1")
        self.assertEqual(order.sale_order_id.state, "sale")
        self.assertEqual(order.sale_order_id.picking_ids.merchant_order_id, order)

    def test_unknown_product_becomes_a_placeholder_and_an_issue(self):
        self.store.confirm_orders = True
        order = self._import_order("1", self._line(sku="NEW", total="70.00"), self._line())
        self.assertEqual(order.state, "imported")
        sale = order.sale_order_id
        placeholder = self.env.ref("garazd_merchant_center.product_unknown")
        self.assertEqual(sale.order_line.product_id, placeholder + self.product)
        self.assertEqual((sale.amount_total, sale.state), (170, "draft"))
        issue = self._get_issues("order_unknown_product")
        self.assertEqual((issue.severity, issue._get_record()), ("warning", order))
        self.assertIn("Thing NEW", issue.detail)

    def test_placeholder_is_filled_on_retry(self):
        order = self._import_order("1", self._line(sku="NEW", total="70.00"))
        tax = self._make_tax(20, included=True)
        product = self._make_product("NEW", taxes_id=[(6, 0, tax.ids)], list_price=999)
        self._get_issues("order_unknown_product").with_user(self.user).action_retry()
        line = order.sale_order_id.order_line
        self.assertRecordValues(
            line, [{"product_id": product.id, "name": "Thing NEW", "price_total": 70}]
        )
        self.assertEqual(line.tax_ids, tax)
        self.assertFalse(self._get_issues())

    def test_placeholders_with_one_name_are_not_mixed_up(self):
        same = {"title": "Shirt"}
        order = self._import_order(
            "1", self._line(sku="S", **same), self._line(sku="M", **same), self._line(sku="L")
        )
        self._make_product("S")
        product = self._make_product("L")
        order.action_retry()
        placeholder = self.env.ref("garazd_merchant_center.product_unknown")
        self.assertEqual(order.sale_order_id.order_line.mapped("product_id"), placeholder + product)

    def test_issue_closes_when_the_staff_puts_the_product_right(self):
        order = self._import_order("1", self._line(sku="NEW"))
        order.sale_order_id.order_line.product_id = self.product
        order.sale_order_id.action_confirm()
        self.assertFalse(self._get_issues())

    def test_user_without_the_group_works_with_the_sales_order(self):
        order = self._import_order("1", self._line(sku="NEW"))
        seller = self._make_user("seller", "sales_team.group_sale_manager", self.company)
        sale = order.sale_order_id.with_user(seller)
        arch = self.env["sale.order"].with_user(seller).get_view(view_type="form")
        names = arch["models"]["sale.order"]
        values = sale.web_read(
            {
                name: {"fields": {"display_name": {}}} if sale._fields[name].relational else {}
                for name in names
            }
        )
        self.assertEqual(values[0]["merchant_reference"], "Demo Shop 1")
        sale.action_confirm()
        self.assertEqual(sale.state, "sale")

    def test_order_that_cannot_be_confirmed_stays_a_quotation(self):
        self.store.confirm_orders = True
        refused = UserError("The credit limit is reached")
        with patch.object(type(self.env["sale.order"]), "_action_confirm", side_effect=refused):
            order = self._import_order("1", self._line())
        self.assertEqual((order.state, order.sale_order_id.state), ("imported", "draft"))
        issue = self.env["merchant.issue"].search([("code", "=", "order_not_confirmed")])
        self.assertEqual((issue.state, issue.res_id), ("open", order.id))
        self.assertIn("The credit limit is reached", issue.detail)
        order.sale_order_id.action_confirm()
        self.assertEqual(issue.state, "resolved")
