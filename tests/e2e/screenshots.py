"""Makes the pictures in docs/images from a fresh demo: `make screenshots`."""

import sys

from tests.e2e.conftest import log_in, running_browser, running_shop
from tools.demo import wait_for_orders
from tools.paths import ROOT

IMAGES = ROOT / "docs" / "images"
ACTION = "/odoo/action-garazd_merchant_center."
ADD_STORE = "merchant_store_add_action"


def main():
    """Visit each screen and keep a picture of it."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        running_shop(with_store=True, database="screenshots") as shop,
        running_browser() as browser,
    ):
        wait_for_orders(shop.rpc)
        page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
        page.set_default_timeout(60_000)
        log_in(page, shop.url, "admin", "admin")
        store = shop.rpc("merchant.store", "search", [])[0]
        order = shop.rpc("sale.order", "search", [("merchant_order_id", "!=", False)])[0]
        show(page, f"{shop.url}{ACTION}merchant_store_action", ".o_kanban_record", "stores")
        show(page, f"{shop.url}{ACTION}merchant_store_action/{store}", ".o_form_view", "store")
        page.click(".o_notebook_headers a[name=shipping]")
        keep(page, "store-shipping")
        show(page, f"{shop.url}{ACTION}{ADD_STORE}", ".modal .o_form_view", "wizard")
        show(page, f"{shop.url}{ACTION}merchant_order_action", ".o_data_row", "orders")
        show(page, f"{shop.url}/odoo/action-sale.action_orders/{order}", ".o_form_view", "order")
        page.click(".o_notebook_headers a[name=merchant]")
        keep(page, "order-merchant")
        picking = confirm_one(shop)
        pickings = f"{shop.url}/odoo/action-stock.action_picking_tree_all"
        show(page, f"{pickings}/{picking}", ".o_form_view [name=merchant_reference]", "delivery")
        show(page, f"{shop.url}{ACTION}merchant_issue_action", ".o_list_view", "issues")
        show(page, f"{shop.url}{ACTION}merchant_listing_action", ".o_data_row", "listings")
        feeds = f"{shop.url}/odoo/action-garazd_product_feed.product_data_feed_action"
        feed = shop.rpc("product.data.feed", "search", [])[0]
        show(page, feeds, ".o_data_row", "feeds")
        show(page, f"{feeds}/{feed}", ".o_form_view", "feed")
        page.click(".o_notebook_headers >> text=Values")
        keep(page, "feed-values")
        page.click(".o_notebook_headers >> text=Groups")
        keep(page, "feed-groups")
        show(page, f"{shop.url}/product_feed/preview/{feed}", "main", "feed-preview")
    return 0


def confirm_one(shop):
    """Confirm an order that goes to a parcel locker, and return its delivery."""
    domain = [("delivery_kind", "=", "locker"), ("sale_order_id.state", "=", "draft")]
    order = shop.rpc("merchant.order", "search_read", domain, ["sale_order_id"], limit=1)[0]
    sale_order = order["sale_order_id"][0]
    shop.rpc("sale.order", "action_confirm", [sale_order])
    return shop.rpc("stock.picking", "search", [("sale_id", "=", sale_order)])[0]


def show(page, url, selector, name):
    """Open a screen, wait for it and keep its picture."""
    page.goto(url)
    page.wait_for_selector(selector)
    keep(page, name)


def keep(page, name):
    """Keep a picture of what is on the screen."""
    page.wait_for_timeout(1500)
    page.mouse.move(5, 890)
    page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
