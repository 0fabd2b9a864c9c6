"""One attempt at a time rebuilds lost rooms, and only completely."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from shared.engine.keys import room_keys, shard
from shared.engine.rebuild import ButtonCounts, LoggedText, LostRoom, Rebuilding, ViewerPresses
from shared.identity.tokens import new_room_id
from shared.redis_store.store import StoreUnavailable
from tests.shared.engine.rooms import (
    ONE_PRESS_FIRES,
    book,
    engine_at,
    numbers,
    own_server,
    play,
    press,
)
from tests.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from shared.engine.engine import Engine

pytestmark = pytest.mark.anyio

EPOCH = 1_700_000_000_000
OVER = "attempt at the shard's lost rooms is over"


def lost_room() -> LostRoom:
    """A room whose button fired three times in its first round."""
    return LostRoom(
        room_id=new_room_id(),
        settings=ONE_PRESS_FIRES,
        event_types=("skill1",),
        keyed=True,
        status="in_game",
        round=1,
        paused=False,
        created_at=EPOCH,
        started_at=EPOCH,
        ended_at=None,
        bases=((EPOCH, 0),),
        seq=3,
        summary_seq=None,
    )


async def begun(engine: Engine, room: LostRoom) -> Rebuilding:
    attempt = Rebuilding(engine.store, shard(room.room_id))
    await attempt.begin()
    return attempt


async def fill(attempt: Rebuilding, room: LostRoom) -> None:
    await attempt.put_log(room, [LoggedText(EPOCH, n, message(room, n)) for n in (1, 2, 3)])
    await attempt.put_counts(room, [ButtonCounts("skill1", 3, 3, 0, 0, 3, EPOCH)])
    await attempt.put_presses(room, [ViewerPresses("ann", ["skill1"], [3])])
    await attempt.put_names(room, [("ann", "Ann")])
    await attempt.put_blocked(room, ["bob"])


def message(room: LostRoom, seq: int) -> str:
    return (
        f'{{"type":"game_event","room_id":"{room.room_id}","event_type":"skill1",'
        '"trigger_count":1,"viewer_count":1,"viewer_name":null,'
        f'"epoch":{EPOCH},"seq":{seq},"fired_at":{EPOCH},"replayed":false}}'
    )


async def answers(engine: Engine) -> bool:
    try:
        await engine.store.ping()
    except StoreUnavailable:
        return False
    return True


async def test_a_room_lives_once_it_is_whole(engine: Engine) -> None:
    room = lost_room()
    attempt = await begun(engine, room)
    assert await attempt.lost([room.room_id]) == [room.room_id]
    assert await attempt.clear(room)
    await fill(attempt, room)
    assert await attempt.rebuild(room)
    assert await attempt.lost([room.room_id]) == []
    await press(engine, room.room_id, skill1=1)
    assert await numbers(engine, room.room_id) == [1, 2, 3, 4]
    assert (await book(engine, room.room_id, "skill1")).fired == 4
    blocked = await press(engine, room.room_id, "bob", skill1=1)
    assert blocked.rejected.blocked == 1


async def test_a_room_that_had_thousands_of_buttons_is_rebuilt_too(engine: Engine) -> None:
    """Else one streamer who changes them all the time could keep others' rooms from coming back."""
    event_types = ("skill1", *(f"other{n}" for n in range(9_000)))
    room = msgspec.structs.replace(lost_room(), event_types=event_types)
    attempt = await begun(engine, room)
    assert await attempt.clear(room)
    await fill(attempt, room)
    assert await attempt.rebuild(room)
    assert (await press(engine, room.room_id, skill1=1)).accepted == 1


async def test_whoever_was_frozen_cannot_touch_a_room_that_lives_again(engine: Engine) -> None:
    """Another attempt has rebuilt it meanwhile, and it is in use."""
    room = lost_room()
    frozen = await begun(engine, room)
    await frozen.clear(room)
    faster = await begun(engine, room)
    await faster.clear(room)
    await fill(faster, room)
    await faster.rebuild(room)
    await press(engine, room.room_id, skill1=2)
    for thawed in (frozen.clear(room), fill(frozen, room), frozen.rebuild(room)):
        with pytest.raises(StoreUnavailable, match=OVER):
            await thawed
    assert await numbers(engine, room.room_id) == [1, 2, 3, 4, 5]
    assert (await book(engine, room.room_id, "skill1")).accepted == 5


async def test_a_room_that_is_there_is_left_alone(engine: Engine) -> None:
    """Also by an attempt that checked before the room existed again."""
    played = await play(engine, ONE_PRESS_FIRES)
    await press(engine, played.room_id, skill1=2)
    there = msgspec.structs.replace(lost_room(), room_id=played.room_id)
    attempt = await begun(engine, there)
    assert not await attempt.clear(there)
    assert not await attempt.rebuild(there)
    assert await numbers(engine, played.room_id) == [1, 2]


async def test_no_room_stands_on_keys_that_the_server_may_have_forgotten(tmp_path: Path) -> None:
    """A restart invalidates the attempt; the next one begins with empty keys."""
    room = lost_room()
    async with own_server(tmp_path) as server, engine_at(server.url) as engine:
        attempt = await begun(engine, room)
        await attempt.clear(room)
        await fill(attempt, room)
        await server.kill()
        await server.start()
        await until(lambda: answers(engine))
        for late in (fill(attempt, room), attempt.rebuild(room)):
            with pytest.raises(StoreUnavailable, match=OVER):
                await late
        assert await engine.store.command("EXISTS", room_keys(room.room_id).viewers(1))
        attempt = await begun(engine, room)
        await attempt.clear(room)
        assert not await engine.store.command("EXISTS", room_keys(room.room_id).viewers(1))
