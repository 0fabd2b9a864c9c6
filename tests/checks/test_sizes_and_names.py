"""Limits on the code base: the size of files and folders, and unique class names."""

import ast
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PRODUCT: Final = ("shared", "api_service", "ws_gateway", "deploy", "clients")
LONGEST_FILE: Final = 600  # lines: an alarm, which must not cut a thought in two
MOST_MODULES: Final = 20  # of one folder
MOST_PAGE_MODULES: Final = 24  # of one folder of the pages, whose modules are smaller
PAGES: Final = ROOT / "api_service/pages/web"
WEB_CLIENT: Final = ROOT / "clients/web"
PAGE_CLASS: Final = re.compile(r"^(?:export )?class (\w+)", re.MULTILINE)


def modules() -> list[Path]:
    return [path for part in PRODUCT for path in sorted((ROOT / part).rglob("*.py"))]


def test_no_class_name_stands_twice_in_the_product() -> None:
    """So a class name always means the same class."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(str(path.relative_to(ROOT)))
    assert {name: found for name, found in places.items() if len(set(found)) > 1} == {}


def test_no_class_name_stands_twice_in_the_pages() -> None:
    """Nor in the web client, which they use."""
    names = [
        name
        for folder in (PAGES, WEB_CLIENT)
        for path in folder.rglob("*.js")
        if not path.is_symlink()
        for name in PAGE_CLASS.findall(path.read_text("utf-8"))
    ]
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_no_file_is_longer_than_one_head_holds() -> None:
    lines = {str(path.relative_to(ROOT)): path.read_text("utf-8").count("\n") for path in modules()}
    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}


def test_no_folder_holds_more_modules_than_one_looks_over() -> None:
    folders = Counter(path.parent for path in modules() if path.name != "__init__.py")
    assert {str(folder): n for folder, n in folders.items() if n > MOST_MODULES} == {}
    pages = Counter(path.parent for path in PAGES.rglob("*.js"))
    assert {str(folder): n for folder, n in pages.items() if n > MOST_PAGE_MODULES} == {}


@pytest.mark.parametrize("part", ["shared", "api_service", "ws_gateway"])
def test_every_folder_says_what_is_in_it(part: str) -> None:
    """In the first line of its `__init__.py`."""
    packages = [
        path for path in (ROOT / part).rglob("__init__.py") if "migrations" not in path.parts
    ]
    assert [
        str(path) for path in packages if not ast.get_docstring(ast.parse(path.read_text()))
    ] == []
