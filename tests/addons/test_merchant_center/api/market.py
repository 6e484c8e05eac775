"""Demo Market: a marketplace in memory, with the interface a real one would have over HTTP.

It knows nothing of Odoo. A real client stands in its place in a module for a real marketplace and
raises errors of its own just the same.
"""

from copy import deepcopy
from datetime import datetime

# Open markets by the token of their seller.
MARKETS = {}


class MarketError(Exception):
    """Base of what the market answers when it does not do what it was asked."""


class TokenRejected(MarketError):
    """There is no such seller."""


class Overloaded(MarketError):
    """Come back later.

    :param float | None seconds: how much later, if the market says so
    """

    def __init__(self, reason="overloaded", seconds=None):
        super().__init__(reason)
        self.seconds = seconds


class Refused(MarketError):
    """The market will not do this."""


def connect(token):
    """Return the market of the seller with this token.

    :raises TokenRejected: nobody has it
    """
    if token not in MARKETS:
        raise TokenRejected("no such token")
    return MARKETS[token]


class Market:
    """The shop of one seller: lists to read, orders to change, and faults to order."""

    LISTS = ("statuses", "payments", "deliveries", "groups", "products", "orders")

    def __init__(self, token, page_size=50):
        self.token = token
        self.page_size = page_size
        for name in self.LISTS:
            setattr(self, name, [])
        self.requests = []
        self.faults = []
        # What becomes of a change: {order: reason} is refused, the answer to others gets lost.
        self.refusals = {}
        self.lost_answers = set()
        # Lists that the token does not open.
        self.closed = set()
        self.imports_begun = 0
        self.imports = [{"state": "running"}]
        # Products that changes pass by without a word, and those that the client stumbles over.
        self.deaf_products = set()
        self.broken_products = set()
        # The files of the market's catalogue by their address.
        self.files = {}
        MARKETS[token] = self

    def close(self):
        MARKETS.pop(self.token, None)

    def fail(self, name, error, times=1, after=0):
        """Answer requests for a list, or "set_status", with an error.

        :param Exception error: what is raised in place of an answer
        :param int after: how many requests are answered well before
        """
        self.faults.append({"name": name, "error": error, "times": times, "after": after})

    def _meet(self, name, **arguments):
        self.requests.append((name, arguments))
        for fault in self.faults:
            if fault["name"] == name and fault["times"]:
                if fault["after"]:
                    fault["after"] -= 1
                else:
                    fault["times"] -= 1
                    raise fault["error"]

    def ping(self):
        self._meet("ping")

    def read(  # pylint: disable=method-required-super
        self, name, after=0, changed_since=None, created=None
    ):
        """Return one page of a list and where the next one begins, None at the end.

        :param created: a moment, and another before which orders were made
        """
        self._meet(name, after=after, changed_since=changed_since, created=created)
        if name in self.closed:
            raise TokenRejected("not for this token")
        # The market is as careless with its lists as real ones are.
        records = [record for record in getattr(self, name) if not record.get("hidden")]
        if changed_since:
            records = [r for r in records if str(r.get("changed", "")) >= changed_since]
        if created:
            since, until = created
            records = [r for r in records if since <= datetime.fromisoformat(r["date"]) < until]
        end = after + self.page_size
        return {
            "records": deepcopy(records[after:end]),
            "next": end if end < len(records) else None,
        }

    def peek(self, name):
        """Read the beginning of a list, to see whether the token opens it."""
        self._meet("peek", list=name)
        if name in self.closed:
            raise TokenRejected("not for this token")

    def read_order(self, order_id):
        self._meet("order", order_id=order_id)
        for order in self.orders:
            if order.get("id") == order_id:
                return deepcopy(order)
        raise Refused("no such order")

    def read_product(self, name, value):
        """Return the product with a value, hidden or not; None when there is none."""
        self._meet("product", key=name, value=value)
        found = (product for product in self.products if product.get(name) == value)
        return deepcopy(next(found, None))

    def change_products(self, changes):
        """Change products and return which were changed, and which values of which were refused.

        :param dict changes: product -> the values to set
        """
        self._meet("change_products", changes=deepcopy(changes))
        if self.broken_products.intersection(changes):
            raise ZeroDivisionError("a fault of the client")
        done, refused = [], {}
        for product in self.products:
            if product.get("id") in self.deaf_products:
                continue
            values = changes.get(product.get("id"), {})
            no = {name: self.refusals[name] for name in values if name in self.refusals}
            product.update({name: value for name, value in values.items() if name not in no})
            if no:
                refused[product["id"]] = no
            elif values:
                done.append(product["id"])
        if self.lost_answers.intersection(changes):
            raise Overloaded("the connection broke off")
        return {"done": done, "refused": refused}

    def import_price_list(self, url, changes, missing, only_available):
        """Begin to read a price list and return the number of the import.

        What the market says about it is in :attr:`imports`, the answer of each time it is asked;
        the last one stays.
        """
        self._meet("import", url=url, changes=changes, missing=missing, available=only_available)
        self.imports_begun += 1
        if "import" in self.lost_answers:
            raise Overloaded("the connection broke off")
        return str(self.imports_begun)

    def read_import(self, number):
        self._meet("read_import", number=number)
        return self.imports.pop(0) if len(self.imports) > 1 else self.imports[0]

    def set_tracking(self, order, number):
        """Set the number of an order's parcel; a refused or lost order is one of the faults."""
        self._meet("set_tracking", order=order, number=number)
        if order in self.refusals:
            raise Refused(self.refusals[order])
        for record in self.orders:
            if record.get("id") == order:
                record.setdefault("parcel", {})["waybill"] = number

    def read_file(self, address):
        """Return a file of the catalogue."""
        self._meet("file", address=address)
        if address not in self.files:
            raise Refused("no such file")
        return self.files[address]

    def set_status(self, order_ids, status, **reason):
        """Set the status of orders and return those that have it now, and the refused ones.

        A cancellation says why: ``reason`` and maybe ``comment``.
        """
        self._meet("set_status", order_ids=order_ids, status=status, **reason)
        done = [order_id for order_id in order_ids if order_id not in self.refusals]
        for order in self.orders:
            if order.get("id") in done:
                order["status"] = status
        if self.lost_answers.intersection(order_ids):
            raise Overloaded("the connection broke off")
        return {"done": done, "refused": {i: self.refusals[i] for i in order_ids if i not in done}}
