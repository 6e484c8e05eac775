"""Applying a price list to the shop (api.md 11)."""

from decimal import Decimal

from .data_goods import CATEGORIES
from .seed_products import MEDIA, NO_PHOTO
from .text import money_number

COUNTERS = (
    "not_changed",
    "updated",
    "not_in_file",
    "imported",
    "created",
    "actualized",
    "created_active",
    "created_hidden",
    "total",
    "with_errors_count",
)
DEFAULT_UPDATED_FIELDS = ("price", "presence")

#: `updated_fields` name -> product fields it covers.
_FIELDS = {
    "name": ("name", "name_multilang"),
    "sku": ("sku",),
    "price": ("price", "currency", "prices"),
    "presence": ("presence", "in_stock"),
    "quantity_in_stock": ("quantity_in_stock",),
    "description": ("description", "description_multilang"),
    "group": ("group",),
    "keywords": ("keywords",),
    "discount": ("discount",),
}
#: Names that are accepted and change nothing the API shows.
KNOWN_FIELDS = (*_FIELDS, "images_urls", "attributes", "labels", "gtin", "mpn", "translations")
_MISSING = {
    "not_available": {"presence": "not_available"},
    "not_on_display": {"status": "not_on_display"},
    "deleted": {"status": "deleted"},
}
MISSING_CHOICES = ("none", *_MISSING)


