"""What makes the suite do each call, and how to see that it has worked; runs inside Odoo."""

from datetime import datetime, timedelta, timezone

from tests.load import truth


class Scenario:
    """A change that needs a call to get to the other side.

    Everything is done to the shop with the fault and to a healthy one alike.
    """

    #: The scheduled actions that make the call.
    crons = ()
    #: Those that bring everything to an end when the fault is over.
    settle = ()

    def __init__(self, trial):
        self.trial = trial
        self.env = trial.env
        self.marks = {}
        #: Whether a person had to decide.
        self.asked_person = False

    def stimulate(self, shop):
        """Change something; what was changed goes to `marks`."""
        raise NotImplementedError

    def is_done(self, shop):
        """Tell whether the change of :meth:`stimulate` has arrived."""
        raise NotImplementedError

    def find_doubles(self, shop):
        """Return in words what this kind of change did twice."""
        return []

    def act_for_person(self, shop):
        """Do what only a person does when the fault is over."""


class OrdersList(Scenario):
    crons = ("sync_orders",)
    settle = ("sync_orders", "operations", "listings", "sync_orders")

    def stimulate(self, shop):
        made = [shop.sim.add_order(kind)["id"] for kind in ("pending", "evopay_paid")]
        older = min(shop.sim.state.orders)
        shop.sim.touch(older, client_notes=f"Note {len(shop.sim.state.orders)}")
        self.marks[shop] = {*made, older}
        shop.store.action_sync_orders()

    def is_done(self, shop):
        return not [*truth.find_order_differences(*self.trial.about(shop), self.marks[shop])]


class Order(Scenario):
    """An order that somebody asks for, whose change Prom's list does not show."""

    crons = ("sync_orders",)
    settle = ("sync_orders", "operations", "listings", "sync_orders")

    def stimulate(self, shop):
        order = shop.sim.state.orders[shop.old_order]
        statuses = ("custom-137204", "custom-137205")
        status = statuses[order["status"] == statuses[0]]
        shop.sim.touch(shop.old_order, status=status, date_modified=order["date_modified"])
        self.trial.get_order(shop, shop.old_order).action_refresh()

    def is_done(self, shop):
        return not [*truth.find_order_differences(*self.trial.about(shop), {shop.old_order})]


class OrdersSetStatus(Scenario):
    crons = ("operations",)
    settle = ("sync_orders", "operations", "listings", "sync_orders")

    def stimulate(self, shop):
        self.marks[shop] = [shop.sim.add_order("pending")["id"] for _number in range(2)]
        shop.store.action_sync_orders()
        # The sales orders are confirmed right after the import, and the shop is told.
        self.trial.run_cron("sync_orders")

    def is_done(self, shop):
        return all(shop.sim.state.orders[key]["status"] == "received" for key in self.marks[shop])


class SaveDeclaration(Scenario):
    crons = ("operations",)
    settle = ("sync_orders", "operations", "listings", "sync_orders")

    def stimulate(self, shop):
        key = shop.sim.add_order("np_branch")["id"]
        shop.store.action_sync_orders()
        self.trial.run_cron("sync_orders")
        number = f"2045{key:010}"
        [parcel] = self.trial.get_order(shop, key).sale_order_id.picking_ids
        parcel.carrier_tracking_ref = number
        self.marks[shop] = key, number

    def is_done(self, shop):
        key, number = self.marks[shop]
        return shop.sim.state.orders[key]["delivery_provider_data"]["declaration_number"] == number

    def find_doubles(self, shop):
        key, number = self.marks[shop]
        writes = shop.sim.writes("order", "/delivery/save_declaration_id")
        count = sum(write.id == key for write in writes)
        return [f"the number {number} was saved {count} times"] if count > 1 else []


class ProductsList(Scenario):
    crons = ("sync_products",)
    settle = ("sync_orders", "sync_products", "listings")

    def stimulate(self, shop):
        number = len(shop.sim.state.products)
        product = shop.sim.add_product(sku=f"NEW-{number}", external_id=f"NEW-{number}")
        self.marks[shop] = product["id"]
        shop.store.action_sync_products()

    def is_done(self, shop):
        return bool(self.trial.get_listing(shop, self.marks[shop]))


class ProductsEdit(Scenario):
    crons = ("listings",)
    settle = ("sync_orders", "listings")

    def stimulate(self, shop):
        listings = self.trial.next_listings(shop, 4)
        for listing in listings:
            listing.product_id.list_price += 1
        self.marks[shop] = listings

    def is_done(self, shop):
        rows = shop.sim.state.products
        return all(
            listing.push_state == "none"
            and rows[int(listing.external_id)]["price"] == listing.product_id.list_price
            for listing in self.marks[shop]
        )


