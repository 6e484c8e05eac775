"""People at work: they confirm, cancel, ship and press Retry, over RPC and all at once."""

import random
import threading
import time
from collections import Counter

from tools.console import Failure

# What a person is told when a colleague was faster.
COLLEAGUE = (
    "not in a state requiring confirmation",
    "already been",
    "can't validate",
    "cannot validate",
    "has been deleted",
    "does not exist or has been deleted",
    "been cancelled",
    "must be in the state",
    # It was cancelled, and its order with it.
    "zero quantity transfer",
)


class Person(threading.Thread):
    """Somebody who works until told to stop.

    :param Client odoo: logged in
    :param store_ids: the stores whose orders are worked on
    """

    def __init__(self, odoo, store_ids, *, seed, pause=0.3):
        super().__init__(name=f"person-{seed}", daemon=True)
        self.odoo = odoo
        self.stores = [("merchant_store_id", "in", list(store_ids))]
        self.store_ids = list(store_ids)
        self.chance = random.Random(seed)
        self.pause = pause
        self.done = Counter()
        #: In words what went wrong that nobody can explain to a person.
        self.problems = []
        self._stopped = threading.Event()

    def stop(self):
        """Let the person finish what is begun and go home."""
        self._stopped.set()
        self.join(120)

    def run(self):
        """Work."""
        while not self._stopped.wait(self.chance.uniform(0, 2 * self.pause)):
            work = self.chance.choice(
                [self.confirm, self.confirm, self.ship, self.ship, self.cancel, self.retry]
            )
            try:
                if work():
                    self.done[work.__name__] += 1
            except Failure as failure:
                if any(words in str(failure) for words in COLLEAGUE):
                    self.done["colleague was faster"] += 1
                else:
                    self.problems.append(f"{work.__name__}: {failure}")
            except OSError as error:
                self.problems.append(f"{work.__name__}: {error}")

    def confirm(self):
        """Confirm some quotations."""
        found = self._pick("sale.order", [*self.stores, ("state", "=", "draft")], 3)
        return found and self.odoo("sale.order", "action_confirm", found)

    def ship(self):
        """Validate deliveries whose goods are there."""
        domain = [("state", "=", "assigned"), ("sale_id.merchant_store_id", "in", self.store_ids)]
        found = self._pick("stock.picking", domain, 2)
        for picking in found:
            asked = self.odoo("stock.picking", "button_validate", [picking])
            if isinstance(asked, dict) and asked["res_model"] == "merchant.delivery.confirm":
                self.odoo(asked["res_model"], "action_deliver", [asked["res_id"]])
        return found

    def cancel(self):
        """Cancel a sales order now and then, and say why."""
        if self.chance.random() > 0.3:
            return []
        unshipped = ("delivery_status", "in", (False, "pending"))
        domain = [*self.stores, ("state", "in", ("draft", "sale")), unshipped]
        found = self._pick("sale.order", domain, 1)
        if found and isinstance(self.odoo("sale.order", "action_cancel", found), dict):
            vals = {"sale_order_ids": [(6, 0, found)], "reason": "buyers_request"}
            wizard = self.odoo("merchant.order.cancel", "create", [vals])
            self.odoo("merchant.order.cancel", "action_cancel", wizard)
        return found

    def retry(self):
        """Press Retry on whatever looks stuck."""
        stores = ("store_id", "in", self.store_ids)
        model = self.chance.choice(["merchant.operation", "merchant.issue"])
        domain = [stores, ("state", "in", ("pending", "open"))]
        if model == "merchant.operation":
            domain.append(("attempts", ">", 0))
        found = self._pick(model, domain, 3)
        if found:
            self.odoo(model, "action_retry", found)
        return found

    def _pick(self, model, domain, count):
        """Return some records; with colleagues around they may be in the same hands already."""
        found = self.odoo(model, "search", domain, limit=20)
        return self.chance.sample(found, min(count, len(found)))


class Buyers(threading.Thread):
    """Buyers who order in a shop until it has got as many orders as it should."""

    KINDS = ("pending", "pending", "evopay_paid", "cash_on_delivery")

    def __init__(self, sim, count, seconds, *, seed):
        super().__init__(name=f"buyers-{seed}", daemon=True)
        self.sim = sim
        self.count = count
        self.seconds = seconds
        self.chance = random.Random(seed)

    def run(self):
        """Order."""
        begun = time.monotonic()
        for number in range(self.count):
            due = begun + self.seconds * number / self.count
            time.sleep(max(due - time.monotonic(), 0))
            self.sim.add_order(self.chance.choice(self.KINDS))
