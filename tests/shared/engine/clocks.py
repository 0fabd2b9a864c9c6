"""A Valkey whose clock a test sets, as an operator, NTP or a failover to another machine can."""

import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.programs import program
from tests.shared.engine.rooms import OwnServer

HOUR = 3_600  # s


class ClockedServer(OwnServer):
    """A Valkey with a separate clock. Its monotonic clock is not changed.

    A clock that `stands` moves by `step` alone, however long a test takes.
    """

    def __init__(self, folder: Path, *, stands: bool = False) -> None:
        super().__init__(folder, "--appendonly", "no")
        self._stands_at = datetime.now(UTC) if stands else None
        self._ahead = 0.0
        self._told = folder / "clock"
        self.step(0)
        self.environment = os.environ | {
            "TZ": "UTC",
            "LD_PRELOAD": _library(),
            "FAKETIME_TIMESTAMP_FILE": str(self._told),
            "FAKETIME_NO_CACHE": "1",
            # Its shared memory is named by the process: a killed server leaves it to a later one.
            "FAKETIME_DISABLE_SHM": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def step(self, seconds: float) -> None:
        """Set the clock forward by `seconds`, or back if negative."""
        self._ahead += seconds
        new = self._told.with_suffix(".new")
        new.write_text(self._faketime())
        new.rename(self._told)

    def _faketime(self) -> str:
        if self._stands_at is None:
            return f"{self._ahead:+.3f}"
        return f"{self._stands_at + timedelta(seconds=self._ahead):%Y-%m-%d %H:%M:%S.%f}"


@asynccontextmanager
async def clocked_server(folder: Path, *, stands: bool = False) -> AsyncIterator[ClockedServer]:
    server = ClockedServer(folder, stands=stands)
    await server.start()
    try:
        yield server
    finally:
        await server.kill()


def _library() -> str:
    """The path of the library that faketime preloads into a process."""
    command = [program("faketime"), "--disable-shm", "-f", "+0", "printenv", "LD_PRELOAD"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
