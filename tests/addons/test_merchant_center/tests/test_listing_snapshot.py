import csv
import io

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import DemoCase


@tagged("post_install", "-at_install")
class TestListingSnapshot(HttpCase, DemoCase):
    two_companies = True

    def _run_cron(self, name):
        # The case is in the test mode of the registry already.
        self.env.ref(f"garazd_merchant_center.cron_{name}").method_direct_trigger()

    def _read(self, *products):
        for product in products:
            self._product(**product)
        self._sync("products")

    def _export(self, extension, login="merchant_admin"):
        self.authenticate(login, login)
        return self.url_open(f"/merchant_center/snapshot/{self.store.id}.{extension}")

    def _export_csv(self):
        answer = self._export("csv")
        self.assertEqual(answer.status_code, 200)
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    def _export_xlsx(self):
        answer = self._export("xlsx")
        self.assertEqual(answer.status_code, 200)
        return load_workbook(io.BytesIO(answer.content)).active

    def test_file_has_what_was_read_first(self):
        self._read(
            {
                "product_id": "p1",
                "title": "Чашка «Зоря»",
                "sku": "007",
                "price": "10.50",
                "quantity": "3",
                "presence": "soon",
                "status": "on_sale",
            }
        )
        self.market.products[0].update(price="12.00", quantity="1", status="draft")
        self._sync("products")
        [row] = self._export_csv()
        expected = {
            "External Identifier": "p1",
            "SKU": "007",
            "Name at First": "Чашка «Зоря»",
            "Price at First": "10.5",
            "Currency at First": "UAH",
            "Quantity at First": "3.0",
            "Availability at First": "Coming Soon",
            "Status at First": "For Sale",
        }
        self.assertEqual({name: row[name] for name in expected}, expected)
        sheet = self._export_xlsx()
        heading, cells = list(sheet.iter_rows(values_only=True))
        self.assertEqual(heading, tuple(row))
        values = dict(zip(heading, cells, strict=True))
        self.assertEqual((values["SKU"], values["Price at First"]), ("007", 10.5))

    def test_texts_never_become_formulas(self):
        dangerous = ("=1+2", "+1", "-1", "@SUM(1)", "\t=1")
        self._read(
            *({"product_id": f"p{n}", "title": "T", "sku": s} for n, s in enumerate(dangerous))
        )
        self.assertEqual([row["SKU"] for row in self._export_csv()], [f"'{s}" for s in dangerous])
        column = [cell for cell in self._export_xlsx()["C"]][1:]
        self.assertEqual([cell.value for cell in column], list(dangerous))
        self.assertEqual({cell.data_type for cell in column}, {"s"})

    def test_every_product_of_a_big_store_is_in_the_file(self):
        module = "odoo.addons.garazd_merchant_center.models.merchant_listing_snapshot"
        self.patch(__import__("sys").modules[module], "PAGE", 2)
        self._read(*({"product_id": f"p{number}"} for number in range(5)))
        self.assertEqual(len(self._export_csv()), 5)

    def test_only_administrators_of_the_company_get_it(self):
        self._read({"product_id": "p1"})
        for extension in ("csv", "xlsx"):
            self.assertEqual(self._export(extension, "merchant_user").status_code, 404)
            self.assertEqual(self._export(extension, "other_user").status_code, 404)
        self.assertEqual(self._export("exe").status_code, 404)
        with self.assertRaises(AccessError):
            self.store.with_user(self.user).action_export_snapshot_csv()

    def test_buttons_lead_to_the_files(self):
        self._read({"product_id": "p1"})
        store = self.store.with_user(self.admin)
        self.authenticate("merchant_admin", "merchant_admin")
        for action in (store.action_export_snapshot_csv(), store.action_export_snapshot_xlsx()):
            answer = self.url_open(action["url"])
            self.assertIn("attachment", answer.headers["Content-Disposition"])
