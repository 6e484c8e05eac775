"""Makes the pictures in docs/images from a fresh demo: `make screenshots`.

English ones of every screen, and the main ones in Ukrainian in docs/images/uk.
"""

import base64
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.conftest import Shop, log_in, running_browser, running_shop
from tests.e2e.test_catalogue import HEADER, ROWS
from tests.e2e.test_first_store import wait_for
from tests.e2e.test_onboarding import WITHOUT_PRODUCTS
from tests.e2e.test_orders import call_simulator
from tests.prom_simulator.xls import make_xls
from tools.demo import wait_for_orders
from tools.paths import ROOT
from tools.python_env import python

IMAGES = ROOT / "docs" / "images"
CENTER = "/odoo/action-garazd_merchant_center."
PROM = "/odoo/action-garazd_merchant_prom."
FEEDS = "/odoo/action-garazd_product_feed.product_data_feed_action"
PICKINGS = "/odoo/action-stock.action_picking_tree_all"
VIEWPORT = {"width": 1400, "height": 820}
#: Tall enough for any page of a form.
TALL = {"width": 1400, "height": 1600}
TABS = ("orders", "partners", "shipping", "payments", "products")
#: The pictures of the Ukrainian guide. The others would show the same again.
UKRAINIAN = {
    "stores",
    "wizard",
    "token",
    "store",
    *[f"store-{tab}" for tab in TABS],
    "production",
    "orders",
    "order-merchant",
    "delivery",
    "issues",
    "matching",
    "dry-run",
    "categories",
    "reporting",
    "feed-values",
}
# People who are no developers see no address of the interface; the demo needs it.
STYLE = """
.modal .o_wrap_field:has([name=api_url]) { display: none !important }
.modal [name=permissions] { padding: 12px }
"""
# A picture of a screen needs no more colors, and has a third of the size then.
SHRINK = """
import sys
from PIL import Image

for path in sys.argv[1:]:
    picture = Image.open(path).convert("RGB")
    picture.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
"""
#: Orders of products that Odoo knows.
KNOWN = ["!", ("sale_order_id.order_line.product_id.default_code", "=", "MERCHANT-UNKNOWN")]


@dataclass
class Camera:
    """A page of the browser, and the folder to keep pictures of it."""

    page: Page
    shop: Shop
    folder: Path
    wanted: Collection = ()

    def show(self, place, selector, *names, part=None):
        """Open a screen and keep its picture; nothing when none of the names is wanted.

        :param str place: the screen's address in Odoo
        :param str selector: what to wait for
        :param names: of the pictures that are made there; the first one is kept now
        :param str part: what of the page to keep; None: all of it
        :return: whether the screen is open
        """
        if self.wanted and not self.wanted.intersection(names):
            return False
        self.page.goto(self.shop.url + place)
        self.page.wait_for_selector(selector)
        if not self.wanted or names[0] in self.wanted:
            self.keep(names[0], part)
        return True

    def open_tab(self, tab, name):
        """Turn to a page of the form and keep a picture of it."""
        if not self.wanted or name in self.wanted:
            self.page.set_viewport_size(TALL)
            self.page.click(f".o_form_view .o_notebook_headers a[name={tab}]")
            self.keep(name, ".o_form_view .o_notebook")
            self.page.set_viewport_size(VIEWPORT)

    def keep(self, name, part=None):
        """Keep a picture of what is on the screen."""
        self.page.wait_for_timeout(1500)
        self.page.mouse.move(5, VIEWPORT["height"] - 10)
        self.folder.mkdir(parents=True, exist_ok=True)
        shot = self.page.locator(part).first if part else self.page
        shot.screenshot(path=self.folder / f"{name}.png")


def main():
    """Visit each screen in both languages and keep pictures of it."""
    with (
        running_shop(with_store=True, database="screenshots") as shop,
        running_browser() as browser,
    ):
        wait_for_orders(shop.rpc)
        fill(shop)
        for lang, folder, wanted in (
            ("en_US", IMAGES, ()),
            ("uk_UA", IMAGES / "uk", UKRAINIAN),
        ):
            admin = shop.rpc("res.users", "search", [("login", "=", "admin")])
            shop.rpc("res.users", "write", admin, {"lang": lang})
            page = browser.new_context(viewport=VIEWPORT, locale=lang.replace("_", "-")).new_page()
            page.set_default_timeout(60_000)
            log_in(page, shop.url, "admin", "admin")
            camera = Camera(page, shop, folder, wanted)
            show_stores(camera)
            show_orders(camera)
            show_products(camera)
            show_feeds(camera)
    pictures = sorted(IMAGES.rglob("*.png"))
    subprocess.run([python(), "-c", SHRINK, *pictures], check=True)
    return 0


