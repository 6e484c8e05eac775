"""Prices and quantities on their way to Prom, as a shop owner sees them."""

import pytest

from tests.e2e.test_first_store import ACTION, wait_for
from tests.e2e.test_orders import call_simulator, get_stores


@pytest.fixture(scope="module")
def shop(shop_with_store):
    """Odoo with the demo's store in Test, whose prices and quantities are those of Odoo."""
    stores = get_stores(shop_with_store)
    shop_with_store.rpc("merchant.store", "action_set_test", stores)
    settings = {"push_prices": True, "push_stock": True}
    shop_with_store.rpc("merchant.store", "write", stores, settings)
    return shop_with_store


def find_listing(shop):
    """Return a listing that shows what Odoo has, its product, and its row on Prom."""

    def search():
        domain = [
            ("push_state", "=", "none"),
            ("desired_presence", "=", "in_stock"),
            ("desired_price", ">", 1),
            ("observed_compare_price", "=", 0),
        ]
        fields = ["name", "external_id", "product_id", "confirmed_price"]
        return shop.rpc("merchant.listing", "search_read", domain, fields)

    wait_for(search)
    listing = search()[0]
    return listing, listing["product_id"][0]


def get_price(shop, listing):
    rows = call_simulator(shop, "state")["products"]
    return next(row["price"] for row in rows if str(row["id"]) == listing["external_id"])


def read_prices(text):
    """Return the old and the new price out of what would be sent."""
    words = text.split(";")[0].removeprefix("Price: ").split("→")
    return [float("".join(sign for sign in word if sign in "0123456789.")) for word in words]


def open_changes(page, shop):
    page.goto(f"{shop.url}{ACTION}merchant_store_action/{get_stores(shop)[0]}")
    page.click("button[name=action_open_changes]:visible")
    page.wait_for_selector(".o_list_view .o_data_row")


def test_what_would_be_sent_is_shown_and_sent_with_consent_only(shop, open_page):
    listing, product = find_listing(shop)
    old = listing["confirmed_price"]
    shop.rpc("product.product", "write", [product], {"list_price": old * 3})
    waiting = [("id", "=", listing["id"]), ("push_state", "=", "waiting")]
    wait_for(lambda: shop.rpc("merchant.listing", "search_count", waiting))

    # Test: shown, not sent.
    page = open_page()
    open_changes(page, shop)
    row = page.locator(".o_data_row", has_text=listing["name"])
    text = row.locator("[name=change_text]").inner_text()
    assert read_prices(text) == [old, old * 3]
    assert get_price(shop, listing) == old

    # Production: three times the price asks for consent.
    shop.rpc("merchant.store", "action_set_production", get_stores(shop))
    held = [("id", "=", listing["id"]), ("push_state", "=", "held")]
    wait_for(lambda: shop.rpc("merchant.listing", "search_count", held))
    assert get_price(shop, listing) == old
    # What would be sent is shown there, too.
    open_changes(page, shop)
    row = page.locator(".o_data_row", has_text=listing["name"])
    assert read_prices(row.locator("[name=change_text]").inner_text()) == [old, old * 3]
    page.goto(f"{shop.url}{ACTION}merchant_store_action/{get_stores(shop)[0]}")
    page.click(".o_notebook_headers a[name=products]")
    page.click("button[name=action_push_held]")
    page.click(".modal .btn-primary")
    wait_for(lambda: get_price(shop, listing) == old * 3)
