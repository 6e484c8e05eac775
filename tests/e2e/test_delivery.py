"""From the buyer's branch to the tracking number on Prom, by hand; and without the bridge."""

import json
import urllib.request

import pytest

from tests.e2e.test_first_store import ACTION, wait_for
from tests.e2e.test_orders import call_simulator, get_stores

BRIDGE = "garazd_prom_delivery_bridge"
PATH = "/delivery/save_declaration_id"
NUMBER = "20450000000001"


@pytest.fixture(scope="module")
def shop(shop_with_store):
    """Odoo with the demo's store in Production, its orders imported."""
    rpc = shop_with_store.rpc
    rpc("merchant.store", "action_set_production", get_stores(shop_with_store))
    return shop_with_store


def sell(shop, kind):
    """Let a buyer order; return Prom's number and the sales order, once Odoo has it."""
    order = call_simulator(shop, "orders", {"kind": kind})["order"]["id"]
    shop.rpc("merchant.store", "action_sync_orders", get_stores(shop))
    domain = [("external_id", "=", str(order)), ("sale_order_id", "!=", False)]
    found = wait_for(lambda: shop.rpc("merchant.order", "search_read", domain, ["sale_order_id"]))
    return order, found[0]["sale_order_id"][0]


def ship(shop, kind):
    """Let a buyer order and confirm it; return Prom's number and the delivery."""
    order, sale_order = sell(shop, kind)
    shop.rpc("sale.order", "action_confirm", [sale_order])
    [picking] = shop.rpc("stock.picking", "search", [("sale_id", "=", sale_order)])
    return order, picking


