"""What the commands do before anything is installed, and with what they start."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tools import (
    __main__ as commands,
)
from tools import (
    demo,
    odoo,
    odoo_debian,
    odoo_source,
    postgres,
    processes,
    python_env,
)
from tools.console import Failure, need_disk, run, step
from tools.lock import locked
from tools.paths import ROOT


def make(*arguments):
    """Run make as a person does, also when these tests run in a make with arguments."""
    ours = re.compile("M(AKE)?FLAGS|MAKE.*|PORT|DB|SUITE|TAGS|JOBS|SMOKE|ARGS")
    return subprocess.run(
        ["make", "-s", f"PYTHON={sys.executable}", *arguments],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if not ours.fullmatch(key)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_is_the_default_and_has_a_line_for_each_command():
    lines = make().stdout.splitlines()
    names = {line.split()[0] for line in lines}
    assert {"demo", "test", "run", "lint", "bench", "shell", "odoo", "clean", "help"} <= names


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("demo", "PORT=abc"), "PORT=abc is no port"),
        (("demo", "PORT=70000"), "PORT=70000 is no port"),
        (("run", "DB=a!b"), "DB=a!b is no name"),
        (("test", "JOBS=0"), "JOBS=0 is no number of suites"),
        (("test", "SUITE=nonsense"), "There is no suite nonsense"),
    ],
)
def test_a_wrong_argument_is_told_and_nothing_starts(arguments, told):
    done = make(*arguments)
    assert done.returncode
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_ends_make_demo_with_the_variable_to_set():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = make("demo", f"PORT={other.getsockname()[1]}")
    assert done.returncode
    assert "is taken" in done.stderr
    assert "PORT=<number>" in done.stderr


def test_an_interrupted_command_ends_quietly(monkeypatch, capsys):
    def interrupt(_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(sys, "argv", ["tools", "clean"])
    monkeypatch.setattr(commands, "_dispatch", interrupt)
    assert commands.main() == 130
    assert capsys.readouterr().err.strip() == "Stopped."


def test_a_full_disk_is_told_in_one_line(monkeypatch, capsys):
    def fill(_options):
        raise OSError(28, "No space left on device", "/x")

    monkeypatch.setattr(sys, "argv", ["tools", "clean"])
    monkeypatch.setattr(commands, "_dispatch", fill)
    assert commands.main() == 1
    assert "/x: No space left on device" in capsys.readouterr().err


def test_too_little_space_is_told_before_the_download(tmp_path):
    with pytest.raises(Failure, match="GB are needed: free some space"):
        need_disk(tmp_path, 10**9)


@pytest.mark.parametrize(
    ("arguments", "database"),
    [
        (["shell", "-d", "x", "--no-http"], "x"),
        (["shell", "--database", "x"], "x"),
        (["shell", "--database=x"], "x"),
        (["shell", "-dx"], "x"),
        (["shell", "--no-http"], None),
    ],
)
def test_the_database_is_found_among_the_arguments_of_odoo(arguments, database):
    assert odoo.database_of(arguments) == database


def test_what_is_piped_in_is_left_for_odoo():
    assert run(["cat"], hint="") == ""


@pytest.mark.parametrize(
    "text",
    [
        "Types: deb\nURIs: http://mirror.example/debian\nSuites: x\nSigned-By: /k/a.gpg\n",
        "deb [signed-by=/k/a.gpg] http://mirror.example/debian x main\n",
        "deb [arch=amd64 signed-by=/k/a.gpg] http://mirror.example/debian x main\n",
    ],
)
def test_the_machines_own_package_source_is_used(text):
    texts = ["deb http://mirror.example/debian-security x main\n", text]
    found = odoo_debian.package_source(texts, "or not")
    assert found == ("http://mirror.example/debian", "/k/a.gpg")


def test_a_source_without_a_keyring_gets_debians_own():
    found = odoo_debian.package_source(["deb http://mirror.example/debian/ x main\n"], "or not")
    assert found == ("http://mirror.example/debian/", odoo_debian.DEFAULT_KEYRING)


def test_a_machine_without_a_debian_source_is_told_what_to_do():
    with pytest.raises(Failure, match="Add a Debian package source .* or set ODOO_HOME"):
        odoo_debian.package_source(["deb http://mirror.example/ubuntu x main"], "or set ODOO_HOME")


def test_a_folder_of_an_installed_odoo_is_used(monkeypatch, tmp_path):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text("version_info = (19, 0, 0, FINAL, 0, '')")
    for home in (tmp_path, tmp_path / "odoo"):
        monkeypatch.setenv("ODOO_HOME", str(home))
        found = odoo_source.find_odoo()
        assert (found.arguments, found.python_path) == (("-m", "odoo"), tmp_path)


@pytest.mark.parametrize(("version", "is_fine"), [("19.0-20260101", True), ("18.0", False)])
def test_a_command_of_an_installed_odoo_is_asked_for_its_version(
    monkeypatch, tmp_path, version, is_fine
):
    command = tmp_path / "odoo"
    command.write_text(f"#!/bin/sh\necho Odoo Server {version}\n")
    command.chmod(0o755)
    monkeypatch.setenv("ODOO_HOME", str(command))
    if is_fine:
        assert odoo_source.find_odoo().python_path is None
    else:
        with pytest.raises(Failure, match=r"holds Odoo 18\.0"):
            odoo_source.find_odoo()


def test_a_folder_without_odoo_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(Failure, match="No Odoo was found at"):
        odoo_source.find_odoo()


def test_the_user_postgres_is_refused_as_odoo_refuses_it(monkeypatch):
    monkeypatch.setenv("PGHOST", "localhost")
    monkeypatch.setenv("PGUSER", "postgres")
    with pytest.raises(Failure, match="name another one in PGUSER"):
        postgres.start_server()


def test_a_stale_process_number_is_no_running_server(tmp_path):
    pid_file = tmp_path / "postmaster.pid"
    assert postgres._running_pid(tmp_path) is None
    # A number that another program has got since then.
    pid_file.write_text(f"{os.getpid()}\n")
    assert postgres._running_pid(tmp_path) is None
    pid_file.write_text("nonsense\n")
    assert postgres._running_pid(tmp_path) is None


def test_an_environment_of_another_folder_is_made_again(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "pyvenv.cfg").write_text(f"version = {sys.version.split()[0]}\n")
    for name in ("python", "pip", "uv"):
        (tmp_path / "bin" / name).write_text(f"#!{tmp_path}/bin/python\n")
    assert python_env._is_usable(tmp_path)
    moved = tmp_path.rename(tmp_path.with_name("moved"))
    assert not python_env._is_usable(moved)


def test_a_program_and_what_it_started_end_after_their_time(tmp_path):
    started = time.monotonic()
    done = processes.run_group(
        ["sh", "-c", f"echo begun; sleep 60 & echo $! > {tmp_path}/pid; wait"], seconds=1
    )
    assert (done.returncode, done.stdout) == (None, "begun\n")
    assert time.monotonic() - started < 30
    end = time.monotonic() + 5
    while is_alive(int((tmp_path / "pid").read_text())):
        assert time.monotonic() < end, "it goes on"
        time.sleep(0.05)


def is_alive(pid):
    """Tell whether a process runs and does not only wait to be buried."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_server_that_stops_at_once_is_told_with_its_log(tmp_path):
    log = tmp_path / "log"
    with (
        pytest.raises(Failure, match=f"stopped at once.*{log}"),
        processes.running(["false"], log=log, ready_url="http://127.0.0.1:9/"),
    ):
        pass


def test_a_lock_is_waited_for_or_told():
    entered = threading.Event()
    leave = threading.Event()

    def hold():
        with locked("check-of-the-lock"):
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait(10)
    code = (
        "from tools.lock import locked\n"
        "with locked('check-of-the-lock', busy='It is busy.'): pass\n"
    )
    other = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    leave.set()
    thread.join()
    assert b"It is busy." in other.stderr
    with locked("check-of-the-lock"), locked("check-of-the-lock"):
        pass


def test_steps_are_told_on_the_standard_error_only(capsys):
    timings = []
    with step("Doing it", timings):
        pass
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "- Doing it\n")
    assert timings[0][0] == "Doing it"


def test_the_smoke_test_names_what_is_missing():
    figures = {
        "state": "draft",
        "orders imported": 24,
        "sales orders": 25,
        "feed offers": 0,
    }
    assert demo.missing(figures) == [
        "the store is not connected",
        "fewer than 25 orders are imported",
        "the price list has no offers",
    ]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
def test_an_old_python_is_told_what_to_do():
    code = "import sys; sys.version_info = (3, 8, 0); import tools"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("This is Python 3.8, and 3.10 to 3.13 is needed")
