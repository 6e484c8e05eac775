"""Categories out of the category list and out of the commission workbook."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from .errors import FileUnreadable
from .language import guess_language
from .markup import is_markup, parse_xml, read_names
from .table import read_tables

ID = re.compile(r"[1-9][0-9]{0,11}")
ID_HEADER = re.compile(r"\b(id|ід)\b|идентификатор|ідентифікатор", re.IGNORECASE)
RATE_HEADER = re.compile(r"єдина|единая", re.IGNORECASE)
ADDRESS = re.compile(r"https?://")
#: Rows in which headers are looked for.
HEAD = 10
#: The share of rows that must look as a column is said to look.
MOST = 0.9


@dataclass(frozen=True)
class Category:
    """One category. ``path`` is the names from the top down to its own.

    ``names`` are by Odoo's language codes; "" is that of nobody knows which.
    """

    external_id: str
    path: tuple
    names: dict = field(default_factory=dict)
    parent_id: str | None = None
    rate: Decimal | None = None


@dataclass
class Found:
    """What a file says.

    :ivar list categories: ``Category`` values, each id once
    :ivar list skipped: number of the row, why (``no_id``, ``no_name`` or ``repeated``), and what
        stands in it
    :ivar bool has_rates: it is the commission workbook, which may lack categories
    """

    categories: list = field(default_factory=list)
    skipped: list = field(default_factory=list)
    has_rates: bool = False


def read_categories(content):
    """Read any of the files in which Prom lists categories.

    :param bytes content: XLS, XLSX, CSV or XML
    :rtype: Found
    :raises FileUnreadable: no categories can be found in it
    """
    found = _read_tree(parse_xml(content)) if is_markup(content) else _read_sheets(content)
    if not found.categories:
        raise FileUnreadable("no_rows")
    return _name_language(found)


def _name_language(found):
    """Say in which language names are that do not tell, if the whole list does."""
    untold = [category.names[""] for category in found.categories if "" in category.names]
    lang = guess_language(untold)
    if lang:
        found.categories = [
            replace(category, names={key or lang: name for key, name in category.names.items()})
            if not category.names.keys() - {""}
            else category
            for category in found.categories
        ]
    return found


# === SHEETS ===


def _read_sheets(content):
    for rows in read_tables(content):
        columns = _find_columns(rows)
        if columns:
            return _read_rows(rows, *columns)
    raise FileUnreadable("no_ids")


def _find_columns(rows):
    """Return the columns of id, path, name and rate, and the first row of data."""
    width = max(map(len, rows), default=0)
    data = [row for row in rows if any(row)]
    id_column = _find_id_column(data, width)
    if id_column is None:
        return None
    first = next(n for n, row in enumerate(rows) if ID.fullmatch(_cell(row, id_column)))
    body = rows[first:]
    texts = [
        column
        for column in range(width)
        if column != id_column and _share(body, column, _is_text) >= MOST
    ]
    path = [column for column in texts if column < id_column]
    names = [column for column in texts if column > id_column]
    rate_column = _find_rate_column(rows[:first], body, id_column, width)
    return first, id_column, path, names[:1], rate_column


def _find_id_column(rows, width):
    """Return the column of ids: by its header, else the right-most one of unique numbers."""
    by_header = {
        column
        for row in rows[:HEAD]
        for column in range(width)
        if ID_HEADER.search(_cell(row, column)) and not ADDRESS.match(_cell(row, column))
    }
    named = [column for column in by_header if _has_ids(rows, column, share=0.5)]
    return max(named or [c for c in range(width) if _has_ids(rows, c, share=MOST)], default=None)


def _has_ids(rows, column, share):
    """Tell whether so many cells of a column are numbers, and different ones."""
    values = [value for row in rows if (value := _cell(row, column))]
    numbers = [value for value in values if ID.fullmatch(value)]
    # Up to some headers stand above. Numbers of levels repeat.
    headers = min(HEAD, len(values) // 2)
    return bool(numbers) and (
        len(numbers) >= (len(values) - headers) * share
        and len(set(numbers)) >= len(numbers) * share
    )


def _find_rate_column(head, body, id_column, width):
    """Return the column of the normal rate of commission, None where there is none."""
    rates = [c for c in range(id_column + 1, width) if _share(body, c, _is_rate) >= MOST]
    named = [c for c in rates if any(RATE_HEADER.search(_cell(row, c)) for row in head)]
    # Without names the order is: economical, normal, more sales, turbo.
    return (named or rates[1:2] or rates[:1] or [None])[0]


def _read_rows(rows, first, id_column, path_columns, name_columns, rate_column):
    found = Found(has_rates=rate_column is not None)
    seen = set()
    for number, row in enumerate(rows[first:], first + 1):
        if not any(row):
            continue
        external_id = _cell(row, id_column)
        path = tuple(filter(None, (_cell(row, column) for column in path_columns)))
        path = path or tuple(filter(None, (_cell(row, column) for column in name_columns)))
        problem = _find_problem(external_id, path, external_id in seen)
        if problem:
            found.skipped.append((number, problem, " | ".join(filter(None, row))))
        else:
            seen.add(external_id)
            rate = _read_rate(_cell(row, rate_column)) if found.has_rates else None
            found.categories.append(Category(external_id, path, {"": path[-1]}, rate=rate))
    found.categories = _find_parents(found.categories)
    return found


def _find_problem(external_id, name, is_repeated):
    """Return why a category is left out, None if it is not."""
    if not ID.fullmatch(external_id):
        return "no_id"
    if not name:
        return "no_name"
    return "repeated" if is_repeated else None


def _find_parents(categories):
    by_path = {category.path: category.external_id for category in categories}
    return [
        Category(c.external_id, c.path, c.names, by_path.get(c.path[:-1]), c.rate)
        for c in categories
    ]


def _cell(row, column):
    return row[column] if column is not None and column < len(row) else ""


def _share(rows, column, test):
    values = [value for row in rows if (value := _cell(row, column))]
    return sum(map(test, values)) / len(values) if values else 0


def _is_text(value):
    return not ADDRESS.match(value) and _read_number(value) is None


def _is_rate(value):
    return _read_rate(value) is not None


def _read_rate(value):
    """Return a rate in percent; fractions of one are meant as such."""
    percent = value.endswith("%")
    number = _read_number(value.rstrip("% "))
    if number is None or not 0 <= number <= 100:
        return None
    return number if percent or number > 1 else number * 100


def _read_number(value):
    try:
        number = Decimal(value.replace(",", ".").replace(" ", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


# === XML ===


def _read_tree(root):
    """Read nested categories; the outermost one is an artificial root."""
    top = [element for element in root if element.tag == "category"]
    is_artificial = len(top) == 1 and any(child.tag == "category" for child in top[0])
    found, seen = Found(), Counter()
    waiting = [(element, (), None) for element in (top[0] if is_artificial else top)]
    while waiting:
        element, path, parent_id = waiting.pop()
        if element.tag != "category":
            continue
        external_id = (element.get("id") or "").strip()
        names = read_names(element)
        own = path + ((names.get("uk_UA") or next(iter(names.values()), "")),)
        waiting += [(child, own, external_id) for child in element]
        seen[external_id] += 1
        problem = _find_problem(external_id, names, seen[external_id] > 1)
        if problem:
            words = " | ".join(filter(None, (external_id, *names.values())))
            found.skipped.append((element.sourceline, problem, words))
        else:
            found.categories.append(Category(external_id, own, names, parent_id))
    return found
