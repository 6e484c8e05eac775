from unittest.mock import patch

from odoo.tests import tagged

from ..models import merchant_adapter_prom_details
from .common import PromCase


@tagged("post_install", "-at_install")
class TestProductCreation(PromCase):
    """Products of the shop are made in Odoo over real HTTP, pictures too."""

    shop = {"orders": 0, "products": 40}

    @classmethod
    def _make_products(cls):
        """None is in Odoo yet."""
        return {}

    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("uk_UA")
        self.company.partner_id.lang = "uk_UA"
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.usd.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 0.025,
            }
        )

    def _create(self, *product_ids):
        """Have products made and return the run that did it."""
        listings = self.env["merchant.listing"].search([("store_id", "=", self.store.id)])
        wanted = set(map(str, product_ids))
        if product_ids:
            listings = listings.filtered(lambda listing: listing.external_id in wanted)
        runs = listings._request_creation("product")
        for _round in range(20):
            # As often as the scheduler would.
            if not runs.is_open or runs.next_attempt:
                break
            self._run_cron("sync_products")
        return runs

    def _get_product(self, product_id):
        return self._get_listing(product_id).product_id

    def _rows(self, trait):
        return [self.sim.state.products[product_id] for product_id in self.sim.products_of(trait)]

    def test_whole_shop_becomes_products_once(self):
        self._sync("base")
        self._sync("products")
        run = self._create()
        self.assertRecordValues(run, [{"state": "done", "created": 40, "failed": 0}])
        listings = self.env["merchant.listing"].search([("store_id", "=", self.store.id)])
        self.assertEqual(len(listings.product_id), 40)
        # The base and its three variations are one.
        self.assertEqual(len(listings.product_id.product_tmpl_id), 37)
        self._check_texts()
        self._check_prices()
        self._check_units()
        self._check_groups()
        self._check_variations()
        self._check_pictures()
        products = self.env["product.product"].search_count([])
        self.assertFalse(self._create())
        self._sync("products")
        self.assertEqual(self.env["product.product"].search_count([]), products)
        self.assertFalse(self.sim.writes())

    def test_slow_prom_tells_of_a_few_products_at_a_time(self):
        """What is read must be kept before the worker has to end."""
        ids = [row["id"] for row in self._rows("plain")[:3]]
        for product_id in ids:
            self.sim.hide_product(product_id)
        adapter = self.store._get_adapter()
        with patch.object(merchant_adapter_prom_details, "PATIENCE", -1):
            details = adapter._read_listing_details(self.store, list(map(str, ids)))
        self.assertEqual(list(details), [str(ids[0])])

    def _check_texts(self):
        row = self._rows("plain")[0]
        product = self._get_product(row["id"]).with_context(lang="uk_UA")
        self.assertEqual(product.name, row["name_multilang"]["uk"])
        self.assertEqual(product.portal_description, row["description_multilang"]["uk"])
        self.assertEqual(product.default_code, row["sku"])
        self.assertEqual(product.portal_category_ref, str(row["category"]["id"]))
        [first, second] = self._rows("same_sku")
        self.assertFalse(self._get_product(first["id"]).default_code)
        self.assertFalse(self._get_product(second["id"]).default_code)

    def _check_prices(self):
        for trait in ("plain", "discount_amount", "discount_percent"):
            row = self._rows(trait)[0]
            self.assertEqual(self._get_product(row["id"]).list_price, row["price"])
        row = self._rows("currency")[0]
        self.assertAlmostEqual(self._get_product(row["id"]).list_price, row["price"] * 40, 2)
        self.assertEqual(self._get_product(self._rows("no_price")[0]["id"]).list_price, 0)

    def _check_units(self):
        for trait, unit in (
            ("by_weight", "uom.product_uom_kgm"),
            ("by_metre", "uom.product_uom_meter"),
        ):
            product = self._get_product(self._rows(trait)[0]["id"])
            self.assertEqual(product.uom_id, self.env.ref(unit))

    def _check_groups(self):
        row = self._rows("base")[0]
        category = self._get_product(row["id"]).categ_id
        self.assertEqual(category.name, row["group"]["name_multilang"]["uk"])
        self.assertEqual(category.parent_id.name, "Одяг")

    def _check_variations(self):
        [base] = self._rows("base")
        rows = self._rows("variation")
        template = self._get_product(base["id"]).product_tmpl_id
        self.assertEqual(template.name, base["name_multilang"]["uk"])
        variants = [self._get_product(row["id"]) for row in rows]
        self.assertEqual({variant.product_tmpl_id for variant in variants}, {template})
        values = [v.product_template_attribute_value_ids.name for v in variants]
        self.assertEqual(values, ["S чорний", "M чорний", "L чорний"])
        self.assertEqual([v.default_code for v in variants], [row["sku"] for row in rows])

    def _check_pictures(self):
        for row in self.sim.state.products.values():
            with self.subTest(row["id"]):
                product = self._get_product(row["id"])
                pictures = product._get_data_feed_pictures()[product.id][0]
                self.assertEqual(len(pictures), len(row["images"]))
        downloads = self.sim.requests("/media/*")
        self.assertTrue(downloads)
        self.assertEqual({request.token for request in downloads}, {None})

    def test_language_that_odoo_has_gets_its_texts(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self._sync("products")
        row = self._rows("plain")[0]
        self._create(row["id"])
        product = self._get_product(row["id"])
        for lang, key in (("uk_UA", "uk"), ("ru_RU", "ru")):
            translated = product.with_context(lang=lang)
            self.assertEqual(translated.name, row["name_multilang"][key])
            self.assertEqual(translated.portal_description, row["description_multilang"][key])

    def test_many_products_come_with_few_calls(self):
        self._sync("products")
        self.sim.world.journal.clear()
        run = self._create()
        self.assertEqual(run.created, 40)
        calls = [r for r in self.sim.requests("/products/*")]
        self.assertLessEqual(len(calls), 6)

    def test_products_that_no_list_shows_are_made_too(self):
        self._sync("products")
        hidden = list(self.sim.state.products)[::7]
        for product_id in hidden:
            self.sim.hide_product(product_id)
        self._create(*hidden)
        self.assertTrue(all(self._get_product(product_id) for product_id in hidden))

    def test_variation_that_the_seller_adds_later_joins_the_product(self):
        self._sync("products")
        [base] = self._rows("base")
        self._create()
        names = {lang: f"{name} XXL" for lang, name in base["name_multilang"].items()}
        row = self.sim.add_product(
            **{**base, "id": base["id"] + 100_000, "external_id": "XXL", "sku": "XXL"},
        )
        self.sim.state.products[row["id"]] = row | {
            "name": names["ru"],
            "name_multilang": names,
            "is_variation": True,
            "variation_base_id": base["id"],
        }
        self._sync("products")
        run = self._create()
        self.assertEqual(run.created, 1)
        template = self._get_product(base["id"]).product_tmpl_id
        self.assertEqual(self._get_product(row["id"]).product_tmpl_id, template)
        self.assertEqual(len(template.product_variant_ids), 5)

    def test_faults_delay_and_lose_nothing(self):
        self._sync("products")
        self.sim.faults.add("server_error", "/products/list", times=6, after=1)
        self.sim.faults.add("cut_json", "/products/*", times=2, after=2)
        self.sim.faults.add("server_error", "/media/*", status=503, times=1)
        run = self._create()
        for _attempt in range(20):
            if not run.is_open:
                break
            run.next_attempt = False
            self.env["merchant.listing.picture"].search([]).write({"next_attempt": False})
            self._run_cron("sync_products")
        self.assertEqual(run.state, "done")
        listings = self.env["merchant.listing"].search([("store_id", "=", self.store.id)])
        self.assertEqual(len(listings.product_id), 40)
        self._check_pictures()

    def test_product_deleted_on_prom_is_told(self):
        self._sync("products")
        product_id = self.sim.products_of("plain")[0]
        self.sim.remove_product(product_id)
        self._create(product_id)
        issue = self._get_issues("listing_not_created")
        self.assertEqual(issue._get_record(), self._get_listing(product_id))

    def test_malformed_texts_and_pictures_hide_no_price(self):
        product_id = self.sim.products_of("plain")[0]
        self.sim.touch_product(product_id, images="none", description_multilang=[1])
        run = self._sync("products")
        self.assertEqual(run.state, "done")
        self._create(product_id)
        self.assertIn("images", self._get_issues("listing_not_created").detail)
