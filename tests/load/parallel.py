"""Two Odoo servers on one database, several workers and several people, and a shop that is slow."""

import contextlib
import time

from tools.console import step

from .day import Office, describe_pace
from .rig import running_rig

PRODUCTS = 60
SERVERS = 2
# Longer than most people wait, shorter than the client does.
SLOWNESS = 15.0


def run(*, orders, seconds, slow_orders=5, slowness=SLOWNESS):
    """Let two servers work for two shops, then make one of these slow.

    :param int orders: of each shop while everybody works
    :param float seconds: in which they come
    :param int slow_orders: of the quick shop while the other one is slow
    :param float slowness: seconds that each answer of the slow shop takes
    :return: what happened, and rows for a table: the pace of each shop, the turns of the slow one
    :rtype: tuple[Day, list, list]
    """
    with running_rig("parallel", shops=[0, 1], products=PRODUCTS) as rig:
        with contextlib.ExitStack() as stack:
            servers = [
                stack.enter_context(rig.server(f"parallel-{number}")).url
                for number in range(SERVERS)
            ]
            office = Office(rig, servers)
            office.begin()
            office.set_order_interval(1)
            office.work(orders=orders, seconds=seconds, prices_every=2)
            turns = _be_slow(office, slow_orders, slowness)
            office.settle()
        office.read_logs()
        return office.day, [_pace_row(shop) for shop in rig.shops], turns


def _pace_row(shop):
    calls, shortest, median = describe_pace(shop)
    return [shop.name, f"{calls:,}", f"{shortest:.2f}", f"{median:.2f}"]


def _be_slow(office, count, slowness):
    """Let the first shop answer slowly, and order in the second one.

    :return: for each order: after how many calls of the slow shop's orders it was in Odoo, and
        after how many seconds
    """
    slow, quick = office.shops
    slow.sim.faults.add("latency", times=None, seconds=slowness)
    turns = []
    with step(f"{slow.name} takes {slowness:.0f} s to answer"):
        for _number in range(count):
            slow.sim.add_order("pending")
            order = quick.sim.add_order("pending")
            before = _count_answers(slow)
            started = time.monotonic()
            stores = [slow.store_id, quick.store_id]
            office.odoo("merchant.store", "action_sync_orders", stores)
            known = [("external_id", "=", str(order["id"])), ("state", "=", "imported")]
            while not office.odoo("merchant.order", "search_count", known):
                if time.monotonic() - started > 10 * slowness:
                    office.day.problems.append(f"order {order['id']} had to wait for the slow shop")
                    break
                time.sleep(0.3)
            calls = _count_answers(slow) - before
            turns.append([str(calls), f"{time.monotonic() - started:.1f}"])
            if calls > 2:
                words = f"order {order['id']} waited for {calls} calls of the slow shop"
                office.day.problems.append(words)
    slow.sim.faults.clear()
    return turns


def _count_answers(shop):
    """Count the calls about orders that the shop has answered."""
    return sum(request.status is not None for request in shop.sim.requests("/orders/list"))
