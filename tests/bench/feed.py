"""The benchmark of product feeds: ``make bench``.

It fills catalogues of its own (``_catalogue.py``: stock, a picture, two languages, eight
attributes, a pricelist) and prints what these cost:

- the file made from nothing, for each size;
- the file made again after 500 products of the largest catalogue have changed;
- the file of the largest catalogue fetched over HTTP, plain and compressed;
- a catalogue with eCommerce and three pictures, next to the feed of Odoo's eCommerce.

Every measurement has a process of its own, so nothing is warm but the database. "Peak" is the most
memory of that process, "before" the same when the work began; a megabyte has 2**20 bytes. Nothing
is asserted: the figures depend on the machine.

Options are environment variables:

- ``BENCH_SIZES``: the sizes of the catalogues; ``1000,10000,100000``
- ``BENCH_ODOO=0``: without the comparison, which installs eCommerce first
- ``BENCH_KEEP=1``: keep the databases, named ``bench_*``
"""

import contextlib
import http.client
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.bench._asking import MEGABYTE, ask, print_table, write
from tools import databases
from tools.console import Failure, run, say, step
from tools.lock import locked
from tools.odoo import free_port, odoo_server, prepare
from tools.paths import LOGS

MODULE = "garazd_product_feed"
SIZES = [int(size) for size in (os.environ.get("BENCH_SIZES") or "1000,10000,100000").split(",")]
COMPARE = os.environ.get("BENCH_ODOO") != "0"
KEEP = os.environ.get("BENCH_KEEP") == "1"
# Stock, prices, names.
CHANGES = (200, 200, 100)
# Odoo's own feed takes 6,000 at most.
COMPARED = 5000
REQUESTS = 20


def main():
    """Run everything and return the exit status."""
    try:
        with locked("bench", busy="Another benchmark runs already: wait for it."):
            environment = prepare(durable=False)
            _bench_sizes(environment, sorted(SIZES))
            if COMPARE:
                _bench_ecommerce(environment)
    except Failure as failure:
        say(str(failure))
        return 1
    return 0


def _bench_sizes(environment, sizes):
    rows = []
    for size in sizes:
        with _catalogue(environment, f"bench_feed_{size}", "feed", (MODULE,), size) as database:
            with step(f"Generating {size:,} offers"):
                rows.append(ask(environment, database, "_feed", "generate", True))
            if size == sizes[-1]:
                _print_generations("Everything, from nothing", rows)
                _bench_changes(environment, database)
                _bench_requests(environment, database, rows[-1]["path"])


def _bench_changes(environment, database):
    changed = ask(environment, database, "_feed", "change", *CHANGES)
    with step(f"Generating again after {changed} changes"):
        row = ask(environment, database, "_feed", "generate", False)
    stock, prices, names = CHANGES
    title = f"Again, after changes of {stock} quantities, {prices} prices, {names} names"
    _print_generations(title, [row])


def _bench_requests(environment, database, path):
    rows = []
    for label, encoding in (("plain", "identity"), ("gzip", "gzip")):
        with step(f"Fetching the file {REQUESTS + 1} times, {label}"):
            rows.append([label, *_request(environment, database, path, encoding)])
    print_table(
        f"The file over HTTP (first byte: of the first request, then the median of {REQUESTS})",
        ["", "cold ms", "first byte ms", "whole ms", "MB", "server MB before", "after"],
        rows,
    )


def _request(environment, database, path, encoding):
    """Return the cells about requests in one encoding, to a server just started."""
    with tempfile.TemporaryDirectory() as folder:
        pid_file = Path(folder) / "pid"
        port = free_port()
        log = LOGS / "bench-odoo.log"
        variables = {"ODOO_PIDFILE": str(pid_file)}
        with odoo_server(environment, database, port, log=log, variables=variables):
            before = _resident(pid_file)
            cold, _whole, size = _fetch(port, path, encoding)
            fetched = [_fetch(port, path, encoding) for _ in range(REQUESTS)]
            after = _resident(pid_file)
    first, whole, _sizes = (statistics.median(column) for column in zip(*fetched, strict=True))
    times = [f"{seconds * 1000:.1f}" for seconds in (cold, first, whole)]
    return [*times, *(f"{number / MEGABYTE:.1f}" for number in (size, before, after))]


def _fetch(port, path, encoding):
    """Return the seconds until the first byte and until the last, and how many bytes came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    started = time.perf_counter()
    connection.request("GET", path, headers={"Accept-Encoding": encoding})
    response = connection.getresponse()
    size = len(response.read(1))
    first = time.perf_counter() - started
    while piece := response.read(MEGABYTE):
        size += len(piece)
    whole = time.perf_counter() - started
    connection.close()
    if response.status != http.client.OK:
        raise Failure(f"The link answered {response.status}.")
    return first, whole, size


def _resident(pid_file):
    """Return the memory that a process has now, in bytes."""
    command = ["ps", "-o", "rss=", "-p", pid_file.read_text().strip()]
    return int(run(command, hint="The benchmark needs the program ps.")) * 1024


def _bench_ecommerce(environment):
    modules = (MODULE, "website_sale")
    with (
        _catalogue(environment, "bench_feed_ecommerce", "sale", modules, COMPARED) as database,
        step(f"Generating {COMPARED:,} offers with both"),
    ):
        ours = ask(environment, database, "_feed", "generate", True)
        odoos = ask(environment, database, "_feed", "generate_odoo")
    _print_generations("With eCommerce and three pictures", [ours])
    _print_generations("The same products by Odoo's own feed, in one language", [odoos])
    ratio = _per_offer(odoos) / _per_offer(ours)
    write(f"\nOdoo's own feed takes {ratio:.1f} times as long per offer.")


@contextlib.contextmanager
def _catalogue(environment, database, layer, modules, count):
    """Provide a database with these modules and a catalogue until the block ends.

    :param str layer: the template below it, a key of ``databases.LAYERS``
    :return: its name
    """
    try:
        with step(f"Creating {database}"):
            databases.copy(environment, databases.template(environment, layer), database)
            install = ("-i", ",".join(modules), "--stop-after-init", "--no-http")
            run(
                environment.command("-d", database, *install),
                hint="Look at the end of that file.",
                log=LOGS / f"{database}.log",
                env=environment.variables,
            )
        with step(f"Filling it with {count:,} products"):
            ask(environment, database, "_feed", "prepare", count)
        yield database
    finally:
        if not KEEP:
            databases.drop(environment, database)


def _per_offer(figures):
    return figures["seconds"] * 1000 / max(figures["offers"], 1)


def _print_generations(title, rows):
    print_table(
        title,
        ["offers", "ms/offer", "seconds", "queries", "file MB", "peak MB", "before MB"],
        [
            [
                f"{row['offers']:,}",
                f"{_per_offer(row):.3f}",
                f"{row['seconds']:.2f}",
                f"{row['queries']:,}",
                *(f"{row[key] / MEGABYTE:.1f}" for key in ("bytes", "peak", "before")),
            ]
            for row in rows
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
