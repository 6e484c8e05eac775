from dataclasses import dataclass

from odoo import api, models
from odoo.tools import SQL, float_compare, groupby

from .merchant_catalogue_name import OFFICIAL_LANG, normalise

# A complete list that lacks more than this share of what is known may be of something else.
MAX_VANISHED = 0.5


@dataclass
class Known:
    """A category as the database has it."""

    id: int
    parent_id: int | None
    translations: dict
    names: dict
    rate: float
    active: bool
    is_unlisted: bool


@dataclass(frozen=True)
class Wanted:
    """A category as the database should have it."""

    external_id: str
    parent_external_id: str | None
    level: int
    names: dict
    rate: object = None
    is_unlisted: bool = False


class Tree:
    """The catalogue of a marketplace while a file is merged into it: read once, kept up to date.

    :ivar dict known: ``Known`` by external id
    :ivar dict external_ids: by database id, of what was known from the start
    :ivar dict paths: external id by the path of names, in whatever language a file may have them
    """

    def __init__(self, env, marketplace):
        self.marketplace = marketplace
        env["merchant.category"].flush_model()
        rows = env.execute_query(
            SQL(
                "SELECT external_id, id, parent_id, COALESCE(name, '{}'), COALESCE(names, '{}'), "
                "COALESCE(commission_rate, 0), COALESCE(active, FALSE), "
                "COALESCE(is_unlisted, FALSE) FROM merchant_category "
                "WHERE marketplace = %s AND store_id IS NULL ORDER BY active, id DESC",
                marketplace,
            )
        )
        self.known = {external_id: Known(*values) for external_id, *values in rows}
        self.external_ids = {known.id: external_id for external_id, known in self.known.items()}
        self.paths = {}
        self._index_paths()

    def _index_paths(self):
        langs = {None, *(lang for known in self.known.values() for lang in known.names)}
        for lang in langs:
            found = {}
            for known in self.known.values():
                self._find_path(known, lang, found)
            self.paths |= {found[known.id]: key for key, known in self.known.items()}

    def _find_path(self, known, lang, found):
        """Return the path of a category, and put it among those found.

        :param str | None lang: in which it is wanted
        :param dict found: paths by database id
        """
        if known.id not in found:
            above = self.known.get(self.external_ids.get(known.parent_id))
            path = self._find_path(above, lang, found) if above else ()
            name = known.names.get(lang) or known.translations.get("en_US")
            found[known.id] = (*path, normalise(name))
        return found[known.id]

    def get_id(self, external_id):
        """Return the database id of a category, False where it is not known."""
        known = self.known.get(external_id)
        return known.id if known else False

    def find(self, path):
        """Return the external id of the category with a path of names, None without one."""
        return self.paths.get(tuple(map(normalise, path)))

    def remember(self, path, external_id):
        """Note that the category with this path has, or will have, that external id."""
        self.paths[tuple(map(normalise, path))] = external_id


