"""A call that its sender has given up changes nothing, however late it reaches Redis."""

import asyncio
import re
import signal
from collections.abc import Awaitable, Callable, Sequence
from importlib.resources import files
from pathlib import Path

import pytest

from shared.engine.engine import Engine
from shared.redis_store.master import BEGIN_WITHIN
from shared.redis_store.redis_py import ANSWER_TIMEOUT
from shared.redis_store.store import StoreUnavailable
from tests.patience import be_patient
from tests.room_keys import room_keys
from tests.shared.engine.clocks import clocked_server
from tests.shared.engine.rooms import Played, book, engine_at, own_server, play, press
from tests.waiting import until
from tests.ws_gateway.faults import link_to

Change = Callable[[Engine, Played], Awaitable[object]]


STEP = 30  # s

pytestmark = pytest.mark.usefixtures("real_limits")


async def press_once(engine: Engine, room: Played) -> None:
    await press(engine, room.room_id, skill1=1)


async def pause(engine: Engine, room: Played) -> None:
    await engine.pause(room.room_id, room.term, paused=True)


async def block(engine: Engine, room: Played) -> None:
    await engine.block(room.room_id, "viewer")


async def run_a_command(engine: Engine, room: Played) -> None:
    await engine.store.write("HSET", room_keys(room.room_id).room, "paused", 1)


async def free_memory(engine: Engine, room: Played) -> None:
    await engine.store.free("DEL", room_keys(room.room_id).room)


CHANGES = [press_once, pause, block, run_a_command, free_memory]


async def calls(engine: Engine) -> int:
    """How many function calls the server has received."""
    told = await engine.store.command("INFO", "commandstats")
    return int(told["cmdstat_fcall"]["calls"])


async def state_of(engine: Engine, room: Played) -> list[object]:
    """Everything that the changes would affect."""
    keys = room_keys(room.room_id)
    facts = await engine.store.command("HMGET", keys.room, "status", "paused", "blocked", "seq")
    return [*facts, await book(engine, room.room_id, "skill1")]


async def nothing_changes(
    changes: Sequence[Change],
    engine: Engine,
    onlooker: Engine,
    *,
    hold: Callable[[], None],
    deliver: Callable[[], None],
) -> None:
    """Each is given up, reaches Redis once `deliver` is called, and leaves no mark on its room."""
    rooms = [await play(engine) for _ in changes]
    before, begun = [await state_of(onlooker, room) for room in rooms], await calls(onlooker)
    hold()
    late = [change(engine, room) for change, room in zip(changes, rooms, strict=True)]
    outcomes = await asyncio.gather(*late, return_exceptions=True)
    assert all(isinstance(outcome, StoreUnavailable) for outcome in outcomes)
    be_patient()  # with what comes now
    deliver()

    async def arrived() -> bool:
        return await calls(onlooker) >= begun + len(changes)

    await until(arrived)
    assert [await state_of(onlooker, room) for room in rooms] == before


async def test_what_a_frozen_server_finds_when_it_goes_on(tmp_path: Path) -> None:
    """It reads the calls that its kernel buffered meanwhile, whose senders have given up."""
    async with own_server(tmp_path) as server, engine_at(server.url) as engine:
        await nothing_changes(
            CHANGES,
            engine,
            engine,
            hold=lambda: server.send(signal.SIGSTOP),
            deliver=lambda: server.send(signal.SIGCONT),
        )


async def test_what_something_in_between_holds_back(tmp_path: Path) -> None:
    """For example a proxy, or a router that buffers."""
    async with (
        own_server(tmp_path) as server,
        link_to(server.socket) as link,
        engine_at(server.url) as onlooker,
        engine_at(link.url) as engine,
    ):
        await nothing_changes(
            [press_once], engine, onlooker, hold=link.flows.clear, deliver=link.flows.set
        )


@pytest.mark.parametrize("step", [-STEP, STEP], ids=["back", "forward"])
async def test_what_is_held_back_while_the_clock_is_set(tmp_path: Path, step: int) -> None:
    """Setting the clock back or forward does not make a late call valid again."""
    async with (
        clocked_server(tmp_path) as server,
        link_to(server.socket) as link,
        engine_at(server.url) as onlooker,
        engine_at(link.url) as engine,
    ):

        def deliver() -> None:
            server.step(step)
            link.flows.set()

        await nothing_changes(
            [press_once], engine, onlooker, hold=link.flows.clear, deliver=deliver
        )
        room = await play(engine)
        await press_once(engine, room)
        assert (await book(onlooker, room.room_id, "skill1")).count == 1


@pytest.mark.parametrize("step", [-STEP, STEP], ids=["back", "forward"])
async def test_a_clock_that_is_set_refuses_no_call(tmp_path: Path, step: int) -> None:
    """The first reply shows that the estimate was wrong, and the call is sent once more."""
    async with clocked_server(tmp_path) as server, engine_at(server.url) as engine:
        room = await play(engine)
        server.step(step)
        await press_once(engine, room)
        assert (await book(engine, room.room_id, "skill1")).count == 1


def test_the_library_accepts_the_deadlines_that_senders_set() -> None:
    """A caller waits longer than its deadline, and the library accepts that and little more."""
    register = (files("shared.engine.functions") / "server.lua").read_text("utf-8")
    found = re.search(r"LONGEST_WAIT = (\d+)", register)
    assert found is not None
    assert BEGIN_WITHIN < int(found[1]) / 1000 < ANSWER_TIMEOUT


async def test_a_slow_server_still_counts(tmp_path: Path) -> None:
    """A call that arrives before its deadline runs as usual."""
    async with (
        own_server(tmp_path) as server,
        link_to(server.socket) as link,
        engine_at(link.url) as engine,
    ):
        room = await play(engine)
        link.delay = BEGIN_WITHIN / 3
        await press_once(engine, room)
        assert (await book(engine, room.room_id, "skill1")).count == 1
