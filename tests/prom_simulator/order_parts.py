"""Parts of an order: people, delivery, payment (api.md 6)."""

import uuid
from datetime import timedelta

from . import data_people as people
from .text import date_text, money_number

_NAMESPACE = uuid.UUID("6f1f2a0e-4d3b-4c57-9a53-0b8f6f3d2c11")

#: key -> (id, name, comment, enabled, type); ids are the shop's own (api.md 13).
DELIVERY_OPTIONS = {
    "nova_poshta": (14869279, "Нова Пошта", "Відправляємо щодня до 16:00", True, "nova_poshta"),
    "ukrposhta": (14869280, "Укрпошта", "", True, "ukrposhta"),
    "meest": (14869281, "Meest ПОШТА", None, True, "meest"),
    "rozetka": (14869282, "Магазини Rozetka", None, True, "rozetka_delivery"),
    "pickup": (14869283, "Самовивіз", "м. Київ, вул. Соборна, 7, з 10 до 18", True, "pickup"),
    "courier": (14869284, "Кур'єр по Києву", None, False, "courier"),
    "justin": (14869285, "Justin", None, False, "justin"),
    "delivery_auto": (14869286, "Делівері", None, True, "delivery_auto"),
}  # fmt: skip

#: key -> (id, name, description)
PAYMENT_OPTIONS = {
    "evopay": (7210311, "Пром-оплата", "Оплата карткою на Prom"),
    "parts": (7210312, "Оплатити частинами", None),
    "cod": (7210313, "Післяплата (накладений платіж)", "При отриманні"),
    "cod_ru": (7210314, "Наложенный платеж", None),
    "iban": (7210315, "Оплата за реквізитами", "Рахунок надсилаємо у Viber"),
    "cash": (7210316, "Готівкою при самовивозі", None),
}

_OPTION_OF_PLACE = {
    "np_branch": "nova_poshta",
    "np_locker": "nova_poshta",
    "np_point": "nova_poshta",
    "np_door": "nova_poshta",
}
_SENDER_WAREHOUSE = str(uuid.uuid5(_NAMESPACE, "sender"))


def reference(*parts):
    """Return a carrier reference (UUID) that is always the same for the same place.

    :rtype: str
    """
    return str(uuid.uuid5(_NAMESPACE, "/".join(str(part) for part in parts)))


class PersonMaker:
    """Buyers and recipients; every random choice comes from the seed."""

    def __init__(self, rng):
        self.rng = rng
        self._next_id = 280_400_000

    def person(self):
        """Return a new person with an id, a name and a phone of nine digits.

        :rtype: dict
        """
        rng = self.rng
        woman = rng.random() < 0.6
        first, patronymic = rng.choice(people.WOMEN if woman else people.MEN)
        self._next_id += rng.randrange(1, 700)
        return {
            "id": self._next_id,
            "first_name": first,
            "second_name": patronymic,
            "last_name": rng.choice(people.LAST_NAMES)[0 if woman else 1],
            "digits": (
                rng.choice(people.OPERATORS),
                f"{rng.randrange(1000):03d}",
                f"{rng.randrange(100):02d}",
                f"{rng.randrange(100):02d}",
            ),
            "email": (
                f"{rng.choice(people.MAIL_NAMES)}{rng.randrange(10, 9999)}"
                f"@{rng.choice(people.MAIL_HOSTS)}"
            ),
        }


def phone_text(person, spelling="international"):
    """Write a phone in one of the spellings met in orders.

    :rtype: str
    """
    return people.PHONE_SPELLINGS[spelling].format(*person["digits"])


