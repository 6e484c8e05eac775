"""An id-ordered table: pages are cut by bisection, nothing is sorted per request (api.md 2)."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import MutableMapping


class Table(MutableMapping):
    """Mapping id -> record that also keeps its ids sorted."""

    def __init__(self, rows=()):
        self._rows = dict(rows)
        self._ids = sorted(self._rows)

    def __getitem__(self, key):
        return self._rows[key]

    def __setitem__(self, key, value):
        if key not in self._rows:
            if self._ids and key > self._ids[-1]:
                self._ids.append(key)
            else:
                insort(self._ids, key)
        self._rows[key] = value

    def __delitem__(self, key):
        del self._rows[key]
        del self._ids[bisect_left(self._ids, key)]

    def __iter__(self):
        return iter(self._ids)

    def __len__(self):
        return len(self._rows)

    def __contains__(self, key):
        return key in self._rows

    def newest(self):
        """Return the highest id, 0 when the table is empty.

        :rtype: int
        """
        return self._ids[-1] if self._ids else 0

    def descending(self, last_id=None, inclusive=True):
        """Iterate over (id, record), newest first.

        :param int last_id: only ids not above this one.
        :param bool inclusive: whether `last_id` itself belongs to the answer.
        """
        end = len(self._ids)
        if last_id is not None:
            find = bisect_right if inclusive else bisect_left
            end = find(self._ids, last_id)
        for position in range(end - 1, -1, -1):
            key = self._ids[position]
            yield key, self._rows[key]

    def ascending(self, last_id=None, inclusive=True, below=False):
        """Iterate over (id, record), oldest first.

        :param int last_id: only ids not below this one (not above it with `below`).
        :param bool inclusive: whether `last_id` itself belongs to the answer.
        :param bool below: keep the ids under `last_id` instead of those over it.
        """
        start, end = 0, len(self._ids)
        if last_id is not None and below:
            end = (bisect_right if inclusive else bisect_left)(self._ids, last_id)
        elif last_id is not None:
            start = (bisect_left if inclusive else bisect_right)(self._ids, last_id)
        for position in range(start, end):
            key = self._ids[position]
            yield key, self._rows[key]
