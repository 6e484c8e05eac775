"""What the guides name exists, and every issue that Odoo may show is explained in them."""

import ast
import re

import polib
import pytest

from tools.paths import MODULES, ROOT

PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
TROUBLESHOOTING = ROOT / "docs" / "troubleshooting.md"
UKRAINIAN = ROOT / "docs" / "uk" / "troubleshooting.md"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CHOICES = {"selection", "selection_add"}


def read_labels():
    """Return the labels of all causes of `merchant.issue`, out of the source."""
    labels = []
    for module in MODULES:
        for path in sorted((ROOT / module / "models").glob("merchant_issue*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "code":
                    labels += _read_selection(node.value)
    return labels


def _read_selection(call):
    choices = [word.value.elts for word in call.keywords if word.arg in CHOICES]
    return [choice.elts[1].value for elements in choices for choice in elements]


def read_headings(path):
    return re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)


def make_anchor(heading):
    """Return the anchor that code hosting gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_cause_of_issues_is_explained():
    labels = read_labels()
    assert len(labels) > 40
    assert sorted(labels) == sorted(set(labels))
    assert set(labels) - set(read_headings(TROUBLESHOOTING)) == set()


def test_every_cause_of_issues_is_explained_in_ukrainian():
    translations = {}
    for module in MODULES:
        for entry in polib.pofile(str(ROOT / module / "i18n" / "uk.po")):
            translations.setdefault(entry.msgid, set()).add(entry.msgstr)
    headings = set(read_headings(UKRAINIAN))
    assert [label for label in read_labels() if not translations[label] & headings] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    lost = []
    for target in LINK.findall(page.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        anchors = map(make_anchor, read_headings(path)) if path.exists() and anchor else ("",)
        if not path.exists() or anchor not in anchors:
            lost.append(target)
    assert lost == []


def test_guides_are_the_same_in_both_languages():
    english = ROOT / "docs" / "shop-owner"
    ukrainian = ROOT / "docs" / "uk" / "shop-owner"
    assert {p.name for p in english.glob("*.md")} == {p.name for p in ukrainian.glob("*.md")}
