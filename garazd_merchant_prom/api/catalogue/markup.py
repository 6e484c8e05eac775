"""XML of strangers, without anything that could harm."""

import re

from lxml import etree

from .errors import FileUnreadable
from .language import tidy
from .table import MAX_FILE

BLANKS = b"\xef\xbb\xbf \r\n\t"
#: How XML begins in an encoding of two bytes.
WIDE = (b"\xff\xfe<\0", b"\xfe\xff\0<")
#: What a page begins with, after comments and such.
PAGE = re.compile(
    rb"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)


def is_markup(content):
    """Tell whether a file is XML or HTML."""
    return content.startswith(WIDE) or content.lstrip(BLANKS).startswith(b"<")


def is_page(content):
    """Tell whether it is a page for people in place of a file."""
    return bool(PAGE.match(content[:5000].lstrip(BLANKS)))


def parse_xml(content):
    """Parse an XML file.

    :param bytes content:
    :rtype: lxml.etree._Element
    :raises FileUnreadable: it is broken, too large, a page, or declares entities
    """
    if not content.strip():
        raise FileUnreadable("empty")
    if len(content) > MAX_FILE:
        raise FileUnreadable("too_large")
    if is_page(content):
        raise FileUnreadable("page")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        # Nothing of Prom's has one, and entities can grow without end.
        raise FileUnreadable("broken")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        text = content if content.startswith(WIDE) else content.lstrip(BLANKS)
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FileUnreadable("broken") from error
    if root.getroottree().docinfo.doctype:
        # In an encoding in which the bytes above look different.
        raise FileUnreadable("broken")
    return root


def read_names(element):
    """Return the names of an element by Odoo's language codes; "" is that of nobody knows which.

    :rtype: dict[str, str]
    """
    names = {}
    for key, lang in (("nameUK", "uk_UA"), ("nameRU", "ru_RU"), ("caption", ""), ("name", "")):
        # A backtick stands for the apostrophe in Prom's official names, and stays.
        name = tidy(element.get(key))
        if name:
            names.setdefault(lang, name[0].upper() + name[1:])
    return names
