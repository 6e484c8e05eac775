"""Validation of answers against the vendored OpenAPI description."""

import json
import re
from functools import cache, lru_cache
from pathlib import Path

import yaml
from openapi_schema_validator import OAS30Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

_FILE = Path(__file__).with_name("openapi.yaml")
_URI = "urn:prom"


def _widen(node):
    """Let `allOf` + `nullable` accept null.

    OpenAPI 3.0 lets `nullable` work only beside `type`; the description uses it beside `allOf`
    and means the same.
    """
    if isinstance(node, list):
        return [_widen(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {name: _widen(value) for name, value in node.items()}
    if node.get("nullable") and "allOf" in node and "type" not in node:
        return {
            "anyOf": [
                {"allOf": node["allOf"]},
                {"type": "object", "nullable": True, "enum": [None]},
            ]
        }
    return node


@lru_cache(maxsize=1)
def document():
    """Return the description.

    :rtype: dict
    """
    return _widen(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def _registry():
    return Registry().with_resource(_URI, DRAFT4.create_resource(document()))


@cache
def _validator(pointer):
    return OAS30Validator({"$ref": f"{_URI}#{pointer}"}, registry=_registry())


@lru_cache(maxsize=1)
def _templates():
    rows = []
    for path, operations in document()["paths"].items():
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))
        rows.append((path.count("{"), re.compile(pattern + r"\Z"), path, set(operations)))
    return sorted(rows, key=lambda row: row[0])


def documented(method, path):
    """Return the documented path template of a call, None when there is none.

    :rtype: str or None
    """
    for _count, regex, template, methods in _templates():
        if regex.match(path) and method.lower() in methods:
            return template
    return None


def problems(method, path, data):
    """Return what is wrong with a JSON answer, as readable texts.

    :param str method: HTTP method.
    :param str path: path below the base path.
    :param data: decoded answer.
    :rtype: list[str]
    """
    template = documented(method, path)
    if template is None:
        return [f"{method} {path} is not documented"]
    pointer = "/paths/{}/{}/responses/200/content/application~1json/schema".format(
        template.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D"),
        method.lower(),
    )
    return [
        f"{method} {path} at {list(error.absolute_path)}: {error.message[:300]}"
        for error in _validator(pointer).iter_errors(data)
    ]


def check(response, base):
    """Assert that an answer fits the description.

    :param requests.Response response: the answer.
    :param str base: base address of the API.
    """
    path = response.url.removeprefix(base).partition("?")[0]
    kind = response.headers.get("Content-Type", "")
    if response.status_code != 200:
        assert kind.startswith("text/html"), (response.status_code, kind)
        assert "<html" in response.text
        return
    assert kind == "application/json"
    found = problems(response.request.method, path, json.loads(response.content))
    assert not found, "\n".join(found)
