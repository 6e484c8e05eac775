"""Malformed records, on request only (api.md 15)."""

import pytest

from tests.prom_simulator import PromSimulator
from tests.prom_simulator.poison import ORDER_POISONS, PRODUCT_POISONS


def first(loose, name="orders"):
    return loose.get(f"/{name}/list", limit=1)[name][0]


CHECKS = {
    "no_lines_null": lambda row: row["products"] is None,
    "no_lines_empty": lambda row: row["products"] == [],
    "unknown_status": lambda row: row["status"] == "teleported",
    "unreadable_money": lambda row: row["price"] == "за домовленістю",
    "null_money": lambda row: row["price"] is None,
    "missing_id": lambda row: "id" not in row,
    "null_id": lambda row: row["id"] is None,
    "lines_without_name": lambda row: all("name" not in line for line in row["products"]),
    "wrong_types": lambda row: isinstance(row["products"], dict) and row["price"] == 12.5,
    "zero_quantity": lambda row: row["products"][0]["quantity"] == 0,
    "huge_note": lambda row: len(row["client_notes"].encode()) > 1_000_000,
    "bad_date": lambda row: row["date_created"] == "учора",
    "totals_differ": lambda row: row["price"] == "1,00 грн",
    "not_an_object": lambda row: isinstance(row, str),
    "product_missing_id": lambda row: "id" not in row,
    "product_wrong_types": lambda row: row["price"] == "багато",
    "product_huge_description": lambda row: len(row["description"].encode()) > 1_000_000,
}


@pytest.mark.parametrize("kind", [*ORDER_POISONS, *PRODUCT_POISONS])
def test_poison_appears_first_in_the_list(sim, loose, kind):
    sim.poison(kind)
    assert CHECKS[kind](first(loose, "products" if kind in PRODUCT_POISONS else "orders"))


@pytest.mark.parametrize("kind", ORDER_POISONS)
def test_filters_survive_poison(sim, loose, kind):
    sim.poison(kind)
    assert loose.get("/orders/list", status="pending")["orders"]
    assert "orders" in loose.get("/orders/list", last_modified_from="2020-01-01T00:00:00")


@pytest.mark.parametrize("kind", ORDER_POISONS)
def test_writes_survive_poison(sim, loose, kind):
    key = sim.poison(kind)
    for path, body in (
        ("/orders/set_status", {"ids": [key], "status": "received"}),
        ("/orders/refund", {"ids": [key]}),
        ("/delivery/save_declaration_id", {"order_id": key, "declaration_id": "1",
                                           "delivery_type": "nova_poshta"}),
    ):  # fmt: skip
        assert loose.call("POST", path, json=body).status_code == 200


@pytest.mark.parametrize("kind", PRODUCT_POISONS)
def test_product_writes_survive_poison(sim, loose, kind):
    key = sim.poison(kind)
    data = loose.post("/products/edit", [{"id": key, "price": 5}])
    assert data["processed_ids"] == [key]


def test_poison_does_not_hide_the_other_orders(sim, loose):
    for kind in ORDER_POISONS:
        sim.poison(kind)
    rows = loose.get("/orders/list", limit=100)["orders"]
    assert len(rows) == 40 + len(ORDER_POISONS)


def test_unknown_poison_is_a_programming_error(sim):
    with pytest.raises(ValueError, match="unknown poison"):
        sim.poison("arsenic")


def test_default_data_has_no_poison():
    for order in PromSimulator(seed=9, orders=200).state.orders.values():
        assert order["products"]
        assert order["status"] != "teleported"
        assert all(line["name"] and float(line["quantity"]) > 0 for line in order["products"])
