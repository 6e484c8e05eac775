"""Odoo in the prepared environment: its command line, its configuration, its server."""

import contextlib
import os
import re
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from .console import Failure, run, step
from .lock import locked
from .odoo_source import OdooSource, find_odoo
from .paths import DATA, LOCAL, LOGS, ROOT, TEST_ADDONS, TEST_DATA
from .postgres import Server, start_server
from .processes import running
from .python_env import prepare_python, python


@dataclass(frozen=True)
class Environment:
    """Everything needed to run Odoo."""

    source: OdooSource
    server: Server
    config: Path
    #: Odoo's file store; each server has its own, since their databases have the same names.
    data: Path

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
        program = [str(python())] if self.source.python_path else []
        return [*program, *self.source.arguments, *map(str, arguments)]


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
    data = DATA if durable else TEST_DATA
    config = LOCAL / ("odoo.conf" if durable else "odoo-test.conf")
    _write_config(config, source, server, data)
    return Environment(source, server, config, data)


def _write_config(path, source, server, data):
    addons = [*source.addons, ROOT]
    if any(TEST_ADDONS.glob("*/__manifest__.py")):
        addons.append(TEST_ADDONS)
    options = {
        "db_host": server.host,
        "db_port": server.port,
        "db_user": server.user,
        "db_password": server.password,
        "data_dir": data,
        "addons_path": ",".join(map(str, addons)),
        "http_interface": "127.0.0.1",
        "list_db": True,
    }
    lines = [f"{key} = {value}" for key, value in options.items() if str(value)]
    # Two commands may start at once: never show the other one half a file.
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text("\n".join(["[options]", *lines, ""]))
    draft.replace(path)


def run_odoo(arguments):
    """Become Odoo's own command line: its input, output and exit status."""
    environment = prepare()
    if arguments[:1] == ["shell"]:
        create_missing(environment, database_of(arguments))
    become(environment, arguments)


def become(environment, arguments):
    """Replace this process with Odoo."""
    command = environment.command(*arguments)
    sys.stdout.flush()
    os.execvpe(command[0], command, environment.variables)


def database_of(arguments):
    """Return the name of the database in Odoo's arguments, or None."""
    for word, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if word in ("-d", "--database"):
            return following
        if found := re.fullmatch(r"(?:-d|--database=)(.+)", word):
            return found.group(1)
    return None


def create_missing(environment, database):
    """Create the database with Odoo's base, as Odoo's server does and its shell does not."""
    query = f"SELECT 1 FROM pg_database WHERE datname = '{database}'"
    if not database or environment.server.psql(query):
        return
    with step(f"Creating the database {database}"):
        run(
            environment.command("-d", database, "--stop-after-init", "--no-http"),
            hint="Look at the end of that file.",
            log=LOGS / f"create-{database}.log",
            env=environment.variables,
        )


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
        except PermissionError as error:
            raise Failure(
                f"Port {port} is for root only: choose another port with {variable}=<number>."
            ) from error
        except OSError as error:
            raise Failure(
                f"Port {port} is taken: stop the other program, or choose another port with "
                f"{variable}=<number>."
            ) from error


class RunningOdoo(NamedTuple):
    """A server that answers."""

    url: str
    process: subprocess.Popen


@contextlib.contextmanager
def odoo_server(environment, database, port, *, log, variables=None, options=()):
    """Run Odoo with its scheduled actions on one database.

    :param options: further arguments of Odoo
    :rtype: RunningOdoo
    """
    command = environment.command(
        "-d",
        database,
        f"--db-filter=^{database}$",
        f"--http-port={port}",
        "--max-cron-threads=2",
        *options,
    )
    url = f"http://127.0.0.1:{port}"
    with running(
        command,
        log=log,
        ready_url=f"{url}/web/login",
        # Scheduled actions start when they are woken, not up to a minute later.
        variables=environment.variables | {"ODOO_NOTIFY_CRON_CHANGES": "1"} | (variables or {}),
    ) as process:
        yield RunningOdoo(url, process)


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
