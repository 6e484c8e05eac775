"""Compares Odoo with what the simulated shop has and what its journal says was done.

The questions are asked through a function that calls a method of a model, so they are the same
inside Odoo and over the network.
"""

import re
from collections import Counter
from datetime import datetime, timezone

CLOSED = ("done", "cancelled")


def find_differences(odoo, sim, store_id):
    """Say in words where Odoo differs from the shop; nothing when all is the same.

    What is still under way comes first, because it is quickly asked.

    :param odoo: called with a model, a method and its arguments
    :param PromSimulator sim: the shop
    :param int store_id: the store that is connected to it
    """
    yield from _find_waiting(odoo, store_id)
    yield from find_order_differences(odoo, sim, store_id)
    yield from _find_listing_differences(odoo, sim, store_id)


def find_order_differences(odoo, sim, store_id, only=None):
    """Return in words which orders differ.

    :param only: numbers of the orders to look at; None: all
    """
    shown = {key: row for key, row in sim.state.orders.items() if only is None or key in only}
    fields = ["external_id", "status_id", "amount_total", "state", "sale_order_id"]
    known = {}
    for row in _read(odoo, "merchant.order", store_id, fields):
        if only is None or int(row["external_id"]) in only:
            known.setdefault(int(row["external_id"]), []).append(row)
    statuses = {row["id"]: row["external_id"] for row in _read_statuses(odoo, store_id)}
    sales = _read_sales(odoo, store_id)
    for key in sorted(known.keys() - shown.keys()):
        yield f"order {key} is in Odoo only"
    for key, order in sorted(shown.items()):
        rows = known.get(key, [])
        if len(rows) != 1:
            yield f"order {key} is in Odoo {len(rows)} times"
            continue
        [row] = rows
        status = statuses.get(row["status_id"] and row["status_id"][0])
        if status != order["status"]:
            yield f"order {key} is {order['status']} and in Odoo {status}"
        if round(row["amount_total"], 2) != money(order["price"]):
            yield f"order {key} costs {order['price']} and in Odoo {row['amount_total']}"
        made = sales.get(row["id"], [])
        wanted = order["status"] != "draft"
        if len(made) != wanted:
            yield f"order {key} became {len(made)} sales orders"
        elif made and round(made[0]["amount_total"], 2) != money(order["price"]):
            yield f"order {key} costs {order['price']}, its sales order {made[0]['amount_total']}"


def _find_listing_differences(odoo, sim, store_id):
    fields = ["external_id", "confirmed_price", "confirmed_quantity", "confirmed_presence"]
    fields += ["desired_price", "desired_quantity", "desired_presence", "product_id"]
    rows = _read(odoo, "merchant.listing", store_id, fields)
    known = {int(row["external_id"]): row for row in rows}
    if len(known) != len(rows):
        yield "a listing is in Odoo twice"
    shown = sim.state.snapshot("products")
    for key in sorted(known.keys() ^ shown.keys()):
        yield f"product {key} is on one side only"
    for key, row in sorted(known.items()):
        product = shown.get(key)
        if not product or not row["product_id"]:
            continue
        facts = {
            "price": (float(product["price"]), row["confirmed_price"], row["desired_price"]),
            "quantity": (
                float(product["quantity_in_stock"] or 0),
                row["confirmed_quantity"],
                row["desired_quantity"],
            ),
        }
        for name, values in facts.items():
            if len(set(values)) > 1:
                yield f"{name} of product {key}: Prom {values[0]}, Odoo {values[1]}, {values[2]}"


def _find_waiting(odoo, store_id):
    """Say what is still under way or was given up."""
    groups = {
        # What prices were sent with an error is history; the listing tells what is missing.
        "merchant.operation": [
            "|",
            ("state", "=", "pending"),
            "&",
            ("state", "=", "failed"),
            ("kind", "=", "order_status"),
        ],
        "merchant.listing": [("push_state", "not in", (False, "none"))],
        "merchant.sync.run": [("state", "in", ("pending", "running"))],
        "merchant.feed.import": [("state", "in", ("waiting", "running"))],
    }
    for model, domain in groups.items():
        rows = odoo(model, "search_read", [("store_id", "=", store_id), *domain], ["display_name"])
        if rows:
            names = ", ".join(row["display_name"] or "?" for row in rows[:3])
            yield f"{len(rows)} {model} are not done: {names}"


