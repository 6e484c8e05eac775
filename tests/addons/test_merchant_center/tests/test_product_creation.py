from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..api.market import Overloaded
from .creation_common import CreationCase


@tagged("post_install", "-at_install")
class TestProductCreation(CreationCase):
    """Products that a store shows and Odoo does not have are made when somebody asks."""

    def test_product_gets_what_the_store_shows(self):
        self.market.groups = [
            {"id": "g1", "title": "Дім"},
            {"id": "g2", "title": "Чашки", "parent": "g1"},
        ]
        self._product(
            "p1",
            title="Чашка",
            titles={"uk_UA": "Чашка", "en_US": "Cup"},
            texts={"uk_UA": "<p>Гарна <b>чашка</b></p>", "en_US": "<p>A nice cup</p>"},
            sku="CUP-1",
            price="90.00",
            old_price="120.50",
            unit="kg",
            group="g2",
            quantity="7",
        )
        self._sync("base")
        run = self._create()
        self.assertRecordValues(run, [{"state": "done", "created": 1, "failed": 0}])
        product = self._get_product("p1")
        self.assertRecordValues(
            product,
            [
                {
                    "default_code": "CUP-1",
                    "list_price": 120.5,
                    "uom_id": self.env.ref("uom.product_uom_kgm").id,
                    "type": "consu",
                    "is_storable": True,
                    "company_id": self.company.id,
                    "qty_available": 0,
                }
            ],
        )
        self.assertEqual(product.categ_id.complete_name, "Дім / Чашки")
        for lang, name, text in (
            ("uk_UA", "Чашка", "<p>Гарна <b>чашка</b></p>"),
            ("en_US", "Cup", "<p>A nice cup</p>"),
        ):
            translated = product.with_context(lang=lang)
            self.assertEqual((translated.name, translated.portal_description), (name, text))
        listing = self._get_listing("p1")
        self.assertRecordValues(
            listing, [{"state": "matched", "is_created": True, "requested_creation": False}]
        )
        self.assertEqual(listing.mapping_id.resource_ref, product)

    def test_text_in_a_language_that_is_not_installed_is_passed_over(self):
        self._product("p1", title="Чашка", titles={"ru_RU": "Кружка", "uk_UA": "Чашка"})
        self._create()
        self.assertEqual(self._get_product("p1").with_context(lang="uk_UA").name, "Чашка")
        self.assertEqual(self._get_product("p1").with_context(lang="en_US").name, "Чашка")

    def test_asked_twice_gives_one_product(self):
        self._product("p1", sku="A1")
        self._create()
        product = self._get_product("p1")
        self._request()
        self._run_creation()
        self.assertEqual(self._get_product("p1"), product)
        self.assertEqual(self.env["product.product"].search_count([("default_code", "=", "A1")]), 1)

    def test_product_that_is_there_meanwhile_is_not_made_again(self):
        self._product("p1", sku="A1")
        self._sync("products")
        self._request()
        product = self._make_product("A1")
        self.assertRecordValues(self._run_creation(), [{"created": 0, "unchanged": 1}])
        self.assertEqual(self._get_product("p1"), product)

    def test_doubtful_listings_are_left_to_people(self):
        self.store.match_automatically = False
        self._make_product("A1")
        self._product("p1", sku="A1")
        self._product("p2")
        self._create()
        self.assertFalse(self._get_product("p1"))
        self.assertTrue(self._get_product("p2"))
        self._product("p3", sku="B2")
        self._sync("products")
        self._request("p3")
        self._make_product("B2")
        self._run_creation()
        self.assertFalse(self._get_product("p3"))
        self.assertIn("Можливо, такий товар уже є", self._get_issues("listing_not_created").detail)

    def test_sku_becomes_the_reference_of_one_product_only(self):
        taken = self._make_product("B2")
        taken.active = False
        self._product("p1", sku="A1")
        self._product("p2", sku="A1")
        self._product("p3", sku="B2")
        self._product("p4", sku="C3")
        self._create()
        codes = [self._get_product(f"p{number}").default_code for number in range(1, 5)]
        self.assertEqual(codes, [False, False, False, "C3"])

    def test_price_is_converted_into_the_currency_of_the_company(self):
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.usd.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 0.025,
            }
        )
        self._product("p1", price="10.00", currency="USD")
        self._create()
        self.assertEqual(self._get_product("p1").list_price, 400)

    def test_price_that_cannot_be_converted_is_refused_until_there_is_a_rate(self):
        self.usd.rate_ids.unlink()
        self.uah.rate_ids.unlink()
        self._product("p1", price="10.00", currency="USD")
        self._product("p2", price="10.00", currency="XXX")
        self._product("p3")
        run = self._create()
        self.assertRecordValues(run, [{"state": "partial", "created": 1, "failed": 2}])
        issues = self._get_issues("listing_not_created")
        issue = issues.filtered(lambda i: i._get_record() == self._get_listing("p1"))
        self.assertIn("немає курсу USD до UAH", issue.detail)
        self.assertIn("XXX", (issues - issue).detail)
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.usd.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 0.025,
            }
        )
        issue.with_user(self.user).action_retry()
        self._run_creation()
        self.assertEqual(self._get_product("p1").list_price, 400)
        self.assertEqual(issue.state, "resolved")

    def test_tax_is_part_of_the_price_that_buyers_pay(self):
        self.company.account_sale_tax_id = self._make_tax(20, included=False)
        self._product("p1", price="120.00")
        self._create()
        product = self._get_product("p1")
        taxes = product.taxes_id.compute_all(product.list_price, product=product)
        self.assertEqual((taxes["total_excluded"], taxes["total_included"]), (100, 120))

    def test_unit_that_nobody_knows_is_made_once(self):
        self._product("p1", unit="рулон")
        self._product("p2", unit="рулон")
        self._product("p3")
        self._create()
        unit = self._get_product("p1").uom_id
        self.assertEqual(unit.name, "рулон")
        self.assertEqual(self._get_product("p2").uom_id, unit)
        self.assertEqual(self._get_product("p3").uom_id, self.env.ref("uom.product_uom_unit"))

    def test_service_is_a_service(self):
        self._product("p1", service=True)
        self._create()
        self.assertRecordValues(
            self._get_product("p1"), [{"type": "service", "is_storable": False}]
        )

    def test_renamed_category_stays_that_of_its_group(self):
        self.market.groups = [{"id": "g1", "title": "Дім"}]
        self._product("p1", group="g1")
        self._product("p2", group="g1")
        self._sync("base")
        self._create("p1")
        category = self._get_product("p1").categ_id
        category.name = "Господарство"
        self._create("p2")
        self.assertEqual(self._get_product("p2").categ_id, category)

    def test_category_of_the_same_name_at_the_same_place_is_taken(self):
        category = self.env["product.category"].create({"name": "Дім"})
        self.market.groups = [{"id": "g1", "title": "Дім"}]
        self._product("p1", group="g1")
        self._sync("base")
        self._create()
        self.assertEqual(self._get_product("p1").categ_id, category)

    def test_category_there_is_kept_unless_the_group_gives_it(self):
        self.market.groups = [{"id": "g1", "title": "Дім"}]
        self._product("p1", group="g1", category="77")
        self._product("p2", group="g1", category="88")
        self._sync("base")
        group = self.env["merchant.category"].search([("external_id", "=", "g1")])
        group.portal_category_id = group.create(
            {"marketplace": "demo", "external_id": "77", "name": "Чашки"}
        )
        self._create()
        refs = [self._get_product(ref).portal_category_ref for ref in ("p1", "p2")]
        self.assertEqual(refs, [False, "88"])

    def test_one_bad_product_stops_no_other(self):
        self._product("p1", price="a lot")
        self._product("p2")
        self.market.products[0]["price"] = "1.00"
        self._sync("products")
        self.market.products[0]["price"] = "a lot"
        self._request()
        run = self._run_creation()
        self.assertRecordValues(run, [{"state": "partial", "created": 1, "failed": 1}])
        self.assertTrue(self._get_product("p2"))
        issue = self._get_issues("listing_not_created")
        self.assertEqual(issue._get_record(), self._get_listing("p1"))
        self.assertFalse(self._get_listing("p1").requested_creation)

    def test_error_nobody_expected_stops_no_other(self):
        builder = type(self.env["merchant.product.builder"])
        original = builder._get_unit

        def broken(self, data):
            if data.listing.external_id == "p1":
                raise ZeroDivisionError("boom")
            return original(self, data)

        self.patch(builder, "_get_unit", broken)
        self._product("p1")
        self._product("p2")
        with self.assertLogs("odoo.addons.garazd_merchant_center", "ERROR"):
            run = self._create()
        self.assertRecordValues(run, [{"created": 1, "failed": 1}])
        self.assertIn("boom", self._get_issues("listing_not_created").detail)

    def test_product_that_is_gone_is_told(self):
        self._product("p1")
        self._sync("products")
        self.market.products.clear()
        self._request()
        self._run_creation()
        self.assertIn("більше немає такого товару", self._get_issues("listing_not_created").detail)

    def test_interrupted_run_goes_on_where_it_stood(self):
        for number in range(30):
            self._product(f"p{number}")
        self._sync("products")
        self._request()
        self.market.fail("product", Overloaded(), after=25, times=2)
        run = self._run_creation()
        self.assertTrue(run.is_open)
        self.assertLess(0, run.created)
        self.assertTrue(0 < run.progress < 50, run.progress)
        run.next_attempt = False
        run = self._run_creation()
        self.assertRecordValues(run, [{"state": "done", "created": 30, "progress": 100}])
        products = self.env["merchant.listing"].search([]).product_id
        self.assertEqual(len(products), 30)

    def test_products_asked_for_meanwhile_are_made_by_the_same_run(self):
        self._product("p1")
        self._product("p2")
        self._sync("products")
        self._request("p2")
        self._request("p1")
        run = self._run_creation()
        self.assertEqual(run.created, 2)

    def test_run_leads_to_the_products_that_it_made(self):
        self._product("p0", sku="S0")
        self._create("p0")
        self._product("p1", sku="S1")
        for number in (1, 2):
            self._variation(number, f"Shirt {number}")
        self._product("base", title="Shirt", family="f")
        run = self._create("p1", "v1", "v2", "base").with_user(self.user)
        products = self._get_product("p1") + self._get_product("v1")
        self.assertEqual(run.product_count, 2)
        action = run.action_open_products()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, products.product_tmpl_id)

    def test_creation_can_be_stopped(self):
        self._product("p1")
        self._sync("products")
        self._request()
        run = self.env["merchant.sync.run"].search([("kind", "=", "creation")])
        run.with_user(self.user).action_stop()
        self._product("p2")
        self._create("p2")
        self.assertFalse(self._get_product("p1"))
        self.assertTrue(self._get_product("p2"))

    def test_marketplace_without_details_gives_what_its_lists_have_told(self):
        adapter = type(self.env["merchant.adapter.demo"])
        base = type(self.env["merchant.adapter"])
        self.patch(adapter, "_read_listing_details", base._read_listing_details)
        self._product("p1", title="Чашка", sku="A1", price="90.00", old_price="120.00")
        self._create()
        self.assertRecordValues(
            self._get_product("p1"),
            [{"name": "Чашка", "default_code": "A1", "list_price": 120}],
        )

    def test_nothing_is_written_to_the_marketplace(self):
        feed = self.env["product.data.feed"].create(
            {"name": "Price list", "company_id": self.company.id}
        )
        self.store.write(
            {
                "feed_id": feed.id,
                "mode": "production",
                "push_prices": True,
                "push_stock": True,
                "push_presence": True,
            }
        )
        self._product("p1", quantity="5", presence="in_stock")
        before = dict(self.market.products[0])
        self._create()
        self.env.flush_all()
        self.env.cr.precommit.run()
        self._run_cron("listings")
        self.assertEqual(self.market.products, [before])
        listing = self._get_listing("p1")
        self.assertTrue(listing.is_held)
        self.assertTrue(self._get_issues("push_held"))
        # Once it is counted, its stock is like any other.
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)])
        self.env["stock.quant"].with_context(inventory_mode=True).create(
            {
                "product_id": listing.product_id.id,
                "location_id": warehouse.lot_stock_id.id,
                "inventory_quantity": 3,
            }
        ).action_apply_inventory()
        self.env.flush_all()
        self.env.cr.precommit.run()
        self._run_cron("listings")
        self.assertEqual(self.market.products[0]["quantity"], "3.0")

    def test_quantity_is_put_on_stock_when_asked_for(self):
        self._product("p1", quantity="5")
        self._product("p2", quantity="0")
        self._create(kind="stock")
        self.assertEqual(self._get_product("p1").qty_available, 5)
        self.assertEqual(self._get_product("p2").qty_available, 0)


