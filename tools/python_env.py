"""The Python environments: one for Odoo, one for the developer's tools."""

import hashlib
import shutil
import sys

from .console import Failure, root_command, run, step
from .paths import DEV_VENV, LOCAL, LOGS, TOOLS, VENV

SUPPORTED = ((3, 10), (3, 13))
NETWORK_HINT = "Check the network and start again."


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
            f"Python {sys.version_info.major}.{sys.version_info.minor} is not supported: put a "
            "Python from 3.10 to 3.13 first on the PATH."
        )
    LOCAL.mkdir(exist_ok=True)
    _prepare(VENV, TOOLS / "requirements" / "odoo.txt", "Installing Odoo's Python packages")
    if dev:
        _prepare(DEV_VENV, TOOLS / "requirements" / "dev.txt", "Installing the developer's tools")


def _prepare(venv, requirements, title):
    key = hashlib.sha256(sys.version.encode() + requirements.read_bytes()).hexdigest()
    stamp = venv / "complete"
    if stamp.exists() and stamp.read_text() == key:
        return
    with step(title):
        stamp.unlink(missing_ok=True)
        if not (venv / "bin" / "uv").exists():
            _make_venv(venv)
            pip = [venv / "bin" / "python", "-m", "pip", "install", "--quiet", "uv"]
            run(pip, hint=NETWORK_HINT, log=LOGS / "pip.log")
        uv = [venv / "bin" / "uv", "pip", "install", "--quiet"]
        options = ["--python", venv / "bin" / "python", "-r", requirements]
        run([*uv, *options], hint=NETWORK_HINT, log=LOGS / "uv.log")
    stamp.write_text(key)


def _make_venv(venv):
    shutil.rmtree(venv, ignore_errors=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    hint = f"Install the package {version}-venv and start again."
    try:
        run([sys.executable, "-m", "venv", venv], hint=hint)
    except Failure:
        install = shutil.which("apt-get") and root_command(
            ["apt-get", "install", "-y", "-qq", "python3-venv"]
        )
        if not install:
            raise
        run(install, hint=hint)
        shutil.rmtree(venv, ignore_errors=True)
        run([sys.executable, "-m", "venv", venv], hint=hint)
