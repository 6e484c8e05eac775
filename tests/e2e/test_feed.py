"""A price list by clicking: created, a value mapped, previewed, generated, read by anybody."""

import urllib.error
import urllib.request
from xml.etree import ElementTree

import pytest

from tests.e2e.test_first_store import wait_for

FEEDS = "/odoo/action-garazd_product_feed.product_data_feed_action"


def test_a_price_list_from_nothing_to_its_address(shop, open_page):
    page = open_page()
    page.goto(f"{shop.url}{FEEDS}/new")
    page.wait_for_selector(".o_form_view")
    page.fill("h1 [name=name] input, h1 [name=name] textarea", "By hand")

    page.click(".o_notebook_headers >> text=Values")
    page.click("[name=value_ids] .o_field_x2many_list_row_add a")
    choose(page, "target", "Manufacturer")
    page.click(".modal [name=source] label >> text='The same text for all'")
    page.fill(".modal [name=text] input", "Калина")
    page.click(".modal .o_form_button_save")
    # Nothing is saved yet, and the preview shows it.
    page.wait_for_selector("[name=preview_text] >> text=<vendor>Калина</vendor>")
    page.click(".o_form_button_save")
    page.wait_for_selector("button[name=action_preview]")

    with page.expect_popup() as popup:
        page.click("button[name=action_preview]")
    preview = popup.value
    preview.wait_for_selector("pre >> text=<vendor>Калина</vendor>")
    assert "Nothing is stored or published" in preview.locator("main").inner_text()
    preview.close()

    address = page.locator("[name=url] a").get_attribute("href")
    page.click("button[name=action_generate]")
    wait_for(lambda: find(shop, address)["generated_at"])
    with urllib.request.urlopen(address, timeout=60) as answer:
        offers = ElementTree.fromstring(answer.read()).findall(".//offer")
    assert len(offers) > 20
    assert {offer.findtext("vendor") for offer in offers} == {"Калина"}
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(address.replace("/product_feed/", "/product_feed/x"), timeout=60)

    page.reload()
    page.click("button[name=action_open_fetches]")
    page.wait_for_selector(".o_list_view .o_data_row >> text=Python-urllib")


def choose(page, field, label):
    """Choose a value of a selection in the open dialog."""
    page.click(f".modal [name={field}] input")
    page.click(f".o_select_menu_menu >> text='{label}'")


def find(shop, address):
    """Return the feed with that address."""
    feeds = shop.rpc("product.data.feed", "search_read", [], ["url", "generated_at"])
    return next(feed for feed in feeds if feed["url"] == address)
