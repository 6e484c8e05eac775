"""What the benchmarks share: work in a process of its own, and tables."""

import json
import subprocess
import sys

from tools import databases
from tools.console import Failure, say, step
from tools.lock import locked
from tools.odoo import prepare
from tools.paths import LOGS

MEGABYTE = 1 << 20


def ask(environment, database, module, function, *arguments):
    """Return what a function answers that works inside Odoo, in a process of its own.

    :param str module: that has the function: one beside this one, or a full name
    :raises Failure: it gave no answer
    """
    call = ", ".join(["env", *map(repr, (module, function, *arguments))])
    log = LOGS / f"{database}-{function}.log"
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


def benchmark(database, work, keep):
    """Do the work of a benchmark in a database of its own with the whole suite.

    :param work: called with the environment
    :param bool keep: leave the database
    :return: the exit status
    """
    try:
        with locked("bench", busy="Another benchmark runs already: wait for it."):
            environment = prepare(durable=False)
            try:
                with step(f"Creating {database}"):
                    template = databases.suite_template(environment)
                    databases.copy(environment, template, database)
                work(environment)
            finally:
                if not keep:
                    databases.drop(environment, database)
    except Failure as failure:
        say(str(failure))
        return 1
    return 0


def print_table(title, header, rows):
    write(f"\n{title}")
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        cells = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        write(f"  {'  '.join(cells)}")


def write(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
