"""The Python environments: one for Odoo, one for the developer's tools."""

import functools
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from .console import Failure, need_disk, run, step
from .lock import locked
from .paths import DEV_VENV, LOCAL, LOGS, TOOLS, VENV
from .system import install_packages

SUPPORTED = ((3, 10), (3, 13))
DISTRIBUTION = Path("/usr/bin/python3")
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
UV = "uv==0.13.9"
# Trust what the system trusts, as pip does: behind some networks nothing else works.
UV_SETTINGS = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1", "UV_NO_PROGRESS": "1"}
NETWORK_HINT = "Check the network and the free disk space, and start again."


def python():
    """Return the path of the Python that runs Odoo."""
    return VENV / "bin" / "python"


def dev_python():
    """Return the path of the Python that runs plain tests, the browser and the linters."""
    return DEV_VENV / "bin" / "python"


def prepare_python(*, dev=False):
    """Make the environments, or bring them up to date when the pinned versions changed.

    Odoo pins old versions of packages that the developer's tools need newer, so there are two.

    :param bool dev: the developer's tools too
    :raises Failure: this Python is not supported, or something could not be installed
    """
    low, high = SUPPORTED
    if not low <= sys.version_info[:2] <= high:
        raise Failure(
            f"Python {sys.version_info.major}.{sys.version_info.minor} is not supported: name one "
            "from 3.10 to 3.13, for example make PYTHON=python3.12 demo"
        )
    with locked("setup"):
        _prepare(VENV, TOOLS / "requirements" / "odoo.txt", "Installing Odoo's Python packages")
        if dev:
            _prepare(
                DEV_VENV, TOOLS / "requirements" / "dev.txt", "Installing the developer's tools"
            )


def _prepare(venv, requirements, title):
    _program, version = _find_base()
    key = hashlib.sha256(f"{version} {venv}\n{requirements.read_text()}".encode()).hexdigest()
    # Written last: an interrupted installation goes on where it stopped.
    stamp = venv / "complete"
    if stamp.exists() and stamp.read_text() == key and _is_usable(venv):
        return
    with step(title):
        need_disk(LOCAL, 1)
        stamp.unlink(missing_ok=True)
        if not _is_usable(venv):
            _make_venv(venv)
            pip = [venv / "bin" / "python", "-m", "pip", "install", "--quiet", UV]
            run(pip, hint=NETWORK_HINT, log=LOGS / "pip.log")
        uv = [venv / "bin" / "uv", "pip", "install", "--quiet"]
        options = ["--python", venv / "bin" / "python", "-r", requirements]
        settings = os.environ | (UV_SETTINGS if SYSTEM_CERTIFICATES.exists() else {})
        run([*uv, *options], hint=NETWORK_HINT, log=LOGS / "uv.log", env=settings)
    stamp.write_text(key)


@functools.cache
def _find_base():
    """Return the Python that the environments are made of, and its version.

    That of the distribution is taken where it has the same version but for the last number and can
    make environments: it is built for speed, a third faster than what pyenv builds by default.

    :rtype: tuple[str, str]
    """
    question = "import ensurepip, platform; print(platform.python_version())"
    own = ".".join(map(str, sys.version_info[:3]))
    if DISTRIBUTION.exists():
        asked = [DISTRIBUTION, "-I", "-c", question]
        answer = subprocess.run(asked, capture_output=True, text=True, check=False)
        version = answer.stdout.strip()
        if version.rpartition(".")[0] == own.rpartition(".")[0]:
            return str(DISTRIBUTION), version
    return sys.executable, own


def _is_usable(venv):
    """Tell whether the environment is of the right Python and of this folder."""
    files = [venv / "pyvenv.cfg", *(venv / "bin" / name for name in ("python", "pip", "uv"))]
    if not all(path.exists() for path in files):
        return False
    version = f"version = {_find_base()[1]}"
    # The programs name their folder in their first lines, so a moved one does not work.
    return version in files[0].read_text().splitlines() and str(venv) in files[2].read_text()


def _make_venv(venv):
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    hint = f"Install the package {package} and start again."
    try:
        _run_venv(venv, hint)
    except Failure:
        # Debian's Python comes without this part of its standard library.
        if not install_packages([package], hint=hint, log=LOGS / "venv.log"):
            raise
        _run_venv(venv, hint)


def _run_venv(venv, hint):
    shutil.rmtree(venv, ignore_errors=True)
    run([_find_base()[0], "-m", "venv", venv], hint=hint)
