"""Prom's categories and attributes on their way into Odoo, as a shop owner sees it."""

import pytest

from tests.e2e.test_first_store import ACTION, make_user, wait_for
from tests.e2e.test_orders import call_simulator
from tests.prom_simulator.xls import make_xls

PROM = "/odoo/action-garazd_merchant_prom."
HEADER = ("Рівень 1", "Рівень 2", "Рівень 3", "Рівень 4", "Посилання", "Ідентифікатор")
ROWS = (
    ("Дім і сад", None, None, None, None, 1810),
    ("Дім і сад", "Посуд", None, None, "https://prom.ua/Posuda", 181204),
    ("Дім і сад", "Насіння", None, None, None, 1509),
    ("Одяг", "Футболки та майки", None, None, None, 35402),
    ("Одяг", "Без номера", None, None, None, "немає"),
)
RUSSIAN = (
    ("Дом и сад", None, None, None, None, 1810),
    ("Дом и сад", "Посуда", None, None, None, 181204),
    ("Дом и сад", "Семена и саженцы", None, None, None, 1509),
    ("Одежда", "Футболки и майки, мужские и женские, цветные ы", None, None, None, 35402),
)


@pytest.fixture(scope="module")
def shop(shop_with_store):
    """Odoo with the demo's store, whose products were read."""
    return shop_with_store


def open_wizard(page, shop, name):
    page.goto(f"{shop.url}{PROM}merchant_import_{name}_action")
    page.wait_for_selector(".modal .o_form_view")


def choose_file(page, name, content):
    page.set_input_files(
        ".modal [name=file] input[type=file]",
        {"name": name, "mimeType": "application/octet-stream", "buffer": content},
    )
    page.wait_for_function(
        "name => document.querySelector('.modal [name=file] input[type=text]')?.value === name",
        arg=name,
    )


def press_import(page):
    """Press the button and wait until the report is there, without touching the page."""
    page.click(".modal button[name=action_import]")
    page.wait_for_selector(".o_form_view [name=progress]")
    page.wait_for_selector(".o_form_view button[name=action_retry]:visible")


def wait_for_rows(page, count):
    page.wait_for_function(
        "count => document.querySelectorAll('.o_data_row').length === count", arg=count
    )


def read_report(page, *names):
    return [page.locator(f".o_form_view [name={name}]").first.inner_text() for name in names]


def test_categories_are_imported_from_a_file_up_to_the_report(shop, open_page):
    page = open_page()
    open_wizard(page, shop, "categories")
    choose_file(page, "categories.xls", make_xls([HEADER, *ROWS]))
    press_import(page)
    assert read_report(page, "row_count", "created", "skipped", "archived") == ["5", "4", "1", "0"]
    row = page.locator("[name=row_ids] .o_data_row")
    assert row.locator("[name=number]").inner_text() == "6"
    assert row.locator("[name=text]").inner_text() == "Одяг | Без номера | немає"

    # The Russian list brings the names in the other language.
    open_wizard(page, shop, "categories")
    choose_file(page, "categories-ru.xls", make_xls([HEADER, *RUSSIAN]))
    press_import(page)
    assert read_report(page, "row_count", "created", "updated") == ["4", "0", "4"]

    # From the report to what it changed.
    page.click("button[name=action_open_categories]")
    page.wait_for_selector(".o_list_view .o_data_row")
    dishes = page.locator(".o_data_row", has_text="Дім і сад / Посуд")
    assert dishes.locator("[name=other_names]").inner_text() == "Посуда"
    assert dishes.locator("[name=external_id]").inner_text() == "181204"

    # All reports stay.
    page.goto(f"{shop.url}{ACTION}merchant_catalogue_import_action")
    page.wait_for_selector(".o_list_view .o_data_row")
    assert page.locator(".o_data_row", has_text="categories.xls").count() == 1


