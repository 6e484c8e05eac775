"""The first screen of a shop that is at work, and what is at hand on an order."""

import re

import pytest

from tests.e2e.test_first_store import ACTION, wait_for
from tests.e2e.test_orders import get_stores, open_sale_order

ROWS = ".o_kanban_record [name=orders] > a, .o_kanban_record [name=tasks] > a"
COUNT = """() => {
    const groups = [...document.querySelectorAll(".o_group_header .o_group_name")];
    if (groups.length) {
        const counts = groups.map((group) => Number(/\\((\\d+)\\)/.exec(group.textContent)[1]));
        return counts.reduce((sum, count) => sum + count, 0);
    }
    const pager = document.querySelector(".o_pager_limit");
    const records = ".o_kanban_record:not(.o_kanban_ghost), .o_data_row";
    return pager ? Number(pager.textContent) : document.querySelectorAll(records).length;
}"""


@pytest.fixture(scope="module")
def shop(shop_with_store):
    """Odoo with the demo's store in Test, some of whose products are not in Odoo."""
    rpc = shop_with_store.rpc
    rpc("merchant.store", "action_set_test", get_stores(shop_with_store))
    wait_for(lambda: rpc("merchant.listing", "search_count", [("state", "=", "unmatched")]))
    return shop_with_store


def open_overview(page, shop):
    page.goto(f"{shop.url}{ACTION}merchant_store_action")
    page.wait_for_selector(ROWS)


def test_each_number_of_the_card_opens_its_list(shop, open_page):
    page = open_page()
    open_overview(page, shop)
    rows = {row.get_attribute("name"): None for row in page.locator(ROWS).all()}
    assert {
        "action_open_orders_today",
        "action_open_orders_week",
        "action_open_orders_week_before",
        "action_open_orders",
        "action_open_warnings",
        "action_open_matching",
    } <= rows.keys()
    for name in rows:
        number = page.locator(f".o_kanban_record a[name={name}] > :last-child")
        count = int(re.sub(r"\D", "", number.inner_text()))
        number.click()
        page.wait_for_selector(".o_last_breadcrumb_item:not(:has-text('Stores'))")
        page.wait_for_selector(".o_control_panel + .o_content > *")
        wait_for(lambda count=count: page.evaluate(COUNT) == count)
        open_overview(page, shop)


def test_phone_is_called_and_address_copied_with_a_click(shop, open_page):
    domain = [
        ("sale_order_id", "!=", False),
        ("recipient_phone", "!=", False),
        ("delivery_address", "!=", False),
    ]
    fields = ["sale_order_id", "recipient_phone", "delivery_address"]
    [order] = shop.rpc("merchant.order", "search_read", domain, fields, limit=1)
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_sale_order(page, shop, order["sale_order_id"][0])
    page.click(".o_notebook_headers a[name=merchant]")
    phone = page.locator("[name=merchant_recipient_phone] a[href^='tel:']").first
    digits = re.sub(r"\D", "", phone.get_attribute("href"))
    assert digits == re.sub(r"\D", "", order["recipient_phone"])
    page.click("[name=merchant_delivery_address] button")
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == order["delivery_address"]
