from .common import DemoCase


class CreationCase(DemoCase):
    """A store whose products are not in Odoo yet; the company works in Ukrainian."""

    def _prepare(self):
        super()._prepare()
        self.env["res.lang"]._activate_lang("uk_UA")
        self.company.partner_id.lang = "uk_UA"

    def _run_creation(self):
        self._run_cron("sync_products")
        runs = self.env["merchant.sync.run"]
        return runs.search([("store_id", "=", self.store.id), ("kind", "=", "creation")], limit=1)

    def _create(self, *external_ids, kind="product"):
        """Read the store, have products made and return the run that did it."""
        self._sync("products")
        self._request(*external_ids, kind=kind)
        return self._run_creation()

    def _request(self, *external_ids, kind="product"):
        listings = self.env["merchant.listing"]
        domain = [("store_id", "=", self.store.id)]
        if external_ids:
            domain.append(("external_id", "in", external_ids))
        listings.search(domain)._request_creation(kind)

    def _get_product(self, external_id):
        return self._get_listing(external_id).product_id

    def _variation(self, number, title, **changes):
        """Put a variation of the product ``base`` on the market."""
        return self._product(f"v{number}", title=title, base="base", family="f", **changes)
