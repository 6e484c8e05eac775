"""Reading Prom's answers: HTTP 200 proves nothing, only the body does."""

import json
import math
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from . import const, text

_MAX_NUMBER_LENGTH = 400
_MAX_MESSAGE = 1000


def decode(content):
    """Turn an answer's text into JSON that can be stored.

    Numbers that JSON does not have (`NaN`, 1e999) are kept as text, so that they spoil one record
    and not the page.

    :param str content: the whole answer
    :rtype: dict
    :raises ValueError: for anything but a JSON object
    """
    try:
        data = json.loads(content, parse_int=_integer, parse_float=_float, parse_constant=str)
        data = text.clean_json(data)
    except RecursionError as err:
        raise ValueError("nested too deep") from err
    if not isinstance(data, dict):
        raise ValueError("not an object")  # noqa: TRY004 - one error for all bad answers
    return data


def _integer(digits):
    return int(digits) if len(digits) < _MAX_NUMBER_LENGTH else digits


def _float(digits):
    number = float(digits)
    return number if math.isfinite(number) else digits


def rejections(data):
    """Return the messages of `error`, `errors` and `status: error`, by id or field.

    :param dict data: an answer
    :return: empty when the answer reports no error; the key `error` is the whole request
    :rtype: dict[str, str]
    """
    errors = data.get("errors")
    items = errors if isinstance(errors, dict) else {"error": errors}
    messages = {str(key): flatten(value) for key, value in items.items()}
    whole = "; ".join(filter(None, (flatten(data.get("error")), messages.get("error"))))
    messages = {key: message for key, message in messages.items() if message}
    if whole:
        messages["error"] = whole
    if not messages and str(data.get("status")).lower() == "error":
        messages["error"] = flatten(data.get("message")) or "error"
    return messages


def flatten(value, depth=3):
    """Turn an error value (text, list, field -> messages) into one readable line.

    :rtype: str
    """
    if value in (None, False, "", [], {}):
        return ""
    if depth and isinstance(value, list):
        parts = (flatten(item, depth - 1) for item in value)
        return ", ".join(filter(None, parts))[:_MAX_MESSAGE]
    if depth and isinstance(value, dict):
        parts = ((key, flatten(item, depth - 1)) for key, item in value.items())
        return "; ".join(f"{key}: {part}" for key, part in parts if part)[:_MAX_MESSAGE]
    return " ".join(str(value).split())[:_MAX_MESSAGE]


def retry_after(headers):
    """Return how long an answer asks to wait.

    :param headers: of the answer; a date is counted from the server's own `Date`
    :return: seconds, None when the header is missing or unreadable
    :rtype: float | None
    """
    value = (headers.get("Retry-After") or "").strip()
    if value.isascii() and value.isdigit():
        seconds = float(value[:12])
    else:
        until, now = _http_date(value), _http_date(headers.get("Date"))
        if until is None:
            return None
        seconds = (until - (now or datetime.now(timezone.utc))).total_seconds()
    return min(max(seconds, 0.0), const.MAX_RETRY_AFTER)


def _http_date(value):
    try:
        moment = parsedate_to_datetime(value or "")
    except (TypeError, ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of each item of a write.

    `confirmed` are the asked ids that Prom reports as processed and does not complain about;
    `errors` holds messages by asked id. An id in neither needs a read-back. `vague` are those in
    `errors` that Prom does not name: its message is about the call, maybe for the sake of another.
    """

    confirmed: frozenset
    errors: dict
    vague: frozenset = frozenset()
    raw: dict = field(repr=False)

    def unconfirmed(self, asked):
        """Return the ids, as text and in the given order, that were not confirmed.

        :rtype: tuple[str, ...]
        """
        return tuple(str(item) for item in asked if str(item) not in self.confirmed)


def verdict(data, asked):
    """Judge the answer to a write, item by item.

    :param dict data: the answer
    :param asked: ids that were sent
    :rtype: Verdict
    """
    asked = [str(item) for item in asked]
    processed = data.get("processed_ids")
    processed = {_as_text(item) for item in processed} if isinstance(processed, list) else set()
    messages = rejections(data)
    errors = {item: messages.pop(item) for item in dict.fromkeys(asked) if item in messages}
    confirmed = frozenset(item for item in asked if item in processed and item not in errors)
    whole = messages.pop("error", "")
    whole = flatten([whole, messages])
    vague = frozenset()
    if whole:
        vague = frozenset(asked) - confirmed - errors.keys()
        rest = (item for item in asked if item not in confirmed)
        errors = {**dict.fromkeys(rest, whole), **errors}
    return Verdict(confirmed=confirmed, errors=errors, vague=vague, raw=data)


def _as_text(value):
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
