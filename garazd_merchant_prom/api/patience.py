"""An end to waiting.

The time-out of a socket begins anew with each byte, so who sends one now and then could keep a call
for days: while a connection is made safe, in the headers of an answer, and in its body.
"""

import socket
import threading
from contextlib import contextmanager, suppress

import requests
from requests.adapters import HTTPAdapter


class Patience:
    """Shuts the connections of a session when the time of a call is up."""

    def __init__(self):
        self._wait = None

    @contextmanager
    def lasting(self, seconds):
        """Wait so long, and no longer.

        What is cut off looks as if it had come to its end: ask `is_over` of the result.

        :param float seconds: for all that happens meanwhile
        """
        wait = self._wait = _Wait()
        timer = threading.Timer(max(seconds, 0), wait.give_up)
        timer.daemon = True
        timer.start()
        try:
            yield wait
        finally:
            timer.cancel()
            self._wait = None
            wait.close()

    def watch(self, sock):
        """Shut this connection, too."""
        if self._wait and sock:
            self._wait.watch(sock)

    def make_session(self):
        """Return a session whose connections are watched, unless they lead over a proxy.

        It follows no redirects.

        :rtype: requests.Session
        """
        session = _Session()
        for prefix in ("http://", "https://"):
            session.mount(prefix, _WatchedAdapter(self))
        return session


class _Session(requests.Session):
    """Reads no body of a redirect; `requests` does, to its end, also when it is not to follow."""

    def get_redirect_target(self, resp):
        """Override of `requests` to find nothing to follow."""


class _Wait:
    def __init__(self):
        self.is_over = False
        self._lock = threading.Lock()
        self._ends = []

    def watch(self, sock):
        with self._lock:
            # A socket of its own: encryption takes the other one over, and it may be let go of
            # before the answer was read.
            self._ends.append(socket.fromfd(sock.fileno(), sock.family, sock.type))
        if self.is_over:
            self.give_up()

    def give_up(self):
        with self._lock:
            self.is_over = True
            for end in self._ends:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def close(self):
        with self._lock:
            for end in self._ends:
                end.close()
            self._ends = []


class _Watched:
    """Part of a connection: watched while it is made, and whenever it is used again."""

    patience = None

    def _new_conn(self):
        sock = super()._new_conn()
        self.patience.watch(sock)
        return sock

    def getresponse(self, *args, **kwargs):
        self.patience.watch(self.sock)
        return super().getresponse(*args, **kwargs)


class _WatchedAdapter(HTTPAdapter):
    def __init__(self, patience):
        self._traits = {"patience": patience}
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, **kwargs)
        classes = self.poolmanager.pool_classes_by_scheme
        self.poolmanager.pool_classes_by_scheme = {
            scheme: self._watch(pool) for scheme, pool in classes.items()
        }

    def _watch(self, pool):
        connection = type("WatchedConnection", (_Watched, pool.ConnectionCls), self._traits)
        return type("WatchedPool", (pool,), {"ConnectionCls": connection})
