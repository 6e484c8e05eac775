"""Finds Odoo 19, or brings it: an existing one, Debian's package, or the upstream repository."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from .console import Failure, need_disk, run, say, step
from .paths import DOWNLOAD, LOCAL, ODOO

SERIES = "19.0"
PACKAGE = "odoo-19"
# Fonts and scripts that Debian's package only links to.
LINKED_PACKAGES = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-glyphicons-halflings",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
)
# Later releases of this font name their files differently.
STABLE_PACKAGES = ("fonts-font-awesome",)
# Debian leaves this file out (background blur in video calls); without it no page loads.
REMOVED_FILE = "addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
UPSTREAM = "https://github.com/odoo/odoo.git"


@dataclass(frozen=True)
class OdooSource:
    """An Odoo that can be run.

    ``python_path`` is None for an installed one, which finds itself; ``addons`` are the folders of
    its modules that it does not look into by itself; ``version`` is a key that names the version.
    """

    command: Path
    python_path: Path | None
    version: str
    addons: tuple[Path, ...] = ()


def find_odoo():
    """Return Odoo 19, bringing it when there is none.

    :raises Failure: there is none and it cannot be brought
    """
    if os.environ.get("ODOO_HOME"):
        return _existing(Path(os.environ["ODOO_HOME"]).expanduser())
    for folder in (ODOO, LOCAL / "odoo-upstream"):
        if folder.is_dir():
            return _describe(folder)
    LOCAL.mkdir(exist_ok=True)
    need_disk(LOCAL, 3)
    if _is_debian():
        with step("Downloading and unpacking Odoo 19 (about 125 MB)"):
            _unpack_debian()
        return _describe(ODOO)
    with step(f"Downloading Odoo {SERIES} from its repository (this can take some minutes)"):
        _clone()
    return _describe(LOCAL / "odoo-upstream")


def _existing(home):
    if not home.exists():
        raise Failure(f"ODOO_HOME names {home}, which does not exist: correct or unset it.")
    return _describe(home)


def _describe(home):
    """Say how the Odoo at this place is run.

    :param Path home: a checkout, an unpacked package or an installed ``odoo`` command
    """
    candidates = [
        (home / "odoo-bin", home / "odoo" / "release.py", home),
        (
            home / "usr/bin/odoo",
            home / "usr/lib/python3/dist-packages/odoo/release.py",
            home / "usr/lib/python3/dist-packages",
        ),
    ]
    for command, release, python_path in candidates:
        if command.exists() and release.exists():
            found = re.search(r"version_info = \(([^)]*)\)", release.read_text())
            numbers = re.findall(r"\d+", found.group(1)) if found else []
            if numbers[:2] != SERIES.split("."):
                raise Failure(f"{home} holds Odoo {'.'.join(numbers[:2])}; {SERIES} is needed.")
            # A checkout keeps most modules beside the package, not in it.
            beside = home / "addons"
            addons = (beside,) if (beside / "sale").is_dir() else ()
            version = f"{SERIES}-{release.stat().st_mtime_ns:x}"
            return OdooSource(command, python_path, version, addons)
    if home.is_file() and os.access(home, os.X_OK):
        return OdooSource(home, None, f"{SERIES}-{home.stat().st_mtime_ns:x}")
    raise Failure(f"No Odoo was found at {home}: ODOO_HOME must name a checkout of Odoo {SERIES}.")


def _is_debian():
    release = Path("/etc/os-release")
    lines = release.read_text().splitlines() if release.exists() else []
    tools = all(shutil.which(tool) for tool in ("apt-get", "dpkg"))
    return "ID=debian" in lines and tools


def _sources():
    """Return the machine's own package sources and the keyring that signs them.

    :raises Failure: there are none
    """
    places = [Path("/etc/apt/sources.list.d/debian.sources"), Path("/etc/apt/sources.list")]
    text = "\n".join(place.read_text() for place in places if place.exists())
    url = re.search(r"(?:^URIs:|^deb(?: \[[^\]]*\])?)\s+(\S+/debian/?)(?:\s|$)", text, re.MULTILINE)
    if not url:
        raise Failure(
            "No Debian package source was found under /etc/apt: add one, or set ODOO_HOME to a "
            f"checkout of Odoo {SERIES}."
        )
    keyring = re.search(r"(?:Signed-By:\s*|signed-by=)(/\S+?)(?:[\]\s]|$)", text)
    default = "/usr/share/keyrings/debian-archive-keyring.gpg"
    return url.group(1), keyring.group(1) if keyring else default


def _unpack_debian():
    url, keyring = _sources()
    codename = re.search(r"VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text())
    unfinished = LOCAL / "odoo.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    wanted = (
        ("sid", (PACKAGE, *LINKED_PACKAGES)),
        (codename.group(1) if codename else "bookworm", STABLE_PACKAGES),
    )
    for suite, packages in wanted:
        for package in _download(suite, packages, url, keyring):
            run(["dpkg", "-x", package, unfinished], hint="Run make clean and start again.")
    removed = unfinished / "usr/lib/python3/dist-packages/odoo" / REMOVED_FILE
    removed.parent.mkdir(parents=True, exist_ok=True)
    removed.touch()
    unfinished.rename(ODOO)


def _download(suite, packages, url, keyring):
    """Download packages of a suite with the machine's own client, signatures checked."""
    folder = DOWNLOAD / suite
    for part in ("lists/partial", "cache/archives/partial", "packages"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    sources = folder / "suite.sources"
    sources.write_text(
        f"Types: deb\nURIs: {url}\nSuites: {suite}\nComponents: main\nSigned-By: {keyring}\n"
    )
    options = [
        f"-oDir::Etc::sourcelist={sources}",
        "-oDir::Etc::sourceparts=/dev/null",
        f"-oDir::State::Lists={folder / 'lists'}",
        f"-oDir::Cache={folder / 'cache'}",
        # The files lie in a folder that the client's own user may not be able to enter.
        "-oAPT::Sandbox::User=root",
    ]
    hint = "Check the network and start again, or set ODOO_HOME to a checkout of Odoo 19.0."
    log = LOCAL / "logs" / f"download-{suite}.log"
    run(["apt-get", *options, "update"], hint=hint, log=log)
    for old in (folder / "packages").glob("*.deb"):
        old.unlink()
    run(["apt-get", *options, "download", *packages], hint=hint, log=log, cwd=folder / "packages")
    return sorted((folder / "packages").glob("*.deb"))


def _clone():
    if not shutil.which("git"):
        raise Failure(f"Install git, or set ODOO_HOME to a checkout of Odoo {SERIES}.")
    say("  This is not Debian, so Odoo comes from its public repository.")
    unfinished = LOCAL / "odoo-upstream.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    run(
        ["git", "clone", "--depth", "1", "--branch", SERIES, UPSTREAM, unfinished],
        hint="Check the network and start again, or set ODOO_HOME.",
    )
    unfinished.rename(LOCAL / "odoo-upstream")
