"""The shop's data and the changes both routes and tests make to it."""

import copy
import threading
from collections import defaultdict
from decimal import Decimal

from . import data_people as people
from .order_parts import phone_text
from .seed_orders import CUSTOM_STATUSES, OrderMaker
from .seed_products import ProductMaker
from .seed_talk import make_messages, make_rooms
from .table import Table
from .text import date_text, money_text


class State:
    """Thread-safe store of one shop, generated from the seed.

    `orders`, `products`, `clients`, `messages` are mappings id -> JSON-like dict. Hold `lock`
    while changing several things at once; the server holds it while it works on a request.

    :param seed: same seed, same data.
    :param Options options: switches.
    :param Clock clock: source of all moments.
    """

    def __init__(self, seed, options, clock):
        self.lock = threading.RLock()
        self.options = options
        self.clock = clock
        now = clock.start
        self.product_maker = ProductMaker(seed, now)
        groups = self.product_maker.make_groups()
        self.groups = Table((group["id"], group) for group in groups.values())
        self.root_group_id = groups["root"]["id"]
        #: Live groups that `/groups/list` leaves out: the root and one more (api.md 12).
        self.unlisted_groups = {groups["root"]["id"], groups["garden"]["id"]}
        #: Category id of a feed -> group id.
        self.feed_categories = {}
        self.products = Table()
        self._external_ids = {}
        for product in self.product_maker.make_all(options.products):
            self._store_product(product)
        #: Ids of products that no list shows (api.md 9).
        self.hidden_products = set(spread(self.products, options.hidden_products))
        self.order_maker = OrderMaker(seed, clock, self.product_maker, options)
        self.orders = Table()
        self.clients = Table()
        self._payouts = defaultdict(Decimal)
        #: Order id -> traits it was made of (order_kinds.TRAITS).
        self.kinds = {}
        for made in self.order_maker.make_all(options.orders, now):
            self._store_order(made)
        self.custom_statuses = dict(CUSTOM_STATUSES)
        #: Order id -> receipt address; never part of an answer (api.md 7).
        self.receipts = {}
        self.imports = {}
        #: Picture id -> address it was imported from.
        self.picture_sources = {}
        self.messages = make_messages(seed, now, self.products, self.clients)
        self.rooms = make_rooms(seed, now, self.clients, options.company_id)

    # Orders

    def add_order(self, traits, overrides):
        """Make a new order, newer than all others.

        :param traits: names of traits.
        :param dict overrides: fields that replace the generated ones.
        :return: the stored order.
        :rtype: dict
        """
        with self.lock:
            made = self.order_maker.make(traits)
            made.order.update(overrides)
            self._store_order(made)
            return made.order

    def put_order(self, key, order):
        """Store a record as it is, valid or not, under an internal key.

        :param int key: place among the ids.
        :param object order: anything.
        """
        with self.lock:
            self.orders[key] = order

    def touch(self, order_id, **changes):
        """Update an order and give it a new `date_modified`.

        :param int order_id: id of the order.
        :param changes: fields to replace.
        :return: the order.
        :rtype: dict
        """
        with self.lock:
            order = self.orders[order_id]
            order.update(changes)
            if "date_modified" not in changes:
                order["date_modified"] = date_text(self.clock.stamp())
            return order

    def orders_of(self, trait):
        """Return the ids of the orders with a trait, oldest first.

        :rtype: list[int]
        """
        return [key for key, traits in self.kinds.items() if trait in traits]

    def _store_order(self, made):
        self.orders[made.order["id"]] = made.order
        self.kinds[made.order["id"]] = made.traits
        self._remember_client(made)

    def _remember_client(self, made):
        order, buyer = made.order, made.buyer
        client = self.clients.get(buyer["id"])
        if client is None:
            names = (buyer["last_name"], buyer["first_name"], buyer["second_name"])
            client = {
                "id": buyer["id"],
                "client_full_name": " ".join(names),
                "phones": [],
                "emails": [],
                "comment": None,
                "skype": None,
                "orders_count": 0,
                "total_payout": None,
            }
            self.clients[buyer["id"]] = client
        client["orders_count"] += 1
        phone = phone_text(buyer, next(iter(people.PHONE_SPELLINGS)))
        if phone not in client["phones"]:
            client["phones"].append(phone)
        if order.get("email") and order["email"] not in client["emails"]:
            client["emails"].append(order["email"])
        if order.get("status") == "delivered":
            self._payouts[buyer["id"]] += made.amount
        client["total_payout"] = money_text(self._payouts[buyer["id"]])

    # Products

    def add_product(self, trait="plain", overrides=None):
        """Make a new product.

        :param str trait: what to remember it under.
        :param dict overrides: fields that replace the generated ones.
        :return: the stored product.
        :rtype: dict
        """
        with self.lock:
            product = self.product_maker.make(trait)
            product["date_modified"] = date_text(self.clock.stamp())
            product.update(overrides or {})
            self._store_product(product)
            self.order_maker.offer(trait, product)
            return product

    def put_product(self, key, product):
        """Store a record as it is, valid or not, under an internal key."""
        with self.lock:
            self.products[key] = product

    def remove_product(self, product_id):
        """Delete a product in the cabinet: it answers 404 from now on (api.md 5)."""
        with self.lock:
            product = self.products.pop(product_id)
            self._external_ids.pop(product.get("external_id"), None)
            self.order_maker.withdraw(product)

    def hide_product(self, product_id, hidden=True):
        """Leave a product out of every list, or show it there again; alone it can be read."""
        with self.lock:
            if hidden:
                self.hidden_products.add(product_id)
            else:
                self.hidden_products.discard(product_id)

    def touch_product(self, product, **changes):
        """Update a product and give it a new `date_modified`.

        :param dict product: the product.
        :param changes: fields to replace.
        """
        with self.lock:
            self._external_ids.pop(product.get("external_id"), None)
            product.update(changes)
            product["date_modified"] = date_text(self.clock.stamp())
            self._index(product)

    def by_external_id(self, external_id):
        """Find a product by its external id.

        :param str external_id: the id, as text.
        :rtype: dict or None
        """
        return self.products.get(self._external_ids.get(external_id))

    def _store_product(self, product):
        self.products[product["id"]] = product
        self._index(product)

    def _index(self, product):
        if product.get("external_id") is not None and "id" in product:
            self._external_ids[product["external_id"]] = product["id"]

    def new_picture(self, source):
        """Return the id of a new picture.

        :param str source: address it is copied from.
        :rtype: int
        """
        with self.lock:
            key = 5_990_000_000 + len(self.picture_sources)
            self.picture_sources[key] = source
            return key

    # Groups

    def add_group(self, name, parent_id=None):
        """Make a group.

        :param str name: its name, in both languages.
        :param int parent_id: parent group, the root group when left out.
        :rtype: dict
        """
        with self.lock:
            group = {
                "id": self.groups.newest() + 13,
                "name": name,
                "name_multilang": {"ru": name, "uk": name},
                "description": None,
                "description_multilang": None,
                "image": None,
                "parent_group_id": parent_id or self.root_group_id,
            }
            self.groups[group["id"]] = group
            return group

    def snapshot(self, what):
        """Return a deep copy of a mapping, for comparisons.

        :param str what: `orders`, `products`, `groups` or `clients`.
        :rtype: dict
        """
        with self.lock:
            return copy.deepcopy(dict(getattr(self, what).items()))


def spread(ids, count):
    """Return so many of the ids, evenly spread over all of them.

    :rtype: list
    """
    ids = list(ids)
    count = min(count, len(ids))
    return [ids[number * len(ids) // count] for number in range(count)]
