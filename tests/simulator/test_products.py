"""Reading products, groups, translations and pictures (api.md 9 and 12)."""

from datetime import timedelta

import pytest
import requests

from tests.prom_simulator import PromSimulator
from tests.prom_simulator.seed_products import SPECIAL

from .conftest import TIMEOUT, Api


@pytest.fixture(scope="module")
def shop():
    return PromSimulator(seed=2)


def product_of(shop, trait):
    return shop.state.products[shop.products_of(trait)[0]]


def test_catalogue_holds_every_special_product(shop):
    assert all(shop.products_of(trait) for trait, _changes in SPECIAL)
    assert len(shop.state.products) == 60


def test_two_products_share_a_sku_and_some_lack_the_external_id(shop):
    assert len(shop.products_of("same_sku")) == 2
    assert {shop.state.products[key]["sku"] for key in shop.products_of("same_sku")} == {"DUP-777"}
    assert product_of(shop, "no_external")["external_id"] is None


def test_variations_hang_on_their_base(shop):
    base = product_of(shop, "base")
    rows = [shop.state.products[key] for key in shop.products_of("variation")]
    assert len(rows) == 3
    assert {row["variation_base_id"] for row in rows} == {base["id"]}
    assert {row["variation_group_id"] for row in rows} == {base["variation_group_id"]}
    assert len({row["external_id"] for row in rows}) == 3
    assert not base["is_variation"]


def test_draft_and_priceless_products_exist(shop):
    assert product_of(shop, "draft")["status"] == "draft"
    assert product_of(shop, "no_price")["price"] is None


def test_product_money_is_a_number(shop):
    prices = [row["price"] for row in shop.state.products.values()]
    assert all(price is None or isinstance(price, int | float) for price in prices)
    assert product_of(shop, "wholesale")["prices"][0]["minimum_order_quantity"] == 10


def test_discount_dates_are_days(shop):
    discount = product_of(shop, "discount_percent")["discount"]
    assert discount["type"] == "percent"
    assert discount["date_start"][2::3] == ".." + discount["date_start"][8:9]


def test_names_follow_the_language(sim, api):
    key = sim.products_of("plain")[0]
    names = sim.state.products[key]["name_multilang"]
    assert api.get(f"/products/{key}")["product"]["name"] == names["ru"]
    ukrainian = Api(sim, "uk").get(f"/products/{key}")["product"]
    assert ukrainian["name"] == names["uk"]
    assert ukrainian["group"]["name"] == ukrainian["group"]["name_multilang"]["uk"]


def test_product_without_photo_has_a_relative_placeholder(sim, api):
    key = sim.products_of("no_photo")[0]
    row = api.get(f"/products/{key}")["product"]
    assert row["images"] == []
    assert row["main_image"].startswith("/")


def test_pictures_are_real_and_on_the_simulator(sim, api):
    row = api.get(f"/products/{sim.products_of('plain')[0]}")["product"]
    assert row["main_image"] == row["images"][0]["url"]
    assert row["main_image"].startswith(sim.origin)
    picture = requests.get(row["images"][0]["url"], timeout=TIMEOUT)
    assert picture.headers["Content-Type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG\r\n\x1a\n")
    assert picture.content[16:24] == (200).to_bytes(4, "big") * 2
    small = requests.get(row["images"][0]["thumbnail_url"], timeout=TIMEOUT)
    assert small.content[16:20] == (100).to_bytes(4, "big")


def test_list_without_group_returns_everything(api):
    data = api.get("/products/list", limit=100)
    assert data["group_id"] is None
    assert len(data["products"]) == 60


def test_list_without_group_may_return_only_the_root_group(make_sim):
    sim = make_sim(list_without_group="root")
    rows = Api(sim).get("/products/list", limit=100)["products"]
    assert {row["group"]["id"] for row in rows} == {sim.state.root_group_id}


def test_hidden_products_are_in_no_list_and_can_be_read_alone(make_sim):
    sim = make_sim(hidden_products=5)
    hidden = sim.state.hidden_products
    api = Api(sim)
    groups = [None, *sim.state.groups]
    seen = {
        row["id"]
        for group in groups
        for row in api.walk("/products/list", "products", limit=100, group_id=group)
    }
    assert len(hidden) == 5
    assert seen == set(sim.state.products) - hidden
    for key in hidden:
        external_id = sim.state.products[key]["external_id"]
        assert api.get(f"/products/{key}")["product"]["id"] == key
        if external_id:
            row = api.get(f"/products/by_external_id/{external_id}")["product"]
            assert row["id"] == key


