"""Scripts that print or draw something and are no tests."""

import os
import subprocess
import sys

from .browser import find_browser
from .console import Failure, say
from .odoo import prepare
from .paths import ROOT
from .python_env import dev_python


def bench():
    """Run every benchmark; each prints its figures."""
    paths = sorted((ROOT / "tests" / "bench").glob("bench_*.py"))
    if not paths:
        say("There are no benchmarks yet.")
    return max((_run(sys.executable, path) for path in paths), default=0)


def screenshots():
    """Make the pictures in docs/ again, from a fresh demo."""
    browser = find_browser()
    if not browser:
        raise Failure("Screenshots need Chromium: install the package chromium as root.")
    prepare(dev=True)
    return _run(dev_python(), ROOT / "tests" / "e2e" / "screenshots.py", CHROMIUM=browser)


def _run(python, path, **variables):
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | variables
    return subprocess.run([python, path], cwd=ROOT, env=environment, check=False).returncode
