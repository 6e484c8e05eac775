"""Text that is safe in XML and fits into the fields of a marketplace. No database needed."""

import re

from lxml import etree, html
from markupsafe import Markup, escape

# What XML 1.0 does not allow (control characters, halves of surrogate pairs, non-characters) and
# the C1 controls, which it allows and nobody wants.
_FORBIDDEN = re.compile(
    "[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", re.UNICODE
)
_SPACES = re.compile(r"\s+")

# Tags that marketplaces show. Everything else is unwrapped: its text stays.
_ALLOWED_TAGS = frozenset(
    ("p", "br", "b", "strong", "i", "em", "u", "ul", "ol", "li", "h2", "h3", "h4")
    + ("table", "thead", "tbody", "tr", "td", "th")
)
_RENAMED_TAGS = {"h1": "h2", "h5": "h4", "h6": "h4"}
# What goes with everything in it.
_DROPPED_TAGS = frozenset(
    ("script", "style", "noscript", "template", "head", "title", "link", "meta")
    + ("iframe", "object", "embed", "svg", "video", "audio", "img")
    + ("form", "input", "button", "select", "textarea")
)
_BLOCK_TAGS = frozenset(
    ("div", "section", "article", "header", "footer", "blockquote", "pre", "figure")
    + ("dl", "dt", "dd")
)
_KEPT_ATTRIBUTES = frozenset(("colspan", "rowspan"))

_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+\.\w{2,}"  # e-mail
    r"|https?://\S+|\bwww\.\S+"  # link
    r"|(?<![\w.])(?:\+?38)?[\s-]?\(?0\d{2}\)?[\s.-]?\d{3}[\s.-]?\d{2}[\s.-]?\d{2}(?!\w)",  # phone
    re.UNICODE,
)


def remove_forbidden(text):
    """Remove the characters that no XML file may hold."""
    return _FORBIDDEN.sub("", text or "")


def clean_line(text):
    """Return the text as one line without control characters and superfluous spaces."""
    return _SPACES.sub(" ", remove_forbidden(text)).strip()


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


def text_to_html(text):
    """Return plain text as HTML: blank lines separate paragraphs, line ends stay."""
    text = remove_forbidden((text or "").replace("\r\n", "\n").replace("\r", "\n")).strip()
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    return "".join(f"<p>{str(escape(part)).replace(chr(10), '<br>')}</p>" for part in paragraphs)


def clean_html(source):
    """Return HTML reduced to the tags that marketplaces show, without attributes.

    :param str source: HTML of any quality
    :return: HTML; empty when nothing is left to read
    :rtype: str
    """
    source = remove_forbidden(str(source or "")).strip()
    if not source:
        return ""
    try:
        root = html.fragment_fromstring(source, create_parent="div")
    except (etree.ParserError, ValueError):
        return ""
    for element in list(root.iter()):
        if element is not root:
            _clean_element(element)
    for element in list(root.iter("p")):
        # Unwrapping leaves empty paragraphs behind.
        if not len(element) and not (element.text or "").strip():
            element.drop_tag()
    inner = escape(root.text or "") + Markup("").join(
        Markup(html.tostring(child, encoding="unicode")) for child in root
    )
    # The parser may have turned a character reference into a forbidden character.
    inner = remove_forbidden(str(inner)).strip()
    return inner if plain_text(inner) else ""


def _clean_element(element):
    if not isinstance(element.tag, str) or element.tag in _DROPPED_TAGS:
        element.drop_tree()
        return
    tag = element.tag = _RENAMED_TAGS.get(element.tag, element.tag)
    structure = _ALLOWED_TAGS | _BLOCK_TAGS
    if tag in _BLOCK_TAGS and not any(
        child.tag in structure for child in element.iterdescendants()
    ):
        # A block of bare text: a paragraph, so that it does not run into its neighbours.
        tag = element.tag = "p"
    if tag in _ALLOWED_TAGS:
        for name in set(element.attrib) - _KEPT_ATTRIBUTES:
            del element.attrib[name]
    else:
        element.drop_tag()


def plain_text(source):
    """Return the readable text of HTML as one line."""
    if not source:
        return ""
    try:
        root = html.fragment_fromstring(str(source), create_parent="div")
    except (etree.ParserError, ValueError):
        return ""
    return clean_line(" ".join(root.itertext()))


def has_letter(text):
    """Tell whether there is a letter of any alphabet."""
    return any(character.isalpha() for character in text)


def is_shouting(text):
    """Tell whether a text of several words is written in capitals."""
    letters = [character for character in text if character.isalpha()]
    return len(letters) > 10 and " " in text and text == text.upper()


def find_contact(text):
    """Return the first phone number, e-mail address or link of a text, or an empty string."""
    match = _CONTACT.search(text)
    return match[0].strip() if match else ""
