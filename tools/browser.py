"""Chromium for the browser tests and the screenshots."""

import os
import shutil

from .console import root_command, run, say, step
from .paths import LOGS

NAMES = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium", "fonts-dejavu-core")


def find_browser():
    """Return the path of Chromium, installing it where that is possible; None without one."""
    found = _installed()
    if found:
        return found
    install = root_command(["apt-get", "-y", "-qq", "install", *PACKAGES])
    if not install or not shutil.which("apt-get"):
        say(
            "  Chromium is missing and only root can install it: run "
            f"'apt-get install {' '.join(PACKAGES)}' as root. The rest goes on without it."
        )
        return None
    with step("Installing Chromium"):
        hint = "Check the network, or install the package chromium by hand."
        log = LOGS / "chromium.log"
        run([*install[: install.index("apt-get")], "apt-get", "update", "-qq"], hint=hint, log=log)
        run(install, hint=hint, log=log, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})
    return _installed()


def _installed():
    return next((path for name in NAMES if (path := shutil.which(name))), None)
