"""Runs every test and says at the end how many passed."""

import os
import re
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from xml.etree import ElementTree

from . import databases
from .browser import find_browser
from .console import Failure, say, step
from .lock import locked
from .logcheck import SERVER_ALLOWED, read_log
from .odoo import free_port, prepare
from .paths import LOCAL, LOGS, ROOT, TEST_ADDONS
from .processes import run_group, stop_all
from .python_env import dev_python

# A suite that hangs must not take the whole of the continuous integration's time.
PATIENCE = 40 * 60


@dataclass(frozen=True)
class PlainSuite:
    """Tests that pytest runs."""

    folders: tuple
    browser: bool = False
    #: Which of them, as pytest's option -m has it.
    marks: str = ""


@dataclass(frozen=True)
class OdooSuite:
    """Modules that are installed on a copy of a template and tested by Odoo's own runner."""

    layer: str
    modules: tuple
    tested: tuple
    #: Odoo's test tags where not everything in `tested` is to run.
    tags: tuple = ()
    absent: tuple = ()
    present: tuple = ()


# The longest first, so that nobody waits for it alone at the end. `plain` is among the first as it
# needs no database: on a new machine the others wait until the templates are made.
SUITES = {
    "e2e": PlainSuite(("tests/e2e",), browser=True, marks="not store"),
    "store": PlainSuite(("tests/e2e",), browser=True, marks="store"),
    "center": OdooSuite(
        "sale",
        ("test_merchant_center",),
        ("garazd_merchant_center", "test_merchant_center"),
        absent=("garazd_merchant_prom",),
    ),
    "plain": PlainSuite(("tests/unit", "tests/feed", "tests/simulator", "tests/tools")),
    "prom": OdooSuite(
        "sale",
        ("garazd_merchant_prom",),
        ("garazd_merchant_prom",),
        absent=("stock_delivery", "garazd_prom_delivery_bridge"),
    ),
    "load": PlainSuite(("tests/load",)),
    "all": OdooSuite(
        "delivery",
        ("garazd_merchant_prom", "test_merchant_center"),
        ("garazd_merchant_prom", "garazd_prom_delivery_bridge"),
        # What the others are alone is tested above; here it is what these modules change.
        tags=(
            "/garazd_prom_delivery_bridge",
            "/garazd_merchant_prom:TestDelivery",
            "/garazd_merchant_prom:TestTracking",
            # There is no margin without the module Margins.
            "/garazd_merchant_center:TestView",
            "/test_merchant_center:TestOrderChange.test_margin_is_what_the_fees_leave_of_it",
        ),
        present=("garazd_prom_delivery_bridge", "sale_margin"),
    ),
    "feed": OdooSuite(
        "feed",
        ("garazd_product_feed",),
        ("garazd_product_feed",),
        absent=("sale", "garazd_merchant_center"),
    ),
}


@dataclass
class Result:
    """What became of a suite."""

    name: str
    tests: int = 0
    #: Tests that failed, as their runner counts them.
    broken: int = 0
    seconds: float = 0
    #: Why the suite failed although no test may have; each is a sentence.
    reasons: list = field(default_factory=list)
    #: What a person needs to see to work on it.
    excerpt: str = ""
    #: Why nothing was run, where that is no failure.
    not_run: str = ""

    @property
    def failed(self):
        """The failures: those of the tests, else one for the suite as such."""
        return self.broken or (1 if self.reasons else 0)

    @property
    def passed(self):
        """The tests that passed."""
        return max(self.tests - self.broken, 0)


def run_tests(names=None, tags=None, jobs=1):
    """Run suites and print a table.

    :param list names: keys of ``SUITES``; None: all
    :param str tags: Odoo's test tags in place of the suites' modules
    :param int jobs: how many suites run at a time
    :return: the exit status
    """
    names = choose(names, tags)
    environment = prepare(durable=False, dev=True)
    LOGS.mkdir(parents=True, exist_ok=True)
    # Tours of the modules need it, too.
    browser = find_browser() if set(names) - {"plain", "load"} else None
    results = {}
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        try:
            futures = [pool.submit(_run, environment, name, tags, browser) for name in names]
            for future in as_completed(futures):
                result = future.result()
                results[result.name] = result
                _tell(result)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            stop_all()
            raise
    return conclude([results[name] for name in names])


def choose(names, tags):
    """Return the names of the suites to run.

    With tags these are the suites of Odoo that test a module the tags name.

    :raises Failure: there is no such suite
    """
    unknown = set(names or ()) - set(SUITES)
    if unknown:
        raise Failure(f"There is no suite {', '.join(unknown)}: choose from {', '.join(SUITES)}.")
    if names or not tags:
        return list(names or SUITES)
    of_odoo = [name for name, suite in SUITES.items() if isinstance(suite, OdooSuite)]
    modules = set(re.findall(r"/(\w+)", tags))
    return [name for name in of_odoo if modules.intersection(SUITES[name].tested)] or of_odoo


def conclude(results):
    """Print the table and the closing line.

    :return: the exit status
    """
    say("")
    say(f"{'suite':<10}{'tests':>8}{'failed':>8}{'seconds':>10}")
    for result in results:
        note = f"  not run: {result.not_run}" if result.not_run else ""
        say(f"{result.name:<10}{result.tests:>8}{result.failed:>8}{result.seconds:>10.1f}{note}")
    passed = sum(result.passed for result in results)
    failed = sum(result.failed for result in results)
    print(f"{passed} passed, {failed} failed", flush=True)  # noqa: T201
    return 1 if failed or not passed else 0