@tagged("post_install", "-at_install")
class TestProductCreate(CreationCase):
    """The wizard says what will happen."""

    def _open(self, user=None, **context):
        wizards = self.env["merchant.product.create"].with_user(user or self.admin)
        return Form(wizards.with_context(**context))

    def test_selected_listings_are_counted_and_made(self):
        self._make_product("A1")
        self._make_product("A1")
        self._product("p1", sku="A1")
        self._product("base", title="Чашка", family="f")
        self._variation(1, "Чашка біла")
        self._product("p2")
        self._sync("products")
        listings = self.env["merchant.listing"].search([("external_id", "!=", "p2")])
        action = listings.with_user(self.admin).action_create_products()
        with self._open(**action["context"]) as form:
            self.assertEqual((form.product_count, form.listing_count), (1, 2))
            self.assertEqual(form.doubtful_count, 1)
        action = form.record.action_create_products()
        run = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(run.kind, "creation")
        self._run_creation()
        self.assertTrue(self._get_product("base"))
        self.assertFalse(self._get_product("p2"))

    def test_all_of_a_store_without_those_that_are_gone(self):
        self._product("p1")
        self._product("p2", status="gone")
        self._product("p3")
        self._product("p4")
        self._sync("products")
        self._get_listing("p3").with_user(self.admin).action_leave_out()
        self._get_listing("p4").absent_since = "2026-01-01"
        action = self.env["merchant.listing"].with_user(self.admin).action_create_all_products()
        with self._open(**action["context"]) as form:
            self.assertEqual(form.store_id, self.store)
            self.assertEqual((form.listing_count, form.gone_count), (1, 2))
        form.record.action_create_products()
        self._run_creation()
        made = self.env["merchant.listing"].search([("product_id", "!=", False)])
        self.assertEqual(made.mapped("external_id"), ["p1"])

    def test_stock_that_is_sent_is_warned_about(self):
        self._product("p1")
        self._sync("products")
        self.assertFalse(self._open(default_scope="all").sends_stock)
        self.store.write({"mode": "production", "push_stock": True})
        self.assertTrue(self._open(default_scope="all").sends_stock)

    def test_nothing_to_create_is_said(self):
        self._sync("products")
        with self._open(default_scope="all") as form:
            self.assertFalse(form.listing_count)
        with self.assertRaises(UserError):
            form.record.action_create_products()

    def test_users_create_nothing(self):
        self._product("p1")
        self._sync("products")
        listing = self._get_listing("p1").with_user(self.user)
        for action in (listing.action_create_products, listing.action_create_all_products):
            with self.assertRaises(AccessError):
                action()
        with self.assertRaises(AccessError):
            self._open(user=self.user, default_scope="all")
        self.assertFalse(self._get_listing("p1").requested_creation)
