"""Only one command at a time installs things; the others wait for it."""

import contextlib
import fcntl
import os

from .console import say
from .paths import LOCAL

_held = set()


@contextlib.contextmanager
def locked(name):
    """Hold a lock of the project folder for the length of the block; a nested one is free.

    :param str name: what is locked, for example ``setup``
    """
    if name in _held:
        yield
        return
    LOCAL.mkdir(exist_ok=True)
    handle = os.open(LOCAL / f"{name}.lock", os.O_CREAT | os.O_RDWR, 0o666)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another command is at work here; waiting for it.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        _held.add(name)
        yield
    finally:
        _held.discard(name)
        os.close(handle)
