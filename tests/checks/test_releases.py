"""Versions, change logs, tags and the repository's address agree wherever they are written."""

import json
import re
import tomllib
from pathlib import Path
from typing import Final

import pytest

from tests.published import DOCUMENTS, ENTRIES, PLACEHOLDERS, changed, published

ROOT: Final = Path(__file__).parents[2]
UNITY: Final = json.loads((ROOT / "clients/unity/package.json").read_text("utf-8"))
SERVER: Final = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
HEADING: Final = re.compile(r"^## (\d+\.\d+\.\d+)(, not released yet)?$")


def headings(path: str) -> list[str]:
    lines = (ROOT / path).read_text("utf-8").splitlines()
    return [line for line in lines if line.startswith("## ")]


@pytest.mark.parametrize(
    ("changes", "version"),
    [("CHANGELOG.md", SERVER), ("clients/unity/CHANGELOG.md", UNITY["version"])],
)
def test_a_change_log_begins_with_its_version_or_the_next(changes: str, version: str) -> None:
    """The newest first; only the newest may be unreleased, and a released one is the manifest's."""
    found = [HEADING.fullmatch(line) for line in headings(changes)]
    assert all(found)
    numbers = [tuple(map(int, each[1].split("."))) for each in found if each]
    assert numbers == sorted(set(numbers), reverse=True)
    written = tuple(map(int, version.split(".")))
    is_next = bool(found[0] and found[0][2])
    assert written <= numbers[0] if is_next else written == numbers[0]
    assert not any(each[2] for each in found[1:] if each)


def test_the_web_client_has_the_servers_version() -> None:
    manifest = json.loads((ROOT / "clients/web/package.json").read_text("utf-8"))
    assert manifest["version"] == SERVER


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_tags_of_the_unity_package_name_its_version(name: str) -> None:
    text = (ROOT / "clients/unity" / name).read_text("utf-8")
    tags = re.findall(rf"{re.escape(UNITY['name'])}/(\d+\.\d+\.\d+)", text)
    assert len(tags) == 2
    assert set(tags) == {UNITY["version"]}


def test_every_place_names_the_same_address_or_none() -> None:
    """None until `make published`; then that of the Unity package's manifest."""
    texts = [path.read_text("utf-8") for pattern in DOCUMENTS for path in ROOT.glob(pattern)]
    place = r"git clone (\S+) streamario|git\+([^\s\"]+)|`(\S+)\?path=/clients/unity"
    named = ["".join(found) for text in texts for found in re.findall(place, text)]
    address = published(ROOT)
    assert len(named) > 10
    # `.git` alone is what a URL must end with.
    assert set(named) - {".git"} <= ({address.git} if address else set(PLACEHOLDERS))
    entries = [
        line
        for name, (_, starts) in ENTRIES.items()
        for line in (ROOT / name).read_text("utf-8").splitlines()
        if line.startswith(tuple(starts))
    ]
    assert (changed(ROOT, address) == {}) if address else (entries == [])
