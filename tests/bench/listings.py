"""The benchmark of prices and quantities that are sent: ``make bench``.

It prints what it costs to compare a store with its price list when nothing differs, how long it
takes from a change until it is sent, and what noting changes costs those who move goods. The
network is left out: it answers at once.

Options are environment variables:

- ``BENCH_LISTINGS``: how many; ``100000``
- ``BENCH_MOVES``: how often goods are received with and without noting it; ``300``
- ``BENCH_KEEP=1``: keep the database ``bench_listings``
"""

import os
import sys

from tests.bench._asking import ask, benchmark, print_table, write
from tools.console import step

LISTINGS = int(os.environ.get("BENCH_LISTINGS") or 100_000)
MOVES = int(os.environ.get("BENCH_MOVES") or 300)
KEEP = os.environ.get("BENCH_KEEP") == "1"
CHANGED = 1000
DATABASE = "bench_listings"


def _run(environment):
    with step(f"Filling it with {LISTINGS:,} products"):
        count = ask(environment, DATABASE, "_listings", "prepare", LISTINGS)
    with step(f"Comparing {count:,} unchanged listings"):
        compared = ask(environment, DATABASE, "_listings", "compare")
    with step(f"Changing and sending {CHANGED:,} prices"):
        changed = ask(environment, DATABASE, "_listings", "change", CHANGED)
    with step(f"Receiving goods {2 * MOVES} times"):
        moved = ask(environment, DATABASE, "_listings", "move", MOVES)
    print_table(
        "Comparing unchanged listings",
        ["listings", "seconds", "queries", "changed", "rows written"],
        [
            [
                f"{count:,}",
                f"{compared['seconds']:.1f}",
                f"{compared['queries']:,}",
                str(compared["updated"]),
                str(compared["written"]),
            ]
        ],
    )
    write(
        f"\n{changed['sent']:,} changed of {count:,}: sent in {changed['calls']} calls within "
        f"{changed['seconds']:.1f} s of the commit."
    )
    slower = (moved["with"] / moved["without"] - 1) * 100
    write(
        f"Receiving goods: {moved['without'] * 1000:.1f} ms, {moved['with'] * 1000:.1f} ms when "
        f"the change is noted ({slower:+.1f} %); the noting itself takes "
        f"{moved['noting'] * 1000:.2f} ms ({moved['noting'] / moved['without'] * 100:.1f} %)."
    )


if __name__ == "__main__":
    sys.exit(benchmark(DATABASE, _run, KEEP))
