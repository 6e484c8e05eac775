"""PostgreSQL: the embedded one, or the one that PGHOST names."""

import os
import shutil
import signal
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from .console import Failure, run, say, step
from .lock import locked
from .paths import LOCAL, LOGS, TOOLS, VENV
from .python_env import python

DURABLE = LOCAL / "postgres"
FAST = LOCAL / "postgres-test"
# Copied the quick way, a sequence can go back when the server crashes soon after, and new rows get
# numbers that are taken already.
SAFE_COPY = "STRATEGY FILE_COPY"
# Nobody misses a test database after a power cut.
UNSAFE = ("fsync", "synchronous_commit", "full_page_writes")
OLDEST = 13
LOCK_FILES = ("postmaster.pid", ".s.PGSQL.5432.lock")
# Seconds that a server may need to repair itself after a power cut.
RECOVERY = 180


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server that answers."""

    host: str
    user: str
    port: str = ""
    password: str = field(default="", repr=False)
    #: What follows CREATE DATABASE .. TEMPLATE ..
    copy_options: str = ""

    @property
    def environment(self):
        """The variables that PostgreSQL's own programs read."""
        values = {
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            # Odoo calls pg_dump and others, which must not be older than the server.
            "PATH": os.pathsep.join(filter(None, [str(_programs() or ""), os.environ["PATH"]])),
        }
        return os.environ | {key: value for key, value in values.items() if value}

    def psql(self, statement, database="postgres"):
        """Run a statement and return its rows as text."""
        command = ["psql", "-X", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1"]
        return run(
            [*command, "-d", database, "-c", statement],
            hint=f"Look at the PostgreSQL server ({self.host}).",
            env=self.environment,
        ).strip()


def start_server(*, durable=True):
    """Return a running server.

    :param bool durable: False for tests: fast and allowed to lose everything
    :raises Failure: it cannot be started or reached
    """
    if os.environ.get("PGHOST"):
        return _existing_server()
    folder = DURABLE if durable else FAST
    with locked("setup"):
        # Says that the set-up came to its end; the server's own files say so too early.
        stamp = folder.with_name(f"{folder.name}.complete")
        if not stamp.exists():
            _set_up(folder)
            stamp.touch()
        options = SAFE_COPY if durable else ""
        return Server(_start_embedded(folder), "odoo", copy_options=options)


def stop_servers():
    """Stop the embedded servers, if they run."""
    for folder in (DURABLE, FAST):
        pid = _running_pid(folder)
        if not pid:
            continue
        os.kill(pid, signal.SIGINT)
        end = time.monotonic() + 30
        while _running_pid(folder) and time.monotonic() < end:
            time.sleep(0.1)
        if _running_pid(folder):
            say(f"PostgreSQL in {folder} does not stop; it is ended the hard way.")
            os.kill(pid, signal.SIGKILL)


def _set_up(folder):
    with step("Setting PostgreSQL up"):
        if folder.exists() and not _is_usable(folder):
            aside = folder.with_name(f"{folder.name}.interrupted")
            say(f"  An interrupted set-up left {folder.name}; it goes to {aside.name}.")
            shutil.rmtree(aside, ignore_errors=True)
            folder.rename(aside)
        superuser = Server(_start_embedded(folder), "postgres")
        if not superuser.psql("SELECT 1 FROM pg_roles WHERE rolname = 'odoo'"):
            superuser.psql("CREATE ROLE odoo SUPERUSER LOGIN")
        if folder == FAST:
            for setting in UNSAFE:
                superuser.psql(f"ALTER SYSTEM SET {setting} = off")
            superuser.psql("SELECT pg_reload_conf()")


def _is_usable(folder):
    """Tell whether an interrupted set-up left a cluster that works."""
    try:
        Server(_start_embedded(folder), "postgres").psql("SELECT 1")
    except Failure:
        return False
    return True


def _start_embedded(folder):
    """Start the server unless it runs, and return the folder of its socket."""
    _forget_stale_pids(folder)
    environment = dict(os.environ)
    if not os.access(environment.get("XDG_RUNTIME_DIR", "/"), os.W_OK):
        # After `su` it is still the folder of the user before.
        environment.pop("XDG_RUNTIME_DIR", None)
    end = time.monotonic() + RECOVERY
    told = False
    while True:
        try:
            output = run(
                [python(), TOOLS / "embedded_postgres_start.py", folder],
                hint=f"Look at {folder / 'log'} and start again.",
                log=LOGS / "postgres.log",
                env=environment,
            )
        except Failure:
            if not _is_recovering(folder) or time.monotonic() > end:
                raise
            if not told:
                say("  PostgreSQL was not stopped cleanly and repairs itself; waiting for it.")
                told = True
            time.sleep(1)
        else:
            return output.strip().splitlines()[-1]


def _forget_stale_pids(folder):
    """Remove lock files whose process number another program has got since the machine went down.

    PostgreSQL itself copes with numbers that nobody has.
    """
    for name in LOCK_FILES:
        pid = _read_pid(folder / name)
        if pid and _is_alive(pid) and not _is_server(pid, folder):
            (folder / name).unlink()


def _is_recovering(folder):
    """Tell whether the server is starting, or processes of the one before are still ending."""
    log = folder / "log"
    if _running_pid(folder):
        return "ready" not in (folder / LOCK_FILES[0]).read_text()
    end = log.read_text(errors="replace").splitlines()[-3:] if log.exists() else []
    return any(word in line for line in end for word in ("is still in use", "already exists"))


def _running_pid(folder):
    """Return the process of the server of this folder, or None when it does not run."""
    pid = _read_pid(folder / LOCK_FILES[0])
    return pid if pid and _is_alive(pid) and _is_server(pid, folder) else None


def _is_server(pid, folder):
    """Tell whether a process is the server of this folder, where the system shows that."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return True
    return os.fsencode(folder) in words


def _read_pid(path):
    try:
        return int(path.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _existing_server():
    server = Server(
        os.environ["PGHOST"],
        os.environ.get("PGUSER", "odoo"),
        os.environ.get("PGPORT", ""),
        os.environ.get("PGPASSWORD", ""),
    )
    if server.user == "postgres":
        raise Failure("Odoo refuses the database user postgres: name another one in PGUSER.")
    try:
        version = int(server.psql("SHOW server_version_num"))
        may_create = server.psql(
            "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        )
    except Failure as error:
        raise Failure(
            f"The PostgreSQL server that PGHOST names ({server.host}) does not answer: {error} "
            "Correct PGHOST, PGPORT, PGUSER and PGPASSWORD, or unset PGHOST."
        ) from error
    if version < OLDEST * 10_000:
        raise Failure(f"The server that PGHOST names is older than {OLDEST}: use a newer one.")
    if may_create != "t":
        raise Failure(
            f"The database user {server.user} may not create databases: allow it with "
            f'ALTER ROLE "{server.user}" CREATEDB.'
        )
    # Older servers know no other way.
    return replace(server, copy_options=SAFE_COPY if version >= 150_000 else "")


def _programs():
    """Return the folder with the programs of the embedded PostgreSQL, or None without them."""
    found = sorted(VENV.glob("lib/python*/site-packages/embedded_postgres/pginstall/bin"))
    return found[0] if found else None
