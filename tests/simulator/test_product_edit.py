"""products/edit and edit_by_external_id (api.md 10)."""

import pytest

from .conftest import Api


@pytest.fixture
def product(sim):
    return sim.state.products[sim.products_of("plain")[0]]


def edit(api, *items):
    return api.post("/products/edit", list(items))


def test_edit_changes_the_product_and_its_date(sim, api, product):
    before = product["date_modified"]
    data = edit(api, {"id": product["id"], "price": 199.5, "quantity_in_stock": 7})
    assert data == {"processed_ids": [product["id"]], "errors": {}}
    shown = api.get(f"/products/{product['id']}")["product"]
    assert (shown["price"], shown["quantity_in_stock"]) == (199.5, 7)
    assert shown["date_modified"] > before
    assert sim.writes("product")[0].changes == {"price": 199.5, "quantity_in_stock": 7}


def test_edit_without_a_real_change_writes_nothing(sim, api, product):
    before = product["date_modified"]
    assert edit(api, {"id": product["id"], "price": product["price"]})["processed_ids"]
    assert product["date_modified"] == before
    assert sim.writes() == []


@pytest.mark.parametrize("changes", [
    {"presence": "not_available"}, {"presence": "waiting", "in_stock": False},
    {"status": "draft", "presence": "available"}, {"status": "not_on_display"},
    {"discount": {"value": 5, "type": "percent", "date_start": "01.11.2026",
                  "date_end": "30.11.2026"}},
    {"discount": None}, {"prices": [{"price": 90, "minimum_order_quantity": 10}]},
    {"keywords": "дриль, інструмент"},
])  # fmt: skip
def test_documented_fields_are_stored(sim, api, product, changes):
    assert edit(api, {"id": product["id"], **changes})["processed_ids"] == [product["id"]]
    assert {name: product[name] for name in changes} == changes


def test_presence_sure_is_the_old_name_of_in_stock(api, product):
    edit(api, {"id": product["id"], "presence_sure": not product["in_stock"]})
    assert "presence_sure" not in product


def test_name_goes_to_the_language_of_the_call(sim, api, product):
    russian = product["name"]
    edit(Api(sim, "uk"), {"id": product["id"], "name": "Нова назва"})
    assert api.get(f"/products/{product['id']}")["product"]["name"] == russian
    assert product["name_multilang"] == {"ru": russian, "uk": "Нова назва"}


@pytest.mark.parametrize("body", [{"products": []}, {"id": 1}, "text", None, 5, [1], [[]]])
def test_body_that_is_no_array_answers_200_with_errors_error(sim, body):
    russian, english = (
        api.call("POST", "/products/edit", json=body, data=b"null" if body is None else None).json()
        for api in (Api(sim), Api(sim, "en"))
    )
    assert list(russian) == ["errors"]
    assert russian["errors"] == {"error": "Ожидается список товаров"}
    assert english["errors"]["error"] == "A list of products is expected"


def test_hundred_items_at_most(sim, api, product):
    items = [{"id": product["id"], "price": 10}] * 100
    assert len(edit(api, *items)["processed_ids"]) == 100
    assert "error" in edit(api, *items, items[0])["errors"]
    sim.options.max_edit_items = 101
    assert "processed_ids" in edit(api, *items, items[0])


def test_unknown_field_is_an_error_of_that_product(sim, api, product):
    other = sim.products_of("plain")[1]
    data = edit(api, {"id": product["id"], "colour": "red"}, {"id": other, "price": 5})
    assert data["processed_ids"] == [other]
    assert data["errors"] == {str(product["id"]): {"colour": ["Unknown field."]}}


@pytest.mark.parametrize("name", ["external_id", "sku", "currency", "group", "images"])
def test_fields_of_the_import_are_not_editable(sim, api, product, name):
    before = dict(product)
    data = edit(api, {"id": product["id"], name: "X"})
    assert data["processed_ids"] == []
    assert data["errors"][str(product["id"])] == {name: ["Unknown field."]}
    assert product == before


def test_quantity_is_ignored_silently(sim, api, product):
    before = dict(product)
    data = edit(api, {"id": product["id"], "quantity": 99})
    assert data == {"processed_ids": [product["id"]], "errors": {}}
    assert product == before


