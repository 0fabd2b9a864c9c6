"""Buttons with a pace that the room engine holds: their triggers fail, or they take turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.wire.game_messages import GameEvent
from tests.shared.engine.clocks import clocked_server
from tests.shared.engine.crowd import show
from tests.shared.engine.rooms import (
    book,
    button,
    engine_at,
    play,
    playing,
    press,
    whole_log,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.engine.engine import Engine
    from tests.shared.engine.clocks import ClockedServer
    from tests.shared.engine.rooms import Played

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def clock(
    anyio_backend: object, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ClockedServer]:
    async with clocked_server(tmp_path_factory.mktemp("clock")) as server:
        yield server


@pytest.fixture
async def clocked(clock: ClockedServer) -> AsyncIterator[Engine]:
    async with engine_at(clock.url) as opened:
        yield opened


# A game that fails its triggers.


@pytest.mark.parametrize(("rate", "pace_ms", "paces"), [(1_000, 1_000, 10), (100, 5_000, 4)])
async def test_a_game_that_fails_every_trigger_is_asked_once_a_pace(
    clocked: Engine, clock: ClockedServer, rate: int, pace_ms: int, paces: int
) -> None:
    """Every press counts and the law holds. The game that works again, too."""
    played = await show(clocked, clock, 5, pace_ms)
    seconds = paces * pace_ms / 1_000
    await played.go_on(seconds, rate)
    began, *failing = await played.go_on(seconds, rate, works=False)
    assert len(failing) == pytest.approx(paces, abs=1)
    began, *working = await played.go_on(seconds, rate)
    assert len([at for at in working if at < began + 1]) <= 2
    assert len(working) == pytest.approx(paces, abs=1)
    kept = await book(clocked, played.room.room_id, "skill1")
    assert kept.balanced
    assert kept.returned > 0


async def test_presses_that_came_back_fire_once_a_pace_after_a_press(
    clocked: Engine, clock: ClockedServer
) -> None:
    """Not at every look; nothing is lost."""
    played = await show(clocked, clock, 5, 10_000)
    room_id = played.room.room_id
    for viewer in range(5):
        await press(clocked, room_id, f"v{viewer}", skill1=5)
        clock.step(10)
    events = [e for e in await whole_log(clocked, room_id) if isinstance(e, GameEvent)]
    for event in events:
        await played.fail(event.seq)
    assert len(events) == 5
    assert await clocked.fire_full(room_id) == ()  # they wait for a press
    assert len((await press(clocked, room_id, "late", skill1=1)).fired) == 1
    for _ in range(19):
        clock.step(0.5)
        assert await clocked.fire_full(room_id) == ()
    clock.step(1)
    assert len(await clocked.fire_full(room_id)) == 1
    assert (await book(clocked, room_id, "skill1")).balanced


async def test_presses_that_come_back_raise_no_goal(clocked: Engine, clock: ClockedServer) -> None:
    """The goal had fallen, and no press came since."""
    played = await show(clocked, clock, 5, 1_000)
    await played.go_on(5, 200)
    *_, last = await whole_log(clocked, played.room.room_id)
    before = (await played.stat()).required_count
    clock.step(4)
    fallen = (await played.stat()).required_count
    await played.fail(last.seq)
    after = await played.stat()
    assert fallen < before
    assert after.current_count > fallen
    assert after.required_count == fallen


# Turns after a resume.

SIX = ("a", "b", "c", "d", "e", "f")


async def six_full_buttons(engine: Engine) -> Played:
    """A paused room, whose buttons have a pace of a second."""
    room = await play(engine, playing(*(button(name, 5, pace_ms=1_000) for name in SIX)))
    await engine.pause(room.room_id, room.term, paused=True)
    for viewer in ("v", "w"):  # one viewer's bucket is too small
        await press(engine, room.room_id, viewer, a=5, b=5, c=5, d=5, e=5, f=5)
    return room


async def fired_by_second(
    engine: Engine, clock: ClockedServer, room: Played, seconds: int
) -> list[str]:
    """What fires without a press in each second, until the room has been looked at so often."""
    fired = []
    for _ in range(seconds):
        clock.step(1)
        fired.append("".join(each.event_type for each in await engine.fire_full(room.room_id)))
    return fired


async def test_a_second_resume_gives_new_turns(clocked: Engine, clock: ClockedServer) -> None:
    """One pace apart, also if a pause delayed the turns of the first."""
    room = await six_full_buttons(clocked)
    clock.step(5)  # nothing fired for longer than a pace
    assert [f.event_type for f in await clocked.pause(room.room_id, room.term, paused=False)] == [
        "a"
    ]
    await clocked.pause(room.room_id, room.term, paused=True)
    clock.step(4)
    (again,) = await clocked.pause(room.room_id, room.term, paused=False)
    assert again.event_type == "b"
    assert await fired_by_second(clocked, clock, room, 4) == ["c", "d", "e", "f"]


async def test_a_repeated_resume_leaves_turns_as_they_are(
    clocked: Engine, clock: ClockedServer
) -> None:
    room = await six_full_buttons(clocked)
    clock.step(5)
    assert len(await clocked.pause(room.room_id, room.term, paused=False)) == 1
    assert await clocked.pause(room.room_id, room.term, paused=False) == ()
    assert await fired_by_second(clocked, clock, room, 5) == ["b", "c", "d", "e", "f"]


@pytest.mark.parametrize("discard", [True, False])
async def test_an_emptied_bar_is_not_held(
    clocked: Engine, clock: ClockedServer, discard: bool
) -> None:
    """By a reset, or by a resume that throws away what is there."""
    room = await six_full_buttons(clocked)
    clock.step(5)
    await clocked.pause(room.room_id, room.term, paused=False)
    if discard:
        await clocked.pause(room.room_id, room.term, paused=True)
        await clocked.pause(room.room_id, room.term, paused=False, discard=True)
    else:
        await clocked.reset(room.room_id)
    stats = (await clocked.stats(room.room_id)).stats
    assert [(stat.current_count, stat.cooldown_left_ms) for stat in stats] == [(0, 0)] * 6
    needed = {stat.event_type: stat.required_count for stat in stats}
    assert len((await press(clocked, room.room_id, "z", f=needed["f"])).fired) == 1


async def test_a_resume_asks_a_game_that_fails_no_sooner(
    clocked: Engine, clock: ClockedServer
) -> None:
    """However often it pauses and resumes."""
    played = await show(clocked, clock, 5, 10_000)
    room_id, term, _ = played.room
    (first,) = (await press(clocked, room_id, skill1=5)).fired
    await played.fail(first.seq)
    for _ in range(9):
        clock.step(1)
        await clocked.pause(room_id, term, paused=True)
        assert await clocked.pause(room_id, term, paused=False) == ()
        assert (await press(clocked, room_id, skill1=1)).fired == ()
    clock.step(1)
    assert len((await press(clocked, room_id, skill1=1)).fired) == 1
