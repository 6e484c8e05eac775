"""A new shop owner, by hand: from an empty Merchant Center until everything is set up."""

import urllib.request

import pytest

from tests.e2e.test_first_store import ACTION, make_user, wait_for
from tests.e2e.test_orders import call_simulator

NAME = "Калина, друга спроба"
STEPS = ".o_merchant_checklist .o_merchant_steps > li"
ROWS = ".modal .o_merchant_steps > li"
WITHOUT_PRODUCTS = "token-without-products"


@pytest.fixture(scope="module", autouse=True)
def empty(shop):
    """A Merchant Center without stores; what other tests have connected comes back afterwards."""
    others = shop.rpc("merchant.store", "search", [])
    shop.rpc("merchant.store", "write", others, {"active": False})
    call_simulator(
        shop,
        "tokens",
        {
            "token": WITHOUT_PRODUCTS,
            "scopes": ["orders", "order_status", "payment", "delivery", "groups"],
        },
    )
    yield
    shop.rpc("merchant.store", "write", shop.rpc("merchant.store", "search", []), {"active": False})
    shop.rpc("merchant.store", "write", others, {"active": True})


def get_store(shop):
    return shop.rpc("merchant.store", "search", [("name", "=", NAME)])[0]


def open_store(page, shop):
    page.goto(f"{shop.url}{ACTION}merchant_store_action/{get_store(shop)}")
    page.wait_for_selector(".o_form_view")


def get_states(page, selector=ROWS):
    """Return the state of each row by its title."""
    page.wait_for_selector(selector)
    return {
        row.locator(".fw-bold").inner_text().split(":")[-1].strip(): row.get_attribute("data-state")
        for row in page.locator(selector).all()
    }


def get_step(page, title):
    return page.locator(STEPS, has=page.locator(f".fw-bold:has-text('{title}')"))


def test_users_read_whom_to_ask(shop, open_page):
    login = make_user(shop, "garazd_merchant_center.group_user", "en_US")
    page = open_page(login, login)
    page.goto(f"{shop.url}{ACTION}merchant_store_action")
    page.wait_for_selector(".o_merchant_guide_steps")
    text = page.locator(".o_merchant_guide").inner_text()
    assert "Ask one of them" in text
    assert page.locator(".o_merchant_guide a[type=action]").count() == 0


def test_empty_screen_leads_to_the_first_order(shop, open_page):
    page = open_page()
    # The address of the interface is a technical detail, shown to developers only.
    page.goto(f"{shop.url}{ACTION}merchant_store_action?debug=1")
    page.click(".o_merchant_guide a >> text=Connect a Store")
    page.wait_for_selector(".modal >> text=Where to get the token")
    page.fill(".modal [name=name] input", NAME)
    page.fill(".modal [name=api_url] input", shop.simulator)

    # A wrong token: told in words, nothing that was typed is lost.
    page.fill(".modal [name=api_token] input", "wrong-token")
    page.click(".modal button[name=action_check_token]")
    page.wait_for_selector(".modal >> text=does not accept the API token")
    page.click(".modal:has-text('does not accept') .modal-footer button")
    assert page.input_value(".modal [name=name] input") == NAME

    # A token without the products: the table says so, and goes with the token.
    page.fill(".modal [name=api_token] input", WITHOUT_PRODUCTS)
    page.click(".modal button[name=action_check_token]")
    states = get_states(page)
    assert [title for title, state in states.items() if state != "done"] == ["Products"]
    assert states["Products"] == "missing"
    assert page.input_value(".modal [name=name] input") == NAME
    page.fill(".modal [name=api_token] input", shop.token)
    page.keyboard.press("Tab")
    page.wait_for_selector(ROWS, state="hidden")

    # The right one.
    page.click(".modal button[name=action_check_token]")
    assert set(get_states(page).values()) == {"done"}
    page.click(".modal button[name=action_add]")
    page.wait_for_selector(".o_form_view .o_statusbar_status >> text=Connected")

    # The checklist leads on; the scheduled action may have begun by itself.
    assert get_states(page, STEPS)["First synchronization"] == "todo"
    sync = get_step(page, "First synchronization").locator("button >> text=Sync")
    if sync.count():
        sync.click()
    orders = [("store_id", "=", get_store(shop)), ("state", "=", "imported")]
    wait_for(lambda: shop.rpc("merchant.order", "search_count", orders) >= 25)
    wait_for(
        lambda: not shop.rpc("merchant.store", "read", get_store(shop), ["run_id"])[0]["run_id"]
    )
    open_store(page, shop)
    assert get_states(page, STEPS)["First synchronization"] == "done"

    # The history of the first order says where it comes from; the order leads to the marketplace.
    page.click("button[name=action_open_sale_orders]")
    page.locator(".o_list_view .o_data_row").first.locator("td[name=partner_id]").click()
    # In Ukrainian as soon as one of the tests has made a user who reads it.
    page.wait_for_selector(f".o-mail-Message >> text=/(Imported from|Імпортовано з) {NAME}/")
    page.click("button[name=action_open_merchant_order]:visible")
    page.wait_for_selector(".o_form_view >> text=On the Marketplace")


