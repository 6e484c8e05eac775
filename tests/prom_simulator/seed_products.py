"""Generate groups and products (api.md 9 and 12).

The first products of every seed are the same special cases in the same order, so that a small
catalogue has them all; the rest is an ordinary assortment.
"""

from datetime import timedelta
from decimal import Decimal
from random import Random

from . import data_goods as goods
from .text import date_text, money_number

#: Replaced by the address the client used when an answer is written.
MEDIA = "http://prom-simulator.invalid/media/images"
NO_PHOTO = "/media/images/no_image.png"

#: Special products, first of every seed. The value: (template, changes of the plain product).
SPECIAL = (
    ("plain", {}),
    ("base", {"group": "t_shirts", "variations": 3}),
    ("by_weight", {"goods": goods.BY_WEIGHT}),
    ("by_metre", {"goods": goods.BY_METRE}),
    ("no_external", {"external_id": None}),
    ("no_external", {"external_id": None, "sku": None}),
    ("same_sku", {"sku": "DUP-777"}),
    ("same_sku", {"sku": "DUP-777"}),
    ("draft", {"status": "draft"}),
    ("no_price", {"price": None}),
    ("root_group", {"group": "root"}),
    ("missing_group", {"group": goods.MISSING_GROUP}),
    ("discount_percent", {"discount": ("percent", 15)}),
    ("discount_amount", {"discount": ("amount", Decimal("49.90"))}),
    ("wholesale", {"selling_type": "universal", "prices": ((10, "0.93"), (50, "0.85"))}),
    ("currency", {"currency": "USD"}),
    ("not_available", {"presence": "not_available", "quantity": 0}),
    ("to_order", {"presence": "order", "quantity": None}),
    ("waiting", {"presence": "waiting", "quantity": 0}),
    ("hidden", {"status": "not_on_display"}),
    ("no_photo", {"images": 0}),
    ("no_translation", {"multilang": False}),
    ("no_sku", {"sku": ""}),
    ("same_name", {"model": "Карпати 100"}),
    ("same_name", {"model": "Карпати 100"}),
)


