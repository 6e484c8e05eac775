"""XML of strangers, without anything that could harm."""

from lxml import etree

from .errors import FileUnreadable
from .table import MAX_FILE


def parse_xml(content):
    """Parse an XML file.

    :param bytes content:
    :rtype: lxml.etree._Element
    :raises FileUnreadable: it is broken, too large, or declares entities
    """
    if len(content) > MAX_FILE:
        raise FileUnreadable("too_large")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        # Nothing of Prom's has one, and entities can grow without end.
        raise FileUnreadable("broken")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
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
        name = " ".join((element.get(key) or "").split())
        if name:
            names.setdefault(lang, name[0].upper() + name[1:])
    return names
