"""The web client as users get it: its size, and what it depends on."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Final

import msgspec

PACKAGE: Final = Path(__file__).parents[3] / "clients" / "web"
MOST: Final = 25_000  # bytes, each file compressed as it is served


class PackageFile(msgspec.Struct):
    """The part of package.json that tests check."""

    types: str
    exports: dict[str, dict[str, str]]
    files: tuple[str, ...]
    dependencies: dict[str, str] = {}


def test_the_package_is_all_there_and_depends_on_nothing() -> None:
    """Every file that package.json names exists, and nothing else is installed with it."""
    package = msgspec.json.decode((PACKAGE / "package.json").read_bytes(), type=PackageFile)
    named = {package.types, *package.exports["."].values(), *package.files}
    assert all((PACKAGE / name).exists() for name in named)
    assert not package.dependencies


def test_the_client_is_small() -> None:
    """Its size is small enough for phones."""
    modules = [PACKAGE / "streamario.js", *(PACKAGE / "streamario").glob("*.js")]
    assert sum(len(gzip.compress(module.read_bytes())) for module in modules) <= MOST
