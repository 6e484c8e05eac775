"""Reads Odoo's log: what the tests did, and every line that should not be there."""

import re
from dataclasses import dataclass, field

LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) \S+ (?P<text>.*)")
RESULT = re.compile(
    r"odoo\.tests\.result: (?P<failed>\d+) failed, (?P<errors>\d+) error\(s\) "
    r"of (?P<tests>\d+) tests"
)

# Warnings that are not ours to mend. Each entry says why.
ALLOWED = (
    # A page was left while its assets were still on their way: says nothing about the page.
    re.compile(r"received after termination"),
    # Python libraries that are newer than the release of Odoo.
    re.compile(r"py\.warnings: .*(PyPDF2|pkg_resources|docutils)"),
)
# What a server that people use writes on good days.
SERVER_ALLOWED = (
    *ALLOWED,
    # A person did what cannot be done, and was told so on the screen.
    re.compile(r"WARNING \S+ odoo\.http: "),
    # The scheduler was woken while a person installed or removed a module.
    re.compile(r"ir_cron: Skipping database \S+ because of modules to install/upgrade/remove"),
    # Two requests changed the same record at once; Odoo runs the later one again.
    re.compile(
        r"odoo\.sql_db: bad query.*(could not serialize access|deadlock detected)", re.DOTALL
    ),
)
EXCERPT_LINES = 60


@dataclass
class Report:
    """What a run of Odoo's tests wrote to its log."""

    tests: int = 0
    failed: int = 0
    problems: list = field(default_factory=list)


def read_log(text, allowed=ALLOWED):
    """Return the figures and the unexpected lines of a log.

    :param str text: the whole log
    :param allowed: patterns of entries that are no problem
    :rtype: Report
    """
    report = Report()
    for entry in _entries(text):
        result = RESULT.search(entry[0])
        if result:
            report.tests += int(result["tests"])
            report.failed += int(result["failed"]) + int(result["errors"])
        elif LINE.match(entry[0])["level"] in ("WARNING", "ERROR", "CRITICAL"):
            whole = "\n".join(entry)
            if not any(pattern.search(whole) for pattern in allowed):
                report.problems.append(entry[:EXCERPT_LINES])
    return report


def _entries(text):
    """Yield each entry of a log with the lines that follow it, such as a traceback."""
    entry = []
    for line in text.splitlines():
        if LINE.match(line):
            if entry:
                yield entry
            entry = [line]
        elif entry:
            entry.append(line)
    if entry:
        yield entry
