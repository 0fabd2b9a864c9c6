"""The web client as users get it: its size, and what it depends on."""

import gzip
from typing import Final

import msgspec

from tests.clients.web.package import PACKAGE

BUNDLE: Final = PACKAGE.parents[1] / "api_service/pages/bundles/streamario.js"
MOST: Final = 10_500  # bytes, compressed as it is served


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
    assert len(gzip.compress(BUNDLE.read_bytes())) <= MOST
