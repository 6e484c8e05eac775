"""Who may read, write and call what, asked over RPC of a running Odoo."""

import difflib
import urllib.error
import urllib.request

import pytest

from tests.e2e.access import (
    DENIED,
    NOBODY,
    ROLES,
    STRANGER,
    TABLE,
    JsonRpc,
    Refused,
    Walk,
    XmlRpc,
    attempt,
    is_accepting,
    post_json,
    prepare,
    write_table,
)
from tests.e2e.conftest import running_shop
from tools.demo import wait_for_orders
from tools.odoo import prepare as prepare_odoo

pytestmark = pytest.mark.long

DATABASE = "test_rights"


@pytest.fixture(scope="module")
def shop():
    """Odoo with the demo's store, which has read everything."""
    with running_shop(with_store=True, database=DATABASE) as running:
        wait_for_orders(running.rpc)
        yield running


@pytest.fixture(scope="module")
def found(shop):
    """What there is to walk over."""
    return prepare(prepare_odoo(durable=False), DATABASE)


@pytest.fixture(scope="module")
def models(found):
    return found["models"]


@pytest.fixture(scope="module")
def walks(shop, models):
    """The walks over JSON-RPC, which keep what they found."""
    return make_walks(JsonRpc, shop, models)


def make_walks(client, shop, models):
    admin = client(shop.url, DATABASE, "admin", "admin")
    return {
        role: Walk(client(shop.url, DATABASE, role), admin, models)
        for role, groups in ROLES.items()
        if groups
    }


def is_shared(model):
    """Tell whether a model has records that all companies share, or none at all."""
    return not model["ids"]


def test_every_model_has_a_record_to_walk_over(models):
    bare = [
        name
        for name, model in models.items()
        if not (model["is_abstract"] or model["is_transient"] or model["record"])
        and (model["is_own"] or model["methods"])
    ]
    assert not bare, "give them a record in _access_inside.py"


def test_everybody_may_do_what_the_table_says(walks, found):
    table = write_table(walks, found["models"], found["routes"])
    if is_accepting():
        TABLE.write_text(table)
    expected = TABLE.read_text() if TABLE.exists() else ""
    difference = "\n".join(
        difflib.unified_diff(expected.splitlines(), table.splitlines(), "decided", "found", n=1)
    )
    assert not difference, f"{difference}\nSee the head of {TABLE.name} for how to accept it."


@pytest.mark.parametrize("role", ["Portal", "User"])
def test_xml_rpc_is_no_other_way_in(shop, walks, models, role):
    """What the table denies is denied there too."""
    known, tried = walks[role], make_walks(XmlRpc, shop, models)[role]
    for name, model in models.items():
        if not model["is_abstract"]:
            assert tried.rights(name) == known.rights(name), name
            assert tried.readable_fields(name) == known.readable_fields(name), name
        for method in model["methods"]:
            if not known.may_call(name, method):
                assert not tried.may_call(name, method), f"{name}.{method}"


def test_without_a_login_nothing_can_be_called(shop, found):
    for name, model in found["models"].items():
        calls = [("read", [[NOBODY]]), ("search", [[]]), ("create", [{}])]
        calls += [(method, [[NOBODY]]) for method in model["methods"]]
        for method, args in calls:
            params = {"model": name, "method": method, "args": args, "kwargs": {}}
            with pytest.raises(Refused, match="SessionExpired"):
                post_json(f"{shop.url}/web/dataset/call_kw/{name}/{method}", params)
    # The public user exists, but nobody can be it.
    for password in ("", "public", "x"):
        args = [DATABASE, found["public"], password, "merchant.store", "search", [[]]]
        body = {"service": "object", "method": "execute_kw", "args": args}
        with pytest.raises(Refused, match="AccessDenied|AccessError"):
            post_json(f"{shop.url}/jsonrpc", body)


def test_without_a_login_only_the_link_of_the_price_list_answers(shop, found):
    feed = shop.rpc("product.data.feed", "search_read", [], ["url"])[0]
    assert get_status(feed["url"]) == 200
    token = feed["url"].split("/")[-2]
    places = {
        "<string:token>": f"{token[:-1]}{'a' if token[-1] != 'a' else 'b'}",
        "<string:name>": "x",
    }
    for route in found["routes"]:
        path = route
        for place, value in places.items():
            path = path.replace(place, value)
        while "<" in path:
            path = path[: path.index("<")] + "1" + path[path.index(">") + 1 :]
        assert get_status(shop.url + path) in (303, 404), route


def get_status(url):
    """Return how the server answers; a redirect is not followed."""

    class Still(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args):
            return None

    try:
        with urllib.request.build_opener(Still).open(url, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize("client", [JsonRpc, XmlRpc])
def test_another_company_sees_and_changes_nothing(shop, models, client):
    call = client(shop.url, DATABASE, STRANGER)
    admin = JsonRpc(shop.url, DATABASE, "admin", "admin")
    walked = {name: model for name, model in models.items() if not is_shared(model)}
    assert len(walked) > 20
    reached = []
    for name, model in walked.items():
        if attempt(call, name, "search", []) == DENIED:
            continue
        # Some may have been deleted meanwhile.
        ids = admin(name, "search", [("id", "in", model["ids"])])
        first = ids[:1]
        assert first, name
        of_others = [("id", "in", ids)]
        assert call(name, "search", of_others) == [], name
        assert call(name, "search_count", of_others) == 0, name
        assert call(name, "name_search", "", of_others) == [], name
        [row] = call(name, "formatted_read_group", of_others, [], ["__count"])
        assert row["__count"] == 0, name
        assert call(name, "search_read", of_others, ["id"]) == [], name
        for method, *args in (("read", ["id"]), ("write", {}), ("unlink",), ("copy",)):
            assert attempt(call, name, method, first, *args) == DENIED, f"{name}.{method}"
        for method, facts in model["methods"].items():
            if not facts["is_model"]:
                arguments = ["x"] * len(facts["parameters"])
                if attempt(call, name, method, first, *arguments) != DENIED:
                    reached.append(f"{name}.{method}")
    assert not reached


def test_another_companys_records_cannot_be_given_to_wizards(shop, models):
    """Who creates a wizard names the records it works on."""
    call = JsonRpc(shop.url, DATABASE, STRANGER)
    mine = Walk(call, JsonRpc(shop.url, DATABASE, "admin", "admin"), models)
    for name, model in models.items():
        links = [
            field
            for field, facts in model["filled"].items()
            if facts["type"] == "many2one"
            and not is_shared(models.get(facts["comodel"], {"ids": []}))
        ]
        if not model["is_transient"] or not links:
            continue
        try:
            wizard = mine.take_record(name)
        except Refused:
            continue
        computed = [field for field, facts in model["fields"].items() if facts["is_computed"]]
        if computed:
            assert attempt(call, name, "read", [wizard], computed) == DENIED, f"{name}: {computed}"
        for method in model["methods"]:
            assert attempt(call, name, method, [wizard]) == DENIED, f"{name}.{method}"
