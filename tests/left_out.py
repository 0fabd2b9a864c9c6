"""A pytest plugin that fails a run with skipped tests, unless they may be skipped.

A test may be skipped if this machine lacks a program that it needs (`tests.programs`), except with
CI=true.
"""

import os

import pytest
from _pytest.terminal import TerminalReporter

from tests.programs import MISSING, missing_packages


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run if a test was skipped that may not be skipped."""
    may_be = 0 if os.environ.get("CI") == "true" else len(_missing(session.config))
    if len(_skipped(session.config)) > may_be and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print the skipped tests that fail the run."""
    named = _missing(terminalreporter.config)
    for report in _skipped(terminalreporter.config):
        if report.nodeid not in named:
            terminalreporter.write_line(f"SKIPPED, which fails the run: {report.nodeid}", red=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Print last which programs are missing, and the command that installs them."""
    if missing := _missing(config):
        many = f"{len(missing)} test{'s' * (len(missing) > 1)}"
        names = ", ".join(sorted(set(missing.values())))
        brings = f"sudo apt install {missing_packages()} && make test-all"
        print(f"Skipped {many}, because of missing programs: {names}. To run all: {brings}")


def _missing(config: pytest.Config) -> dict[str, str]:
    """Return the tests that need a missing program, each with the program."""
    reasons = {report.nodeid: str(report.longrepr) for report in _skipped(config)}
    return {
        test: reason.rpartition(MISSING)[2].rstrip("')")
        for test, reason in reasons.items()
        if MISSING in reason
    }


def _skipped(config: pytest.Config) -> list[pytest.TestReport]:
    reporter: TerminalReporter | None = config.pluginmanager.get_plugin("terminalreporter")
    return reporter.stats.get("skipped", []) if reporter else []
