"""How a benchmark works inside Odoo. Each call has a process of its own."""

import json
import resource
import sys
import time
from importlib import import_module

from odoo import sql_db


def answer(env, module, name, *arguments):
    """Call a function of a module, commit, and print its result as a line.

    :param str module: one beside this one, or a full name
    """
    module = import_module(module if "." in module else f"tests.bench.{module}")
    result = getattr(module, name)(env, *arguments)
    env.cr.commit()
    sys.stdout.write(f"{json.dumps(result)}\n")


def measured(env, work):
    """Do some work and return what it cost.

    :return: ``seconds``, ``queries``, ``peak``: the most memory of the process so far, and
        ``before``: the same when the work began, both in bytes
    :rtype: dict
    """
    before, queries, started = _peak(), sql_db.sql_counter, time.perf_counter()
    work()
    env.flush_all()
    return {
        "seconds": time.perf_counter() - started,
        "queries": sql_db.sql_counter - queries,
        "peak": _peak(),
        "before": before,
    }


def _peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
