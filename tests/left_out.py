"""What a run left out, and whether it may: what is not run proves nothing.

A test is left out where this machine lacks a program (`tests.programs`), unless CI says that
nothing may be; any other skipped test fails the run.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.programs import MISSING, missing_packages

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run where a test was skipped that should not have been."""
    may_be = 0 if os.environ.get("CI") == "true" else len(_missing(session.config))
    if len(_skipped(session.config)) > may_be and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Say why a run without failures fails."""
    named = _missing(terminalreporter.config)
    for report in _skipped(terminalreporter.config):
        if report.nodeid not in named:
            terminalreporter.write_line(f"SKIPPED, which fails the run: {report.nodeid}", red=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say last what is missing, and what brings it."""
    if missing := _missing(config):
        many = f"{len(missing)} test{'s' * (len(missing) > 1)}"
        names = ", ".join(sorted(set(missing.values())))
        brings = f"sudo apt install {missing_packages()} && make test"
        print(f"Left out: {many}, for want of {names}. To run all: {brings}")


def _missing(config: pytest.Config) -> dict[str, str]:
    """The tests that want a program that is not there, and which."""
    reasons = {report.nodeid: str(report.longrepr) for report in _skipped(config)}
    return {
        test: reason.rpartition(MISSING)[2].rstrip("')")
        for test, reason in reasons.items()
        if MISSING in reason
    }


def _skipped(config: pytest.Config) -> list[pytest.TestReport]:
    reporter: TerminalReporter | None = config.pluginmanager.get_plugin("terminalreporter")
    return reporter.stats.get("skipped", []) if reporter else []
