"""What can go wrong while talking to Prom.

The text of an error names the endpoint and the reason and is safe to log: it never holds the
token, and of an answer only the error messages Prom wrote. A short excerpt of the answer, which
may hold personal data, is kept beside the text.
"""

_SHOWN_VALUE = 60
_HUGE_BITS = 256


class PromError(Exception):
    """Base of all errors of this package.

    :param str message: what happened, for logs
    :param int | None status: HTTP status, None without an answer
    :param str | None endpoint: method and path, such as `GET /orders/list`
    :param str excerpt: beginning of the answer, without the token
    :param bool repeatable: the same request may be sent again at once without harm: it only
        reads, or it provably was not carried out
    """

    def __init__(self, message, *, status=None, endpoint=None, excerpt="", repeatable=False):
        super().__init__(f"{endpoint}: {message}" if endpoint else message)
        self.status = status
        self.endpoint = endpoint
        self.excerpt = excerpt
        self.repeatable = repeatable


class ConnectionFailed(PromError):
    """No answer: refused, reset, timed out. Whether a write was done is unknown.

    When `repeatable` is true for a write, the request never left.
    """


class _BusyError(PromError):
    def __init__(self, message, *, retry_after=None, **details):
        super().__init__(message, **details)
        self.retry_after = retry_after


class RateLimited(_BusyError):
    """HTTP 429: nothing was done. `retry_after` is in seconds, None when Prom named no time."""


class ServerFailed(_BusyError):
    """HTTP 5xx. Whether a write was done is unknown. `retry_after` as in `RateLimited`."""


class TokenRejected(PromError):
    """HTTP 401 or 403, or a text that cannot be a token: wrong, expired, without permission."""


class NotFound(PromError):
    """A real HTTP 404; nothing else means that an object does not exist."""


class AnswerUnreadable(PromError):
    """HTML instead of JSON, JSON cut in the middle, a redirect, not the documented shape."""


class RequestRejected(PromError):
    """Prom understood the request and refused it: an error in the body, or another HTTP 4xx.

    :param dict[str, str] items: messages by id or field; `error` for the request as a whole
    """

    def __init__(self, items, *, status=None, **details):
        message = "; ".join(
            text if key == "error" else f"{key}: {text}" for key, text in items.items()
        )
        super().__init__(message or f"HTTP {status}", status=status, **details)
        self.items = items


class WriteRefused(PromError):
    """A read-only client was asked to write. Nothing was sent.

    :param Request request: exactly what would have been sent
    """

    def __init__(self, request):
        super().__init__("not sent, this client only reads", endpoint=request.endpoint)
        self.request = request


class SchemaError(PromError, ValueError):
    """A record that cannot be understood.

    :param str path: where, such as `products[2].price`; empty for the record itself
    :param object value: what was found there, None when it was missing
    """

    def __init__(self, path, value=None):
        shown = describe(value)
        super().__init__(f"{path or 'record'}: cannot use {shown}", excerpt=shown)
        self.path = path
        self.value = value


def describe(value):
    """Show a JSON value shortly; of lists and objects only the kind.

    :rtype: str
    """
    if value is None:
        return "a missing value"
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, int) and value.bit_length() > _HUGE_BITS:
        return "a huge number"
    if isinstance(value, str) and len(value) > _SHOWN_VALUE:
        return repr(value[:_SHOWN_VALUE] + "...")
    return repr(value)
