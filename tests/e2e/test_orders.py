"""What becomes of orders after they were imported, by hand: changes, cancellation, settings."""

import json
import urllib.request

import pytest

from tests.e2e.conftest import STORE_DATABASE
from tests.e2e.test_first_store import ACTION, make_user, wait_for
from tools.console import Failure
from tools.rpc import Client


@pytest.fixture(scope="module")
def shop(shop_with_store):
    """Odoo with the demo's store in Production, its orders imported."""
    shop_with_store.rpc("merchant.store", "action_set_production", get_stores(shop_with_store))
    return shop_with_store


def get_stores(shop):
    return shop.rpc("merchant.store", "search", [])


def call_simulator(shop, path, data=None, method=None):
    """Call the simulator past Odoo, as the buyer or the seller's cabinet would act."""
    address = shop.simulator.removesuffix("/api/v1") + f"/_admin/{path}"
    body = json.dumps(data).encode() if data else None
    request = urllib.request.Request(address, body, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def take_order(shop):
    """Confirm the sales order of an order that is new on Prom; return both identifiers."""
    domain = [("status_id.kind", "=", "new"), ("sale_order_id.state", "=", "draft")]
    found = shop.rpc("merchant.order", "search_read", domain, ["external_id", "sale_order_id"])
    order, sale_order = found[0]["external_id"], found[0]["sale_order_id"][0]
    shop.rpc("sale.order", "action_confirm", [sale_order])
    return int(order), sale_order


def get_status(shop, order):
    rows = call_simulator(shop, "state")["orders"]
    return next(row["status"] for row in rows if row["id"] == order)


def open_sale_order(page, shop, sale_order):
    page.goto(f"{shop.url}/odoo/action-sale.action_orders/{sale_order}")
    page.wait_for_selector(".o_form_view")


def choose_reason(page, reason):
    page.click(".modal [name=reason] input")
    page.click(f".o_select_menu_item >> text={reason}")
    chosen = "reason => document.querySelector('.modal [name=reason] input').value === reason"
    page.wait_for_function(chosen, arg=reason)


def test_a_confirmed_order_is_accepted_and_cancelled_with_a_reason_on_prom(shop, open_page):
    order, sale_order = take_order(shop)
    wait_for(lambda: get_status(shop, order) == "received")
    page = open_page()
    open_sale_order(page, shop, sale_order)
    page.click("button[name=action_cancel]:visible")
    choose_reason(page, "The price has changed")
    # Prom wants a comment for this one.
    page.click(".modal button[name=action_cancel]")
    page.wait_for_selector(".modal [name=comment].o_field_invalid")
    page.fill(".modal [name=comment] textarea", "Ціна зросла")
    page.click(".modal button[name=action_cancel]")
    page.wait_for_selector(".o_arrow_button_current >> text=Cancelled")
    wait_for(lambda: get_status(shop, order) == "canceled")
    requests = call_simulator(shop, "journal?path=/orders/set_status")["requests"]
    sent = json.dumps(requests[-1], ensure_ascii=False)
    assert "price_changed" in sent
    assert "Ціна зросла" in sent


def test_several_orders_of_the_list_are_cancelled_by_one_question(shop, open_page):
    orders = dict(take_order(shop) for _number in range(2))
    wait_for(lambda: {get_status(shop, order) for order in orders} == {"received"})
    page = open_page()
    page.goto(f"{shop.url}/odoo/action-sale.action_orders")
    page.wait_for_selector(".o_data_row")
    for sale in shop.rpc("sale.order", "read", list(orders.values()), ["name"]):
        row = page.locator(".o_data_row", has_text=sale["name"])
        row.locator(".o_list_record_selector").click()
    page.click(".o_cp_action_menus button >> text=Actions")
    page.click(".o-dropdown--menu .o_menu_item >> text=Cancel")
    told = page.locator(".modal [name=told_orders]").inner_text()
    assert all(str(order) in told for order in orders)
    choose_reason(page, "Out of stock")
    page.click(".modal button[name=action_mass_cancel]")
    page.wait_for_selector(".modal", state="hidden")
    wait_for(lambda: {get_status(shop, order) for order in orders} == {"canceled"})


def test_a_change_on_prom_is_compared_and_applied(shop, open_page):
    order, sale_order = take_order(shop)
    changes = {
        "delivery_address": "Львів, Відділення №5",
        # What Prom tells about a branch goes before the words.
        "delivery_provider_data": None,
        "dont_call_customer_back": True,
        "client_notes": "Без дзвінка",
    }
    call_simulator(shop, "orders", {"touch": order, **changes})
    shop.rpc("merchant.store", "action_sync_orders", get_stores(shop))
    changed = [("sale_order_id", "=", sale_order), ("change_ids", "!=", False)]
    wait_for(lambda: shop.rpc("merchant.order", "search_count", changed))
    page = open_page()
    open_sale_order(page, shop, sale_order)
    page.wait_for_selector("text=the buyer asks not to be called back")
    page.wait_for_selector("[name=merchant_buyer_note] >> text=Без дзвінка")
    page.click(".o_notebook_headers a[name=merchant]")
    assert page.locator("[name=merchant_delivery_address]").inner_text() == "Львів, Відділення №5"
    page.click("button[name=action_open_merchant_order]")
    page.wait_for_selector("[name=change_ids] >> text=Львів, Відділення №5")
    page.click("button[name=action_apply_changes]")
    page.wait_for_selector("button[name=action_apply_changes]", state="hidden")
    [found] = shop.rpc(
        "sale.order", "search_read", [("id", "=", sale_order)], ["partner_shipping_id"]
    )
    [contact] = shop.rpc(
        "res.partner", "read", [found["partner_shipping_id"][0]], ["city", "street"]
    )
    assert (contact["city"], contact["street"]) == ("Львів", "Відділення №5")
    # Who packs reads it too.
    open_sale_order(page, shop, sale_order)
    page.click("button[name=action_view_delivery]")
    page.wait_for_selector("button[name=button_validate]")
    page.wait_for_selector("text=the buyer asks not to be called back")
    page.wait_for_selector("[name=merchant_buyer_note] >> text=Без дзвінка")


def test_a_buyers_cancellation_is_told_before_the_goods_leave(shop, open_page):
    order, sale_order = take_order(shop)
    wait_for(lambda: get_status(shop, order) == "received")
    reason = {"title": "Передумав", "initiator": "client"}
    call_simulator(shop, "orders", {"touch": order, "status": "canceled", "cancellation": reason})
    shop.rpc("merchant.store", "action_sync_orders", get_stores(shop))
    changed = [("sale_order_id", "=", sale_order), ("change_ids.kind", "=", "cancelled")]
    wait_for(lambda: shop.rpc("merchant.order", "search_count", changed))
    page = open_page()
    open_sale_order(page, shop, sale_order)
    page.wait_for_selector("[name=merchant_cancelled] >> text=Do not ship it")
    page.click("button[name=action_view_delivery]")
    page.wait_for_selector("button[name=button_validate]")
    page.wait_for_selector("[name=merchant_cancelled] >> text=Do not ship it")
    assert str(order) in page.locator("[name=merchant_reference]").inner_text()
    page.click("button[name=button_validate]:visible")
    page.wait_for_selector(".modal button >> text=Deliver Anyway")


def test_settings_are_changed_by_administrators_and_only_read_by_users(shop, open_page):
    [store] = get_stores(shop)
    page = open_page()
    page.goto(f"{shop.url}{ACTION}merchant_store_action/{store}")
    page.click(".o_notebook_headers a[name=partners]")
    page.click("[name=create_delivery_address] input")
    page.click(".o_form_button_save")
    page.wait_for_selector(".o_form_button_save", state="hidden")
    [settings] = shop.rpc("merchant.store", "read", [store], ["create_delivery_address"])
    assert settings["create_delivery_address"] is False
    login = make_user(shop, "garazd_merchant_center.group_user", "en_US")
    page = open_page(login, login)
    page.goto(f"{shop.url}{ACTION}merchant_store_action/{store}")
    for tab in ("orders", "partners", "payments"):
        page.click(f".o_notebook_headers a[name={tab}]")
        assert page.locator(".tab-pane.active").inner_text()
        assert page.locator(".tab-pane.active input:enabled:visible").count() == 0


def test_roles_hold_for_whoever_calls_the_server_past_the_screens(shop):
    [store] = get_stores(shop)
    login = make_user(shop, "garazd_merchant_center.group_user", "uk_UA")
    user = Client(shop.url, STORE_DATABASE, login, login)
    assert user("merchant.store", "read", [store], ["name"])[0]["name"]
    [order] = user("merchant.order", "search", [], limit=1)
    user("merchant.order", "action_refresh", [order])
    user("merchant.store", "action_sync_orders", [store])
    refused = [
        ("merchant.store", "read", [store], ["api_token"]),
        ("merchant.store", "search", [("api_token", "like", "a")]),
        ("merchant.store", "export_data", [store], ["api_token"]),
        ("merchant.store", "write", [store], {"push_confirmed": False}),
        ("merchant.store", "write", [store], {"api_url": "https://example.com"}),
        ("merchant.store", "create", {"name": "X", "marketplace": "prom"}),
        ("merchant.store", "action_set_test", [store]),
        ("merchant.store", "action_set_production", [store]),
        ("merchant.store", "action_check_connection", [store]),
        ("merchant.store", "action_push_held", [store]),
        ("merchant.order", "read", [order], ["payload"]),
        ("merchant.order", "read", [order], ["payload_text"]),
        ("merchant.order", "search", [("payload", "!=", False)]),
        ("merchant.order", "formatted_read_group", [], ["payload"], ["__count"]),
        ("sale.order", "search", [("merchant_order_id.payload", "!=", False)]),
        ("merchant.order", "write", [order], {"state": "new"}),
        ("merchant.order", "unlink", [order]),
        ("merchant.order", "_import", [order]),
        ("merchant.operation", "create", {"store_id": store, "kind": "order_status"}),
        ("merchant.mapping", "create", {"store_id": store, "external_id": "1"}),
        ("merchant.mapping.set", "create", {"store_id": store, "external_id": "1"}),
        ("merchant.store.add", "create", {"marketplace": "prom", "name": "X"}),
        ("merchant.import.categories", "create", {"marketplace": "prom"}),
        ("merchant.listing.change", "search", []),
    ]
    for model, method, *arguments in refused:
        with pytest.raises(Failure):
            user(model, method, *arguments)
            pytest.fail(f"{model}.{method}{arguments} went through")
