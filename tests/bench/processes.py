"""What the kernel knows of a process: its processor time and its memory (Linux)."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

TICK: Final = 1 / os.sysconf("SC_CLK_TCK")  # s
# Places in /proc/PID/stat after the name, see proc(5): user and system times.
OWN_TIMES: Final = (11, 12)
TIMES_OF_ENDED_CHILDREN: Final = (13, 14)
BUSY: Final = (0, 1, 2, 5, 6, 7)  # places in the first line of /proc/stat: all but idle, and guests
KIB: Final = 1024


def cpu_seconds(pid: int) -> float:
    """The processor time of a process and its children, past and present, s in steps of 10 ms."""
    own = _cpu_ticks(pid, OWN_TIMES + TIMES_OF_ENDED_CHILDREN)
    return (own + sum(map(_child_ticks, _children(pid)))) * TICK


def resident_bytes(pid: int) -> int:
    """The memory that a process holds, shared pages in full."""
    return _kib(Path(f"/proc/{pid}/status"), "VmRSS:") * KIB


def proportional_bytes(pid: int) -> int:
    """The memory that a process holds, shared pages divided among those who share them."""
    return _kib(Path(f"/proc/{pid}/smaps_rollup"), "Pss:") * KIB


class CpuMeter:
    """The processor time that named groups of processes use from now on."""

    def __init__(self, groups: Mapping[str, Iterable[int]]) -> None:
        self._groups = {name: tuple(pids) for name, pids in groups.items()}
        self._before = self._now()

    def seconds(self) -> dict[str, float]:
        """What each group has used since."""
        return {name: used - self._before[name] for name, used in self._now().items()}

    def _now(self) -> dict[str, float]:
        return {name: sum(map(cpu_seconds, pids)) for name, pids in self._groups.items()}


class Noise:
    """How much of the machine others use from now on: what is left if our own is taken away."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._before = self._of_others()

    @property
    def seconds(self) -> float:
        """How long ago that was."""
        return time.monotonic() - self._began

    @property
    def cores(self) -> float:
        """On average; only while no process that was started here is running any more."""
        return (self._of_others() - self._before) / self.seconds

    @staticmethod
    def _of_others() -> float:
        fields = Path("/proc/stat").read_text().partition("\n")[0].split()[1:]
        busy = sum(int(fields[at]) for at in BUSY) * TICK
        own = os.times()
        return busy - own.user - own.system - own.children_user - own.children_system


def _child_ticks(pid: int) -> int:
    try:
        return _cpu_ticks(pid, OWN_TIMES)
    except FileNotFoundError:
        return 0  # it has just ended, and is its parent's from now on


def _cpu_ticks(pid: int, places: tuple[int, ...]) -> int:
    # The name is in brackets and may hold anything, brackets too.
    _, _, facts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
    fields = facts.split()
    return sum(int(fields[place]) for place in places)


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        yield from map(int, (task / "children").read_text().split())


def _kib(file: Path, field: str) -> int:
    for line in file.read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1])
    raise LookupError(f"{file} has no {field}")