class ProductMaker:
    """Builds products; every random choice comes from the seed.

    :param int seed: same seed, same products.
    :param datetime now: aware moment the dates are relative to.
    """

    def __init__(self, seed, now):
        self.rng = Random(f"{seed}:products")
        self.now = now
        self.groups = {}
        self.rows = []
        self.by_trait = {}
        self._next_id = 1_980_000_000 + self.rng.randrange(1, 9000)
        self._next_image = 5_120_000_000
        self._number = 0

    def make_groups(self):
        """Return key -> group, the root first (it is not part of `/groups/list`).

        :rtype: dict
        """
        base = 118_400_000 + self.rng.randrange(1, 900)
        for number, (key, parent, name_uk, name_ru) in enumerate((goods.ROOT, *goods.GROUPS)):
            self.groups[key] = {
                "id": base + number * 13,
                "name": name_ru,
                "name_multilang": {"ru": name_ru, "uk": name_uk},
                "description": None if number % 3 else f"<p>{name_ru}</p>",
                "description_multilang": {
                    "ru": None if number % 3 else f"<p>{name_ru}</p>",
                    "uk": None if number % 3 else f"<p>{name_uk}</p>",
                },
                "image": None if number % 2 else f"{MEDIA}/{base + number}_w200_h200_group.png",
                "parent_group_id": self.groups[parent]["id"] if parent else None,
            }
        return self.groups

    def make_all(self, count):
        """Generate `count` products.

        :rtype: list[dict]
        """
        for trait, changes in SPECIAL:
            if len(self.rows) >= count:
                break
            plan = dict(changes)
            variations = plan.pop("variations", 0)
            base = self.make(trait, **plan)
            for number in range(min(variations, count - len(self.rows))):
                self.make_variation(base, number)
        while len(self.rows) < count:
            self.make("plain")
        return self.rows

    def make(self, trait="plain", **plan):
        """Build one product and remember it under its trait.

        :param str trait: name of the special case.
        :param plan: choices that differ from the plain product.
        :rtype: dict
        """
        rng = self.rng
        self._number += 1
        group_key, template_uk, template_ru, unit, low, high = self._template(plan)
        model = plan.get("model") or f"{rng.choice(goods.MODELS)} {rng.randrange(100, 9999)}"
        name_uk, name_ru = template_uk.format(m=model), template_ru.format(m=model)
        price = Decimal(rng.randrange(low * 2, high * 2)) / 2
        if rng.random() < 0.2:
            price += Decimal("0.49")
        multilang = plan.get("multilang", True)
        self._next_id += rng.randrange(1, 29)
        quantity = plan.get("quantity", rng.choice((0, 1, 2, 3, 5, 8, 12, 25, 40, 120, None)))
        presence = plan.get("presence", "not_available" if quantity == 0 else "available")
        images = self._images(plan.get("images", rng.choice((1, 1, 2, 3))))
        text_ru, text_uk = (
            f"<p>{name}</p><ul><li>{line}</li></ul>"
            for name, line in ((name_ru, "Гарантия 12 месяцев"), (name_uk, "Гарантія 12 місяців"))
        )
        product = {
            "id": self._next_id,
            "external_id": plan.get("external_id", f"{10000 + self._number}"),
            "name": name_ru,
            "name_multilang": {"ru": name_ru, "uk": name_uk} if multilang else None,
            "sku": plan.get("sku", f"{group_key[:2].upper()}-{self._number:05d}"),
            "keywords": ", ".join(name_ru.replace("«", "").replace("»", "").split()[:3]),
            "description": text_ru,
            "description_multilang": {"ru": text_ru, "uk": text_uk} if multilang else None,
            "selling_type": plan.get("selling_type", "retail"),
            "presence": presence,
            "in_stock": presence == "available" and rng.random() < 0.7,
            "regions": [],
            "price": money_number(price) if plan.get("price", price) is not None else None,
            "minimum_order_quantity": 1 if rng.random() < 0.1 else None,
            "discount": self._discount(plan.get("discount")),
            "currency": plan.get("currency", "UAH"),
            "group": self._brief(group_key),
            "category": dict(zip(("id", "caption"), goods.CATEGORIES[group_key], strict=True)),
            "prices": [
                {
                    "price": money_number(price * Decimal(share)),
                    "minimum_order_quantity": number,
                }
                for number, share in plan.get("prices", ())
            ],
            "main_image": images[0]["url"] if images else NO_PHOTO,
            "images": images,
            "status": plan.get("status", "on_display"),
            "quantity_in_stock": quantity,
            "measure_unit": unit,
            "is_variation": False,
            "variation_base_id": None,
            "variation_group_id": None,
            "date_modified": date_text(
                self.now
                - timedelta(
                    seconds=rng.randrange(3600, 20 * 86400), microseconds=rng.randrange(10**6)
                )
            ),
        }
        self.rows.append(product)
        self.by_trait.setdefault(trait, []).append(product)
        return product

    def make_variation(self, base, number):
        """Build a variation of `base`: its own product with a size and colour in the name.

        :param dict base: the main product; gets the variation group on the first call.
        :rtype: dict
        """
        size, colour = goods.SIZES[number % 4], goods.COLOURS[number // 4 % 4]
        base["variation_group_id"] = base["variation_group_id"] or base["id"] % 999_999_999
        self._number += 1
        self._next_id += self.rng.randrange(1, 29)
        images = self._images(1)
        names = {
            language: f"{base['name_multilang'][language]} {size[place]} {colour[place]}"
            for place, language in ((1, "ru"), (0, "uk"))
        }
        variation = {
            **base,
            "id": self._next_id,
            "external_id": f"{base['external_id']}-{size[0]}{number}",
            "name": names["ru"],
            "name_multilang": names,
            "sku": f"{base['sku']}-{size[0]}",
            "quantity_in_stock": self.rng.randrange(1, 15),
            "images": images,
            "main_image": images[0]["url"],
            "is_variation": True,
            "variation_base_id": base["id"],
            "description_multilang": dict(base["description_multilang"]),
            "group": self._copy(base["group"]),
            "category": dict(base["category"]),
            "prices": [],
            "regions": [],
        }
        self.rows.append(variation)
        self.by_trait.setdefault("variation", []).append(variation)
        return variation

    def _template(self, plan):
        if plan.get("goods"):
            return plan["goods"]
        group = plan.get("group")
        if group == "root":
            return ("root", *goods.GOODS[16][1:])
        choices = [item for item in goods.GOODS if item[0] == group] if group else goods.GOODS
        return self.rng.choice(choices)

    def _images(self, count):
        rows = []
        for _ in range(count):
            self._next_image += 7
            rows.append(
                {
                    "id": self._next_image,
                    "url": f"{MEDIA}/{self._next_image}_w200_h200_photo.png",
                    "thumbnail_url": f"{MEDIA}/{self._next_image}_w100_h100_photo.png",
                }
            )
        return rows

    def _discount(self, spec):
        if not spec:
            return None
        start, end = self.now - timedelta(days=5), self.now + timedelta(days=25)
        return {
            "value": money_number(spec[1]),
            "type": spec[0],
            "date_start": start.strftime("%d.%m.%Y"),
            "date_end": end.strftime("%d.%m.%Y"),
        }

    def _brief(self, group_key):
        group = self.groups[group_key]
        return self._copy({name: group[name] for name in ("id", "name", "name_multilang")})

    @staticmethod
    def _copy(group):
        return {**group, "name_multilang": dict(group["name_multilang"])}
