"""A day of three shops and two companies, with everything that can go wrong going wrong."""

import contextlib

from .day import Office, add_random_faults, read_memory
from .rig import running_rig

# Two shops of one company and one of another.
SHOPS = [0, 0, 1]


def run(*, orders, products, seconds, faults=0.05):
    """Let the shops have a day.

    :param int orders: of each shop
    :param int products: that each shop sells
    :param float seconds: that the day takes
    :param float faults: the share of calls that go wrong
    :return: what happened, and the memory of the server in megabytes at several moments
    :rtype: tuple[Day, list]
    """
    with running_rig("load", shops=SHOPS, products=products) as rig:
        with contextlib.ExitStack() as stack:
            url, process = stack.enter_context(rig.server("load"))
            office = Office(rig, [url])
            memory = [("started", read_memory(process))]
            office.begin(patience=4 * 3600)
            memory.append(("shops read", read_memory(process)))
            office.set_order_interval(1)
            add_random_faults(rig.shops, faults)
            for half in ("first half of the day", "second half of the day"):
                office.work(orders=orders // 2, seconds=seconds / 2)
                memory.append((half, read_memory(process)))
            for shop in rig.shops:
                shop.sim.faults.clear()
            office.settle()
            memory.append(("settled", read_memory(process)))
        office.read_logs()
        return office.day, memory
