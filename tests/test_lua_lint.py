"""luacheck's findings in the concatenated library are reported with their file and line."""

from __future__ import annotations

import pytest

from shared.engine.functions import PARTS, SOURCE
from tests import lua_lint


@pytest.mark.parametrize("part", PARTS)
def test_a_line_of_the_whole_is_found_in_its_part(part: str) -> None:
    """The first, the last, and all between."""
    whole = SOURCE.splitlines()
    path = lua_lint.FUNCTIONS / f"{part}.lua"
    places = {lua_lint.place(number): text for number, text in enumerate(whole, start=1)}
    lines = path.read_text("utf-8").splitlines()
    assert [places[f"{path}:{number}"] for number in range(1, len(lines) + 1)] == lines


def test_what_stands_before_all_parts_is_the_librarys_own() -> None:
    assert lua_lint.place(1) == "shared/engine/functions/__init__.py (1)"
