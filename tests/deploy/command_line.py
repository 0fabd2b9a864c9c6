"""`streamario` as a process, with an environment of its own."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.conftest import free_ports

ROOT = Path(__file__).parents[2]
TINY_PAIR = Path(__file__).with_name("tiny_pair.py")
COMPLETE = {
    "REDIS_URL": "127.0.0.1:1",
    "DATABASE_URL": "postgresql://127.0.0.1:1/streamario",
    "SECRET_KEYS": "a secret of the test suite",
}


def streamario(
    folder: Path,
    *arguments: str,
    program: Sequence[str] = (sys.executable, str(TINY_PAIR)),
    **variables: str,
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, with these variables and no others."""
    return finished([*program, *arguments], cwd=folder, env=environment(**variables))


def finished(command: Sequence[str | Path], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, with options of `subprocess.run`; what it prints is text."""
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def environment(**variables: str) -> dict[str, str]:
    """Return these variables, and those that every program needs."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOST": "127.0.0.1", **variables}


def own_ports() -> dict[str, str]:
    """Variables with ports on which nothing listens."""
    return dict(zip(("PORT", "UNITY_WS_PORT"), map(str, free_ports(2)), strict=True))
