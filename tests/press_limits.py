"""The press limits of a viewer, read from the engine's Lua."""

import re
from pathlib import Path
from typing import Final

_FUNCTIONS: Final = Path(__file__).parents[1] / "shared" / "engine" / "functions"


def _number(part: str, name: str) -> int:
    found = re.search(rf"\b{name} = ([0-9]+)\b", (_FUNCTIONS / f"{part}.lua").read_text("utf-8"))
    assert found, f"{part}.lua has no {name}"
    return int(found[1])


# The Lua has thousandths of a press per ms, the same number.
PRESSES_PER_SECOND: Final = _number("viewer", "RATE")
PRESS_BURST: Final = _number("send_interval", "BURST")
