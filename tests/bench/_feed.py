"""What the benchmark of feeds does inside Odoo."""

import gzip
from unittest.mock import patch

from tests.bench._catalogue import fill
from tests.bench._inside import measured


def prepare(env, count):
    """Fill the database and create the feed."""
    pricelist = fill(env, count)
    language = env["res.lang"]._get_data
    env["product.data.feed"].create(
        {
            "name": "Benchmark",
            "company_id": env.company.id,
            "lang_id": language(code="en_US").id,
            "secondary_lang_id": language(code="uk_UA").id,
            "pricelist_id": pricelist.id,
        }
    )


def generate(env, full):
    """Generate the feed.

    :param bool full: all of it, else only what changed
    :return: the figures of ``measured``, and the path of the link
    """
    feed = _get_feed(env)
    figures = measured(env, lambda: feed._generate(full=full))
    return figures | {
        "offers": feed.offer_count,
        "bytes": feed.file_size,
        "path": feed.url.removeprefix(feed.get_base_url()),
    }


def generate_odoo(env):
    """Generate the feed of Odoo's eCommerce for the same products.

    :return: the figures of ``measured``
    """
    # Only this measurement pays for loading tests. The prices of eCommerce are those of a request.
    from odoo.tests import HttpCase

    from odoo.addons.website_sale.tests.common import MockRequest

    pricelist = _get_feed(env).pricelist_id
    pricelist.selectable = True
    website = env["website"].search([], limit=1)
    feed = env["product.feed"].create(
        {"name": "Benchmark", "website_id": website.id, "pricelist_id": pricelist.id}
    )
    content = b""

    def run():
        nonlocal content
        # There is no server whose port could be asked for.
        with (
            patch.object(HttpCase, "http_port", return_value=None),
            MockRequest(env, website=website, website_sale_current_pl=pricelist.id),
        ):
            content = feed._render_and_cache_compressed_gmc_feed()

    figures = measured(env, run)
    content = gzip.decompress(content)
    return figures | {"offers": content.count(b"</item>"), "bytes": len(content)}


def change(env, stock, prices, names):
    """Change products as a day in a shop does.

    :param int stock: how many get another quantity
    :param int prices: how many others get another price
    :param int names: how many others get another Ukrainian name
    :return: how many changed in all
    """
    count = stock + prices + names
    found = env["product.product"].search([("is_storable", "=", True)], order="id")
    # From everywhere in the catalogue.
    products = found[:: max(len(found) // count, 1)][:count]
    location = env["stock.warehouse"].search([], limit=1).lot_stock_id
    for product in products[:stock]:
        env["stock.quant"]._update_available_quantity(product, location, 3)
    for product in products[stock : stock + prices]:
        product.list_price += 1
    for product in products[stock + prices :].with_context(lang="uk_UA"):
        product.name += "*"
    return len(products)


def _get_feed(env):
    return env["product.data.feed"].search([], limit=1)
