"""The library has every part, and the server loads it."""

import re

from shared.engine import functions
from shared.engine.engine import Engine
from tests.shared.engine.lua_parts import FOLDER, REGISTERED, part


def test_every_part_in_the_folder_is_in_the_library() -> None:
    """Every file is listed exactly once."""
    names = [e.name.removesuffix(".lua") for e in FOLDER.iterdir() if e.name.endswith(".lua")]
    assert sorted(functions.PARTS) == sorted(names)


def test_the_name_follows_the_source() -> None:
    """Two releases whose functions differ have two libraries, side by side."""
    assert re.fullmatch(rf"streamario_{functions.LAYOUT}_[0-9a-f]{{8}}", functions.NAME)
    assert functions._name("-- something else") != functions.NAME
    assert functions.SOURCE.startswith(f"#!lua name={functions.NAME}\n")


async def test_the_server_knows_every_function(engine: Engine) -> None:
    """Functions that only read have the flag `no-writes`, so that a replica may run them."""
    listed = await engine.store.command("FUNCTION LIST", "LIBRARYNAME", functions.NAME)
    known = dict(zip(listed[0][::2], listed[0][1::2], strict=True))["functions"]
    flags = {each[1]: each[5] for each in known}
    names = {name for part_ in functions.PARTS for name in REGISTERED.findall(part(part_))}
    assert set(flags) == {f"{functions.LIBRARY.name}_{name}" for name in names}
    reading = (*REGISTERED.findall(part("queries")), *REGISTERED.findall(part("pressers")))
    read_only = {*reading, "tail", "absent", "tally", "tokens"}
    marked = {f"{functions.LIBRARY.name}_{name}" for name in read_only}
    assert {name for name, has in flags.items() if "no-writes" in has} == marked


async def test_loading_again_changes_nothing(engine: Engine) -> None:
    """Replicas of a service start side by side."""
    await engine.store.inspect()
    await engine.store.inspect()
    listed = await engine.store.command("FUNCTION LIST", "LIBRARYNAME", functions.NAME)
    assert len(listed) == 1
