"""The library: loads as it is, and says of each part what it takes."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from shared.engine import functions

if TYPE_CHECKING:
    from shared.engine.engine import Engine

FOLDER = files("shared.engine.functions")
REGISTERED = re.compile(r"^register\('(\w+)'", re.MULTILINE)


def part(name: str) -> str:
    return (FOLDER / f"{name}.lua").read_text("utf-8")


def test_every_part_in_the_folder_is_in_the_library() -> None:
    """None is forgotten, none is listed twice."""
    names = [e.name.removesuffix(".lua") for e in FOLDER.iterdir() if e.name.endswith(".lua")]
    assert sorted(functions.PARTS) == sorted(names)


def test_the_name_follows_the_source() -> None:
    """Two releases whose functions differ have two libraries, side by side."""
    assert re.fullmatch(rf"streamario_{functions.LAYOUT}_[0-9a-f]{{8}}", functions.NAME)
    assert functions._name("-- something else") != functions.NAME
    assert functions.SOURCE.startswith(f"#!lua name={functions.NAME}\n")


@pytest.mark.parametrize("name", functions.PARTS)
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
    listed = await engine.store.command("FUNCTION LIST", "LIBRARYNAME", functions.NAME)
    known = dict(zip(listed[0][::2], listed[0][1::2], strict=True))["functions"]
    flags = {each[1]: each[5] for each in known}
    names = {name for part_ in functions.PARTS for name in REGISTERED.findall(part(part_))}
    assert set(flags) == {functions.function(name) for name in names}
    only_look = {*REGISTERED.findall(part("look")), "tail", "absent", "tally"}
    looks = {functions.function(name) for name in only_look}
    assert {name for name, has in flags.items() if "no-writes" in has} == looks


@pytest.mark.anyio
async def test_loading_again_changes_nothing(engine: Engine) -> None:
    """Replicas of a service start side by side."""
    await engine.store.inspect()
    await engine.store.inspect()
    listed = await engine.store.command("FUNCTION LIST", "LIBRARYNAME", functions.NAME)
    assert len(listed) == 1
