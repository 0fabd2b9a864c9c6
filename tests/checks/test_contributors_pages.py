"""The contributors' pages name files, names and folders that exist, and leave no folder out."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
CONTRIBUTING: Final = ROOT / "CONTRIBUTING.md"
PAGES: Final = (
    CONTRIBUTING,
    ROOT / "docs/architecture.md",
    ROOT / "docs/architecture.ja.md",
)
PRODUCT: Final = ("shared", "api_service", "ws_gateway", "clients", "deploy")
FOLDERS: Final = (*PRODUCT, "tests", "docs")
IN_FOLDER: Final = re.compile(rf"(?<![\w./:{{-])(?:{'|'.join(FOLDERS)})/[\w./-]*\w(?:/(?!\w))?")
AT_ROOT: Final = re.compile(r"`(\.?[\w-]+\.(?:md|toml|json)|\.luacheckrc|\.env\.example|Makefile)`")
# `path`, `Name` in English, and `path` の `Name` in Japanese.
NAME_IN: Final = re.compile(r"`([\w.-]+(?:/[\w.-]+)+)`(?:, | の )`(\w+)`")


def paths(text: str) -> Iterator[str]:
    """Every file and folder of ours that a text names from the root on, in prose or in commands."""
    yield from (found.group() for found in IN_FOLDER.finditer(text))
    yield from AT_ROOT.findall(text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    named = set(paths(page.read_text("utf-8")))
    assert len(named) > 20
    assert {path for path in named if not (ROOT / path).exists()} == set()


@pytest.mark.parametrize("page", PAGES[1:], ids=lambda page: page.name)
def test_every_name_that_a_page_gives_for_a_file_is_in_it(page: Path) -> None:
    """As in `shared/engine/replies.py`, `REASONS`."""
    named = set(NAME_IN.findall(page.read_text("utf-8")))
    assert len(named) > 20
    missing = {
        (path, name)
        for path, name in named
        if not re.search(rf"\b{name}\b", (ROOT / path).read_text("utf-8"))
    }
    assert missing == set()


def test_pages_in_both_languages_name_the_same_files() -> None:
    english, japanese = (Counter(paths(page.read_text("utf-8"))) for page in PAGES[1:])
    assert japanese == english


def test_the_source_map_has_every_folder() -> None:
    """The product's packages, except migrations; and the tests' folders that mirror none."""
    packages = {
        path.parent
        for part in PRODUCT
        for path in (ROOT / part).rglob("__init__.py")
        if "migrations" not in path.parts and path.parent.name != "clients"
    }
    others = {
        path.parent
        for path in (ROOT / "tests").glob("*/__init__.py")
        if path.parent.name not in PRODUCT
    }
    folders = {f"{path.relative_to(ROOT)}/" for path in packages | others}
    rows = re.findall(r"^\| `([\w/]+/)` \|", CONTRIBUTING.read_text("utf-8"), re.MULTILINE)
    assert folders - set(rows) == set()
    assert len(rows) == len(set(rows))
