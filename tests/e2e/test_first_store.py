"""From an empty Merchant Center to the first imported orders, by hand."""

import time
import urllib.request
from xml.etree import ElementTree

ACTION = "/odoo/action-garazd_merchant_center."
PATIENCE = 120


def open_wizard(page, shop):
    # The address of the interface is a technical detail, shown to developers only.
    page.goto(f"{shop.url}{ACTION}merchant_store_action?debug=1")
    page.click(".o_menu_sections >> text=Configuration")
    page.click(".o-dropdown--menu >> text=Add Store")
    page.wait_for_selector(".modal .o_form_view")


def fill_wizard(page, shop, token):
    page.fill(".modal [name=name] input", "Калина на Prom")
    page.fill(".modal [name=api_token] input", token)
    page.fill(".modal [name=api_url] input", shop.simulator)
    feed = page.locator(".modal [name=feed_id] input")
    feed.fill("Prom")
    page.click(".o-autocomplete--dropdown-menu >> text=Prom.ua")


def test_a_wrong_token_is_told_in_words_and_creates_nothing(shop, open_page):
    page = open_page()
    open_wizard(page, shop)
    fill_wizard(page, shop, "wrong-token")
    page.click(".modal button[name=action_add]")
    page.wait_for_selector("text=does not accept the API token")
    assert shop.rpc("merchant.store", "search_count", []) == 0


def test_add_store_and_sync_import_the_orders(shop, open_page):
    page = open_page()
    open_wizard(page, shop)
    fill_wizard(page, shop, shop.token)
    page.click(".modal button[name=action_add]")
    page.wait_for_selector(".o_form_view .o_statusbar_status >> text=Connected")
    assert page.locator(".ribbon").inner_text().upper() == "TEST ENVIRONMENT"

    page.click("button[name=action_sync]")
    page.wait_for_selector("text=Synchronization is running")
    # Nobody reloads the page: the progress moves and goes away by itself.
    page.wait_for_selector("text=Synchronization is running", state="hidden", timeout=120_000)
    wait_for(lambda: shop.rpc("merchant.order", "search_count", [("state", "=", "imported")]) >= 25)

    page.click("button[name=action_open_sale_orders]")
    page.wait_for_selector(".o_list_view .o_data_row")
    assert page.locator(".o_data_row").count() >= 25
    page.locator(".o_data_row").first.locator("td[name=partner_id]").click()
    page.wait_for_selector(".o_form_view")
    assert "Калина на Prom 31" in page.locator("[name=merchant_reference]").inner_text()
    assert page.locator("[name=merchant_status]").inner_text()


def test_the_published_price_list_can_be_read_by_anybody(shop):
    shop.rpc("product.data.feed", "action_generate", shop.rpc("product.data.feed", "search", []))
    wait_for(
        lambda: shop.rpc("product.data.feed", "search_read", [], ["generated_at"])[0][
            "generated_at"
        ]
    )
    feed = shop.rpc("product.data.feed", "search_read", [], ["url"])[0]
    with urllib.request.urlopen(feed["url"], timeout=60) as answer:
        offers = ElementTree.fromstring(answer.read()).findall(".//offer")
    assert len(offers) > 20
    picture = next(offer.findtext("picture") for offer in offers if offer.findtext("picture"))
    with urllib.request.urlopen(picture, timeout=60) as answer:
        assert answer.headers["Content-Type"].startswith("image/")


def test_a_plain_user_sees_the_store_and_no_technical_details(shop, open_page):
    login = make_user(shop, "garazd_merchant_center.group_user", "en_US")
    page = open_page(login, login)
    page.goto(f"{shop.url}{ACTION}merchant_store_action")
    page.click(".o_kanban_record .fw-bold")
    page.wait_for_selector(".o_form_view")
    assert page.locator("[name=api_token]").count() == 0
    assert page.locator("button[name=action_open_production]").count() == 0
    page.click(".o_menu_sections >> text=Configuration")
    page.wait_for_selector(".o-dropdown--menu")
    assert "Add Store" not in page.locator(".o-dropdown--menu").inner_text()


def test_the_screens_speak_ukrainian(shop, open_page):
    login = make_user(shop, "garazd_merchant_center.group_administrator", "uk_UA")
    page = open_page(login, login)
    page.goto(f"{shop.url}{ACTION}merchant_store_action")
    page.click(".o_kanban_record .fw-bold")
    page.wait_for_selector(".o_form_view")
    text = page.locator(".o_form_view").inner_text()
    for english in ("Confirm Orders", "Read Orders", "Check Connection", "Orders Read"):
        assert english not in text
    assert "Замовлення" in text


def make_user(shop, group, lang):
    """Create a user who may also sell, and return the login, which is the password too."""
    login = f"{group.rsplit('_', 1)[1]}_{lang}"
    if shop.rpc("res.users", "search_count", [("login", "=", login)]):
        return login
    groups = [
        shop.rpc("ir.model.data", "check_object_reference", *xml_id.split("."))[1]
        for xml_id in (group, "sales_team.group_sale_salesman_all_leads")
    ]
    shop.rpc(
        "res.users",
        "create",
        [
            {
                "name": login,
                "login": login,
                "password": login,
                "lang": lang,
                "group_ids": [(4, group_id) for group_id in groups],
            }
        ],
    )
    return login


def wait_for(condition):
    """Wait until something is true, and return it.

    :raises AssertionError: it takes too long
    """
    end = time.monotonic() + PATIENCE
    while not (result := condition()):
        assert time.monotonic() < end, "took too long"
        time.sleep(0.5)
    return result
