"""Fills a database with stores that sell everything; runs inside Odoo."""

from odoo import Command
from odoo.tools import SQL

from tests.bench._catalogue import fill
from tests.load.common import CLERK, PASSWORD

GROUPS = (
    "garazd_merchant_center.group_user",
    "sales_team.group_sale_salesman_all_leads",
    "stock.group_stock_user",
)


def prepare(env, count, shops):
    """Make products with stock and, for each simulated shop, a store in Production.

    :param int count: products, `SKU-0` and so on; every shop sells all of them
    :param list shops: a dict each: `name`, `url`, `token` and `company`, 0 or 1
    :return: the ids of the stores by the name of the shop
    :rtype: dict[str, int]
    """
    hryvnia = env["res.currency"].with_context(active_test=False).search([("name", "=", "UAH")])
    hryvnia.active = True
    companies = env.company
    if any(shop["company"] for shop in shops):
        companies |= _make_company(env, hryvnia)
        env.ref("base.user_admin").company_ids = companies
    env.company.currency_id = hryvnia
    env["ir.default"].set("product.template", "taxes_id", [])
    fill(env, count)
    env["product.template"].search([]).taxes_id = False
    for company in companies[1:]:
        _copy_stock(env, companies[0], company)
    feeds = [_make_feed(env, company, hryvnia) for company in companies]
    stores = {
        shop["name"]: make_store(env, shop, companies[shop["company"]], feeds[shop["company"]]).id
        for shop in shops
    }
    _make_clerks(env, companies)
    return stores


def _make_company(env, currency):
    company = env["res.company"].create({"name": "Second Company", "currency_id": currency.id})
    env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
    company.currency_id = currency
    warehouses = env["stock.warehouse"]
    if not warehouses.search_count([("company_id", "=", company.id)]):
        warehouses.create({"name": "Second", "code": "WH2", "company_id": company.id})
    return company


def _make_feed(env, company, currency):
    vals = {"name": f"Feed of {company.name}", "company_id": company.id}
    return env["product.data.feed"].create(
        {**vals, "currency_id": currency.id, "domain": "[('default_code', 'like', 'SKU-')]"}
    )


def make_store(env, shop, company, feed):
    """Connect a simulated shop in Production, as :func:`prepare` does."""
    journal = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
    )
    return env["merchant.store"].create(
        {
            "name": shop["name"],
            "marketplace": "prom",
            "company_id": company.id,
            "api_url": shop["url"],
            "api_token": shop["token"],
            "state": "connected",
            "mode": "production",
            "feed_id": feed.id,
            "carrier_id": _make_carrier(env, company).id,
            "payment_journal_id": journal.id,
            "push_prices": True,
            "push_stock": True,
            "push_presence": True,
            "max_price_percent": 100_000,
            "max_unavailable_percent": 100,
        }
    )


def _make_carrier(env, company):
    product = env["product.product"].create(
        {"name": "Parcel", "type": "service", "sale_ok": False, "taxes_id": []}
    )
    vals = {"name": "Parcel", "product_id": product.id, "company_id": company.id}
    return env["delivery.carrier"].create(vals)


def _make_clerks(env, companies):
    """Make two people who confirm and ship."""
    for number in range(2):
        env["res.users"].create(
            {
                "name": f"Clerk {number}",
                "login": f"{CLERK}{number}",
                "password": PASSWORD,
                "company_id": env.company.id,
                "company_ids": [Command.set(companies.ids)],
                "group_ids": [Command.link(env.ref(name).id) for name in GROUPS],
            }
        )


def _copy_stock(env, source, target):
    """Give a company the same stock as another one."""
    warehouses = env["stock.warehouse"]
    places = [
        warehouses.search([("company_id", "=", company.id)], limit=1).lot_stock_id
        for company in (source, target)
    ]
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            INSERT INTO stock_quant
                        (product_id, company_id, location_id, quantity, reserved_quantity, in_date)
                 SELECT product_id, %s, %s, quantity, 0, in_date
                   FROM stock_quant WHERE location_id = %s
            """,
            target.id,
            places[1].id,
            places[0].id,
        )
    )
    env.invalidate_all()
