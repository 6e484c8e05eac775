from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import DemoCase


@tagged("post_install", "-at_install")
class TestChecklist(DemoCase):
    """What the form of a store says is left to set up."""

    def _prepare(self):
        super()._prepare()
        self.store.with_company(self.company).payment_journal_id = False
        self.setup = self.store.with_user(self.admin)

    def _get_states(self):
        self.store.invalidate_recordset()
        return {row["title"]: row["state"] for row in self.setup.checklist or []}

    def _get_row(self, title):
        self.store.invalidate_recordset()
        return next(row for row in self.setup.checklist if row["title"] == title)

    def test_new_store_has_everything_to_do(self):
        states = self._get_states()
        self.assertEqual(
            list(states),
            ["First synchronization", "Payments", "Price list", "Products", "Production"],
        )
        self.assertEqual(set(states.values()), {"todo"})
        self.assertTrue(self.setup.is_setup_open)

    def test_synchronization_is_ticked_when_it_went_through(self):
        self._sync("full")
        row = self._get_row("First synchronization")
        self.assertEqual(row["state"], "done")
        self.assertIn("payment methods: 2", row["text"])

    def test_payments_are_ticked_with_a_journal_or_when_each_method_is_decided(self):
        self._sync("base")
        self.assertEqual(self._get_row("Payments")["state"], "todo")
        self.store.payment_method_ids.recording = "none"
        self.assertEqual(self._get_row("Payments")["state"], "done")
        self.store.payment_method_ids.recording = "store"
        self.store.payment_journal_id = self._make_books(self.company)
        self.assertEqual(self._get_row("Payments")["state"], "done")

    def test_price_list_is_made_from_the_checklist(self):
        action = self.setup.action_make_feed()
        feed = self.store.feed_id
        self.assertEqual((action["res_model"], action["res_id"]), (feed._name, feed.id))
        self.assertEqual((feed.company_id, feed.offer_id_source), (self.company, "listing"))
        self.setup.action_make_feed()
        self.assertEqual(self.store.feed_id, feed)

    def test_price_list_is_ticked_when_it_was_made_and_its_address_when_it_was_collected(self):
        self._make_product("A1", sale_ok=True, list_price=10)
        self.setup.action_make_feed()
        self.assertEqual(self._get_row("Price list")["state"], "todo")
        address = self._get_row("Link of the price list")
        self.assertEqual((address["state"], address["copy"]), ("todo", self.store.feed_id.url))
        self.assertIn("page Import of the market", address["text"])
        self.store.feed_id.generated_at = "2026-03-01 10:00:00"
        self.assertEqual(self._get_row("Price list")["state"], "done")
        self.env["product.data.feed.fetch"]._record(
            self.store.feed_id, "DemoBot", "sent", compressed=False, by_old_link=False
        )
        address = self._get_row("Link of the price list")
        self.assertEqual(address["state"], "done")
        self.assertIn("DemoBot", address["text"])

    def test_products_are_ticked_when_nothing_waits_for_a_decision(self):
        self.store.match_automatically = False
        self._make_product("A1")
        self._product("1", sku="A1")
        self._sync("products")
        row = self._get_row("Products")
        self.assertEqual(row["state"], "todo")
        self.assertEqual(row["buttons"][0]["name"], "action_open_matching")
        self._get_listing("1").with_user(self.admin).action_accept_proposal()
        self.assertEqual(self._get_row("Products")["state"], "done")

    def test_products_that_are_left_out_do_not_wait(self):
        self.store.match_automatically = False
        self._make_product("A1")
        self._product("1", sku="A1")
        self._sync("products")
        self._get_listing("1").with_user(self.admin).action_leave_out()
        self.assertEqual(self._get_row("Products")["state"], "done")

    def test_checklist_goes_when_all_is_done_or_not_needed(self):
        self._sync("full")
        self.store.payment_journal_id = self._make_books(self.company)
        self.setup.action_leave_out_step("feed")
        self.assertEqual(self._get_states()["Price list"], "left")
        self.assertTrue(self.setup.is_setup_open)
        self.setup.action_set_production()
        self.assertFalse(self._get_states())
        self.assertFalse(self.setup.is_setup_open)
        self.setup.action_take_up_step("feed")
        self.assertEqual(self._get_states()["Price list"], "todo")

    def test_administrator_hides_it_and_gets_it_back(self):
        self.setup.action_hide_checklist()
        self.assertFalse(self._get_states())
        self.setup.action_show_checklist()
        self.assertTrue(self._get_states())

    def test_users_neither_see_nor_change_it(self):
        fields = self.store.with_user(self.user).fields_get()
        self.assertNotIn("checklist", fields)
        for method, args in (
            ("action_hide_checklist", ()),
            ("action_show_checklist", ()),
            ("action_leave_out_step", ("feed",)),
            ("action_take_up_step", ("feed",)),
            ("action_make_feed", ()),
            ("action_open_production", ()),
        ):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(self.store.with_user(self.user), method)(*args)

    def test_it_costs_the_same_with_many_products(self):
        self._sync("full")
        self.setup.action_make_feed()
        self.env["merchant.listing"].create(
            [{"store_id": self.store.id, "external_id": str(i)} for i in range(50)]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(30):
            self.setup.read(["checklist", "is_setup_open"])
