"""The press limits of a viewer, read from the engine's Lua."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_VIEWER: Final = Path(__file__).parents[1] / "shared" / "engine" / "functions" / "viewer.lua"
_RATE, _BURST = re.findall(r"(?:RATE|BURST) = ([0-9]+),", _VIEWER.read_text("utf-8"))

PRESSES_PER_SECOND: Final = int(_RATE)  # the Lua has thousandths of a press per ms, the same number
PRESS_BURST: Final = int(_BURST) // 1000
