"""A price list that Prom is asked to read, as a shop owner sees it."""

import pytest

from tests.e2e.test_first_store import ACTION, make_user, wait_for
from tests.e2e.test_orders import call_simulator, get_stores


@pytest.fixture(scope="module")
def shop(shop_with_store):
    """Odoo with the demo's store in Test, whose products were read and whose file is published."""
    shop = shop_with_store
    shop.rpc("merchant.store", "action_set_test", get_stores(shop))
    call_simulator(shop, "options", {"import_early_success": 0, "import_partial": 0})
    wait_for(lambda: shop.rpc("product.data.feed", "search", [("offer_count", ">", 0)]))
    was_read = [("last_sync_products_at", "!=", False)]
    wait_for(lambda: shop.rpc("merchant.store", "search", was_read))
    return shop


def send_price_list(page, shop):
    """Choose texts beside prices in the wizard, agree to what it warns of, and send."""
    page.goto(f"{shop.url}{ACTION}merchant_store_action/{get_stores(shop)[0]}")
    page.click("button[name=action_import_feed]:visible")
    page.wait_for_selector(".modal .o_list_renderer >> text=Availability")
    row = page.locator(".modal .o_data_row", has_text="Names and Descriptions")
    row.locator("[name=is_chosen] input").click()
    duplicates = page.locator(".modal [name=duplicates_confirmed] input")
    if duplicates.is_visible():
        duplicates.check()
    page.click(".modal button[name=action_start]")
    page.wait_for_selector(".o_form_view .o_statusbar_status")


def test_price_list_is_withheld_in_test_and_followed_in_production(shop, open_page):
    login = make_user(shop, "garazd_merchant_center.group_user", "en_US")
    page = open_page(login, login)
    send_price_list(page, shop)
    page.wait_for_selector("text=the marketplace was not asked")
    names = page.locator("[name=field_names]").inner_text()
    assert names == "Prices, Availability, Names and Descriptions"

    shop.rpc("merchant.store", "action_set_production", get_stores(shop))
    send_price_list(page, shop)
    # Nobody reloads the page: what Prom counts appears by itself.
    page.wait_for_selector("text=The marketplace reads the price list.")
    page.wait_for_selector("[name=unchanged_count]:visible", timeout=120_000)
    assert int(page.locator("[name=unchanged_count]").inner_text().replace(",", "")) > 0
    paths = [row["path"] for row in call_simulator(shop, "journal")["requests"]]
    assert paths.count("/products/import_url") == 1
