from unittest.mock import patch

from odoo.tests import tagged

from ..api import errors
from ..api.client import PromClient
from .common import PromCase


@tagged("post_install", "-at_install")
class TestListingReading(PromCase):
    """Every product of the shop gets a listing, although no list of Prom can be relied on."""

    def _listed(self):
        listings = self.env["merchant.listing"].search([("store_id", "=", self.store.id)])
        return sorted(map(int, listings.mapped("external_id")))

    def _hide(self, *product_ids):
        for product_id in product_ids:
            self.sim.hide_product(product_id)

    def _buy(self, product_id):
        """Put an order for one product on the shop."""
        order = self.sim.add_order("pending")
        product = self.sim.state.products[product_id]
        line = {**order["products"][0], "id": product_id, "sku": product["sku"]}
        self.sim.touch(order["id"], products=[line, *order["products"][1:]])

    def _publish(self, product_ids):
        """Let the price list of the store have published products under Prom's external ids."""
        self.store.feed_id = self.env["product.data.feed"].create(
            {"name": "Price list", "company_id": self.company.id}
        )
        rows = [self.sim.state.products[product_id] for product_id in product_ids]
        products = self.env["product.product"].create([{"name": row["name"]} for row in rows])
        offers = zip(products, rows, strict=True)
        self.store.feed_id._remember_offer_ids({p.id: row["external_id"] for p, row in offers})

    def _single_reads(self):
        """Return the paths by which single products were read, and forget them."""
        requests = self.sim.requests("/products/*")
        self.sim.world.journal.clear()
        return [request.path for request in requests if request.path != "/products/list"]

    def test_nothing_is_missing_although_lists_are_cut_shifted_and_incomplete(self):
        for inclusive in (True, False):
            for without_group in ("all", "root"):
                with self.subTest(inclusive=inclusive, without_group=without_group):
                    self._reset(self.sim)
                    self.env["merchant.listing"].search([]).unlink()
                    self.env["merchant.listing.inquiry"].search([]).unlink()
                    self._check_complete(inclusive, without_group)

    def test_group_that_prom_does_not_know_any_more_keeps_no_other_from_being_read(self):
        self._sync("products")
        groups = self.store._get_adapter()._prom_groups(self.store)
        refused = errors.RequestRejected({"error": "No such group"}, status=200)
        for error, state in (
            (errors.NotFound("HTTP 404", status=404), "done"),
            (refused, "partial"),
        ):
            with self.subTest(state=state):
                run, asked = self._sync_without_group(min(groups), error)
                self.assertEqual(run.state, state)
                self.assertEqual(asked, {None, *groups})
                self.assertFalse(self._get_issues("request_refused"))

    def _sync_without_group(self, group, error):
        """Read the products of a shop that answers with an error about one of its groups.

        :return: the run, and the groups whose lists were asked for
        """
        asked, products_list = set(), PromClient.products_list

        def read(client, *, group_id=None, **options):
            asked.add(group_id)
            if group_id == group:
                raise error
            return products_list(client, group_id=group_id, **options)

        with patch.object(PromClient, "products_list", read):
            return self._sync("products"), asked

    def _check_complete(self, inclusive, without_group):
        options, state = self.sim.options, self.sim.state
        options.max_limit = 4
        options.last_id_inclusive = inclusive
        options.list_without_group = without_group
        offered = [row["id"] for row in state.products.values() if row["external_id"]]
        self._hide(*offered[2:9:2])
        self._buy(offered[2])
        self._buy(offered[4])
        if without_group == "all":
            self._publish(offered[6:9:2])
        else:
            # Of the missing group nothing is known, unless the price list has it.
            self._publish(offered)
        self.sim.faults.add("truncated_list", "/products/list", times=3, after=1, drop=2)
        self.sim.faults.add("page_shift", "/products/list", times=2, count=1)
        run = self._sync("full")
        self.assertEqual(run.state, "done")
        self.assertGreater(len(state.products), 30)
        if without_group == "all":
            self.assertEqual(self._listed(), list(state.products))
        else:
            # What has just been made in the missing group is for the next reading.
            self._sync("products")
            self.assertEqual(self._listed(), list(state.products))

    def test_list_that_never_shows_its_last_product(self):
        self._publish([min(self.sim.state.products)])
        self.sim.faults.add("truncated_list", "/products/list", times=None, drop=1)
        self._sync("products")
        self.assertEqual(self._listed(), list(self.sim.state.products))

    def test_group_that_is_in_no_list_is_read_once_a_product_names_it(self):
        self.sim.options.list_without_group = "root"
        group = self.sim.state.groups
        [missing] = [
            key
            for key in self.sim.state.unlisted_groups
            if key != self.sim.state.root_group_id and key in group
        ]
        products = [
            row["id"] for row in self.sim.state.products.values() if row["group"]["id"] == missing
        ]
        self._buy(products[0])
        self._sync("full")
        self._sync("products")
        self.assertLessEqual(set(products), set(self._listed()))

    def test_product_that_is_gone_is_absent_and_stays(self):
        self._sync("products")
        listing = self._get_listing(self.sim.products_of("plain")[0])
        product = listing.product_id
        self.sim.remove_product(int(listing.external_id))
        self._sync("products")
        self.assertTrue(listing.absent_since)
        self.assertEqual((listing.product_id, listing.state), (product, "matched"))
        self.assertEqual(self._single_reads(), [f"/products/{listing.external_id}"])
        self._sync("products")
        self.assertFalse(self._single_reads())

    def test_only_a_real_404_means_absent(self):
        self._sync("products")
        product_id = self.sim.products_of("plain")[0]
        self._hide(product_id)
        path = f"/products/{product_id}"
        faults = (
            ("server_error", {"status": 503}),
            ("token_expired", {}),
            ("reset", {}),
            ("html_200", {}),
            ("cut_json", {}),
            ("empty_body", {}),
            ("too_many_requests", {}),
        )
        for name, options in faults:
            with self.subTest(name):
                self.sim.faults.add(name, path, times=None, **options)
                self.env["merchant.listing.inquiry"].search([]).next_ask_at = "2026-01-01"
                run = self._sync("products")
                self.assertNotEqual(run.state, "done")
                self.assertFalse(self._get_listing(product_id).absent_since)
                self.sim.faults.clear()
                run.next_attempt = False
                self._run_cron("sync_products")
                self.assertFalse(self._get_listing(product_id).absent_since)

    def test_portal_that_answers_single_reads_with_a_page_is_left_alone(self):
        self._sync("products")
        self._hide(*list(self.sim.state.products)[:12])
        self.sim.faults.add("html_200", "/products/[0-9]*", times=None)
        run = self._sync("products")
        self.assertEqual(run.state, "partial")
        self.assertLessEqual(len(set(self._single_reads())), 20)

    def test_words_of_prom_are_said_in_the_language_of_the_reader(self):
        self._sync("products")
        listing = self._get_listing(self.sim.products_of("hidden")[0])
        self.assertEqual((listing.status, listing.status_name), ("not_on_display", "Hidden"))
        waiting = self._get_listing(self.sim.products_of("waiting")[0])
        self.assertEqual(waiting.presence_name, "Expected")
        self.env["res.lang"]._activate_lang("uk_UA")
        self.env["ir.module.module"].search(
            [("name", "=", "garazd_merchant_prom")]
        )._update_translations(["uk_UA"])
        ukrainian = listing.with_context(lang="uk_UA")
        self.assertEqual(ukrainian.status_name, "Прихований")
        self.assertEqual(waiting.with_context(lang="uk_UA").presence_name, "Очікується")
        self.assertIn(listing, ukrainian.search([("status_name", "ilike", "прихован")]))