def test_product_can_be_hidden_and_shown_again(sim, api):
    key = sim.products_of("plain")[0]
    sim.hide_product(key)
    assert key not in {row["id"] for row in api.walk("/products/list", "products")}
    sim.hide_product(key, hidden=False)
    assert key in {row["id"] for row in api.walk("/products/list", "products")}


def test_group_walk_misses_products(sim, api):
    groups = [row["id"] for row in api.get("/groups/list", limit=100)["groups"]]
    seen = set()
    for group in groups:
        data = api.get("/products/list", limit=100, group_id=group)
        assert data["group_id"] == group
        seen |= {row["id"] for row in data["products"]}
    missed = set(sim.state.products) - seen
    hidden = {sim.state.products[key]["group"]["id"] for key in missed}
    assert hidden == sim.state.unlisted_groups
    assert len(seen) > 30


def test_groups_form_a_two_level_tree_without_the_root(sim, api):
    rows = {row["id"]: row for row in api.get("/groups/list")["groups"]}
    assert 8 <= len(rows) <= 12
    assert sim.state.root_group_id not in rows
    top = [row for row in rows.values() if row["parent_group_id"] == sim.state.root_group_id]
    below = [row for row in rows.values() if row["parent_group_id"] in rows]
    assert len(top) + len(below) == len(rows)
    assert below


def test_external_id_is_found_also_with_a_slash(sim, api):
    product = sim.add_product(external_id="АБ/12 №3")
    row = api.get("/products/by_external_id/%D0%90%D0%91%2F12%20%E2%84%963")["product"]
    assert row["id"] == product["id"]


def test_removed_product_answers_404(sim, api):
    key = sim.products_of("plain")[0]
    external = sim.state.products[key]["external_id"]
    sim.remove_product(key)
    assert api.call("GET", f"/products/{key}").status_code == 404
    assert api.call("GET", f"/products/by_external_id/{external}").status_code == 404


def test_products_deleted_by_api_are_listed_or_gone(sim, api):
    key = sim.products_of("plain")[0]
    api.post("/products/edit", [{"id": key, "status": "deleted"}])
    assert api.get(f"/products/{key}")["product"]["status"] == "deleted"
    sim.options.deleted_products = "gone"
    assert api.call("GET", f"/products/{key}").status_code == 404
    assert len(api.get("/products/list", limit=100)["products"]) == 59


def test_modified_products_come_with_last_modified_from(sim, api):
    start = (sim.clock.now() + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S")
    sim.clock.advance(5)
    key = sim.products_of("plain")[1]
    sim.touch_product(key, quantity_in_stock=4)
    rows = api.get("/products/list", last_modified_from=start)["products"]
    assert [row["id"] for row in rows] == [key]
    assert api.get("/products/list", last_modified_from=start + "Z")["products"] == []
    assert api.get("/groups/list", last_modified_from=start + "Z")["groups"] == []


def test_translations_are_read_and_written(sim, api):
    key = sim.products_of("plain")[0]
    data = api.get(f"/products/translation/{key}", lang="uk")
    assert data["name"] == sim.state.products[key]["name_multilang"]["uk"]
    change = {"product_id": key, "lang": "uk", "name": "Нова назва", "description": "<p>Опис</p>"}
    assert api.put("/products/translation", change) == {"status": "success"}
    assert api.get(f"/products/translation/{key}", lang="uk")["name"] == "Нова назва"
    assert api.get(f"/products/translation/{key}", lang="ru")["name"] != "Нова назва"


def test_group_translations_are_read_and_written(sim, api):
    key = api.get("/groups/list")["groups"][0]["id"]
    assert api.put("/groups/translation", {"group_id": key, "lang": "uk", "name": "Група"})
    assert api.get(f"/groups/translation/{key}", lang="uk")["name"] == "Група"
    assert Api(sim, "uk").get("/groups/list")["groups"][0]["name"] == "Група"


@pytest.mark.parametrize("change", [
    {}, {"product_id": "x"}, {"lang": "en"}, {"lang": None}, {"name": 5},
])  # fmt: skip
def test_wrong_translation_is_refused(sim, api, change):
    key = sim.products_of("plain")[0]
    data = {"product_id": key, "lang": "uk", "name": "Назва", **change} if change else {}
    assert list(api.put("/products/translation", data)) == ["error"]
