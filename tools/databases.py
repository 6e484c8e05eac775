"""Databases: templates that are made once, and copies that take a blink."""

import hashlib
import os
import shutil

from .console import run, step
from .lock import locked
from .paths import DATA, LOGS, MODULES, ROOT

# Each template starts as a copy of the one before.
LAYERS = {
    "feed": ("product", "stock", "mail"),
    "sale": ("sale_stock", "account"),
    "delivery": ("sale_management", "stock_delivery", "sale_margin", "l10n_ua"),
}
LANGUAGE = "uk_UA"


def template(environment, layer):
    """Return the name of a database with Odoo's own modules of a layer installed.

    :param str layer: a key of ``LAYERS``
    """
    layers = list(LAYERS)
    below = layers[: layers.index(layer)]
    modules = [module for name in [*below, layer] for module in LAYERS[name]]
    name = f"template_{layer}_{_key(environment.source.version, *modules)}"
    with locked("databases"):
        if not exists(environment, name):
            base = template(environment, below[-1]) if below else None
            _drop_matching(environment, f"template_{layer}_")
            options = ["--load-language", LANGUAGE] if layer == "delivery" else []
            title = f"Preparing the database template '{layer}' (once)"
            _make(environment, name, base, LAYERS[layer], title, options)
    return name


def suite_template(environment):
    """Return a database with all modules of the suite; made again when their files changed."""
    name = f"template_suite_{_key(environment.source.version, *_fingerprint())}"
    with locked("databases"):
        if not exists(environment, name):
            base = template(environment, "delivery")
            _drop_matching(environment, "template_suite_")
            title = "Installing the suite into a template database"
            _make(environment, name, base, MODULES, title, [])
    return name


def _make(environment, name, base, modules, title, options):
    draft = f"{name}_draft"
    with step(title):
        drop(environment, draft)
        if base:
            copy(environment, base, draft)
        command = environment.command(
            "-d", draft, "-i", ",".join(modules), *options, "--stop-after-init", "--no-http"
        )
        run(
            command,
            hint="Look at the end of that file.",
            log=LOGS / f"{name}.log",
            env=environment.variables,
        )
        shutil.rmtree(_files(name), ignore_errors=True)
        if _files(draft).exists():
            _files(draft).rename(_files(name))
        environment.server.psql(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')


def exists(environment, name):
    """Tell whether the database exists."""
    return bool(environment.server.psql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def drop(environment, name):
    """Remove a database and its files, whoever is connected."""
    environment.server.psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(_files(name), ignore_errors=True)


def copy(environment, source, name):
    """Make a copy of a database in place of the one that has this name."""
    drop(environment, name)
    environment.server.psql(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    if _files(source).exists():
        # Odoo never changes a file of its store, so the copies may share them.
        shutil.copytree(_files(source), _files(name), copy_function=os.link)


def _files(name):
    """Return the folder with the attachments of a database."""
    return DATA / "filestore" / name


def installed_modules(environment, name):
    """Return the names of the modules installed in a database."""
    query = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    return set(environment.server.psql(query, database=name).split())


def _drop_matching(environment, prefix):
    query = f"SELECT datname FROM pg_database WHERE datname LIKE '{prefix}%'"
    for name in environment.server.psql(query).split():
        drop(environment, name)


def _key(*parts):
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:10]


def _fingerprint():
    """Return a digest of every file of the suite's modules."""
    for module in MODULES:
        for path in sorted((ROOT / module).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                yield f"{path.relative_to(ROOT)} {digest}"
