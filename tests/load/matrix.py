"""The fault matrix: every call of the suite, every fault the simulator knows."""

from concurrent.futures import ThreadPoolExecutor

from tools.console import step

from . import cells
from .rig import running_rig

# Shops with bad luck that are looked after at a time.
PARALLEL = 2


def run(*, complete):
    """Try cells of every call.

    :param bool complete: all of them, else those of a short run
    :return: see `matrix_inside.run`
    :rtype: list[dict]
    """
    names = [call.name for call in cells.CALLS]
    if not complete:
        return _try_calls("matrix", [names], complete=False)
    with ThreadPoolExecutor(PARALLEL) as pool:
        # A process for each call shows progress and costs some seconds.
        shares = [
            pool.submit(
                _try_calls,
                f"matrix_{number}",
                [[name] for name in names[number::PARALLEL]],
                complete=True,
            )
            for number in range(PARALLEL)
        ]
        return [result for share in shares for result in share.result()]


def _try_calls(database, parts, *, complete):
    """Try cells of calls in a database of its own; each part in a process of its own."""
    results = []
    with running_rig(database, shops=[], products=12) as rig:
        for part in parts:
            with step(f"Faults of {', '.join(part)}"):
                results += rig.ask("matrix_inside", "run", part, complete)
    return results