class Product(ProductsEdit):
    """A change that the answer does not confirm, so the product is looked at."""

    def stimulate(self, shop):
        super().stimulate(shop)
        shop.sim.faults.add(
            "partial_processed", "/products/edit", times=None, every=1, applied=True
        )


class ProductsImportUrl(Scenario):
    crons = ("generate", "operations")
    settle = ("sync_orders", "generate", "operations", "feed_imports", "sync_products")

    def stimulate(self, shop):
        imports = self.env["merchant.feed.import"]
        self.marks[shop] = imports._ask(shop.store, ["price"], duplicates_confirmed=True)
        shop.asked = len(shop.sim.state.imports)

    def is_done(self, shop):
        record = self.marks[shop]
        return record.state in ("running", "done") or shop.settled == record

    def find_doubles(self, shop):
        count = len(shop.sim.state.imports) - shop.asked
        return [f"the price list was imported {count} times"] if count > 1 else []

    def act_for_person(self, shop):
        """Look in the cabinet, then settle the issue or ask again."""
        for record in self.marks[shop].filtered(lambda r: r.state in ("unknown", "failed")):
            issues = self.env["merchant.issue"].search(
                [("res_model", "=", record._name), ("res_id", "=", record.id)]
            )
            if len(shop.sim.state.imports) > shop.asked:
                issues.action_resolve()
                shop.settled = record
            else:
                issues.action_retry()
                self.asked_person = True
                self.marks[shop] = record.search([("store_id", "=", shop.store.id)], limit=1)


class ImportStatus(ProductsImportUrl):
    crons = ("feed_imports",)

    def stimulate(self, shop):
        super().stimulate(shop)
        for name in ProductsImportUrl.crons:
            self.trial.run_cron(name)
        [job] = [*shop.sim.state.imports.values()][shop.asked :]
        job.finished.wait(10)
        self.trial.let_time_pass()

    def is_done(self, shop):
        return self.marks[shop].total_count > 0


class GroupsList(Scenario):
    crons = ("sync_base",)
    settle = ("sync_base", "sync_orders", "operations", "sync_orders")

    def stimulate(self, shop):
        name = f"Group {len(shop.sim.state.groups)}"
        self.marks[shop] = shop.sim.state.add_group(name)["id"]
        shop.store.action_sync_base()

    def is_done(self, shop):
        domain = [("external_id", "=", str(self.marks[shop])), ("store_id", "=", shop.store.id)]
        return bool(self.env["merchant.category"].search_count(domain))


class OptionsList(Scenario):
    """A name that is wrong in Odoo until the list is read again."""

    crons = ("sync_base",)
    settle = ("sync_base", "sync_orders", "operations", "sync_orders")
    model = ""

    def stimulate(self, shop):
        record = self.env[self.model].search([("store_id", "=", shop.store.id)], limit=1)
        self.marks[shop] = record, record.name
        record.name = "?"
        shop.store.action_sync_base()

    def is_done(self, shop):
        record, name = self.marks[shop]
        return record.name == name


class PaymentOptionsList(OptionsList):
    model = "merchant.payment.method"


class DeliveryOptionsList(OptionsList):
    model = "merchant.delivery.method"


class OrderStatusOptionsList(Scenario):
    crons = ("sync_base",)
    settle = ("sync_base", "sync_orders", "operations", "sync_orders")

    def stimulate(self, shop):
        number = max(shop.sim.state.custom_statuses) + 1
        shop.sim.state.custom_statuses[number] = ("Новий", "Новый", "New")
        self.marks[shop] = f"custom-{number}"
        shop.store.action_sync_base()

    def is_done(self, shop):
        domain = [("external_id", "=", self.marks[shop]), ("store_id", "=", shop.store.id)]
        return bool(self.env["merchant.order.status"].search_count(domain))


SCENARIOS = {
    "orders_list": OrdersList,
    "order": Order,
    "orders_set_status": OrdersSetStatus,
    "save_declaration": SaveDeclaration,
    "products_list": ProductsList,
    "product": Product,
    "products_edit": ProductsEdit,
    "products_import_url": ProductsImportUrl,
    "import_status": ImportStatus,
    "groups_list": GroupsList,
    "payment_options_list": PaymentOptionsList,
    "delivery_options_list": DeliveryOptionsList,
    "order_status_options_list": OrderStatusOptionsList,
}

LONG_AGO = timedelta(days=2)


def long_ago():
    """Return a moment of which no list of latest changes knows any more, as Prom writes it."""
    moment = datetime.now(timezone.utc) - LONG_AGO
    return moment.isoformat(timespec="microseconds")
