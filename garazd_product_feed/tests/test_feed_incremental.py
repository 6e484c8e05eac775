import base64
import random
from ast import literal_eval
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import SQL

from ..models import product_data_feed_format
from .common import FeedCommon, make_picture

GOOGLE = "garazd_product_feed.google_feed"


@tagged("post_install", "-at_install")
class TestFeedIncremental(FeedCommon):
    """What has changed is rendered again, nothing else; the file is that of a full generation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pricelist = cls.env["product.pricelist"].create(
            {
                "name": "Prom",
                "company_id": cls.company.id,
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 10})],
            }
        )
        cls.tag = cls.env["product.tag"].create({"name": "handmade"})
        cls.feed.write(
            {
                "pricelist_id": cls.pricelist.id,
                "secondary_lang_id": cls.ukrainian.id,
                "quantity_basis": "forecast",
            }
        )
        cls.singles = cls.env["product.product"].concat(
            *[cls._make_product(name=f"Pot {number}") for number in range(40)]
        )
        cls.template = cls._make_template(values=("Red", "Blue", "Green"))
        cls.feed._generate()

    @contextmanager
    def _rendering(self):
        """Count the offers that are rendered."""
        rendered = []
        prepare = product_data_feed_format.ProductDataFeedFormat._prepare_offer_vals

        def count(model, feed, product, *args):
            rendered.append(product.id)
            return prepare(model, feed, product, *args)

        with patch.object(
            product_data_feed_format.ProductDataFeedFormat, "_prepare_offer_vals", count
        ):
            yield rendered

    def _read_files(self):
        feed_sudo = self.feed.sudo()
        feed_sudo.invalidate_recordset()
        attachments = feed_sudo.attachment_id + feed_sudo.compressed_attachment_id
        attachments.invalidate_recordset()
        return attachments.mapped("raw")

    def _assert_rendered(self, products):
        """Generate; only these products are rendered, and nothing is missed."""
        with freeze_time(fields.Datetime.now()):
            with self._rendering() as rendered:
                self.feed._generate()
            self.assertEqual(sorted(rendered), sorted(products.ids))
            files = self._read_files()
            issues = self._read_issues()
            self.feed._generate(full=True)
            self.assertEqual(self._read_files(), files)
            self.assertEqual(self._read_issues(), issues)

    def _read_issues(self):
        return sorted(
            (issue.product_id.id, issue.code, str(issue.data)) for issue in self.feed.issue_ids
        )

    def test_nothing_is_rendered_when_nothing_has_changed(self):
        self._assert_rendered(self.singles.browse())

    def test_changes_of_one_product_render_that_product(self):
        pot = self.singles[3]
        changes = {
            "price": lambda: pot.write({"list_price": 99}),
            "reference": lambda: pot.write({"default_code": "NEW"}),
            "translated name": lambda: pot.with_context(lang="uk_UA").write({"name": "Горщик"}),
            "picture": lambda: pot.write({"image_1920": make_picture("green")}),
            "stock": lambda: self._set_stock(pot, 7),
            "reservation": lambda: self.env["stock.quant"]._update_reserved_quantity(
                pot, self.warehouse.lot_stock_id, 2
            ),
            "tag": lambda: pot.product_tmpl_id.write({"product_tag_ids": self.tag.ids}),
            "price rule": lambda: self.pricelist.write(
                {
                    "item_ids": [
                        Command.create(
                            {
                                "applied_on": "1_product",
                                "product_tmpl_id": pot.product_tmpl_id.id,
                                "compute_price": "fixed",
                                "fixed_price": 3,
                            }
                        )
                    ]
                }
            ),
            "past the ORM": lambda: self.env.cr.execute(
                "UPDATE product_template SET weight = 4 WHERE id = %s", [pot.product_tmpl_id.id]
            ),
        }
        for title, change in changes.items():
            with self.subTest(title):
                change()
                self._assert_rendered(pot)

    def test_change_of_a_variant_renders_all_variants_of_the_product(self):
        self.template.product_variant_ids[1].default_code = "CUP-2"
        self._assert_rendered(self.template.product_variant_ids)

    def test_renamed_attribute_value_renders_the_products_that_have_it(self):
        self.template.attribute_line_ids.value_ids[0].name = "Crimson"
        self._assert_rendered(self.template.product_variant_ids)

    def test_renamed_tag_renders_the_products_that_have_it(self):
        self.singles[5].product_tmpl_id.product_tag_ids = self.tag
        self.feed._generate()
        self.tag.name = "made by hand"
        self._assert_rendered(self.singles[5])

    def test_change_of_the_expected_stock_counts_with_the_forecast(self):
        move = self.env["stock.move"].create(
            {
                "product_id": self.singles[8].id,
                "product_uom_qty": 5,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "company_id": self.company.id,
            }
        )
        move._action_confirm()
        self._assert_rendered(self.singles[8])

    def test_what_holds_for_all_renders_all(self):
        everything = self.singles + self.template.product_variant_ids
        changes = {
            "price rule for all": lambda: self.pricelist.item_ids.write({"percent_price": 20}),
            "rate": lambda: self.hryvnia.rate_ids.write({"rate": 41}),
            "rounding": lambda: self.hryvnia.write({"rounding": 0.1}),
            "address": lambda: (
                self.env["ir.config_parameter"]
                .sudo()
                .set_param("web.base.url", "https://kalyna.example")
            ),
            "precision": lambda: self.env.ref("uom.decimal_product_uom").write({"digits": 3}),
            "main company's currency": self._change_main_currency,
            "location": lambda: self.warehouse.lot_stock_id.write({"usage": "transit"}),
            "base of the pricelist": self._base_on_another_pricelist,
            "rule of that base": lambda: self.base.item_ids.write({"percent_price": 30}),
            "setting": lambda: self.feed.write({"stock_buffer": 1}),
            "value": lambda: self.feed.write(
                {"value_ids": [Command.create({"target": "vendor", "source": "text", "text": "X"})]}
            ),
            "token": self.feed.action_rotate_token,
        }
        for title, change in changes.items():
            with self.subTest(title):
                change()
                self._assert_rendered(everything)

    def _change_main_currency(self):
        main = self.env["res.company"]._get_main_company()
        unused = self.env["res.currency"].search([("id", "!=", main.currency_id.id)], limit=1)
        # Past the core's check: it refuses once there are accounting entries.
        self.env.cr.execute(
            "UPDATE res_company SET currency_id = %s WHERE id = %s", [unused.id, main.id]
        )
        main.invalidate_recordset()

    def test_rate_of_an_archived_currency_renders_all(self):
        self.hryvnia.active = False
        self.feed._generate()
        self.hryvnia.rate_ids.write({"rate": 42})
        self._assert_rendered(self.singles + self.template.product_variant_ids)

    def test_value_of_another_product_is_followed(self):
        path = "product_tag_ids.product_template_ids.name"
        self.feed.value_ids = [Command.create({"target": "vendor", "field_path": path})]
        (self.singles[0] + self.singles[1]).product_tag_ids = self.tag
        self.feed._generate()
        self.singles[1].name = "Renamed"
        self.feed._generate()
        files = self._read_files()
        self.feed._generate(full=True)
        self.assertEqual(self._read_files()[0].count(b"Renamed"), files[0].count(b"Renamed"))
        self.assertEqual(files[0].count(b"Renamed"), 4)

    def test_what_lies_behind_another_product_is_followed(self):
        self.feed.value_ids = [
            Command.create({"target": target, "field_path": f"product_tag_ids.{path}"})
            for target, path in (
                ("vendor", "product_template_ids.barcode"),
                ("keywords", "product_template_ids.product_tag_ids.name"),
            )
        ]
        shown, other = self.singles[:2]
        other_tag = self.tag.create({"name": "glazed"})
        shown.product_tag_ids = self.tag
        other.product_tag_ids = self.tag + other_tag
        self.feed.excluded_product_ids = other
        self.feed._generate()
        changes = {
            "field of its variant": lambda: other.write({"barcode": "4820000000017"}),
            "its tag": lambda: other_tag.write({"name": "enamelled"}),
        }
        for title, change in changes.items():
            with self.subTest(title):
                change()
                self._assert_rendered(self.singles - other + self.template.product_variant_ids)

    def test_renamed_choice_is_followed(self):
        self.feed.value_ids = [Command.create({"target": "vendor", "field_path": "type"})]
        self.feed._generate()
        choice = self.env["ir.model.fields.selection"].search(
            [("field_id.model", "=", "product.template"), ("value", "=", "consu")], limit=1
        )
        choice.name = "Wares"
        self._assert_rendered(self.singles + self.template.product_variant_ids)

    def _base_on_another_pricelist(self):
        self.base = self.env["product.pricelist"].create(
            {
                "name": "Base",
                "company_id": self.company.id,
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 50})],
            }
        )
        self.pricelist.item_ids = [
            Command.clear(),
            Command.create(
                {
                    "compute_price": "formula",
                    "base": "pricelist",
                    "base_pricelist_id": self.base.id,
                }
            ),
        ]

    def _add_document(self, record):
        self.env["product.document"].create(
            {
                "name": "extra.jpg",
                "res_model": record._name,
                "res_id": record.id,
                "raw": base64.b64decode(make_picture("green")),
                "is_feed_picture": True,
            }
        )

    def test_changes_of_variants_and_attributes_render_their_product(self):
        variants = self.template.product_variant_ids
        line = self.template.attribute_line_ids
        changes = {
            "price of a value": lambda: line.product_template_value_ids[0].write(
                {"price_extra": 7}
            ),
            "order of the values": lambda: line.value_ids[0].write({"sequence": 99}),
            "name on the marketplace": lambda: line.attribute_id.write({"portal_name": "Колір"}),
            "picture of a variant": lambda: variants[0].write(
                {"image_variant_1920": make_picture("pink")}
            ),
            "cost": lambda: variants[0].write({"standard_price": 2}),
            "published document": lambda: self._add_document(self.template),
            "published document of a variant": lambda: self._add_document(variants[0]),
            "order of the documents": lambda: (
                self.env["product.document"]
                .search([("res_model", "=", "product.template"), ("res_id", "=", self.template.id)])
                .write({"sequence": 3})
            ),
        }
        for title, change in changes.items():
            with self.subTest(title):
                change()
                self._assert_rendered(variants)
        variants[2].active = False
        self._assert_rendered(variants[:2])

    def test_two_rows_at_the_same_place_of_their_tables_are_told_apart(self):
        extra = self.template.attribute_line_ids.product_template_value_ids[0]
        value = extra.product_attribute_value_id
        self._put_at_the_same_place(extra, value)
        self.feed._generate()
        extra.price_extra = 7
        value.name = "Crimson"
        self._put_at_the_same_place(extra, value)
        self._assert_rendered(self.template.product_variant_ids)

    def _put_at_the_same_place(self, *records):
        """Rewrite rows of two tables until both are on the same page, at the same position."""
        self.env.flush_all()
        # Each at least once: by the same transaction.
        places = [self._rewrite(record) for record in records]
        for _attempt in range(500):
            if places[0] == places[1]:
                return
            behind = places.index(min(places))
            places[behind] = self._rewrite(records[behind])
        self.fail("The rows do not meet.")

    def _rewrite(self, record):
        """Write a row as it is; return its new page and its position there."""
        query = SQL(
            "UPDATE %s SET id = id WHERE id = %s RETURNING ctid::text",
            SQL.identifier(record._table),
            record.id,
        )
        return literal_eval(self.env.execute_query(query)[0][0])

    def test_category_rule_follows_the_category(self):
        below = self.env["product.category"].create({"name": "Below"})
        self.singles[6].categ_id = below
        self.feed.included_product_ids = self.singles[6]
        self.pricelist.item_ids = [
            Command.create(
                {
                    "applied_on": "2_product_category",
                    "categ_id": self.category.id,
                    "compute_price": "fixed",
                    "fixed_price": 2,
                }
            )
        ]
        self.feed._generate()
        below.parent_id = self.category
        self._assert_rendered(self.singles + self.template.product_variant_ids)

    def test_category_is_part_of_the_offers_of_google(self):
        self.feed.write({"format": "google", "template_id": self.env.ref(GOOGLE).id})
        self.feed._generate()
        self.category.name = "Renamed"
        self._assert_rendered(self.singles + self.template.product_variant_ids)

    def test_template_that_was_extended_renders_all(self):
        self.env["ir.ui.view"].create(
            {
                "name": "own tag",
                "type": "qweb",
                "inherit_id": self.env.ref("garazd_product_feed.prom_feed").id,
                "arch": """<xpath expr="//offer/name" position="after">
                    <own t-out="offer['product'].volume"/></xpath>""",
            }
        )
        self._assert_rendered(self.singles + self.template.product_variant_ids)
        self.assertIn(b"<own>0.0</own>", self._read_files()[0])

    def test_rule_that_begins_later_is_noticed_when_it_begins(self):
        begin = fields.Datetime.now() + timedelta(hours=2)
        self.pricelist.item_ids = [
            Command.create(
                {
                    "applied_on": "1_product",
                    "product_tmpl_id": self.singles[2].product_tmpl_id.id,
                    "compute_price": "fixed",
                    "fixed_price": 1,
                    "date_start": begin,
                }
            )
        ]
        self._assert_rendered(self.singles.browse())
        with freeze_time(begin + timedelta(minutes=1)):
            self._assert_rendered(self.singles[2])

    def test_products_come_and_go_without_rendering_the_others(self):
        self.feed.excluded_product_ids = self.singles[4]
        self._assert_rendered(self.singles.browse())
        self.assertEqual(self.feed.offer_count, 42)
        self.feed.excluded_product_ids = False
        self._assert_rendered(self.singles[4])
        new = self._make_product()
        self._assert_rendered(new)
        new.active = False
        self._assert_rendered(self.singles.browse())

    def test_random_changes_give_the_file_of_a_full_generation(self):
        chance = random.Random(19)
        extra = self.singles.browse()
        for _round in range(12):
            for _change in range(chance.randint(1, 5)):
                product = chance.choice(self.singles + self.template.product_variant_ids)
                match chance.randint(0, 7):
                    case 0:
                        product.list_price = chance.randint(0, 50)
                    case 1:
                        self._set_stock(product, chance.randint(1, 9))
                    case 2:
                        product.name = f"Pot {chance.randint(1, 99)}"
                    case 3:
                        product.image_1920 = chance.choice([False, make_picture("brown")])
                    case 4:
                        product.sale_ok = not product.sale_ok
                    case 5:
                        product.default_code = chance.choice([False, "A", "B", "C"])
                    case 6:
                        extra += self._make_product()
                    case _:
                        extra[:1].unlink()
                        extra = extra[1:]
            with freeze_time(fields.Datetime.now()):
                self.feed._generate()
                files = self._read_files()
                self.feed._generate(full=True)
                self.assertEqual(self._read_files(), files)

    def test_damaged_edition_is_replaced_by_a_full_generation(self):
        feed_sudo = self.feed.sudo()
        for damage in (
            {"index_attachment_id": b"nonsense"},
            {"attachment_id": b"<short/>"},
            {"compressed_attachment_id": b""},
        ):
            for name, content in damage.items():
                with self.subTest(name):
                    feed_sudo[name].raw = content
                    self._assert_rendered(self.singles + self.template.product_variant_ids)

    def test_check_for_changes_publishes_only_when_there_are_some(self):
        before = self.feed.generated_at
        self.assertEqual(self.feed._generate(only_changes=True), {})
        self.assertEqual(self.feed.generated_at, before)
        self.singles[0].list_price = 5
        self.assertEqual(self.feed._generate(only_changes=True)["rendered_count"], 1)
