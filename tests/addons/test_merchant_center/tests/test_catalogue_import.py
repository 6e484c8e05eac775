from contextlib import suppress
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError, UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.garazd_merchant_center.models import merchant_catalogue_import_work as work

from ..api.market import Overloaded
from ..models.merchant_adapter_demo_catalogue import CATEGORIES, LINKS
from .catalogue_common import CatalogueCase

WORK = "odoo.addons.garazd_merchant_center.models.merchant_catalogue_import_work"


class Killed(BaseException):
    """The worker is gone: nothing catches it."""


@tagged("post_install", "-at_install")
class TestCatalogueImport(CatalogueCase):
    """A file is read in the background, page by page, and a report says what became of it."""

    two_companies = True

    def setUp(self):
        super().setUp()
        self.patch(work, "PAGE", 2)
        self.patch(work.Categories, "page_size", 2)
        self.rows = [
            self._row("1", "Clothes"),
            self._row("2", "Clothes", "Shirts", parent="1"),
            self._row("3", "Clothes", "Shirts", "Long", parent="2"),
            self._row("4", "Home"),
            self._row("5", "Home", "Lamps", parent="4"),
        ]

    def _kill_at(self, position):
        """Let the worker die when it begins the page at a position."""
        original = type(self.env["merchant.catalogue.import"])._do_page

        def do_page(record, reader):
            if record.position == position:
                raise Killed
            return original(record, reader)

        return patch.object(type(self.env["merchant.catalogue.import"]), "_do_page", do_page)

    def _die_at(self, record, position):
        # Not with `assertRaises`, which takes back what was committed, too.
        with self._kill_at(position), suppress(Killed):
            self._work(record)
            self.fail("It did not die.")
        self.env.invalidate_all()

    # === THE REPORT === #

    def test_nothing_is_read_while_the_person_waits(self):
        record = self._ask(self._file(*self.rows))
        self.assertEqual((record.state, self._count()), ("waiting", 0))
        self._run_cron("catalogue_imports")
        self.assertEqual((record.state, self._count()), ("done", 5))

    def test_report_says_what_was_read_changed_left_out_and_archived(self):
        self._import(self._file(*self.rows))
        rows = [
            *self.rows[:3],
            self._row("4", "House"),
            self._row("6", "House", "Beds", parent="4"),
        ]
        skipped = [[7, "no_id", "Garden | ?"], [9, "repeated", "Home | 4"]]
        record = self._import(self._file(*rows, skipped=skipped), filename="list.json")
        names = ("state", "row_count", "created", "updated", "unchanged", "skipped", "archived")
        self.assertEqual(self._values(record, *names), ("partial", 7, 1, 1, 3, 2, 1))
        self.assertRecordValues(
            record.row_ids,
            [
                {"number": 7, "reason": "no_id", "text": "Garden | ?"},
                {"number": 9, "reason": "repeated", "text": "Home | 4"},
            ],
        )
        self.assertFalse(self._get("5").active)
        # What the import did can be looked at.
        action = record.with_user(self.user).action_open_categories()
        touched = self.env["merchant.category"].with_context(**action["context"])
        found = touched.search(action["domain"]).mapped("external_id")
        self.assertEqual(sorted(found), ["4", "5", "6"])

    def test_report_names_so_many_bad_rows_and_counts_all(self):
        self.patch(work, "MAX_ROWS", 3)
        skipped = [[number, "no_id", "?" * 1000] for number in range(10)]
        record = self._import(self._file(*self.rows, skipped=skipped))
        self.assertEqual((record.skipped, len(record.row_ids)), (10, 3))
        self.assertEqual(len(record.row_ids[0].text), work.MAX_TEXT)

    def test_same_file_again_changes_nothing(self):
        self._import(self._file(*self.rows))
        written = self._get("3").write_date
        record = self._import(self._file(*self.rows))
        names = ("state", "created", "updated", "unchanged", "archived")
        self.assertEqual(self._values(record, *names), ("done", 0, 0, 5, 0))
        self.assertEqual(self._get("3").write_date, written)

    def test_progress_is_shown_on_the_way(self):
        record = self._ask(self._file(*self.rows))
        self._die_at(record, 2)
        self.assertEqual(self._values(record, "state", "total", "position"), ("running", 5, 2))
        self.assertEqual(record.progress, 39)
        self._run_cron("catalogue_imports")
        self.assertEqual(record.progress, 100)

    # === WHAT COMES BETWEEN === #

    def test_import_goes_on_after_the_worker_died(self):
        for position in (0, 2, 4):
            self.env["merchant.category"].search([("marketplace", "=", "demo")]).unlink()
            skipped = [[9, "no_id", "?"]]
            record = self._ask(self._file(*self.rows, skipped=skipped))
            self._die_at(record, position)
            self.assertEqual(record.position, position)
            self._run_cron("catalogue_imports")
            names = ("state", "row_count", "created", "unchanged", "skipped")
            self.assertEqual(self._values(record, *names), ("partial", 6, 5, 0, 1))
            self.assertEqual((self._count(), len(record.row_ids)), (5, 1))

    def test_nothing_is_archived_before_the_whole_file_was_read(self):
        self._import(self._file(*self.rows))
        record = self._ask(self._file(*self.rows[:4]))
        self._die_at(record, 2)
        self.assertTrue(self._get("5").active)
        self._run_cron("catalogue_imports")
        self.assertFalse(self._get("5").active)

    def test_file_that_always_kills_the_worker_is_given_up(self):
        record = self._ask(self._file(*self.rows))
        for _attempt in range(work.MAX_ATTEMPTS):
            self._die_at(record, 0)
        self._run_cron("catalogue_imports")
        self.assertEqual((record.state, record.error), ("failed", "crashed"))
        other = self._import(self._file(*self.rows))
        self.assertEqual(other.state, "done")

    def test_conflict_with_somebody_else_is_met_again(self):
        original = type(self.env["merchant.category"])._merge_portal
        met = []

        def merge(model, tree, page, origin):
            if len(met) < 2:
                met.append(page)
                raise SerializationFailure
            return original(model, tree, page, origin)

        record = self._ask(self._file(*self.rows))
        with patch.object(type(self.env["merchant.category"]), "_merge_portal", merge):
            self._run_cron("catalogue_imports")
        self.assertEqual((len(met), record.state, record.created), (2, "done", 5))

    def test_bad_row_stops_no_other(self):
        original = type(self.env["merchant.category"])._merge_portal

        def merge(model, tree, page, origin):
            if any(data.external_id == "2" for data in page):
                raise ZeroDivisionError("a row of stone")
            return original(model, tree, page, origin)

        record = self._ask(self._file(*self.rows))
        with (
            patch.object(type(self.env["merchant.category"]), "_merge_portal", merge),
            mute_logger(WORK),
        ):
            self._run_cron("catalogue_imports")
        self.assertEqual(self._values(record, "state", "created", "skipped"), ("partial", 4, 1))
        self.assertIn("Shirts", record.row_ids.text)
        self.assertIn("a row of stone", record.row_ids.text)

    def test_unexpected_error_is_told_and_can_be_tried_again(self):
        record = self._ask(self._file(*self.rows))
        with (
            patch.object(type(record), "_parse", side_effect=ZeroDivisionError("upside down")),
            mute_logger(WORK),
        ):
            self._run_cron("catalogue_imports")
        self.assertEqual(self._values(record, "state", "error"), ("failed", "unexpected"))
        self.assertEqual(record.error_detail, "upside down")
        record.with_user(self.admin).action_retry()
        self._run_cron("catalogue_imports")
        self.assertEqual(self._values(record, "state", "error", "created"), ("done", False, 5))

    def test_stopped_import_keeps_what_it_has_and_archives_nothing(self):
        self._import(self._file(*self.rows, self._row("9", "Old")))
        record = self._ask(self._file(*self.rows))
        self._die_at(record, 2)
        record.with_user(self.admin).action_cancel()
        self._run_cron("catalogue_imports")
        self.assertEqual(record.state, "cancelled")
        self.assertTrue(self._get("9").active)

    def test_files_are_read_in_the_order_in_which_they_were_chosen(self):
        self._ask(self._file(self._row("1", "Old name")))
        self._ask(self._file(self._row("1", "New name")))
        self._run_cron("catalogue_imports")
        self.assertEqual(self._get("1").name, "New name")

    # === FROM AN ADDRESS === #

    def test_list_of_the_address_is_read_in_the_background(self):
        self.market.files[CATEGORIES] = self._file(*self.rows)
        record = self._ask(source="address")
        self.assertFalse(self.market.requests)
        self._run_cron("catalogue_imports")
        self.assertEqual(self._values(record, "state", "created"), ("done", 5))
        # It was kept, so that it can be read again.
        self.market.files.clear()
        record.with_user(self.admin).action_retry()
        self._run_cron("catalogue_imports")
        self.assertEqual(self._values(record, "state", "unchanged"), ("done", 5))

    def test_market_that_does_not_answer_is_asked_again_and_then_no_more(self):
        self.market.fail("file", Overloaded(), times=2)
        self.market.files[CATEGORIES] = self._file(*self.rows)
        record = self._import(source="address")
        self.assertEqual(self._values(record, "state", "position"), ("running", 0))
        self.assertTrue(record.next_attempt)
        for _attempt in range(2):
            record.next_attempt = False
            self._run_cron("catalogue_imports")
        self.assertEqual(record.state, "done")
        self.market.fail("file", Overloaded(), times=None)
        self.market.faults[-1]["times"] = 99
        record = self._import(source="address")
        for _attempt in range(work.MAX_ATTEMPTS):
            record.next_attempt = False
            self._run_cron("catalogue_imports")
        self.assertEqual(self._values(record, "state", "error"), ("failed", "silent"))

    def test_address_without_a_file_is_told(self):
        record = self._import(source="address")
        self.assertEqual(self._values(record, "state", "error"), ("failed", "not_found"))

    # === THE LINK IS A SECRET === #

    def _get_stored(self):
        """Return everything that the tables of the import hold."""
        self.env.flush_all()
        rows = []
        for table in ("merchant_import_attributes", "merchant_catalogue_import"):
            self.env.cr.execute(f"SELECT * FROM {table}")
            rows += self.env.cr.fetchall()
        return str(rows)

    def test_link_is_never_stored_in_clear_and_wiped_with_its_file(self):
        link = f"{LINKS}top-secret"
        self.market.files[link] = b'{"attributes": {"3": [{"id": "7", "names": {"": "Colour"}}]}}'
        wizard = self._wizard("attributes", source="address", link=link)
        self.assertNotIn("top-secret", self._get_stored())
        record = self.env["merchant.catalogue.import"].browse(wizard.action_import()["res_id"])
        self.assertFalse(wizard.sealed_link)
        self.assertTrue(record.sealed_link)
        self.assertNotIn("top-secret", self._get_stored())
        self._run_cron("catalogue_imports")
        self.assertEqual(self._values(record, "state", "created"), ("done", 1))
        self.assertFalse(record.sealed_link)

    def test_link_is_wiped_when_nothing_comes_of_it(self):
        wrong = self._ask(name="attributes", source="address", link=f"{LINKS}wrong")
        stopped = self._ask(name="attributes", source="address", link=f"{LINKS}stopped")
        stopped.with_user(self.admin).action_cancel()
        self._run_cron("catalogue_imports")
        self.assertEqual(self._values(wrong, "state", "error"), ("failed", "not_found"))
        self.assertFalse(wrong.sealed_link or stopped.sealed_link)
        with self.assertRaisesRegex(UserError, "Paste it again"):
            wrong.with_user(self.admin).action_retry()

    def test_link_waits_for_a_market_that_does_not_answer_now(self):
        link = f"{LINKS}top-secret"
        self.market.files[link] = b'{"attributes": {}}'
        self.market.fail("file", Overloaded())
        record = self._import(name="attributes", source="address", link=link)
        self.assertTrue(record.sealed_link)
        record.next_attempt = False
        self._run_cron("catalogue_imports")
        self.assertFalse(record.sealed_link)

    def test_link_can_be_opened_by_this_database_only(self):
        record = self._ask(name="attributes", source="address", link=f"{LINKS}top-secret")
        self.env["ir.config_parameter"].set_param("database.secret", "of another database")
        self._run_cron("catalogue_imports")
        self.assertEqual(self._values(record, "state", "error"), ("failed", "link_gone"))
        self.assertFalse(self.market.requests)

    def test_link_that_leads_elsewhere_is_refused_at_once(self):
        with self.assertRaisesRegex(UserError, "no address of the Demo Market") as caught:
            self._wizard("attributes", source="address", link="https://evil.example/top-secret")
        self.assertNotIn("top-secret", str(caught.exception))

    def test_link_is_for_administrators_and_in_no_export(self):
        for name in ("merchant.catalogue.import", "merchant.import.attributes"):
            fields = self.env[name].with_user(self.admin).fields_get(["sealed_link"])
            self.assertFalse(fields["sealed_link"].get("exportable", True), name)
            self.assertFalse(self.env[name]._fields["sealed_link"].copy, name)
        imports = self.env["merchant.catalogue.import"].with_user(self.user)
        self.assertFalse({"sealed_link", "file"} & set(imports.fields_get()))

    def test_neutralized_copy_has_no_link(self):
        record = self._ask(name="attributes", source="address", link=f"{LINKS}top-secret")
        self.env.flush_all()
        for query in get_neutralization_queries(["garazd_merchant_center"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertEqual(self._values(record, "state", "sealed_link"), ("cancelled", False))

    # === WHO MAY WHAT === #

    def test_only_administrators_import(self):
        for name in ("categories", "attributes"):
            with self.assertRaises(AccessError):
                self._wizard(name, user=self.user)
        imports = self.env["merchant.catalogue.import"].with_user(self.user)
        with self.assertRaises(AccessError):
            imports._ask("categories", "demo")
        record = self._ask(self._file(*self.rows))
        for name in ("action_cancel", "action_retry"):
            with self.assertRaises(AccessError):
                getattr(record.with_user(self.user), name)()

    def test_every_company_sees_the_catalogue_and_what_was_imported(self):
        record = self._import(self._file(*self.rows, skipped=[[9, "no_id", "?"]]))
        for user in (self.user, self.other_user):
            seen = record.with_user(user)
            self.assertEqual(self._values(seen, "created", "skipped"), (5, 1))
            self.assertEqual(seen.row_ids.number, 9)
            name = self._get("3").with_user(user).complete_name
            self.assertEqual(name, "Clothes / Shirts / Long")

    def test_administrator_of_another_company_imports_into_the_same_catalogue(self):
        admin = self._make_user(
            "other_admin", "garazd_merchant_center.group_administrator", self.other_company
        )
        self._import(self._file(*self.rows))
        record = self._import(self._file(*self.rows), user=admin)
        self.assertEqual(self._values(record, "unchanged", "user_id"), (5, admin))

    def test_there_must_be_something_to_read(self):
        for name, vals in (
            ("categories", {}),
            ("attributes", {}),
            ("attributes", {"source": "address"}),
        ):
            with self.assertRaisesRegex(UserError, "first"):
                self._wizard(name, **vals).action_import()

    # === OLD REPORTS === #

    def test_old_reports_are_forgotten_with_their_files(self):
        record = self._import(self._file(*self.rows))
        waiting = self._ask(self._file(*self.rows))
        self.env.cr.execute(
            "UPDATE merchant_catalogue_import SET create_date = now() - interval '61 days'"
        )
        self.env.invalidate_all()
        self.env["merchant.catalogue.import"]._gc_old_imports()
        self.assertFalse(record.exists())
        self.assertTrue(waiting.exists())
        # The categories stay.
        self.assertEqual(self._count(), 5)

    def test_products_read_before_the_catalogue_find_their_category(self):
        self._product("p1")
        self._sync("products")
        listing = self._get_listing("p1")
        listing.category_external_id = "5"
        self._import(self._file(*self.rows))
        self.assertEqual(listing.portal_category_id, self._get("5"))
        self.assertEqual(self._get("5").with_user(self.user).listing_count, 1)
        self.assertEqual(self._get("5").with_user(self.other_user).listing_count, 0)
        self.assertEqual(
            self.env["merchant.listing"].search(self._get("5").action_open_listings()["domain"]),
            listing,
        )
