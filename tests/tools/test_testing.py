"""How the figures of the suites become one answer."""

import pytest

from tools import testing
from tools.console import Failure
from tools.logcheck import SERVER_ALLOWED, read_log
from tools.testing import Result

STAMP = "2026-11-23 10:00:00,000 1"


def test_all_suites_are_summed_in_one_plain_line(capsys):
    status = testing.conclude([Result("a", tests=10), Result("b", tests=5)])
    assert capsys.readouterr().out == "15 passed, 0 failed\n"
    assert status == 0


def test_a_failed_test_fails_the_run(capsys):
    status = testing.conclude([Result("a", tests=10, broken=2), Result("b", tests=5)])
    assert capsys.readouterr().out == "13 passed, 2 failed\n"
    assert status == 1


def test_a_suite_that_is_wrong_without_a_failed_test_counts_as_one_failure(capsys):
    status = testing.conclude([Result("a", tests=10, reasons=["a warning"])])
    assert capsys.readouterr().out == "10 passed, 1 failed\n"
    assert status == 1


def test_a_suite_that_could_not_run_is_named_and_is_no_failure(capsys):
    status = testing.conclude([Result("a", tests=1), Result("e2e", not_run="no browser")])
    shown = capsys.readouterr()
    assert (status, shown.out) == (0, "1 passed, 0 failed\n")
    assert "not run: no browser" in shown.err


def test_no_test_at_all_is_a_failure(capsys):
    assert testing.conclude([Result("e2e", not_run="no browser")]) == 1
    assert capsys.readouterr().out == "0 passed, 0 failed\n"


def test_a_suite_without_tests_gets_a_reason():
    assert testing._need_tests(Result("a")).failed == 1


@pytest.mark.parametrize(
    ("names", "tags", "chosen"),
    [
        (None, None, list(testing.SUITES)),
        (["feed"], None, ["feed"]),
        (["feed"], "/garazd_merchant_prom", ["feed"]),
        (None, "/garazd_merchant_prom:TestX.test_y", ["prom", "all"]),
        (None, "/garazd_product_feed", ["feed"]),
        (None, ":TestX", ["center", "prom", "all", "feed"]),
    ],
)
def test_tags_choose_the_suites_that_test_their_module(names, tags, chosen):
    assert testing.choose(names, tags) == chosen


def test_an_unknown_suite_is_named_with_those_that_exist():
    with pytest.raises(Failure, match="no suite nonsense: choose from e2e, store, center"):
        testing.choose(["nonsense"], None)


def test_a_missing_browser_fails_only_where_nobody_looks(monkeypatch):
    suite = testing.SUITES["e2e"]
    monkeypatch.setenv("CI", "true")
    assert testing._run_plain("e2e", suite, None).failed == 1
    monkeypatch.delenv("CI")
    result = testing._run_plain("e2e", suite, None)
    assert (result.failed, bool(result.not_run)) == (0, True)


def test_figures_come_from_the_report_of_pytest(tmp_path):
    path = tmp_path / "report.xml"
    path.write_text(
        '<testsuites><testsuite errors="1" failures="2" skipped="3" tests="10"/></testsuites>'
    )
    assert testing.read_figures(path) == (7, 3)


def test_no_report_means_no_tests(tmp_path):
    assert testing.read_figures(tmp_path / "none.xml") == (0, 0)


def test_a_suite_without_its_folder_is_a_failure():
    suite = testing.PlainSuite(("tests/nowhere",))
    assert testing._missing(suite) == ["tests/nowhere"]
    suite = testing.OdooSuite("feed", ("nowhere",), ("nowhere",))
    assert testing._missing(suite) == ["nowhere"]


def test_a_request_that_odoo_repeats_is_allowed_in_the_log_of_a_server_only():
    text = f"{STAMP} ERROR db odoo.sql_db: bad query: UPDATE x\nERROR: could not serialize access\n"
    assert read_log(text, SERVER_ALLOWED).problems == []
    assert len(read_log(text).problems) == 1


def test_the_figures_of_several_runs_are_summed():
    line = f"{STAMP} INFO db odoo.tests.result: 1 failed, 0 error(s) of 7 tests when loading\n"
    report = read_log(line * 2)
    assert (report.tests, report.failed) == (14, 2)


def test_lines_before_the_first_entry_are_left_out():
    assert read_log("Running as user 'root' is a security risk.\n").problems == []
