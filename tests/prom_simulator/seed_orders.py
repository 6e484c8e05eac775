"""Generate orders (api.md 6). Totals are consistent: lines add up to `price`, see `_amounts`."""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import NamedTuple

from . import data_goods as goods
from .order_kinds import RECIPES, plan_of, random_traits
from .order_parts import DeliveryMaker, PersonMaker, payment_fields, phone_text
from .text import CANCELLATION_REASONS, STATUS_LABELS, date_text, money_number, money_text

#: The shop's own statuses: number in `custom-<number>` -> (uk, ru, en); api.md 6.
CUSTOM_STATUSES = {
    137204: ("Відправлено", "Отправлен", "Shipped"),
    137205: ("Комплектується", "Комплектуется", "Packing"),
}
SPAN_DAYS = 20
_QUANTITIES = {"by_weight": (0.5, 1.5, 0.25), "by_metre": (1.25, 2.5, 3.75)}


class MadeOrder(NamedTuple):
    """An order with what the shop's books need to know about it."""

    order: dict
    traits: tuple[str, ...]
    buyer: dict
    amount: Decimal


class OrderMaker:
    """Builds orders of any kind.

    :param seed: same seed, same orders.
    :param Clock clock: dates are relative to it.
    :param ProductMaker products: where lines come from.
    :param Options options: switches.
    """

    def __init__(self, seed, clock, products, options):
        self.rng = Random(f"{seed}:orders")
        self.clock = clock
        self.options = options
        #: Trait of a product -> products that can be bought.
        self.on_sale = {}
        for trait, rows in products.by_trait.items():
            for row in rows:
                self.offer(trait, row)
        self.people = PersonMaker(self.rng)
        self.buyers = []
        self.delivery = DeliveryMaker(self.rng)
        self._next_id = 310_000_000 + self.rng.randrange(1, 90_000)

    def offer(self, trait, product):
        """Let a product be bought in later orders; one without a price cannot be.

        :param str trait: what it was made as.
        :param dict product: the product.
        """
        if product["price"] is not None:
            self.on_sale.setdefault(trait, []).append(product)

    def withdraw(self, product):
        """Keep a removed product out of later orders."""
        for rows in self.on_sale.values():
            rows[:] = [row for row in rows if row is not product]

    def make_all(self, count, now):
        """Generate `count` orders of the last 20 days; the recipes are the newest ones.

        :param int count: how many.
        :param datetime now: end of the period.
        :return: MadeOrder items, oldest first.
        """
        plain = max(0, count - len(RECIPES))
        step = timedelta(days=SPAN_DAYS) / max(count, 1)
        for number in range(count):
            if number < plain:
                traits = random_traits(self.rng)
            else:
                traits = RECIPES[len(RECIPES) - count + number]
            shift = step * self.rng.uniform(0.05, 0.95)
            created = now - step * (count - number) + shift
            if "commission_zero" in traits and number >= plain:
                created = max(created, now - timedelta(minutes=4))
            yield self.make(traits, created=created, now=now)

    def make(self, traits, created=None, now=None):
        """Build one order.

        :param traits: names of traits.
        :param datetime created: moment of creation; now when left out.
        :param datetime now: upper bound of `date_modified`.
        :rtype: MadeOrder
        """
        plan, rng = plan_of(traits), self.rng
        created = created or self.clock.stamp()
        changed = created
        if now and plan.status != "pending":
            changed = min(now, created + timedelta(seconds=rng.randrange(60, 172_800)))
        self._next_id += rng.randrange(3, 4000)
        buyer = self._buyer()
        lines = [self._line(kind, plan) for kind in plan.lines]
        order = {
            "id": self._next_id,
            "date_created": date_text(created, plan.date_offset),
            "date_modified": date_text(changed, plan.date_offset),
            **self._people(plan, buyer),
            "products": [line for line, _total in lines],
            **self.delivery.make(plan),
        }
        pay = self._amounts(order, plan, sum((total for _line, total in lines), Decimal()))
        order.update(payment_fields(plan, created, pay, rng))
        order.update(self._status(plan))
        order.update(self._commissions(plan, pay))
        order["source"] = plan.source
        order["has_order_promo_free_delivery"] = plan.free_delivery
        order["ps_promotion"] = self._promotion(plan)
        order["utm"] = self._utm(plan)
        order["dont_call_customer_back"] = plan.dont_call
        return MadeOrder(order, tuple(traits), buyer, pay)

    def _buyer(self):
        """Return a buyer; about every fourth order comes from a known one."""
        if self.buyers and self.rng.random() < 0.25:
            return self.rng.choice(self.buyers)
        buyer = self.people.person()
        self.buyers.append(buyer)
        return buyer

    def _people(self, plan, buyer):
        patronymic = {"given": buyer["second_name"], "empty": "", "null": None}[plan.patronymic]
        phone = phone_text(buyer, plan.phone)
        names = {"first_name": buyer["first_name"], "last_name": buyer["last_name"]}
        fields = {
            "client_first_name": names["first_name"],
            "client_second_name": patronymic,
            "client_last_name": names["last_name"],
            "client_id": buyer["id"] if plan.client_id else None,
            "client": {**names, "second_name": patronymic, "id": buyer["id"], "phone": phone},
            "client_notes": self.rng.choice(goods.NOTES) if plan.note else "",
            "delivery_recipient": self._recipient(plan, buyer, patronymic, phone),
            "phone": phone,
            "email": buyer["email"] if plan.email else None,
        }
        if not plan.client_object:
            del fields["client"]
        return fields

    def _recipient(self, plan, buyer, patronymic, phone):
        if plan.recipient in ("empty", "null"):
            return {} if plan.recipient == "empty" else None
        if plan.recipient == "other":
            buyer = self.people.person()
            patronymic, phone = buyer["second_name"], phone_text(buyer, plan.phone)
        return {
            "first_name": buyer["first_name"],
            "second_name": patronymic,
            "last_name": buyer["last_name"],
            "phone": None if plan.recipient == "no_phone" else phone,
        }

    def _line(self, kind, plan):
        """Return a line and its total as a Decimal."""
        choices = self.on_sale.get(kind) or self.on_sale.get("plain")
        product = self.rng.choice(choices) if choices else None
        quantity = self.rng.choice(_QUANTITIES.get(kind) or (1, 1, 1, 2, 3))
        if product is None:
            product, kind = _unknown_product(), "removed"
        price = Decimal(str(product["price"] or 100))
        total = (price * Decimal(str(quantity))).quantize(Decimal("0.01"), ROUND_HALF_UP)
        gone = kind == "removed"
        line = {
            "id": None if gone else product["id"],
            "external_id": product["external_id"],
            "sku": None if gone else product["sku"],
            "name": product["name"],
            "name_multilang": product["name_multilang"] and dict(product["name_multilang"]),
            "image": product["main_image"],
            "url": None if gone else f"https://prom.ua/ua/p{product['id']}-tovar.html",
            "quantity": str(quantity) if kind == "quantity_text" else quantity,
            "measure_unit": product["measure_unit"],
            "price": money_text(price, plan.money),
            "total_price": money_text(total, plan.money),
            "cpa_commission": {"amount": _fee(total, plan)},
        }
        return line, total

    def _amounts(self, order, plan, total):
        """Fill the money fields and return what the buyer pays for the goods.

        Without an offer `price` is the sum of the lines. With one the option
        `special_offer_relation` decides whether `price` is after ("price_after") or before
        ("price_before") the discount; `price_with_special_offer` is always after it, and
        `full_price` = amount after the discount + known delivery cost, unless the buyer does not
        pay that in the order.
        """
        pay, offer = total, {}
        if plan.offer:
            discount = (total / 10).quantize(Decimal("0.01"), ROUND_HALF_UP)
            pay = total - discount
            offer = {
                "price_with_special_offer": money_text(pay, plan.money),
                "special_offer_discount": money_text(discount, plan.money),
            }
            if plan.offer == "promo_code":
                offer["special_offer_promocode"] = self.rng.choice(goods.PROMO_CODES)
        cost = Decimal(self.rng.choice((70, 80, 105, Decimal("92.5")))) if plan.cost_known else 0
        after = self.options.special_offer_relation == "price_after"
        order["price"] = money_text(pay if after else total, plan.money)
        charged = cost if plan.cost_charged else 0
        order["full_price"] = money_text(pay + charged, plan.money)
        order["price_with_special_offer"] = None
        order["special_offer_discount"] = None
        order["special_offer_promocode"] = None
        order.update(offer)
        order["delivery_cost"] = money_number(cost) if plan.cost_known else 0
        return pay

    def _status(self, plan):
        status, label = plan.status, STATUS_LABELS.get(plan.status)
        if status == "custom":
            number = self.rng.choice(list(CUSTOM_STATUSES))
            status, label = f"custom-{number}", CUSTOM_STATUSES[number]
        cancellation = None
        if plan.cancelled_by:
            reason = "buyers_request" if plan.cancelled_by == "user" else "not_available"
            cancellation = {
                "title": CANCELLATION_REASONS[reason][1],
                "initiator": plan.cancelled_by,
            }
        return {"status": status, "status_name": label[1], "cancellation": cancellation}

    def _commissions(self, plan, pay):
        fields = {
            "cpa_commission": {
                "amount": _fee(pay, plan),
                "is_refunded": True if plan.commission == "refunded" else None,
            },
            "prosale_commission": None,
        }
        if plan.commission == "missing":
            del fields["cpa_commission"]
        if plan.prosale:
            fields["prosale_commission"] = {
                "type": 2,
                "title": "Комісія за замовлення з сайту компанії",
                plan.prosale: money_number(pay * 2 / 100),
            }
        return fields

    @staticmethod
    def _promotion(plan):
        if not plan.ps_promotion:
            return None
        return {
            "name": "Дешева доставка",
            "conditions": ["Накладна не пізніше дня відправлення", "Оплата через Пром-оплату"],
        }

    def _utm(self, plan):
        if plan.utm == "broken":
            return {"medium": "trigger)", "source": "viber", "campaign": ""}
        if self.rng.random() < 0.3:
            return {"medium": "cpc", "source": "google", "campaign": "pmax"}
        return {"medium": "", "source": "", "campaign": ""}


def _fee(amount, plan):
    """Return the order fee: plain decimal text, a number in one capture, 0 at first."""
    fee = (amount * 5 / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    if plan.commission == "zero":
        return "0"
    return float(fee) if plan.commission == "number" else str(fee)


def _unknown_product():
    """Return the source of a line when the catalogue is empty."""
    name = "Товар, якого вже немає"
    return {
        "id": None,
        "external_id": None,
        "sku": None,
        "name": name,
        "name_multilang": {"ru": name, "uk": name},
        "main_image": None,
        "measure_unit": "шт.",
        "price": 100,
    }
