from odoo.tests import tagged

from .common import DemoCase

WHERE = {"provider": "nova_poshta", "kind": "branch", "city": "Kyiv", "branch_number": "5"}


@tagged("post_install", "-at_install")
class TestDelivery(DemoCase):
    """What a marketplace tells of the delivery, as Odoo keeps and shows it."""

    def _prepare(self):
        super()._prepare()
        self._make_product("A1")

    def _import_parcel(self, order_id="1", parcel=None, **changes):
        return self._import_order(order_id, parcel=parcel or WHERE, **changes)

    def _change(self, order, **changes):
        record = next(r for r in self.market.orders if r["id"] == order.external_id)
        record.update(changes, changed="2026-03-01T12:00:00+02:00")
        self._sync()

    # === FACTS === #

    def test_facts_are_kept_apart(self):
        facts = {
            "kind": "door",
            "provider": "meest",
            "provider_code": "mist_express",
            "city": "Lviv",
            "city_ref": "city-1",
            "city_code": "UA46",
            "region": "Lvivska",
            "street": "Rynok",
            "street_ref": "street-1",
            "building": "1",
            "apartment": "2",
            "postcode": "79000",
            "waybill": "M1",
            "state": "on_the_way",
            "status": "en route",
        }
        order = self._import_parcel(parcel=facts, address="Lviv, Rynok 1/2")
        expected = {
            "delivery_kind": "door",
            "delivery_provider": "meest",
            "delivery_provider_code": "mist_express",
            "delivery_city": "Lviv",
            "delivery_city_ref": "city-1",
            "delivery_city_code": "UA46",
            "delivery_region": "Lvivska",
            "delivery_street": "Rynok",
            "delivery_street_ref": "street-1",
            "delivery_building": "1",
            "delivery_apartment": "2",
            "delivery_zip": "79000",
            "waybill_number": "M1",
            "shipping_state": "on_the_way",
            "shipping_status": "en route",
            "delivery_summary": "Meest: Lviv, Rynok 1/2",
        }
        self.assertRecordValues(order, [expected])

    def test_summary_tells_a_branch_from_a_door(self):
        order = self._import_parcel(address="Kyiv, branch 5: Myru 1")
        self.assertEqual(order.delivery_summary, "Nova Poshta, Branch: Kyiv, branch 5: Myru 1")
        order = self._import_parcel("2", {"kind": "pickup"}, address="Kyiv, Myru 1")
        self.assertEqual(order.delivery_summary, "Pickup: Kyiv, Myru 1")
        order = self._import_parcel("3", {"kind": "unknown"}, address="ask me")
        self.assertEqual(order.delivery_summary, "ask me")

    def test_marketplace_that_tells_nothing_asks_nobody(self):
        order = self._import_order()
        self.assertFalse(order.delivery_kind)
        self.assertFalse(order.needs_delivery_check)

    # === DOUBTS === #

    def test_what_is_missing_is_told(self):
        person = {"name": "Olena Koval", "phone": "+380501112233"}
        cases = {
            "": WHERE,
            "branch": WHERE | {"branch_number": None},
            "city": WHERE | {"city": None},
            "carrier": WHERE | {"provider": None},
            "contradicts": WHERE | {"is_contradictory": True},
            "not clear whether": {"kind": "unknown"},
            "street and house": {"kind": "door", "city": "Kyiv", "street": "Myru"},
        }
        for number, (words, parcel) in enumerate(cases.items(), 1):
            with self.subTest(words=words):
                order = self._import_parcel(str(number), parcel, recipient=person)
                self.assertEqual(order.needs_delivery_check, bool(words))
                self.assertIn(words, order.delivery_doubts or "")
                self.assertEqual(order.state, "imported")
                self.assertFalse([c for c in self._get_issues().mapped("code") if "order" in c])

    def test_reference_or_house_of_a_branch_will_do(self):
        for number, parcel in enumerate(
            [
                {"branch_number": None, "branch_ref": "ref-1"},
                {"branch_number": None, "street": "Myru", "building": "5"},
                {"city": None, "branch_number": None, "branch_ref": "79000"},
            ]
        ):
            with self.subTest(parcel=parcel):
                self.assertFalse(
                    self._import_parcel(str(number), WHERE | parcel).needs_delivery_check
                )

    def test_own_courier_needs_no_carrier(self):
        parcel = {"kind": "door", "city": "Kyiv", "street": "Myru", "building": "5"}
        self.assertFalse(self._import_parcel(parcel=parcel).needs_delivery_check)

    def test_recipient_needs_a_name_and_a_phone(self):
        order = self._import_parcel(recipient={"name": "Ivan"})
        self.assertIn("no phone", order.delivery_doubts)
        order = self._import_parcel("2", recipient={"phone": "+380501112233"})
        self.assertIn("no name", order.delivery_doubts)

    def test_what_is_fetched_or_closed_needs_nothing(self):
        self.assertFalse(self._import_parcel("1", {"kind": "pickup"}).needs_delivery_check)
        for number, status in enumerate(("cancelled", "delivered"), 2):
            order = self._import_parcel(str(number), {"kind": "unknown"}, status=status)
            self.assertFalse(order.needs_delivery_check)

    def test_person_settles_it_until_the_address_changes(self):
        order = self._import_parcel(parcel={"kind": "unknown"}, address="Somewhere")
        order.with_user(self.user).action_delivery_checked()
        self.assertFalse(order.needs_delivery_check)
        self._change(order, note="Call me")
        self.assertFalse(order.needs_delivery_check)
        self._change(order, address="Elsewhere")
        self.assertTrue(order.needs_delivery_check)

    def test_salesman_settles_it_on_the_sales_order(self):
        order = self._import_parcel(parcel={"kind": "unknown"})
        salesman = self._make_user("salesman", "sales_team.group_sale_salesman_all_leads",
                                   self.company)  # fmt: skip
        sale = order.sale_order_id.with_user(salesman)
        domain = [("merchant_needs_delivery_check", "=", True)]
        self.assertEqual(sale.search(domain), sale)
        sale.action_merchant_delivery_checked()
        self.assertFalse(order.needs_delivery_check)
        self.assertFalse(sale.search(domain))

    def test_doubts_are_told_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("uk_UA")
        order = self._import_parcel(parcel=WHERE | {"provider": None})
        english = order.delivery_doubts
        self.assertNotEqual(order.with_context(lang="uk_UA").delivery_doubts, english)

    # === PROMOTION === #

    def test_promotion_that_is_taken_away_is_lost(self):
        promotion = {"promotion": "Cheap", "promotion_terms": "Be quick"}
        order = self._import_parcel(parcel=WHERE | promotion)
        self.assertEqual(
            (order.delivery_promotion, order.delivery_promotion_terms), ("Cheap", "Be quick")
        )
        self.assertFalse(order.is_delivery_promotion_lost)
        self._change(order, parcel=WHERE)
        self.assertEqual(order.delivery_promotion, "Cheap")
        self.assertTrue(order.is_delivery_promotion_lost)
        self._change(order, parcel=WHERE | promotion)
        self.assertFalse(order.is_delivery_promotion_lost)

    def test_promotion_of_a_completed_order_is_not_lost(self):
        order = self._import_parcel(parcel=WHERE | {"promotion": "Cheap"})
        self._change(order, parcel=WHERE, status="delivered")
        self.assertFalse(order.is_delivery_promotion_lost)

    def test_order_without_a_promotion_loses_none(self):
        order = self._import_parcel()
        self._change(order, note="Call me")
        self.assertFalse(order.is_delivery_promotion_lost)

    # === CONTACT === #

    def test_contact_has_the_city_and_the_rest_apart(self):
        parcel = WHERE | {"place": "branch 5: Myru 1", "postcode": "01001"}
        contact = self._import_parcel(
            parcel=parcel, address="Kyiv, branch 5: Myru 1"
        ).sale_order_id.partner_shipping_id
        self.assertRecordValues(
            contact,
            [
                {
                    "type": "delivery",
                    "street": "branch 5: Myru 1",
                    "city": "Kyiv",
                    "zip": "01001",
                    "country_id": self.company.country_id.id,
                }
            ],
        )

    def test_contact_has_the_whole_address_that_is_not_understood(self):
        contact = self._import_parcel(
            parcel={"kind": "unknown", "city": "Kyiv"}, address="ask me, Kyiv"
        ).sale_order_id.partner_shipping_id
        self.assertEqual((contact.street, contact.city), ("ask me, Kyiv", False))

    def test_what_is_fetched_needs_no_contact_with_the_address_of_the_shop(self):
        sale = self._import_parcel(parcel={"kind": "pickup"}, address="Myru 1").sale_order_id
        self.assertEqual(sale.partner_shipping_id, sale.partner_id)

    def test_carrier_of_a_method_is_read_from_the_list_and_kept(self):
        self.market.deliveries = [{"id": "post", "title": "Post", "carrier": "nova_poshta"}]
        self._sync("base")
        method = self.store.delivery_method_ids
        self.assertEqual(method.carrier_code, "nova_poshta")
        self._import_parcel()
        self.assertEqual(self.store.delivery_method_ids, method)
        self.assertEqual(method.carrier_code, "nova_poshta")