@pytest.mark.parametrize("changes", [
    {"price": 0}, {"price": -1}, {"price": "100"}, {"price": None}, {"price": True},
    {"presence": "yes"}, {"status": "approval_pending"}, {"status": "published"},
    {"quantity_in_stock": "5"}, {"quantity_in_stock": -1}, {"in_stock": "true"},
    {"name": "x" * 111}, {"name": 5}, {"keywords": "x" * 1025}, {"description": None},
    {"discount": {"value": 0, "type": "percent"}}, {"discount": {"value": 5, "type": "gift"}},
    {"discount": {"value": 5, "type": "percent", "date_start": "2026-11-01"}},
    {"discount": {"value": 5, "type": "percent", "date_start": "32.13.2026"}},
    {"prices": [{"price": 5}]}, {"prices": "5"},
])  # fmt: skip
def test_wrong_value_is_an_error_of_that_field(sim, api, product, changes):
    before = dict(product)
    data = edit(api, {"id": product["id"], **changes})
    assert data["processed_ids"] == []
    assert list(data["errors"][str(product["id"])]) == list(changes)
    assert product == before


def test_errors_come_as_text_list_and_object(sim, api, product):
    variation = sim.products_of("variation")[0]
    data = edit(
        api,
        {"id": 1, "price": 5},
        {"id": variation, "presence": "available"},
        {"id": product["id"], "sku": "A"},
    )
    assert [type(value) for value in data["errors"].values()] == [str, list, dict]


def test_variation_refuses_presence(sim, api):
    variation = sim.products_of("variation")[0]
    before = dict(sim.state.products[variation])
    data = edit(api, {"id": variation, "presence": "not_available", "quantity_in_stock": 3})
    assert data["processed_ids"] == []
    assert sim.state.products[variation] == before
    assert edit(api, {"id": variation, "quantity_in_stock": 3})["processed_ids"] == [variation]


def test_variation_that_takes_presence_is_a_switch(make_sim):
    sim = make_sim(variation_refuses_presence=False)
    variation = sim.products_of("variation")[0]
    assert edit(Api(sim), {"id": variation, "presence": "order"})["processed_ids"] == [variation]


def test_variations_inherit_the_presence_of_the_base(sim, api):
    edit(api, {"id": sim.products_of("base")[0], "presence": "order"})
    presences = {sim.state.products[key]["presence"] for key in sim.products_of("variation")}
    assert presences == {"order"}


def test_ids_are_echoed_in_the_kind_they_were_sent(sim, api, product):
    assert edit(api, {"id": str(product["id"]), "price": 5})["processed_ids"] == [
        str(product["id"])
    ]
    external = sim.add_product(external_id="777")
    for key in ("777", 777):
        data = api.post("/products/edit_by_external_id", [{"id": key, "price": 6}])
        assert data["processed_ids"] == [key]
    assert external["price"] == 6


def test_edit_by_external_id_knows_no_prom_ids(sim, api, product):
    data = api.post(
        "/products/edit_by_external_id",
        [{"id": product["external_id"], "price": 8}, {"id": str(product["id"]), "price": 9}],
    )
    assert data["processed_ids"] == [product["external_id"]]
    assert list(data["errors"]) == [str(product["id"])]


@pytest.mark.parametrize("item", [{}, {"id": None}, {"id": True}, {"id": 1.5}, {"id": [1]}])
def test_item_without_an_id_refuses_the_whole_call(sim, api, product, item):
    data = edit(api, {"id": product["id"], "price": 5}, {**item, "price": 5})
    assert list(data["errors"]) == ["error"]
    assert sim.writes() == []


def test_removed_product_is_an_error(sim, api, product):
    sim.remove_product(product["id"])
    assert edit(api, {"id": product["id"], "price": 5})["processed_ids"] == []


def test_deleted_and_draft_can_be_set(sim, api, product):
    for status in ("deleted", "draft", "on_display"):
        assert edit(api, {"id": product["id"], "status": status})["processed_ids"]
        assert product["status"] == status
