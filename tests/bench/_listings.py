"""What the benchmark of listings does inside Odoo."""

import statistics
import time
from unittest.mock import patch

from odoo.addons.garazd_merchant_center.schema import ListingOutcome

from tests.bench._catalogue import fill
from tests.bench._inside import measured

PAGE = 1000
# Receipts that are not measured.
WARM_UP = 10


def prepare(env, count):
    """Make products with stock, a price list and a store that shows all of them.

    :return: how many listings there are
    """
    pricelist = fill(env, count)
    hryvnia = env["res.currency"].with_context(active_test=False).search([("name", "=", "UAH")])
    hryvnia.active = True
    feed = env["product.data.feed"].create(
        {"name": "Benchmark", "pricelist_id": pricelist.id, "currency_id": hryvnia.id}
    )
    store = env["merchant.store"].create(
        {
            "name": "Benchmark",
            "marketplace": "prom",
            "api_token": "none",
            "state": "connected",
            "mode": "production",
            "feed_id": feed.id,
            "push_prices": True,
            "push_compare_prices": True,
            "push_stock": True,
            "push_presence": True,
            "max_price_percent": 100_000,
        }
    )
    product_ids = env["product.product"].search([], order="id").ids
    for start in range(0, len(product_ids), PAGE):
        env["merchant.listing"].create(
            [
                {
                    "store_id": store.id,
                    "external_id": str(product_id),
                    "name": f"Listing {product_id}",
                    "product_id": product_id,
                    "state": "matched",
                    "currency_id": hryvnia.id,
                    "confirmed_at": "2026-01-01",
                    "has_quantity": True,
                }
                for product_id in product_ids[start : start + PAGE]
            ]
        )
        env.cr.commit()
    _compare(env)
    # As if the marketplace had confirmed all of it.
    env.flush_all()
    names = ("price", "compare_price", "quantity", "presence")
    values = ", ".join(f"confirmed_{name} = desired_{name}" for name in names)
    env.cr.execute(f"UPDATE merchant_listing SET {values}, push_state = 'none'")
    env.cr.execute("UPDATE merchant_listing SET push_urgent = false")
    env.cr.execute("DELETE FROM merchant_listing_change")
    env.cr.commit()
    return len(product_ids)


def compare(env):
    """Compare everything with the price list.

    :return: the figures of ``measured``, the listings that changed, and the rows written
    """
    result = {}
    figures = measured(env, lambda: result.update(updated=_compare(env)))
    env.cr.execute(
        "SELECT n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = 'merchant_listing'"
    )
    return figures | result | {"written": env.cr.fetchone()[0]}


def change(env, count):
    """Change prices, commit, and send them; the network answers at once.

    :return: ``seconds`` from the commit until the last one was sent, ``calls``, ``sent``
    """
    products = env["merchant.listing"].search([], limit=count, order="id").product_id
    for product in products:
        product.list_price += 1
    env.cr.commit()
    calls = []

    def send(_self, _store, changes):
        calls.append(len(changes))
        return {
            change.external_id: ListingOutcome(confirmed=frozenset(change.get_values()))
            for change in changes
        }, None

    adapter = type(env["merchant.adapter.prom"])
    started = time.perf_counter()
    with patch.object(adapter, "_send_listing_changes", send):
        env["merchant.listing"].with_context(cron_id=None)._cron_push()
    return {"seconds": time.perf_counter() - started, "calls": len(calls), "sent": sum(calls)}


def move(env, count):
    """Receive goods with and without noting the changes, in turn, a transaction each.

    :return: the median seconds of both, ``with`` and ``without``, and of the ``noting`` itself,
        which is less than what others on the same machine make of the difference
    """
    listings = env["merchant.listing"].search(
        [("product_id.is_storable", "=", True)], limit=WARM_UP + 2 * count, order="id"
    )
    products = listings.product_id
    warehouse = env["stock.warehouse"].search([], limit=1)
    supplier = env.ref("stock.stock_location_suppliers")
    changes = type(env["merchant.listing.change"])
    times = {"with": [], "without": [], "noting": []}
    note, insert = changes._note, changes._insert_noted

    def timed(method, *arguments):
        started = time.perf_counter()
        method(*arguments)
        times["noting"][-1] += time.perf_counter() - started

    def receive(product):
        started = time.perf_counter()
        moved = env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": 1,
                "location_id": supplier.id,
                "location_dest_id": warehouse.lot_stock_id.id,
            }
        )
        moved._action_confirm()
        moved.quantity = 1
        moved.picked = True
        moved._action_done()
        env.cr.commit()
        return time.perf_counter() - started

    for product in products[:WARM_UP]:
        receive(product)
    for number, product in enumerate(products[WARM_UP : WARM_UP + 2 * count]):
        # With, without, without, with: so that what grows on the way is shared.
        if number % 4 in (0, 3):
            times["noting"].append(0)
            with (
                patch.object(changes, "_note", lambda *arguments: timed(note, *arguments)),
                patch.object(changes, "_insert_noted", lambda self: timed(insert, self)),
            ):
                times["with"].append(receive(product))
        else:
            with patch.object(changes, "_note", lambda _self, _products: None):
                times["without"].append(receive(product))
    return {key: statistics.median(values) for key, values in times.items()}


def _compare(env):
    """Do what the step of the product synchronization does and return how many changed."""
    store = env["merchant.store"].search([("name", "=", "Benchmark")])._in_own_context()
    updated, cursor = 0, None
    while True:
        page = store._get_adapter()._read_values(store, cursor)
        comparison = env["merchant.listing.comparison"].with_env(store.env)
        updated += comparison._merge(store, page.records)["updated"]
        env.flush_all()
        env.invalidate_all()
        cursor = page.cursor
        if not cursor:
            return updated
