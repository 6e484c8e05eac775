"""The portal's sections as files: XLS, nested XML, attributes of one (categories.md)."""

import random
import xml.etree.ElementTree as ET
import zlib
from dataclasses import dataclass

from .data_portal import ATTRIBUTES, FURTHER, SECTIONS
from .xls import make_xls

_LEVELS = 4
_HEADERS = {
    "uk": ("Рівень 1", "Рівень 2", "Рівень 3", "Рівень 4", "Посилання", "Ідентифікатор"),
    "ru": ("Уровень 1", "Уровень 2", "Уровень 3", "Уровень 4", "Ссылка", "Идентификатор"),
}


@dataclass(frozen=True)
class Section:
    """A section of the portal with its names from the top down, by language."""

    id: int
    paths: dict


def make_sections(seed, count):
    """Return the sections, parents before what is below them.

    :param seed: same seed, same sections.
    :param int count: how many; those that products are in are always there.
    :rtype: list[Section]
    """
    sections = [Section(id_, {"uk": uk, "ru": ru}) for id_, uk, ru in SECTIONS]
    numbers = iter(random.Random(f"{seed}/portal").sample(range(20_000_000, 90_000_000), count))
    makers = [(Section(0, {"uk": (uk,), "ru": (ru,)}), 1) for uk, ru in FURTHER]
    # Broad before deep: each section gets some below it, down to the fourth level.
    for above, level in makers:
        if len(sections) >= count:
            break
        section = Section(next(numbers), above.paths)
        sections.append(section)
        if level == _LEVELS:
            continue
        for number in range(1, 15):
            paths = {
                "uk": (*above.paths["uk"], f"{above.paths['uk'][-1]} {number}"),
                "ru": (*above.paths["ru"], f"{above.paths['ru'][-1]} {number}"),
            }
            makers.append((Section(0, paths), level + 1))
    return sections


def categories_xls(sections, language, header=True):
    """Return the list of sections as an old binary Excel file.

    :param str language: of the names, `uk` or `ru`.
    :param bool header: with a row of column names.
    :rtype: bytes
    """
    rows = [_HEADERS[language]] if header else []
    for section in sections:
        path = section.paths[language]
        address = f"https://prom.ua/ua/c{section.id}"
        rows.append([*path, *[None] * (_LEVELS - len(path)), address, section.id])
    return make_xls(rows)


def categories_xml(sections, language):
    """Return the list of sections as nested XML with an artificial root; captions in lower case.

    :rtype: bytes
    """
    root = ET.Element("categories")
    elements = {(): ET.SubElement(root, "category", id="1", caption="Каталог")}
    for section in sections:
        path = section.paths[language]
        for level in range(1, len(path) + 1):
            part = path[:level]
            if part not in elements:
                # One above others that has no row of its own in the sheet has a number here.
                number = str(90_000_000 + zlib.crc32("/".join(part).encode()) % 1_000_000)
                caption = part[-1][0].lower() + part[-1][1:]
                elements[part] = ET.SubElement(
                    elements[part[:-1]], "category", id=number, caption=caption
                )
        elements[path].set("id", str(section.id))
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def attributes_xml(section):
    """Return the export of the attributes of a section.

    :rtype: bytes
    """
    root = ET.Element("categories")
    names = _names(section.paths["uk"][-1], section.paths["ru"][-1])
    category = ET.SubElement(root, "category", id=str(section.id), **names)
    for id_, uk, ru, kind, unit, limits, values in ATTRIBUTES:
        attribute = ET.SubElement(category, "attribute", id=str(id_), **_names(uk, ru), type=kind)
        if unit:
            attribute.attrib |= {"measureUnitRU": unit[1], "measureUnitUK": unit[0]}
        if limits:
            attribute.attrib |= {"min": str(limits[0]), "max": str(limits[1])}
        for value_id, value_uk, value_ru in values:
            names = _names(value_uk, value_ru)
            ET.SubElement(attribute, "attribute_value", id=str(value_id), **names)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _names(uk, ru):
    return {"nameRU": ru, "nameUK": uk}