def find_doubles(odoo, sim, store_id):
    """Return in words what was done more than once.

    What the shop applied is in its journal; what Odoo made is in Odoo.
    """
    applied = Counter(
        (write.id, write.changes.get("status")) for write in sim.writes("order", "/orders/*")
    )
    for (key, status), count in sorted(applied.items()):
        if count > 1:
            yield f"order {key} was set to {status} {count} times"
    for model in ("sale.order", "account.payment"):
        rows = odoo(
            model,
            "search_read",
            [("merchant_order_id.store_id", "=", store_id)],
            ["merchant_order_id"],
        )
        made = Counter(row["merchant_order_id"][0] for row in rows)
        for key, count in sorted(made.items()):
            if count > 1:
                yield f"order {key} has {count} records of {model}"
    # Also those that lost their order; another shop may have the same number.
    rows = odoo(
        "sale.order",
        "search_read",
        [
            ("client_order_ref", "!=", False),
            "|",
            ("merchant_order_id", "=", False),
            ("merchant_order_id.store_id", "=", store_id),
        ],
        ["client_order_ref"],
    )
    lines = Counter(row["client_order_ref"] for row in rows)
    for reference, count in sorted(lines.items()):
        if count > 1:
            yield f"the reference {reference} stands on {count} sales orders"


def find_halves(odoo, sim, store_id):
    """Return in words what was done by half: an interrupted page must leave nothing of itself."""
    fields = ["external_id", "state", "sale_order_id", "amount_total"]
    sales = _read_sales(odoo, store_id)
    for row in _read(odoo, "merchant.order", store_id, fields):
        made = sales.get(row["id"], [])
        if (row["state"] == "imported") != bool(made):
            yield f"order {row['external_id']} is {row['state']} with {len(made)} sales orders"
        if made and round(made[0]["amount_total"], 2) != round(row["amount_total"], 2):
            yield f"order {row['external_id']} has a sales order of {made[0]['amount_total']}"
    done = [("kind", "=", "order_status"), ("state", "=", "done"), ("store_id", "=", store_id)]
    for row in odoo("merchant.operation", "search_read", done, ["record_name", "payload"]):
        order = sim.state.orders.get(int(row["record_name"]))
        if order and order["status"] == "pending":
            yield f"order {row['record_name']} is said to be {row['payload']['status']}"


def find_unpaid(odoo, sim, store_id):
    """Return in words which confirmed orders lack the payment that the buyer made, or have one
    that nobody made.
    """
    sales = _read_sales(odoo, store_id)
    rows = _read(odoo, "merchant.order", store_id, ["external_id"])
    payments = {
        row["merchant_order_id"][0]
        for row in odoo(
            "account.payment",
            "search_read",
            [("merchant_order_id.store_id", "=", store_id)],
            ["merchant_order_id"],
        )
    }
    for row in rows:
        order = sim.state.orders[int(row["external_id"])]
        data = order.get("payment_data") or {}
        is_paid = data.get("status") in ("paid", "paid_out")
        is_confirmed = sales.get(row["id"], [{}])[0].get("state") == "sale"
        if is_paid and is_confirmed and row["id"] not in payments:
            yield f"order {row['external_id']} is paid and has no payment"
        if row["id"] in payments and not is_paid:
            yield f"order {row['external_id']} has a payment and is not paid"


def _read(odoo, model, store_id, fields):
    return odoo(model, "search_read", [("store_id", "=", store_id)], fields)


def _read_statuses(odoo, store_id):
    domain = [("store_id", "=", store_id), ("active", "in", (True, False))]
    return odoo("merchant.order.status", "search_read", domain, ["external_id"])


def _read_sales(odoo, store_id):
    """Return the sales orders of a store by the id of their order."""
    sales = {}
    for row in odoo(
        "sale.order",
        "search_read",
        [("merchant_store_id", "=", store_id)],
        ["merchant_order_id", "amount_total", "state"],
    ):
        sales.setdefault(row["merchant_order_id"][0], []).append(row)
    return sales


def money(text):
    """Read an amount that the shop wrote for people; on purpose not the reader under test."""
    digits = "".join(re.findall(r"[\d,.]", text)).rstrip(".")
    return round(float(digits.replace(",", ".")), 2)


def read_moment(text):
    """Read a moment as the shop writes it."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
