"""Site questions and a minimal chat (api.md 14)."""

import re

from .exchange import NotFoundError, is_int
from .paging import cut_page, date_ranges
from .routes_orders import find_order, ids_of, result
from .routing import Route
from .seed_talk import chat_date
from .text import BadParameterError

_STATUSES = ("unread", "read", "deleted")
_MAX_BODY = 2000


def messages_list(world, request):
    """GET /messages/list."""
    status = request.query.get("status")
    if status and status not in _STATUSES:
        raise BadParameterError("bad_parameter", name="status")
    dates = date_ranges(request, (("date", "date_created"),))
    if dates is None:
        return {"messages": []}

    def wanted(row):
        return (not status or row["status"] == status) and dates(row)

    return {"messages": cut_page(world.state.messages, request, world.options, wanted)}


def message_detail(world, _request, message_id):
    """GET /messages/{id}."""
    row = world.state.messages.get(message_id)
    if row is None:
        raise NotFoundError
    return {"message": row}


def messages_set_status(world, request):
    """POST /messages/set_status."""
    data = request.json_object()
    status = data.get("status")
    if status not in _STATUSES:
        raise BadParameterError("bad_parameter", name="status")
    done, errors = [], {}
    for key in ids_of(data):
        row = world.state.messages.get(key)
        if row is None:
            errors[str(key)] = request.text("bad_value")
            continue
        row["status"] = status
        world.wrote(request, "message", key, {"status": status})
        done.append(key)
    return result(done, errors)


def messages_reply(world, request):
    """POST /messages/reply."""
    data = request.json_object()
    key, text = data.get("id"), data.get("message")
    if not isinstance(text, str) or not text.strip():
        raise BadParameterError("required", name="message")
    row = world.state.messages.get(key) if is_int(key) else None
    if row is None:
        return result([], {str(key): request.text("bad_value")})
    row["status"] = "read"
    world.wrote(request, "message", key, {"reply": text})
    return result([key], {})


class ChatError(Exception):
    """A chat call is refused: HTTP 200 with `status: error` and a message."""


def _chat(handler):
    """Wrap a chat call: refusals and the switched-off chat."""

    def wrapped(world, request):
        if not world.options.chat_enabled:
            return {"status": "error", "message": "Chat is disabled"}
        try:
            return handler(world, request)
        except ChatError as error:
            return {"status": "error", "message": str(error)}

    wrapped.__doc__ = handler.__doc__
    return wrapped


def _window(request, rows, maximum):
    """Cut a page by `limit` and `offset`; dates go by `sort`."""
    limit = min(request.integer("limit", minimum=1) or 20, maximum)
    offset = request.integer("offset", minimum=0) or 0
    rows = sorted(
        rows, key=lambda row: row["date_sent"], reverse=request.query.get("sort") == "desc"
    )
    return rows[offset : offset + limit]


@_chat
def rooms(world, request):
    """GET /chat/rooms."""
    status = request.query.get("status") or "active"
    rows = [row for row in world.state.rooms.values() if row["status"] == status]
    page = [
        {name: value for name, value in row.items() if name != "_messages"}
        for row in _window(request, rows, 20)
    ]
    return {"status": "ok", "data": {"rooms": page}}


@_chat
def messages_history(world, request):
    """GET /chat/messages_history."""
    ident, status = request.query.get("room_ident"), request.query.get("status")
    if ident and ident not in world.state.rooms:
        raise ChatError("No such room_id")
    rows = [
        row
        for room in world.state.rooms.values()
        if not ident or room["ident"] == ident
        for row in room["_messages"]
        if not status or row["status"] == status
    ]
    return {"status": "ok", "data": {"messages": _window(request, rows, 100)}}


def _find_room(world, fields):
    """Return a room by `room_ident`, else by `user_id`."""
    ident, user = fields.get("room_ident"), fields.get("user_id")
    if not ident and user:
        ident = f"{user}_{world.options.company_id}_buyer"
    room = world.state.rooms.get(ident) if isinstance(ident, str) else None
    if room is None:
        raise ChatError("No such room_id")
    return room


