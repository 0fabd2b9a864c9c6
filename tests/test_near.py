"""`make near` and `make mutants` find the tests of a file."""

import re
from pathlib import Path
from subprocess import check_output
from typing import Final

import pytest

from tests.mutants import KINDS
from tests.near import around, commands, nearest

ROOT: Final = Path(__file__).parents[1]
BEHAVIOUR: Final = "clients/behaviour/test_behaviour.py"
CORE: Final = "clients/unity/test_core.py"


@pytest.mark.parametrize(
    ("file", "tests"),
    [
        ("ws_gateway/games/hub.py", ["ws_gateway/games/test_hub.py"]),
        ("shared/engine/functions/press.lua", ["shared/engine/test_press.py"]),
        ("api_service/pages/web/common/palette.js", ["pages/common/palette.test.js"]),
        ("clients/unity/Runtime/Core/Link.cs", [CORE, BEHAVIOUR]),
        ("clients/python/game_socket.py", ["clients/python/test_game_client.py", BEHAVIOUR]),
        ("tests/test_ports.py", ["test_ports.py"]),
        ("api_service/http/own_pages.py", []),  # no test around it names it
        ("LICENSE", []),
    ],
)
def test_the_nearest_tests_import_a_file_or_are_named_after_it(file: str, tests: list[str]) -> None:
    assert nearest(ROOT, Path(file)) == [Path("tests", test) for test in tests]


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_tests_around_each_file_that_mutants_change(kind: str) -> None:
    files = check_output(["git", "-C", ROOT, "ls-files"], text=True).splitlines()
    changed = [Path(file) for file in files if re.fullmatch(KINDS[kind], file)]
    assert changed
    assert all(all(around(ROOT, file)) and around(ROOT, file) for file in changed)


def test_pages_are_tested_by_node_and_everything_else_by_pytest() -> None:
    node, pytest_ = commands([Path("a.test.js"), Path("test_b.py"), Path("c.test.js")], "-x")
    assert node[-3:] == ["--test", "a.test.js", "c.test.js"]
    assert pytest_[1:] == ["-m", "pytest", "-x", "test_b.py"]
