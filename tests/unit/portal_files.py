"""Makes the files in which Prom publishes its catalogue (categories.md)."""

import io
import zipfile

import openpyxl

from tests.prom_simulator.xls import make_xls

LIST = (
    ("Рівень 1", "Рівень 2", "Рівень 3", "Рівень 4", "Посилання", "Ідентифікатор"),
    ("Одяг", None, None, None, "https://prom.ua/Odezhda", 35),
    ("Одяг", "Футболки", None, None, None, 355),
    ("Одяг", "Футболки", "Чоловічі футболки", None, "https://prom.ua/Futbolki", 35506),
    ("Дім", "Меблі", "Шафи", "Шафи серверні", None, 70306),
)
TREE = """<?xml version="1.0" encoding="utf-8"?>
<categories>
  <category id="1" caption="Каталог">
    <category id="35" caption="одяг"><category id="35506" caption="чоловічі футболки"/></category>
    <category id="29" nameUK="Товари, загальне" nameRU="Товары, общее"/>
    <category id="x" caption="зламана"/>
  </category>
</categories>
""".encode()

__all__ = ["LIST", "TREE", "make_csv", "make_workbook", "make_xls", "make_xlsx", "pack"]


def make_xlsx(*sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def make_csv(rows, encoding="utf-8-sig", delimiter=";"):
    lines = (delimiter.join("" if cell is None else str(cell) for cell in row) for row in rows)
    return "\n".join(lines).encode(encoding)


def make_workbook(count=40):
    """Make a commission workbook as it is described: data from row 5, rates as fractions."""
    rows = [["Категорії з комісією за замовлення"], [], ["Шлях"], [None] * 6 + ["ID", "Назва"]]
    rows[3] += ["«Економ»", "«Єдина комісія»", "«Більше продажів»", "«Турбо»"]
    for number in range(count):
        path = ["Одяг", f"Категорія {number}", None, None, None]
        rows.append([*path, 2, 2600 + number, f"Категорія {number}", 0.1, 0.1888, 0.2, 0.25])
    return make_xlsx(rows, [["Комісія за перехід"], [1, 2]])


def pack(content, **replaced):
    """Return an XLSX file with other members: name with `__` for the slash -> bytes."""
    packed = io.BytesIO()
    names = {name.replace("__", "/") + ".xml": data for name, data in replaced.items()}
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for item in source.infolist():
            target.writestr(item.filename, names.pop(item.filename, None) or source.read(item))
    assert not names, f"no such members: {names}"
    return packed.getvalue()
