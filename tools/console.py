"""What the person at the keyboard sees: steps with their time, and failures in one sentence."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time

CAUSE = re.compile(r"(\w*error|\w+: error|fatal|E)\s*:\s*\S|cause:|Caused by:", re.IGNORECASE)
_steps = threading.local()


class Failure(Exception):
    """Something a person has to change; its text says what to do."""


def say(text):
    """Print a line for the person; standard output stays free for the result of a command."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


@contextlib.contextmanager
def step(title, timings=None):
    """Announce a step, show that a long one is alive, and tell how long it took.

    :param list timings: gets a tuple of title and seconds when the step is done
    """
    started = time.monotonic()
    done = threading.Event()
    stack = _steps.__dict__.setdefault("stack", [])
    stack.append(title)
    depth = len(stack)

    def tick():
        while not done.wait(15):
            # Of steps within steps only the innermost reports.
            if len(stack) == depth:
                say(f"  ... {title} ({time.monotonic() - started:.0f} s)")

    say(f"- {title}")
    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        stack.pop()
    seconds = time.monotonic() - started
    if timings is not None:
        timings.append((title, seconds))
    if seconds >= 1:
        say(f"  done in {seconds:.1f} s: {title}")


def run(command, *, hint, log=None, stdin=subprocess.DEVNULL, **kwargs):
    """Run a command and turn its failure into one sentence.

    :param list command: program and arguments
    :param str hint: what to do when it fails
    :param stdin: a file to read from; what is typed or piped in belongs to the command that is
        being prepared
    :param Path log: where its output goes; it is shown in short when the command fails
    :raises Failure: it could not be started or ended with another status than 0
    """
    command = [str(part) for part in command]
    try:
        done = subprocess.run(
            command,
            stdin=stdin,
            capture_output=True,
            text=True,
            check=False,
            errors="replace",
            **kwargs,
        )
    except OSError as error:
        raise Failure(f"{command[0]} could not be started ({error.strerror}). {hint}") from error
    output = done.stdout + done.stderr
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(output)
    if done.returncode:
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        # Some programs end with advice; the cause is the line that says so.
        telling = [line for line in lines if CAUSE.match(line)] or lines
        detail = f": {telling[-1][:300]}" if telling else ""
        where = f" The whole output is in {log}." if log else ""
        raise Failure(f"{os.path.basename(command[0])} failed{detail} - {hint}{where}")
    return done.stdout


def need_disk(folder, gigabytes):
    """Refuse to start what will not fit.

    :raises Failure: too little space
    """
    free = shutil.disk_usage(folder).free / 1e9
    if free < gigabytes:
        raise Failure(
            f"{folder} has {free:.1f} GB free and {gigabytes} GB are needed: free some space and "
            "start again."
        )
