"""No modules import each other in a cycle, not even for types; and what no test imports."""

import re
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def test_no_modules_of_the_product_import_each_other_in_a_circle() -> None:
    """Imports for types and imports in functions count too."""
    packages = tomllib.loads(PYPROJECT.read_text("utf-8"))["tool"]["importlinter"]["root_packages"]
    graph = grimp.build_graph(*packages, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as found:
        _, circle = found.args
        # Each module in the list is imported by the next one.
        pytest.fail("a circle of imports: " + " -> ".join(reversed(circle)))


def test_no_test_imports_a_test() -> None:
    """What several tests use is in a module named for what it is."""
    imports = re.compile(r"^\s*(?:from|import) tests\b.*\btest_\w+", re.MULTILINE)
    modules = PYPROJECT.parent.glob("tests/**/*.py")
    assert [str(path) for path in modules if imports.search(path.read_text("utf-8"))] == []


def test_rooms_share_no_shard_by_chance() -> None:
    """Tests take the ids of rooms from `tests.room_keys`, which goes from shard to shard."""
    imported = r"^from shared\.identity\.tokens import (?:\([^)]*|.*)\bnew_room_id\b"
    by_chance = re.compile(rf"{imported}|\broom_id.* = .*uuid4", re.MULTILINE)
    modules = {*PYPROJECT.parent.glob("tests/**/*.py")}
    modules.remove(PYPROJECT.parent / "tests/shared/identity/test_tokens.py")  # is about such ids
    assert [str(path) for path in modules if by_chance.search(path.read_text("utf-8"))] == []
