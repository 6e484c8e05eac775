import importlib
from decimal import Decimal
from urllib.parse import urljoin

from odoo.tests import tagged

from .common import PromCase, money

# What an order becomes when its kind says nothing else.
USUAL = {
    "state": "imported",
    "sale": "draft",
    "status": "received",
    "payment": False,
    "paid_by": "7210313",
    "sent_by": "14869279",
    "recipient": "buyer",
    "lines": 1,
}
UNPAID_DRAFT = {"status": "draft", "state": "skipped", "sale": False}
CANCELLED = {"status": "canceled", "sale": "cancel"}

# What each kind of order of the simulator changes about it. A new kind needs a line here.
KINDS = {
    "plain": {},
    "pending": {"status": "pending"},
    "received": {},
    "paid": {"status": "paid"},
    "delivered": {"status": "delivered"},
    "draft": UNPAID_DRAFT,
    "canceled_by_buyer": CANCELLED,
    "canceled_by_company": CANCELLED,
    "custom_status": {"status": "custom"},
    "evopay_paid": {"payment": "paid", "paid_by": "7210311"},
    "evopay_unpaid": {"payment": "unpaid", "paid_by": "7210311"},
    "evopay_refunded": {"payment": "refunded", "paid_by": "7210311"},
    "evopay_paid_out": {"payment": "paid_out", "paid_by": "7210311"},
    "evopay_expired": {"payment": "expired", "paid_by": "7210311"},
    "rpay_parts": {"payment": "paid", "paid_by": "7210312"},
    "cash_on_delivery": {},
    "cash_on_delivery_ru": {"paid_by": "7210314"},
    "bank_transfer": {"paid_by": "7210315"},
    "no_payment_option": {"paid_by": False},
    "other_recipient": {"recipient": "other"},
    "recipient_empty": {},
    "recipient_null": {},
    "recipient_without_phone": {"recipient": "no_phone"},
    "no_email": {},
    "empty_patronymic": {},
    "null_patronymic": {},
    "client_missing": {},
    "client_id_null": {},
    "phone_no_plus": {},
    "phone_local": {},
    "phone_pretty": {},
    "phone_spaces": {},
    "phone_eighty": {},
    "np_branch": {},
    "np_locker": {},
    "np_point": {},
    "door": {},
    "ukrposhta": {"sent_by": "14869280"},
    "meest": {"sent_by": "14869281"},
    "rozetka": {"sent_by": "14869282"},
    "justin": {"sent_by": "14869285"},
    "delivery_auto": {"sent_by": "14869286"},
    "courier": {"sent_by": "14869284"},
    "pickup": {"sent_by": "14869283", "paid_by": "7210316", "recipient": "none"},
    "no_delivery_option": {"sent_by": False, "recipient": "none"},
    "provider_data_null": {},
    "no_recipient_address": {},
    "with_waybill": {},
    "delivery_cost": {},
    "delivery_not_charged": {},
    "free_delivery": {},
    "ps_promotion": {},
    "several_lines": {"lines": 3},
    "variation": {},
    "removed_product": {"lines": 2},
    "no_external_id": {},
    "same_sku": {},
    "by_weight": {},
    "by_metre": {},
    "quantity_text": {},
    "promo_code": {"discount": True},
    "special_offer": {"discount": True},
    "money_nbsp": {},
    "money_space": {},
    "money_narrow": {},
    "money_dot": {},
    "money_bare": {},
    "prosale_value": {},
    "prosale_amount": {},
    "commission_zero": {},
    "commission_missing": {},
    "commission_number": {},
    "commission_refunded": {},
    "bigl": {},
    "company_site": {},
    "company_cabinet": {},
    "mobile_app": {},
    "mobile_catalog_app": {},
    "date_without_offset": {},
    "dont_call": {},
    "note": {},
    "utm_broken": {},
}


