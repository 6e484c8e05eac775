"""Whatever sellers paste into a name or a description, the file can be read and says the same."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html
from markupsafe import escape

from .addon import load

text = load("text")

PROPERTY = settings(max_examples=120, deadline=None, database=None, derandomize=True)
MARKS = {"b", "strong", "i", "em", "u"}
ALLOWED = MARKS | {
    *("p", "br", "h2", "h3", "h4", "ul", "ol", "li"),
    *("table", "thead", "tbody", "tr", "td", "th"),
}  # fmt: skip

# Surrogates, control characters and NUL are in st.characters() too; these come more often.
NASTY = st.sampled_from([
    "]]>", "<", ">", "&", "'", '"', "&#0;", "&#11;", "&#13;", "&#55296;", "&#xFFFF;", "&#9999999;",
    "&#60", "&amp;lt;", "&nbsp;", "&copy", "\x00", "\x0b", "\x1c", "\x85", "\r", "\r\n", "\n\n",
    "\t", " ", "\xa0", "\u2028", "\ufeff", "\ud800", "\udc00", "\ufffe", "\U0001f3fa", "a b",
])  # fmt: skip
TEXT = st.lists(NASTY | st.text(st.characters(), max_size=8), max_size=12).map("".join)
OTHER_TAGS = (
    "div span a h1 h6 section pre dl dt script style img form select option textarea title "
    "template svg math font center caption tfoot col hr body html head frameset plaintext o:p a{b}c"
)
TAGS = st.sampled_from([*sorted(ALLOWED), *OTHER_TAGS.split()])
ATTRIBUTES = st.sampled_from([
    "", ' class="x"', " onclick='x()'", ' colspan="2"', ' rowspan="2>"', " colspan=x", "{a}=b", "/",
])  # fmt: skip
MARKUP = st.one_of(
    st.builds("<{}{}>".format, TAGS, ATTRIBUTES),
    st.builds("</{}>".format, TAGS),
    st.sampled_from(["<!-- x -->", "<!--", "<?php x ?>", "<![CDATA[x]]>", "<!doctype html>", "</"]),
)
HTML = st.lists(MARKUP | NASTY | st.text(max_size=4), max_size=25).map("".join)
# Closed elements go deeper than single tags at random.
NESTED = st.recursive(
    TEXT,
    lambda inner: st.builds(
        "<{0}{1}>{2}</{0}>".format, TAGS, ATTRIBUTES, st.lists(inner, max_size=4).map("".join)
    ),
    max_leaves=12,
)
SOURCES = HTML | NESTED


def read_back(content):
    """Return the text of an XML element with this content, as the marketplace reads it."""
    document = f"<x>{content}</x>".encode()
    return etree.fromstring(document).text or ""


def readable(source):
    """Return the text of HTML with every block and line apart; another way than the addon's."""
    root = html.fragment_fromstring(source, create_parent="div", parser=None)
    for element in root.iterdescendants():
        if element.tag not in MARKS:
            element.text = " " + (element.text or "")
            element.tail = " " + (element.tail or "")
    return " ".join(root.text_content().split())


def tags_of(source):
    """Return the tags of HTML as (slash, name, attributes)."""
    return re.findall(r"<(/?)([^\s/>]+)([^>]*)>", source)


def is_balanced(source):
    opened = []
    for slash, name, _attributes in tags_of(source):
        if slash and (not opened or opened.pop() != name):
            return False
        if not slash and name != "br":
            opened.append(name)
    return not opened


@PROPERTY
@given(TEXT | SOURCES)
def test_any_text_comes_back_from_xml_as_it_was_written(source):
    for written in (
        text.remove_forbidden(source),
        text.clean_line(source),
        text.text_to_html(source),
        text.clean_html(source),
        *text.describe(source, is_html=True),
        *text.describe(source, is_html=False),
    ):
        assert read_back(escape(written)) == written
        assert read_back(text.cdata(written)) == written
    assert read_back(text.cdata(source)) == text.remove_forbidden(source)


@PROPERTY
@given(TEXT | SOURCES)
def test_cleaning_twice_changes_nothing(source):
    for clean in (text.remove_forbidden, text.clean_line, text.clean_html):
        once = clean(source)
        assert clean(once) == once


@PROPERTY
@given(TEXT)
def test_line_has_single_spaces_only(source):
    line = text.clean_line(source)
    assert line == " ".join(line.split())
    assert line.split() == text.remove_forbidden(source).split()


