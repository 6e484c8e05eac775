"""The borders between our own layers, as far as they can be checked mechanically."""

import ast
import os
import re
import sys
from pathlib import Path

from .paths import MODULES, ROOT

CYRILLIC = re.compile("[\u0400-\u04ff]")
BASE = "garazd_merchant_center"
# English words that only look like the name of the marketplace.
INNOCENT = re.compile(r"promis|promo|prompt|comprom", re.IGNORECASE)
MARKETPLACE = re.compile("prom", re.IGNORECASE)
# Excuses a line; the reason is for the reader.
EXCUSE = re.compile(r"lint: allow - \S")
LONG_FILE = 700
CHECKED = (".py", ".xml", ".js", ".csv", ".sql")
SKIPPED = {".local", ".git", "node_modules", "__pycache__"}
STANDARD = frozenset(sys.stdlib_module_names)

# What Odoo requires already, so the client may have it.
LIBRARIES = {"requests", "urllib3", "lxml", "openpyxl", "xlrd"}

CLIENT = ("garazd_merchant_prom", "api")
MODELS = ("garazd_merchant_prom", "models")
SIMULATOR = ("tests", "prom_simulator")


def findings():
    """Yield what crosses a border, as ``file:line: what``."""
    for path in files():
        name = path.relative_to(ROOT)
        text = path.read_text(errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            yield from (f"{name}:{number}: {what}" for what in line_findings(name, line))
        if path.suffix == ".py":
            found = [*import_findings(name, text), *transaction_findings(name, text)]
            yield from (f"{name}:{number}: {what}" for number, what in found)


def warnings():
    """Yield what is worth a look and no mistake."""
    for path in files():
        count = len(path.read_text(errors="replace").splitlines())
        if count > LONG_FILE:
            yield f"{path.relative_to(ROOT)}:1: {count} lines; look for the second concept in it"


def files():
    """Yield the files of the project that are checked."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - SKIPPED)
        for name in sorted(names):
            if name.endswith(CHECKED):
                yield Path(folder, name)


def line_findings(name, line):
    """Yield what is wrong with a line.

    :param Path name: the file's path in the project
    """
    if EXCUSE.search(line) or name.parts[0] not in MODULES:
        return
    if name.parts[0] == BASE and MARKETPLACE.search(INNOCENT.sub("", line)):
        yield "the base names the marketplace"
    # The client has to know the words that Prom writes.
    is_foreign = {"i18n", "demo", "tests", "api"}.intersection(name.parts)
    if not is_foreign and CYRILLIC.search(line):
        yield "Cyrillic outside translations, demo data and tests"


def import_findings(name, text):
    """Yield the line and the complaint for each import that a layer must not have."""
    layer = name.parts[:2]
    is_library = layer in (CLIENT, SIMULATOR)
    if not is_library and layer != MODELS:
        return
    allowed = STANDARD | (LIBRARIES if layer == CLIENT else {"tests.prom_simulator"})
    lines = text.splitlines()
    for number, module in _imports(text):
        if EXCUSE.search(lines[number - 1]):
            continue
        top = module.split(".")[0]
        if layer == MODELS and top == "requests":
            yield number, "a model calls the network; that is the client's part"
        elif is_library and top not in allowed and not module.startswith("tests.prom_simulator"):
            who = "the client" if layer == CLIENT else "the simulator"
            yield number, f"{who} imports {module}; it must stand alone"


def transaction_findings(name, text):
    """Yield the line and the complaint for each commit and rollback that a model must not do.

    A rollback in an ``except`` is how a job throws a failed step away before it notes the error.
    """
    if name.parts[0] not in MODULES or "tests" in name.parts:
        return
    tree = ast.parse(text)
    handled = {
        id(node)
        for handler in ast.walk(tree)
        if isinstance(handler, ast.ExceptHandler)
        for node in ast.walk(handler)
    }
    lines = text.splitlines()
    for node in ast.walk(tree):
        action = _transaction_action(node)
        if not action or EXCUSE.search(lines[node.lineno - 1]):
            continue
        if action == "commit" or id(node) not in handled:
            yield node.lineno, f"{action} in a model; use the progress of the scheduled action"


def _transaction_action(node):
    """Return ``commit`` or ``rollback`` for a call of one on a cursor, else None."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    cursor, action = node.func.value, node.func.attr
    owner = cursor.attr if isinstance(cursor, ast.Attribute) else getattr(cursor, "id", "")
    return action if action in ("commit", "rollback") and owner in ("cr", "_cr") else None


def _imports(text):
    """Yield the line and the name of each imported module, relative ones left out."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.lineno, node.module
