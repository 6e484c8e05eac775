"""Text that is safe in XML and fits into the fields of a marketplace. No database needed."""

import re
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from lxml import etree
from markupsafe import Markup, escape

from .words import EMOJI, EMOJI_SELECTOR, FORBIDDEN_WORDS

# What XML 1.0 does not allow (control characters, halves of surrogate pairs, non-characters) and
# the C1 controls, which it allows and nobody wants.
_UNSAFE = re.compile("[^\t\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PARAGRAPH_BORDER = re.compile(r"\n\s*\n")

_MARK_TAGS = ("b", "strong", "i", "em", "u")
_INLINE_TAGS = frozenset((*_MARK_TAGS, "br"))
_CELL_TAGS = ("td", "th")
_FLOW_TAGS = _INLINE_TAGS | {"p", "h2", "h3", "h4", "ul", "ol", "table"}
_ROOT = "div"
# The tags that marketplaces show, each with the tags that may stand directly in it. A parser reads
# such a nesting as it is written, so cleaning a cleaned text changes nothing.
_CONTENT = {
    **dict.fromkeys((_ROOT, "li", *_CELL_TAGS), _FLOW_TAGS),
    **dict.fromkeys(("p", "h2", "h3", "h4", *_INLINE_TAGS), _INLINE_TAGS),
    **dict.fromkeys(("ul", "ol"), _FLOW_TAGS | {"li"}),
    "table": frozenset(("thead", "tbody", "tr")),
    **dict.fromkeys(("thead", "tbody"), frozenset(("tr",))),
    "tr": frozenset(_CELL_TAGS),
}
_KEPT_TAGS = _CONTENT.keys() - {_ROOT}
_CELL_ATTRIBUTES = ("colspan", "rowspan")
_RENAMED_TAGS = {
    "h1": "h2",
    "h5": "h4",
    "h6": "h4",
    # Blocks become paragraphs, so that their text does not run into its neighbours.
    **dict.fromkeys(("div", "section", "article", "header", "footer", "blockquote"), "p"),
    **dict.fromkeys(("main", "aside", "pre", "figure", "dl", "dt", "dd"), "p"),
}
# Every other tag becomes this one, which is removed; its text stays.
_UNKNOWN_TAG = "span"
# What goes with everything in it.
_DROPPED_TAGS = (
    *("script", "style", "noscript", "template", "head", "title", "link", "meta"),
    *("iframe", "object", "embed", "svg", "video", "audio", "img"),
    *("form", "input", "button", "select", "textarea"),
)
_PARSER = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
# The parser silently stops at 256 levels. Without that limit, the time grows with their square.
_MAX_DEPTH = 250

_REFERENCE = re.compile("&#(?:[xX][0-9a-fA-F]+|[0-9]+);?")
_MARK = re.compile(f"</?(?:{'|'.join(_MARK_TAGS)})>")
_SPAN = re.compile(r"[1-9][0-9]{0,2}\Z")
_TAG = re.compile("<[^<>]*>")
_PIECE = re.compile(r"<(?P<end>/?)(?P<tag>\w+)[^>]*>|(?P<space>\s+)|[^<\s]+")

_PHONE = r"0\d{2}\)?[\s.-]?\d{3}[\s.-]?\d{2}[\s.-]?\d{2}(?!\w)"
_CONTACT = re.compile(
    # Only from the beginning of a run, or a long one would take the square of its length.
    r"(?<![\w.+-])[\w.+-]+@[\w-]+\.\w{2,}"  # e-mail
    r"|https?://\S+|\bwww\.\S+"  # link
    rf"|(?<![\w.])(?:\+?38)?[\s-]?\(?{_PHONE}"
)
_FORBIDDEN_WORD = "|".join(f"{stem}(?:{ends})" for stem, ends in FORBIDDEN_WORDS.items())
_FORBIDDEN = re.compile(rf"(?<!\w)(?i:{_FORBIDDEN_WORD})(?!\w)|[{EMOJI}]|\S{EMOJI_SELECTOR}")
# Nearly all texts pass these, which look for plain characters and take a tenth of the time.
_PHONE_HINT = re.compile(_PHONE)
_WORD_HINT = re.compile("|".join(FORBIDDEN_WORDS))
_EMOJI_HINT = re.compile(f"[{EMOJI[0]}-\U0010ffff]")

# The variants of a product follow each other and share their texts.
_for_variants = lru_cache(maxsize=256)


class Description(NamedTuple):
    """A text to publish.

    :ivar html: HTML reduced to the tags that marketplaces show; empty when there is no text
    :ivar plain: its readable text as one line
    """

    html: str
    plain: str


def remove_forbidden(text):
    """Remove the characters that no XML file may hold; every line end becomes a line feed.

    That is how XML reads line ends: the text comes back as it was written.
    """
    text = str(text or "")
    if text.replace("\n", " ").isprintable():
        return text
    return _UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean_line(text):
    """Return the text as one line without control characters and superfluous spaces."""
    line = str(text or "").replace("\n", " ")
    if not line.isprintable():
        return " ".join(remove_forbidden(line).split())
    # The only printable white space is the space.
    while "  " in line:
        line = line.replace("  ", " ")
    return line.strip()


def cut_words(text, limit):
    """Cut a text at the end of a word so that it has no more characters than the limit."""
    if len(text) <= limit:
        return text
    head = text[: limit + 1]
    at_word = head.rsplit(" ", 1)[0] if " " in head else text[:limit]
    return at_word.rstrip(" ,;:-(/")[:limit]


def cdata(text):
    """Return the text as a CDATA section, which the template prints as it is."""
    safe = remove_forbidden(str(text)).replace("]]>", "]]]]><![CDATA[>")
    return Markup(f"<![CDATA[{safe}]]>")


def element(name, text, /, **attributes):
    """Return an XML element, for templates whose renderer takes the name for one of HTML.

    :param str name: of the element
    :param str text: its content, not escaped
    :param attributes: its attributes, not escaped; empty ones are left out
    :rtype: Markup
    """
    written = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items() if value)
    return Markup(f"<{name}{written}>{escape(text)}</{name}>")


