from odoo.tests import tagged

from .common import PromCase

# Kind of order -> carrier, its code, where the parcel goes, whether a person has to look.
KINDS = {
    "np_branch": ("nova_poshta", "nova_poshta", "branch", False),
    "np_locker": ("nova_poshta", "nova_poshta", "locker", False),
    "np_point": ("nova_poshta", "nova_poshta", "branch", False),
    "door": ("nova_poshta", "nova_poshta", "door", False),
    "ukrposhta": ("ukrposhta", "ukrposhta", "branch", False),
    "justin": ("justin", "justin", "branch", False),
    "delivery_auto": ("delivery", "delivery_auto", "branch", False),
    "meest": ("meest", "meest", "branch", False),
    "rozetka": ("rozetka", "rozetka_delivery", "branch", False),
    "courier": (False, False, "door", False),
    "pickup": (False, False, "pickup", False),
    "no_delivery_option": (False, False, "unknown", True),
}


@tagged("post_install", "-at_install")
class TestDelivery(PromCase):
    """Where Prom's parcels go, who carries them and who pays, in Odoo's words."""

    # The list of methods, with the carrier of each.
    already_read = ("base",)

    def test_each_carrier_with_and_without_its_data(self):
        for shape in ("plain", "provider_data_null", "no_recipient_address"):
            for kind, expected in KINDS.items():
                with self.subTest(kind, shape=shape):
                    order = self._import(f"{kind}+{shape}")
                    found = (
                        order.delivery_provider,
                        order.delivery_provider_code,
                        order.delivery_kind,
                        order.needs_delivery_check,
                    )
                    self.assertEqual(found, expected)

    def test_references_of_the_carrier_are_kept(self):
        order = self._import("np_branch")
        where = order.payload["delivery_provider_data"]["recipient_address"]
        self.assertRecordValues(
            order,
            [
                {
                    "delivery_city": where["city_name"],
                    "delivery_city_ref": where["city_id"],
                    "delivery_city_code": where["city_katottg"],
                    "delivery_branch_ref": where["warehouse_id"],
                    "delivery_street_ref": False,
                }
            ],
        )
        self.assertIn(f"№{order.delivery_branch_number} ", order.delivery_address)

    def test_door_has_street_house_and_flat(self):
        order = self._import("door")
        where = order.payload["delivery_provider_data"]["recipient_address"]
        self.assertRecordValues(
            order,
            [
                {
                    "delivery_street": where["street_name"],
                    "delivery_street_ref": where["street_id"],
                    "delivery_building": where["building_number"],
                    "delivery_apartment": where["apartment_number"],
                    "delivery_branch_ref": False,
                }
            ],
        )

    def test_post_has_its_postcode_for_a_branch(self):
        order = self._import("ukrposhta")
        self.assertEqual(order.delivery_branch_ref, order.delivery_zip)
        self.assertEqual(order.sale_order_id.partner_shipping_id.zip, order.delivery_zip)

    def test_codes_that_nobody_knows_are_kept(self):
        data = {"provider": "pigeon_post", "unified_status": "flying"}
        order = self._import("np_branch", delivery_provider_data=data)
        self.assertRecordValues(
            order,
            [
                {
                    "delivery_provider": "other",
                    "delivery_provider_code": "pigeon_post",
                    "shipping_state": "unknown",
                    "shipping_status": "flying",
                }
            ],
        )

    def test_other_spelling_of_a_carrier_is_the_same_carrier(self):
        order = self._import("np_branch", delivery_provider_data={"provider": "mist_express"})
        self.assertEqual(
            (order.delivery_provider, order.delivery_provider_code), ("meest", "mist_express")
        )

    def test_words_that_say_nothing_ask_a_person_and_hold_nothing_up(self):
        order = self._import(
            "plain", delivery_address="уточнити по телефону", delivery_provider_data=None
        )
        self.assertEqual(order.state, "imported")
        self.assertTrue(order.needs_delivery_check)
        self.assertEqual(order.delivery_address, "уточнити по телефону")
        self.assertFalse(self._get_issues("order_failed"))

    def test_recipient_without_a_phone_does_not_get_the_one_of_the_buyer(self):
        order = self._import("np_branch+recipient_without_phone")
        self.assertFalse(order.recipient_phone)
        self.assertTrue(order.needs_delivery_check)

    def test_phone_of_another_recipient_is_normalised(self):
        order = self._import("np_branch+other_recipient+phone_pretty")
        raw = order.payload["delivery_recipient"]["phone"]
        digits = "".join(sign for sign in raw if sign.isdigit())
        self.assertEqual(order.recipient_phone, f"+380{digits[-9:]}")
        self.assertNotEqual(order.recipient_phone, order.sale_order_id.partner_id.phone)

    def test_who_pays(self):
        cases = {
            "delivery_cost": "buyer",
            "delivery_not_charged": "seller",
            "delivery_cost+free_delivery": "promotion",
            "plain": False,
        }
        for kind, payer in cases.items():
            with self.subTest(kind):
                order = self._import(kind)
                cost = order.payload["delivery_cost"]
                self.assertEqual(order.delivery_payer, payer)
                self.assertEqual(order.delivery_charge, cost if payer == "buyer" else 0)
                self.assertEqual(order.delivery_cost, cost)

    def test_promotion_and_its_loss(self):
        order = self._import("ps_promotion")
        self.assertEqual(order.delivery_promotion, "Дешева доставка")
        self.assertEqual(len(order.delivery_promotion_terms.splitlines()), 2)
        self.sim.touch(int(order.external_id), ps_promotion=None)
        self._sync()
        self.assertTrue(order.is_delivery_promotion_lost)
        self.assertTrue(self._import("free_delivery").delivery_promotion)

    def test_status_of_the_parcel_follows(self):
        order = self._import("np_branch+with_waybill")
        data = order.payload["delivery_provider_data"]
        self.assertEqual(order.waybill_number, data["declaration_number"])
        self.assertEqual(order.shipping_state, "on_the_way")
        states = {"initial": "registered", "delivered": "delivered", "refused": "returned"}
        for status, state in states.items():
            self.sim.touch(
                int(order.external_id),
                delivery_provider_data={**data, "unified_status": status},
            )
            self._sync()
            self.assertEqual((order.shipping_state, order.shipping_status), (state, status))