def read_order(shop, order):
    """Read an order as a program does that has the token."""
    request = urllib.request.Request(
        f"{shop.simulator}/orders/{order}", headers={"Authorization": f"Bearer {shop.token}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["order"]


def open_picking(page, shop, picking):
    page.goto(f"{shop.url}/odoo/action-stock.action_picking_tree_all/{picking}")
    page.wait_for_selector(".o_form_view [name=merchant_delivery_summary]")


def test_a_tracking_number_that_is_typed_on_the_delivery_reaches_prom(shop, open_page):
    order, picking = ship(shop, "pending+np_branch+evopay_paid")
    raw = read_order(shop, order)
    page = open_page()
    open_picking(page, shop, picking)
    summary = page.locator("[name=merchant_delivery_summary]").inner_text()
    assert summary.startswith("Nova Poshta, Branch: ")
    assert raw["delivery_address"] in summary
    assert raw["delivery_recipient"]["last_name"] in (
        page.locator("[name=merchant_recipient_name]").inner_text()
    )
    page.click(".o_notebook_headers >> text=Additional Info")
    page.fill("[name=carrier_tracking_ref] input", f" {NUMBER} ")
    page.click(".o_form_button_save")
    page.wait_for_selector(".o_form_button_save", state="hidden")
    wait_for(lambda: (
        read_order(shop, order)["delivery_provider_data"]["declaration_number"] == NUMBER
    ))  # fmt: skip
    [sent] = call_simulator(shop, f"journal?path={PATH}")["requests"]
    assert sent["body"] == {
        "order_id": order, "declaration_id": NUMBER, "delivery_type": "nova_poshta",
    }  # fmt: skip
    wait_for(lambda: shop.rpc("stock.picking", "read", [picking], ["merchant_tracking_state"])[0][
        "merchant_tracking_state"] == "shown")  # fmt: skip
    page.reload()
    page.wait_for_selector(".o_form_view")
    page.click(".o_notebook_headers >> text=Additional Info")
    assert page.locator("[name=merchant_tracking_state]").inner_text() == "Known"


def test_a_delivery_without_a_number_asks_for_it_and_takes_it(shop, open_page):
    number = "20450000000077"
    order, picking = ship(shop, "pending+np_branch+evopay_paid")
    page = open_page()
    open_picking(page, shop, picking)
    page.click("button[name=button_validate]:visible")
    page.wait_for_selector(".modal >> text=has no tracking number yet")
    page.fill(".modal [name=tracking_number] input", number)
    page.click(".modal button[name=action_number]")
    # Odoo's own question goes on from there: whether to send text messages.
    page.click(".modal button[name=dont_send_sms]")
    page.wait_for_selector(".modal", state="detached")
    [found] = shop.rpc("stock.picking", "read", [picking], ["state", "carrier_tracking_ref"])
    assert (found["state"], found["carrier_tracking_ref"]) == ("done", number)
    wait_for(lambda: read_order(shop, order)["status"] == "delivered")
    assert read_order(shop, order)["delivery_provider_data"]["declaration_number"] == number


def test_delivery_methods_are_mapped_on_the_store(shop, open_page):
    [store] = get_stores(shop)
    product = shop.rpc("product.product", "create", {"name": "Доставка", "type": "service"})
    carrier = shop.rpc(
        "delivery.carrier", "create", {"name": "Нова Пошта (договір)", "product_id": product}
    )
    issue = [("code", "=", "delivery_unmapped"), ("state", "=", "open")]
    before = shop.rpc("merchant.issue", "search_count", issue)
    assert before
    page = open_page()
    page.goto(f"{shop.url}{ACTION}merchant_store_action/{store}")
    page.click(".o_notebook_headers a[name=shipping]")
    page.click("[name=add_shipping] input")
    row = page.locator("[name=delivery_method_ids] .o_data_row", has_text="Нова Пошта")
    row.locator("td[name=carrier_id]").click()
    row.locator("td[name=carrier_id] input").fill("договір")
    page.click(".o-autocomplete--dropdown-menu >> text=Нова Пошта (договір)")
    page.click(".o_form_button_save")
    page.wait_for_selector(".o_form_button_save", state="hidden")
    assert shop.rpc("merchant.issue", "search_count", issue) == before - 1
    order, sale_order = sell(shop, "pending+np_locker+delivery_cost")
    [values] = shop.rpc(
        "sale.order", "read", [sale_order], ["carrier_id", "amount_total", "merchant_delivery_cost"]
    )
    assert values["carrier_id"][0] == carrier
    cost = read_order(shop, order)["delivery_cost"]
    lines = [("order_id", "=", sale_order), ("is_delivery", "=", True)]
    [line] = shop.rpc("sale.order.line", "search_read", lines, ["price_total"])
    assert line["price_total"] == cost


def test_an_address_that_is_not_clear_asks_and_is_settled(shop, open_page):
    _order, picking = ship(shop, "pending+no_delivery_option")
    page = open_page()
    page.goto(f"{shop.url}/odoo/action-stock.action_picking_tree_all/{picking}")
    page.wait_for_selector("[name=merchant_delivery_doubts] >> text=Check the address")
    page.click("button[name=action_merchant_delivery_checked]")
    page.wait_for_selector("button[name=action_merchant_delivery_checked]", state="hidden")


def test_without_the_bridge_everything_else_goes_on(shop, open_page):
    """Last: it uninstalls the bridge, and installs it again."""
    [store] = get_stores(shop)
    shop.rpc("merchant.store", "write", [store], {"completed_when": "received"})
    activity_type = shop.rpc(
        "ir.model.data", "search_read",
        [("module", "=", BRIDGE), ("model", "=", "mail.activity.type")], ["res_id"],
    )[0]["res_id"]  # fmt: skip
    [model] = shop.rpc("ir.model", "search", [("model", "=", "merchant.store")])
    activity = shop.rpc("mail.activity", "create", {
        "res_model_id": model, "res_id": store, "activity_type_id": activity_type,
        "summary": "Tracking numbers are missing",
    })  # fmt: skip
    [module] = shop.rpc("ir.module.module", "search", [("name", "=", BRIDGE)])
    shop.rpc("ir.module.module", "button_immediate_uninstall", [module])

    assert not shop.rpc("mail.activity", "search_count", [("id", "=", activity)])
    for model, domain in {
        "ir.model.data": [("module", "=", BRIDGE)],
        "ir.cron": [("name", "like", "Missing Tracking Numbers"), ("active", "in", (True, False))],
        "mail.activity.type": [("id", "=", activity_type), ("active", "in", (True, False))],
        "ir.ui.view": [("arch_db", "like", "late_count"), ("active", "in", (True, False))],
        "merchant.issue": [("code", "in", ("delivery_unmapped", "tracking_differs"))],
    }.items():
        assert shop.rpc(model, "search_count", domain) == 0, model

    order, picking = ship(shop, "pending+np_branch")
    shop.rpc("stock.picking", "write", [picking], {"carrier_tracking_ref": NUMBER})
    operations = [("kind", "=", "tracking"), ("record_name", "=", str(order))]
    assert shop.rpc("merchant.operation", "search_count", operations) == 0
    page = open_page()
    page.goto(f"{shop.url}{ACTION}merchant_store_action/{store}")
    page.wait_for_selector(".o_form_view .o_statusbar_status >> text=Connected")
    assert page.locator(".o_notebook_headers a[name=shipping]").count() == 0
    open_picking(page, shop, picking)

    shop.rpc("ir.module.module", "button_immediate_install", [module])
    [values] = shop.rpc("merchant.store", "read", [store], ["push_tracking", "completed_when"])
    assert (values["push_tracking"], values["completed_when"]) == (True, "shipped")
    order, picking = ship(shop, "pending+np_branch")
    shop.rpc("stock.picking", "write", [picking], {"carrier_tracking_ref": NUMBER})
    wait_for(lambda: (
        read_order(shop, order)["delivery_provider_data"]["declaration_number"] == NUMBER
    ))  # fmt: skip
