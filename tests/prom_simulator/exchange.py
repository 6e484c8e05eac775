"""Requests and answers as the routes see them, and Prom's HTML pages (api.md 5)."""

import json
import math
from dataclasses import dataclass, field
from email import message_from_bytes
from http import HTTPStatus
from urllib.parse import parse_qsl

from .text import BadParameterError, language_of, message

JSON_TYPE = "application/json"
HTML_TYPE = "text/html; charset=utf-8"

_PAGE = """<!DOCTYPE html>
<html lang="ru">
<head><meta charset="utf-8"><title>{code} {title}</title></head>
<body><div class="b-page"><h1>{code}</h1><p>{title}</p>
<script>window.dataLayer = [];</script></div></body>
</html>
"""


@dataclass
class Response:
    """An answer; `data` is JSON-like, `body` is used as it is."""

    status: int = 200
    data: object = None
    body: bytes | None = None
    content_type: str = JSON_TYPE
    headers: dict = field(default_factory=dict)

    def encode(self, base):
        """Turn `data` into bytes.

        :param str base: `http://host:port` the client used; pictures point there.
        :rtype: bytes
        """
        if self.body is None:
            text = json.dumps(self.data, ensure_ascii=False)
            self.body = text.replace("http://prom-simulator.invalid", base).encode(
                "utf-8", "replace"
            )
        return self.body


def html_page(status, headers=None):
    """Return one of the portal's HTML pages instead of JSON.

    :param int status: HTTP status.
    :param dict headers: additional headers.
    :rtype: Response
    """
    page = _PAGE.format(code=status, title=HTTPStatus(status).phrase)
    return Response(status, body=page.encode(), content_type=HTML_TYPE, headers=headers or {})


class NotFoundError(Exception):
    """Unknown object: HTML page with 404."""


@dataclass
class Request:
    """A request, its path already without the base path."""

    method: str
    path: str
    raw_query: str
    headers: object
    body: bytes

    def __post_init__(self):
        self.query = dict(parse_qsl(self.raw_query, keep_blank_values=True))
        self.language = language_of(self.headers.get("X-LANGUAGE"))
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        self.token = token.strip() if kind.lower() == "bearer" else None

    def text(self, key, **values):
        """Return an error text in the language of the request.

        :rtype: str
        """
        return message(key, self.language, **values)

    def json(self):
        """Return the decoded body.

        :raises BadParameterError: when it is not JSON.
        """
        try:
            return json.loads(self.body)
        except ValueError:
            raise BadParameterError("bad_json") from None

    def replace_json(self, data):
        """Replace the body."""
        self.body = json.dumps(data).encode()

    def json_object(self):
        """Return the decoded body, an object.

        :rtype: dict
        :raises BadParameterError: when it is something else.
        """
        data = self.json()
        if not isinstance(data, dict):
            raise BadParameterError("bad_json")
        return data

    def form(self):
        """Return the parts of a multipart body.

        :return: name -> (file name or None, content).
        :rtype: dict[str, tuple[str | None, bytes]]
        :raises BadParameterError: when the body is not a form.
        """
        header = f"Content-Type: {self.headers.get('Content-Type', '')}\r\n\r\n"
        mail = message_from_bytes(header.encode() + self.body)
        if not mail.is_multipart():
            raise BadParameterError("bad_parameter", name="Content-Type")
        return {
            part.get_param("name", header="content-disposition"): (
                part.get_filename(),
                part.get_payload(decode=True) or b"",
            )
            for part in mail.get_payload()
        }

    def for_journal(self):
        """Return the body as the journal keeps it: JSON when it is JSON, else text.

        :rtype: object
        """
        if not self.body:
            return None
        try:
            return json.loads(self.body)
        except ValueError:
            return self.body[:2000].decode("utf-8", "replace")

    def integer(self, name, minimum=None):
        """Return an integer query parameter.

        :param str name: parameter.
        :param int minimum: smallest allowed value.
        :rtype: int or None
        :raises BadParameterError: when it is not an integer or too small.
        """
        value = self.query.get(name)
        if value in (None, ""):
            return None
        try:
            number = int(value)
        except ValueError:
            raise BadParameterError("bad_parameter", name=name) from None
        if minimum is not None and number < minimum:
            raise BadParameterError("bad_parameter", name=name)
        return number


def is_int(value):
    """Tell whether a JSON value is an integer (a boolean is not).

    :rtype: bool
    """
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value):
    """Tell whether a JSON value is a number (a boolean is not).

    :rtype: bool
    """
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
