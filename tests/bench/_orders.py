"""What the benchmark of orders does inside Odoo."""

import hashlib
import json

from odoo.addons.garazd_merchant_center.schema import RawOrder

from tests.bench._inside import measured

PRODUCTS = 500
STREET = "вул. Незалежності, {number}"
# The orders of a page are committed together.
PAGE = 100


def prepare(env):
    """Create the products and a store that sells them in hryvnias."""
    hryvnia = env["res.currency"].with_context(active_test=False).search([("name", "=", "UAH")])
    hryvnia.active = True
    env.company.currency_id = hryvnia
    products = env["product.product"].create(
        [
            {
                "name": f"Product {number}",
                "default_code": f"BENCH-{number}",
                "list_price": 100 + number,
                "is_storable": True,
            }
            for number in range(PRODUCTS)
        ]
    )
    env["merchant.store"].create(
        {"name": "Benchmark", "marketplace": "prom", "api_token": "none", "state": "connected"}
    )
    return len(products)


def bare(env, count):
    """Create partners and quotations as a programmer would who knows all of it beforehand.

    :return: the figures of ``measured``
    """
    products = _get_products(env)
    country = env.company.country_id

    def create(number):
        customer = env["res.partner"].create(
            {
                "name": f"Покупець {number}",
                "phone": f"+38050{number:07}",
                "company_id": env.company.id,
                "country_id": country.id,
            }
        )
        contact = env["res.partner"].create(
            {
                "name": f"Покупець {number}",
                "phone": f"+38050{number:07}",
                "street": STREET.format(number=number),
                "parent_id": customer.id,
                "type": "delivery",
                "company_id": env.company.id,
            }
        )
        env["sale.order"].create(
            {
                "partner_id": customer.id,
                "partner_shipping_id": contact.id,
                "client_order_ref": str(number),
                "order_line": [
                    (0, 0, {"product_id": product.id, "product_uom_qty": 2, "price_unit": price})
                    for product, price in zip(_pick(products, number), (150, 250), strict=True)
                ],
            }
        )
        # As after every request of a user.
        env.flush_all()

    return measured(env, lambda: [_paged(env, number, create) for number in range(count)])


def read(env, first, count):
    """Read orders as the synchronization does after the pages have come.

    :param int first: the number of the first; those that were read before are unchanged
    :return: the figures of ``measured``, and what became of the orders
    """
    store = env["merchant.store"].search([("name", "=", "Benchmark")])._in_own_context()
    products = _get_products(env)
    payloads = [_make_payload(products, number) for number in range(first, first + count)]
    raw_orders = [
        RawOrder(
            external_id=str(payload["id"]),
            payload=payload,
            digest=hashlib.sha256(json.dumps(payload).encode()).hexdigest(),
        )
        for payload in payloads
    ]
    result = {}

    def work():
        for start in range(0, count, PAGE):
            merge = env["merchant.order"].with_env(store.env)._merge
            for key, number in merge(store, raw_orders[start : start + PAGE]).items():
                result[key] = result.get(key, 0) + number
            env.cr.commit()
            env.invalidate_all()

    return measured(env, work) | result


def _paged(env, number, work):
    work(number)
    if number % PAGE == PAGE - 1:
        env.cr.commit()
        env.invalidate_all()


def _get_products(env):
    return env["product.product"].search([("default_code", "like", "BENCH-")], order="id")


def _pick(products, number):
    return products[number * 2 % PRODUCTS], products[(number * 2 + 1) % PRODUCTS]


def _make_payload(products, number):
    """Return an order as Prom tells it, with two lines, another buyer each time."""
    name = {"first_name": "Покупець", "last_name": str(number), "second_name": None}
    lines = [
        {
            "id": product.id,
            "external_id": product.default_code,
            "sku": product.default_code,
            "name": product.name,
            "quantity": 2,
            "price": f"{price} грн",
            "total_price": f"{2 * price} грн",
            "cpa_commission": {"amount": "2.86"},
        }
        for product, price in zip(_pick(products, number), (150, 250), strict=True)
    ]
    return {
        "id": 900_000_000 + number,
        "date_created": "2026-11-01T10:00:00+00:00",
        "date_modified": "2026-11-01T10:00:00+00:00",
        "client_id": 800_000_000 + number,
        "client": {**name, "id": 800_000_000 + number},
        "client_notes": "",
        "delivery_recipient": {},
        "email": None,
        "phone": f"+38067{number:07}",
        "delivery_option": {"id": 1, "name": "Нова Пошта"},
        "delivery_address": STREET.format(number=number),
        "payment_option": {"id": 2, "name": "Післяплата"},
        "payment_data": None,
        "price": "800 грн",
        "full_price": "800 грн",
        "products": lines,
        "status": "received",
        "status_name": "Прийнято",
        "source": "portal",
        "cpa_commission": {"amount": "5.72", "is_refunded": False},
    }
