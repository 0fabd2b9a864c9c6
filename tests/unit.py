"""`pytest --unit`: the tests that need no server, no browser and no other process.

There is no list of them: tests that use the fixture `servers` are deselected, and a test that
starts a process is skipped at that moment.
"""

import asyncio
import sys
from typing import Any, NoReturn

import pytest
from _pytest.terminal import TerminalReporter

SERVERS = "servers"  # the fixture on which all fixtures with a server depend
STARTS = "starts a process"
STARTING = frozenset({"subprocess.Popen", "os.fork", "os.posix_spawn"})


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests that need servers."""
    without = [item for item in items if SERVERS not in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(without)])
    items[:] = without


@pytest.fixture(scope="session", autouse=True)
def no_process() -> None:
    """Skip a test when it starts a process."""

    def hook(event: str, _: object, among: frozenset[str] = STARTING) -> None:
        if event in among:
            _skip()

    sys.addaudithook(hook)
    # uvloop starts processes without an audit event.
    asyncio.create_subprocess_exec = asyncio.create_subprocess_shell = _skip


def _skip(*_: Any, **__: Any) -> NoReturn:
    pytest.skip(STARTS)


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print how many tests were skipped because they start a process."""
    others = len(terminalreporter.stats.get("skipped", []))
    terminalreporter.write_line(f"{others} more start a process; `make test-all` runs them.")
