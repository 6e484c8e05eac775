"""Attributes of categories out of the export of the cabinet."""

import math
from dataclasses import dataclass

from .categories import ID
from .errors import FileUnreadable
from .language import tidy
from .markup import is_markup, parse_xml, read_names

#: What readers and writers call the types -> the type.
TYPES = {
    "singleselect": "select",
    "select": "select",
    "multiselect": "multiselect",
    "real": "real",
    "float": "real",
    "integer": "integer",
    "int": "integer",
    "bool": "bool",
    "boolean": "bool",
    "free": "text",
    "string": "text",
    "text": "text",
}


@dataclass(frozen=True)
class Attribute:
    """An attribute as one category has it: unit and limits belong to both together."""

    external_id: str
    names: dict
    type: str
    units: dict
    minimum: float | None
    maximum: float | None
    #: Pairs of id and names by language.
    values: tuple


@dataclass(frozen=True)
class AttributeFile:
    """The attributes by the id of their category, names of the categories, rows left out.

    Of those there is the number of the line, why, and what stands in it.
    """

    attributes: dict
    names: dict
    skipped: list


def read_attributes(content):
    """Read an export of attributes.

    :param bytes content: XML
    :rtype: AttributeFile
    :raises FileUnreadable: it is something else
    """
    if content.strip() and not is_markup(content):
        raise FileUnreadable("kind")
    root = parse_xml(content)
    attributes, names, skipped = {}, {}, []
    for category in root.iter("category"):
        category_id = (category.get("id") or "").strip()
        if not ID.fullmatch(category_id):
            skipped.append(_skip(category, "no_id"))
            continue
        names[category_id] = read_names(category)
        own = attributes.setdefault(category_id, {})
        for element in category.findall("attribute"):
            attribute = _read_attribute(element)
            if isinstance(attribute, str):
                skipped.append(_skip(element, attribute))
            elif own.setdefault(attribute.external_id, attribute) is not attribute:
                skipped.append(_skip(element, "repeated"))
    if not attributes:
        raise FileUnreadable("no_rows")
    attributes = {category_id: [*own.values()] for category_id, own in attributes.items()}
    return AttributeFile(attributes, names, skipped)


def _skip(element, reason):
    words = filter(None, (tidy(element.get("id")), *read_names(element).values()))
    return element.sourceline, reason, " | ".join(words)


def _read_attribute(element):
    """Return the attribute, or why it is left out."""
    external_id, names = (element.get("id") or "").strip(), read_names(element)
    if not ID.fullmatch(external_id):
        return "no_id"
    if not names:
        return "no_name"
    units = {"uk_UA": element.get("measureUnitUK"), "ru_RU": element.get("measureUnitRU")}
    values = {}
    for value in element.findall("attribute_value"):
        value_id, value_names = (value.get("id") or "").strip(), read_names(value)
        if ID.fullmatch(value_id) and value_names:
            values.setdefault(value_id, value_names)
    return Attribute(
        external_id=external_id,
        names=names,
        # Whatever is not known is free text: it can be filled in.
        type=TYPES.get((element.get("type") or "").strip().lower(), "text"),
        units={lang: tidy(unit) for lang, unit in units.items() if tidy(unit)},
        minimum=_read_limit(element.get("min")),
        maximum=_read_limit(element.get("max")),
        values=tuple(values.items()),
    )


def _read_limit(text):
    try:
        limit = float((text or "").replace(",", "."))
    except ValueError:
        return None
    return limit if math.isfinite(limit) else None