def _tell(result):
    if result.reasons:
        say(f"\n===== {result.name} failed =====\n{result.excerpt}".rstrip())
    for reason in result.reasons:
        say(f"  {result.name}: {reason}")


def _run(environment, name, tags, browser):
    suite = SUITES[name]
    started = time.monotonic()
    with locked(f"test-{name}"), step(f"Suite {name}"):
        missing = _missing(suite)
        if missing:
            result = Result(name, reasons=[f"there are no tests in {', '.join(missing)}"])
        elif isinstance(suite, PlainSuite):
            result = _run_plain(name, suite, browser)
        else:
            result = _run_odoo(environment, name, suite, tags)
    result.seconds = time.monotonic() - started
    return result


def _missing(suite):
    if isinstance(suite, PlainSuite):
        folders = [ROOT / folder for folder in suite.folders]
        return [str(path.relative_to(ROOT)) for path in folders if not any(path.rglob("test_*.py"))]
    places = {module: (ROOT / module, TEST_ADDONS / module) for module in suite.tested}
    return [
        module
        for module, paths in places.items()
        if not any((path / "__manifest__.py").exists() for path in paths)
    ]


def _run_plain(name, suite, browser):
    if suite.browser and not browser:
        if os.environ.get("CI", "").lower() in ("1", "true", "yes"):
            return Result(name, reasons=["Chromium is missing, nothing was tested"])
        return Result(name, not_run="Chromium is missing; install the package chromium as root")
    log, figures = LOGS / f"test-{name}.log", LOGS / f"test-{name}.xml"
    figures.unlink(missing_ok=True)
    server_logs = f"test_{name}*-odoo.log"
    for old in LOGS.glob(server_logs):
        old.unlink()
    # Those that take minutes are part of `make soak`.
    options = [
        "-q",
        "--color=no",
        "-m",
        f"not long and ({suite.marks})" if suite.marks else "not long",
        "-o",
        f"cache_dir={LOCAL / 'pytest'}",
        f"--junitxml={figures}",
    ]
    done = run_group(
        [dev_python(), "-m", "pytest", *options, *suite.folders],
        seconds=PATIENCE,
        env=os.environ
        | {
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HYPOTHESIS_STORAGE_DIRECTORY": str(LOCAL / "hypothesis"),
            "CHROMIUM": browser or "",
        },
    )
    log.write_text(done.stdout)
    result = Result(name, *read_figures(figures), reasons=_status_reasons(done, "pytest", log))
    if done.returncode:
        result.excerpt = done.stdout[-12_000:]
    for odoo_log in sorted(LOGS.glob(server_logs)):
        report = read_log(odoo_log.read_text(errors="replace"), SERVER_ALLOWED)
        _add_problems(result, report, odoo_log)
    return _need_tests(result)


def read_figures(path):
    """Return how many tests a report of pytest counts, without the skipped, and how many failed."""
    if not path.exists():
        return 0, 0
    suites = list(ElementTree.parse(path).getroot().iter("testsuite"))
    total = {
        key: sum(int(suite.get(key, 0)) for suite in suites)
        for key in ("tests", "failures", "errors", "skipped")
    }
    return total["tests"] - total["skipped"], total["failures"] + total["errors"]


def _run_odoo(environment, name, suite, tags):
    database = f"test_{name}"
    databases.copy(environment, databases.template(environment, suite.layer), database)
    log = LOGS / f"test-{name}.log"
    log.unlink(missing_ok=True)
    command = environment.command(
        "-d",
        database,
        "-i",
        ",".join(suite.modules),
        "--test-tags",
        tags or ",".join(suite.tags or (f"/{module}" for module in suite.tested)),
        "--stop-after-init",
        f"--http-port={free_port()}",
        f"--logfile={log}",
    )
    done = run_group(command, seconds=PATIENCE, env=environment.variables)
    text = (log.read_text(errors="replace") if log.exists() else "") + done.stdout
    log.write_text(text)
    report = read_log(text)
    result = Result(name, report.tests, report.failed, reasons=_status_reasons(done, "Odoo", log))
    _add_problems(result, report, log)
    installed = databases.installed_modules(environment, database)
    wrong = sorted(installed.intersection(suite.absent))
    result.reasons += [f"{module} must not be installed" for module in wrong]
    absent = sorted({*suite.present, *suite.modules} - installed)
    result.reasons += [f"{module} is not installed" for module in absent]
    if done.returncode and not report.problems:
        result.excerpt += "\n".join(text.splitlines()[-60:])
    return _need_tests(result)


def _add_problems(result, report, log):
    if not report.problems:
        return
    lines = ["\n".join(excerpt) for excerpt in report.problems[:20]]
    result.excerpt = "\n".join([result.excerpt, *lines])
    result.reasons.append(f"{len(report.problems)} unexpected warnings or errors in {log}")


def _status_reasons(done, program, log):
    if done.returncode is None:
        return [f"{program} was stopped after {PATIENCE // 60} minutes; see {log}"]
    return [f"{program} ended with status {done.returncode}; see {log}"] if done.returncode else []


def _need_tests(result):
    if not result.tests:
        result.reasons.append("no test ran")
    return result
