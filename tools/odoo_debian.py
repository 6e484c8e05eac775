"""Odoo 19 from Debian's package, unpacked into a folder and not installed.

The package is only in Debian's suite `sid`. It is fetched with the machine's own client, from the
machine's own package source, and its signature is checked; the system itself is not touched.
"""

import hashlib
import re
import shutil
from pathlib import Path

from .console import Failure, run
from .paths import DOWNLOAD, LOGS

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
STAMP = "unpacked"
CLIENT_OPTIONS = ("-oAcquire::Retries=3", "-oAcquire::http::Timeout=60")
DEFAULT_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def is_debian():
    """Tell whether this is Debian itself; its derivatives have other packages."""
    release = _release()
    tools = all(shutil.which(tool) for tool in ("apt-get", "dpkg-deb"))
    return release.get("ID") == "debian" and tools


def is_unpacked(folder):
    """Tell whether the folder holds what `unpack` would bring."""
    stamp = folder / STAMP
    return stamp.exists() and stamp.read_text() == _key()


def unpack(folder, *, otherwise):
    """Download Odoo and what it links to, and unpack everything into the folder.

    :param str otherwise: what else a person can do when it fails
    :raises Failure: no package source, no network, no space
    """
    url, keyring = package_source(_source_texts(), otherwise)
    codename = _release().get("VERSION_CODENAME", "bookworm")
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    wanted = (("sid", (PACKAGE, *LINKED_PACKAGES)), (codename, STABLE_PACKAGES))
    for suite, packages in wanted:
        for package in _download(suite, packages, url, keyring, otherwise):
            run(
                ["dpkg-deb", "--extract", package, unfinished],
                hint="Check the free disk space and start again.",
            )
    removed = unfinished / "usr/lib/python3/dist-packages/odoo" / REMOVED_FILE
    removed.parent.mkdir(parents=True, exist_ok=True)
    removed.touch()
    (unfinished / STAMP).write_text(_key())
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)
    shutil.rmtree(DOWNLOAD, ignore_errors=True)


def package_source(texts, otherwise):
    """Return the address of the machine's package source and the keyring that signs it.

    :param list texts: the contents of the source files
    :raises Failure: there is none
    """
    for text in texts:
        # The file for security updates and other people's sources are not meant.
        url = re.search(
            r"^(?:URIs:|deb(?: \[[^\]]*\])?)\s+(\S+/debian/?)(?:\s|$)", text, re.MULTILINE
        )
        if url:
            keyring = re.search(r"(?:Signed-By:\s*|signed-by=)(/[^\s\],]+)", text)
            return url.group(1), keyring.group(1) if keyring else DEFAULT_KEYRING
    raise Failure(f"Add a Debian package source under /etc/apt and start again, {otherwise}")


def _source_texts():
    folder = Path("/etc/apt/sources.list.d")
    first = [folder / "debian.sources", Path("/etc/apt/sources.list")]
    others = sorted([*folder.glob("*.sources"), *folder.glob("*.list")]) if folder.is_dir() else []
    return [path.read_text() for path in [*first, *others] if path.exists()]


def _download(suite, packages, url, keyring, otherwise):
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
        # Without this a source that cannot be reached is only a warning.
        "-oAPT::Update::Error-Mode=any",
        *CLIENT_OPTIONS,
    ]
    hint = f"Check the network and start again, {otherwise}"
    log = LOGS / f"download-{suite}.log"
    run(["apt-get", *options, "update"], hint=hint, log=log)
    for old in (folder / "packages").glob("*.deb"):
        old.unlink()
    run(["apt-get", *options, "download", *packages], hint=hint, log=log, cwd=folder / "packages")
    return sorted((folder / "packages").glob("*.deb"))


def _key():
    parts = (PACKAGE, *LINKED_PACKAGES, *STABLE_PACKAGES, REMOVED_FILE)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _release():
    path = Path("/etc/os-release")
    pairs = (line.partition("=") for line in path.read_text().splitlines()) if path.exists() else ()
    return {key: value.strip('"') for key, _, value in pairs}