def _say(world, request, room, kind, body, **extra):
    """Append a message of the company and answer with its id in both places seen."""
    if body and len(body) > _MAX_BODY:
        raise ChatError("Message is too long")
    ids = [row["id"] for one in world.state.rooms.values() for row in one["_messages"]]
    row = {
        "id": max(ids, default=640_000_000) + 1,
        "room_id": room["id"],
        "room_ident": room["ident"],
        "body": body,
        "date_sent": chat_date(world.clock.stamp()),
        "date_edited": None,
        "type": kind,
        "status": "new",
        "context_item_id": None,
        "context_item_image_url": None,
        "context_item_type": None,
        "attachments": None,
        "user_name": "Shop",
        "user_ident": f"{world.options.company_id}_company",
        "user_phone": None,
        "buyer_client_id": room["buyer_client_id"],
        "is_sender": True,
        **extra,
    }
    room["_messages"].append(row)
    room.update(last_message_id=row["id"], date_sent=row["date_sent"])
    world.wrote(request, "chat", room["ident"], {"body": body, **extra})
    answer = {"message_id": row["id"], "room_ident": room["ident"]}
    return {"status": "ok", **answer, "data": answer}


@_chat
def send_message(world, request):
    """POST /chat/send_message."""
    data = request.json_object()
    body = data.get("body")
    if not isinstance(body, str) or not body.strip():
        raise ChatError("body is required")
    return _say(world, request, _find_room(world, data), "message", body)


@_chat
def send_file(world, request):
    """POST /chat/send_file and /chat/send_attachments: the files are only named."""
    form = request.form()
    fields = {name: value[1].decode("utf-8", "replace") for name, value in form.items()}
    files = [
        {
            "attachment_uid": f"{number}",
            "attachment_name": value[0],
            "attachment_size": len(value[1]),
        }
        for number, value in enumerate(form.values(), 1)
        if value[0]
    ]
    if not files:
        raise ChatError("file is required")
    room = _find_room(world, fields)
    return _say(world, request, room, "attachment", None, attachments=files)


@_chat
def mark_message_read(world, request):
    """POST /chat/mark_message_read."""
    data = request.json_object()
    room_id, message_id = data.get("room_id"), data.get("message_id")
    for room in world.state.rooms.values():
        if room_id is not None and str(room_id) not in (room["id"], room["ident"]):
            continue
        for row in room["_messages"]:
            if row["id"] == message_id:
                row["status"] = "read"
                world.wrote(request, "chat", room["ident"], {"read": message_id})
                return {"status": "ok", "data": {"message_id": message_id}}
    raise ChatError("No such room_id")


@_chat
def send_order_context(world, request):
    """POST /chat/send_order_context: creates the room when there is none."""
    form = request.form()
    number = form.get("order_id", (None, b""))[1].decode("utf-8", "replace")
    order = find_order(world, int(number)) if re.fullmatch(r"\d{1,18}", number) else None
    if order is None:
        raise ChatError("Order not found")
    client = order.get("client_id")
    room = next(
        (row for row in world.state.rooms.values() if client and row["buyer_client_id"] == client),
        None,
    )
    if room is None:
        user = 92_000_000 + len(world.state.rooms)
        ident = f"{user}_{world.options.company_id}_buyer"
        room = world.state.rooms[ident] = {
            "id": str(4100 + len(world.state.rooms)),
            "ident": ident,
            "date_sent": chat_date(world.clock.now()),
            "status": "active",
            "last_message_id": None,
            "buyer_client_id": client,
            "_messages": [],
        }
    body = form.get("body", (None, b""))[1].decode("utf-8", "replace")
    answer = _say(
        world,
        request,
        room,
        "context",
        body,
        context_item_id=order["id"],
        context_item_type="order",
    )
    answer["context_message_id"] = answer["message_id"]
    return answer


ROUTES = (
    Route("GET", "/messages/list", "messages", messages_list),
    Route("GET", "/messages/{id}", "messages", message_detail),
    Route("POST", "/messages/set_status", "messages", messages_set_status),
    Route("POST", "/messages/reply", "messages", messages_reply),
    Route("GET", "/chat/rooms", "chat", rooms),
    Route("GET", "/chat/messages_history", "chat", messages_history),
    Route("POST", "/chat/send_message", "chat", send_message),
    Route("POST", "/chat/send_file", "chat", send_file),
    Route("POST", "/chat/send_attachments", "chat", send_file),
    Route("POST", "/chat/mark_message_read", "chat", mark_message_read),
    Route("POST", "/chat/send_order_context", "chat", send_order_context),
)