class DeliveryMaker:
    """Delivery of an order: address text and the carrier's data."""

    def __init__(self, rng):
        self.rng = rng

    def make(self, plan):
        """Return the delivery fields of an order.

        :param OrderPlan plan: the choices.
        :rtype: dict
        """
        place = plan.delivery
        if place is None:
            return {"delivery_option": None, "delivery_address": "", "delivery_provider_data": None}
        key = _OPTION_OF_PLACE.get(place, place)
        number, name = DELIVERY_OPTIONS[key][:2]
        address, data = getattr(self, f"_{key}")(place)
        if data is not None:
            if plan.waybill:
                data["declaration_number"] = self._waybill(key)
                data["unified_status"] = "on_the_way"
            if not plan.address_data:
                data["recipient_address"] = None
        return {
            "delivery_option": {"id": number, "name": name, "shipping_service": None},
            "delivery_address": address,
            "delivery_provider_data": data if plan.provider_data else None,
        }

    def _waybill(self, key):
        if key == "ukrposhta":
            return f"05{self.rng.randrange(10**10, 10**11)}"
        return f"2045{self.rng.randrange(10**9, 10**10)}"

    def _place(self):
        city = self.rng.choice(people.CITIES)
        return city, self.rng.choice(people.STREETS), self.rng.randrange(1, 180)

    def _nova_poshta(self, place):
        city, street, house = self._place()
        number = self.rng.randrange(1, 320)
        building = flat = street_id = street_name = warehouse = None
        if place == "np_door":
            flat = str(self.rng.randrange(1, 160))
            building, street_id, street_name = str(house), reference(city[0], street), street
            text = f"{street}, буд. {house}, кв. {flat}"
        elif place == "np_locker":
            number += 20_000
            text = f"Поштомат «Нова Пошта» №{number}: {street}, {house} (маг. «АТБ»)"
        elif place == "np_point":
            text = f"Пункт приймання-видачі (до 30 кг): {street}, {house}а"
        else:
            text = f"Відділення №{number} (до 30 кг на одне місце): {street}, {house}"
        if place != "np_door":
            warehouse = reference(city[0], place, number)
        return f"{city[1]}, {text}", {
            "provider": "nova_poshta",
            "type": "W2D" if place == "np_door" else "W2W",
            "sender_warehouse_id": _SENDER_WAREHOUSE,
            "recipient_warehouse_id": warehouse,
            "declaration_number": None,
            "unified_status": None,
            "recipient_address": {
                "city_id": reference(city[0]),
                "city_name": city[1],
                "city_katottg": city[2],
                "warehouse_id": warehouse,
                "street_id": street_id,
                "street_name": street_name,
                "building_number": building,
                "apartment_number": flat,
            },
        }

    def _ukrposhta(self, _place):
        city, street, house = self._place()
        postcode = f"{int(city[3]) + self.rng.randrange(0, 30):05d}"
        return f"{city[1]}, {postcode}, {street}, {house}", {
            "provider": "ukrposhta",
            "type": "W2W",
            "sender_warehouse_id": None,
            "recipient_warehouse_id": postcode,
            "declaration_number": None,
            "unified_status": None,
        }

    def _meest(self, _place):
        city, street, house = self._place()
        return (
            f"{city[1]}, Відділення Meest №{self.rng.randrange(100, 9000)}: {street}, {house}",
            None,
        )

    def _rozetka(self, _place):
        city, street, house = self._place()
        return f"{city[1]}, Магазин Rozetka: {street}, {house}", None

    def _pickup(self, _place):
        return "м. Київ, вул. Соборна, 7", None

    def _courier(self, _place):
        _city, street, house = self._place()
        return f"Київ, {street}, {house}, кв. {self.rng.randrange(1, 160)}", None

    def _justin(self, _place):
        city, street, house = self._place()
        number = self.rng.randrange(1, 900)
        return f"{city[1]}, Відділення Justin №{number}: {street}, {house}", self._branch(
            "justin", str(number)
        )

    def _delivery_auto(self, _place):
        city, street, house = self._place()
        number = self.rng.randrange(1, 60)
        return f"{city[1]}, Склад №{number}: {street}, {house}", self._branch(
            "delivery_auto", reference(city[0], number)
        )

    def _branch(self, provider, warehouse):
        return {
            "provider": provider,
            "type": "W2W",
            "sender_warehouse_id": None,
            "recipient_warehouse_id": warehouse,
            "declaration_number": None,
            "unified_status": None,
        }


def payment_fields(plan, created, total, rng):
    """Return `payment_option` and `payment_data`.

    :param OrderPlan plan: the choices.
    :param datetime created: when the order was made.
    :param Decimal total: amount the buyer pays.
    :rtype: dict
    """
    if plan.payment is None:
        return {"payment_option": None, "payment_data": None}
    key = "cash" if plan.delivery == "pickup" and plan.payment == "cod" else plan.payment
    number, name = PAYMENT_OPTIONS[key][:2]
    data = None
    if plan.payment_status:
        moment = created + timedelta(
            seconds=rng.randrange(20, 900), microseconds=rng.randrange(10**6)
        )
        data = {
            "type": "rpay_parts" if key == "parts" else "evopay",
            "status": plan.payment_status,
            "status_modified": date_text(moment),
        }
        if key == "parts":
            data["rpay_parts"] = {
                "commission": 6.5,
                "commission_amount": money_number(total * 65 / 1000),
            }
    return {"payment_option": {"id": number, "name": name}, "payment_data": data}
