from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import DemoCase


@tagged("post_install", "-at_install")
class TestMatching(DemoCase):
    def _prepare(self):
        super()._prepare()
        self.store.match_automatically = False

    def _read_one(self, **product):
        self._product("p1", **product)
        self._sync("products")
        return self._get_listing("p1")

    def _get_mappings(self):
        return self.env["merchant.mapping"].search([("store_id", "=", self.store.id)])

    def test_store_that_asks_maps_nothing_by_itself(self):
        product = self._make_product("B2", barcode="4820000000017")
        listing = self._read_one(sku="4820000000017")
        self.assertRecordValues(
            listing,
            [
                {
                    "state": "proposed",
                    "product_id": False,
                    "proposed_product_id": product.id,
                    "proposal_basis": "barcode",
                }
            ],
        )
        self.assertFalse(self._get_mappings())
        self._sync("products")
        self.assertEqual(listing.state, "proposed")

    def test_accepted_proposal_is_mapped(self):
        product = self._make_product("A1")
        listing = self._read_one(sku="A1")
        listing.with_user(self.admin).action_accept_proposal()
        self.assertRecordValues(
            listing,
            [{"state": "matched", "product_id": product.id, "proposed_product_id": False}],
        )
        self.assertEqual(self._get_mappings().resource_ref, product)
        listing.with_user(self.admin).action_accept_proposal()
        self.assertEqual(len(self._get_mappings()), 1)

    def test_accepting_all_leaves_the_doubtful_ones(self):
        self._make_product("A1")
        self._make_product("B2")
        self._make_product("B2")
        self._product("p2", sku="B2")
        safe = self._read_one(sku="A1")
        self.env["merchant.listing"].with_user(self.admin).action_accept_all()
        self.assertEqual(safe.state, "matched")
        self.assertEqual(self._get_listing("p2").state, "ambiguous")

    def test_accepting_tells_how_many_were_left(self):
        self._make_product("A1")
        self._product("p2", sku="B2")
        safe = self._read_one(sku="A1")
        chosen = (safe + self._get_listing("p2")).with_user(self.admin)
        for accepted, left in ((1, 1), (0, 2)):
            told = chosen.action_accept_proposal()["params"]
            self.assertIn(f"accepted: {accepted}.", told["message"])
            self.assertIn(f"for them: {left}.", told["message"])
            self.assertEqual(told["type"], "success" if accepted else "warning")

    def test_proposal_that_became_doubtful_is_not_accepted(self):
        self._make_product("A1")
        listing = self._read_one(sku="A1")
        self._make_product("A1")
        listing.with_user(self.admin).action_accept_proposal()
        self.assertEqual(listing.state, "ambiguous")
        self.assertFalse(self._get_mappings())

    def test_both_sides_of_a_conflict_are_shown(self):
        twins = self._make_product("A1") + self._make_product("A1")
        self._product("p2", sku="A1")
        listing = self._read_one(sku="A1")
        listing = listing.with_user(self.user)
        self.assertEqual(listing.candidate_ids, twins)
        self.assertEqual(listing.rival_ids, self._get_listing("p2"))

    def test_administrator_chooses_among_the_candidates(self):
        self._make_product("A1")
        chosen = self._make_product("A1")
        listing = self._read_one(sku="A1").with_user(self.admin)
        action = listing.action_choose_product()
        wizards = self.env[action["res_model"]].with_user(self.admin)
        with Form(wizards.with_context(**action["context"])) as form:
            form.product_id = chosen
        form.record.action_set()
        self.assertEqual((listing.state, listing.product_id), ("matched", chosen))
        self.assertFalse(self._get_issues())

    def test_what_is_left_out_stays_out_until_it_is_taken_back(self):
        self._make_product("A1")
        self._make_product("A1")
        listing = self._read_one(sku="A1")
        listing.with_user(self.admin).action_leave_out()
        self._sync("products")
        self.assertEqual(listing.state, "unmatched")
        self.assertFalse(self._get_issues())
        listing.with_user(self.admin).action_take_back()
        self.assertEqual(listing.state, "ambiguous")

    def test_user_sees_and_decides_nothing(self):
        self._make_product("A1")
        listing = self._read_one(sku="A1").with_user(self.user)
        self.assertTrue(listing.proposed_product_id)
        for action in ("action_accept_proposal", "action_leave_out", "action_take_back"):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(listing, action)()
        self.assertFalse(self._get_mappings())

    def test_what_was_read_first_is_kept(self):
        listing = self._read_one(price="10.00", quantity="3")
        self.market.products[0].update(price="12.00", quantity="1")
        self._sync("products")
        listing.write({"snapshot_price": 99})
        self.assertRecordValues(
            listing, [{"observed_price": 12, "snapshot_price": 10, "snapshot_quantity": 3}]
        )
        self.admin.group_ids |= self.env.ref("base.group_allow_export")
        exported = listing.with_user(self.admin).export_data(["external_id", "snapshot_price"])
        self.assertEqual(next(iter(exported.values())), [["p1", 10]])
