"""What the benchmarks share: work in a process of its own, and tables."""

import json
import subprocess
import sys

from tools.console import Failure
from tools.paths import LOGS

MEGABYTE = 1 << 20


def ask(environment, database, module, function, *arguments):
    """Return what a function answers that works inside Odoo, in a process of its own.

    :param str module: the module beside this one that has the function
    :raises Failure: it gave no answer
    """
    call = ", ".join(["env", *map(repr, (module, function, *arguments))])
    log = LOGS / f"bench-{function}.log"
    with log.open("w") as errors:
        done = subprocess.run(
            environment.command("shell", "-d", database, "--no-http", "--log-level=warn"),
            input=f"from tests.bench._inside import answer\nanswer({call})\n",
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            check=False,
            env=environment.variables,
        )
    if done.returncode:
        raise Failure(f"The benchmark stopped in {function}; the reason is at the end of {log}.")
    return json.loads(done.stdout.splitlines()[-1])


def print_table(title, header, rows):
    write(f"\n{title}")
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        cells = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        write(f"  {'  '.join(cells)}")


def write(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
