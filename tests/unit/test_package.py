"""The package stands alone."""

import ast
import sys

import pytest

from .conftest import API_FOLDER

MODULES = sorted(API_FOLDER.glob("*.py"))


def imported_roots(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level != 1:
            yield ".." if node.level else node.module.partition(".")[0]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_only_the_standard_library_and_requests_are_imported(path):
    assert set(imported_roots(path)) <= set(sys.stdlib_module_names) | {"requests"}


def test_the_addon_around_the_package_was_not_loaded():
    assert "prom_api" in sys.modules
    assert "garazd_merchant_prom" not in sys.modules