@PROPERTY
@given(SOURCES)
def test_only_allowed_tags_are_left_and_all_are_closed(source):
    cleaned = text.clean_html(source)
    for _slash, name, attributes in tags_of(cleaned):
        assert name in ALLOWED
        assert not attributes or name in ("td", "th")
        assert re.fullmatch(r'( (colspan|rowspan)="\d+")*', attributes)
    assert is_balanced(cleaned)
    assert cleaned.count("<") == len(tags_of(cleaned))


@PROPERTY
@given(SOURCES, st.booleans())
def test_plain_text_is_what_the_html_shows(source, is_html):
    description = text.describe(source, is_html)
    shown = readable(description.html) if description.html else ""
    assert description.plain == shown
    assert bool(description.html) == bool(description.plain)
    assert text.plain_text(description.html) == description.plain


@PROPERTY
@given(st.lists(st.sampled_from([*"абв ", "<b>", "</b>", "<span>", "</span>"])).map("".join))
def test_no_letter_is_lost(source):
    assert re.sub(r"\s", "", text.plain_text(source)) == re.sub(r"<[^>]*>|\s", "", source)


@PROPERTY
@given(TEXT.map(text.clean_line), st.integers(0, 40))
def test_cut_text_ends_at_a_word(line, limit):
    cut = text.cut_words(line, limit)
    assert len(cut) <= limit
    assert line.startswith(cut)
    border = line[len(cut) : len(cut) + 1]
    assert border in set(" ,;:-(/") | {""} or " " not in line[: limit + 1]


@PROPERTY
@given(SOURCES, st.integers(0, 120))
def test_cut_html_is_whole_words_in_closed_elements(source, limit):
    description = text.describe(source, is_html=True)
    cut = text.cut_html(description.html, limit)
    assert len(cut) <= limit
    assert is_balanced(cut)
    words = text.plain_text(cut).split()
    assert words == description.plain.split()[: len(words)]
    assert not cut or words


@PROPERTY
@given(st.lists(st.sampled_from([*"0123 +-().@/w\n", "067", "www.", "http", "https://", "x@y.zz"])
                | st.characters(), max_size=20).map("".join))  # fmt: skip
def test_contacts_are_found_as_without_the_shortcut(source):
    match = text._CONTACT.search(source)
    assert text.find_contact(source) == (match[0].strip() if match else "")


WORDS = st.sampled_from(
    ["Купити", "ДЕШЕВО", "дешевов", "опт", "оптом", "оптоволокно", "Viber", "viberок", "замовник",
     "\u2b50", "\u2764\ufe0f", "\u2714", "\U0001f3fa", "ї"]
)  # fmt: skip


@PROPERTY
@given(st.lists(WORDS | st.sampled_from(" -_.\n") | st.characters(), max_size=8).map("".join))
def test_forbidden_words_are_found_as_without_the_shortcut(source):
    match = text._FORBIDDEN.search(source)
    assert text.find_forbidden(source) == (match[0] if match else "")


@PROPERTY
@given(
    st.lists(st.text(st.sampled_from("аАб, \n"), max_size=9), max_size=12),
    st.integers(0, 30),
    st.integers(0, 8),
)
def test_queries_fit_and_none_is_lost(phrases, limit, phrase_limit):
    line, left_out = text.join_phrases(phrases, limit, phrase_limit)
    kept = line.split(", ") if line else []
    assert len(line) <= limit
    assert all(len(query) <= phrase_limit for query in kept)
    given_queries = {text.clean_line(part).casefold() for part in ",".join(phrases).split(",")}
    assert sorted(query.casefold() for query in kept + left_out) == sorted(given_queries - {""})


@pytest.mark.parametrize(
    "unit",
    ["a", "a.", "@", "a@", "a@a", "0", "067 ", "+38", " ", "\n", " \n", "www.", "к", "❤", "]]>",
     "\x00", "<", "<b>", "<p><i>", "</p>", "<ul><li>", "<table>", "<div>", "<b><p>", "<!--", "&",
     "&#", "&#1", "<p></p>", "<p></p>x", "<li></li>", "<td>", "<h2><p></p></h2>",
     "<p><table></table>"],
)  # fmt: skip
def test_worst_texts_take_time_in_proportion_to_their_length(unit):
    """Twice the text takes about twice the time; what takes its square takes four times."""

    def measure(length):
        source = unit * (length // len(unit))
        text.find_forbidden.cache_clear()
        text.describe.cache_clear()
        begin = time.process_time()
        for clean in (text.clean_line, text.text_to_html, text.find_contact, text.find_forbidden):
            clean(source)
        description = text.describe(source, is_html=True)
        text.cut_html(description.html, length // 4)
        text.find_contact(f"{source}@")
        return time.process_time() - begin

    measure(1_000)
    short = min(measure(50_000) for _ in range(2))
    assert measure(200_000) < 10 * short + 0.1
