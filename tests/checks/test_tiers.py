"""What only `make test-all` runs is there: a path that was renamed would run in `make test`."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


def test_every_thorough_test_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", "")
    (thorough,) = re.findall(r"^THOROUGH := (.+)$", makefile, re.MULTILINE)
    assert [path for path in thorough.split() if not list(ROOT.glob(path))] == []
