"""Runs every test and says at the end how many passed."""

import os
import re
import subprocess
import time
from dataclasses import dataclass

from . import databases
from .browser import find_browser
from .console import Failure, say, step
from .logcheck import read_log
from .odoo import free_port, prepare
from .paths import LOGS, MODULES, ROOT
from .python_env import dev_python

SUITE = ",".join(MODULES)


@dataclass(frozen=True)
class PlainSuite:
    """Tests that pytest runs."""

    folders: tuple
    browser: bool = False


@dataclass(frozen=True)
class OdooSuite:
    """Modules that are installed on a copy of a template and tested by Odoo's own runner."""

    layer: str
    modules: tuple
    tested: tuple
    absent: tuple = ()
    present: tuple = ()


SUITES = {
    "plain": PlainSuite(("tests/unit", "tests/simulator", "tests/tools")),
    "feed": OdooSuite(
        "feed",
        ("garazd_product_feed",),
        ("garazd_product_feed",),
        absent=("sale", "garazd_merchant_center"),
    ),
    "center": OdooSuite(
        "sale",
        ("test_merchant_center",),
        ("garazd_merchant_center", "test_merchant_center"),
        absent=("garazd_merchant_prom",),
    ),
    "prom": OdooSuite(
        "sale",
        ("garazd_merchant_prom",),
        ("garazd_merchant_prom",),
        absent=("stock_delivery", "garazd_prom_delivery_bridge"),
    ),
    "all": OdooSuite(
        "delivery",
        ("garazd_merchant_prom", "test_merchant_center"),
        (*MODULES, "test_merchant_center"),
        present=("garazd_prom_delivery_bridge",),
    ),
    "e2e": PlainSuite(("tests/e2e",), browser=True),
}


@dataclass
class Result:
    """What became of a suite."""

    name: str
    tests: int = 0
    failed: int = 0
    seconds: float = 0
    reasons: tuple = ()


def run_tests(names=None, tags=None):
    """Run suites and print a table.

    :param list names: keys of ``SUITES``; None: all
    :param str tags: Odoo's test tags in place of the suites' modules
    :return: the exit status
    """
    unknown = set(names or ()) - set(SUITES)
    if unknown:
        raise Failure(f"There is no suite {', '.join(unknown)}: choose from {', '.join(SUITES)}.")
    environment = prepare(durable=False, dev=True)
    LOGS.mkdir(parents=True, exist_ok=True)
    results = []
    for name in names or SUITES:
        suite = SUITES[name]
        started = time.monotonic()
        with step(f"Suite {name}"):
            if isinstance(suite, PlainSuite):
                result = _run_plain(name, suite)
            else:
                result = _run_odoo(environment, name, suite, tags)
        result.seconds = time.monotonic() - started
        results.append(result)
        for reason in result.reasons:
            say(f"  {name}: {reason}")
    return _conclude(results)


def _conclude(results):
    say("")
    say(f"{'suite':<10}{'tests':>8}{'failed':>8}{'seconds':>10}")
    for result in results:
        say(f"{result.name:<10}{result.tests:>8}{result.failed:>8}{result.seconds:>10.1f}")
    failed = sum(result.failed for result in results)
    tests = sum(result.tests for result in results)
    print(f"{max(tests - failed, 0)} passed, {failed} failed", flush=True)  # noqa: T201
    return 1 if failed or not tests else 0


def _run_plain(name, suite):
    folders = [folder for folder in suite.folders if any((ROOT / folder).glob("**/test_*.py"))]
    if len(folders) != len(suite.folders):
        missing = ", ".join(set(suite.folders) - set(folders))
        return Result(name, failed=1, reasons=(f"there are no tests in {missing}",))
    variables = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    if suite.browser:
        browser = find_browser()
        if not browser:
            return Result(name, failed=1, reasons=("Chromium is missing, nothing was tested",))
        variables["CHROMIUM"] = browser
    log = LOGS / f"test-{name}.log"
    done = subprocess.run(
        [dev_python(), "-m", "pytest", "-q", "--color=no", "-p", "no:cacheprovider", *folders],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env=variables,
        check=False,
    )
    log.write_text(done.stdout)
    counts = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|error)", done.stdout)}
    failed = counts.get("failed", 0) + counts.get("error", 0)
    tests = counts.get("passed", 0) + failed
    reasons = []
    if done.returncode:
        say(done.stdout[-6000:])
        failed = failed or 1
        reasons.append(f"pytest ended with status {done.returncode}; see {log}")
    if not tests:
        failed, reasons = 1, [*reasons, "no test ran"]
    return Result(name, tests, failed, reasons=tuple(reasons))


def _run_odoo(environment, name, suite, tags):
    database = f"test_{name}"
    databases.copy(environment, databases.template(environment, suite.layer), database)
    log = LOGS / f"test-{name}.log"
    log.unlink(missing_ok=True)
    find_browser()  # tours of the modules need it
    command = environment.command(
        "-d",
        database,
        "-i",
        ",".join(suite.modules),
        "--test-tags",
        tags or ",".join(f"/{module}" for module in suite.tested),
        "--stop-after-init",
        f"--http-port={free_port()}",
        f"--logfile={log}",
    )
    done = subprocess.run(
        command,
        env=environment.variables,
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    text = (log.read_text() if log.exists() else "") + done.stdout + done.stderr
    log.write_text(text)
    report = read_log(text)
    reasons = []
    for excerpt in report.problems[:20]:
        say("\n".join(excerpt))
    if report.problems:
        reasons.append(f"{len(report.problems)} unexpected warnings or errors in {log}")
    if done.returncode:
        reasons.append(f"Odoo ended with status {done.returncode}; see {log}")
    if not report.tests:
        reasons.append("no test ran")
    installed = databases.installed_modules(environment, database)
    wrong = installed.intersection(suite.absent)
    reasons += [f"{module} must not be installed" for module in wrong]
    reasons += [f"{module} is not installed" for module in set(suite.present) - installed]
    failed = report.failed or (1 if reasons else 0)
    return Result(name, max(report.tests, failed), failed, reasons=tuple(reasons))