def test_store_without_products_says_what_is_missing(shop, open_page):
    vals = {
        "marketplace": "prom",
        "name": "Без товарів",
        "api_token": WITHOUT_PRODUCTS,
        "api_url": shop.simulator,
    }
    wizard = shop.rpc("merchant.store.add", "create", vals)
    store = shop.rpc("merchant.store.add", "action_add", wizard)["res_id"]
    page = open_page()
    page.goto(f"{shop.url}{ACTION}merchant_store_action/{store}")
    page.wait_for_selector("[name=missing_permissions] >> text=Products")
    page.click("button[name=action_check_connection]")
    page.wait_for_selector(".o_notification >> text=lacks permissions: Products")
    assert get_states(page)["Products"] == "missing"
    shop.rpc("merchant.store", "write", [store], {"active": False})


def test_checklist_until_it_is_complete(shop, open_page):
    page = open_page()
    open_store(page, shop)

    # Payments: the step leads to the tab.
    get_step(page, "Payments").locator("button >> text=Open the Tab").click()
    page.wait_for_selector(".o_notebook_headers a[name=payments].active")
    journal = page.locator(".o_notebook_content [name=payment_journal_id] input")
    journal.click()
    page.locator(".o-autocomplete--dropdown-item").first.click()
    page.click(".o_form_button_save")
    page.wait_for_selector(f"{STEPS}[data-state=done]:has-text('Payments')")

    # What is not needed does not stay in the way.
    get_step(page, "Delivery").locator("button >> text=Not Needed").click()
    page.wait_for_selector(f"{STEPS}[data-state=left]:has-text('Delivery')")

    # The price list is made here, generated there, and its address collected by somebody.
    get_step(page, "Price list").locator("button >> text=Make a Price List").click()
    page.wait_for_selector("button[name=action_generate]")
    page.click("button[name=action_generate]")
    feed = shop.rpc("merchant.store", "read", get_store(shop), ["feed_id"])[0]["feed_id"][0]

    def is_generated():
        return shop.rpc("product.data.feed", "read", feed, ["generated_at"])[0]["generated_at"]

    wait_for(is_generated)
    open_store(page, shop)
    address = get_step(page, "Link of the price list").locator("code").inner_text()
    with urllib.request.urlopen(address, timeout=60) as answer:
        assert answer.status == 200
    page.reload()
    page.wait_for_selector(f"{STEPS}[data-state=done]:has-text('Link of the price list')")

    # Products that wait for a decision: the step leads to them.
    if get_states(page, STEPS)["Products"] == "todo":
        get_step(page, "Products").locator("button >> text=Match Products").click()
        page.wait_for_selector(".o_list_view >> text=Fits several")
        open_store(page, shop)
        get_step(page, "Products").locator("button >> text=Not Needed").click()
        page.wait_for_selector(f"{STEPS}[data-state=left]:has-text('Products')")

    # Production: nothing happens without the tick.
    get_step(page, "Production").locator("button >> text=Switch to Production").click()
    page.wait_for_selector(".modal >> text=When a sales order is confirmed")
    assert "Прийнято" in page.locator(".modal").inner_text()
    switch = page.locator(".modal-footer button >> text=Switch to Production")
    assert switch.is_disabled()
    page.click(".modal [name=is_understood] input")
    page.click(".modal-footer button[name=action_switch]:enabled")
    page.wait_for_selector(".ribbon >> text=/production/i")
    page.wait_for_selector(".o_merchant_checklist", state="hidden")
    mode = shop.rpc("merchant.store", "read", get_store(shop), ["mode"])[0]["mode"]
    assert mode == "production"


def test_the_first_steps_speak_ukrainian(shop, open_page):
    login = make_user(shop, "garazd_merchant_center.group_administrator", "uk_UA")
    shop.rpc("merchant.store", "write", shop.rpc("merchant.store", "search", []), {"active": False})
    page = open_page(login, login)
    page.goto(f"{shop.url}{ACTION}merchant_store_action")
    page.click(".o_merchant_guide a >> text=Підключити магазин")
    page.wait_for_selector(".modal >> text=Де взяти токен")
    text = page.locator(".modal").inner_text() + page.locator(".o_merchant_guide").inner_text()
    for english in ("Price list", "Connect", "Check Token", "Create a token"):
        assert english not in text
