"""How faults spoil an answer that is otherwise right."""

import re
from datetime import datetime, timedelta

from .bombs import bomb
from .exchange import html_page
from .poison import spoilt
from .text import BadParameterError, date_text

_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}")
_LISTS = {"/orders/list": "orders", "/products/list": "products"}
_RECORDS = ("order", "product")


def before(world, request, hits):
    """Apply what happens before a request is worked on.

    :param dict hits: faults that hit it.
    :return: the answer instead of the real one, and whether the call is still carried out.
    :rtype: tuple[Response | None, bool]
    """
    if "token_expired" in hits:
        return html_page(401), False
    if "too_many_requests" in hits:
        return _too_many(world, hits["too_many_requests"]), hits["too_many_requests"]["applied"]
    if "server_error" in hits:
        args = hits["server_error"]
        return html_page(args["status"]), args["applied"]
    if "html_200" in hits:
        return html_page(200), hits["html_200"]["applied"]
    if "redirect" in hits:
        args = hits["redirect"]
        return html_page(args["status"], {"Location": args["to"]}), False
    if "bomb" in hits:
        return bomb(**hits["bomb"]), False
    if "page_shift" in hits:
        _shift(world, request, hits["page_shift"])
    return None, True


def _too_many(world, args):
    headers = {}
    if args["retry_after"] is not None:
        value = str(args["retry_after"])
        if args["http_date"]:
            moment = world.clock.now() + timedelta(seconds=args["retry_after"])
            value = moment.strftime("%a, %d %b %Y %H:%M:%S GMT")
        headers["Retry-After"] = value
    return html_page(429, headers)


def _shift(world, request, args):
    """Change the data between two pages."""
    state = world.state
    products = request.path == "/products/list"
    for number in range(args["count"]):
        if args["change"] == "new":
            state.add_product() if products else state.add_order(("pending",), {})
        elif products:
            state.touch_product(_nth(state.products, number))
        else:
            state.touch(list(state.orders)[number])


def _nth(table, number):
    return table[list(table)[number]]


def trim_batch(request, hits):
    """Take every n-th id out of a batch before it is worked on."""
    args = hits.get("partial_processed")
    if args is None or args["applied"]:
        return
    try:
        data = request.json()
    except BadParameterError:
        # A read, or a batch that is refused as a whole.
        return
    rows = data.get("ids") if isinstance(data, dict) else data
    if isinstance(rows, list):
        del rows[args["every"] - 1 :: args["every"]]
        request.replace_json(data)


def after(world, request, response, hits):
    """Spoil the data of an answer.

    :param dict hits: faults that hit the request.
    """
    data = response.data
    if not isinstance(data, dict):
        return
    args = hits.get("partial_processed")
    if args and args["applied"] and isinstance(data.get("processed_ids"), list):
        data["processed_ids"] = [
            row for number, row in enumerate(data["processed_ids"], 1) if number % args["every"]
        ]
    name = _LISTS.get(request.path) or next(
        (key for key, value in data.items() if isinstance(value, list)), None
    )
    if "truncated_list" in hits and name:
        data[name] = data[name][: -hits["truncated_list"]["drop"] or None]
    if "poison_record" in hits and request.method == "GET":
        _poison(world, data, name, hits["poison_record"]["kind"])
    if "clock_skew" in hits:
        response.data = shift_dates(data, hits["clock_skew"]["seconds"])


def _poison(world, data, name, kind):
    """Put a malformed record first on a page, or spoil the single record that was asked for."""
    if name:
        data[name].insert(0, spoilt(_good_record(world, name, data[name]), kind))
        return
    for key in _RECORDS:
        if isinstance(data.get(key), dict):
            data[key] = spoilt(data[key], kind)


def _good_record(world, name, rows):
    if name == "orders":
        return world.state.order_maker.make(("pending",)).order
    if name == "products":
        return world.state.product_maker.make("poison")
    return rows[0] if rows else {}


def shift_dates(data, seconds):
    """Return a copy of JSON-like data with every full date moved.

    :param float seconds: how far.
    """
    if isinstance(data, dict):
        return {name: shift_dates(value, seconds) for name, value in data.items()}
    if isinstance(data, list):
        return [shift_dates(value, seconds) for value in data]
    if isinstance(data, str) and _DATE.match(data):
        offset = data.endswith("+00:00")
        moment = datetime.fromisoformat(data[:26] + "+00:00") + timedelta(seconds=seconds)
        return date_text(moment, offset)
    return data


def cut(response, hits, base):
    """Spoil the bytes of an answer.

    :return: (body, length to announce).
    :rtype: tuple[bytes, int]
    """
    body = response.encode(base)
    if "content_type" in hits:
        response.content_type = hits["content_type"]["value"]
    if "empty_body" in hits:
        body = b""
    length = len(body)
    if "cut_json" in hits:
        body = body[: int(length * hits["cut_json"]["keep"])]
        if hits["cut_json"]["mode"] == "length":
            length = len(body)
    return body, length