class FeedImport:
    """One run of an import.

    :param World world: the shop.
    :param Feed feed: the parsed file.
    :param dict settings: ImportSettings.
    :param set dead_pictures: addresses that could not be read.
    :param str path: call noted in the journal.
    """

    def __init__(self, world, feed, settings, dead_pictures=(), path="/products/import_url"):
        self.world = world
        self.feed = feed
        self.settings = settings
        self.dead = set(dead_pictures)
        self.path = path
        self.counters = dict.fromkeys(COUNTERS, 0)

    def run(self):
        """Apply the feed.

        :return: the final import status.
        :rtype: dict
        """
        with self.world.state.lock:
            self._groups()
            for offer in self.feed.offers:
                presence = self._presence(offer)
                if self.settings.get("only_available") and presence != "available":
                    continue
                self._apply(offer, presence)
            self._missing()
        counters = self.counters
        counters["total"] = len(self.feed.offers) + len(self.feed.problems)
        counters["with_errors_count"] = len(self.feed.problems)
        counters["imported"] = counters["created"] + counters["updated"]
        counters["actualized"] = counters["imported"] + counters["not_changed"]
        return {
            "status": "PARTIAL" if self.feed.problems else "SUCCESS",
            **counters,
            "errors": self._errors(),
        }

    def _errors(self):
        errors = []
        if self.feed.problems:
            errors.append({"validation": self.feed.problems})
        pictures = [
            {"offer": offer.id, "url": url, "code": 2004, "http_status": 404}
            for offer in self.feed.offers
            for url in offer.pictures
            if url in self.dead
        ]
        if pictures:
            errors.append({"download_images": pictures})
        return errors

    def _groups(self):
        state = self.world.state
        pending = dict(self.feed.categories)
        while pending:
            ready = [
                key
                for key, (_name, parent) in pending.items()
                if not parent or parent not in pending
            ]
            for key in ready or list(pending):
                name, parent = pending.pop(key)
                known = state.feed_categories.get(key)
                if known not in state.groups:
                    group = state.add_group(name, state.feed_categories.get(parent))
                    state.feed_categories[key] = group["id"]

    def _presence(self, offer):
        if offer.price is None:
            return "order"
        if offer.available == "false":
            return self.world.options.feed_false_means
        return "not_available" if offer.available == "" else "available"

    def _apply(self, offer, presence):
        state = self.world.state
        product = state.by_external_id(offer.id)
        values = self._values(offer, presence)
        if product is None:
            values["images"] = self._images(offer)
            values["main_image"] = values["images"][0]["url"] if values["images"] else NO_PHOTO
            created = state.add_product("imported", {**values, **self._new(offer)})
            self.counters["created"] += 1
            self.counters["created_active"] += 1
            self.world.wrote(self.path, "product", created["id"], values)
            return
        changes = self._wanted(values, offer, product)
        if product.get("status") == "draft":
            changes["status"] = "on_display"
        changes = {key: value for key, value in changes.items() if product.get(key) != value}
        if not changes:
            self.counters["not_changed"] += 1
            return
        state.touch_product(product, **changes)
        self.world.wrote(self.path, "product", product["id"], changes)
        self.counters["updated"] += 1

    def _wanted(self, values, offer, product):
        """Return the fields of an existing product that `updated_fields` lets through."""
        names = self.settings.get("updated_fields")
        changes = {}
        for name in DEFAULT_UPDATED_FIELDS if names is None else names:
            changes.update({key: values[key] for key in _FIELDS.get(name, ())})
            if name == "images_urls" and self.settings.get("force_update"):
                sources = [self.world.state.picture_sources.get(row["id"]) for row in
                           product.get("images") or ()]  # fmt: skip
                if sources != [url for url in offer.pictures if url not in self.dead]:
                    changes["images"] = self._images(offer)
                    first = changes["images"][:1]
                    changes["main_image"] = first[0]["url"] if first else NO_PHOTO
        return changes

    def _values(self, offer, presence):
        """Return the product fields an offer stands for."""
        both = bool(offer.name_ua and offer.description_ua)
        if not self.world.options.feed_ua_needs_description:
            both = True
        name_ua = offer.name_ua if both else None
        description_ua = offer.description_ua if both else None
        price, discount = self._price(offer)
        return {
            "name": offer.name,
            "name_multilang": {"ru": offer.name, "uk": name_ua or offer.name},
            "sku": offer.sku,
            "price": price,
            "currency": offer.currency,
            "prices": [
                {"price": money_number(value), "minimum_order_quantity": money_number(quantity)}
                for value, quantity in offer.prices
            ],
            "presence": presence,
            "in_stock": offer.in_stock and presence == "available",
            "quantity_in_stock": offer.quantity,
            "description": offer.description,
            "description_multilang": {
                "ru": offer.description,
                "uk": description_ua or offer.description,
            },
            "group": self._group(offer),
            "keywords": offer.keywords,
            "discount": discount,
        }

    @staticmethod
    def _price(offer):
        """Return (price before the discount, discount); `oldprice` makes an amount discount."""
        if offer.price is None:
            return None, None
        price, discount = offer.price, None
        if offer.old_price and offer.old_price > price:
            price = offer.old_price
            discount = {"value": money_number(price - offer.price), "type": "amount"}
        elif offer.discount:
            kind = "percent" if offer.discount.endswith("%") else "amount"
            discount = {"value": money_number(Decimal(offer.discount.rstrip("% "))), "type": kind}
        if offer.available is None:
            discount = None
        return money_number(price), discount

    def _group(self, offer):
        state = self.world.state
        group = state.groups[state.feed_categories.get(offer.category, state.root_group_id)]
        return {
            "id": group["id"],
            "name": group["name"],
            "name_multilang": dict(group["name_multilang"]),
        }

    def _new(self, offer):
        """Return what only a new product gets."""
        number, caption = CATEGORIES["root"]
        base = None
        if offer.group_id:
            base = next(
                (
                    row
                    for row in self.world.state.products.values()
                    if isinstance(row, dict) and row.get("variation_group_id") == offer.group_id
                ),
                None,
            )
        return {
            "external_id": offer.id,
            "status": "on_display",
            "selling_type": offer.selling_type,
            "category": {"id": offer.portal_category or number, "caption": caption},
            "measure_unit": "шт.",
            "minimum_order_quantity": None,
            "variation_group_id": offer.group_id,
            "is_variation": base is not None,
            "variation_base_id": base["id"] if base else None,
        }

    def _images(self, offer):
        state, rows = self.world.state, []
        for url in offer.pictures:
            if url in self.dead:
                continue
            key = state.new_picture(url)
            rows.append(
                {
                    "id": key,
                    "url": f"{MEDIA}/{key}_w200_h200_imported.png",
                    "thumbnail_url": f"{MEDIA}/{key}_w100_h100_imported.png",
                }
            )
        return rows

    def _missing(self):
        """Touch every product that is not in the file, unless the setting is `none`."""
        state = self.world.state
        changes = _MISSING.get(self.settings.get("mark_missing_product_as") or "none")
        present = {offer.id for offer in self.feed.offers}
        for product in list(state.products.values()):
            if not isinstance(product, dict) or product.get("external_id") in present:
                continue
            self.counters["not_in_file"] += 1
            if changes and any(product.get(key) != value for key, value in changes.items()):
                state.touch_product(product, **changes)
                self.world.wrote(self.path, "product", product["id"], changes)
