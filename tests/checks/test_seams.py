"""Uses of a library's private modules are in one file, and the library's version is bounded.

Each seam has its own test, which shows what a new release changed: raise the bound when it passes.
"""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("shared", "api_service", "ws_gateway", "deploy", "clients")
# Each library, the file that uses its private modules, and these modules.
SEAMS = [
    ("uvicorn", "api_service/http/server.py", r"uvicorn\.(protocols|server)"),
    ("websockets", "ws_gateway/sockets/connection.py", r"websockets\.(server|protocol)"),
    ("redis", "shared/redis_store/redis_py.py", r"redis\.(asyncio\.connection|crc)"),
]


@pytest.mark.parametrize(("library", "seam", "inside"), SEAMS)
def test_one_file_reaches_into_a_library(library: str, seam: str, inside: str) -> None:
    imports = re.compile(rf"^\s*(from|import) {inside}\b", re.MULTILINE)
    files = [file for package in PRODUCT for file in (ROOT / package).rglob("*.py")]
    reaching = [str(f.relative_to(ROOT)) for f in files if imports.search(f.read_text("utf-8"))]
    assert reaching == [seam], f"these import private modules of {library}"


@pytest.mark.parametrize("library", [library for library, _, _ in SEAMS])
def test_such_a_library_has_an_upper_bound(library: str) -> None:
    """So a release whose private modules were not checked is not installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (required,) = [each for each in project["dependencies"] if re.match(rf"{library}\b", each)]
    assert re.search(r",<\d", required), f"{library} has no upper bound: {required}"


def test_the_tests_pages_are_opened_in_one_place() -> None:
    """By functions that return once a page hears of what happens; benchmarks measure that."""
    opens = re.compile(r"\.goto\(")
    files = [file for file in (ROOT / "tests").rglob("*.py") if "bench" not in file.parts]
    opening = [str(f.relative_to(ROOT)) for f in files if opens.search(f.read_text("utf-8"))]
    assert opening == ["tests/browser/conftest.py"]
