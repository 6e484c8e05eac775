"""All linters: other people's, and the boundaries of our own layers."""

import os
import re
import subprocess

from .console import Failure, say, step
from .paths import DEV_VENV, MODULES, ROOT
from .python_env import prepare_python

CYRILLIC = re.compile("[\u0400-\u04ff]")
BASE = "garazd_merchant_center"
# English words that only look like the name of the marketplace.
INNOCENT = re.compile(r"promis|promo|prompt|comprom", re.IGNORECASE)
LONG_FILE = 700
# missing-return takes `yield from super()` for a forgotten return.
PYLINT = ("--rcfile=.pylintrc", "--disable=missing-return", "-j2")


def lint():
    """Run every linter over the project.

    :return: the exit status
    """
    _install()
    checks = {
        "ruff check": [_program("ruff"), "check", "--output-format=concise", "."],
        "ruff format": [_program("ruff"), "format", "--check", "."],
        "pylint-odoo": [_program("pylint"), *PYLINT, *MODULES],
        "codespell": [_program("codespell"), *_tracked_folders()],
        **{
            f"oca module checks: {module}": [_program("oca-checks-odoo-module"), module]
            for module in MODULES
        },
        "oca translation checks": [_program("oca-checks-po"), *_translations()],
    }
    failed = []
    for title, command in checks.items():
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
            failed.append(title)
    with step("boundaries"):
        findings = list(boundary_findings())
    if findings:
        say("\n".join(findings))
        failed.append("boundaries")
    say(f"Failed: {', '.join(failed)}" if failed else "All linters are content.")
    return 1 if failed else 0


def format():
    """Put the code into form."""
    _install()
    for arguments in (["check", "--fix-only", "-q", "."], ["format", "-q", "."]):
        subprocess.run([_program("ruff"), *arguments], cwd=ROOT, check=False)
    return 0


def boundary_findings():
    """Yield what crosses a border between the layers, as ``file:line: what``."""
    for path in sorted(ROOT.rglob("*")):
        name = path.relative_to(ROOT)
        if name.parts[0] in (".local", ".git") or path.suffix not in (".py", ".xml", ".js", ".csv"):
            continue
        lines = path.read_text(errors="replace").splitlines()
        if len(lines) > LONG_FILE:
            yield f"{name}:1: {len(lines)} lines; look for the second concept in it"
        for number, line in enumerate(lines, 1):
            for text in _line_findings(name, line):
                yield f"{name}:{number}: {text}"


def _line_findings(name, line):
    top = name.parts[0]
    is_test = "tests" in name.parts
    if top == BASE and re.search("prom", INNOCENT.sub("", line), re.IGNORECASE):
        yield "the base names the marketplace"
    if name.parts[:2] == ("garazd_merchant_prom", "api") and re.match(
        r"\s*(from|import) odoo\b", line
    ):
        yield "the client imports Odoo"
    if top in MODULES and not is_test and re.search(r"\bcr\.commit\(", line):
        yield "commits in a model; use the progress of the scheduled action"
    if name.parts[:2] == ("tests", "prom_simulator") and re.match(
        r"\s*(from|import) (odoo|garazd_)", line
    ):
        yield "the simulator knows the other side"
    # The client has to know the words that Prom writes.
    is_foreign = is_test or {"i18n", "demo", "api"}.intersection(name.parts)
    if top in MODULES and not is_foreign and CYRILLIC.search(line):
        yield "Cyrillic outside translations, demo data and tests"


def _tracked_folders():
    return [*MODULES, "tools", "tests", "docs", "README.md", "CONTRIBUTING.md"]


def _translations():
    return [str(path) for module in MODULES for path in (ROOT / module / "i18n").glob("*.po")]


def _install():
    prepare_python(dev=True)
    missing = [module for module in MODULES if not (ROOT / module).is_dir()]
    if missing:
        raise Failure(f"These modules are missing: {', '.join(missing)}.")


def _program(name):
    return str(DEV_VENV / "bin" / name)
