"""Chromium for the browser tests and the screenshots."""

import shutil

from .console import say, step
from .lock import locked
from .paths import LOGS
from .system import install_packages

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The fonts have Cyrillic letters.
PACKAGES = ("chromium", "fonts-dejavu-core")


def find_browser():
    """Return the path of Chromium, installing it where that is possible; None without one."""
    with locked("setup"):
        found = _installed()
        if found:
            return found
        with step("Installing Chromium"):
            hint = "Check the network, or install the package chromium by hand."
            done = install_packages(PACKAGES, hint=hint, log=LOGS / "chromium.log")
    if not done:
        say(
            "  Chromium is missing and only root can install it: run "
            f"'apt-get install {' '.join(PACKAGES)}' as root. The rest goes on without it."
        )
    return _installed()


def _installed():
    return next((path for name in NAMES if (path := shutil.which(name))), None)
