"""Prepares the walk over all models and says what there is; runs in Odoo's shell.

Everything is found in the registry: a new model, field or method is walked without being named
anywhere.
"""

import inspect
import json
from pathlib import Path

from odoo import Command
from odoo.http import _generate_routing_rules
from odoo.models import MAGIC_COLUMNS

from tests.e2e.access import ROLES, STRANGER
from tools.paths import MODULES

#: What belongs to the marketplace's catalogue is the same for all companies.
SHARED = ("merchant.category.attribute", "merchant.catalogue.import")
PLACES = tuple(f"odoo.addons.{name}." for name in MODULES)


def get_classes(model):
    """Return the classes of ours that a model is made of."""
    return [cls for cls in type(model).mro() if cls.__module__.startswith(PLACES)]


def is_ours(field):
    return field.name not in MAGIC_COLUMNS and not set(field._modules).isdisjoint(MODULES)


def is_to_fill(field):
    """Tell whether a wizard does not come far without this field."""
    is_plain = is_ours(field) and not field.compute and field.type in ("char", "text")
    return field.required or is_plain


def describe_method(model, name):
    function = inspect.unwrap(getattr(type(model), name))
    parameters = list(inspect.signature(function).parameters.values())[1:]
    needed = [
        p.name
        for p in parameters
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    is_model = bool(getattr(getattr(type(model), name), "_api_model", False))
    return {"parameters": needed, "is_model": is_model}


def find_methods(model):
    """Return the methods of ours that can be called from outside.

    Those that every model has are left to the rights on the model.
    """
    of_all_models = dir(model.env["base"])
    names = {
        name
        for cls in get_classes(model)
        for name, value in vars(cls).items()
        if inspect.isfunction(value) and not name.startswith("_") and name not in of_all_models
    }
    private = {
        name
        for name in names
        for cls in type(model).mro()
        if getattr(vars(cls).get(name), "_api_private", False)
    }
    return {name: describe_method(model, name) for name in sorted(names - private)}


def describe_field(env, field):
    choices = field.get_values(env) if field.type == "selection" else ()
    return {
        "choice": next(iter(choices), None),
        "groups": field.groups or "",
        "type": field.type,
        "required": bool(field.required),
        "is_computed": bool(field.compute) and not field.store,
        "comodel": field.comodel_name or "",
    }


def discover(env):
    result = {}
    for name, model in sorted(env.items()):
        fields = {key: describe_field(env, f) for key, f in model._fields.items() if is_ours(f)}
        methods = find_methods(model)
        is_own = set(env["ir.model"]._get(name).modules.split(", ")) <= set(MODULES)
        if not is_own and not fields and not methods:
            continue
        result[name] = {
            "is_own": is_own,
            "is_abstract": model._abstract,
            "is_transient": model._transient,
            "fields": fields,
            "methods": methods,
            "record": None if model._abstract or model._transient else find_record(model),
            "filled": {
                key: describe_field(env, f)
                for key, f in model._fields.items()
                if model._transient and is_to_fill(f)
            },
            "ids": find_ids(model)
            if is_own and not model._abstract and not model._transient
            else [],
        }
    return result


def find_record(model):
    """Return a record, one of a marketplace where the model has others."""
    model = model.sudo().with_context(active_test=False)
    if "merchant_order_id" in model._fields and model._fields["merchant_order_id"].store:
        domain = [("merchant_order_id", "!=", False)]
    elif model._name == "res.partner":
        mapping = model.env["merchant.mapping"].search([("model", "=", model._name)], limit=1)
        domain = [("id", "=", mapping.res_id)]
    else:
        domain = []
    return model.search(domain, limit=1, order="id").id


def find_ids(model):
    """Return records that belong to the company of the stores, not to everybody."""
    records = model.sudo().with_context(active_test=False).search([], order="id")
    if "store_id" in model._fields:
        records = records.filtered("store_id")
    if model._name.startswith(SHARED):
        records = records.browse()
    return records.ids


def find_routes(env):
    rules = _generate_routing_rules([*env["ir.module.module"]._installed()], nodb_only=False)
    routes = {}
    for url, endpoint in rules:
        if endpoint.func.__module__.startswith(PLACES):
            routes[url] = endpoint.routing["auth"]
    return routes


def make_users(env):
    users = env["res.users"].with_context(no_reset_password=True)
    company = env.company
    other = env["res.company"].create({"name": "The Other Company"})
    for role, groups in ROLES.items():
        if groups is not None:
            users.create(
                {
                    "name": f"Access {role}",
                    "login": role,
                    "password": f"{role}-password",
                    "company_id": company.id,
                    "company_ids": [Command.set(company.ids)],
                    "group_ids": [Command.set([env.ref(group).id for group in groups])],
                }
            )
    env.ref("base.user_admin").company_ids += other
    groups = ["garazd_merchant_center.group_administrator", "stock.group_stock_manager"]
    users.create(
        {
            "name": "Access of the other company",
            "login": STRANGER,
            "password": f"{STRANGER}-password",
            "company_id": other.id,
            "company_ids": [Command.set(other.ids)],
            "group_ids": [
                Command.set(
                    [env.ref(g).id for g in (*groups, "sales_team.group_sale_salesman_all_leads")]
                )
            ],
        }
    )


def make_records(env):
    """Give every model a record of the store's company."""
    store = env["merchant.store"].search([], limit=1)
    # Not the first one, with which everything is tried.
    drafts = [("sale_order_id.state", "=", "draft")]
    order, confirmed = env["merchant.order"].search(drafts, order="id desc", limit=2)
    confirmed.sale_order_id.action_confirm()
    env["merchant.order.change"].create(
        {"order_id": order.id, "kind": "recipient", "old_value": "a", "new_value": "b"}
    )
    env["merchant.operation"].create(
        {
            "store_id": store.id,
            "kind": "order_status",
            "res_model": order._name,
            "res_id": order.id,
            "payload": {"status": "received"},
            "state": "withheld",
        }
    )
    env["merchant.exchange"].create(
        {"store_id": store.id, "made_at": "2026-01-01", "method": "GET", "path": "/orders/list"}
    )
    env["merchant.issue"]._report(store, "order_failed", order, number=order.number, reason="x")
    env["merchant.feed.import"].create(
        {"store_id": store.id, "state": "failed", "error_ids": [(0, 0, {"stage": "other"})]}
    )
    env["merchant.listing.change"].create({"store_id": store.id})
    make_queues(env, store)
    category = env["merchant.category"].create(
        {"name": "Official", "external_id": "1", "marketplace": "prom"}
    )
    kind = env["merchant.category.attribute"]._fields["kind"].get_values(env)[0]
    attribute = env["merchant.category.attribute"].create(
        {"category_id": category.id, "external_id": "1", "name": "Colour", "kind": kind}
    )
    env["merchant.category.attribute.value"].create(
        {"attribute_id": attribute.id, "external_id": "1", "name": "Red"}
    )
    colour = env["product.attribute"].create({"name": "Colour"})
    env["product.attribute.value"].create({"name": "Red", "attribute_id": colour.id})
    feed = env["product.data.feed"].search([], limit=1)
    env["product.data.feed.fetch"].create({"feed_id": feed.id, "status": "sent"})


def make_queues(env, store):
    """Leave what is there only while something is under way."""
    listing = env["merchant.listing"].search([("store_id", "=", store.id)], limit=1)
    env["merchant.listing.picture"]._queue(listing, [["http://127.0.0.1/a.jpg"]])
    run = env["merchant.sync.run"].search([("store_id", "=", store.id)], limit=1)
    env["merchant.listing.sighting"].create({"run_id": run.id, "external_ids": ["1"]})
    env["merchant.catalogue.import"].create(
        {
            "marketplace": store.marketplace,
            "kind": "categories",
            "source": "file",
            "state": "partial",
            "row_ids": [(0, 0, {"number": 1, "reason": "no_id"})],
        }
    )
    feed = env["product.data.feed"].search([], limit=1)
    env["product.data.feed.progress"].create({"feed_key": feed.id})


def run(env, path):
    """Make users and records, and write down what there is.

    :param str path: of the file
    """
    make_users(env)
    make_records(env)
    env.cr.commit()
    found = {
        "models": discover(env),
        "routes": find_routes(env),
        "public": env.ref("base.public_user").id,
    }
    Path(path).write_text(json.dumps(found))
