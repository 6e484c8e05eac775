"""Only one command at a time installs things or uses a database; the others wait for it."""

import collections
import contextlib
import fcntl
import os
import threading

from .console import Failure, say
from .paths import LOCAL

_thread_locks = collections.defaultdict(threading.Lock)
_mine = threading.local()


@contextlib.contextmanager
def locked(name, *, busy=None):
    """Hold a lock of the project folder for the length of the block; a nested one is free.

    :param str name: what is locked, for example ``setup``
    :param str busy: what to say instead of waiting when another command holds the lock
    :raises Failure: another command holds it and `busy` is given
    """
    held = _mine.__dict__.setdefault("held", set())
    if name in held:
        yield
        return
    with _thread_locks[name]:
        handle = _open(LOCAL / f"{name}.lock")
        try:
            _acquire(handle, busy)
            held.add(name)
            yield
        finally:
            held.discard(name)
            os.close(handle)


def _open(path):
    try:
        path.parent.mkdir(exist_ok=True)
        return os.open(path, os.O_CREAT | os.O_RDWR, 0o644)
    except PermissionError as error:
        raise Failure(
            f"{LOCAL} belongs to another user: start as that user, or remove the folder."
        ) from error


def _acquire(handle, busy):
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        if busy:
            raise Failure(busy) from error
        say("Another command is at work here; waiting for it.")
        fcntl.flock(handle, fcntl.LOCK_EX)
