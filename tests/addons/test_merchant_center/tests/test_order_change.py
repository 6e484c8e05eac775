from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import DemoCase


@tagged("post_install", "-at_install")
class TestOrderChange(DemoCase):
    """An order that changes on the marketplace after it became a sales order."""

    def _prepare(self):
        super()._prepare()
        self.raw = self._order("1", self._line("A1"), self._line("B2", "50.00"), fee="10")
        for sku in ("A1", "B2", "C3"):
            self.env["product.product"].create(
                {"name": sku, "default_code": sku, "type": "consu", "list_price": 1}
            )
        self._sync()
        self.order = self._get_order("1")
        self.sale = self.order.sale_order_id

    def _change(self, **changes):
        """Change the order on the market and read it."""
        self.raw.update(changes)
        self.raw["total"] = str(
            sum(float(line["total"]) for line in self.raw["lines"])
            - float(self.raw.get("discount", 0))
        )
        self._sync("orders")

    def _issues(self, code):
        return self.env["merchant.issue"].search(
            [("code", "=", code), ("res_id", "=", self.order.id), ("state", "=", "open")]
        )

    def _facts(self):
        return [
            (line.product_id.default_code, line.product_uom_qty, line.price_total)
            for line in self.sale.order_line
        ]

    # === QUOTATIONS === #

    def test_quotation_follows_lines(self):
        self._change(lines=[self._line("A1", "180.00", quantity="2"), self._line("C3", "20.00")])
        self.assertEqual(self._facts(), [("A1", 2, 180), ("C3", 1, 20)])
        self.assertEqual(self.sale.amount_total, 200)
        self.assertFalse(self.order.change_ids)
        self.assertFalse(self._issues("order_changed"))

    def test_quotation_follows_the_discount(self):
        self._change(discount="15.00", promotion="SPRING")
        self.assertEqual(self.sale.amount_total, 135)
        self._change(discount="20.00")
        self.assertEqual(self.sale.amount_total, 130)
        self._change(discount="0")
        self.assertEqual(self._facts(), [("A1", 1, 100), ("B2", 1, 50)])

    def test_quotation_follows_the_recipient(self):
        self._change(recipient={"name": "Ivan", "phone": "+380671112233"}, address="Lviv, 5")
        contact = self.sale.partner_shipping_id
        self.assertEqual((contact.name, contact.phone), ("Ivan", "+380671112233"))
        self.assertEqual(contact.parent_id, self.sale.partner_id)

    def test_quotation_of_a_cancelled_order_is_cancelled(self):
        self._change(status="cancelled")
        self.assertEqual(self.sale.state, "cancel")
        self.assertFalse(self._issues("order_cancelled"))

    def test_address_stays_when_the_store_stops_wanting_delivery_contacts(self):
        self._change(recipient={"name": "Ivan", "phone": "+380671112233"}, address="Lviv, 5")
        contact = self.sale.partner_shipping_id
        self.store.create_delivery_address = False
        self._change(lines=[self._line("A1")])
        self.assertEqual((self.sale.amount_total, self.sale.partner_shipping_id), (100, contact))

    def test_address_of_the_staff_stays_when_the_store_begins_to_want_delivery_contacts(self):
        self.store.create_delivery_address = False
        self._change(lines=[self._line("A1"), self._line("B2", "60.00")])
        address = self.sale.partner_shipping_id.create({"name": "The neighbour"})
        self.sale.partner_shipping_id = address
        self.store.create_delivery_address = True
        self._change(lines=[self._line("A1")])
        self.assertEqual((self.sale.amount_total, self.sale.partner_shipping_id), (100, address))

    def test_what_the_staff_added_to_a_quotation_stays(self):
        service = self.env["product.product"].create({"name": "Gift wrap", "type": "service"})
        self.sale.order_line = [
            (0, 0, {"product_id": service.id, "price_unit": 7, "tax_ids": [(5,)]})
        ]
        self._change(lines=[self._line("A1", "90.00")])
        self.assertEqual([line[2] for line in self._facts()], [90, 7])

    def test_product_chosen_by_the_staff_stays(self):
        other = self.env["product.product"].create({"name": "Other"})
        self.sale.order_line[0].product_id = other
        self._change(lines=[self._line("A1", "90.00"), self._line("B2", "50.00")])
        self.assertEqual(self.sale.order_line[0].product_id, other)
        self.assertEqual(self.sale.amount_total, 140)

    def test_product_that_lost_its_identifiers_is_the_same_line(self):
        lines = [self._line("A1"), self._line("B2", "50.00")]
        lines[0]["sku"] = None
        ids = self.sale.order_line.ids
        self._change(lines=lines)
        self.assertEqual(self.sale.order_line.ids, ids)
        self.sale.action_confirm()
        lines[0]["quantity"] = "3"
        self._change(lines=lines)
        self.assertEqual(self.order.change_ids.mapped("kind"), ["quantity"])

    def test_two_lines_of_one_product_are_told_apart(self):
        self._change(lines=[self._line("A1"), self._line("A1", "60.00")])
        self.assertEqual(self._facts(), [("A1", 1, 100), ("A1", 1, 60)])
        self._change(lines=[self._line("A1"), self._line("A1", "70.00")])
        self.assertEqual(self._facts(), [("A1", 1, 100), ("A1", 1, 70)])

    def test_unknown_product_of_a_change_gets_the_placeholder(self):
        self._change(lines=[self._line("A1"), self._line("Z9", "5.00")])
        self.assertTrue(self.order._has_placeholder())
        self.assertTrue(self._issues("order_unknown_product"))

    # === CONFIRMED ORDERS === #

    def test_confirmed_order_waits_for_a_decision(self):
        self.sale.action_confirm()
        self._change(
            lines=[self._line("A1", "180.00", quantity="2"), self._line("C3", "20.00")],
            address="Lviv, 5",
        )
        self.assertEqual(self._facts(), [("A1", 1, 100), ("B2", 1, 50)])
        self.assertRecordValues(
            self.order.change_ids,
            [
                {"kind": "quantity", "subject": "Thing A1", "old_value": "1", "new_value": "2"},
                {"kind": "total", "subject": "Thing A1", "old_value": "100", "new_value": "180"},
                {
                    "kind": "removed",
                    "subject": "Thing B2",
                    "old_value": "1 for 50 in all",
                    "new_value": False,
                },
                {
                    "kind": "added",
                    "subject": "Thing C3",
                    "old_value": False,
                    "new_value": "1 for 20 in all",
                },
                {"kind": "address", "subject": False, "old_value": "", "new_value": "Lviv, 5"},
            ],
        )
        self.assertIn("Thing C3", self._issues("order_changed").detail)
        self.assertTrue(self.order in self.order.search([("has_changes", "=", True)]))

    def test_applied_changes_reach_the_sales_order_and_its_delivery(self):
        self.sale.action_confirm()
        self._change(
            lines=[self._line("A1", "180.00", quantity="2"), self._line("C3", "20.00")],
            address="Lviv, 5",
        )
        self.order.with_user(self.user).action_apply_changes()
        self.assertEqual(self._facts(), [("A1", 2, 180), ("B2", 0, 0), ("C3", 1, 20)])
        self.assertEqual(self.sale.picking_ids.partner_id.street, "Lviv, 5")
        moves = self.sale.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(
            sorted(
                (move.product_id.name, move.product_uom_qty)
                for move in moves
                if move.product_uom_qty
            ),
            [("A1", 2), ("C3", 1)],
        )
        self.assertFalse(self.order.change_ids)
        self.assertFalse(self._issues("order_changed"))

    def test_ignored_changes_are_not_told_again_but_later_ones_are(self):
        self.sale.action_confirm()
        self._change(lines=[self._line("A1", "90.00"), self._line("B2", "50.00")])
        self.order.action_ignore_changes()
        self.assertFalse(self._issues("order_changed"))
        self._change(note="Call me")
        self.assertFalse(self.order.change_ids)
        self._change(lines=[self._line("A1", "90.00"), self._line("B2", "45.00")])
        self.assertRecordValues(
            self.order.change_ids, [{"kind": "total", "old_value": "50", "new_value": "45"}]
        )

    def test_change_that_was_taken_back_closes_its_issue(self):
        self.sale.action_confirm()
        self._change(address="Lviv, 5")
        self.assertTrue(self._issues("order_changed"))
        del self.raw["address"]
        self._change()
        self.assertFalse(self.order.change_ids)
        self.assertFalse(self._issues("order_changed"))

    def test_cancellation_of_a_confirmed_order_asks_loudly(self):
        self.sale.action_confirm()
        self._change(status="cancelled", reason="Changed my mind")
        self.assertEqual(self.sale.state, "sale")
        issue = self._issues("order_cancelled")
        self.assertEqual(issue.severity, "error")
        self.assertIn("Changed my mind", issue.detail)
        self.order.action_apply_changes()
        self.assertEqual(self.sale.state, "cancel")
        self.assertFalse(self._issues("order_cancelled"))

    def test_order_cancelled_by_hand_needs_no_decision(self):
        self.sale.action_confirm()
        self._change(status="cancelled")
        self.sale.action_cancel()
        self.assertEqual(self.sale.state, "cancel")
        self.assertFalse(self.order.change_ids)
        self.assertFalse(self._issues("order_cancelled"))

    def test_changes_of_an_order_nobody_can_read_are_neither_applied_nor_ignored(self):
        self.sale.action_confirm()
        self._change(lines=[self._line("A1")])
        self.raw["total"] = "much"
        self._sync()
        for name in ("apply", "ignore"):
            with self.assertRaisesRegex(UserError, "total is much"):
                getattr(self.order.with_user(self.user), f"action_{name}_changes")()

    def test_total_that_changes_without_a_reason_is_told(self):
        self.raw["total"] = "140.00"
        self._sync()
        self.assertEqual(self.order.state, "failed")
        self.assertEqual(self.order.error_code, "order_total_differs")
        self._change(lines=[self._line("A1"), self._line("B2", "40.00")])
        self.assertEqual((self.order.state, self.sale.amount_total), ("imported", 140))
        self.sale.action_confirm()
        self.raw["total"] = "130.00"
        self._sync()
        self.assertRecordValues(
            self.order.change_ids, [{"kind": "amount", "old_value": "140", "new_value": "130"}]
        )
        with self.assertRaisesRegex(UserError, "costs 130"):
            self.order.action_apply_changes()
        self.order.action_ignore_changes()
        self.assertFalse(self._issues("order_changed"))

    def test_discount_of_a_confirmed_order_comes_and_goes(self):
        self.sale.action_confirm()
        for discount in ("15.00", "0", "20.00"):
            self._change(discount=discount)
            self.order.action_apply_changes()
            self.assertEqual(self.sale.amount_total, 150 - float(discount))

    def test_shipped_order_is_not_cancelled(self):
        self.sale.action_confirm()
        picking = self.sale.picking_ids
        picking.move_ids.quantity = 1
        picking.move_ids.picked = True
        picking._action_done()
        self._change(status="cancelled")
        with self.assertRaisesRegex(UserError, "return"):
            self.order.action_apply_changes()
        self.assertEqual(self.sale.state, "sale")
        self.assertTrue(self.order.change_ids)

    def test_order_whose_goods_are_still_in_the_warehouse_is_cancelled(self):
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)])
        warehouse.delivery_steps = "pick_ship"
        self.sale.action_confirm()
        pick = self.sale.picking_ids
        pick.move_ids.picked = True
        pick.button_validate()
        self._change(status="cancelled")
        self.order.action_apply_changes()
        self.assertEqual((pick.state, self.sale.state), ("done", "cancel"))
        self.assertEqual(set((self.sale.picking_ids - pick).mapped("state")), {"cancel"})

    def test_invoiced_line_is_not_changed(self):
        self.sale.order_line.product_id.invoice_policy = "order"
        self.sale.action_confirm()
        accounts = self.env["account.account"].create(
            [
                {"code": code, "name": kind, "account_type": kind, "company_ids": [(4, company)]}
                for company in self.company.ids
                for code, kind in (("700", "income"), ("361", "asset_receivable"))
            ]
        )
        self.env["account.journal"].create(
            {
                "name": "Sales",
                "code": "SAL",
                "type": "sale",
                "company_id": self.company.id,
                "default_account_id": accounts[0].id,
            }
        )
        self.sale.partner_id.with_company(self.company).property_account_receivable_id = accounts[1]
        self.sale._create_invoices().action_post()
        self._change(lines=[self._line("A1", "90.00"), self._line("B2", "50.00")])
        with self.assertRaisesRegex(UserError, "credit note"):
            self.order.action_apply_changes()
        self.assertEqual(self.sale.amount_total, 150)

    def test_locked_order_is_not_changed(self):
        self.sale.action_confirm()
        self.sale.action_lock()
        self._change(lines=[self._line("A1")])
        with self.assertRaisesRegex(UserError, "locked"):
            self.order.action_apply_changes()

    def test_order_cancelled_in_odoo_is_left_alone(self):
        self.sale._action_cancel()
        self._change(lines=[self._line("A1")])
        self.assertFalse(self.order.change_ids)
        self.assertEqual(len(self.sale.order_line), 2)

    # === WHAT PEOPLE SEE === #

    def test_sales_order_tells_a_cancellation_from_other_changes(self):
        self.sale.action_confirm()
        salesman = self._make_user("salesman", "sales_team.group_sale_salesman", self.company)
        # Their own, so that they see it.
        self.sale.user_id = salesman
        sale = self.sale.with_user(salesman)
        changed = [("merchant_change_ids", "!=", False)]
        self._change(lines=[self._line("A1")])
        self.assertFalse(sale.merchant_is_cancelled)
        self.assertEqual(sale.search(changed), sale)
        self._change(status="cancelled")
        self.assertTrue(sale.merchant_is_cancelled)

    def test_sales_order_remembers_who_applied_which_changes(self):
        self.sale.action_confirm()
        self._change(lines=[self._line("A1")])
        self.order.with_user(self.user).action_apply_changes()
        told = self.sale.message_ids.mapped("body")
        applied = [body for body in told if "Product removed Thing B2" in body]
        self.assertEqual(len(applied), 1)
        self.assertIn(self.user.name, applied[0])

    def test_status_speaks_the_language_of_the_company_so_that_it_can_be_grouped(self):
        self.env["res.lang"]._activate_lang("uk_UA")
        self.company.partner_id.lang = "uk_UA"
        self.user.lang = "en_US"
        self._change(payment_state="paid")
        self.order.with_user(self.user).action_retry()
        ukrainian = self.env["merchant.order"].with_context(lang="uk_UA")
        states = dict(ukrainian._fields["payment_state"]._description_selection(ukrainian.env))
        status = f"new / {states['paid']} / Card"
        self.assertEqual(self.sale.merchant_status, status)
        salesman = self._make_user(
            "reader", "sales_team.group_sale_salesman_all_leads", self.company
        )
        sales = self.env["sale.order"].with_user(salesman)
        groups = sales._read_group(
            [("merchant_status", "ilike", "card")], ["merchant_status"], ["id:recordset"]
        )
        self.assertEqual(groups, [(status, self.sale)])

    def test_sales_orders_are_grouped_by_what_the_marketplace_says(self):
        self._change(payment_state="paid")
        sales = self.env["sale.order"].search([("merchant_payment_state", "=", "paid")])
        self.assertEqual(sales, self.sale)
        salesman = self._make_user(
            "salesman", "sales_team.group_sale_salesman_all_leads", self.company
        )
        for field, value in (
            ("merchant_status_id", (self.order.status_id.id, self.order.status_id.name)),
            ("merchant_payment_state", "paid"),
        ):
            domain = [("id", "=", self.sale.id)]
            groups = self.env["sale.order"].with_user(salesman)
            [group] = groups.formatted_read_group(domain, [field], ["__count"])
            self.assertEqual(group[field], value)

    def test_order_shows_what_waits_for_a_person(self):
        order = self._import_order("2", self._line("Z9"))
        self.assertIn("Thing Z9", order.with_user(self.user).open_issues)
        self.assertFalse(self.order.open_issues)

    # === WHAT ALWAYS FOLLOWS === #

    def test_fees_and_details_follow_a_confirmed_order(self):
        self.sale.action_confirm()
        self.assertEqual(self.sale.merchant_fee, 10)
        lines = [self._line("A1", fee="3"), self._line("B2", "50.00", fee="2")]
        self._change(lines=lines, fee="12", ad_fee="4", quiet=True, note="Ring twice")
        self.assertFalse(self.order.change_ids)
        self.assertRecordValues(
            self.sale,
            [
                {
                    "merchant_fee": 16,
                    "merchant_fee_sale": 12,
                    "merchant_fee_advertising": 4,
                    "merchant_do_not_call": True,
                    "merchant_buyer_note": "Ring twice",
                }
            ],
        )
        self.assertEqual(self.sale.order_line.mapped("merchant_fee"), [3, 2])

    def test_fee_of_the_order_is_the_sum_of_its_lines_when_only_they_are_told(self):
        order = self._import_order("2", self._line(fee="3"), self._line("B2", fee="2"))
        self.assertEqual(order.commission, 5)

    def test_margin_is_what_the_fees_leave_of_it(self):
        self._make_product("M1").with_company(self.company).standard_price = 60
        sale = self._import_order("2", self._line("M1"), fee="12.00").sale_order_id
        has_margin = "margin" in sale._fields
        self.assertEqual((sale.has_margin, sale.merchant_margin), (has_margin, 28 * has_margin))

    def test_order_is_found_by_its_number_on_the_marketplace(self):
        self._make_books(self.company)
        self._make_product("N1", invoice_policy="order")
        sale = self._import_order("900111", self._line("N1")).sale_order_id
        sale.action_confirm()
        invoice = sale._create_invoices()
        for record in (sale.merchant_order_id, sale, sale.picking_ids, invoice):
            with self.subTest(record._name):
                found = self._search_box(record._name, "900111")
                self.assertEqual(found, record)
        for record in (sale, invoice):
            found = record.name_search("900111")
            self.assertEqual([id_ for id_, _name in found], record.ids)

    def _search_box(self, model, text):
        """Return what somebody finds who types a text into the list and presses Enter."""
        views = {"account.move": "account.view_account_invoice_filter"}
        view = model in views and self.env.ref(views[model]).id
        arch = etree.fromstring(self.env[model].get_view(view, "search")["arch"])
        field = arch.xpath("/search/field")[0]
        name = field.get("name")
        domain = field.get("filter_domain") or f"[('{name}', 'ilike', self)]"
        return self.env[model].search(safe_eval(domain, {"self": text}))

    def test_restored_order_is_confirmed_again_where_the_store_confirms(self):
        self.store.confirm_orders = True
        self.sale.action_confirm()
        self._change(status="cancelled")
        self.order.action_apply_changes()
        self.assertEqual(self.sale.state, "cancel")
        self._change(status="paid")
        self.order.action_apply_changes()
        self.assertEqual(self.sale.state, "sale")

    def test_restored_order_follows_what_changed_while_it_was_cancelled(self):
        self._change(status="cancelled", lines=[self._line("A1")])
        self._change(lines=[self._line("A1"), self._line("C3", "20.00")])
        self._change(status="new")
        self.assertEqual(self.order.change_ids.mapped("kind"), ["restored", "removed", "added"])
        self.order.action_apply_changes()
        self.assertEqual(self.sale.state, "draft")
        self.assertEqual(self._facts(), [("A1", 1, 100), ("C3", 1, 20)])

    def test_changes_of_an_ignored_cancellation_are_told_when_it_is_taken_back(self):
        self.sale.action_confirm()
        self._change(status="cancelled", lines=[self._line("A1")])
        self.order.action_ignore_changes()
        self._change(status="new")
        self.assertEqual(self.order.change_ids.mapped("kind"), ["restored", "removed"])
        self.order.action_apply_changes()
        self.assertEqual((self.sale.state, self.sale.amount_total), ("sale", 100))
