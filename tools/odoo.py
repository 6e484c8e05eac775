"""Odoo in the prepared environment: its command line, its configuration, its server."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from .console import Failure
from .lock import locked
from .odoo_source import OdooSource, find_odoo
from .paths import DATA, LOCAL, LOGS, ROOT, TEST_ADDONS
from .postgres import Server, start_server
from .python_env import prepare_python, python


@dataclass(frozen=True)
class Environment:
    """Everything needed to run Odoo."""

    source: OdooSource
    server: Server
    config: Path

    @property
    def variables(self):
        """The environment variables of Odoo's process."""
        search_path = [str(self.source.python_path or ""), str(ROOT)]
        return self.server.environment | {
            "ODOO_RC": str(self.config),
            "PYTHONPATH": os.pathsep.join(filter(None, search_path)),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def command(self, *arguments):
        """Return the command line that runs Odoo with these arguments."""
        program = [str(self.source.command)]
        if self.source.python_path:
            program.insert(0, str(python()))
        return [*program, *map(str, arguments)]


def prepare(*, durable=True, dev=False):
    """Install what is missing and return what runs Odoo.

    :param bool durable: False for tests, whose databases may be lost
    :param bool dev: the developer's tools too
    :rtype: Environment
    """
    with locked("setup"):
        prepare_python(dev=dev)
        source = find_odoo()
        server = start_server(durable=durable)
    config = LOCAL / ("odoo.conf" if durable else "odoo-test.conf")
    addons = [*source.addons, ROOT] + (
        [TEST_ADDONS] if any(TEST_ADDONS.glob("*/__manifest__.py")) else []
    )
    options = {
        "db_host": server.host,
        "db_port": server.port,
        "db_user": server.user,
        "db_password": server.password,
        "data_dir": DATA,
        "addons_path": ",".join(map(str, addons)),
        "http_interface": "127.0.0.1",
        "list_db": True,
    }
    lines = [f"{key} = {value}" for key, value in options.items() if str(value)]
    text = "\n".join(["[options]", *lines, ""])
    # Two commands may start at once: never show the other one half a file.
    draft = config.with_suffix(f".{os.getpid()}")
    draft.write_text(text)
    draft.chmod(0o600)
    draft.replace(config)
    return Environment(source, server, config)


def run_odoo(arguments):
    """Become Odoo's own command line: its input, output and exit status."""
    environment = prepare()
    command = environment.command(*arguments)
    sys.stdout.flush()
    os.execvpe(command[0], command, environment.variables)


def free_port():
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def need_port(port, variable):
    """Refuse to go on when somebody listens on the port already.

    :param str variable: what the person can set to choose another one
    :raises Failure: it is taken
    """
    with socket.socket() as probe:
        # A server that has just stopped is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Failure(
                f"Port {port} is taken: stop the other program, or choose another port with "
                f"{variable}=<number>."
            ) from error


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
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=variables,
            cwd=ROOT,
            start_new_session=True,
        )
    try:
        _wait_until_ready(process, ready_url, log, seconds)
        yield process
    finally:
        stop(process)


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


def stop(process):
    """End a server and everything it started."""
    for sign in (signal.SIGINT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=15)
            return


@contextlib.contextmanager
def odoo_server(environment, database, port, *, log, variables=None):
    """Run Odoo with its scheduled actions on one database.

    :return: the server's address
    """
    command = environment.command(
        "-d",
        database,
        f"--db-filter=^{database}$",
        f"--http-port={port}",
        "--max-cron-threads=2",
    )
    url = f"http://127.0.0.1:{port}"
    with running(
        command,
        log=log,
        ready_url=f"{url}/web/login",
        # Scheduled actions start when they are woken, not up to a minute later.
        variables=environment.variables | {"ODOO_NOTIFY_CRON_CHANGES": "1"} | (variables or {}),
    ):
        yield url


@contextlib.contextmanager
def prom_simulator(port, token, *, log, options=()):
    """Run the Prom simulator.

    :param options: further arguments of ``python -m tests.prom_simulator``
    :return: the address of its interface
    """
    command = [sys.executable, "-m", "tests.prom_simulator", "--port", port, "--token", token]
    root = f"http://127.0.0.1:{port}"
    with running([*command, *options], log=log, ready_url=f"{root}/_admin/health"):
        yield f"{root}/api/v1"
