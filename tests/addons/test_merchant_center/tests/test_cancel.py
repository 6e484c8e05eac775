from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..models.merchant_adapter_demo import CANCEL_REASONS
from .status_common import StatusCase


@tagged("post_install", "-at_install")
class TestCancel(StatusCase):
    """Cancelling sales orders of a marketplace asks for the reason."""

    def _open(self, action, user=None):
        self.assertEqual(action["res_model"], "merchant.order.cancel")
        wizards = self.env["merchant.order.cancel"].with_user(user or self.env.user)
        return wizards.browse(action["res_id"])

    def _cancel(self, sales, reason="sold_out", comment=False, user=None):
        wizard = self._open(sales.with_user(user or self.env.user).action_cancel(), user)
        wizard.write({"reason": reason, "comment": comment})
        return wizard.action_cancel()

    def _answers(self):
        keys = ("order_ids", "status", "reason", "comment")
        return [tuple(a[key] for key in keys if key in a) for a in self._send()]

    def test_reason_is_asked_and_sent(self):
        sale = self._confirm()
        wizard = self._open(sale.action_cancel())
        self.assertEqual(sale.state, "sale")
        self.assertEqual(wizard.told_orders, "Demo Shop 1")
        with Form(wizard) as form:
            form.reason = "sold_out"
        self.assertEqual(wizard.action_cancel()["type"], "ir.actions.act_window_close")
        self.assertEqual((sale.state, sale.picking_ids.state), ("cancel", "cancel"))
        user = self._make_user("clerk", "garazd_merchant_center.group_user", self.company)
        operation = self._operations(state="pending").with_user(user)
        self.assertEqual(operation.new_status, "Cancelled: Sold out")
        self.assertEqual(self._answers(), [(["1"], "cancelled", "sold_out")])

    def test_comment_is_required_where_the_marketplace_wants_one(self):
        sale = self._import_sale()
        wizard = self._open(sale.action_cancel())
        with self.assertRaises(AssertionError), Form(wizard) as form:
            form.reason = "other"
        for comment in (False, "  "):
            wizard.write({"reason": "other", "comment": comment})
            with self.assertRaisesRegex(UserError, "comment"):
                wizard.action_cancel()
        self.assertEqual(sale.state, "draft")
        wizard.comment = " Broken "
        wizard.action_cancel()
        self.assertEqual(self._answers(), [(["1"], "cancelled", "other", "Broken")])

    def test_reason_that_the_marketplace_does_not_know_is_refused(self):
        wizard = self._open(self._import_sale().action_cancel())
        self.assertEqual(wizard.reason_codes, ["other", "sold_out", "buyer"])
        wizard.reason = "buyer"
        adapter = type(self.env["merchant.adapter.demo"])
        with (
            patch.object(adapter, "_get_cancel_reasons", return_value=CANCEL_REASONS[:2]),
            self.assertRaisesRegex(UserError, "Choose one"),
        ):
            wizard.action_cancel()

    def test_salesperson_without_the_merchant_center_uses_the_wizard(self):
        sale = self._confirm()
        with self.assertRaises(AccessError):
            sale.merchant_order_id.with_user(self.salesman).read(["number"])
        wizard = self._open(sale.with_user(self.salesman).action_cancel(), self.salesman)
        with Form(wizard) as form:
            self.assertEqual(form.told_orders, "Demo Shop 1")
            form.reason = "other"
            form.comment = "Broken"
        wizard.action_cancel()
        self.assertEqual(sale.state, "cancel")
        self.assertEqual(self._answers(), [(["1"], "cancelled", "other", "Broken")])

    def test_who_may_not_cancel_may_not_with_the_wizard(self):
        sale = self._confirm()
        with self.assertRaises(AccessError):
            self._cancel(sale, user=self.storekeeper)

    def test_locked_order_is_refused_before_anything_is_asked(self):
        sale = self._confirm()
        sale.action_lock()
        with self.assertRaisesRegex(UserError, "locked"):
            sale.action_cancel()

    def test_test_environment_asks_and_withholds(self):
        self.store.action_set_test()
        sale = self._import_sale()
        self.assertTrue(self._open(sale.action_cancel()).is_test)
        self._cancel(sale, "other", "Broken")
        operation = self._operations()
        self.assertEqual(operation.state, "withheld")
        self.assertEqual(
            operation.request["body"],
            {"order": "1", "status": "cancelled", "reason": "other", "comment": "Broken"},
        )
        self.assertFalse(self._send())

    def test_order_that_the_buyer_cancelled_asks_nothing(self):
        sale = self._confirm()
        self._send()
        sale.merchant_order_id.status_id = self._status("cancelled")
        self.assertIs(sale.action_cancel(), True)
        self.assertFalse(self._send())

    def test_order_that_the_buyer_cancels_while_the_question_is_open_is_cancelled(self):
        sale = self._confirm()
        self._send()
        wizard = self._open(sale.action_cancel())
        wizard.reason = "sold_out"
        sale.merchant_order_id.status_id = self._status("cancelled")
        wizard.action_cancel()
        self.assertEqual(sale.state, "cancel")
        self.assertFalse(self._send())

    def test_switched_off_cancellation_asks_nothing(self):
        self.store.push_cancelled = False
        self.assertIs(self._import_sale().action_cancel(), True)

    def test_program_that_cancels_gives_the_reason_of_a_seller_who_cannot_deliver(self):
        self._import_sale()._action_cancel()
        self.assertEqual(self._answers(), [(["1"], "cancelled", "sold_out")])

    def test_cancelled_again_after_it_was_taken_back_asks_again(self):
        sale = self._import_sale()
        self._cancel(sale)
        sale.action_draft()
        self._cancel(sale, "buyer")
        self.assertEqual(self._answers(), [(["1"], "cancelled", "buyer")])

    def test_order_of_which_a_part_was_delivered_is_cancelled_for_the_given_reason(self):
        sale = self._confirm("1", self._line(quantity="3"))
        self._deliver(sale.picking_ids, quantity=1)
        self._send()
        self._cancel(sale, "buyer")
        self.assertEqual(self._states(), [("accepted", "done"), ("cancelled", "pending")])
        self.assertEqual(self._answers(), [(["1"], "cancelled", "buyer")])

    # === SEVERAL ORDERS === #

    def _import_two(self):
        return self._import_sale("1") + self._import_sale("2")

    def test_one_reason_for_many_orders(self):
        sales = self._import_two()
        self._cancel(sales)
        self.assertEqual(set(sales.mapped("state")), {"cancel"})
        self.assertEqual(
            self._answers(), [(["1"], "cancelled", "sold_out"), (["2"], "cancelled", "sold_out")]
        )

    def test_other_orders_are_cancelled_with_them(self):
        sales = self._import_two()
        sales[1].merchant_order_id = False
        wizard = self._open(sales.action_cancel())
        self.assertEqual(wizard.told_orders, "Demo Shop 1")
        self._cancel(sales)
        self.assertEqual(set(sales.mapped("state")), {"cancel"})
        self.assertEqual(self._answers(), [(["1"], "cancelled", "sold_out")])

    def _select(self, sales, user=None):
        """Choose orders of the list and press Cancel in the menu Actions."""
        wizards = self.env["sale.mass.cancel.orders"].with_user(user or self.env.user)
        return Form(wizards.with_context(active_ids=sales.ids))

    def test_list_of_orders_asks_once_for_everything(self):
        sales = self._import_two()
        sales[1].action_confirm()
        with self._select(sales, self.salesman) as form:
            self.assertEqual(form.told_orders, "Demo Shop 1, Demo Shop 2")
            self.assertEqual(form.reason_codes, ["other", "sold_out", "buyer"])
            form.reason = "other"
            form.comment = "Broken"
        self.assertEqual(sales.mapped("state"), ["draft", "sale"])
        form.record.action_mass_cancel()
        self.assertEqual(set(sales.mapped("state")), {"cancel"})
        self.assertEqual(
            sorted(self._answers()),
            [(["1"], "cancelled", "other", "Broken"), (["2"], "cancelled", "other", "Broken")],
        )

    def test_list_of_orders_wants_a_reason_and_its_comment(self):
        sales = self._import_two()
        with self.assertRaisesRegex(AssertionError, "reason is a required field"):
            self._select(sales).save()
        with self.assertRaisesRegex(AssertionError, "comment is a required field"):
            form = self._select(sales)
            form.reason = "other"
            form.save()

    def test_list_of_orders_without_a_marketplace_asks_as_ever(self):
        sale = self._import_sale()
        sale.merchant_order_id = False
        self._select(sale).save().action_mass_cancel()
        self.assertEqual(sale.state, "cancel")
        self.assertFalse(self._operations())

    def test_program_that_cancels_a_list_without_a_reason_is_asked(self):
        sales = self._import_two()
        mass = self.env["sale.mass.cancel.orders"].with_context(active_ids=sales.ids).create({})
        self._open(mass.action_mass_cancel())
        self.assertEqual(sales.mapped("state"), ["draft", "draft"])

    def test_stranger_opens_no_wizard_about_orders_he_may_not_read(self):
        sale = self._import_sale()
        stranger = self._make_user("stranger", "base.group_user", self.company)
        wizards = self.env["merchant.order.cancel"].with_user(stranger)
        with self.assertRaises(AccessError):
            wizards.create({"sale_order_ids": [(6, 0, sale.ids)]})

    def test_several_stores_of_one_marketplace_go_together(self):
        market = self._open_market("other")
        other = self._make_store(name="Other", api_token="other", mode="production")
        self._order("7", market=market)
        self._sync(store=other)
        sales = self._import_sale() + self._get_order("7", other).sale_order_id
        self._cancel(sales)
        self._run_cron("operations")
        self.assertEqual(market.orders[0]["status"], "cancelled")
        self.assertEqual(self.market.orders[0]["status"], "cancelled")

    def test_several_marketplaces_are_refused(self):
        field = self.env["merchant.store"]._fields["marketplace"]
        other = self._make_store(name="Other", api_token="other", mode="production")
        sales = self._import_two()
        self.assertIn("demo", field.get_values(self.env))
        self._cr_set_marketplace(other)
        sales[1].merchant_order_id.store_id = other
        self.registry["merchant.adapter.twin"] = self.registry["merchant.adapter.demo"]
        self.addCleanup(self.registry.models.pop, "merchant.adapter.twin")
        with self.assertRaisesRegex(UserError, "one marketplace"):
            sales.action_cancel()
        with self._select(sales) as form:
            form.reason = "sold_out"
        with self.assertRaisesRegex(UserError, "one marketplace"):
            form.record.action_mass_cancel()
        self.assertEqual(sales.mapped("state"), ["draft", "draft"])

    def _cr_set_marketplace(self, store):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE merchant_store SET marketplace = 'twin' WHERE id = %s", [store.id]
        )
        store.invalidate_recordset()
