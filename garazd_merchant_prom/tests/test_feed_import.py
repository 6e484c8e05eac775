import http.server
import threading
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .. import const
from ..api import const as prom
from .common import PromCase

ASK = "/products/import_url"
READ = "/products/import/status/*"
# The smallest GIF.
PICTURE = b"R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@tagged("post_install", "-at_install")
class TestFeedImport(PromCase):
    """Prom is asked to read the price list; its first words about that are wrong."""

    shop = {"orders": 0, "products": 5, "import_fetch": True}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.file = b""
        cls._serve_file()
        cls.product = cls._make_product("E1", image_1920=PICTURE, list_price=60)
        cls.feed = cls.env["product.data.feed"].create(
            {
                "name": "Feed",
                "company_id": cls.company.id,
                "currency_id": cls.uah.id,
                "domain": f"[('id', '=', {cls.product.id})]",
            }
        )

    @classmethod
    def _serve_file(cls):
        """Give the price list to whoever asks at the address of Odoo, but no pictures."""

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                content = cls.file if self.path.endswith(".xml") else b""
                self.send_response(200 if content else 404)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        address = f"http://127.0.0.1:{server.server_port}"
        cls.env["ir.config_parameter"].set_param("web.base.url", address)

    def setUp(self):
        super().setUp()
        self.shop_product = self.sim.add_product(
            external_id="E1", sku="E1", price=50, status="on_display", presence="available"
        )
        self.store.feed_id = self.feed
        self._sync("products")
        self.feed._generate_guarded()
        type(self).file = self.feed.sudo().attachment_id.raw
        self.store.action_set_production()
        self.clock = fields.Datetime.now()

    def _ask(self, *codes, user=None, **choices):
        imports = self.env["merchant.feed.import"].with_user(user or self.user)
        store = self.store.with_user(user or self.user)
        record = imports._ask(store, codes or ["price", "presence"], **choices).sudo()
        self.feed._generate_guarded()
        self._run_cron("operations")
        for job in list(self.sim.state.imports.values()):
            self.assertTrue(job.finished.wait(10))
        return record

    def _look(self, minutes=5, times=1):
        for _time in range(times):
            self.clock += timedelta(minutes=minutes)
            with freeze_time(self.clock):
                self._run_cron("feed_imports")

    def _asked(self):
        return [job.settings for job in self.sim.state.imports.values()]

    def test_price_list_is_imported_through_the_lies_to_the_end(self):
        record = self._ask()
        self.assertEqual((record.state, len(record.external_id)), ("running", 24))
        states = []
        for _time in range(4):
            self._look()
            states.append((record.state, record.total_count, record.updated_count))
        # Success without figures, half a success without figures, figures, and those again.
        self.assertEqual(
            states, [("running", 0, 0), ("running", 0, 0), ("running", 1, 1), ("partial", 1, 1)]
        )
        self.assertEqual(self.shop_product["price"], 60)
        # Pictures that could not be read are in the report though no errors are counted.
        self.assertEqual(record.failed_count, 0)
        self.assertEqual(record.error_ids.mapped("stage"), ["pictures"])
        self.assertEqual(record.error_ids.product_id, self.product)
        self.assertEqual(record.error_ids.listing_id.external_id, str(self.shop_product["id"]))
        self.assertIn("errors: 1.", self._get_issues("feed_import_errors").detail)

    def test_only_what_was_chosen_changes_and_missing_products_stay(self):
        before = self.sim.state.snapshot("products")
        self._ask("presence")
        self.assertEqual(
            self._asked(),
            [
                {
                    "url": self.feed.url,
                    "updated_fields": ["presence"],
                    "force_update": False,
                    "only_available": False,
                    "mark_missing_product_as": "none",
                }
            ],
        )
        after = self.sim.state.snapshot("products")
        before.pop(self.shop_product["id"])
        self.assertEqual({key: after[key] for key in before}, before)
        self.assertEqual(self.shop_product["price"], 50)

    def test_every_choice_is_one_that_prom_takes(self):
        for number, policy in enumerate(const.MISSING_POLICIES):
            record = self._ask(
                *const.IMPORT_FIELDS,
                user=self.admin,
                missing_policy=policy,
                missing_confirmed=True,
                only_available=True,
            )
            self.assertEqual(record.state, "running", policy)
            record._finish("done")
            settings = self._asked()[number]
            self.assertEqual(set(settings["updated_fields"]), prom.IMPORT_FIELDS)
            self.assertTrue(settings["force_update"] and settings["only_available"])
        choices = [settings["mark_missing_product_as"] for settings in self._asked()]
        self.assertEqual(choices, list(prom.MISSING_CHOICES))

    def test_test_mode_shows_the_request_and_sends_nothing(self):
        self.store.action_set_test()
        record = self._ask("texts", "pictures")
        self.assertEqual((record.state, self._asked()), ("withheld", []))
        request = self._operations().request
        self.assertEqual((request["method"], request["path"]), ("POST", ASK))
        self.assertEqual(
            request["body"]["updated_fields"], ["name", "description", "keywords", "images_urls"]
        )
        self.assertTrue(request["body"]["force_update"])

    def test_daily_limit_is_told_in_words(self):
        self.sim.options.import_daily_limit = 0
        record = self._ask()
        self.assertEqual(record.state, "failed")
        detail = self._get_issues("feed_import_failed").detail
        self.assertIn("ліміт імпортів", detail)
        self.assertIn("wait until tomorrow", detail)

    def test_faults_that_prove_nothing_begin_no_second_import(self):
        for fault, options in (
            ("answer_lost", {}),
            ("server_error", {"status": 502}),
            ("cut_json", {}),
            ("html_200", {}),
            ("empty_body", {}),
            ("reset", {}),
        ):
            self._reset(self.sim)
            self.sim.faults.add(fault, path=ASK, times=1, **options)
            record = self._ask()
            self._operations().write({"next_attempt": False})
            self._run_cron("operations")
            self.assertEqual(record.state, "unknown", fault)
            self.assertLessEqual(len(self.sim.state.imports), 1, fault)
            self.assertTrue(self._get_issues("feed_import_unknown"), fault)

    def test_faults_before_anything_began_are_waited_out(self):
        self.sim.faults.add("too_many_requests", path=ASK, times=5)
        record = self._ask()
        self.assertEqual((record.state, self._asked()), ("waiting", []))
        self._operations().write({"next_attempt": False})
        self._run_cron("operations")
        self.assertEqual((record.state, len(self._asked())), ("running", 1))

    def test_wrong_token_begins_nothing(self):
        self.sim.tokens.expire(self.token)
        record = self._ask()
        self.assertEqual((record.state, self.store.state), ("waiting", "attention"))
        self.assertFalse(self._asked())

    def test_link_that_prom_cannot_read_is_a_failure(self):
        type(self).file = b""
        record = self._ask()
        self._look(times=3)
        self.assertEqual(record.state, "failed")
        self.assertEqual(record.error_ids.stage, "download")
        self.assertIn("404", self._get_issues("feed_import_failed").detail)

    def test_offers_that_prom_refuses_are_linked_to_their_products(self):
        other = self._make_product("E2", image_1920=PICTURE, list_price=70)
        self.feed.domain = f"[('id', 'in', {(self.product + other).ids})]"
        self.feed._request_generation()
        self.feed._generate_guarded()
        type(self).file = self.feed.sudo().attachment_id.raw.replace(b">70.0", b">-70.0")
        record = self._ask()
        self._look(times=4)
        self.assertEqual((record.state, record.failed_count), ("partial", 1))
        refused = record.error_ids.filtered(lambda error: error.stage == "validation")
        self.assertEqual((refused.product_id, refused.reference), (other, "E2"))

    def test_import_that_hangs_is_given_up(self):
        self.sim.options.import_early_success = 1000
        record = self._ask()
        self._look(minutes=60, times=4)
        self.assertEqual(record.state, "unknown")

    def test_import_that_prom_forgot_is_given_up(self):
        record = self._ask()
        self.sim.state.imports.clear()
        self._look()
        self.assertEqual(record.state, "running")
        self.assertIn("404", record.message)
        self._look(minutes=240)
        self.assertEqual(record.state, "unknown")

    def test_faults_while_following_are_waited_out(self):
        record = self._ask()
        self.sim.faults.add("server_error", path=READ, times=10, status=503)
        self._look(times=2)
        self.sim.faults.clear()
        self.assertEqual(record.state, "running")
        self._look(times=4)
        self.assertEqual(record.state, "partial")

    def test_question_that_prom_refuses_is_asked_again(self):
        record = self._ask()
        jobs = self.sim.state.imports
        answer = {"status": "error", "message": "Import is locked"}
        for job in jobs.values():
            job.polls, job.result = 99, answer
        self._look()
        self.assertEqual(record.state, "running")
        self.assertIn("Import is locked", record.message)
        for job in jobs.values():
            job.result = {"status": "success", "total": 1, "updated": "1", "not_in_fle": 3}
        self._look(times=2)
        self.assertEqual((record.state, record.missing_count), ("done", 3))
        self.assertFalse(record.message)

    def test_half_a_success_without_errors_is_told(self):
        record = self._ask()
        for job in self.sim.state.imports.values():
            job.polls, job.result = 99, {"status": "partial", "total": 1, "not_changed": 1}
        self._look(times=2)
        self.assertEqual(record.state, "partial")
        self.assertIn("not all of it", self._get_issues("feed_import_errors").detail)

    def test_drafts_come_back_and_the_wizard_says_so(self):
        self.shop_product["status"] = "draft"
        self._sync("products")
        self.assertEqual(self.store._count_revived(), 1)
        self._ask()
        self.assertEqual(self.shop_product["status"], "on_display")

    def test_product_made_by_hand_would_be_made_twice(self):
        self.sim.state.products.pop(self.shop_product["id"])
        by_hand = self.sim.add_product(external_id=None, sku="E1", status="on_display")
        self._get_listing(self.shop_product["id"]).sudo().unlink()
        self._sync("products")
        self.assertEqual(self.store._count_feed_duplicates(), 1)
        self._ask(duplicates_confirmed=True)
        twin = self.sim.state.by_external_id("E1")
        self.assertNotEqual(twin["id"], by_hand["id"])
