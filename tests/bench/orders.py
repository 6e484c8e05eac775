"""The benchmark of orders: ``make bench``.

It prints what importing orders of two lines costs, next to creating the same partners and
quotations through the bare ORM, and what it costs to read the same orders again unchanged. The
network is left out: the pages are there already. The two take turns, so that the machine's mood
meets both.

Options are environment variables:

- ``BENCH_ORDERS``: how many; ``1000``
- ``BENCH_KEEP=1``: keep the database ``bench_orders``
"""

import os
import sys

from tests.bench._asking import ask, benchmark, print_table, write
from tools.console import Failure, step

ORDERS = int(os.environ.get("BENCH_ORDERS") or 1000)
KEEP = os.environ.get("BENCH_KEEP") == "1"
DATABASE = "bench_orders"


def _run(environment):
    ask(environment, DATABASE, "_orders", "prepare")
    half = ORDERS // 2
    bare, imported = [], []
    for first in (0, half):
        with step(f"Creating {half:,} orders through the bare ORM"):
            bare.append(ask(environment, DATABASE, "_orders", "bare", half))
        with step(f"Importing {half:,} orders"):
            imported.append(ask(environment, DATABASE, "_orders", "read", first, half))
    with step(f"Reading {2 * half:,} unchanged orders again"):
        again = ask(environment, DATABASE, "_orders", "read", 0, 2 * half)
    created = sum(row["created"] for row in imported)
    if created != 2 * half or again["unchanged"] != 2 * half:
        raise Failure(f"Imported {created}, unchanged {again['unchanged']}: that is not all.")
    rows = [
        _make_row("bare ORM", half, bare),
        _make_row("imported", half, imported),
        _make_row("unchanged", 2 * half, [again]),
    ]
    print_table("Orders of two lines", ["", "orders", "ms/order", "seconds", "queries"], rows)
    ratio = _total(imported) / _total(bare)
    write(f"\nImporting takes {ratio:.2f} times as long as creating the same by the bare ORM.")


def _make_row(label, count, figures):
    orders, seconds = count * len(figures), _total(figures)
    return [
        label,
        f"{orders:,}",
        f"{seconds * 1000 / orders:.2f}",
        f"{seconds:.2f}",
        f"{sum(row['queries'] for row in figures):,}",
    ]


def _total(figures):
    return sum(row["seconds"] for row in figures)


if __name__ == "__main__":
    sys.exit(benchmark(DATABASE, _run, KEEP))
