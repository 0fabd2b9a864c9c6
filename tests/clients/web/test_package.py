"""The web client as users get it: its size, its captions, what it depends on."""

from __future__ import annotations

import gzip
import subprocess
from typing import Final

import msgspec

from tests.clients.web.node_client import node
from tests.clients.web.package import PACKAGE

BUNDLE: Final = PACKAGE.parents[1] / "api_service/pages/bundles/streamario.js"
MOST: Final = 10_000  # bytes, compressed as it is served


CAPTIONS: Final = """
import { labelOf } from "./streamario.js";
const labels = [{ lang: "ja", text: "火" }, { lang: "en-GB", text: "Fire" }];
const caption = (...languages) => labelOf({ labels, eventType: "skill1" }, languages);
console.log([caption("en-GB"), caption("fr", "EN-us", "ja"), caption("fr")].join());
console.log(labelOf({ labels: [], eventType: "skill1" }, ["ja"]));
"""


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


def test_captions_come_in_the_readers_language() -> None:
    """The label of the first language that matches, if only by its primary tag; else the first."""
    command = [node(), "--input-type=module", "--eval", CAPTIONS]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=PACKAGE)
    assert said.stdout.splitlines() == ["Fire,Fire,火", "skill1"]
