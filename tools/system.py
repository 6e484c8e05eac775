"""Packages of the operating system, where they may be installed."""

import os
import shutil
import subprocess

from .console import run

# Nothing asks a question; a lock that another program holds is waited for.
APT = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-y", "-q", "-oDPkg::Lock::Timeout=120")


def root_command(command):
    """Return the command in the form that has root's rights, or None when there is none."""
    if os.geteuid() == 0:
        return [*command]
    if shutil.which("sudo"):
        allowed = subprocess.run(
            ["sudo", "-n", "true"], capture_output=True, check=False, stdin=subprocess.DEVNULL
        )
        if allowed.returncode == 0:
            return ["sudo", "-n", *command]
    return None


def install_packages(packages, *, hint, log=None):
    """Install packages of a Debian-like system.

    :param str hint: what to do when it fails
    :return: False when this system or this user cannot do it
    :raises Failure: the installation failed
    """
    apt = shutil.which("apt-get") and root_command(APT)
    if not apt:
        return False
    run([*apt, "update"], hint=hint, log=log)
    run([*apt, "install", *packages], hint=hint, log=log)
    return True
