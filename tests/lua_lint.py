"""Runs luacheck: `python -m tests.lua_lint`.

The files of the engine's library use each other's locals, so luacheck gets them concatenated, as
the server loads them. Findings are printed with the file and the line in it.
"""

import os
import re
import shutil
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from shared.engine.functions import PARTS, SOURCE

FUNCTIONS = Path("shared/engine/functions")
OTHERS = ("tests/bench/press.lua",)
LUACHECK = ("luacheck", "--formatter", "plain", "--codes")
FOUND = re.compile(r"^stdin:(\d+)", re.MULTILINE)
BESIDE = re.compile(r"on line (\d+)")  # a second place that a finding mentions


def main() -> int:
    """Print luacheck's findings; the exit status is 1 if there are any."""
    if shutil.which(LUACHECK[0]) is None:
        print("Lua is not checked, because luacheck is missing: sudo apt install lua-check")
        return int(os.environ.get("CI") == "true")
    # The first line is for Redis and is not Lua.
    whole = _run(["-"], SOURCE.replace("#!", "--", 1))
    found = FOUND.sub(lambda line: place(int(line[1])), whole)
    found = BESIDE.sub(lambda line: f"at {place(int(line[1]))}", found) + _run(OTHERS)
    print(found or "luacheck: nothing found\n", end="")
    return int(bool(found))


def _run(sources: Sequence[str], text: str = "") -> str:
    told = subprocess.run(
        [*LUACHECK, *sources], input=text, capture_output=True, text=True, check=False
    )
    return told.stdout + told.stderr


def place(line: int) -> str:
    """Convert a line of the concatenated library to `file:line`."""
    starts = _starts()
    part = bisect_right(starts, line) - 1
    if part < 0:
        return f"shared/engine/functions/__init__.py ({line})"
    return f"{FUNCTIONS / PARTS[part]}.lua:{line - starts[part] + 1}"


@cache
def _starts() -> list[int]:
    """Return the line at which each file begins in the concatenated library."""
    texts = [(FUNCTIONS / f"{part}.lua").read_text("utf-8") for part in PARTS]
    return [SOURCE.count("\n", 0, SOURCE.index(text)) + 1 for text in texts]


if __name__ == "__main__":
    sys.exit(main())
