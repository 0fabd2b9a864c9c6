"""`pytest --unit`: the tests that need no server, no browser and no other process.

Nobody keeps a list: what asks for the test run's servers is deselected, and whatever is about to
start a process is skipped when it does.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

SERVERS = "servers"  # the fixture that all others have theirs from
STARTS = "starts a process"
STARTING = frozenset({"subprocess.Popen", "os.fork", "os.posix_spawn"})


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what runs on servers."""
    without = [item for item in items if SERVERS not in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(without)])
    items[:] = without


@pytest.fixture(scope="session", autouse=True)
def no_process() -> None:
    """Skip the test that is about to start one."""

    def hook(event: str, _: object, among: frozenset[str] = STARTING) -> None:
        if event in among:
            _skip()

    sys.addaudithook(hook)
    # The event loop of the services starts them without Python's knowledge.
    asyncio.create_subprocess_exec = asyncio.create_subprocess_shell = _skip


def _skip(*_: Any, **__: Any) -> NoReturn:
    pytest.skip(STARTS)


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Say how many turned out to be none."""
    others = len(terminalreporter.stats.get("skipped", []))
    terminalreporter.write_line(f"{others} more start a process, and are left to make test.")
