"""What the tooling decides by itself, without Odoo."""

import socket
import sys

import pytest

from tools import databases, odoo, odoo_source, python_env
from tools.console import Failure, run
from tools.logcheck import read_log

STAMP = "2026-11-23 10:00:00,000 1"


def test_figures_are_read_from_the_result_line():
    report = read_log(
        f"{STAMP} INFO db odoo.tests.result: 2 failed, 1 error(s) of 120 tests "
        "when loading database 'db' \n"
    )
    assert (report.tests, report.failed, report.problems) == (120, 3, [])


def test_a_log_without_a_result_line_counts_no_tests():
    assert read_log(f"{STAMP} INFO db odoo.modules.loading: 12 modules loaded").tests == 0


@pytest.mark.parametrize("level", ["WARNING", "ERROR", "CRITICAL"])
def test_an_unexpected_line_is_a_problem_with_its_traceback(level):
    report = read_log(
        f"{STAMP} {level} db odoo.sql_db: bad query\nTraceback (most recent call last):\n  boom\n"
        f"{STAMP} INFO db odoo.sql_db: fine\nnot part of it\n"
    )
    assert len(report.problems) == 1
    assert report.problems[0][-1] == "  boom"


def test_an_allowed_warning_is_no_problem():
    line = f"{STAMP} WARNING db odoo.addons.web: asset received after termination"
    assert read_log(line).problems == []


def test_a_taken_port_is_told_with_the_variable_that_changes_it():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Failure, match=f"Port {port} is taken.*PORT="):
            odoo.need_port(port, "PORT")


def test_a_free_port_can_be_used():
    odoo.need_port(odoo.free_port(), "PORT")


def test_a_failed_command_tells_its_last_line_and_what_to_do():
    with pytest.raises(Failure, match="no such luck - Buy a ticket"):
        run(["sh", "-c", "echo no such luck >&2; exit 3"], hint="Buy a ticket.")


def test_a_missing_program_tells_what_to_do():
    with pytest.raises(Failure, match="could not be started.*Install it"):
        run(["program-that-nobody-has"], hint="Install it.")


def test_odoo_home_that_does_not_exist_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("ODOO_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(Failure, match="nowhere, which does not exist"):
        odoo_source.find_odoo()


def test_another_version_of_odoo_is_refused(monkeypatch, tmp_path):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo-bin").touch()
    (tmp_path / "odoo" / "release.py").write_text("version_info = (18, 0, 0, FINAL, 0, '')")
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(Failure, match=r"holds Odoo 18.0; 19.0 is needed"):
        odoo_source.find_odoo()


def test_a_checkout_of_odoo_is_used(monkeypatch, tmp_path):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo-bin").touch()
    (tmp_path / "odoo" / "release.py").write_text("version_info = (19, 0, 0, FINAL, 0, '')")
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    found = odoo_source.find_odoo()
    assert (found.arguments, found.python_path) == ((str(tmp_path / "odoo-bin"),), tmp_path)


def test_an_unsupported_python_is_refused(monkeypatch):
    monkeypatch.setattr(python_env, "SUPPORTED", ((2, 6), (2, 7)))
    with pytest.raises(Failure, match="is not supported"):
        python_env.prepare_python()


@pytest.mark.parametrize(
    ("answer", "is_taken"), [("{own}.99", True), ("3.1.0", False), ("", False)]
)
def test_the_distributions_python_is_taken_where_it_is_as_new(
    monkeypatch, tmp_path, answer, is_taken
):
    own = ".".join(map(str, sys.version_info[:2]))
    program = tmp_path / "python3"
    program.write_text(f"#!/bin/sh\necho '{answer.format(own=own)}'\n")
    program.chmod(0o755)
    monkeypatch.setattr(python_env, "DISTRIBUTION", program)
    path, version = python_env._find_base.__wrapped__()
    assert path == (str(program) if is_taken else sys.executable)
    assert version.startswith(f"{own}.")


def test_a_template_has_another_key_when_the_version_or_the_modules_change():
    keys = {
        databases._key("19.0-a", "sale"),
        databases._key("19.0-b", "sale"),
        databases._key("19.0-a", "sale", "stock"),
    }
    assert len(keys) == 3
