"""All linters: other people's, and the boundaries of our own layers."""

import os
import subprocess

from . import boundaries
from .console import Failure, say, step
from .paths import DEV_VENV, MODULES, ROOT, TEST_ADDONS
from .python_env import prepare_python

# missing-return takes `yield from super()` for a forgotten return.
# A large model is spread over files, one for each of its concerns.
PYLINT = (
    "--rcfile=.pylintrc",
    "--disable=missing-return,consider-merging-classes-inherited",
    "-j2",
)
# A module for tests is in no shop and needs no page in one.
TEST_PYLINT = ("--disable=missing-readme",)
TEXTS = ("tools", "tests", "docs", "README.md", "CONTRIBUTING.md", "Makefile", "pyproject.toml")


def lint():
    """Run every linter over the project and print all findings.

    :return: the exit status
    """
    _install()
    failed = [title for title, command in _checks().items() if not _passes(title, command)]
    with step("boundaries"):
        findings = list(boundaries.findings())
        warnings = list(boundaries.warnings())
    say("\n".join([*findings, *(f"{warning} (only a warning)" for warning in warnings)]))
    if findings:
        failed.append("boundaries")
    say(f"Failed: {', '.join(failed)}" if failed else "All linters are content.")
    return 1 if failed else 0


def format():
    """Put the code into form."""
    _install()
    for arguments in (["check", "--fix-only", "-q", "."], ["format", "-q", "."]):
        subprocess.run([_program("ruff"), *arguments], cwd=ROOT, check=False)
    return 0


def _checks():
    tests = sorted(path.parent for path in TEST_ADDONS.glob("*/__manifest__.py"))
    test_addons = [str(path.relative_to(ROOT)) for path in tests]
    checks = {
        "ruff check": [_program("ruff"), "check", "--output-format=concise", "."],
        "ruff format": [_program("ruff"), "format", "--check", "--output-format=concise", "."],
        "pylint-odoo": [_program("pylint"), *PYLINT, *MODULES],
    }
    if test_addons:
        arguments = [*PYLINT, *TEST_PYLINT, *test_addons]
        checks["pylint-odoo: test modules"] = [_program("pylint"), *arguments]
    checks["codespell"] = [_program("codespell"), *MODULES, *_existing(TEXTS)]
    for module in [*MODULES, *test_addons]:
        checks[f"oca module checks: {module}"] = [_program("oca-checks-odoo-module"), module]
    translations = [str(path) for name in MODULES for path in (ROOT / name / "i18n").glob("*.po")]
    if translations:
        checks["oca translation checks"] = [_program("oca-checks-po"), *translations]
    return checks


def _passes(title, command):
    with step(title):
        done = subprocess.run(
            command,
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        )
    if done.returncode:
        say((done.stdout + done.stderr).strip())
    return not done.returncode


def _install():
    prepare_python(dev=True)
    missing = [module for module in MODULES if not (ROOT / module).is_dir()]
    if missing:
        raise Failure(f"These modules are missing: {', '.join(missing)}.")


def _existing(names):
    return [name for name in names if (ROOT / name).exists()]


def _program(name):
    return str(DEV_VENV / "bin" / name)
