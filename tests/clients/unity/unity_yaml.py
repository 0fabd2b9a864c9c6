"""Reads prefabs and scenes as Unity writes them: a stream of objects that refer to each other."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

HEADER = "%YAML 1.1\n%TAG !u! tag:unity3d.com,2011:\n"
# "!u!" and the class id, the anchor, and whether the object is only a stand-in for one in a prefab.
OBJECT = re.compile(r"^--- !u!(\d+) &(\d+)( stripped)?\n", re.MULTILINE)
GUID = re.compile(r"^guid: ([0-9a-f]{32})$", re.MULTILINE)


@dataclass(frozen=True)
class UnityObject:
    """One object of a file: `kind` is the name of its class, `body` its fields."""

    class_id: int
    kind: str
    body: dict[str, Any]
    stripped: bool


@dataclass(frozen=True)
class UnityFile:
    """A prefab or a scene."""

    path: Path

    @cached_property
    def objects(self) -> dict[int, UnityObject]:
        """Its objects, by their ids in the file."""
        text = self.path.read_text(encoding="utf-8")
        assert text.startswith(HEADER), self.path
        _, *parts = OBJECT.split(text)
        found = {}
        for class_id, anchor, stripped, body in zip(*[iter(parts)] * 4, strict=True):
            ((kind, fields),) = yaml.safe_load(body).items()
            assert int(anchor) not in found, f"{anchor} twice in {self.path}"
            found[int(anchor)] = UnityObject(int(class_id), kind, fields, stripped is not None)
        return found

    def of_kind(self, kind: str) -> dict[int, UnityObject]:
        return {anchor: each for anchor, each in self.objects.items() if each.kind == kind}

    def references(self) -> Iterator[tuple[int, str]]:
        """Each reference: the id, and the GUID of the file it is in, "" for this one."""
        for each in self.objects.values():
            yield from _references(each.body)


def guid_of(path: Path) -> str:
    """The GUID in an asset's .meta."""
    found = GUID.search(path.with_name(f"{path.name}.meta").read_text(encoding="utf-8"))
    assert found, path
    return found.group(1)


def _references(value: object) -> Iterator[tuple[int, str]]:
    if isinstance(value, dict):
        if "fileID" in value:
            yield value["fileID"], str(value.get("guid", ""))
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)
