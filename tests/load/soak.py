"""`make soak`: faults, kills, concurrency and load at full length, and the tables about them.

``PART=tests|matrix|kills|parallel|load`` runs a part, ``QUICK=1`` a short form of it. ``PRODUCTS``,
``ORDERS``, ``SECONDS`` and ``KILLS`` change the sizes.
"""

import os
import subprocess
import sys
import time
from collections import Counter

from tests.bench._asking import print_table, write
from tools.console import Failure, say
from tools.lock import locked

from . import cells, kills, load, matrix, parallel
from .day import describe_delays

LONG = ("tests/lifecycle", "tests/e2e", "tests/load")
DELAYS = ["", "count", "median s", "95 % s", "longest s"]


def main():
    """Run the parts that are asked for.

    :return: the exit status
    """
    quick = os.environ.get("QUICK", "0") not in ("", "0")
    chosen = (os.environ.get("PART") or ",".join(PARTS)).split(",")
    if unknown := set(chosen) - set(PARTS):
        say(f"There is no part {', '.join(unknown)}: choose from {', '.join(PARTS)}.")
        return 1
    problems = []
    try:
        with locked("soak", busy="Another soak test runs already: wait for it."):
            for name in chosen:
                started = time.monotonic()
                found = PARTS[name](quick=quick)
                write(f"\n{name}: {time.monotonic() - started:.0f} s, {len(found)} problems")
                for words in found[:50]:
                    write(f"  {words}")
                problems += found
    except Failure as failure:
        say(f"\n{failure}")
        return 1
    return 1 if problems else 0


def _size(name, full, quick_size, *, quick):
    return int(os.environ.get(name) or (quick_size if quick else full))


def run_long_tests(*, quick):
    """Run the tests that are marked as long: rights, tokens, updating, removing, copies."""
    command = [sys.executable, "-m", "pytest", "-q", "-m", "long", *LONG]
    done = subprocess.run(command, check=False)
    return ["a test failed"] if done.returncode else []


def run_matrix(*, quick):
    """Print what became of every fault of every call."""
    results = matrix.run(complete=not quick)
    rows = []
    for fault in cells.FAULTS:
        found = [result for result in results if result["fault"] == fault.title]
        rows.append([fault.title, *(_describe_cell(found, call.name) for call in cells.CALLS)])
    write("\n. nobody noticed   t told, and settled by itself   p a person decided   ! a problem")
    write("First letter: the fault happened once; second: it lasted.")
    for number, call in enumerate(cells.CALLS):
        write(f"  {number + 1:>2} {call.method} {call.name}")
    print_table("Fault matrix", ["", *(str(n + 1) for n in range(len(cells.CALLS)))], rows)
    total = len(results)
    bad = [result for result in results if result["problems"]]
    unnoticed = sum(result["unnoticed"] for result in results)
    write(
        f"\n{total} cells: {total - len(bad)} hold, {len(bad)} do not. In {unnoticed} the change "
        "arrived in spite of the fault, in the others when it was over."
    )
    return [f"{result['title']}: {'; '.join(result['problems'])}" for result in bad]


def _describe_cell(results, name):
    marks = ""
    for lasts in (False, True):
        found = [r for r in results if r["call"] == name and r["lasts"] == lasts]
        if not found:
            marks += " "
        elif any(result["problems"] for result in found):
            marks += "!"
        elif any(result["asked_person"] for result in found):
            marks += "p"
        else:
            marks += "t" if any(result["told"] for result in found) else "."
    return marks


def run_kills(*, quick):
    """Print what was left of a server that was killed again and again."""
    count = _size("KILLS", 52, 4, quick=quick)
    figures, problems = kills.run(count, waits_for_leases=not quick)
    rows = [
        [name.replace("_", " "), str(number), str(figures["under way"].get(name, 0))]
        for name, number in figures["killed in"].items()
    ]
    print_table("Killed (SIGKILL)", ["in the middle of", "times", "under way then"], rows)
    write(
        f"\n{figures['kills']} kills, {figures['orders']} orders, {figures['statuses applied']} "
        f"statuses and {figures['prices applied']} prices and quantities applied by the shop; both "
        f"sides equal {figures['settled after']:.0f} s after the last start."
    )
    return problems


def run_parallel(*, quick):
    """Print what two servers on one database did."""
    day, pace, turns = parallel.run(
        orders=_size("ORDERS", 150, 30, quick=quick),
        seconds=_size("SECONDS", 300, 45, quick=quick),
        slow_orders=2 if quick else 8,
        slowness=6.0 if quick else parallel.SLOWNESS,
    )
    _print_day("Two servers, two shops, four people", day)
    print_table("Pace", ["", "calls", "shortest distance s", "median s"], pace)
    print_table(
        "Orders of a shop while another one is slow",
        ["calls of the slow shop meanwhile", "seconds"],
        turns,
    )
    return day.problems


def run_load(*, quick):
    """Print what a day of three shops took."""
    products = _size("PRODUCTS", 20_000, 500, quick=quick)
    day, memory = load.run(
        orders=_size("ORDERS", 500, 40, quick=quick),
        products=products,
        seconds=_size("SECONDS", 1200, 90, quick=quick),
    )
    _print_day(f"A day of three shops with {products:,} products each", day)
    print_table(
        "Memory of the server",
        ["", "MB"],
        [[moment, f"{megabytes:.0f}"] for moment, megabytes in memory],
    )
    return day.problems


def _print_day(title, day):
    write(f"\n{title}")
    write(
        f"  {day.orders:,} orders in {day.seconds:.0f} s "
        f"({day.orders / day.seconds * 60:.0f} a minute); "
        f"{day.requests:,} calls, {day.faults:,} of them went wrong; "
        f"both sides equal {day.settled_after:.0f} s later."
    )
    done = Counter(day.done)
    write("  People: " + ", ".join(f"{name} {count:,}" for name, count in done.most_common()))
    print_table(
        "From one side to the other",
        DELAYS,
        [
            ["order on Prom -> sales order", *describe_delays(day.order_delays)],
            ["price in Odoo -> price on Prom", *describe_delays(day.price_delays)],
        ],
    )


PARTS = {
    "tests": run_long_tests,
    "matrix": run_matrix,
    "kills": run_kills,
    "parallel": run_parallel,
    "load": run_load,
}

if __name__ == "__main__":
    sys.exit(main())