def test_categories_are_found_by_either_name_and_have_their_products(shop, open_page):
    login = make_user(shop, "garazd_merchant_center.group_user", "en_US")
    page = open_page(login, login)
    page.goto(f"{shop.url}{PROM}merchant_category_action")
    page.wait_for_selector(".o_list_view .o_data_row")
    count = page.locator(".o_data_row").count()
    for words in ("посуда", "Посуд", "181204"):
        page.fill(".o_searchview_input", words)
        page.press(".o_searchview_input", "Enter")
        wait_for_rows(page, 1)
        dishes = page.locator(".o_data_row", has_text="Дім і сад / Посуд")
        assert dishes.count() == 1
        page.click(".o_searchview .o_facet_remove")
        wait_for_rows(page, count)
    products = int(dishes.locator("[name=listing_count]").inner_text())
    assert products > 0
    dishes.locator("[name=complete_name]").click()
    page.wait_for_selector(".o_form_view")
    page.click("button[name=action_open_listings]")
    page.wait_for_selector(".o_list_view .o_data_row")
    assert page.locator(".o_data_row").count() == products


def test_attributes_are_imported_by_the_secret_link_of_the_cabinet(shop, open_page):
    origin = shop.simulator.removesuffix("/api/v1")
    link = origin + call_simulator(shop, "attribute_link?section=181204")["path"]
    page = open_page()
    open_wizard(page, shop, "attributes")
    page.click(".modal [name=source] label >> text=A link of the marketplace")
    page.fill(".modal [name=link] input", link)
    assert page.get_attribute(".modal [name=link] input", "type") == "password"
    press_import(page)
    assert read_report(page, "row_count", "created", "skipped") == ["7", "7", "0"]
    secret = link.rpartition("=")[2]
    assert secret not in page.content()
    (record,) = shop.rpc(
        "merchant.catalogue.import", "search_read", [("kind", "=", "attributes")], []
    )
    assert record["sealed_link"] is False

    page.click("button[name=action_open_categories]")
    page.click(".o_data_row [name=complete_name]")
    page.wait_for_selector("[name=attribute_ids] .o_data_row")
    names = page.locator("[name=attribute_ids] .o_data_row [name=name]").all_inner_texts()
    assert "Об`єм" in names
    page.click(".o_data_row >> text=Колір")
    page.wait_for_selector(".modal [name=value_ids] .o_data_row")
    values = page.locator(".modal [name=value_ids] [name=name]").all_inner_texts()
    assert values.count("Червоний") == 2


def test_list_of_the_address_is_read_and_a_page_in_its_place_is_told(shop, open_page):
    page = open_page()
    call_simulator(shop, "options", {"sections_public": False})
    open_wizard(page, shop, "categories")
    page.click(".modal [name=source] label >> text=A link of the marketplace")
    page.click(".modal button[name=action_import]")
    page.wait_for_selector(".alert-danger:visible >> text=no file")

    call_simulator(shop, "options", {"sections_public": True})
    page.click("button[name=action_retry]")
    page.wait_for_selector(".o_form_view [name=state] .o_arrow_button_current >> text=Done")
    assert read_report(page, "row_count", "skipped") == ["60", "0"]


def test_a_plain_user_sees_reports_and_imports_nothing(shop, open_page):
    login = make_user(shop, "garazd_merchant_center.group_user", "en_US")
    page = open_page(login, login)
    page.goto(f"{shop.url}{ACTION}merchant_catalogue_import_action")
    page.click(".o_data_row >> nth=0")
    page.wait_for_selector(".o_form_view [name=row_count]")
    assert page.locator("button[name=action_retry]").count() == 0
    page.click(".o_menu_sections >> text=Products")
    page.wait_for_selector(".o-dropdown--menu")
    menu = page.locator(".o-dropdown--menu").inner_text()
    assert "Categories - Prom.UA" in menu
    assert "Import Categories - Prom.UA" not in menu


def test_a_group_of_the_store_is_given_a_category(shop, open_page):
    page = open_page()
    page.goto(f"{shop.url}{ACTION}merchant_category_action")
    page.wait_for_selector(".o_list_view .o_data_row")
    row = page.locator(".o_data_row", has_text="Посуд").first
    row.locator("[name=portal_category_id]").click()
    page.fill(".o_selected_row [name=portal_category_id] input", "посуд")
    page.click(".o-autocomplete--dropdown-item >> text=Дім і сад / Посуд")
    page.click(".o_list_button_save")
    given = [("store_id", "!=", False), ("portal_category_id.external_id", "=", "181204")]
    wait_for(lambda: shop.rpc("merchant.category", "search_count", given) == 1)
