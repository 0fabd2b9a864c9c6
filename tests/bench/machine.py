"""Describes the machine and the versions of a run."""

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec

from deploy.embedded import programs

PACKAGES: Final = (
    *("starlette", "uvicorn", "uvloop", "httptools", "websockets"),
    *("redis", "hiredis", "msgspec", "sqlalchemy", "psycopg"),
)
GIB: Final = 1024**3


class Machine(msgspec.Struct, frozen=True):
    """The machine of a run; `load` is its one-minute load average before the run."""

    processor: str
    cores: int
    memory_gib: float
    kernel: str
    python: str
    load: float
    servers: list[str]
    packages: dict[str, str]

    def lines(self) -> list[str]:
        """Return the same as text."""
        packages = [f"{name} {release}" for name, release in self.packages.items()]
        size = f"{self.cores} cores, {self.memory_gib:.1f} GiB"
        return [
            f"{self.processor}, {size}, Linux {self.kernel}, load {self.load:.2f} before the run",
            f"Python {self.python}, {', '.join(self.servers)}",
            ", ".join(packages[:5]) + ",",
            ", ".join(packages[5:]),
        ]


def this_machine() -> Machine:
    """Describe this machine."""
    return Machine(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)),
        memory_gib=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB,
        kernel=platform.release(),
        python=platform.python_version(),
        load=os.getloadavg()[0],
        servers=[
            f"Valkey {_release(str(programs.valkey()))}",
            f"PostgreSQL {_release(str(programs.postgres_folder() / 'postgres'))}",
        ],
        packages={package: version(package) for package in PACKAGES},
    )


def _processor() -> str:
    named = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return named[1] if named else platform.machine()


def _release(program: str) -> str:
    banner = subprocess.run((program, "--version"), capture_output=True, text=True, check=True)
    found = re.search(r"(\d+\.[\d.]*\d)", banner.stdout)
    return found[1] if found else "of unknown release"
