"""The fault matrix: every call of the suite, every fault the simulator knows."""

from tools.console import step

from . import cells
from .rig import running_rig


def run(*, complete):
    """Try cells of every call.

    :param bool complete: all of them, else those of a run of a minute
    :return: see `matrix_inside.run`
    :rtype: list[dict]
    """
    names = [call.name for call in cells.CALLS]
    # A process each shows progress and costs some seconds.
    parts = [[name] for name in names] if complete else [names]
    results = []
    with running_rig("matrix", shops=[], products=12) as rig:
        for part in parts:
            with step(f"Faults of {', '.join(part)}"):
                results += rig.ask("matrix_inside", "run", part, complete)
    return results
