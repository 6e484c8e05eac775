import importlib
import sys
import unittest
from decimal import Decimal
from pathlib import Path

from odoo.addons.garazd_merchant_center.tests.common import MerchantCase

TOKEN = "prom-secret-4f1c9ab27d"


def load_simulator():
    """Return the class of the Prom simulator, which lies beside the addons.

    :raises unittest.SkipTest: the addons were installed without the rest of their repository
    """
    try:
        return importlib.import_module("tests.prom_simulator").PromSimulator
    except ModuleNotFoundError:
        root = Path(__file__).resolve().parents[2]
    if not (root / "tests" / "prom_simulator").is_dir():
        raise unittest.SkipTest(
            "The tests of the connection with Prom.ua need tests/prom_simulator, which is part of "
            "the repository of these modules: run them from there."
        )
    sys.path.insert(0, str(root))
    try:
        return importlib.import_module("tests.prom_simulator").PromSimulator
    finally:
        sys.path.remove(str(root))


def money(text):
    """Read an amount the simulator wrote for people; on purpose not the reader under test."""
    digits = "".join(sign for sign in text if sign in "0123456789,.").rstrip(".")
    return Decimal(digits.replace(",", "."))


class PromCase(MerchantCase):
    """A store connected to a simulated shop of Prom, which every test finds as it was made.

    All products of the shop that have a SKU are known in Odoo, each once.
    """

    marketplace = "prom"
    token = TOKEN
    # The shop has no orders but those a test makes.
    shop = {"orders": 0, "products": 30}
    # The kinds of synchronization that were done before the tests begin.
    already_read = ()

    @classmethod
    def setUpClass(cls):
        cls.sim = cls._open_shop(load_simulator(), cls.token)
        super().setUpClass()
        adapter = type(cls.env["merchant.adapter.prom"])
        patience = {"min_interval": 0, "sleep": lambda seconds: None}
        cls.classPatch(adapter, "_prom_client_options", patience)
        cls.products = cls._make_products()
        for kind in cls.already_read:
            cls("_sync")._sync(kind)

    @classmethod
    def _open_shop(cls, simulator, token, **options):
        sim = simulator(seed=1, token=token, **(cls.shop | options)).start()
        cls.addClassCleanup(sim.stop)
        return sim

    @classmethod
    def _make_store(cls, **changes):
        vals = {"name": "Сувеніри", "api_url": cls.sim.url}
        return super()._make_store(**(vals | changes))

    @classmethod
    def _make_products(cls):
        skus = {row["sku"] for row in cls.sim.state.products.values() if row["sku"]}
        vals_list = [
            {"name": f"Product {sku}", "default_code": sku, "taxes_id": [(5,)]}
            for sku in sorted(skus)
        ]
        products = cls.env["product.product"].create(vals_list)
        return {product.default_code: product for product in products}

    def setUp(self):
        super().setUp()
        self._reset(self.sim)

    def _reset(self, sim):
        """Bring a shop back to its beginning."""
        defaults = type(sim.options)()
        for name in sim.options.names():
            setattr(sim.options, name, self.shop.get(name, getattr(defaults, name)))
        sim.reset()

    # === WHAT ODOO HAS === #

    def _get_order(self, external_id, store=None):
        return self.env["merchant.order"].search(
            [("store_id", "=", (store or self.store).id), ("external_id", "=", str(external_id))]
        )

    def _get_listing(self, external_id):
        return self.env["merchant.listing"].search(
            [("store_id", "=", self.store.id), ("external_id", "=", str(external_id))]
        )

    def _count(self, model, *domain):
        return self.env[model].search_count([("store_id", "=", self.store.id), *domain])

    def _import(self, kind="pending", **changes):
        """Put an order on the shop, read it, and return it as Odoo knows it."""
        order = self.sim.add_order(kind, **changes)
        self._sync()
        return self._get_order(order["id"])

    def _read_all_again(self, kind="orders"):
        """Read every order again, not only the latest changes."""
        self.store.orders_read_until = False
        return self._sync(kind)

    def _go_on(self, run, name="sync_orders"):
        """Let the pause of a run pass."""
        run.next_attempt = False
        self._run_cron(name)

    def _status(self, code):
        """Return a status of the store, read from the shop when needed."""
        statuses = self.env["merchant.order.status"]
        domain = [("store_id", "=", self.store.id), ("external_id", "=", code)]
        if not statuses.search(domain):
            self._sync("base")
        return statuses.search(domain).ensure_one()

    def _operations(self):
        return self.env["merchant.operation"].search([("store_id", "=", self.store.id)], order="id")
