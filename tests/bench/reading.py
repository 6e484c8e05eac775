"""The benchmark of reading the products of a shop: ``make bench``.

It prints what it costs to read all products of a simulated shop the first time and again when
nothing has changed, how many calls that takes (each of which has to keep Prom's pace), and what it
costs to make products of some of them. Pictures are left out.

Options are environment variables:

- ``BENCH_SHOP``: how many products the shop has; ``20000``
- ``BENCH_CREATED``: how many are made in Odoo; ``500``
- ``BENCH_KEEP=1``: keep the database ``bench_reading``
"""

import os
import sys

from tests.bench._asking import ask, benchmark, print_table, write
from tests.prom_simulator import PromSimulator
from tools.console import step

PRODUCTS = int(os.environ.get("BENCH_SHOP") or 20_000)
CREATED = int(os.environ.get("BENCH_CREATED") or 500)
KEEP = os.environ.get("BENCH_KEEP") == "1"
DATABASE = "bench_reading"
# Seconds between two calls that are known to be tolerated.
PACE = 0.4


def _run(environment):
    with PromSimulator(seed=1, orders=0, products=PRODUCTS) as sim:
        ask(environment, DATABASE, "_reading", "prepare", sim.url, sim.token)
        rows = []
        written = 0
        for title in ("first", "unchanged"):
            sim.world.journal.clear()
            with step(f"Reading {PRODUCTS:,} products ({title})"):
                figures = ask(environment, DATABASE, "_reading", "read")
            calls = len(sim.requests("/products/*"))
            rows.append(
                [
                    title,
                    f"{figures['seconds']:.1f}",
                    f"{figures['queries']:,}",
                    f"{calls:,}",
                    f"{calls * PACE / 60:.1f}",
                    f"{figures['created']:,}",
                    f"{figures['updated']:,}",
                    f"{figures['written'] - written:,}",
                ]
            )
            written = figures["written"]
        sim.world.journal.clear()
        with step(f"Making {CREATED:,} products"):
            made = ask(environment, DATABASE, "_reading", "create", CREATED)
        calls = len(sim.requests("/products/*"))
    header = ["", "seconds", "queries", "calls", "min. by pace", "new", "changed", "rows written"]
    print_table(f"Reading {PRODUCTS:,} products", header, rows)
    write(
        f"\n{made['created']:,} products made in {made['seconds']:.1f} s "
        f"({made['seconds'] * 1000 / made['created']:.0f} ms each) with {calls} calls."
    )


if __name__ == "__main__":
    sys.exit(benchmark(DATABASE, _run, KEEP))
