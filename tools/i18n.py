"""Keeps the translations in step with the code: `make i18n`."""

import subprocess

from . import databases
from .console import Failure, say, step
from .odoo import prepare
from .paths import MODULES, ROOT, TOOLS
from .python_env import python

LANGUAGE = "uk"


def i18n():
    """Export each module's template and bring its Ukrainian file in line.

    Translations that exist stay. Terms of Odoo itself are taken from Odoo's own Ukrainian. What is
    still missing is left empty and counted.

    :return: 1 while something is missing
    """
    environment = prepare(durable=False)
    database = "i18n"
    databases.copy(environment, databases.suite_template(environment), database)
    with step("Exporting the terms"):
        for module in MODULES:
            (ROOT / module / "i18n").mkdir(exist_ok=True)
            _run(environment.command("i18n", "export", "-d", database, module), environment)
    databases.drop(environment, database)
    source = environment.source
    odoo_addons = source.addons[0] if source.addons else source.python_path / "odoo" / "addons"
    command = [python(), TOOLS / "i18n_merge.py", odoo_addons]
    command += [ROOT / module for module in MODULES]
    return _run([str(part) for part in command], environment, check=False)


def _run(command, environment, *, check=True):
    done = subprocess.run(
        command, env=environment.variables, check=False, capture_output=True, text=True
    )
    if check and done.returncode:
        raise Failure(f"The terms could not be exported: {done.stderr.strip()[-500:]}")
    if not check:
        say(done.stdout.strip())
    return done.returncode
