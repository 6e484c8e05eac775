import base64
import importlib
import io
from pathlib import Path

import openpyxl

from .common import PromCase, load_simulator

LIST = (
    ("Рівень 1", "Рівень 2", "Рівень 3", "Рівень 4", "Посилання", "Ідентифікатор"),
    ("Одяг", None, None, None, "https://prom.ua/Odezhda", 35),
    ("Одяг", "Футболки", None, None, None, 355),
    ("Одяг", "Футболки", "Чоловічі футболки", None, "https://prom.ua/Futbolki", 35506),
    ("Дім", "Меблі", "Шафи", "Шафи серверні", None, 70306),
)
# The same without its last row.
TREE = """<?xml version="1.0" encoding="utf-8"?>
<categories>
  <category id="1" caption="Каталог">
    <category id="35" nameUK="Одяг">
      <category id="355" nameUK="Футболки">
        <category id="35506" nameUK="Чоловічі футболки"/>
      </category>
    </category>
  </category>
</categories>
""".encode()
SAMPLE = Path(__file__).resolve().parents[2] / "tests/samples/attributes_category_814.xml"


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


def make_csv(rows):
    lines = (";".join("" if cell is None else str(cell) for cell in row) for row in rows)
    return "\n".join(lines).encode("utf-8-sig")


def make_workbook(count=40):
    """Make a commission workbook as it is described: data from row 5, rates as fractions."""
    rows = [["Категорії з комісією за замовлення"], [], ["Шлях"], [None] * 6 + ["ID", "Назва"]]
    rows[3] += ["«Економ»", "«Єдина комісія»", "«Більше продажів»", "«Турбо»"]
    for number in range(count):
        path = ["Одяг", f"Категорія {number}", None, None, None]
        rows.append([*path, 2, 2600 + number, f"Категорія {number}", 0.1, 0.1888, 0.2, 0.25])
    return make_xlsx(rows, [["Комісія за перехід"], [1, 2]])


class CatalogueCase(PromCase):
    """Files of Prom's catalogue on their way into Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        load_simulator()
        cls.make_xls = staticmethod(importlib.import_module("tests.prom_simulator.xls").make_xls)

    def _wizard(self, name, user=None, **vals):
        model = self.env[f"merchant.import.{name}"].with_user(user or self.admin)
        return model.create({"marketplace": "prom", **vals})

    def _import(self, content=None, name="categories", **options):
        """Press the button of the wizard and let the scheduled action work; return the import."""
        if content is not None:
            options["file"] = base64.b64encode(content)
        action = self._wizard(name, **options).action_import()
        self._run_cron("catalogue_imports")
        return self.env["merchant.catalogue.import"].browse(action["res_id"])

    def _check(self, record, **values):
        self.assertRecordValues(record, [values])

    def _get(self, external_id):
        return (
            self.env["merchant.category"]
            .with_context(active_test=False)
            .search([("store_id", "=", False), ("external_id", "=", external_id)])
        )
