"""Every term of every module has a Ukrainian translation."""

import re

import polib
import pytest

from tools.paths import MODULES, ROOT

# Empty: the same in both languages.
SAME = ("ID", "Prom.UA", "https://", "Justin", "Meest", "Rozetka Delivery")
PLACEHOLDER = re.compile(r"%\(\w+\)s|%s|%d|\{\w*\}")


@pytest.fixture(params=MODULES)
def module(request):
    """The folder of a module."""
    return ROOT / request.param


def read(path):
    return [entry for entry in polib.pofile(str(path)) if not entry.obsolete]


def test_every_term_of_the_template_is_translated(module):
    template = read(module / "i18n" / f"{module.name}.pot")
    ukrainian = {entry.msgid: entry for entry in read(module / "i18n" / "uk.po")}
    assert template
    missing = [
        entry.msgid
        for entry in template
        if not (found := ukrainian.get(entry.msgid))
        or (not found.msgstr and entry.msgid not in SAME)
        or found.fuzzy
    ]
    assert missing == []


def test_translations_keep_the_placeholders(module):
    different = [
        entry.msgid
        for entry in read(module / "i18n" / "uk.po")
        if entry.msgstr
        and sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(PLACEHOLDER.findall(entry.msgstr))
    ]
    assert different == []


def test_translations_keep_the_markup(module):
    tag = re.compile(r"<[^<>]+>")
    different = [
        entry.msgid
        for entry in read(module / "i18n" / "uk.po")
        if entry.msgstr and sorted(tag.findall(entry.msgid)) != sorted(tag.findall(entry.msgstr))
    ]
    assert different == []
