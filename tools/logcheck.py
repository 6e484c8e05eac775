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
    # The debug build of Python libraries that this release of Odoo was not written for.
    re.compile(r"py\.warnings: .*(PyPDF2|pkg_resources|docutils)"),
)


@dataclass
class Report:
    """What a run of Odoo's tests wrote to its log."""

    tests: int = 0
    failed: int = 0
    problems: list = field(default_factory=list)


def read_log(text):
    """Return the figures and the unexpected lines of a log.

    :param str text: the whole log
    :rtype: Report
    """
    report = Report()
    excerpt = None
    for line in text.splitlines():
        match = LINE.match(line)
        if not match:
            if excerpt is not None and len(excerpt) < 60:
                excerpt.append(line)
            continue
        excerpt = None
        result = RESULT.search(line)
        if result:
            report.tests += int(result["tests"])
            report.failed += int(result["failed"]) + int(result["errors"])
        elif match["level"] in ("WARNING", "ERROR", "CRITICAL") and not _is_allowed(line):
            excerpt = [line]
            report.problems.append(excerpt)
    return report


def _is_allowed(line):
    return any(pattern.search(line) for pattern in ALLOWED)
