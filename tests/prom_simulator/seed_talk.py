"""Site questions and chat rooms (api.md 14)."""

from datetime import timedelta
from random import Random

from .table import Table
from .text import date_text

_QUESTIONS = (
    ("Чи є в наявності?", "Доброго дня! Підкажіть, чи є товар у наявності?"),
    ("Доставка", "Сколько идёт доставка в Ужгород?"),
    ("Гарантія", "Яка гарантія? Чи можна оплатити частинами?"),
    ("", "Передзвоніть мені"),
)


def make_messages(seed, now, products, clients):
    """Return the questions of the last days.

    :param seed: same seed, same messages.
    :param datetime now: aware moment.
    :rtype: Table
    """
    rng, table = Random(f"{seed}:messages"), Table()
    product_ids, people = list(products)[:40], list(clients.values())[:40]
    for number in range(8):
        client = rng.choice(people) if people else {"client_full_name": "Гість", "phones": []}
        subject, text = _QUESTIONS[number % len(_QUESTIONS)]
        key = 77_100_000 + number * 31
        table[key] = {
            "id": key,
            "date_created": date_text(now - timedelta(hours=5 * (8 - number))),
            "client_full_name": client["client_full_name"],
            "phone": (client["phones"] or [None])[0],
            "message": text,
            "subject": subject,
            "status": "unread" if number > 3 else "read",
            "product_id": rng.choice(product_ids) if product_ids and number % 3 else None,
        }
    return table


def chat_date(moment):
    """Write a date as the chat does: UTC without offset (api.md 3).

    :rtype: str
    """
    return date_text(moment, offset=False)[:19]


def make_rooms(seed, now, clients, company_id):
    """Return chat rooms: ident -> room with its messages under `_messages`.

    The user id in the ident is not the `client_id` of the orders.

    :rtype: dict
    """
    rng, rooms = Random(f"{seed}:chat"), {}
    for number, client in enumerate(list(clients.values())[:3]):
        user_id = 91_000_000 + rng.randrange(10**6)
        ident = f"{user_id}_{company_id}_buyer"
        sent = now - timedelta(hours=3 * number + 1)
        body = {
            "id": 640_000_000 + number * 17,
            "room_id": str(4100 + number),
            "room_ident": ident,
            "body": _QUESTIONS[number][1],
            "date_sent": chat_date(sent),
            "date_edited": None,
            "type": "message",
            "status": "new",
            "context_item_id": None,
            "context_item_image_url": None,
            "context_item_type": None,
            "attachments": None,
            "user_name": client["client_full_name"],
            "user_ident": f"{user_id}_buyer",
            "user_phone": (client["phones"] or [None])[0],
            "buyer_client_id": client["id"],
            "is_sender": False,
        }
        rooms[ident] = {
            "id": str(4100 + number),
            "ident": ident,
            "date_sent": chat_date(sent),
            "status": "archived" if number == 2 else "active",
            "last_message_id": body["id"],
            "buyer_client_id": client["id"],
            "_messages": [body],
        }
    return rooms
