"""Faults to order: what the network and the server do on a bad day (api.md 5).

A fault waits for matching requests: it skips the first `after` of them and then hits `times` of
them (`None` = until cleared), or of those only a `share` by chance. Several faults may hit the same
request.
"""

import random
import threading
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

#: name -> (arguments with their defaults, what it does)
FAULTS = {
    "latency": ({"seconds": 1.0}, "wait before answering"),
    "too_many_requests": (
        {"retry_after": None, "http_date": False, "applied": False},
        "429; Retry-After in seconds or, with http_date, as an HTTP date that far ahead",
    ),
    "server_error": ({"status": 502, "applied": False}, "500, 502 or 503 with an HTML page"),
    "refuse": ({}, "close the connection at accept, or a kept one when a request comes"),
    "reset": (
        {"at": "headers", "applied": True},
        "RST while the 'headers' or in the middle of the 'body' are sent",
    ),
    "cut_json": (
        {"mode": "length", "keep": 0.5},
        "cut answer: Content-Length fits the cut text ('length') or the full one ('premature')",
    ),
    "html_200": ({"applied": False}, "HTML page with 200"),
    "redirect": ({"to": "/", "status": 302}, "the answer leads to another address"),
    "bomb": (
        {"kind": "gzip", "megabytes": 40},
        "a file that grows: 'gzip' on its way, 'zip' in a workbook, 'entities' in XML; or 'huge'",
    ),
    "content_type": ({"value": "text/html; charset=utf-8"}, "right JSON, wrong Content-Type"),
    "empty_body": ({"applied": True}, "200 without a body"),
    "answer_lost": ({}, "the call is applied, the connection closes without an answer"),
    "partial_processed": (
        {"every": 2, "applied": False},
        "every n-th id of a batch is left out silently (not applied, or applied all the same)",
    ),
    "truncated_list": ({"drop": 1}, "the last `drop` records of a page are missing"),
    "page_shift": (
        {"change": "new", "count": 1},
        "before a page with last_id: 'new' records appear or the oldest ones are 'touch'-ed",
    ),
    "token_expired": ({}, "401 page although the token is good"),
    "clock_skew": (
        {"seconds": 3600.0},
        "Date header and date_created, date_modified of the answer are shifted",
    ),
    "poison_record": (
        {"kind": "no_lines_null"},
        "the page carries a malformed record first",
    ),
}

#: Where pictures lie; a fault that is to hit them names it.
MEDIA = "/media/"


@dataclass
class Fault:
    """An ordered fault; `seen` counts matching requests, `hits` those it spoilt."""

    name: str
    path: str = "*"
    method: str = "*"
    times: int | None = 1
    after: int = 0
    share: float = 1.0
    args: dict = field(default_factory=dict)
    seen: int = 0
    hits: int = 0

    def matches(self, method, path):
        """Tell whether a request is one this fault waits for."""
        return fnmatchcase(path, self.path) and self.method in ("*", method)

    def take(self, chance=0.0):
        """Count a matching request and tell whether the fault hits it.

        :param float chance: from 0 on, less than 1.
        """
        self.seen += 1
        if self.seen <= self.after or (self.times is not None and self.hits >= self.times):
            return False
        if chance >= self.share:
            return False
        self.hits += 1
        return True

    def as_json(self):
        """Return a JSON-like copy.

        :rtype: dict
        """
        return dict(vars(self))


class Faults:
    """The ordered faults; thread-safe."""

    def __init__(self):
        self._lock = threading.Lock()
        self._faults = []
        # The same luck in every run that asks the same.
        self._chance = random.Random(1)

    def add(self, name, path="*", method="*", times=1, after=0, share=1.0, **args):
        """Order a fault.

        :param str name: key of FAULTS.
        :param str path: pattern such as `/orders/*`, without the base path.
        :param str method: HTTP method or `*`.
        :param int times: how many matching requests to hit; None = until cleared.
        :param int after: matching requests to let pass first.
        :param float share: of the others, by chance, hit only so many: 0.05 is every twentieth.
        :param args: arguments of the fault, see FAULTS.
        :return: the fault, with its counters.
        :rtype: Fault
        :raises ValueError: for an unknown name or argument.
        """
        if name not in FAULTS:
            raise ValueError(f"unknown fault {name}; known: {', '.join(FAULTS)}")
        defaults = FAULTS[name][0]
        unknown = set(args) - set(defaults)
        if unknown:
            raise ValueError(f"fault {name} takes {sorted(defaults)}, not {sorted(unknown)}")
        fault = Fault(name, path, method.upper(), times, after, share, {**defaults, **args})
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self, name=None):
        """Drop all faults, or those of one name."""
        with self._lock:
            self._faults = [
                fault for fault in self._faults if name is not None and fault.name != name
            ]

    def all(self):
        """Return the ordered faults, spent ones included.

        :rtype: list[Fault]
        """
        with self._lock:
            return list(self._faults)

    def hit(self, method, path, query):
        """Return the faults that hit a request, by name.

        :param str method: HTTP method.
        :param str path: path below the base path.
        :param dict query: its query; `page_shift` waits for a `last_id`.
        :rtype: dict[str, dict]
        """
        with self._lock:
            hits = {}
            for fault in self._faults:
                waits = fault.name != "page_shift" or "last_id" in query
                if path.startswith(MEDIA) and not fault.path.startswith(MEDIA):
                    continue
                if waits and fault.matches(method, path) and fault.take(self._chance.random()):
                    hits[fault.name] = fault.args
            return hits

    def refuses_connection(self):
        """Tell whether a new connection is closed at accept: a `refuse` for every path.

        Only requests count for `after`; a connection that is let through does not.

        :rtype: bool
        """
        with self._lock:
            return any(
                fault.name == "refuse"
                and (fault.path, fault.method) == ("*", "*")
                and fault.seen >= fault.after
                and fault.take()
                for fault in self._faults
            )
