"""Other programs that run for a while: servers and tests. None of them outlives this one."""

import contextlib
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request

from .console import Failure
from .paths import LOGS, ROOT

_running = set()


def run_group(command, *, seconds, **options):
    """Run a command with everything it starts, for a limited time.

    :return: the completed process; its status is None when the time was over
    """
    process = _start(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    try:
        output, _ = process.communicate(timeout=seconds)
        status = process.returncode
    except subprocess.TimeoutExpired:
        stop(process)
        output, status = process.communicate()[0], None
    finally:
        stop(process)
    return subprocess.CompletedProcess(command, status, output)


@contextlib.contextmanager
def running(command, *, log, ready_url, variables=None, seconds=120):
    """Run a server until the block ends.

    :param list command: how it is started
    :param Path log: where its output goes
    :param str ready_url: answers as soon as the server is up
    :raises Failure: it does not come up
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        process = _start(command, stdout=output, stderr=subprocess.STDOUT, env=variables)
    try:
        _wait_until_ready(process, ready_url, log, seconds)
        yield process
    finally:
        stop(process)


def stop(process):
    """End a process and everything it started."""
    try:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=15)
    finally:
        # What is left of its group: browsers, a server that did not listen.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        _running.discard(process)


def stop_all():
    """End everything that runs."""
    for process in list(_running):
        stop(process)


def _start(command, **options):
    # Its own group, so that it ends when we say so and not at the same moment as we do.
    process = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        text=True,
        errors="replace",
        cwd=ROOT,
        start_new_session=True,
        **options,
    )
    _running.add(process)
    return process


def _wait_until_ready(process, url, log, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise Failure(f"The server stopped at once; the reason is at the end of {log}.")
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError:
            return  # it answers
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise Failure(f"The server did not answer within {seconds} s; look into {log}.")
