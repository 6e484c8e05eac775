from datetime import timedelta

from freezegun import freeze_time

from odoo import fields

from .common import DemoCase
from .test_feed import PICTURE

GOOD = {"state": "done", "total": 1, "updated": 1}


class FeedImportCase(DemoCase):
    """A store in Production whose price list has one product, which the market has as well."""

    def _prepare(self):
        super()._prepare()
        self.product = self._make_product("A1", image_1920=PICTURE)
        self._product("p1", sku="A1", seller_id="A1")
        self.feed = self.env["product.data.feed"].create(
            {"name": "Price list", "company_id": self.company.id}
        )
        self.store.feed_id = self.feed
        self._sync("products")
        self.feed._generate_guarded()
        self.store.action_set_production()
        self.clock = fields.Datetime.now()

    def _ask(self, user=None, store=None, **choices):
        imports = self.env["merchant.feed.import"].with_user(user or self.user)
        store = (store or self.store).with_user(user or self.user)
        return imports._ask(store, ["price"], **choices).sudo()

    def _start(self, **choices):
        record = self._ask(**choices)
        self._send()
        return record

    def _send(self):
        """Let the scheduled actions publish the price list and ask the marketplace."""
        self.feed._generate_guarded()
        self._run_cron("operations")

    def _begun(self):
        return [arguments for name, arguments in self.market.requests if name == "import"]

    def _look(self, minutes=5, times=1):
        """Let time pass and the scheduled action work, so many times."""
        for _time in range(times):
            self.clock += timedelta(minutes=minutes)
            with freeze_time(self.clock):
                self._run_cron("feed_imports")

    def _import(self, **answer):
        """Have the price list imported, with that result, and wait for the end."""
        self.market.imports = [GOOD | answer]
        record = self._start()
        self._look(times=3)
        return record
