"""Dictionaries, messages and chat (api.md 13 and 14)."""

import pytest

from .conftest import Api


def test_order_options_come_from_the_dictionaries(sim, api):
    payments = {row["id"] for row in api.get("/payment_options/list")["payment_options"]}
    deliveries = {row["id"] for row in api.get("/delivery_options/list")["delivery_options"]}
    for order in api.walk("/orders/list", "orders", limit=100):
        assert not order["payment_option"] or order["payment_option"]["id"] in payments
        assert not order["delivery_option"] or order["delivery_option"]["id"] in deliveries


def test_statuses_include_the_shops_own_in_the_language(sim):
    data = Api(sim, "uk").get("/order_status_options/list")["order_status_options"]
    titles = {row["name"]: row["title"] for row in data}
    assert titles["delivered"] == "Виконано"
    assert titles["custom-137204"] == "Відправлено"


def test_messages_filter_by_status_and_date(api):
    unread = api.get("/messages/list", status="unread")["messages"]
    assert {row["status"] for row in unread} == {"unread"}
    assert api.get("/messages/list", date_from="2015-01-01T00:00:00Z")["messages"] == []
    assert "error" in api.get("/messages/list", status="new")


def test_message_status_and_reply(sim, api):
    key = api.get("/messages/list", status="unread")["messages"][0]["id"]
    data = api.post("/messages/set_status", {"status": "deleted", "ids": [key, 1]})
    assert data["processed_ids"] == [key]
    assert list(data["errors"]) == ["1"]
    assert api.post("/messages/reply", {"id": key, "message": "Так"})["processed_ids"] == [key]
    assert api.post("/messages/reply", {"id": 1, "message": "Так"})["processed_ids"] == []
    assert "error" in api.post("/messages/reply", {"id": key})
    assert "error" in api.post("/messages/set_status", {"status": "new", "ids": [key]})
    assert len(sim.writes("message")) == 2


def test_chat_message_appears_in_the_history(api):
    room = api.get("/chat/rooms")["data"]["rooms"][0]
    sent = api.post("/chat/send_message", {"room_ident": room["ident"], "body": "Вітаю"})
    assert sent["status"] == "ok"
    assert sent["message_id"] == sent["data"]["message_id"]
    rows = api.get("/chat/messages_history", room_ident=room["ident"], sort="desc")
    mine = next(row for row in rows["data"]["messages"] if row["id"] == sent["message_id"])
    assert (mine["body"], mine["is_sender"]) == ("Вітаю", True)
    assert "+" not in mine["date_sent"]


def test_room_is_found_by_user_id(api):
    ident = api.get("/chat/rooms")["data"]["rooms"][0]["ident"]
    sent = api.post("/chat/send_message", {"user_id": ident.split("_")[0], "body": "x"})
    assert sent["data"]["room_ident"] == ident


def test_chat_pages_by_limit_and_offset(api):
    rooms = api.get("/chat/rooms")["data"]["rooms"]
    assert api.get("/chat/rooms", limit=1, offset=1)["data"]["rooms"] == rooms[1:2]
    assert api.get("/chat/rooms", status="archived")["data"]["rooms"]


def test_order_context_creates_a_room(sim, api):
    order = sim.add_order(kind="pending")
    files = {"order_id": (None, str(order["id"])), "body": (None, "Замовлення готове")}
    sent = api.call("POST", "/chat/send_order_context", files=files).json()
    assert sent["context_message_id"]
    assert sent["room_ident"] in sim.state.rooms
    wrong = api.call("POST", "/chat/send_order_context", files={"order_id": (None, "1")}).json()
    assert wrong == {"status": "error", "message": "Order not found"}


@pytest.mark.parametrize("path", ["/chat/send_file", "/chat/send_attachments"])
def test_files_are_accepted(api, path):
    ident = api.get("/chat/rooms")["data"]["rooms"][0]["ident"]
    files = {"room_ident": (None, ident), "file": ("чек.pdf", b"%PDF")}
    assert api.call("POST", path, files=files).json()["status"] == "ok"
    assert api.call("POST", path, files={"room_ident": (None, ident)}).json()["status"] == "error"


def test_message_is_marked_read(api):
    row = api.get("/chat/messages_history", status="new")["data"]["messages"][0]
    call = {"message_id": row["id"], "room_id": row["room_id"]}
    assert api.post("/chat/mark_message_read", call)["status"] == "ok"
    assert api.post("/chat/mark_message_read", {"message_id": 1})["message"] == "No such room_id"


@pytest.mark.parametrize("body", [
    {"room_ident": "none", "body": "x"}, {"body": "x"}, {"room_ident": ["x"], "body": "x"},
])  # fmt: skip
def test_unknown_room_is_a_chat_error(api, body):
    answer = {"status": "error", "message": "No such room_id"}
    assert api.post("/chat/send_message", body) == answer


def test_too_long_message_is_a_chat_error(api):
    ident = api.get("/chat/rooms")["data"]["rooms"][0]["ident"]
    data = api.post("/chat/send_message", {"room_ident": ident, "body": "x" * 2001})
    assert data["status"] == "error"


def test_chat_can_be_switched_off(make_sim):
    api = Api(make_sim(chat_enabled=False))
    assert api.get("/chat/rooms") == {"status": "error", "message": "Chat is disabled"}
