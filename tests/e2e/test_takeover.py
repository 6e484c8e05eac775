"""A shop on Prom that Odoo takes over: matching, creating products, mapping them by hand."""

import pytest

from tests.e2e.conftest import running_shop
from tests.e2e.test_first_store import ACTION, make_user, wait_for
from tests.e2e.test_orders import get_stores
from tools.demo import wait_for_orders

MATCHING = f"{ACTION}merchant_listing_matching_action"
ADMINISTRATOR = "garazd_merchant_center.group_administrator"


@pytest.fixture(scope="module")
def shop():
    """Odoo with the demo's store, whose products wait for a person; one SKU is there twice."""
    with running_shop(with_store=True, database="test_e2e_takeover") as running:
        running.rpc("merchant.store", "write", get_stores(running), {"match_automatically": False})
        known = running.rpc(
            "product.product", "search_read", [("default_code", "like", "-0")], ["default_code"]
        )
        twin = {"name": "Twin", "default_code": known[0]["default_code"]}
        running.rpc("product.product", "create", [twin])
        wait_for_orders(running.rpc)
        yield running


def search(shop, state):
    """Return the listings in a state, as they are now."""
    fields = ["name", "external_id", "product_id", "proposed_product_id", "sku"]
    return shop.rpc("merchant.listing", "search_read", [("state", "=", state)], fields)


def read_listing(shop, listing):
    return shop.rpc("merchant.listing", "read", [listing["id"]])[0]


def open_matching(page, shop, group):
    """Open the screen and one of its groups."""
    page.goto(f"{shop.url}{MATCHING}")
    page.locator(".o_group_header", has_text=group).click()
    page.wait_for_selector(".o_data_row")


def test_conflict_is_shown_with_both_sides_and_settled(shop, open_page):
    listing = next(one for one in search(shop, "ambiguous") if one["sku"].count("-0"))
    page = open_page()
    page.goto(f"{shop.url}{MATCHING}/{listing['id']}")
    candidates = page.locator("[name=candidate_ids] .o_data_row")
    candidates.first.wait_for()
    assert candidates.count() == 2
    assert all(listing["sku"] in row.inner_text() for row in candidates.all())
    candidates.filter(has_text="Twin").locator("button[name=action_set_merchant_mapping]").click()
    page.click(".modal button[name=action_set]")
    page.wait_for_selector(".o_arrow_button_current >> text=Matched")
    assert "Twin" in read_listing(shop, listing)["product_id"][1]


def test_one_sku_on_two_products_of_the_store_names_the_other(shop, open_page):
    twins = [one for one in search(shop, "ambiguous") if one["sku"] == "DUP-777"]
    page = open_page()
    page.goto(f"{shop.url}{MATCHING}/{twins[0]['id']}")
    rivals = page.locator("[name=rival_ids] .o_data_row")
    rivals.first.wait_for()
    assert twins[1]["external_id"] in rivals.first.inner_text()


def test_one_proposal_is_accepted_then_all_of_them(shop, open_page):
    proposed = search(shop, "proposed")
    page = open_page()
    open_matching(page, shop, "Proposed")
    row = page.locator(".o_data_row", has_text=proposed[0]["name"]).first
    name = row.locator("[name=name]").inner_text()
    row.locator("button[name=action_accept_proposal]").click()
    accepted = next(one for one in proposed if one["name"] == name)
    wait_for(lambda: read_listing(shop, accepted)["product_id"])
    assert read_listing(shop, accepted)["product_id"] == accepted["proposed_product_id"]
    assert len(search(shop, "proposed")) == len(proposed) - 1

    doubtful = len(search(shop, "ambiguous"))
    page.click("button[name=action_accept_all]")
    page.click(".modal .btn-primary")
    wait_for(lambda: not search(shop, "proposed"))
    # What is doubtful stays for a person.
    assert len(search(shop, "ambiguous")) == doubtful
    for listing in proposed:
        assert read_listing(shop, listing)["product_id"] == listing["proposed_product_id"]


def test_missing_products_are_created_with_their_pictures(shop, open_page):
    missing = search(shop, "unmatched")
    login = make_user(shop, ADMINISTRATOR, "en_US")
    page = open_page(login, login)

    # One of them, chosen in the list.
    open_matching(page, shop, "Not in Odoo")
    row = page.locator(".o_data_row").first
    name = row.locator("[name=name]").inner_text()
    row.locator(".o_list_record_selector input").click()
    page.click("button[name=action_create_products]")
    page.wait_for_selector(".modal >> text=Products to be created in Odoo: 1.")
    page.click(".modal button[name=action_create_products]")
    # Nobody reloads the page.
    page.wait_for_selector(".o_arrow_button_current >> text=Done", timeout=120_000)
    [listing] = [one for one in search(shop, "matched") if one["name"] == name]
    product = shop.rpc("product.product", "read", [listing["product_id"][0]])[0]
    assert product["name"] == name
    assert product["image_1920"]
    assert product["is_storable"]

    # All the others.
    page.goto(f"{shop.url}{MATCHING}")
    page.click("button[name=action_create_all_products]")
    page.wait_for_selector(f".modal >> text=made from: {len(missing) - 1}.")
    page.click(".modal button[name=action_create_products]")
    page.wait_for_selector(".o_arrow_button_current >> text=Done", timeout=120_000)
    assert not search(shop, "unmatched")


def test_snapshot_is_saved_as_a_file(shop, open_page):
    login = make_user(shop, ADMINISTRATOR, "en_US")
    page = open_page(login, login)
    page.goto(f"{shop.url}{ACTION}merchant_store_action/{get_stores(shop)[0]}")
    page.click(".o_notebook_headers a[name=products]")
    for extension in ("xlsx", "csv"):
        with page.expect_download() as download:
            page.click(f"button[name=action_export_snapshot_{extension}]")
        assert download.value.suggested_filename.endswith(f".{extension}")


def test_product_variant_is_mapped_by_hand_and_shows_its_mappings(shop, open_page):
    product = shop.rpc("product.product", "create", [{"name": "Made by hand"}])[0]
    listing = search(shop, "ambiguous")[0]
    login = make_user(shop, ADMINISTRATOR, "en_US")
    page = open_page(login, login)
    page.goto(f"{shop.url}/odoo/action-product.product_normal_action_sell/{product}")
    page.click(".o_notebook_headers a[name=sales]")
    page.click("button[name=action_set_merchant_mapping]:visible")
    page.wait_for_selector(".modal .o_form_view")
    page.fill(".modal [name=external_id] input", listing["external_id"])
    page.click(".modal button[name=action_set]")
    page.wait_for_selector(f"[name=merchant_mapping_names] >> text={listing['external_id']}")

    page.click("button[name=action_show_merchant_mappings]:visible")
    page.wait_for_selector(".o_list_view .o_data_row")
    rows = page.locator(".o_data_row")
    assert rows.count() == 1
    assert listing["external_id"] in rows.first.inner_text()
    assert read_listing(shop, listing)["product_id"][0] == product
