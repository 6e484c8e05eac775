import xmlrpc.client
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from .common import DemoCase


@tagged("post_install", "-at_install")
class TestSync(DemoCase):
    def test_full_synchronization_does_every_step(self):
        product = self._make_product("A1")
        self.market.groups = [{"id": "g1", "title": "Toys"}]
        self._product("p1", sku="A1", group="g1")
        self._order("1")
        run = self._sync("full")
        self.assertRecordValues(
            run,
            [{"state": "done", "progress": 100, "failed": 0, "created": 12, "updated": 0}],
        )
        self.assertTrue(run.started_at <= run.finished_at)
        self.assertEqual(len(self.store.status_ids), 6)
        self.assertEqual(self.store.payment_method_ids.mapped("name"), ["Card", "Cash"])
        self.assertEqual(self.store.delivery_method_ids.name, "Post")
        listing = self._get_listing("p1")
        self.assertEqual(listing.product_id, product)
        self.assertEqual(listing.category_id.name, "Toys")
        self.assertEqual(self._get_order("1").sale_order_id.order_line.product_id, product)
        for name in ("base", "products", "orders"):
            self.assertTrue(self.store[f"last_sync_{name}_at"], name)
        self.assertRecordValues(
            self.store,
            [{"order_count": 1, "sale_order_count": 1, "listing_count": 1}],
        )
        self.assertFalse(self._get_issues())

    def test_second_synchronization_changes_nothing(self):
        self.market.groups = [{"id": "g1", "title": "Toys", "titles": {"en_US": "Toys"}}]
        self._product("p1", sku="A1", group="g1", quantity="0.125", price="10.999")
        self._order("1")
        self._sync("full")
        run = self._sync("full")
        self.assertRecordValues(run, [{"created": 0, "updated": 0, "unchanged": 12}])

    def test_programs_outside_get_an_answer_they_can_read(self):
        """XML-RPC has no word for nothing: the call would be done and look failed."""
        self._order("1")
        self._sync("full")
        order = self._get_order("1")
        calls = [
            *(getattr(self.store, f"action_{name}") for name in ("set_production", "set_test")),
            *(getattr(self.store, f"action_sync{part}") for part in ("", "_base", "_products")),
            *(self.store.action_sync_orders, self.store.action_check_connection),
            *(order.action_retry, order.action_refresh),
        ]
        for call in calls:
            with self.subTest(call.__name__):
                self.assertTrue(xmlrpc.client.dumps((call(),), allow_none=False))

    def test_form_shows_what_is_going_on(self):
        self.store.action_sync()
        self.assertEqual(self.store.run_id.kind, "full")
        self.assertEqual(self.store.run_message, "Waiting to start")
        self._run_cron("sync_base")
        self.store.invalidate_recordset()
        self.assertFalse(self.store.run_id)

    def test_stopped_synchronization_keeps_what_it_read_and_loses_nothing(self):
        self.market.page_size = 1
        for number in "123":
            self._order(number)
        read = self.market.read

        def stop_at_the_second_page(name, after=0, **arguments):
            if after == 1:
                self.store.with_user(self.user).action_stop_sync()
                self.env.flush_all()
            return read(name, after=after, **arguments)

        with patch.object(self.market, "read", stop_at_the_second_page):
            run = self._sync()
        self.assertEqual((run.state, run.created), ("stopped", 1))
        self.assertTrue(run.finished_at)
        self.assertFalse(self.store.run_id)
        self.assertEqual(self.store.order_count, 1)
        self._sync()
        self.store.invalidate_recordset()
        self.assertEqual(self.store.order_count, 3)

    def test_progress_moves_with_the_steps(self):
        self.market.fail("groups", ValueError("boom"))
        with self.assertLogs("odoo.addons.garazd_merchant_center", "ERROR"):
            run = self._sync("full")
        self.assertRecordValues(run, [{"state": "failed", "step": "categories", "progress": 37}])

    def test_button_pressed_twice_gives_one_run(self):
        self.store.action_sync_orders()
        self.store.action_sync_orders()
        runs = self.env["merchant.sync.run"].search([("store_id", "=", self.store.id)])
        self.assertEqual(len(runs), 1)

    def test_lists_are_read_page_by_page(self):
        self.market.page_size = 2
        for number in range(5):
            self._order(str(number))
        run = self._sync()
        self.assertEqual(run.created, 5)
        pages = [args["after"] for name, args in self.market.requests if name == "orders"]
        self.assertEqual(pages, [0, 2, 4])

    def test_groups_find_parents_on_later_pages(self):
        self.market.page_size = 2
        self.market.groups = [
            {"id": "leaf", "title": "Cars", "parent": "branch"},
            {"id": "branch", "title": "Toys", "parent": "root"},
            {"id": "root", "title": "All"},
        ]
        self._sync("base")
        leaf = self.env["merchant.category"].search([("external_id", "=", "leaf")])
        self.assertEqual(leaf.complete_name, "All / Toys / Cars")

    def test_groups_move_and_survive_a_circle(self):
        self.market.groups = [{"id": "a", "title": "A"}, {"id": "b", "title": "B", "parent": "a"}]
        self._sync("base")
        self.market.groups[1].pop("parent")
        self._sync("base")
        categories = self.env["merchant.category"].search([("store_id", "=", self.store.id)])
        self.assertFalse(categories.parent_id)
        self.market.groups[0]["parent"] = "b"
        self.market.groups[1]["parent"] = "a"
        self.assertEqual(self._sync("base").state, "done")

    def test_groups_have_their_names_in_every_language(self):
        self.env["res.lang"]._activate_lang("uk_UA")
        self.market.groups = [
            {"id": "g", "title": "Іграшки", "titles": {"uk_UA": "Іграшки", "en_US": "Toys"}}
        ]
        self._sync("base")
        category = self.env["merchant.category"].search([("external_id", "=", "g")])
        self.assertEqual(category.with_context(lang="en_US").name, "Toys")
        self.assertEqual(category.with_context(lang="uk_UA").name, "Іграшки")
        category.active = False
        self.assertEqual(self._sync("base").updated, 0)

    def test_renamed_entries_are_renamed_and_missing_ones_stay(self):
        self._sync("base")
        self.market.payments = [{"id": "card", "title": "Bank card"}]
        run = self._sync("base")
        self.assertEqual(run.updated, 1)
        names = self.store.payment_method_ids.mapped("name")
        self.assertEqual(sorted(names), ["Bank card", "Cash"])

    def test_orders_are_read_from_the_newest_change_with_an_overlap(self):
        self._order("1", changed="2026-03-05T12:00:00+02:00")
        self._sync()
        self.assertEqual(str(self.store.orders_read_until), "2026-03-05 10:00:00")
        self._sync()
        since = [args["changed_since"] for name, args in self.market.requests if name == "orders"]
        self.assertEqual(since, [None, "2026-03-05T09:00:00+00:00"])

    def test_a_change_in_the_future_hides_nothing(self):
        self._order("1", changed="2199-01-01T00:00:00+00:00")
        run = self._sync()
        self.assertEqual(self.store.orders_read_until, run.started_at)

    def test_older_orders_are_passed_over_until_they_are_wanted(self):
        self.store.import_from = "2026-03-01"
        self._order("1", date="2026-02-28T23:59:00+02:00", changed="2026-03-02T10:00:00+02:00")
        self._order("2", date="2026-03-01T00:00:00+02:00", changed="2026-03-02T10:00:00+02:00")
        self._sync()
        self.assertEqual(self._get_order("1").state, "skipped")
        self.assertEqual(self._get_order("2").state, "imported")
        self.store.import_from = False
        self._sync()
        self.assertEqual(self._get_order("1").state, "imported")

    def test_other_orders_wanted_in_the_middle_are_read_from_the_start(self):
        run = self.env["merchant.sync.run"].create(
            {"store_id": self.store.id, "kind": "orders", "step": "orders", "state": "running"}
        )
        run.write({"cursor": {"after": 7}, "newest_change": "2026-03-05 10:00:00"})
        self.store.import_from = "2026-01-01"
        self.assertRecordValues(run, [{"cursor": False, "newest_change": False}])

    def test_finished_runs_are_forgotten_after_sixty_days(self):
        run = self._sync()
        self.env["merchant.sync.run"]._gc_old_runs()
        self.assertTrue(run.exists())
        with freeze_time(datetime.now() + timedelta(days=61)):  # noqa: DTZ005
            self.env["merchant.sync.run"]._gc_old_runs()
        self.assertFalse(run.exists())

    def test_what_is_made_does_not_depend_on_who_asked(self):
        self.env["res.lang"]._activate_lang("uk_UA")
        self.company.partner_id.lang = "uk_UA"
        store = self.store.with_context(lang="en_US")._in_own_context()
        self.assertEqual((store.env.lang, store.env.company), ("uk_UA", self.company))
