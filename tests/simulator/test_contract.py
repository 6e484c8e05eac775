"""Every documented path answers in the documented shape."""

from itertools import pairwise

import pytest

from tests.prom_simulator.server import ROUTER

from . import contract
from .conftest import Api


def test_every_documented_path_is_implemented():
    documented = {
        (method.upper(), path)
        for path, operations in contract.document()["paths"].items()
        for method in operations
    }
    implemented = {(method, path.replace("{text}", "{id}")) for method, path in ROUTER.paths}
    assert implemented == documented
    assert len(implemented) == 35


@pytest.mark.parametrize("language", [None, "uk", "ru", "en"])
def test_lists_and_details_fit_the_description(sim, language):
    api = Api(sim, language)
    assert len(api.walk("/orders/list", "orders", limit=100)) == 40
    assert len(api.walk("/products/list", "products", limit=100)) == 60
    for path, name in (
        ("/orders", "orders"),
        ("/products", "products"),
        ("/clients", "clients"),
        ("/messages", "messages"),
    ):
        for row in api.get(f"{path}/list")[name]:
            assert next(iter(api.get(f"{path}/{row['id']}").values()))["id"] == row["id"]


@pytest.mark.parametrize(
    "path",
    [
        "/groups/list",
        "/payment_options/list",
        "/delivery_options/list",
        "/order_status_options/list",
        "/chat/rooms",
        "/chat/messages_history",
    ],
)
def test_other_lists_fit_the_description(api, path):
    data = api.get(path)
    rows = data.get("data", data)
    assert next(value for value in rows.values() if isinstance(value, list))


@pytest.mark.parametrize("path", ["/orders/list", "/products/list", "/clients/list"])
def test_ids_come_in_descending_order(api, path):
    ids = [row["id"] for row in api.get(path, limit=100)[path.split("/")[1]]]
    assert all(first > second for first, second in pairwise(ids))


def test_the_validator_notices_a_wrong_answer():
    assert contract.problems("GET", "/orders/list", {"orders": [{"id": "text"}]})
    assert contract.problems("GET", "/orders/5", {"order": {"id": 5, "client": "text"}})
    assert not contract.problems("GET", "/orders/5", {"order": {"id": 5, "client": None}})
    assert contract.problems("GET", "/labels/create", {})
