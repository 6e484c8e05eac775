import base64
import json

from .common import DemoCase


class CatalogueCase(DemoCase):
    """Files of the Demo Market's catalogue on their way into Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in ("uk_UA", "ru_RU"):
            cls.env["res.lang"]._activate_lang(lang)

    def _row(self, external_id, *path, **changes):
        return {"id": external_id, "path": list(path), **changes}

    def _file(self, *rows, **changes):
        """Return a file with categories."""
        return json.dumps({"categories": rows, **changes}).encode()

    def _wizard(self, name="categories", user=None, **vals):
        model = self.env[f"merchant.import.{name}"].with_user(user or self.admin)
        return model.create({"marketplace": "demo", **vals})

    def _ask(self, content=None, name="categories", **vals):
        """Press the button of the wizard; return the import that waits."""
        if content is not None:
            vals["file"] = base64.b64encode(content)
        action = self._wizard(name, **vals).action_import()
        return self.env["merchant.catalogue.import"].browse(action["res_id"])

    def _import(self, *args, **vals):
        """Have a file read to its end; return the import."""
        record = self._ask(*args, **vals)
        self._run_cron("catalogue_imports")
        return record

    def _work(self, record):
        """Work on an import as the scheduled action does; return the number of queries."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            before = cr.sql_log_count
            record.with_env(self.env(cr=cr, su=True))._work()
            return cr.sql_log_count - before

    def _get(self, external_id):
        categories = self.env["merchant.category"].with_context(active_test=False)
        return categories.search([("store_id", "=", False), ("external_id", "=", external_id)])

    def _count(self):
        return self.env["merchant.category"].search_count(
            [("store_id", "=", False), ("marketplace", "=", "demo")]
        )

    def _values(self, record, *names):
        return tuple(record[name] for name in names)
