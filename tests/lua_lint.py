"""Lua as luacheck reads it: `python -m tests.lua_lint`.

The parts of the engine's library see each other's locals, so they are read as the server loads
them, put together; what is found is said of the part and its line.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from bisect import bisect_right
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from shared.engine.functions import PARTS, SOURCE

if TYPE_CHECKING:
    from collections.abc import Sequence

FUNCTIONS = Path("shared/engine/functions")
OTHERS = ("tests/bench/press.lua",)
LUACHECK = ("luacheck", "--formatter", "plain", "--codes")
FOUND = re.compile(r"^stdin:(\d+)", re.MULTILINE)
BESIDE = re.compile(r"on line (\d+)")  # where the other one of two stands


def main() -> int:
    """Print what luacheck finds; the exit status is 1 where it finds anything."""
    if shutil.which(LUACHECK[0]) is None:
        print("Left out: Lua, for want of luacheck. To read it too: sudo apt install lua-check")
        return int(os.environ.get("CI") == "true")
    # The first line is for Redis, and no Lua.
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
    """The part that a line of the whole is from, and which of its lines that is."""
    starts = _starts()
    part = bisect_right(starts, line) - 1
    if part < 0:
        return f"shared/engine/functions/__init__.py ({line})"
    return f"{FUNCTIONS / PARTS[part]}.lua:{line - starts[part] + 1}"


@cache
def _starts() -> list[int]:
    """Where each part begins, as a line of the whole."""
    texts = [(FUNCTIONS / f"{part}.lua").read_text("utf-8") for part in PARTS]
    return [SOURCE.count("\n", 0, SOURCE.index(text)) + 1 for text in texts]


if __name__ == "__main__":
    sys.exit(main())
