from datetime import timedelta

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.garazd_product_feed.models.product_data_feed_progress import GenerationStopped

from ..api.market import Overloaded, Refused
from .feed_import_common import FeedImportCase
from .test_feed import PICTURE


@tagged("post_install", "-at_install")
class TestFeedImport(FeedImportCase):
    """Asking the marketplace to read the price list: once, when it makes sense, by agreement."""

    two_companies = True

    # === ASKING === #

    def test_marketplace_is_asked_after_the_commit_only(self):
        record = self._ask(only_available=True)
        self.assertEqual((record.state, self._begun()), ("waiting", []))
        self._send()
        self.assertEqual((record.state, record.external_id), ("running", "1"))
        self.assertEqual(record.user_id, self.user)
        self.assertEqual(
            self._begun(),
            [{"url": self.feed.url, "changes": ["price"], "missing": "keep", "available": True}],
        )
        self._send()
        self.assertEqual(self.market.imports_begun, 1)

    def test_test_mode_withholds_the_exact_request(self):
        self.store.action_set_test()
        record = self._start()
        operation = self._operations(kind="feed_import")
        self.assertEqual((record.state, operation.state), ("withheld", "withheld"))
        self.assertEqual(operation.request["body"]["url"], self.feed.url)
        self.assertFalse(self._begun())
        self.store.action_set_production()
        self._send()
        self.assertFalse(self._begun())
        operation.with_user(self.admin).action_retry()
        self.assertEqual(record.state, "waiting")
        self._send()
        self.assertEqual((record.state, self.market.imports_begun), ("running", 1))

    def test_switching_to_test_withholds_what_waits(self):
        record = self._ask()
        self.store.action_set_test()
        self.assertEqual(record.state, "withheld")
        self._send()
        self.assertFalse(self._begun())

    def test_somebody_thinks_better_of_it(self):
        record = self._ask()
        record.with_user(self.user).action_cancel()
        self._send()
        self.assertEqual((record.state, self._begun()), ("cancelled", []))
        self.assertFalse(record.is_open)

    def test_imports_are_forgotten_but_those_with_an_open_issue(self):
        self.market.fail("import", Refused("no"))
        bad = self._start()
        good = self._import()
        cancelled = self._ask()
        cancelled.action_cancel()
        self._get_issues("feed_import_failed", state="resolved").state = "open"
        old = fields.Datetime.now() - timedelta(days=61)
        self.env.cr.execute("UPDATE merchant_feed_import SET create_date = %s", [old])
        waiting = self._ask()
        self.env["merchant.feed.import"]._gc_old_imports()
        self.assertEqual((bad + good + cancelled + waiting).exists(), bad + waiting)

    def test_overload_is_waited_for_and_begins_one_import(self):
        self.market.fail("import", Overloaded(seconds=60))
        record = self._start()
        self.assertEqual(record.state, "waiting")
        self._operations(kind="feed_import").next_attempt = False
        self._send()
        self.assertEqual((record.state, self.market.imports_begun), ("running", 1))

    def test_refusal_is_told_in_words_and_closes_with_the_next_good_import(self):
        self.market.fail("import", Refused("the limit of the day is reached"))
        record = self._start()
        self.assertEqual(record.state, "failed")
        issue = self._get_issues("feed_import_failed")
        self.assertIn("the limit of the day is reached", issue.detail)
        self.assertEqual(issue._get_record(), record)
        self.assertFalse(self._get_issues("operation_failed"))
        issue.with_user(self.user).action_retry()
        self._send()
        again = self.env["merchant.feed.import"].search([], limit=1)
        self.assertNotEqual(again, record)
        self.assertEqual(issue.state, "open")
        self.market.imports = [{"state": "done", "total": 1, "unchanged": 1}]
        self._look(times=3)
        self.assertEqual((again.state, issue.state), ("done", "resolved"))

    def test_newest_failure_is_the_one_that_counts(self):
        self.market.fail("import", Refused("no"), times=2)
        self._start()
        again = self._start()
        self.assertEqual(self._get_issues("feed_import_failed")._get_record(), again)

    # === WITH A FRESH PRICE LIST === #

    def test_price_list_is_brought_up_to_date_before_it_is_read(self):
        self.product.list_price = 321
        record = self._ask()
        self.assertEqual(self.feed.requested_by_id, self.user)
        self._run_cron("operations")
        self.assertEqual((record.state, self._begun()), ("waiting", []))
        self.assertIn("being prepared", record.message)
        cron = self.env.ref("garazd_merchant_center.cron_operations")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.feed._generate_guarded()
        woken = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - triggers
        self.assertLessEqual(woken.call_at, fields.Datetime.now())
        self._run_cron("operations")
        self.assertEqual((record.state, record.message), ("running", False))
        self.assertIn(b"321", self.feed.sudo().attachment_id.raw)

    def test_old_price_list_is_made_anew_when_the_request_was_late(self):
        record = self._ask()
        self.feed._generate_guarded()
        now = fields.Datetime.now()
        record.fresh_since = now - timedelta(hours=3)
        self.feed.generated_at = now - timedelta(hours=2)
        self.feed.next_generation_at = now + timedelta(hours=2)
        self._run_cron("operations")
        self.assertEqual((record.state, self.feed.state, self._begun()), ("waiting", "waiting", []))
        self._send()
        self.assertEqual(record.state, "running")

    def test_stopped_generation_stops_the_request(self):
        record = self._ask()

        def stop(done, total):
            raise GenerationStopped

        self.product.list_price = 321
        with freeze_time(record.fresh_since + timedelta(seconds=1)):
            record.fresh_since += timedelta(seconds=1)
            self.feed._generate_guarded(stop)
            self._run_cron("operations")
        self.assertEqual((record.state, self._begun()), ("failed", []))
        self.assertIn("stopped the generation", self._get_issues("feed_import_failed").detail)

    def test_what_has_changed_meanwhile_stops_the_request(self):
        for change, words in (
            (lambda: self.feed.write({"is_held": True}), "waits for a decision"),
            (lambda: self.feed.write({"last_error": "No prices"}), "could not be generated"),
            (
                lambda: self._get_listing("p1").write({"seller_id": False}),
                "a second time on the marketplace: 1",
            ),
            (lambda: self.store.write({"feed_id": self.feed.copy().id}), "another data feed"),
        ):
            record = self._ask()
            self.feed._generate_guarded()
            change()
            self._run_cron("operations")
            self.assertEqual((record.state, self._begun()), ("failed", []))
            self.assertIn(words, self._get_issues("feed_import_failed").detail)
            self.feed.write({"is_held": False, "last_error": False})
            self._get_listing("p1").seller_id = "A1"

    # === ONCE === #

    def test_lost_answer_is_not_repeated_unless_a_person_does(self):
        self.market.lost_answers = {"import"}
        record = self._start()
        self.assertEqual((record.state, self.market.imports_begun), ("unknown", 1))
        issue = self._get_issues("feed_import_unknown")
        self.assertIn("broke off", issue.detail)
        operation = self._operations(kind="feed_import")
        operation.next_attempt = False
        self._send()
        self.assertEqual(self.market.imports_begun, 1)
        with self.assertRaisesRegex(UserError, "asked already"):
            operation.with_user(self.user).action_retry()
        operation.with_user(self.user).action_cancel()
        self.assertEqual((record.state, issue.state), ("unknown", "open"))
        self.market.lost_answers = set()
        issue.with_user(self.user).action_retry()
        self._send()
        self.assertEqual(self.market.imports_begun, 2)

    def test_unexpected_error_counts_as_begun(self):
        self.market.fail("import", ZeroDivisionError("boom"))
        with mute_logger(
            "odoo.addons.garazd_merchant_center.models.merchant_operation_feed_import"
        ):
            record = self._start()
        self.assertEqual(record.state, "unknown")

    def test_worker_that_died_while_asking_is_not_followed_by_another(self):
        record = self._ask()
        operation = self._operations(kind="feed_import")
        self.feed._generate_guarded()
        operation._take_batch()._prepare_to_send()._send()
        # Nothing was noted; the lease lapses.
        operation.leased_until = fields.Datetime.now() - timedelta(minutes=1)
        self._send()
        self.assertEqual((record.state, self.market.imports_begun), ("unknown", 1))
        self.assertTrue(self._get_issues("feed_import_unknown"))

    def test_what_is_on_its_way_is_neither_cancelled_nor_withheld(self):
        record = self._ask()
        self.feed._generate_guarded()
        ready = self._operations(kind="feed_import")._take_batch()._prepare_to_send()
        outcomes, error = ready._send()
        with self.assertRaisesRegex(UserError, "right now"):
            record.with_user(self.user).action_cancel()
        self.store.action_set_test()
        ready._note(outcomes, error)
        self.assertEqual((record.state, record.external_id), ("running", "1"))

    def test_second_person_is_told_that_the_marketplace_is_busy(self):
        for _state in ("waiting", "running"):
            with self.assertRaisesRegex(UserError, "busy"):
                self._ask() and self._ask(self.admin)
            self._send()
        self.assertEqual(self.market.imports_begun, 1)

    def test_two_at_the_same_moment_make_one_import(self):
        record = self._ask()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            record.copy({"state": "waiting"})

    # === WHEN IT MAKES SENSE === #

    def test_price_list_must_be_published_and_fresh(self):
        for vals, words in (
            ({"generated_at": False}, "being prepared"),
            ({"is_held": True}, "waits for a decision"),
            ({"last_error": "No prices"}, "could not be generated"),
            ({"offer_count": 0}, "no products"),
            ({"active": False}, "active data feed"),
        ):
            before = {name: self.feed[name] for name in vals}
            self.feed.write(vals)
            with self.assertRaisesRegex(UserError, words):
                self._ask()
            self.feed.write(before)
        self.assertTrue(self._ask())

    def test_store_that_needs_attention_is_mended_first(self):
        self.store.state = "attention"
        with self.assertRaisesRegex(UserError, "needs attention"):
            self._ask()

    def test_products_of_the_marketplace_must_be_known_first(self):
        self.store.last_sync_products_at = False
        with self.assertRaisesRegex(UserError, "Press Sync first"):
            self._ask()

    def test_link_that_cannot_be_reached_is_told(self):
        parameters = self.env["ir.config_parameter"]
        for url, is_local in (
            ("http://localhost:8069", True),
            ("http://127.0.0.1:8069", True),
            ("http://192.168.1.7", True),
            ("http://odoo.local", True),
            ("http://odoo", True),
            ("https://shop.example.com", False),
            ("https://8.8.8.8", False),
        ):
            parameters.set_param("web.base.url", url)
            self.feed.invalidate_recordset()
            self.assertEqual(self.store._is_feed_local(), is_local, url)

    def test_products_made_by_hand_need_a_word_before_they_are_made_twice(self):
        self._get_listing("p1").seller_id = False
        self.assertEqual(self.store._count_feed_duplicates(), 1)
        with self.assertRaisesRegex(UserError, "a second time on the marketplace: 1"):
            self._ask()
        wizard = self._open_wizard().save()
        action = wizard.action_open_duplicates()
        self.assertEqual(
            self.env[action["res_model"]].search(action["domain"]), self._get_listing("p1")
        )
        self.assertTrue(self._ask(duplicates_confirmed=True))

    def test_only_what_is_published_and_unknown_by_its_identifier_is_a_duplicate(self):
        self._make_product("B2", image_1920=PICTURE)
        self.feed._request_generation()
        self.feed._generate_guarded()
        # New to the marketplace.
        self.assertEqual(self.store._count_feed_duplicates(), 0)
        # Known by its mapping, under another SKU.
        listing = self._get_listing("p1")
        listing.write({"seller_id": "X", "sku": "X", "product_id": self.product.id})
        self.assertEqual(self.store._count_feed_duplicates(), 1)
        # Published once, no longer.
        self.product.active = False
        self.assertEqual(self.store._count_feed_duplicates(), 0)

    # === BY AGREEMENT === #

    def test_missing_products_are_an_administrators_affair_and_need_a_word(self):
        with self.assertRaises(AccessError):
            self._ask(missing_policy="delete", missing_confirmed=True)
        with self.assertRaisesRegex(UserError, "Confirm"):
            self._ask(self.admin, missing_policy="delete")
        self._ask(self.admin, missing_policy="delete", missing_confirmed=True)
        self._send()
        self.assertEqual(self._begun()[0]["missing"], "delete")

    def test_user_cannot_repeat_what_an_administrator_decided(self):
        record = self._ask(self.admin, missing_policy="hide", missing_confirmed=True)
        record.with_user(self.admin).action_cancel()
        with self.assertRaises(AccessError):
            record.with_user(self.user).action_retry()
        # Administrators are warned first, in the wizard.
        with self.assertRaisesRegex(UserError, "press Repeat"):
            record.with_user(self.admin).action_retry()

    def test_unknown_choices_are_refused(self):
        for codes in ([], ["colour"]):
            with self.assertRaisesRegex(UserError, "Choose what"):
                self.env["merchant.feed.import"]._ask(self.store, codes)

    def test_store_of_another_company_is_out_of_reach(self):
        with self.assertRaises(AccessError):
            self._ask(self.other_user)
        record = self._start()
        with self.assertRaises(AccessError):
            record.with_user(self.other_user).read(["state"])

    # === WIZARD === #

    def _open_wizard(self, user=None, **context):
        store = self.store.with_user(user or self.user)
        context = store.action_import_feed()["context"] | context
        return Form(
            self.env["merchant.feed.import.start"]
            .with_user(user or self.user)
            .with_context(**context)
        )

    def test_wizard_proposes_prices_and_availability(self):
        wizard = self._open_wizard().save()
        self.assertEqual(
            wizard.line_ids.filtered("is_chosen").mapped("code"), ["price", "presence"]
        )
        action = wizard.action_start()
        record = self.env["merchant.feed.import"].browse(action["res_id"])
        self.assertEqual(record.field_codes, ["price", "presence"])
        self.assertEqual(record.missing_policy, "keep")
        self.assertEqual(record.field_names, "Prices, Availability")

    def test_wizard_takes_what_was_chosen(self):
        form = self._open_wizard()
        with form.line_ids.edit(0) as line:
            line.is_chosen = False
        with form.line_ids.edit(2) as line:
            line.is_chosen = True
        record = self.env["merchant.feed.import"].browse(form.save().action_start()["res_id"])
        self.assertEqual(record.field_codes, ["presence", "texts"])

    def test_wizard_tells_what_to_think_of(self):
        self._get_listing("p1").write({"seller_id": False, "status": "draft"})
        self._get_listing("p1").write({"push_state": "held", "is_held": True})
        wizard = self._open_wizard()
        self.assertEqual(
            (wizard.duplicate_count, wizard.revived_count, wizard.held_count), (1, 1, 1)
        )
        self.assertFalse(wizard.problem)
        self.feed.is_held = True
        self.assertIn("waits for a decision", self._open_wizard().problem)

    def test_wizard_repeats_the_choices_of_an_import(self):
        record = self._ask()
        record.action_cancel()
        context = record.with_user(self.user).action_repeat()["context"]
        wizard = self._open_wizard(**context).save()
        self.assertEqual(wizard.line_ids.filtered("is_chosen").mapped("code"), ["price"])

    def test_wizard_warns_when_the_last_end_is_not_known(self):
        self.assertFalse(self._open_wizard().is_unknown)
        self.market.lost_answers = {"import"}
        self._start()
        self._ask().action_cancel()
        self.assertTrue(self._open_wizard().is_unknown)

    def test_wizard_tells_at_once_that_the_marketplace_is_busy(self):
        self._ask()
        self.assertIn("already busy", self._open_wizard().problem)

    def test_consent_to_hide_is_no_consent_to_delete(self):
        form = self._open_wizard(self.admin)
        form.missing_policy = "hide"
        form.missing_confirmed = True
        form.missing_policy = "delete"
        with self.assertRaisesRegex(UserError, "Confirm"):
            form.save().action_start()

    def test_request_is_one_click_away(self):
        record = self._ask()
        action = record.with_user(self.user).action_open_operation()
        self.assertEqual(action["res_id"], self._operations(kind="feed_import").id)

    def test_administrators_choose_what_becomes_of_missing_products(self):
        self.assertNotIn("missing_policy", self._open_wizard()._view["fields"])
        form = self._open_wizard(self.admin)
        form.missing_policy = "hide"
        form.missing_confirmed = True
        record = self.env["merchant.feed.import"].browse(form.save().action_start()["res_id"])
        self.assertEqual(record.missing_policy, "hide")

    def test_wizard_is_no_way_around_the_rules(self):
        for user, vals in (
            (self.user, {"missing_policy": "delete", "missing_confirmed": True}),
            (self.other_user, {}),
        ):
            wizards = self.env["merchant.feed.import.start"].with_user(user)
            with self.assertRaises(AccessError):
                wizards.create({"store_id": self.store.id, **vals}).action_start()
        self.assertFalse(self.env["merchant.feed.import"].search([]))

    def test_button_is_there_for_marketplaces_that_read_when_they_are_asked(self):
        self.assertTrue(self.store.can_import_feed)
        adapter = type(self.env["merchant.adapter.demo"])
        self.patch(adapter, "_get_feed_import_fields", lambda adapter: ())
        self.store.invalidate_recordset()
        self.assertFalse(self.store.can_import_feed)