class MerchantCategory(models.Model):
    """Brings the catalogue of a marketplace up to date with its files."""

    _inherit = "merchant.category"

    @api.model
    def _sort_portal(self, file):
        """Return the categories of a file, parents first; the same order for the same file.

        :param PortalFile file:
        :rtype: list[PortalCategory]
        """
        return sorted(file.categories, key=lambda data: len(data.path))

    @api.model
    def _merge_portal(self, tree, page, origin):
        """Bring a page of categories up to date; a page that comes twice changes nothing.

        :param Tree tree: what is known
        :param list page: ``PortalCategory`` values, a part of :meth:`_sort_portal`
        :param origin: the ``merchant.catalogue.import`` that they belong to
        :return: the numbers of created, updated and unchanged categories
        :rtype: dict[str, int]
        """
        counts = dict.fromkeys(("created", "updated", "unchanged"), 0)
        # In no language: the name that stands for all of them, and full names made of it.
        categories = self.sudo().with_context(active_test=False, lang=None)
        wanted = sorted(self._plan_portal(tree, page), key=lambda data: data.level)
        for _level, group in groupby(wanted, key=lambda data: data.level):
            categories._merge_level(tree, group, origin, counts)
        return counts

    @api.model
    def _plan_portal(self, tree, page):
        """Yield what a page asks for, with the parents that have no row of their own."""
        planned = {data.external_id for data in page}
        for data in page:
            parent = data.parent_external_id
            if len(data.path) > 1 and parent not in tree.known and parent not in planned:
                parent = tree.find(data.path[:-1])
            if len(data.path) > 1 and not parent:
                yield from self._plan_above(tree, data)
                parent = tree.find(data.path[:-1])
            tree.remember(data.path, data.external_id)
            yield Wanted(
                external_id=data.external_id,
                parent_external_id=parent,
                level=len(data.path),
                names=data.names or {"": data.path[-1]},
                rate=data.commission_rate,
            )

    @api.model
    def _plan_above(self, tree, data):
        """Yield the categories above one that have no row of their own, and that nobody knows.

        They may be known by their names in another language: then they get this name, too.
        """
        # Paths are in the language that stands for all.
        lang = OFFICIAL_LANG if OFFICIAL_LANG in data.names else next(iter(data.names), "")
        known = tree.known.get(data.external_id)
        for level in range(len(data.path) - 1, 0, -1):
            external_id = known and tree.external_ids.get(known.parent_id)
            known = tree.known.get(external_id)
            if not known or not known.is_unlisted or lang in known.names:
                break
            if not tree.find(data.path[:level]):
                tree.remember(data.path[:level], external_id)
        for level in range(1, len(data.path)):
            path = data.path[:level]
            external_id = tree.find(path)
            if external_id:
                known = tree.known.get(external_id)
                # Without being known it is on its way already.
                if not known or not known.is_unlisted or lang in known.names:
                    continue
            else:
                external_id = " > ".join(path)
            tree.remember(path, external_id)
            above = tree.find(path[:-1]) if path[:-1] else None
            yield Wanted(external_id, above, level, {lang: path[-1]}, is_unlisted=True)

    def _merge_level(self, tree, group, origin, counts):
        """Bring categories up to date whose parents are."""
        to_create, translations = [], {}
        for data in group:
            known = tree.known.get(data.external_id)
            vals = self._prepare_portal_vals(tree, data, known)
            if known is None:
                to_create.append((data, vals))
                continue
            category = self.browse(known.id)
            changes = _get_changes(known, vals)
            told = self._get_translations(vals["names"])
            if known.translations | told != known.translations:
                translations[category] = told
            if changes or category in translations:
                category.write(changes | {"import_id": origin.id})
                known.names, known.active = vals["names"], True
                known.parent_id = vals["parent_id"] or None
            if not data.is_unlisted:
                is_changed = changes or category in translations
                counts["updated" if is_changed else "unchanged"] += 1
        created = self.create(
            [
                vals
                | {
                    "marketplace": tree.marketplace,
                    "external_id": data.external_id,
                    "name": self._pick(vals["names"]),
                    "import_id": origin.id,
                }
                for data, vals in to_create
            ]
        )
        for (data, vals), category in zip(to_create, created, strict=True):
            translations[category] = self._get_translations(vals["names"])
            tree.known[data.external_id] = Known(
                id=category.id,
                parent_id=vals["parent_id"] or None,
                translations={},
                names=vals["names"],
                rate=0,
                active=True,
                is_unlisted=data.is_unlisted,
            )
            counts["created"] += not data.is_unlisted
        self._write_translations("name", translations)

    @api.model
    def _prepare_portal_vals(self, tree, data, known):
        """Return the values of a category.

        :param Tree tree: what is known of the others
        :param Wanted data: what a file says
        :param Known | None known: what is known of this one
        """
        vals = {
            "parent_id": tree.get_id(data.parent_external_id),
            "active": True,
            "names": self._merge_names(known and known.names, data.names),
            "is_unlisted": data.is_unlisted,
        }
        if data.rate is not None:
            vals["commission_rate"] = float(data.rate)
        return vals

    @api.model
    def _get_or_make_portal(self, marketplace, external_id, names):
        """Return a category that a file with attributes names.

        :param dict names: by code of the language
        """
        categories = self.sudo().with_context(active_test=False, lang=None)
        category = categories.search(
            [
                ("marketplace", "=", marketplace),
                ("store_id", "=", False),
                ("external_id", "=", external_id),
            ]
        )
        if not category:
            name = self._pick(names) or external_id
            category = categories.create(
                {"marketplace": marketplace, "external_id": external_id, "name": name}
            )
        merged = self._merge_names(category.names, names)
        if merged and merged != category.names:
            category.names = merged
        if merged:
            self._write_translations("name", {category: self._get_translations(merged)})
        return category

    # === WHAT VANISHED === #

    @api.model
    def _archive_missing(self, marketplace, external_ids, origin):
        """Archive the categories that a complete list does not name any more.

        Those above a named one stay. Nothing is archived when so much is missing that the list may
        be of something else.

        :param str marketplace: a key of ``merchant.store.marketplace``
        :param set external_ids: all that the list names
        :param origin: the ``merchant.catalogue.import`` that read it to its end
        :return: the numbers of archived and kept categories
        :rtype: dict[str, int]
        """
        known = Tree(self.env, marketplace).known
        by_id = {category.id: category for category in known.values()}
        used = set()
        for external_id in external_ids & known.keys():
            id_ = known[external_id].id
            while id_ and id_ not in used:
                used.add(id_)
                id_ = by_id[id_].parent_id
        active = self.sudo().browse([c.id for c in by_id.values() if c.active])
        gone = active.filtered(lambda category: category.id not in used)
        leaves = active.filtered("is_leaf")
        if len(gone & leaves) > len(leaves) * MAX_VANISHED:
            return {"archived": 0, "kept": len(gone)}
        gone.write({"active": False, "import_id": origin.id})
        return {"archived": len(gone), "kept": 0}


def _get_changes(known, vals):
    """Return those of the values that a known category does not have."""
    changes = {}
    if (vals["parent_id"] or None) != known.parent_id:
        changes["parent_id"] = vals["parent_id"]
    if not known.active:
        changes["active"] = True
    if vals["is_unlisted"] != known.is_unlisted:
        changes["is_unlisted"] = vals["is_unlisted"]
    if vals["names"] != known.names:
        changes["names"] = vals["names"]
    rate = vals.get("commission_rate")
    if rate is not None and float_compare(rate, known.rate, precision_digits=2):
        changes["commission_rate"] = rate
    return changes