def text_to_html(text):
    """Return plain text as HTML: blank lines separate paragraphs, line ends stay."""
    text = str(escape(remove_forbidden(text)))
    paragraphs = filter(None, map(str.strip, _PARAGRAPH_BORDER.split(text)))
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in paragraphs)


def clean_html(source):
    """Return HTML reduced to the tags that marketplaces show, without attributes.

    :param str source: HTML of any quality
    :return: HTML; empty when nothing is left to read
    :rtype: str
    """
    return describe(source, is_html=True).html


def plain_text(source):
    """Return the readable text of HTML as one line."""
    return describe(source, is_html=True).plain


@_for_variants
def describe(source, is_html):
    """Return a text as cleaned HTML and as plain text.

    :param str source: HTML of any quality, or plain text
    :param bool is_html: which of them it is
    :rtype: Description
    """
    if not is_html:
        return Description(text_to_html(source), clean_line(source))
    source = remove_forbidden(str(source or "")).strip()
    if not source:
        return Description("", "")
    html = _serialize(_clean_tree(source))
    plain = clean_line(unescape(_TAG.sub(" ", _MARK.sub("", html))))
    return Description(html, plain) if plain else Description("", "")


def _clean_tree(source):
    """Parse HTML and return an element that holds nothing but what `_CONTENT` allows."""
    root = _parse(source)
    if _is_cut_off(root):
        root = _parse(_TAG.sub(" ", source))
    etree.strip_elements(root, *_DROPPED_TAGS, with_tail=False)
    for element in root.iter("*"):
        if element.tag not in _KEPT_TAGS:
            element.tag = _RENAMED_TAGS.get(element.tag, _UNKNOWN_TAG)
    root.tag = _ROOT
    root.attrib.clear()
    etree.strip_tags(root, _UNKNOWN_TAG)
    unwrapped = {}
    for element in list(root.iterdescendants()):
        _settle(element, unwrapped)
        if element.attrib:
            _clean_attributes(element)
    _unwrap(root, unwrapped)
    _unwrap(root, _find_empty(root))
    return root


def _parse(source):
    if "&#" in source:
        source = _REFERENCE.sub(_resolve, source)
    return etree.fromstring(f"<html><body>{source}".encode(), _PARSER)


def _is_cut_off(element):
    """Tell whether the parser stopped, which it does inside of the element that is too deep."""
    depth = 0
    while len(element):
        element, depth = element[-1], depth + 1
    return depth >= _MAX_DEPTH


def _resolve(reference):
    """Return a numeric reference as its character, or nothing for one that XML does not allow.

    The parser would let it in, and refuse to move the text that holds it.
    """
    # Longer numbers are no characters, and may be too long to convert.
    return str(escape(remove_forbidden(unescape(reference[0][:20]))))


def _clean_attributes(element):
    kept = {name: element.get(name, "") for name in _CELL_ATTRIBUTES if element.tag in _CELL_TAGS}
    element.attrib.clear()
    element.attrib.update({name: value for name, value in kept.items() if _SPAN.match(value)})


