"""Fills the demo database; fed to ``odoo shell`` by ``demo.py``.

The products are those of the simulator, as a seller would have them in Odoo: with the same SKUs,
prices and stock, except a few that Odoo does not know.
"""

import base64
import json
import os
import urllib.request

from odoo import Command
from odoo.tools import html2plaintext

API_URL = os.environ["PROM_SIMULATOR_URL"]
TOKEN = os.environ["PROM_SIMULATOR_TOKEN"]
PUBLIC_URL = os.environ["PUBLIC_URL"]
# Every ninth product is missing in Odoo, so that the screens show what happens then.
MISSING_EVERY = 9


def read(path):
    """Return what the simulator answers."""
    headers = {"Authorization": f"Bearer {TOKEN}", "X-LANGUAGE": "uk"}
    request = urllib.request.Request(API_URL + path, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def read_products():
    """Return all products of the simulator."""
    products, last_id = {}, ""
    while True:
        page = read(f"/products/list?limit=100{last_id}")["products"]
        if not [product for product in page if product["id"] not in products]:
            return list(products.values())
        products |= {product["id"]: product for product in page}
        last_id = f"&last_id={min(products)}"


def read_picture(product):
    """Return the main picture in base64, or False."""
    url = product.get("main_image") or ""
    if not url.startswith("http"):
        return False
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return base64.b64encode(answer.read())
    except OSError:
        return False


def set_company_up():
    """Make the main company a Ukrainian shop."""
    company = env.company
    env.ref("base.UAH").active = True
    company.write({"name": "Крамниця «Калина»", "country_id": env.ref("base.ua").id})
    if not env["account.move.line"].search_count([], limit=1):
        company.currency_id = env.ref("base.UAH")
    env["ir.config_parameter"].set_param("web.base.url", PUBLIC_URL)
    env["ir.config_parameter"].set_param("web.base.url.freeze", "True")
    env.ref("base.user_admin").write({"tz": "Europe/Kyiv"})
    return company


def create_products(company):
    """Create the products with their stock."""
    categories = {}
    warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
    location = warehouse.lot_stock_id
    seen = set()
    for number, data in enumerate(read_products()):
        sku = data.get("sku")
        if not sku or sku in seen or number % MISSING_EVERY == MISSING_EVERY - 1:
            continue
        seen.add(sku)
        group = (data.get("group") or {}).get("name") or "Інше"
        if group not in categories:
            categories[group] = env["product.category"].create({"name": group})
        names = data.get("name_multilang") or {}
        product = env["product.product"].create(
            {
                "name": names.get("uk") or data["name"],
                "default_code": sku,
                "list_price": data.get("price") or 0,
                "type": "consu",
                "is_storable": True,
                "categ_id": categories[group].id,
                "taxes_id": [(5,)],
                "description_sale": html2plaintext(data.get("description") or ""),
                "image_1920": read_picture(data),
            }
        )
        quantity = data.get("quantity_in_stock") or 0
        if quantity:
            env["stock.quant"]._update_available_quantity(product, location, quantity)


def create_feed():
    """Create the price list."""
    languages = {lang.code: lang for lang in env["res.lang"].search([])}
    return env["product.data.feed"].create(
        {
            "name": "Prom.ua",
            "lang_id": (languages.get("uk_UA") or env["res.lang"].search([], limit=1)).id,
            "domain": "[('default_code', '!=', False)]",
            "value_ids": [
                *env["product.data.feed"]._default_value_ids(),
                Command.create({"target": "vendor", "source": "text", "text": "Калина"}),
            ],
        }
    )


def connect_store(company, feed):
    """Add the store as a person does."""
    env["merchant.store.add"].create(
        {
            "marketplace": "prom",
            "name": "Калина на Prom",
            "api_token": TOKEN,
            "api_url": API_URL,
            "feed_id": feed.id,
            "company_id": company.id,
        }
    ).action_add()


company = set_company_up()
create_products(company)
feed = create_feed()
if os.environ.get("WITH_STORE", "1") == "1":
    connect_store(company, feed)
env.cr.commit()
