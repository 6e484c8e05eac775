"""Scripts that print or draw something and are no tests."""

import os
import subprocess

from .browser import find_browser
from .console import Failure, say
from .odoo import prepare
from .paths import ROOT
from .python_env import dev_python


def bench():
    """Run every benchmark; each prints its figures."""
    found = sorted((ROOT / "tests" / "bench").glob("*.py"))
    # What begins with an underscore belongs to the others.
    paths = [path for path in found if not path.name.startswith("_")]
    if not paths:
        say("There are no benchmarks: tests/bench/ has no scripts.")
        return 0
    prepare(durable=False, dev=True)
    return max([_run(dev_python(), path) for path in paths])


def soak():
    """Run faults, kills, concurrency and load at full length; see `tests/load/soak.py`."""
    prepare(durable=False, dev=True)
    return _run(dev_python(), "-m", "tests.load.soak", CHROMIUM=find_browser() or "")


def screenshots():
    """Make the pictures in docs/ again, from a fresh demo."""
    return _run_browser("screenshots")


def first_run():
    """Click from an empty Merchant Center to the first order, and print the times."""
    return _run_browser("first_run")


def _run_browser(name):
    browser = find_browser()
    if not browser:
        raise Failure("This needs Chromium: install the package chromium as root.")
    prepare(dev=True)
    return _run(dev_python(), "-m", f"tests.e2e.{name}", CHROMIUM=browser)


def _run(python, *arguments, **variables):
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | variables
    return subprocess.run([python, *arguments], cwd=ROOT, env=environment, check=False).returncode
