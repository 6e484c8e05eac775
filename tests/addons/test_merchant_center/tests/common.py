from copy import deepcopy

from odoo.addons.garazd_merchant_center.tests.common import MerchantCase

from ..api.market import MARKETS, Market

TOKEN = "demo-token"
STATUSES = ("draft", "new", "accepted", "paid", "delivered", "cancelled")


class DemoCase(MerchantCase):
    """A connected store on a Demo Market that every test starts empty.

    What all tests of a class begin with is made once, by :meth:`_prepare`.
    """

    marketplace = "demo"
    token = TOKEN

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addClassCleanup(MARKETS.clear)
        case = cls("_prepare")
        known = set(vars(case))
        case._prepare()
        cls.prepared = {name: it for name, it in vars(case).items() if name not in known}
        cls.prepared_markets = dict(MARKETS)

    def setUp(self):
        super().setUp()
        # In one go, so that an order of the market and a test's name for it stay the same thing.
        prepared, markets = deepcopy((self.prepared, self.prepared_markets))
        vars(self).update(prepared)
        MARKETS.clear()
        MARKETS.update(markets)

    def _prepare(self):
        """Make what every test begins with; whatever it sets on `self` each test gets anew."""
        self.market = self._open_market(TOKEN)

    def _open_market(self, token, **settings):
        market = Market(token, **settings)
        market.statuses = [{"id": code, "title": code.title()} for code in STATUSES]
        market.payments = [{"id": "card", "title": "Card"}, {"id": "cash", "title": "Cash"}]
        market.deliveries = [{"id": "post", "title": "Post"}]
        return market

    # === WHAT THE MARKET HAS === #

    def _line(self, sku="A1", total="100.00", **changes):
        return {"title": f"Thing {sku}", "sku": sku, "quantity": "1", "total": total} | changes

    def _order(self, order_id, *lines, market=None, **changes):
        """Put an order on the market; without lines it has one of 100.00."""
        lines = list(lines) or [self._line()]
        order = {
            "id": order_id,
            "date": "2026-03-01T10:00:00+02:00",
            "changed": "2026-03-01T10:00:00+02:00",
            "status": "new",
            "currency": "UAH",
            "total": str(sum(float(line["total"]) for line in lines)),
            "lines": lines,
            "buyer": {"name": "Olena Koval", "phone": "+380501112233"},
            "payment": {"id": "card", "title": "Card"},
            "delivery": {"id": "post", "title": "Post"},
        }
        order |= changes
        (market or self.market).orders.append(order)
        return order

    def _product(self, product_id, **changes):
        product = {"id": product_id, "title": f"Thing {product_id}", "price": "100.00"}
        self.market.products.append(product | changes)
        return self.market.products[-1]

    # === WHAT ODOO HAS === #

    def _get_order(self, external_id, store=None):
        return self.env["merchant.order"].search(
            [("store_id", "=", (store or self.store).id), ("external_id", "=", external_id)]
        )

    def _get_listing(self, external_id):
        return self.env["merchant.listing"].search(
            [("store_id", "=", self.store.id), ("external_id", "=", external_id)]
        )

    def _import_order(self, order_id="1", *lines, **changes):
        """Put an order on the market, read it, and return it as Odoo knows it."""
        self._order(order_id, *lines, **changes)
        self._sync()
        return self._get_order(order_id)

    def _status(self, code):
        """Return a status of the store, read from the market when needed."""
        statuses = self.env["merchant.order.status"]
        domain = [("store_id", "=", self.store.id), ("external_id", "=", code)]
        if not statuses.search(domain):
            self._sync("base")
        return statuses.search(domain)

    def _operations(self, **domain):
        conditions = [(key, "=", value) for key, value in domain.items()]
        return self.env["merchant.operation"].search(
            [("store_id", "=", self.store.id), *conditions], order="id"
        )
