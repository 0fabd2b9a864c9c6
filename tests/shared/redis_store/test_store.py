"""The store loads a missing library, and recovers without help."""

import asyncio
from pathlib import Path

import pytest

from shared.engine.engine import Engine
from shared.engine.functions import LAYOUT, LIBRARY
from shared.redis_store.store import StoreUnavailable, StoreUnfit, open_store
from tests.room_keys import room_keys
from tests.shared.engine.rooms import ONE_PRESS_FIRES, engine_at, own_server, play, press
from tests.ws_gateway.faults import link_to


async def test_a_server_without_the_library_is_given_it(tmp_path: Path) -> None:
    """Calls that find it missing load it and are repeated together; each counts once."""
    async with own_server(tmp_path) as server, engine_at(server.url) as engine:
        await _press_without_the_library(engine)


async def _press_without_the_library(engine: Engine) -> None:
    room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
    await engine.store.command("FUNCTION", "FLUSH")
    answers = await asyncio.gather(*(press(engine, room_id, f"v{n}", skill1=1) for n in range(20)))
    assert sorted(answer.fired[0].seq for answer in answers) == list(range(1, 21))


async def test_a_room_that_may_have_been_forgotten_is_waited_for(tmp_path: Path) -> None:
    """Until lost rooms are rebuilt, a new server cannot know which rooms exist."""
    async with own_server(tmp_path) as server, engine_at(server.url) as engine:
        with pytest.raises(StoreUnavailable, match="rooms are being restored"):
            await engine.describe("a room of the server before")


async def test_a_server_that_is_away_is_found_again(tmp_path: Path) -> None:
    """Meanwhile calls fail at once; none is sent twice, and no process is restarted."""
    async with own_server(tmp_path) as server, engine_at(server.url) as engine:
        room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
        await server.kill()
        for _ in range(3):
            with pytest.raises(StoreUnavailable):
                await press(engine, room_id, skill1=1)
        for call in (engine.store.ping, engine.store.inspect):
            with pytest.raises(StoreUnavailable):
                await call()
        await server.start()
        counting = await press(engine, room_id, skill1=1)
        assert counting.state.stats[0].current_level == 1


async def test_a_name_that_moves_to_another_master_is_followed(tmp_path: Path) -> None:
    """The old one may live on as a replica, whose connections stay open and refuse every write."""
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    async with (
        own_server(tmp_path / "old") as old,
        own_server(tmp_path / "new") as new,
        link_to(old.socket) as link,
        engine_at(link.url) as engine,
    ):
        room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
        await engine.store.command("REPLICAOF", "127.0.0.1", "1")
        link.target = new.socket
        with pytest.raises(StoreUnavailable, match="read only replica"):
            await press(engine, room_id, skill1=1)
        room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
        await press(engine, room_id, skill1=1)


async def test_a_server_with_rooms_in_another_layout_is_refused(tmp_path: Path) -> None:
    """Whichever release wrote them; a library of the same layout is another release's."""
    async with own_server(tmp_path) as server, engine_at(server.url) as engine:
        await _load(engine, f"streamario_{LAYOUT}_00000000")
        await engine.store.inspect()
        other = f"streamario_{LAYOUT + 1}_00000000"
        await _load(engine, other)
        with pytest.raises(StoreUnfit, match=f"^REDIS_URL: .*FUNCTION DELETE {other}$"):
            await engine.store.inspect()


async def _load(engine: Engine, name: str) -> None:
    source = f"#!lua name={name}\nredis.register_function('{name}', function() end)"
    await engine.store.command("FUNCTION LOAD", source)


async def test_a_server_that_evicts_is_refused(tmp_path: Path) -> None:
    """It could evict presses; the error names the variable and the right setting."""
    options = ("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
    async with (
        own_server(tmp_path, *options) as server,
        open_store(server.url, client_name="streamario-test", library=LIBRARY) as store,
    ):
        with pytest.raises(StoreUnfit, match=r"^REDIS_URL: .*allkeys-lru.*noeviction$"):
            await store.inspect()


@pytest.mark.parametrize(
    ("command", "setting"),
    [
        (("CONFIG", "SET", "maxmemory", "1"), ("CONFIG", "SET", "maxmemory", "0")),
        (("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE")),
        (
            ("CONFIG", "SET", "min-replicas-to-write", "1"),
            ("CONFIG", "SET", "min-replicas-to-write", "0"),
        ),
    ],
    ids=["out of memory", "read only", "too few replicas"],
)
async def test_a_server_that_refuses_writes_is_unavailable(
    tmp_path: Path, command: tuple[str, ...], setting: tuple[str, ...]
) -> None:
    """Meanwhile nothing is counted; when it accepts writes again, presses count."""
    async with own_server(tmp_path) as server, engine_at(server.url) as engine:
        room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
        await engine.store.command(*command)
        with pytest.raises(StoreUnavailable):
            await press(engine, room_id, skill1=1)
        await engine.store.command(*setting)
        assert (await press(engine, room_id, skill1=1)).state.stats[0].current_level == 1
        assert await engine.store.command("XLEN", room_keys(room_id).log) == 1
