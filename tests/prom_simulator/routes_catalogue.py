"""Reading products, groups and their translations (api.md 9 and 12)."""

from .exchange import NotFoundError, is_int
from .paging import cut_page, date_ranges
from .render import render_group, render_product
from .routing import Route
from .text import BadParameterError

_MODIFIED = (("last_modified", "date_modified"),)
_TRANSLATION_LANGUAGES = ("ru", "uk")


def products_list(world, request):
    """GET /products/list; without `group_id` see `Options.list_without_group`."""
    group_id = request.integer("group_id")
    dates = date_ranges(request, _MODIFIED)
    only = group_id
    if only is None and world.options.list_without_group == "root":
        only = world.state.root_group_id
    if dates is None:
        return {"group_id": group_id, "products": []}
    rows = cut_page(
        world.state.products,
        request,
        world.options,
        lambda row: (
            _listed(world, row)
            and not _hidden(world, row)
            and (only is None or _group(row) == only)
            and dates(row)
        ),
    )
    return {
        "group_id": group_id,
        "products": [render_product(world, row, request.language) for row in rows],
    }


def _listed(world, product):
    return (
        world.options.deleted_products == "listed"
        or not isinstance(product, dict)
        or product.get("status") != "deleted"
    )


def _hidden(world, product):
    """Tell whether no list shows the product; alone it can be read."""
    return isinstance(product, dict) and product.get("id") in world.state.hidden_products


def _group(product):
    group = product.get("group") if isinstance(product, dict) else None
    return group.get("id") if isinstance(group, dict) else None


def find_product(world, key, external=False):
    """Return a product, None when it is unknown or gone.

    :param key: Prom id, or external id as text.
    :param bool external: which of the two.
    :rtype: dict or None
    """
    state = world.state
    product = state.by_external_id(key) if external else state.products.get(key)
    return product if isinstance(product, dict) and _listed(world, product) else None


def product_detail(world, request, product_id):
    """GET /products/{id}."""
    return _product(world, request, find_product(world, product_id))


def product_by_external_id(world, request, external_id):
    """GET /products/by_external_id/{external_id}."""
    return _product(world, request, find_product(world, external_id, external=True))


def _product(world, request, product):
    if product is None:
        raise NotFoundError
    return {"product": render_product(world, product, request.language)}


def groups_list(world, request):
    """GET /groups/list: the root group and one more are never part of it."""
    dates = date_ranges(request, _MODIFIED)
    if dates is None:
        return {"groups": []}
    hidden = world.state.unlisted_groups
    rows = cut_page(
        world.state.groups,
        request,
        world.options,
        lambda group: group["id"] not in hidden and dates(group),
    )
    return {"groups": [render_group(world, row, request.language) for row in rows]}


def _translation(request, record, key_name):
    """Return the translation of a product or group in the language asked for."""
    if record is None:
        raise NotFoundError
    language = request.query.get("lang") or request.language
    if language not in _TRANSLATION_LANGUAGES:
        raise BadParameterError("bad_parameter", name="lang")
    answer = {key_name: record["id"], "lang": language}
    for name in ("name", "description"):
        texts = record.get(f"{name}_multilang") or {}
        answer[name] = texts.get(language) or ""
    if key_name == "product_id":
        answer["keywords"] = (record.get("keywords") or "") if language == "ru" else ""
    return answer


def product_translation(world, request, product_id):
    """GET /products/translation/{id}."""
    return _translation(request, find_product(world, product_id), "product_id")


def group_translation(world, request, group_id):
    """GET /groups/translation/{id}."""
    return _translation(request, world.state.groups.get(group_id), "group_id")


def put_product_translation(world, request):
    """PUT /products/translation."""
    return _put_translation(world, request, "product_id", world.state.products)


def put_group_translation(world, request):
    """PUT /groups/translation."""
    return _put_translation(world, request, "group_id", world.state.groups)


def _put_translation(world, request, key_name, table):
    data = request.json_object()
    key, language = data.get(key_name), data.get("lang")
    if not is_int(key):
        raise BadParameterError("required", name=key_name)
    record = table.get(key)
    if record is None:
        raise NotFoundError
    if language not in _TRANSLATION_LANGUAGES:
        raise BadParameterError("bad_parameter", name="lang")
    changes = {}
    for name in ("name", "description"):
        value = data.get(name)
        if value is None:
            continue
        if not isinstance(value, str):
            raise BadParameterError("bad_parameter", name=name)
        changes[f"{name}_multilang"] = {**(record.get(f"{name}_multilang") or {}), language: value}
        if language == "ru":
            changes[name] = value
    if key_name == "product_id":
        world.state.touch_product(record, **changes)
    else:
        record.update(changes)
    world.wrote(request, key_name.removesuffix("_id"), key, changes)
    return {"status": "success"}


ROUTES = (
    Route("GET", "/products/list", "products", products_list),
    Route("GET", "/products/{id}", "products", product_detail),
    Route("GET", "/products/by_external_id/{text}", "products", product_by_external_id),
    Route("GET", "/products/translation/{id}", "products", product_translation),
    Route("PUT", "/products/translation", "products", put_product_translation),
    Route("GET", "/groups/list", "groups", groups_list),
    Route("GET", "/groups/translation/{id}", "groups", group_translation),
    Route("PUT", "/groups/translation", "groups", put_group_translation),
)
