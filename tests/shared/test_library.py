"""The library: loads as it is, and says of each part what it takes."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from shared import library

if TYPE_CHECKING:
    from shared.engine import Engine

FOLDER = files("shared") / "functions"
REGISTERED = re.compile(r"^register\('(\w+)'", re.MULTILINE)


def part(name: str) -> str:
    return (FOLDER / f"{name}.lua").read_text("utf-8")


def test_every_part_in_the_folder_is_in_the_library() -> None:
    """None is forgotten, none is listed twice."""
    names = [entry.name.removesuffix(".lua") for entry in FOLDER.iterdir()]
    assert sorted(library.PARTS) == sorted(names)


def test_the_name_follows_the_source() -> None:
    """Two releases whose functions differ have two libraries, side by side."""
    assert re.fullmatch(rf"streamario_{library.LAYOUT}_[0-9a-f]{{8}}", library.NAME)
    assert library._name("-- something else") != library.NAME
    assert library.SOURCE.startswith(f"#!lua name={library.NAME}\n")


@pytest.mark.parametrize("name", library.PARTS)
def test_every_function_says_what_it_takes_and_answers(name: str) -> None:
    """In the comment above it, or at the head of a part that is one function."""
    text = part(name)
    assert text.startswith("-- ")
    for function in REGISTERED.findall(text):
        about = (
            text if len(REGISTERED.findall(text)) == 1 else text.split(f"register('{function}'")[0]
        )
        about = about[about.rfind(f"-- {function}:") :]
        assert f"-- {function}:" in about
        assert "-- KEYS  1 " in about
        assert "-- Reply " in about


@pytest.mark.anyio
async def test_the_server_knows_every_function(engine: Engine) -> None:
    """Those that only look are marked so, and may be asked of a replica."""
    listed = await engine.store.command("FUNCTION LIST", "LIBRARYNAME", library.NAME)
    functions = dict(zip(listed[0][::2], listed[0][1::2], strict=True))["functions"]
    flags = {each[1]: each[5] for each in functions}
    names = {name for part_ in library.PARTS for name in REGISTERED.findall(part(part_))}
    assert set(flags) == {library.function(name) for name in names}
    only_look = {*REGISTERED.findall(part("look")), "tail", "absent", "tally"}
    looks = {library.function(name) for name in only_look}
    assert {name for name, has in flags.items() if "no-writes" in has} == looks


@pytest.mark.anyio
async def test_loading_again_changes_nothing(engine: Engine) -> None:
    """Replicas of a service start side by side."""
    await engine.store.inspect()
    await engine.store.inspect()
    listed = await engine.store.command("FUNCTION LIST", "LIBRARYNAME", library.NAME)
    assert len(listed) == 1
