"""The page about security names tests that exist."""

import re

from tools.paths import ROOT

PAGE = ROOT / "docs" / "security.md"
NAMED = re.compile(r"`(test_\w+)`")


def test_every_promise_is_shown_by_a_test_that_exists():
    named = set(NAMED.findall(PAGE.read_text()))
    assert len(named) > 40
    places = [*ROOT.glob("garazd_*/tests/*.py"), *(ROOT / "tests").rglob("test_*.py")]
    defined = set()
    for path in places:
        defined.update(re.findall(r"def (test_\w+)\(", path.read_text()))
    assert not named - defined


def test_every_line_of_a_table_names_its_test():
    """A promise without a test is a wish."""
    tables = re.findall(r"\| promise \| shown by \|\n\|.*\n((?:\|.*\n)+)", PAGE.read_text())
    assert len(tables) >= 5
    for row in "".join(tables).splitlines():
        assert NAMED.search(row), row