@tagged("post_install", "-at_install")
class TestOrderKinds(PromCase):
    """Every kind of order that the simulator knows becomes the right sales order."""

    def setUp(self):
        super().setUp()
        # Fractions of goods by weight and by the metre.
        self.env.ref("uom.decimal_product_uom").digits = 3

    def _import_kinds(self, kinds):
        """Put an order of each kind on the shop, read them, and return them by kind."""
        raw = {}
        for kind in kinds:
            # A buyer of an earlier order would keep the name and e-mail of that one.
            self.sim.state.order_maker.buyers.clear()
            raw[kind] = self.sim.add_order(kind)
        self._sync("base")
        run = self._sync()
        self.assertEqual(run.state, "done", run.message)
        return raw

    def test_every_kind(self):
        raw = self._import_kinds(KINDS)
        for kind, changes in KINDS.items():
            with self.subTest(kind):
                self._check(raw[kind], USUAL | changes)
        self.assertFalse(self.sim.writes())

    def test_no_kind_is_forgotten(self):
        known = importlib.import_module("tests.prom_simulator.order_kinds").TRAITS
        self.assertEqual(set(KINDS), set(known))

    def test_special_offer_whichever_way_its_price_is_meant(self):
        """Prom does not say whether `price` is before or after the offer."""
        for relation in ("price_after", "price_before"):
            self.sim.options.special_offer_relation = relation
            for kind in ("promo_code", "special_offer+several_lines"):
                with self.subTest(relation, kind=kind):
                    raw = self.sim.add_order(kind)
                    self._sync()
                    sale = self._get_order(raw["id"]).sale_order_id
                    paid = money(raw["price_with_special_offer"])
                    self.assertEqual(f"{sale.amount_total:.2f}", f"{paid:.2f}")

    def test_buyer_who_comes_again_is_one_customer(self):
        first = self._import("pending")
        buyer = {key: first.payload[key] for key in ("client", "client_id", "phone", "email")}
        again = self._import("pending", **buyer)
        self.assertEqual(again.sale_order_id.partner_id, first.sale_order_id.partner_id)

    def test_way_of_the_buyer_stands_in_the_statistics(self):
        utm = {"medium": "cpc", "source": "google", "campaign": "autumn"}
        sale = self._import("pending", utm=utm).sale_order_id
        names = (sale.medium_id.name, sale.source_id.name, sale.campaign_id.name)
        # Odoo may have some of them already, in its own spelling.
        self.assertEqual([name.lower() for name in names], ["cpc", "google", "autumn"])

    def test_weight_is_in_the_unit_of_prom_whatever_odoo_counts_in(self):
        raw = self.sim.add_order("by_weight")
        [row] = raw["products"]
        product = self.products[row["sku"]]
        product.uom_id = self.env.ref("uom.product_uom_gram")
        self._sync()
        sale = self._get_order(raw["id"]).sale_order_id
        self.assertEqual(sale.order_line.product_uom_id, self.env.ref("uom.product_uom_kgm"))
        sale.action_confirm()
        self.assertEqual(sale.picking_ids.move_ids.product_qty, row["quantity"] * 1000)

    def test_note_of_the_buyer_is_kept(self):
        order = self._import("note", client_notes="Дзвонити після 18:00 <b>")
        self.assertEqual(order.sale_order_id.merchant_buyer_note, "Дзвонити після 18:00 <b>")

    # === THE PARTS OF AN ORDER === #

    def _check(self, raw, expected):
        order = self._get_order(raw["id"])
        self._check_order(raw, order, expected)
        sale = order.sale_order_id
        self.assertEqual(sale.state, expected["sale"])
        if not sale:
            return
        self._check_amounts(raw, sale, expected)
        self._check_lines(raw, sale, expected)
        self._check_customer(raw, sale.partner_id)
        self._check_recipient(raw, sale, expected)

    def _check_order(self, raw, order, expected):
        status = raw["status"] if expected["status"] == "custom" else expected["status"]
        self.assertRecordValues(
            order,
            [
                {
                    "state": expected["state"],
                    "number": str(raw["id"]),
                    "payment_state": expected["payment"],
                    "amount_total": float(money(raw["price"])),
                    "url": self._get_cabinet(f"/cms/order/edit/{raw['id']}"),
                    "do_not_call": raw["dont_call_customer_back"],
                    "buyer_note": raw["client_notes"] or False,
                    "cancelled_by_buyer": self._is_cancelled_by_buyer(raw),
                    "error": False,
                    **self._get_fees(raw),
                }
            ],
        )
        self.assertEqual(order.status_id.external_id, status)
        self.assertEqual(order.status_id.kind == "custom", expected["status"] == "custom")
        self.assertEqual(order.payment_method_id.external_id, expected["paid_by"])
        self.assertEqual(order.delivery_method_id.external_id, expected["sent_by"])
        created = raw["date_created"][:19].replace("T", " ")
        self.assertEqual(str(order.date_order)[:19], created)

    def _get_fees(self, raw):
        """Return what Prom charges: for the sale or its lines, ProSale, instalments; and in all."""
        sale = raw.get("cpa_commission") or {}
        lines = (line["cpa_commission"]["amount"] for line in raw["products"])
        fee = sum(map(Decimal, lines)) if sale.get("amount") is None else sale["amount"]
        prosale = raw.get("prosale_commission") or {}
        parts = (raw.get("payment_data") or {}).get("rpay_parts") or {}
        fees = {
            "fee_sale": fee,
            "fee_advertising": prosale.get("amount") or prosale.get("value") or 0,
            "fee_instalment": parts.get("commission_amount") or 0,
        }
        fees = {name: Decimal(str(amount)) for name, amount in fees.items()}
        refunded = fees["fee_sale"] if sale.get("is_refunded") else Decimal(0)
        total = {"fee_refunded": refunded, "commission": sum(fees.values()) - refunded}
        return {name: float(amount) for name, amount in (fees | total).items()}

    def _get_cabinet(self, path):
        return urljoin(self.sim.url, path)

    def _is_cancelled_by_buyer(self, raw):
        return bool(raw["cancellation"]) and raw["cancellation"]["initiator"] == "user"

    def _check_amounts(self, raw, sale, expected):
        self.assertEqual(sale.currency_id, self.uah)
        self.assertEqual(f"{sale.amount_total:.2f}", f"{money(raw['price']):.2f}")
        discount = sum(sale.order_line.filtered(lambda l: l.price_total < 0).mapped("price_total"))
        if expected.get("discount"):
            self.assertEqual(f"{-discount:.2f}", f"{money(raw['special_offer_discount']):.2f}")
            name = raw["special_offer_promocode"] or "Discount of the marketplace"
            self.assertEqual(sale.order_line[-1].name, name)
        else:
            self.assertFalse(discount)

    def _check_lines(self, raw, sale, expected):
        lines = sale.order_line.filtered(lambda line: line.price_total >= 0)
        self.assertEqual(len(lines), expected["lines"])
        unknown = self.env.ref("garazd_merchant_center.product_unknown")
        found = []
        for line, row in zip(lines, raw["products"], strict=True):
            self.assertEqual(line.product_uom_qty, float(row["quantity"]))
            self.assertEqual(f"{line.price_total:.2f}", f"{money(row['total_price']):.2f}")
            self.assertEqual(line.name, row["name_multilang"]["uk"])
            self.assertEqual(line.merchant_fee, float(row["cpa_commission"]["amount"]))
            found.append(self.products.get(row["sku"], unknown))
        self.assertEqual(list(lines.product_id), list(dict.fromkeys(found)))
        issues = self._get_issues("order_unknown_product").mapped("res_id")
        self.assertEqual(sale.merchant_order_id.id in issues, unknown in found)

    def _check_customer(self, raw, customer):
        parts = (raw["client_last_name"], raw["client_first_name"], raw["client_second_name"])
        self.assertEqual(customer.name, " ".join(filter(None, parts)))
        digits = "".join(sign for sign in raw["phone"] if sign.isdigit())
        self.assertEqual(customer.phone, f"+380{digits[-9:]}")
        self.assertEqual(customer.email or None, raw["email"])
        self.assertEqual(customer.company_id, self.company)

    def _check_recipient(self, raw, sale, expected):
        contact = sale.partner_shipping_id
        if expected["recipient"] == "none":
            self.assertEqual(contact, sale.partner_id)
            return
        person = raw["delivery_recipient"] or {
            "last_name": raw["client_last_name"],
            "first_name": raw["client_first_name"],
            "second_name": raw["client_second_name"],
            "phone": raw["phone"],
        }
        names = (person["last_name"], person["first_name"], person["second_name"])
        self.assertEqual(contact.name, " ".join(filter(None, names)))
        self.assertEqual(contact.parent_id, sale.partner_id)
        # City and postcode stand apart, the rest as it came.
        address = raw["delivery_address"]
        self.assertTrue(contact.city and address.startswith(contact.city), address)
        self.assertTrue(address.endswith(contact.street), address)
        rest = address.removeprefix(contact.city).removesuffix(contact.street)
        self.assertEqual(rest.strip(", "), contact.zip or "")
        same_person = contact.phone == sale.partner_id.phone
        self.assertEqual(same_person, expected["recipient"] == "buyer")
        self.assertEqual(bool(contact.phone), expected["recipient"] != "no_phone")
