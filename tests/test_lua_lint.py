"""luacheck's findings in the concatenated library are reported with their file and line."""

from shared.engine.functions import PARTS, SOURCE
from tests import lua_lint


def test_a_line_of_the_whole_is_found_in_its_part() -> None:
    """The first, the last, and all between."""
    whole = SOURCE.splitlines()
    places = {lua_lint.place(number): text for number, text in enumerate(whole, start=1)}
    lines = {
        f"{path}:{number}": line
        for path in (lua_lint.FUNCTIONS / f"{part}.lua" for part in PARTS)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
    }
    assert {place: places.get(place) for place in lines} == lines


def test_what_stands_before_all_parts_is_the_librarys_own() -> None:
    assert lua_lint.place(1) == "shared/engine/functions/__init__.py (1)"
