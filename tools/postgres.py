"""PostgreSQL: the embedded one, or the one that PGHOST names."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from .console import Failure, run, step
from .paths import LOCAL, TOOLS
from .python_env import python

# Nobody misses a test database after a power cut.
UNSAFE = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server that answers."""

    host: str
    user: str
    port: str = ""
    password: str = field(default="", repr=False)

    @property
    def environment(self):
        """The variables that PostgreSQL's own programs read."""
        values = {
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
        }
        return os.environ | {key: value for key, value in values.items() if value}

    def psql(self, statement, database="postgres"):
        """Run a statement and return its rows as text."""
        command = [_program("psql"), "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        return run(
            [*command, "-d", database, "-c", statement],
            hint="Look at the PostgreSQL server.",
            env=self.environment,
        ).strip()


def start_server(*, durable=True):
    """Return a running server.

    :param bool durable: False for tests: fast and allowed to lose everything
    :raises Failure: it cannot be started or reached
    """
    if os.environ.get("PGHOST"):
        return _existing_server()
    folder = LOCAL / ("postgres" if durable else "postgres-test")
    first = not (folder / "PG_VERSION").exists()
    if first:
        with step("Setting PostgreSQL up"):
            host = _start_embedded(folder)
            superuser = Server(host, "postgres")
            superuser.psql("CREATE ROLE odoo SUPERUSER LOGIN")
            if not durable:
                for setting in UNSAFE:
                    superuser.psql(f"ALTER SYSTEM SET {setting} = off")
                superuser.psql("SELECT pg_reload_conf()")
    else:
        host = _start_embedded(folder)
        if not Server(host, "postgres").psql("SELECT 1 FROM pg_roles WHERE rolname = 'odoo'"):
            # The first start was interrupted between the two.
            Server(host, "postgres").psql("CREATE ROLE odoo SUPERUSER LOGIN")
    return Server(host, "odoo")


def stop_servers():
    """Stop the embedded servers, if they run."""
    for folder in LOCAL.glob("postgres*"):
        pid_file = folder / "postmaster.pid"
        if pid_file.exists():
            pid = pid_file.read_text().split("\n", 1)[0]
            subprocess.run(["kill", "-INT", pid], check=False, capture_output=True)
            subprocess.run(["tail", f"--pid={pid}", "-f", "/dev/null"], check=False, timeout=30)


def _start_embedded(folder):
    code = run(
        [python(), TOOLS / "embedded_postgres_start.py", folder],
        hint=f"Remove {folder} if it is damaged and start again.",
        log=LOCAL / "logs" / "postgres.log",
    )
    return code.strip().splitlines()[-1]


def _existing_server():
    server = Server(
        os.environ["PGHOST"],
        os.environ.get("PGUSER", "odoo"),
        os.environ.get("PGPORT", ""),
        os.environ.get("PGPASSWORD", ""),
    )
    try:
        version = int(server.psql("SHOW server_version_num"))
    except Failure as error:
        raise Failure(
            f"The PostgreSQL server that PGHOST names ({server.host}) does not answer: {error} "
            "Correct PGHOST, PGPORT, PGUSER and PGPASSWORD, or unset PGHOST."
        ) from error
    if version < 130000:
        raise Failure("The PostgreSQL server that PGHOST names is older than 13: use a newer one.")
    return server


def _program(name):
    found = sorted((LOCAL / "venv").glob(f"lib/python*/site-packages/*/pginstall/bin/{name}"))
    return found[0] if found else Path(name)
