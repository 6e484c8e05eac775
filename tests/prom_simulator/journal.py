"""What happened: every request the simulator answered and every write it applied."""

import threading
from dataclasses import asdict, dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase


@dataclass
class Exchange:
    """One request. `status` is None when the connection was dropped without an answer."""

    time: datetime
    method: str
    path: str
    query: dict
    body: object
    token: str | None
    language: str
    status: int | None = None
    faults: list[str] = field(default_factory=list)

    def as_json(self):
        """Return a JSON-like copy; the token is cut to its last characters.

        :rtype: dict
        """
        token = f"...{self.token[-4:]}" if self.token else None
        return {**asdict(self), "time": self.time.isoformat(), "token": token}


@dataclass
class Write:
    """One applied change of one object."""

    time: datetime
    path: str
    model: str
    id: object
    changes: dict

    def as_json(self):
        """Return a JSON-like copy.

        :rtype: dict
        """
        return {**asdict(self), "time": self.time.isoformat()}


class Journal:
    """Thread-safe list of exchanges and writes."""

    def __init__(self):
        self._lock = threading.Lock()
        self._requests = []
        self._writes = []

    def record(self, exchange):
        """Append a request; its status is filled in when the answer leaves."""
        with self._lock:
            self._requests.append(exchange)

    def wrote(self, write):
        """Append an applied change."""
        with self._lock:
            self._writes.append(write)

    def requests(self, path=None, method=None):
        """Return the requests so far.

        :param str path: pattern such as `/orders/*`, without the base path.
        :param str method: HTTP method.
        :rtype: list[Exchange]
        """
        with self._lock:
            rows = list(self._requests)
        return [
            row
            for row in rows
            if (path is None or fnmatchcase(row.path, path))
            and (method is None or row.method == method.upper())
        ]

    def writes(self, model=None, path=None):
        """Return the applied changes so far.

        :param str model: `order`, `product`, `group`, `message`, `chat`, `import`.
        :param str path: pattern of the call that made the change.
        :rtype: list[Write]
        """
        with self._lock:
            rows = list(self._writes)
        return [
            row
            for row in rows
            if (model is None or row.model == model)
            and (path is None or fnmatchcase(row.path, path))
        ]

    def clear_requests(self):
        """Forget the requests; what was applied stays known."""
        with self._lock:
            self._requests.clear()

    def clear(self):
        """Forget everything."""
        with self._lock:
            self._requests.clear()
            self._writes.clear()
