"""The simulator's clock: a movable "now" whose stamps never repeat."""

import threading
from datetime import datetime, timedelta, timezone


class Clock:
    """Clock that runs on from a chosen moment.

    :param datetime now: aware start; the current time when left out.
    """

    def __init__(self, now=None):
        real = datetime.now(timezone.utc)
        if now is not None and now.tzinfo is None:
            raise ValueError("now must carry a time zone")
        #: The chosen start, exactly: generated dates are relative to it.
        self.start = now or real
        self._offset = self.start - real
        self._last = None
        self._lock = threading.Lock()

    def now(self):
        """Return the current moment.

        :rtype: datetime
        """
        return datetime.now(timezone.utc) + self._offset

    def stamp(self):
        """Return the current moment, strictly later than every earlier stamp.

        :rtype: datetime
        """
        with self._lock:
            moment = self.now()
            if self._last is not None and moment <= self._last:
                moment = self._last + timedelta(microseconds=1)
            self._last = moment
            return moment

    def advance(self, seconds):
        """Move the clock.

        :param float seconds: how far; negative moves it back.
        """
        self._offset += timedelta(seconds=seconds)