def fill(shop):
    """Make what the demo does not have by itself: changes to send, categories, a parcel."""
    scopes = ["orders", "order_status", "payment", "delivery", "groups"]
    call_simulator(shop, "tokens", {"token": WITHOUT_PRODUCTS, "scopes": scopes})
    stores = shop.rpc("merchant.store", "search", [])
    settings = {"push_prices": True, "push_stock": True, "push_presence": True}
    shop.rpc("merchant.store", "write", stores, settings)
    file = base64.b64encode(make_xls([HEADER, *ROWS])).decode()
    wizard = {"marketplace": "prom", "file": file, "filename": "categories.xls"}
    ids = shop.rpc("merchant.import.categories", "create", [wizard])
    shop.rpc("merchant.import.categories", "action_import", ids)
    domain = [("delivery_kind", "=", "locker"), ("sale_order_id.state", "=", "draft"), *KNOWN]
    order = shop.rpc("merchant.order", "search_read", domain, ["sale_order_id"], limit=1)[0]
    shop.rpc("sale.order", "action_confirm", [order["sale_order_id"][0]])
    wait_for(lambda: shop.rpc("merchant.category", "search_count", [("store_id", "=", False)]))
    change_prices(shop)


def change_prices(shop):
    """Make some products dearer, and wait until Odoo would send that."""
    known = [("push_state", "=", "none"), ("desired_presence", "=", "in_stock")]
    names = ["product_id", "desired_price"]

    def find(*more):
        domain = [*known, ("desired_price", ">", 1), *more]
        return shop.rpc("merchant.listing", "search_read", domain, names, limit=5)

    wait_for(find)
    rows = find()
    for row in rows:
        values = {"list_price": round(row["desired_price"] * 1.07)}
        shop.rpc("product.product", "write", [row["product_id"][0]], values)
    ids = [row["id"] for row in rows]
    waiting = [("id", "in", ids), ("push_state", "=", "waiting")]
    wait_for(lambda: shop.rpc("merchant.listing", "search_count", waiting) == len(ids))


def show_stores(camera):
    """Show the overview, the store and its wizards."""
    store = camera.shop.rpc("merchant.store", "search", [])[0]
    place = f"{CENTER}merchant_store_action"
    camera.show(place, ".o_kanban_record", "stores")
    if camera.show(f"{place}/{store}", ".o_form_view .o_merchant_checklist", "store"):
        for tab in TABS:
            camera.open_tab(tab, f"store-{tab}")
        camera.page.click("button[name=action_open_production]")
        camera.page.wait_for_selector(".modal .o_merchant_steps")
        camera.keep("production", ".modal-content")
    # Where the interface is can be said by developers only.
    wizard = f"{CENTER}merchant_store_add_action?debug=1"
    if camera.show(wizard, ".modal .o_form_view", "token"):
        show_token(camera)
    camera.page.goto(f"{camera.shop.url}{place}?debug=0")
    add = f"{CENTER}merchant_store_add_action"
    camera.show(add, ".modal .o_form_view", "wizard", part=".modal-content")
    issues = f"{CENTER}merchant_issue_action"
    camera.show(issues, ".o_kanban_view .o_kanban_record", "issues")
    camera.show(f"{CENTER}merchant_order_report_action", ".o_graph_view canvas", "reporting")


def show_token(camera):
    """Try a token that lacks something."""
    page = camera.page
    page.fill(".modal [name=api_url] input", camera.shop.simulator)
    page.fill(".modal [name=name] input", "Kalyna")
    page.fill(".modal [name=api_token] input", WITHOUT_PRODUCTS)
    page.click(".modal button[name=action_check_token]")
    page.wait_for_selector(".modal [name=permissions] li")
    page.add_style_tag(content=STYLE)
    camera.keep("token", ".modal [name=permissions]")


def show_orders(camera):
    """Show the orders, and a sales order with its delivery."""
    rpc = camera.shop.rpc
    camera.show(f"{CENTER}merchant_order_action", ".o_data_row", "orders")
    picking = rpc("stock.picking", "search", [("merchant_order_id", "!=", False)])[0]
    order = rpc("stock.picking", "read", [picking], ["sale_id"])[0]["sale_id"][0]
    place = f"/odoo/action-sale.action_orders/{order}"
    if camera.show(place, ".o_form_view", "order", "order-merchant"):
        camera.page.click(".o_notebook_headers a[name=merchant]")
        camera.keep("order-merchant")
    place = f"{PICKINGS}/{picking}"
    camera.show(place, ".o_form_view [name=merchant_reference]", "delivery")


def show_products(camera):
    """Show the products of the store, what is matched and what would be sent."""
    camera.show(f"{CENTER}merchant_listing_action", ".o_data_row", "listings")
    place = f"{CENTER}merchant_listing_matching_action"
    if camera.show(place, ".o_group_header", "matching"):
        for header in reversed(camera.page.locator(".o_group_header").all()):
            header.click()
        camera.page.wait_for_selector(".o_data_row")
        camera.keep("matching")
    camera.show(f"{CENTER}merchant_listing_push_action", ".o_data_row", "dry-run")
    camera.show(f"{PROM}merchant_category_action", ".o_data_row", "categories")


def show_feeds(camera):
    """Show the price lists, the pages of one and its preview."""
    feed = camera.shop.rpc("product.data.feed", "search", [])[0]
    camera.show(FEEDS, ".o_data_row", "feeds")
    if camera.show(f"{FEEDS}/{feed}", ".o_form_view", "feed", "feed-values", "feed-groups"):
        camera.open_tab("values", "feed-values")
        camera.open_tab("groups", "feed-groups")
    camera.show(f"/product_feed/preview/{feed}", "main", "feed-preview")


if __name__ == "__main__":
    sys.exit(main())
