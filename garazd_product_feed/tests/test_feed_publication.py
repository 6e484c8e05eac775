import hashlib
import io
import secrets
import tempfile
from datetime import timedelta
from pathlib import Path

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.base.tests.test_ir_cron import CronMixinCase

from .common import FeedCommon


@tagged("post_install", "-at_install")
class TestFeedPublication(FeedCommon, CronMixinCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["product.data.feed"].search([("id", "!=", cls.feed.id)]).active = False
        cls.products = cls.env["product.product"].concat(
            *[cls._make_product(name=f"Pot {number}") for number in range(10)]
        )
        cls.feed.max_drop_percent = 30
        cls.cron = cls.env.ref("garazd_product_feed.cron_generate")

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    # === GUARD === #

    def test_many_missing_offers_stop_the_publication_until_somebody_agrees(self):
        self._run_cron()
        good = self.feed.sudo().attachment_id.raw
        self.products[:4].active = False
        self.feed._request_generation()
        self._run_cron()
        self.assertEqual(self.feed.state, "held")
        self.assertEqual((self.feed.offer_count, self.feed.held_offer_count), (10, 6))
        self.assertEqual(self.feed.sudo().attachment_id.raw, good)
        self.assertIn("6", self.feed.message_ids[0].body)
        self.assertEqual(self.feed.run_ids[0].state, "held")
        self.feed.with_user(self.manager).action_publish_anyway()
        self._run_cron()
        self.assertEqual(self.feed.state, "published")
        self.assertEqual(self.feed.offer_count, 6)
        self.products[4:8].active = False
        self.feed._request_generation()
        self._run_cron()
        # Agreed to once, not for ever.
        self.assertEqual(self.feed.state, "held")

    def test_consent_to_fewer_offers_is_not_consent_to_still_fewer(self):
        self._run_cron()
        self.products[:4].active = False
        self.feed._request_generation()
        self._run_cron()
        self.feed.action_publish_anyway()
        self.products[4:9].active = False
        self._run_cron()
        self.assertEqual((self.feed.state, self.feed.held_offer_count), ("held", 1))
        self.assertEqual(self.feed.offer_count, 10)
        self.feed.action_publish_anyway()
        self._run_cron()
        self.assertEqual((self.feed.state, self.feed.offer_count), ("published", 1))

    def test_consent_needs_a_question(self):
        self._run_cron()
        with self.assertRaises(UserError):
            self.feed.action_publish_anyway()
        self.assertFalse(self.feed.drop_accepted)

    def test_question_ends_by_itself_when_the_offers_are_back(self):
        self._run_cron()
        self.products[:4].active = False
        self.feed._request_generation()
        self._run_cron()
        self.products[:4].active = True
        self.feed._request_generation()
        self._run_cron()
        self.assertEqual((self.feed.state, self.feed.offer_count), ("published", 10))

    def test_question_is_posted_once(self):
        self._run_cron()
        self.products[:4].active = False
        messages = self.feed.message_ids
        for _attempt in range(3):
            self.feed._request_generation()
            self._run_cron()
        self.assertEqual(len(self.feed.message_ids - messages), 1)

    def test_fewer_offers_within_the_share_are_published(self):
        self._run_cron()
        self.products[:3].active = False
        self.feed._request_generation()
        self._run_cron()
        self.assertEqual((self.feed.state, self.feed.offer_count), ("published", 7))

    def test_readers_cannot_agree(self):
        with self.assertRaises(AccessError):
            self.feed.with_user(self.reader).action_publish_anyway()

    # === RUNS === #

    def test_each_generation_is_told_about(self):
        self._run_cron()
        run = self.feed.run_ids
        self.assertEqual((run.state, run.origin), ("published", "schedule"))
        self.assertEqual((run.offer_count, run.rendered_count, run.left_out_count), (10, 10, 0))
        self.assertEqual(run.file_size, self.feed.file_size)
        self.products[0].list_price = 0
        self.feed.with_user(self.manager).action_generate()
        self._run_cron()
        run = self.feed.run_ids[0]
        self.assertEqual((run.origin, run.user_id), ("user", self.manager))
        self.assertEqual((run.offer_count, run.rendered_count, run.left_out_count), (9, 1, 1))

    def test_old_runs_are_removed(self):
        self._run_cron()
        with freeze_time(fields.Datetime.now() + timedelta(days=91)):
            self.env["product.data.feed.run"]._gc_runs()
        self.assertFalse(self.feed.run_ids)

    # === SCHEDULE === #

    def test_feed_that_follows_changes_is_published_only_when_there_are_some(self):
        self.feed.generate_on_change = True
        self._run_cron()
        self._run_cron()
        self.assertEqual(len(self.feed.run_ids), 1)
        self.products[0].list_price = 5
        self._run_cron()
        self.assertEqual(len(self.feed.run_ids), 2)
        self.assertEqual(self.feed.run_ids[0].origin, "change")
        self.assertEqual(self.feed.run_ids[0].rendered_count, 1)

    def test_once_a_day_everything_is_rendered(self):
        self._run_cron()
        self.feed._request_generation()
        self._run_cron()
        self.assertEqual(self.feed.run_ids[0].rendered_count, 0)
        with freeze_time(fields.Datetime.now() + timedelta(hours=25)):
            self._run_cron()
        self.assertEqual(self.feed.run_ids[0].rendered_count, 10)

    def test_everything_is_rendered_on_request(self):
        self._run_cron()
        self.feed.with_user(self.manager).action_generate_all()
        self._run_cron()
        self.assertEqual(self.feed.run_ids[0].rendered_count, 10)

    def test_request_for_everything_is_not_lost_by_another_request(self):
        self._run_cron()
        self.feed.action_generate_all()
        self.feed.action_generate()
        self._run_cron()
        self.assertEqual(self.feed.run_ids[0].rendered_count, 10)
        self.feed._request_generation()
        self._run_cron()
        self.assertEqual(self.feed.run_ids[0].rendered_count, 0)

    # === IDENTIFIERS === #

    def test_published_product_keeps_its_identifier(self):
        self.products[0].default_code = "FIRST"
        self.feed._generate()
        self.products[0].default_code = "CHANGED"
        self.assertEqual(self.feed._get_offer_id(self.products[0]), "FIRST")
        self.assertIn("identifier_differs", self._get_codes(self.products[0]))

    def test_reference_may_be_mended_before_the_product_is_published(self):
        product = self._make_product(default_code="TYPO", list_price=0)
        self.feed._generate()
        product.write({"default_code": "RIGHT", "list_price": 5})
        self.feed._generate()
        self.assertEqual(self.feed._get_offer_id(product), "RIGHT")

    def test_identifier_of_a_published_product_is_not_given_to_another(self):
        self.products[0].default_code = "X"
        self.feed._generate()
        self.products[0].default_code = "Y"
        self.products[1].default_code = "X"
        ids = self.feed._get_offer_ids(self.products)
        self.assertEqual(len(set(ids.values())), 10)
        newcomer = self._make_product(default_code="X")
        self.assertEqual(self.feed._get_offer_id(newcomer), f"odoo-{newcomer.id}")
        root = self._generate()
        found = root.xpath("//offer/@id")
        self.assertEqual(len(found), len(set(found)))

    def test_published_identifiers_find_their_products(self):
        self.products[0].default_code = "X"
        self.feed._generate()
        self.products[0].default_code = "Y"
        self.assertEqual(self.feed._find_products(["X"]), {"X": self.products[0]})

    def test_barcode_and_number_as_identifiers(self):
        self.products[0].barcode = "4006381333931"
        self.feed.offer_id_source = "barcode"
        self.assertEqual(self.feed._get_offer_id(self.products[0]), "4006381333931")
        self.assertEqual(self.feed._get_offer_id(self.products[1]), f"odoo-{self.products[1].id}")
        self.assertEqual(
            self.feed._find_products(["4006381333931"]), {"4006381333931": self.products[0]}
        )
        self.feed.offer_id_source = "database"
        self.assertEqual(self.feed._get_offer_id(self.products[0]), f"odoo-{self.products[0].id}")

    def test_kind_of_identifier_cannot_be_changed_once_published(self):
        self.feed._generate()
        with self.assertRaisesRegex(UserError, "second time"):
            self.feed.offer_id_source = "barcode"
        self.feed.offer_id_source = "default_code"
        self.feed.copy().offer_id_source = "barcode"

    # === CHOICE === #

    def test_categories_and_tags_choose_products(self):
        below = self.env["product.category"].create({"name": "Cups", "parent_id": self.category.id})
        self.products[0].categ_id = below
        self.feed.write({"product_categ_ids": below.ids})
        self.assertEqual(len(self._generate().xpath("//offer")), 1)
        tag = self.env["product.tag"].create({"name": "Prom"})
        self.feed.write(
            {"product_categ_ids": False, "product_tag_ids": tag.ids, "max_drop_percent": 100}
        )
        self.products[1].product_tmpl_id.product_tag_ids = tag
        self.products[2].additional_product_tag_ids = tag
        self.assertEqual(len(self._generate().xpath("//offer")), 2)

    def test_single_products_are_added_and_left_out(self):
        other = self._make_product(categ_id=self.env["product.category"].create({"name": "X"}).id)
        other.product_tmpl_id.included_feed_ids = self.feed
        self.products[0].product_tmpl_id.excluded_feed_ids = self.feed
        self.assertEqual(self.feed.included_product_ids, other)
        self.assertEqual(self.feed.excluded_product_ids, self.products[0])
        ids = self._generate().xpath("//offer/@id")
        self.assertIn(self.feed._get_offer_id(other), ids)
        self.assertNotIn(self.feed._get_offer_id(self.products[0]), ids)

    def test_added_products_must_be_for_sale(self):
        other = self._make_product(sale_ok=False)
        self.feed.included_product_ids = other
        self.assertEqual(len(self._generate().xpath("//offer")), 10)
        other.write({"sale_ok": True, "active": False})
        self.assertEqual(len(self._generate().xpath("//offer")), 10)

    def test_flags_of_a_template_are_those_of_all_its_variants(self):
        template = self._make_template()
        template.product_variant_ids[0].excluded_feed_ids = self.feed
        self.assertFalse(template.excluded_feed_ids)
        template.excluded_feed_ids = self.feed
        self.assertEqual(self.feed.excluded_product_ids, template.product_variant_ids)
        created = self._make_template(excluded_feed_ids=[Command.set(self.feed.ids)])
        self.assertEqual(created.product_variant_ids.excluded_feed_ids, self.feed)

    def test_product_form_has_no_feeds_for_those_who_may_not_read_them(self):
        form = {"view_type": "form"}
        user = new_test_user(self.env, "no_feeds", groups="base.group_user")
        templates = self.env["product.template"]
        self.assertIn(
            "excluded_feed_ids", templates.with_user(self.manager).get_view(**form)["arch"]
        )
        self.assertNotIn("excluded_feed_ids", templates.with_user(user).get_view(**form)["arch"])

    # === GROUPS === #

    def test_category_on_the_marketplace_is_said_per_group(self):
        self.feed.ignored_codes = False
        self.assertIn("portal_category_missing", self._get_codes(self.products[0]))
        group = self.feed.group_ids
        self.assertEqual((group.number, group.name), (self.category.id, "Кераміка"))
        group.with_user(self.manager).portal_ref = "380601"
        root = self._generate()
        self.assertEqual(root.xpath("//category/@portal_id"), ["380601"])
        self.assertNotIn("portal_category_missing", self._get_codes(self.products[0]))
        self.category.name = "Посуд"
        self._generate()
        self.assertEqual((group.name, group.portal_ref), ("Посуд", "380601"))
        with self.assertRaises(ValidationError):
            group.portal_ref = "Посуд"

    def test_ecommerce_categories_need_ecommerce(self):
        if "product.public.category" in self.env:
            self.skipTest("eCommerce is installed")
        with self.assertRaisesRegex(ValidationError, "eCommerce"):
            self.feed.category_source = "public"

    # === ERRORS === #

    def test_products_with_errors_may_be_published(self):
        self.products[0].list_price = 0
        self.products[1].name = "\x0b"
        self.feed.keep_errors = True
        offer = self._get_offer(self.products[0])
        self.assertIsNone(offer.find("price"))
        self.assertEqual(offer.get("available"), "")
        self.assertEqual(self.feed.offer_count, 9)

    def test_ignored_cause_is_not_reported_until_it_is_restored(self):
        self.products[0].description_sale = False
        self._generate()
        issue = self.feed.issue_ids
        self.assertEqual(issue.code, "description_missing")
        issue.with_user(self.manager).action_ignore_cause()
        self.assertFalse(self.feed.issue_ids)
        self.assertIn("No description", self.feed.ignored_causes)
        self._generate(full=True)
        self.assertFalse(self.feed.issue_ids)
        self.feed.with_user(self.manager).action_restore_causes()
        self._generate(full=True)
        self.assertIn("description_missing", self.feed.issue_ids.mapped("code"))

    def test_errors_cannot_be_ignored(self):
        self.products[0].list_price = 0
        self._generate()
        with self.assertRaises(UserError):
            self.feed.issue_ids.action_ignore_cause()

    def test_errors_stay_when_everything_is_ignored(self):
        self.products[0].write({"list_price": 0, "description_sale": False})
        self._generate()
        self.feed.issue_ids.with_user(self.manager).action_ignore_cause()
        self.assertEqual(self.feed.issue_ids.mapped("code"), ["price_missing"])

    def test_readers_cannot_ignore_causes(self):
        self.products[0].description_sale = False
        self._generate()
        with self.assertRaises(AccessError):
            self.feed.issue_ids.with_user(self.reader).action_ignore_cause()

    def test_issues_go_with_the_products(self):
        self.products[0].description_sale = False
        self._generate()
        self.assertTrue(self.feed.issue_ids)
        self.products[0].active = False
        self._generate()
        self.assertFalse(self.feed.issue_ids)

    # === FILE === #

    def test_replaced_files_are_removed_one_publication_later(self):
        attachments = self.env["ir.attachment"].sudo()
        names = []
        for number in range(3):
            self.products[0].list_price = 10 + number
            self.feed._generate()
            names.append(self.feed.sudo().attachment_id.store_fname)
        self.assertEqual(len(set(names)), 3)
        paths = [attachments._full_path(name) for name in names]
        self.env.cr.postcommit.run()
        self.assertEqual([Path(path).exists() for path in paths], [False, True, True])

    def test_file_that_was_half_stored_is_collected(self):
        stream = io.BytesIO()
        stream.close()
        attachment = self.env["ir.attachment"].create({"name": "x"})
        checksum = hashlib.sha1(secrets.token_bytes()).hexdigest()
        with self.assertRaises(ValueError), self.env.cr.savepoint():
            attachment._set_stream(stream, checksum, 1)
        folder = Path(attachment._full_path(checksum[:2]))
        self.assertEqual(len(list(folder.glob(f"{checksum}*"))), 1)
        attachment._gc_file_store_unsafe()
        self.assertFalse(list(folder.glob(f"{checksum}*")))

    def test_file_in_the_database(self):
        self.env["ir.config_parameter"].sudo().set_param("ir_attachment.location", "db")
        self.feed._generate()
        self.assertFalse(self.feed.sudo().attachment_id.store_fname)
        self.assertEqual(len(self._read_file().xpath("//offer")), 10)
        self.products[0].list_price = 3
        self.assertEqual(self.feed._generate()["rendered_count"], 1)

    def test_database_without_a_file_store_yet(self):
        """Odoo makes the folder with the first file, which a copied database may not have had."""
        with tempfile.TemporaryDirectory() as folder:
            missing = str(Path(folder) / "filestore" / self.env.cr.dbname)
            self.patch(type(self.env["ir.attachment"]), "_filestore", lambda _self: missing)
            self.feed._generate()
            self.assertEqual(len(self._read_file().xpath("//offer")), 10)

    def test_form_can_be_filled_in(self):
        with Form(self.env["product.data.feed"].with_user(self.manager)) as form:
            form.name = "By hand"
            with form.value_ids.new() as line:
                line.target = "vendor"
                line.source = "text"
                line.text = "Мій бренд"
        self.assertTrue(form.record.value_ids.filtered(lambda line: line.text == "Мій бренд"))
