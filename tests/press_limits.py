"""What one viewer may press, as the Lua that counts has it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_VIEWER: Final = Path(__file__).parents[1] / "shared" / "engine" / "functions" / "viewer.lua"
_RATE, _BURST = re.findall(r"(?:RATE|BURST) = ([0-9]+),", _VIEWER.read_text("utf-8"))

PRESSES_PER_SECOND: Final = int(_RATE)  # which is also thousandths in a ms
PRESS_BURST: Final = int(_BURST) // 1000
