"""Databases: templates that are made once, and copies that take a blink."""

import hashlib
import os
import shutil

from .console import run, step
from .lock import locked
from .paths import LOGS, MODULES, ROOT, TOOLS

# Each template starts as a copy of the one before.
LAYERS = {
    "feed": ("product", "stock", "mail"),
    "sale": ("sale_stock", "account"),
    "delivery": ("sale_management", "stock_delivery", "sale_margin", "l10n_ua"),
}
LANGUAGE = "uk_UA"
WARM_UP = TOOLS / "warm_up.py"


def template(environment, layer):
    """Return the name of a database with Odoo's own modules of a layer installed.

    :param str layer: a key of ``LAYERS``
    """
    layers = list(LAYERS)
    below = layers[: layers.index(layer)]
    modules = [module for name in [*below, layer] for module in LAYERS[name]]
    name = f"template_{layer}_{_key(*_basis(environment), *modules)}"
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
    name = f"template_suite_{suite_key(environment)}"
    with locked("databases"):
        if not exists(environment, name):
            base = template(environment, "delivery")
            _drop_matching(environment, "template_suite_")
            title = "Installing the suite into a template database"
            _make(environment, name, base, MODULES, title, [], script=WARM_UP)
    return name


def suite_key(environment):
    """Return a digest of Odoo's version, the modules below the suite and the suite's files."""
    modules = [module for names in LAYERS.values() for module in names]
    return _key(*_basis(environment), *modules, *_fingerprint())


def _make(environment, name, base, modules, title, options, *, script=None):
    """Make a template of another one and modules; a script in Odoo's shell completes it."""
    draft = f"{name}_draft"
    with step(title):
        drop(environment, draft)
        if base:
            copy(environment, base, draft)
        command = environment.command(
            "-d", draft, "-i", ",".join(modules), *options, "--stop-after-init", "--no-http"
        )
        # The database counts only once it has its name, so nothing before that needs to wait for
        # the disk.
        settings = {
            "hint": "Look at the end of that file.",
            "log": LOGS / f"{name}.log",
            "env": environment.variables | {"PGOPTIONS": "-c synchronous_commit=off"},
        }
        run(command, **settings)
        if script:
            with script.open() as stdin:
                shell = environment.command("shell", "-d", draft, "--no-http")
                run(shell, stdin=stdin, **settings)
        shutil.rmtree(_files(environment, name), ignore_errors=True)
        if _files(environment, draft).exists():
            _files(environment, draft).rename(_files(environment, name))
        environment.server.psql(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')


def exists(environment, name):
    """Tell whether the database exists."""
    return bool(environment.server.psql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def drop(environment, name):
    """Remove a database and its files, whoever is connected."""
    environment.server.psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(_files(environment, name), ignore_errors=True)


def copy(environment, source, name):
    """Make a copy of a database in place of the one that has this name."""
    drop(environment, name)
    server = environment.server
    server.psql(f'CREATE DATABASE "{name}" TEMPLATE "{source}" {server.copy_options}')
    files = _files(environment, source)
    if files.exists():
        # Odoo never changes a file of its store, so the copies may share them.
        shutil.copytree(files, _files(environment, name), copy_function=os.link)


def _files(environment, name):
    """Return the folder with the attachments of a database."""
    return environment.data / "filestore" / name


def note(environment, name):
    """Return the note that hangs on a database; it goes when the database goes."""
    return environment.server.psql(
        f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'"
    )


def set_note(environment, name, text):
    """Hang a note on a database, in place of the one before."""
    environment.server.psql(f"COMMENT ON DATABASE \"{name}\" IS '{text}'")


def installed_modules(environment, name):
    """Return the names of the modules installed in a database."""
    query = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    return set(environment.server.psql(query, database=name).split())


def _drop_matching(environment, prefix):
    query = f"SELECT datname FROM pg_database WHERE datname LIKE '{prefix}%'"
    for name in environment.server.psql(query).split():
        drop(environment, name)


def _basis(environment):
    """Return what every template depends on."""
    return environment.source.version, environment.data.name, LANGUAGE


def _key(*parts):
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:10]


def _fingerprint():
    """Return a digest of every file of the suite's modules."""
    for module in MODULES:
        for path in sorted((ROOT / module).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                yield f"{path.relative_to(ROOT)} {digest}"
