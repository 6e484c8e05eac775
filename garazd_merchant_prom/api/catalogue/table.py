"""Rows of cells out of XLS, XLSX and CSV files."""

import csv
import io
import zipfile
from itertools import islice

import openpyxl
import xlrd

from .errors import FileUnreadable
from .language import tidy

#: Bytes of a file, and of what is packed in it.
MAX_FILE = 20 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024
MAX_ROWS = 200_000
#: More columns than any of Prom's files has; a sheet may claim thousands that are empty.
MAX_COLUMNS = 100
MAX_SHEETS = 20
ENCODINGS = ("utf-8-sig", "cp1251")
DELIMITERS = ";\t,"


def read_tables(content):
    """Read the sheets of a file.

    :param bytes content: of an XLS, XLSX or CSV file
    :return: the sheets, each a list of rows of texts; numbers as Python writes them
    :rtype: list[list[list[str]]]
    :raises FileUnreadable: it is none of them
    """
    if not content.strip():
        raise FileUnreadable("empty")
    if len(content) > MAX_FILE:
        raise FileUnreadable("too_large")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return _read_xls(content)
    if content.startswith(b"PK"):
        return _read_xlsx(content)
    return [_read_csv(content)]


def _read_xls(content):
    try:
        # Only what is filled, sheet by sheet: a short file can claim millions of cells, and one
        # cell far to the right must not make every row as long. What the library has to tell about
        # the file goes nowhere.
        book = xlrd.open_workbook(
            file_contents=content, on_demand=True, ragged_rows=True, logfile=io.StringIO()
        )
        return [
            _read_rows(
                sheet.row_values(number, end_colx=MAX_COLUMNS)
                for number in range(min(sheet.nrows, MAX_ROWS))
            )
            for sheet in map(book.sheet_by_index, range(min(book.nsheets, MAX_SHEETS)))
        ]
    except Exception as error:  # xlrd raises whatever a broken file leads it to
        raise FileUnreadable("broken") from error


def _read_xlsx(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
        if unpacked <= MAX_UNPACKED:
            # The values of formulas as they were saved, not the formulas.
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            return [_read_sheet(sheet) for sheet in book.worksheets[:MAX_SHEETS]]
    except Exception as error:  # openpyxl raises whatever a broken file leads it to
        raise FileUnreadable("broken") from error
    raise FileUnreadable("too_large")


def _read_sheet(sheet):
    # What the sheet says about its size may be wrong, or a trap.
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=MAX_ROWS, values_only=True)
    return _read_rows(row[:MAX_COLUMNS] for row in rows)


def _read_rows(rows):
    """Return rows as texts, without the empty cells at their ends."""
    result = []
    for row in rows:
        texts = [_as_text(value) for value in row]
        while texts and not texts[-1]:
            texts.pop()
        result.append(texts)
    return result


def _read_csv(content):
    if b"\0" in content[:1000] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileUnreadable("kind")
    text = _decode(content)
    head = text[:20_000].splitlines()[:20]
    delimiter = max(DELIMITERS, key=lambda sign: sum(line.count(sign) for line in head))
    try:
        rows = csv.reader(io.StringIO(text), delimiter=delimiter)
        return [[tidy(cell) for cell in row[:MAX_COLUMNS]] for row in islice(rows, MAX_ROWS)]
    except csv.Error as error:
        raise FileUnreadable("broken") from error


def _decode(content):
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileUnreadable("kind")


def _as_text(value):
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return tidy(str(value))
