"""Finds Odoo 19, or brings it: an existing one, Debian's package, or the upstream repository."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import odoo_debian
from .console import Failure, need_disk, run, say, step
from .lock import locked
from .paths import LOCAL, ODOO

SERIES = "19.0"
UPSTREAM = "https://github.com/odoo/odoo.git"
CLONE = LOCAL / "odoo-upstream"
ELSE = f"or set ODOO_HOME to a checkout of Odoo {SERIES}."


@dataclass(frozen=True)
class OdooSource:
    """An Odoo that can be run.

    `arguments` follow our Python; without `python_path` they are a command that brings its own.
    `version` is a key that names the version, `addons` are the folders of its modules that it does
    not look into by itself.
    """

    arguments: tuple
    python_path: Path | None
    version: str
    addons: tuple[Path, ...] = ()


def find_odoo():
    """Return Odoo 19, bringing it when there is none.

    :raises Failure: there is none and it cannot be brought
    """
    if os.environ.get("ODOO_HOME"):
        return _existing(Path(os.environ["ODOO_HOME"]).expanduser().absolute())
    with locked("setup"):
        if CLONE.is_dir():
            return _describe(CLONE)
        if not odoo_debian.is_debian():
            need_disk(LOCAL, 5)
            with step(f"Downloading Odoo {SERIES} from its repository (some minutes)"):
                _clone()
            return _describe(CLONE)
        if not odoo_debian.is_unpacked(ODOO):
            need_disk(LOCAL, 3)
            with step("Downloading and unpacking Odoo 19 (about 125 MB)"):
                odoo_debian.unpack(ODOO, otherwise=ELSE)
        return _describe(ODOO)


def _existing(home):
    if not home.exists():
        raise Failure(f"ODOO_HOME names {home}, which does not exist: correct or unset it.")
    return _describe(home)


def _describe(home):
    """Say how the Odoo at this place is run.

    :param Path home: a checkout, a folder of Python packages, an unpacked package, or a command
    """
    if home.is_file() and os.access(home, os.X_OK):
        return _describe_command(home)
    package = home.parent if (home / "release.py").exists() else home
    for python_path in (package, home / "usr/lib/python3/dist-packages"):
        release = python_path / "odoo" / "release.py"
        if not release.exists():
            continue
        _check_series(home, re.search(r"version_info = \((\d+), (\d+)", release.read_text()))
        program = python_path / "odoo-bin"
        # A checkout keeps most modules beside the package, not in it.
        beside = python_path / "addons"
        return OdooSource(
            (str(program),) if program.exists() else ("-m", "odoo"),
            python_path,
            f"{SERIES}-{_revision(python_path, release)}",
            (beside,) if (beside / "sale").is_dir() else (),
        )
    raise Failure(
        f"No Odoo was found at {home}: ODOO_HOME must name a checkout of Odoo {SERIES}, or the "
        "folder or the command of an installed one."
    )


def _describe_command(command):
    answer = run([command, "--version"], hint="ODOO_HOME must name a working Odoo.")
    _check_series(command, re.search(r"(\d+)\.(\d+)", answer))
    return OdooSource((str(command),), None, f"{SERIES}-{command.stat().st_mtime_ns:x}")


def _check_series(home, found):
    series = ".".join(found.groups()) if found else "of an unknown version"
    if series != SERIES:
        raise Failure(f"{home} holds Odoo {series}; {SERIES} is needed.")


def _revision(python_path, release):
    """Return what changes when this Odoo is updated, so that its templates are made again."""
    if (python_path / ".git").exists() and shutil.which("git"):
        safe = ["-c", f"safe.directory={python_path}"]
        command = ["git", *safe, "-C", python_path, "rev-parse", "--short=12", "HEAD"]
        return run(command, hint=f"Look at the checkout {python_path}.").strip()
    return f"{release.stat().st_mtime_ns:x}"


def _clone():
    if not shutil.which("git"):
        raise Failure(f"Install git and start again, {ELSE}")
    say("  Only Debian has a package of Odoo 19, so it comes from its public repository.")
    unfinished = CLONE.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    run(
        ["git", "clone", "--quiet", "--depth", "1", "--branch", SERIES, UPSTREAM, unfinished],
        hint=f"Check the network and start again, {ELSE}",
        env=os.environ | {"GIT_TERMINAL_PROMPT": "0"},
    )
    unfinished.rename(CLONE)