def _settle(element, unwrapped):
    """Bring an element, whose ancestors are in order, to where it may stand, or unwrap it.

    :param dict unwrapped: elements that are to lose their tags -> what they stand in
    """
    while element.tag not in _CONTENT[(holder := _get_holder(element, unwrapped)).tag]:
        if _CONTENT[holder.tag] is _INLINE_TAGS:
            unwrapped[holder] = _get_holder(holder, unwrapped)
        elif element.tag in _FLOW_TAGS:
            unwrapped[element] = holder
            break
        else:
            # Parts of lists and tables outside of one.
            element.tag = "p"


def _get_holder(element, unwrapped):
    """Return the ancestor that an element stands in when the others have lost their tags."""
    holder = element.getparent()
    while holder in unwrapped:
        holder = unwrapped[holder]
    return holder


def _has_words(text):
    return bool(text) and not text.isspace()


def _find_empty(root):
    """Return the paragraphs and list items with nothing in them but others of that kind.

    :rtype: set
    """
    empty = set()
    for element in reversed(list(root.iter("p", "li"))):
        if not _has_words(element.text) and all(
            child in empty and not _has_words(child.tail) for child in element
        ):
            empty.add(element)
    return empty


def _unwrap(root, elements):
    """Remove the tags of elements; the text of blocks stays apart from its neighbours.

    All at once: removing the tags of one element takes longer the more siblings it has.
    """
    if not elements:
        return
    # Where a block without tags has begun or ended, and no text has come since.
    border = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        place = "text" if event == "start" else "tail"
        is_inline = element.tag in _INLINE_TAGS
        if not is_inline:
            border = (element, place) if element in elements else None
        if border and (is_inline and event == "start" or getattr(element, place)):
            block, place = border
            setattr(block, place, " " + (getattr(block, place) or ""))
            border = None
    for element in elements:
        element.tag = _UNKNOWN_TAG
    etree.strip_tags(root, _UNKNOWN_TAG)


def _serialize(root):
    html = etree.tostring(root, encoding="unicode", method="html")
    return html[len(f"<{_ROOT}>") : -len(f"</{_ROOT}>")].strip()


def cut_html(html, limit):
    """Cut HTML at the end of a word so that it has no more characters than the limit.

    :param str html: by `describe`
    :param int limit: characters, tags included
    :return: HTML whose elements are closed; empty if the first word is too long
    :rtype: str
    """
    if len(html) <= limit:
        return html
    end, closing, open_tags, has_word = 0, "", [], False
    for piece in _PIECE.finditer(html):
        tag = piece["tag"]
        if not tag and not piece["space"]:
            has_word = True
            continue
        if has_word and tag not in _MARK_TAGS:
            # A word ends before this piece. From here on the result only becomes longer.
            tags = "".join(f"</{name}>" for name in reversed(open_tags))
            if piece.start() + len(tags) > limit:
                break
            end, closing, has_word = piece.start(), tags, False
        if piece["end"]:
            open_tags.pop()
        elif tag and tag != "br":
            open_tags.append(tag)
    return html[:end] + closing


def has_letter(text):
    """Tell whether there is a letter of any alphabet."""
    return any(map(str.isalpha, text))


def is_shouting(text):
    """Tell whether a text of several words is written in capitals."""
    if " " not in text or text != text.upper():
        return False
    # Scripts without capitals, as Hebrew or Chinese, do not shout.
    return text != text.lower() and sum(map(str.isalpha, text)) > 10


def find_contact(text):
    """Return the first phone number, e-mail address or link of a text, or an empty string."""
    if not ("@" in text or "://" in text or "www." in text or _PHONE_HINT.search(text)):
        return ""
    match = _CONTACT.search(text)
    return match[0].strip() if match else ""


@_for_variants
def find_forbidden(text):
    """Return the first word or character that marketplaces do not want in a text.

    :param str text: a name, a description or search queries, without tags
    :return: as it is written, or an empty string
    :rtype: str
    """
    if not (_WORD_HINT.search(text.lower()) or _EMOJI_HINT.search(text)):
        return ""
    match = _FORBIDDEN.search(text)
    return match[0] if match else ""


def join_phrases(phrases, limit=1024, phrase_limit=50):
    """Join search queries into one line, each of them once.

    :param phrases: texts; one that holds commas is several queries
    :param int limit: characters of the whole line
    :param int phrase_limit: characters of one query
    :return: the line, and the queries that are too long or did not fit
    :rtype: tuple[str, list[str]]
    """
    queries = {}
    for query in map(clean_line, ",".join(phrases).split(",")):
        queries.setdefault(query.casefold(), query)
    queries.pop("", None)
    line, left_out = "", []
    for query in queries.values():
        longer = f"{line}, {query}" if line else query
        if len(query) <= phrase_limit and len(longer) <= limit:
            line = longer
        else:
            left_out.append(query)
    return line, left_out
