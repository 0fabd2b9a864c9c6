"""Reads a process's CPU time and memory from /proc (Linux)."""

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

TICK: Final = 1 / os.sysconf("SC_CLK_TCK")  # s
# Indices in /proc/PID/stat, counted after the name (proc(5)): user and system time.
OWN_TIMES: Final = (11, 12)
TIMES_OF_ENDED_CHILDREN: Final = (13, 14)
BUSY: Final = (0, 1, 2, 5, 6, 7)  # indices in the first line of /proc/stat, without idle and guest
KIB: Final = 1024


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process and all its children, ended ones too; s, in 10 ms steps."""
    own = _cpu_ticks(pid, OWN_TIMES + TIMES_OF_ENDED_CHILDREN)
    return (own + sum(map(_child_ticks, children(pid)))) * TICK


def resident_bytes(pid: int) -> int:
    """Return a process's resident memory, with shared pages in full (RSS)."""
    return _kib(Path(f"/proc/{pid}/status"), "VmRSS:") * KIB


def proportional_bytes(pid: int) -> int:
    """Return a process's memory, with shared pages divided among their users (PSS)."""
    return _kib(Path(f"/proc/{pid}/smaps_rollup"), "Pss:") * KIB


class CpuMeter:
    """Measures the CPU time of named groups of processes from now on."""

    def __init__(self, groups: Mapping[str, Iterable[int]]) -> None:
        self._groups = {name: tuple(pids) for name, pids in groups.items()}
        self._before = self._now()

    def seconds(self) -> dict[str, float]:
        """Return the CPU time of each group since the start."""
        return {name: used - self._before[name] for name, used in self._now().items()}

    def _now(self) -> dict[str, float]:
        return {name: sum(map(cpu_seconds, pids)) for name, pids in self._groups.items()}


class Noise:
    """Measures how much CPU other processes use from now on."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._before = self._of_others()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._began

    @property
    def cores(self) -> float:
        """The average number of cores. Valid only when all children of this process have ended."""
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
        return 0  # it has just ended, and counts for its parent


def _cpu_ticks(pid: int, places: tuple[int, ...]) -> int:
    # The name is in parentheses and may itself contain parentheses.
    _, _, facts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
    fields = facts.split()
    return sum(int(fields[place]) for place in places)


def children(pid: int) -> Iterator[int]:
    """Yield the ids of a process's children."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        yield from map(int, (task / "children").read_text().split())


def _kib(file: Path, field: str) -> int:
    for line in file.read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1])
    raise LookupError(f"{file} has no {field}")
