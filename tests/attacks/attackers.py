"""Runs attackers as processes, and measures the services' memory, descriptors and CPU time."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

import msgspec

from tests.attacks.attacker_process import Report

CPUCLOCK_SCHED: Final = 2  # of `clock_getcpuclockid`: the CPU time of all of a process's threads
_hosts = count(time.time_ns() % 2**60)


def stranger() -> str:
    """Return an IPv6 address in a /64 network that no test has used in this minute."""
    number = next(_hosts)
    groups = (number >> shift & 0xFFFF for shift in (32, 16, 0))
    return "2001:" + ":".join(f"{group:x}" for group in groups) + "::1"


@dataclass(frozen=True, slots=True)
class Size:
    """A process's resident memory (MB) and open descriptors."""

    memory: float
    descriptors: int


def size_of(pid: int) -> Size:
    """Measure a process now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    open_ones = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return Size(pages * os.sysconf("SC_PAGESIZE") / 1e6, open_ones)


def cpu_of(pid: int) -> float:
    """Return how much CPU time a process has used, s: the ticks of /proc are too coarse."""
    return time.clock_gettime(~pid << 3 | CPUCLOCK_SCHED)


@dataclass(frozen=True)
class Attackers:
    """A process of attackers."""

    process: asyncio.subprocess.Process

    async def settled(self) -> Report:
        """Wait until all have connected, and return their report."""
        return await self._report()

    async def let_go(self) -> Report:
        """End the attack, and return the report of the moment before."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        report = await self._report()
        await self.process.wait()
        return report

    async def _report(self) -> Report:
        assert self.process.stdout is not None
        return msgspec.json.decode(await self.process.stdout.readline(), type=Report)


@asynccontextmanager
async def attacking(
    port: int, room_id: str, count: int, kinds: Sequence[str]
) -> AsyncIterator[Attackers]:
    """Run `count` attackers; the kinds are assigned in turn."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.attacks.attacker_process"),
        *(str(port), room_id, str(count), ",".join(kinds)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Attackers(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
