"""Makes the pictures in docs/images from a fresh demo: `make screenshots`.

English pictures stand in docs/images, the same ones in Ukrainian in docs/images/uk.
"""

import subprocess
import sys

from tests.e2e.conftest import log_in, running_browser, running_shop
from tests.e2e.test_catalogue import HEADER, ROWS, choose_file, open_wizard, press_import
from tests.e2e.test_first_store import wait_for
from tests.prom_simulator.xls import make_xls
from tools.console import say
from tools.demo import wait_for_orders
from tools.paths import ROOT
from tools.python_env import python

IMAGES = ROOT / "docs" / "images"
CENTER = "/odoo/action-garazd_merchant_center."
PROM = "/odoo/action-garazd_merchant_prom."
FEEDS = "/odoo/action-garazd_product_feed.product_data_feed_action"
TABS = ("orders", "partners", "shipping", "payments", "products", "notices")
VIEWPORT = {"width": 1400, "height": 900}
# Few colours make a picture a third as large, and nobody sees it.
SHRINK = """
import sys
from PIL import Image
for path in sys.argv[1:]:
    picture = Image.open(path).convert("RGB")
    picture.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
"""


class Camera:
    """Visits screens in one language and keeps their pictures."""

    def __init__(self, page, url, folder):
        self.page, self.url, self.folder = page, url, folder
        folder.mkdir(parents=True, exist_ok=True)

    def show(self, path, selector, name):
        """Open a screen, wait for it and keep its picture."""
        self.page.goto(self.url + path)
        self.page.wait_for_selector(selector)
        self.keep(name)

    def keep(self, name):
        """Keep a picture of what is on the screen."""
        self.page.wait_for_timeout(1500)
        self.page.mouse.move(5, 890)
        self.page.screenshot(path=self.folder / f"{name}.png")

    def show_tab(self, tab, name):
        """Keep a picture of a tab of the form that is open."""
        self.page.click(f".o_notebook_headers a[name={tab}]")
        self.page.evaluate("document.querySelector('.o_notebook').scrollIntoView()")
        self.keep(name)


def main():
    """Visit each screen in both languages."""
    with (
        running_shop(with_store=True, database="screenshots") as shop,
        running_browser() as browser,
    ):
        wait_for_orders(shop.rpc)
        context = browser.new_context(viewport=VIEWPORT, timezone_id="Europe/Kyiv")
        page = context.new_page()
        page.set_default_timeout(60_000)
        log_in(page, shop.url, "admin", "admin")
        prepare(shop, page)
        picking = confirm_one(shop)
        user = shop.rpc("res.users", "search", [("login", "=", "admin")])
        for language, folder in (("en_US", IMAGES), ("uk_UA", IMAGES / "uk")):
            shop.rpc("res.users", "write", user, {"lang": language})
            say(f"Pictures in {language}")
            visit(Camera(page, shop.url, folder), shop, picking)
    pictures = sorted(IMAGES.rglob("*.png"))
    subprocess.run([python(), "-c", SHRINK, *pictures], check=True)
    return 0


def prepare(shop, page):
    """Import categories, and have prices wait that differ from those on Prom."""
    open_wizard(page, shop, "categories")
    choose_file(page, "categories.xls", make_xls([HEADER, *ROWS]))
    press_import(page)
    stores = shop.rpc("merchant.store", "search", [])
    shop.rpc("merchant.store", "write", stores, {"push_prices": True, "push_stock": True})
    settled = [("push_state", "=", "none"), ("desired_price", ">", 1)]
    wait_for(lambda: shop.rpc("merchant.listing", "search_count", settled))
    listings = shop.rpc("merchant.listing", "search_read", settled, ["product_id"], limit=5)
    products = shop.rpc(
        "product.product", "read", [row["product_id"][0] for row in listings], ["list_price"]
    )
    for number, product in enumerate(products):
        factor = 3 if number == 0 else 1.05
        price = round(product["list_price"] * factor)
        shop.rpc("product.product", "write", [product["id"]], {"list_price": price})
    changed = [("id", "in", [row["id"] for row in listings]), ("push_state", "=", "waiting")]
    wait_for(lambda: shop.rpc("merchant.listing", "search_count", changed) == len(listings))


def confirm_one(shop):
    """Confirm an order that goes to a parcel locker, and return its delivery."""
    domain = [("delivery_kind", "=", "locker"), ("sale_order_id.state", "=", "draft")]
    order = shop.rpc("merchant.order", "search_read", domain, ["sale_order_id"], limit=1)[0]
    sale_order = order["sale_order_id"][0]
    shop.rpc("sale.order", "action_confirm", [sale_order])
    return shop.rpc("stock.picking", "search", [("sale_id", "=", sale_order)])[0]


def visit(camera, shop, picking):
    """Keep the pictures of all screens in the present language."""
    store = shop.rpc("merchant.store", "search", [])[0]
    visit_store(camera, store)
    visit_orders(camera, shop, picking)
    visit_products(camera)
    visit_feed(camera, shop)


def visit_store(camera, store):
    """Keep what a store and its setup look like."""
    form = f"{CENTER}merchant_store_action/{store}"
    camera.show(f"{CENTER}merchant_store_action", ".o_kanban_record", "stores")
    camera.show(form, ".o_form_view", "store")
    for tab in TABS:
        camera.show_tab(tab, f"store-{tab}")
    camera.page.goto(camera.url + form)
    camera.page.click("button[name=action_open_production]:visible >> nth=0")
    camera.page.wait_for_selector(".modal .o_form_view")
    camera.keep("production")
    camera.show(f"{CENTER}merchant_store_add_action", ".modal .o_form_view", "wizard")
    camera.show(f"{CENTER}merchant_issue_action", ".o_kanban_record", "issues")


def visit_orders(camera, shop, picking):
    """Keep what orders, their deliveries and their figures look like."""
    domain = [("merchant_order_id", "!=", False)]
    order = shop.rpc("sale.order", "search", domain)[0]
    camera.show(f"{CENTER}merchant_order_action", ".o_data_row", "orders")
    camera.show(f"/odoo/action-sale.action_orders/{order}", ".o_form_view", "order")
    camera.show_tab("merchant", "order-merchant")
    pickings = "/odoo/action-stock.action_picking_tree_all"
    camera.show(f"{pickings}/{picking}", ".o_form_view [name=merchant_reference]", "delivery")
    camera.show(f"{CENTER}merchant_order_report_action", ".o_graph_renderer canvas", "reporting")


def visit_products(camera):
    """Keep what products, matching, changes and categories look like."""
    camera.show(f"{CENTER}merchant_listing_action", ".o_data_row", "listings")
    matching = f"{CENTER}merchant_listing_matching_action"
    camera.page.goto(camera.url + matching)
    for number in range(2):
        camera.page.click(f".o_group_header >> nth={number}")
        camera.page.wait_for_selector(".o_data_row")
    camera.keep("matching")
    camera.show(f"{CENTER}merchant_listing_push_action", ".o_data_row", "dry-run")
    camera.show(f"{PROM}merchant_category_action", ".o_data_row", "categories")


def visit_feed(camera, shop):
    """Keep what a price list looks like."""
    feed = shop.rpc("product.data.feed", "search", [])[0]
    camera.show(FEEDS, ".o_data_row", "feeds")
    camera.show(f"{FEEDS}/{feed}", ".o_form_view", "feed")
    for page in ("values", "groups"):
        camera.show_tab(page, f"feed-{page}")
    camera.show(f"/product_feed/preview/{feed}", "main", "feed-preview")


if __name__ == "__main__":
    sys.exit(main())
