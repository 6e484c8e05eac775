"""Imports of a price list: Prom's JSON as immutable, typed values.

Nothing here refuses an import's status: what cannot be understood is left out, so that one strange
word never hides the report about thousands of products.
"""

import re
from dataclasses import dataclass, field, replace

from . import const, text
from .answers import flatten
from .errors import SchemaError
from .reader import Reader

_IMPORT_ID = re.compile(r"[0-9a-f]{24}", re.IGNORECASE)
#: How an error of the report names its product, from the surest to the vaguest.
_SELLER_KEYS = ("offer", "offer_id", "external_id", "identifier")
_PROM_KEYS = ("product_id", "id")
_SKU_KEYS = ("sku", "vendor_code", "vendorCode", "article")
_NAME_KEYS = ("name", "product_name", "title")
_NAMING_KEYS = frozenset((*_SELLER_KEYS, *_PROM_KEYS, *_SKU_KEYS, *_NAME_KEYS))
#: What an entry says about its product; an object without any of this has products as its keys.
_TELLING_KEYS = frozenset(
    {"message", "error", "errors", "text", "reason", "code", "url", "http_status", "status"}
)
_KEYS = _NAMING_KEYS | _TELLING_KEYS
#: Spellings of a counter; the first is the right one, the second that of the documentation.
_COUNTER_KEYS = {"not_in_file": ("not_in_file", "not_in_fle")}
_DEPTH = 4


def parse_import_id(value):
    """Read the identifier of an import: 24 hexadecimal characters live, a number in the document.

    :rtype: str
    :raises ValueError: for anything else
    """
    if isinstance(value, str) and _IMPORT_ID.fullmatch(value):
        return value
    return text.parse_id(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProblem:
    """One line of an import's report. Of the product it may name several things, or nothing.

    `stage` is a key of `const.IMPORT_STAGES` or another word of Prom. `external_id` is the
    seller's identifier (the offer's), `product_id` Prom's own.
    """

    stage: str
    message: str
    external_id: str | None = None
    product_id: str | None = None
    sku: str | None = None
    name: str | None = None

    @classmethod
    def from_entry(cls, stage, value):
        """Read one entry of a stage: a text, or an object."""
        if not isinstance(value, dict):
            return cls(stage=stage, message=flatten(value))

        def first(keys):
            found = (flatten(value.get(key), 0) for key in keys)
            return next(filter(None, found), None)

        rest = {key: item for key, item in value.items() if key not in _NAMING_KEYS}
        message = flatten(rest.pop("message", "") or rest.pop("error", ""))
        return cls(
            stage=stage,
            message="; ".join(filter(None, (message, flatten(rest)))),
            external_id=first(_SELLER_KEYS),
            product_id=first(_PROM_KEYS),
            sku=first(_SKU_KEYS),
            name=first(_NAME_KEYS),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportStatus:
    """How far an import has come, as Prom says. Early answers are wrong: see `const`.

    `status` is in capitals, None when it is missing. `counters` has every name of
    `const.IMPORT_COUNTERS`, 0 where nothing was told.
    """

    status: str | None
    counters: dict
    problems: tuple[ImportProblem, ...]
    message: str
    extra: dict = field(default_factory=dict, repr=False)

    @classmethod
    def from_json(cls, data, path=""):
        """Read the answer about an import."""
        reader = Reader(data, path)
        try:
            status = reader.text("status")
        except SchemaError:
            status = None
        errors = data.get("errors")
        message = flatten(data.get("message")) or flatten(data.get("error"))
        known = {"status", "errors", "error", "message", *const.IMPORT_COUNTERS, "not_in_fle"}
        return cls(
            status=status and status.upper(),
            counters={name: _counter(data, name) for name in const.IMPORT_COUNTERS},
            problems=tuple(_problems(errors)),
            message=message,
            extra={key: value for key, value in data.items() if key not in known},
        )


def _counter(data, name):
    """Return a counter, also when it came as text; what is no number counts nothing."""
    for key in _COUNTER_KEYS.get(name, (name,)):
        try:
            value = text.parse_decimal(data.get(key))
        except ValueError:
            continue
        if 0 < value <= const.MAX_COUNTER:
            return int(value)
    return 0


def _problems(errors, stage="other", depth=_DEPTH):
    """Yield the lines of a report: stage -> entries, or a list of such objects."""
    if errors in (None, False, "", [], {}):
        return
    if isinstance(errors, list) and depth:
        for item in errors:
            yield from _problems(item, stage, depth - 1)
    elif isinstance(errors, dict) and depth and not const.IMPORT_STAGES.isdisjoint(errors):
        for key, value in errors.items():
            yield from _problems(value, str(key), depth - 1)
    elif isinstance(errors, dict) and stage in const.IMPORT_STAGES and _KEYS.isdisjoint(errors):
        yield from _problems_by_product(errors, stage)
    else:
        problem = ImportProblem.from_entry(stage, errors)
        if problem.message or problem.external_id or problem.product_id or problem.sku:
            yield problem


def _problems_by_product(errors, stage):
    """Yield the lines of a stage that says: product -> entry, or a list of them."""
    for key, value in errors.items():
        for entry in value if isinstance(value, list) else [value]:
            problem = ImportProblem.from_entry(stage, entry)
            if problem.message:
                yield replace(problem, external_id=problem.external_id or flatten(key))
