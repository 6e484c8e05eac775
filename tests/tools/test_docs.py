"""The guides are complete, in both languages, and their links lead somewhere."""

import re
from pathlib import Path

import polib
import pytest

from tools.paths import MODULES, ROOT

DOCS = ROOT / "docs"
UKRAINIAN = DOCS / "uk"
GUIDE = [DOCS / "shop-owner.md", DOCS / "troubleshooting.md", *sorted(DOCS.glob("shop-owner/*.md"))]
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
CODE = "selection__merchant_issue__code__"
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def name(path):
    return str(path.relative_to(ROOT))


def get_anchors(path):
    """Return what headings are called in addresses, as GitHub makes it."""
    anchors = set()
    for heading in HEADING.findall(path.read_text()):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        anchors.add(re.sub(r"[^\w\- ]", "", text).replace(" ", "-"))
    return anchors


def get_issue_labels():
    """Return the English and Ukrainian label of every issue, by its code."""
    labels = {}
    for module in MODULES:
        for entry in polib.pofile(str(ROOT / module / "i18n" / "uk.po")):
            for place, _line in entry.occurrences:
                if CODE in place:
                    labels[place.split(CODE)[1]] = (entry.msgid, entry.msgstr)
    return labels


def get_labels(*, is_ukrainian):
    """Return the texts of all screens in one of the languages."""
    entries = [
        entry
        for module in MODULES
        for entry in polib.pofile(str(ROOT / module / "i18n" / "uk.po"))
        if not entry.obsolete
    ]
    return {(entry.msgstr if is_ukrainian else entry.msgid).strip() for entry in entries}


LABELS = get_issue_labels()


def test_all_modules_tell_their_issues():
    # Of the base, its extensions, and the bridge.
    assert {"token_rejected", "permission_missing", "delivery_unmapped"} <= LABELS.keys()


@pytest.mark.parametrize("code", sorted(LABELS))
def test_every_issue_stands_in_the_troubleshooting(code):
    english, ukrainian = LABELS[code]
    assert f"\n### {english}\n" in (DOCS / "troubleshooting.md").read_text()
    assert f"\n### {ukrainian}\n" in (UKRAINIAN / "troubleshooting.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page):
    dead = []
    for link in LINK.findall(page.read_text()):
        if re.match(r"https?:|mailto:", link):
            continue
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        if not path.exists() or (
            anchor and path.suffix == ".md" and anchor not in get_anchors(path)
        ):
            dead.append(link)
    assert dead == []


@pytest.mark.parametrize("page", GUIDE, ids=name)
def test_every_page_of_the_guide_is_there_in_ukrainian(page):
    translated = UKRAINIAN / page.relative_to(DOCS)
    assert translated.exists()
    assert len(HEADING.findall(translated.read_text())) == len(HEADING.findall(page.read_text()))


def test_every_page_of_the_guide_is_in_its_index():
    for folder in (DOCS, UKRAINIAN):
        index = folder / "shop-owner.md"
        linked = {
            (index.parent / link.partition("#")[0]).resolve()
            for link in LINK.findall(index.read_text())
        }
        assert {*folder.glob("shop-owner/*.md"), folder / "troubleshooting.md"} <= linked


@pytest.mark.parametrize("folder", [DOCS, UKRAINIAN], ids=name)
def test_tables_of_the_guide_name_what_is_on_the_screen(folder):
    labels = get_labels(is_ukrainian=folder == UKRAINIAN)
    cells = [
        (name(page), label)
        for page in [folder / "troubleshooting.md", *folder.glob("shop-owner/*.md")]
        for cell in re.findall(r"^\| (\*\*.+?) \|", page.read_text(), re.MULTILINE)
        for label in re.findall(r"\*\*(.+?)\*\*", cell)
    ]
    assert len(cells) > 50
    assert [cell for cell in cells if cell[1] not in labels] == []


def test_pictures_are_small():
    pictures = list(Path(DOCS / "images").rglob("*.png"))
    assert [name(path) for path in pictures if path.stat().st_size > 200_000] == []
    assert sum(path.stat().st_size for path in pictures) < 4_000_000


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_it_does_and_what_it_does_not(module):
    readme = (ROOT / module / "README.rst").read_text()
    for heading in ("What it does", "Configuration", "Usage", "Known limits"):
        assert f"\n{heading}\n{'=' * len(heading)}\n" in readme
    page = (ROOT / module / "static" / "description" / "index.html").read_text()
    assert page.count("<h3") >= 3
    # Whoever looks at the list of apps sends nothing elsewhere.
    assert not re.search(r"(src|href)=.https?:", page)


def test_shop_owners_read_the_limits_in_ukrainian():
    english = (ROOT / "README.md").read_text()
    begin = english.index("## What the first version does not do yet")
    limits = re.findall(r"^- ", english[begin : english.index("## More")], re.MULTILINE)
    ukrainian = (UKRAINIAN / "shop-owner.md").read_text()
    begin = ukrainian.index("**Чого перша версія ще не вміє**")
    assert len(re.findall(r"^- ", ukrainian[begin:], re.MULTILINE)) == len(limits)
