"""Imports: settings, matching, lying status (api.md 11, feed.md 1-5)."""

import http.server
import json
import threading
from pathlib import Path

import pytest

from .conftest import Api

SAMPLES = Path(__file__).parent.parent / "samples"

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE yml_catalog SYSTEM "shops.dtd">
<yml_catalog date="2026-11-20 10:00"><shop>
<categories><category id="12" parentId="11">Кухня</category>
<category id="11">Дім</category></categories>
<offers>{offers}</offers></shop></yml_catalog>"""


def offer(key, attributes='available="true"', **tags):
    tags = {"name": f"Товар {key}", "price": "100", "currencyId": "UAH", "categoryId": "12",
            "vendorCode": f"SKU-{key}", "quantity_in_stock": "5", "description": "<b>x</b>",
            **tags}  # fmt: skip
    body = "".join(
        f"<{name}><![CDATA[{value}]]></{name}>" for name, value in tags.items() if value is not None
    )
    return f'<offer id="{key}" {attributes}>{body}</offer>'


def feed(*offers):
    return FEED.format(offers="".join(offers)).encode()


@pytest.fixture
def existing(sim):
    return sim.add_product(external_id="E1", name="Стара назва", price=50, presence="waiting",
                           sku="OLD", quantity_in_stock=1)  # fmt: skip


@pytest.fixture
def served():
    """Serve bytes over HTTP on this machine: path -> content."""
    files = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            content = files.get(self.path)
            self.send_response(404 if content is None else 200)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True)
    thread.start()
    yield files, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def finish(sim, api, key):
    """Wait for an import and return its final status."""
    assert sim.state.imports[key].finished.wait(10)
    answers = [api.get(f"/products/import/status/{key}") for _ in range(3)]
    return answers[-1]


def test_import_id_has_24_hex_characters(api):
    data = api.post("/products/import_url", {"url": "https://shop.example.com/feed.xml"})
    assert data["status"] == "success"
    assert len(data["id"]) == 24
    int(data["id"], 16)


def test_first_status_answers_lie(sim, api):
    key = api.post("/products/import_url", {"url": "https://shop.example.com/feed.xml"})["id"]
    assert sim.state.imports[key].finished.wait(10)
    early, partial, final = (api.get(f"/products/import/status/{key}") for _ in range(3))
    assert (early["status"], early["total"], early["not_changed"]) == ("SUCCESS", 0, 0)
    assert (partial["status"], partial["total"]) == ("PARTIAL", 0)
    assert final["status"] == "SUCCESS"
    assert final["not_changed"] == final["total"] > 0
    assert api.get(f"/products/import/status/{key}") == final


def test_number_of_lies_is_a_switch(make_sim):
    sim = make_sim(import_early_success=0, import_partial=0)
    api = Api(sim)
    key = api.post("/products/import_url", {"url": "https://shop.example.com/feed.xml"})["id"]
    assert sim.state.imports[key].finished.wait(10)
    assert api.get(f"/products/import/status/{key}")["total"] > 0


@pytest.mark.parametrize("body", [
    {}, {"url": ""}, {"url": "feed.xml"}, {"url": "ftp://example.com/x"}, {"url": 5},
    {"url": "https://example.com/f", "mark_missing_product_as": "gone"},
    {"url": "https://example.com/f", "updated_fields": "price"},
    {"url": "https://example.com/f", "updated_fields": ["colour"]},
    {"url": "https://example.com/f", "force_update": "yes"},
])  # fmt: skip
def test_refused_import_has_no_id(sim, api, body):
    data = api.post("/products/import_url", body)
    assert data["status"] == "error"
    assert data["message"]
    assert "id" not in data
    assert sim.writes() == []


def test_daily_limit_refuses_the_next_import(make_sim):
    api = Api(make_sim(import_daily_limit=1))
    call = {"url": "https://example.com/f"}
    assert "id" in api.post("/products/import_url", call)
    assert api.post("/products/import_url", call)["status"] == "error"


def test_link_is_not_read_by_default(sim, api, served):
    files, base = served
    files["/feed.xml"] = feed(offer("N1"))
    key = api.post("/products/import_url", {"url": base + "/feed.xml"})["id"]
    finish(sim, api, key)
    assert sim.state.by_external_id("N1") is None


def test_local_link_is_read_when_switched_on(make_sim, served):
    sim = make_sim(import_fetch=True)
    api, (files, base) = Api(sim), served
    files["/feed.xml"] = feed(offer("N1", picture=f"{base}/none.png"))
    key = api.post("/products/import_url", {"url": base + "/feed.xml"})["id"]
    final = finish(sim, api, key)
    assert (final["status"], final["created"], final["total"]) == ("SUCCESS", 1, 1)
    assert final["with_errors_count"] == 0
    assert final["errors"][0]["download_images"][0]["code"] == 2004
    row = api.get("/products/by_external_id/N1")["product"]
    assert row["images"] == []
    assert row["presence"] == "available"


@pytest.mark.parametrize("url", ["http://shop.example.com/feed.xml", "http://127.0.0.1:1/feed.xml"])
def test_link_that_cannot_be_read_is_fatal(make_sim, url):
    sim = make_sim(import_fetch=True)
    api = Api(sim)
    key = api.post("/products/import_url", {"url": url})["id"]
    final = finish(sim, api, key)
    assert final["status"] == "FATAL"
    assert final["errors"][0]["download"]


def test_uploaded_file_is_imported(sim, api, existing):
    answer = api.call(
        "POST",
        "/products/import_file",
        files={"file": ("feed.xml", feed(offer("E1", price="77.50")), "text/xml")},
        data={"data": json.dumps({"updated_fields": ["price"]})},
    ).json()
    final = finish(sim, api, answer["id"])
    assert (final["updated"], final["created"], final["total"]) == (1, 0, 1)
    assert existing["price"] == 77.5
    assert existing["presence"] == "waiting"


def test_upload_without_a_file_is_refused(api):
    answer = api.call("POST", "/products/import_file", files={"other": b"x"}).json()
    assert answer["status"] == "error"


@pytest.mark.parametrize("content", [b"", b"not xml", b"<html></html>", b"<yml_catalog/>",
                                     b'<!DOCTYPE a [<!ENTITY b "c">]><yml_catalog/>'])  # fmt: skip
def test_unreadable_file_is_fatal(sim, content):
    assert sim.apply_feed(content)["status"] == "FATAL"


def test_existing_product_changes_price_and_presence_by_default(sim, existing):
    result = sim.apply_feed(feed(offer("E1", price="60", name="Нова назва", vendorCode="NEW")))
    assert (result["updated"], result["created"]) == (1, 0)
    assert (existing["price"], existing["presence"]) == (60, "available")
    assert (existing["name"], existing["sku"], existing["quantity_in_stock"]) == (
        "Стара назва", "OLD", 1)  # fmt: skip


def test_updated_fields_let_other_fields_through(sim, existing):
    sim.apply_feed(
        feed(offer("E1", price="60", name="Нова назва")),
        updated_fields=["name", "sku", "quantity_in_stock", "group", "keywords", "description"],
    )
    assert existing["price"] == 50
    assert (existing["name"], existing["sku"], existing["quantity_in_stock"]) == (
        "Нова назва", "SKU-E1", 5)  # fmt: skip
    assert existing["group"]["name"] == "Кухня"


def test_photos_need_force_update_as_well(sim, existing):
    before = existing["images"]
    data = feed(offer("E1", picture="https://example.com/1.jpg"))
    sim.apply_feed(data, updated_fields=["images_urls"])
    assert existing["images"] is before
    sim.apply_feed(data, updated_fields=["images_urls"], force_update=True)
    assert len(existing["images"]) == 1
    key = existing["images"][0]["id"]
    assert sim.state.picture_sources[key] == "https://example.com/1.jpg"
    assert sim.apply_feed(data, updated_fields=["images_urls"], force_update=True)["updated"] == 0


def test_new_product_takes_everything_from_the_offer(sim, api):
    result = sim.apply_feed(
        feed(offer("N1", 'available="true" in_stock="true" selling_type="u"', price="80",
                   oldprice="100", name_ua="Назва", description_ua="Опис", keywords="а, б",
                   portal_category_id="380601", picture="https://example.com/1.jpg"))
    )  # fmt: skip
    assert (result["created"], result["created_active"], result["not_in_file"]) == (1, 1, 60)
    row = api.get("/products/by_external_id/N1")["product"]
    assert (row["price"], row["discount"]) == (100, {"value": 20, "type": "amount"})
    assert row["name_multilang"] == {"ru": "Товар N1", "uk": "Назва"}
    assert (row["in_stock"], row["selling_type"], row["sku"]) == (True, "universal", "SKU-N1")
    assert row["category"]["id"] == 380601
    assert row["status"] == "on_display"


def test_new_groups_follow_the_categories(sim, api):
    sim.apply_feed(feed(offer("N1")))
    rows = {row["name"]: row for row in api.get("/groups/list")["groups"]}
    assert rows["Кухня"]["parent_group_id"] == rows["Дім"]["id"]
    assert rows["Дім"]["parent_group_id"] == sim.state.root_group_id
    sim.apply_feed(feed(offer("N2")))
    assert len(api.get("/groups/list")["groups"]) == len(rows)


def test_ukrainian_name_needs_the_ukrainian_description(sim, make_sim):
    data = feed(offer("N1", name_ua="Назва"))
    sim.apply_feed(data)
    assert sim.state.by_external_id("N1")["name_multilang"]["uk"] == "Товар N1"
    other = make_sim(feed_ua_needs_description=False)
    other.apply_feed(data)
    assert other.state.by_external_id("N1")["name_multilang"]["uk"] == "Назва"


@pytest.mark.parametrize(("attributes", "means", "presence"), [
    ('available="true"', "order", "available"),
    ('available=""', "order", "not_available"),
    ('available="false"', "order", "order"),
    ('available="false"', "not_available", "not_available"),
    ("", "order", "available"),
])  # fmt: skip
def test_availability_readings(make_sim, attributes, means, presence):
    sim = make_sim(feed_false_means=means)
    sim.apply_feed(feed(offer("N1", attributes)))
    assert sim.state.by_external_id("N1")["presence"] == presence


def test_only_available_skips_the_rest(sim):
    sim.apply_feed(feed(offer("N1"), offer("N2", 'available=""')), only_available=True)
    assert sim.state.by_external_id("N1")
    assert sim.state.by_external_id("N2") is None


@pytest.mark.parametrize(("setting", "name", "value"), [
    ("not_available", "presence", "not_available"),
    ("not_on_display", "status", "not_on_display"),
    ("deleted", "status", "deleted"),
])  # fmt: skip
def test_missing_products_are_all_touched(sim, existing, setting, name, value):
    sim.apply_feed(feed(offer("E1")), mark_missing_product_as=setting)
    rows = [row for row in sim.state.products.values() if row is not existing]
    assert {row[name] for row in rows} == {value}
    assert existing[name] != value


def test_missing_products_stay_by_default(sim):
    before = sim.state.snapshot("products")
    sim.apply_feed(feed(offer("N1")))
    after = sim.state.snapshot("products")
    assert {key: after[key] for key in before} == before


def test_reimport_publishes_a_draft(sim):
    product = sim.add_product(external_id="D1", status="draft")
    sim.apply_feed(feed(offer("D1")))
    assert product["status"] == "on_display"


def test_same_file_twice_makes_one_product(sim):
    assert sim.apply_feed(feed(offer("N1")))["created"] == 1
    again = sim.apply_feed(feed(offer("N1")))
    assert (again["created"], again["not_changed"]) == (0, 1)
    assert len(sim.state.products) == 61


def test_hand_made_product_is_duplicated(sim):
    hand_made = sim.state.products[sim.products_of("no_external")[0]]
    sim.apply_feed(feed(offer("N1", name=hand_made["name"], vendorCode=hand_made["sku"])))
    rows = [row for row in sim.state.products.values() if row["sku"] == hand_made["sku"]]
    assert len(rows) == 2


def test_bad_offers_are_counted_and_the_rest_imported(sim):
    result = sim.apply_feed(
        feed(offer("N1"), offer("N1"), offer("N2", price=None), offer("N3", price="1 000"),
             offer("N4", name=None), offer("", ""), offer("N5", price="0"))
    )  # fmt: skip
    assert (result["status"], result["created"]) == ("PARTIAL", 1)
    assert (result["total"], result["with_errors_count"]) == (7, 6)
    assert len(result["errors"][0]["validation"]) == 6


def test_missing_availability_drops_the_discount(sim):
    sim.apply_feed(feed(offer("N1", "", price="80", oldprice="100")))
    row = sim.state.by_external_id("N1")
    assert (row["price"], row["discount"]) == (100, None)


def test_real_feed_with_variations_is_imported(sim, api):
    content = (SAMPLES / "variants_group_id_excerpt.xml").read_bytes()
    result = sim.apply_feed(content)
    assert result["created"] == result["total"] > 1
    first, second = (api.get(f"/products/by_external_id/{key}")["product"] for key in (513, 514))
    assert not first["is_variation"]
    assert second["variation_base_id"] == first["id"]
    assert second["variation_group_id"] == 2451


def test_real_feed_with_uuid_ids_is_imported(sim):
    result = sim.apply_feed((SAMPLES / "single_offer_uuid_ids.xml").read_bytes())
    assert (result["created"], result["with_errors_count"]) == (1, 0)
