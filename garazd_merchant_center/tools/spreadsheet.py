"""Tables as files for spreadsheets. No database needed."""

import csv
import io
from datetime import date, datetime

import xlsxwriter

CSV, XLSX = "csv", "xlsx"
# What makes a spreadsheet compute a cell of a CSV file instead of showing it.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# No cell of a spreadsheet holds more.
MAX_TEXT = 32767
WIDTH = 18


def write_csv(rows, file):
    """Write a table as UTF-8 with a mark that spreadsheets know it by.

    :param rows: lists of texts, numbers, dates and ``None``
    :param BinaryIO file:
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    for row in rows:
        writer.writerow([_as_csv(value) for value in row])
    text.flush()
    text.detach()


def write_xlsx(rows, file):
    """Write a table as a workbook whose first row is a heading. Every text stays a text.

    :param rows: lists of texts, numbers, dates and ``None``
    :param BinaryIO file:
    """
    options = {"constant_memory": True, "remove_timezone": True}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows):
            if not number:
                sheet.set_column(0, len(row) - 1, WIDTH)
            style = None if number else bold
            for column, value in enumerate(row):
                if isinstance(value, str):
                    # Not `write`, which takes some texts for formulas and links.
                    sheet.write_string(number, column, value[:MAX_TEXT], style)
                elif isinstance(value, date):
                    sheet.write_datetime(number, column, value, moment)
                elif value is not None:
                    sheet.write_number(number, column, value)


def _as_csv(value):
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
        return f"'{value}"
    return value


#: How a table is written, and the type of the file, by its extension.
WRITERS = {CSV: (write_csv, "text/csv; charset=utf-8"), XLSX: (write_xlsx, XLSX_TYPE)}
